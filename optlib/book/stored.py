"""Data of the book that ship with the package, so that a chapter finds them wherever it is run."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import numpy as np

DATA = files(__package__) / "data"


def stored_runs(name: str) -> dict[str, np.ndarray]:
    """Results of runs that take too long for a chapter.

    Parameters
    ----------
    name : str
        ``"warmup"`` for the Transformers of chapter 9, which ``tools/warmup_runs.py`` made, or
        another file of ``optlib/book/data``, made by the script of its name.

    Returns
    -------
    dict
        Key -> array.

    Raises
    ------
    ValueError
        If no such runs are stored.
    """
    known = sorted(f.name.removesuffix(".npz") for f in DATA.iterdir() if f.name.endswith(".npz"))
    if name not in known:
        raise ValueError(f"There are no stored runs {name!r}; there are {', '.join(known)}")
    with (DATA / f"{name}.npz").open("rb") as file:
        return dict(np.load(file))


def stored_times(name: str) -> dict[str, Any]:
    """Measurements with the machine and the versions that they were made with.

    Parameters
    ----------
    name : str
        ``"steps"`` for the seconds of a step, which ``benchmarks/run.py`` measured, or another
        ``.json`` file of ``optlib/book/data``.

    Raises
    ------
    ValueError
        If no such measurements are stored.
    """
    known = sorted(f.name for f in DATA.iterdir() if f.name.endswith(".json"))
    if f"{name}.json" not in known:
        raise ValueError(f"There are no measurements {name!r}; there are {', '.join(known)}")
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
