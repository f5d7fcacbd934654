"""Store the defaults of the libraries: ``python tests/conventions/freeze_defaults.py``.

``frozen/defaults.json`` holds them by library, name and argument, where they are numbers, words,
None or tuples of these.
"""

import importlib
import inspect
import json
from importlib import metadata
from pathlib import Path

from optlib.conventions import TABLE

FILE = Path(__file__).parent / "frozen" / "defaults.json"
MODULES = {
    "torch": ("torch.optim", "torch.optim.lr_scheduler", "torch.optim.swa_utils"),
    "optax": ("optax", "optax.contrib"),
    "keras": ("keras.optimizers", "keras.optimizers.schedules", "keras.callbacks"),
    "transformers": ("transformers.optimization",),
}


def theirs(library, name):
    """The defaults of the library's own function or class."""
    modules = map(importlib.import_module, MODULES[library])
    found = next(getattr(m, name) for m in modules if hasattr(m, name))
    parameters = inspect.signature(found).parameters
    if name == "get_reduce_on_plateau_schedule":
        # It hands its keywords on.
        return theirs("torch", "ReduceLROnPlateau")
    return {p.name: p.default for p in parameters.values() if plain(p.default)}


def plain(value):
    if isinstance(value, tuple):
        return all(map(plain, value))
    return value is None or isinstance(value, (bool, int, float, str))


def as_json(defaults):
    return json.loads(json.dumps(dict(defaults)))


if __name__ == "__main__":
    about = {
        "versions": {library: metadata.version(library) for library in MODULES},
        "defaults": {library: {} for library in MODULES},
    }
    for library, name in TABLE:
        about["defaults"][library][name] = theirs(library, name)
    FILE.write_text(json.dumps(about, indent=1) + "\n")
