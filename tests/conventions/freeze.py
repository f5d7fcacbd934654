"""Run the libraries and store what they do: ``python tests/conventions/freeze.py torch``.

For every case a few entries of every layer after the recorded steps go to ``frozen/LIBRARY.npz``,
and the versions that produced them to ``frozen/LIBRARY.json``.
"""

import importlib
import json
import sys
from pathlib import Path

import numpy as np
from cases import CASES
from harness import summary

FROZEN = Path(__file__).parent / "frozen"


def freeze(library):
    oracle = importlib.import_module(f"oracle_{library}")
    FROZEN.mkdir(exist_ok=True)
    cases = CASES[library]
    arrays = {f"case{k}": summary(oracle.run(case)) for k, case in enumerate(cases)}
    np.savez_compressed(FROZEN / f"{library}.npz", **arrays)
    about = {
        "versions": oracle.VERSION | {"numpy": np.__version__},
        "cases": [case.key for case in cases],
    }
    (FROZEN / f"{library}.json").write_text(json.dumps(about, indent=1) + "\n")
    print(f"{library}: {len(cases)} cases, {about['versions']}")


if __name__ == "__main__":
    for name in sys.argv[1:] or CASES:
        freeze(name)
