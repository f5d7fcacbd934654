"""Save and load parameters, state and step: an ``.npz`` file without pickle."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

_INDEX = "index"


def save(path: str | os.PathLike, x: Any, state: Any, t: Any) -> None:
    """Write a checkpoint; a run restarted from it is bitwise the uninterrupted one.

    The file is written beside its place and moved there, so that an interrupted write leaves the
    old checkpoint whole.

    Parameters
    ----------
    path : path
        Where to write; NumPy's ending ``.npz`` is not added.
    x, state : array, or a list, tuple or dict of them (of state dicts)
        As :meth:`Optimizer.step <optlib.running.optimizer.Optimizer.step>` returns them.
    t : int, or a container of ints
        The number of the last step taken.

    Raises
    ------
    TypeError
        If something is neither an array of numbers, an int nor a container of these, or if a key of
        a dict is not a string.
    """
    arrays: dict[str, np.ndarray] = {}
    index = json.dumps([_describe(part, arrays) for part in (x, state, t)])
    path = Path(path)
    beside = path.with_name(path.name + ".part")
    try:
        with open(beside, "wb") as file:
            np.savez(file, **{_INDEX: np.asarray(index)}, **arrays)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def load(path: str | os.PathLike) -> tuple[Any, Any, Any]:
    """Read a checkpoint written by :func:`save`.

    Returns
    -------
    x, state, t
        In the containers, shapes and types that were saved.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is not a checkpoint, or is damaged.
    """
    try:
        with open(path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        x, state, t = (_restore(part, arrays) for part in json.loads(str(arrays.pop(_INDEX))))
    except (zipfile.BadZipFile, EOFError, KeyError, AttributeError, ValueError, TypeError) as error:
        raise ValueError(f"{os.fspath(path)} is not a checkpoint, or is damaged: {error}") from None
    return x, state, t


def _describe(part: Any, arrays: dict[str, np.ndarray]) -> Any:
    """The structure of ``part`` as JSON; its arrays go to ``arrays``."""
    if isinstance(part, dict):
        if not all(isinstance(key, str) for key in part):
            raise TypeError(f"only dicts with strings as keys can be saved, got {list(part)}")
        return {"dict": {key: _describe(value, arrays) for key, value in part.items()}}
    if isinstance(part, (list, tuple)):
        return {type(part).__name__: [_describe(value, arrays) for value in part]}
    if isinstance(part, (int, np.integer)) and not isinstance(part, bool):
        return {"int": int(part)}
    if not hasattr(part, "dtype"):
        raise TypeError(
            f"cannot save {type(part).__name__}; arrays, ints and containers can be saved"
        )
    array = np.asarray(part)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"cannot save an array of dtype {array.dtype} without pickle")
    name = f"array{len(arrays)}"
    arrays[name] = array
    return {"array": name}


def _restore(part: Any, arrays: dict[str, np.ndarray]) -> Any:
    ((kind, value),) = part.items()
    if kind == "dict":
        return {key: _restore(inner, arrays) for key, inner in value.items()}
    if kind in ("list", "tuple"):
        return {"list": list, "tuple": tuple}[kind](_restore(inner, arrays) for inner in value)
    return value if kind == "int" else arrays[value]
