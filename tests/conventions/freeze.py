"""Run the libraries and store what they do: ``python tests/conventions/freeze.py torch``.

For every case a few entries of every layer after the recorded steps go to ``frozen/LIBRARY.npz``,
and the versions that produced them to ``frozen/LIBRARY.json``. With ``--added`` as well, a case
that is stored for the same versions is kept, and only the others are run.
"""

import importlib
import json
import sys
from pathlib import Path

import numpy as np
from cases import CASES
from harness import summary

FROZEN = Path(__file__).parent / "frozen"


def stored(library, versions):
    """What is stored for these versions, by the key of the case."""
    about = json.loads((FROZEN / f"{library}.json").read_text())
    if about["versions"] != versions:
        return {}
    with np.load(FROZEN / f"{library}.npz") as file:
        return {key: file[f"case{k}"] for k, key in enumerate(about["cases"])}


def freeze(library, added=False):
    oracle = importlib.import_module(f"oracle_{library}")
    FROZEN.mkdir(exist_ok=True)
    cases, versions = CASES[library], oracle.VERSION | {"numpy": np.__version__}
    known = stored(library, versions) if added else {}
    found = [known[c.key] if c.key in known else summary(oracle.run(c)) for c in cases]
    arrays = {f"case{k}": array for k, array in enumerate(found)}
    np.savez_compressed(FROZEN / f"{library}.npz", **arrays)
    about = {"versions": versions, "cases": [case.key for case in cases]}
    (FROZEN / f"{library}.json").write_text(json.dumps(about, indent=1) + "\n")
    print(f"{library}: {len(cases)} cases, {about['versions']}")


if __name__ == "__main__":
    names = [name for name in sys.argv[1:] if name != "--added"]
    for name in names or CASES:
        freeze(name, "--added" in sys.argv)
