"""Store the public names of the libraries: ``python tests/conventions/freeze_names.py``.

``frozen/names.json`` holds, by library, every public function and class of the modules in which its
optimizers and schedules live, but for what :func:`public` leaves out by its kind.
"""

import importlib
import inspect
import json
import os
from functools import partial
from importlib import metadata
from pathlib import Path

# Keras asks for a backend when it is imported; its names are the same on all.
os.environ.setdefault("KERAS_BACKEND", "jax")

FILE = Path(__file__).parent / "frozen" / "names.json"
MODULES = {
    "torch": ("torch.optim", "torch.optim.lr_scheduler", "torch.optim.swa_utils"),
    "optax": ("optax", "optax.transforms", "optax.schedules", "optax.contrib"),
    "keras": ("keras.optimizers", "keras.optimizers.schedules"),
    "transformers": ("transformers.optimization",),
}
# What a module takes from elsewhere is not its own.
HOME = {"torch": "torch.optim"}
# Parts of Optax that ``optax`` shows again: losses, and what is done to trees, numbers, batches.
ELSEWHERE = (
    "optax.losses",
    "optax.microbatching",
    "optax.tree_utils",
    "optax._src.linear_algebra",
    "optax._src.numerics",
    "optax._src.utils",
)


def public(library, found):
    """Whether it may be an optimizer or a schedule: no state, protocol, type, loss or constant."""
    found = found.func if isinstance(found, partial) else found
    home = str(getattr(found, "__module__", ""))
    if not callable(found) or home.startswith(ELSEWHERE):
        return False
    if inspect.isclass(found) and issubclass(found, tuple) and hasattr(found, "_fields"):
        # The states of Optax; a transformation is made by a function, whatever its type.
        return False
    return home.startswith(HOME.get(library, library)) and not getattr(found, "_is_protocol", False)


def names(library):
    """The public names of the installed library."""
    modules = [importlib.import_module(name) for name in MODULES[library]]
    shown = {name: getattr(m, name) for m in modules for name in dir(m) if name[0] != "_"}
    return sorted(name for name, found in shown.items() if public(library, found))


if __name__ == "__main__":
    about = {
        "versions": {library: metadata.version(library) for library in MODULES},
        "names": {library: names(library) for library in MODULES},
    }
    FILE.write_text(json.dumps(about, indent=1) + "\n")
    for library, found in about["names"].items():
        print(library, about["versions"][library], len(found))
