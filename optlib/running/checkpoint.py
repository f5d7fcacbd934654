"""Save and load parameters, state and step: an ``.npz`` file without pickle."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

_INDEX = "index"
_ENDING = ".npy"
# NumPy's own headers take 128 bytes; one of this length names no array that was saved here.
_LARGEST_HEADER = 10_000
_DEEPEST = 100


def save(path: str | os.PathLike, x: Any, state: Any, t: Any) -> None:
    """Write a checkpoint; a run restarted from it is bitwise the uninterrupted one.

    The file is written beside its place, read back, and moved there: whatever happens, the old
    checkpoint stays whole until a readable one stands in its place.

    Parameters
    ----------
    path : path
        Where to write; NumPy's ending ``.npz`` is not added.
    x, state : array, or a list, tuple or dict of them (of state dicts)
        As :meth:`Optimizer.step <optlib.running.stepping.Stepping.step>` returns them.
    t : int, or a container of ints
        The number of the last step taken.

    Raises
    ------
    TypeError
        If something is neither an array of numbers, an int nor a plain list, tuple or dict of
        these, or if a key of a dict is not a string. Nothing is written then.
    OSError
        If the file cannot be written.
    """
    path = _path(path)
    arrays: dict[str, np.ndarray] = {}
    index = json.dumps([_describe(part, arrays, _DEEPEST) for part in (x, state, t)])
    beside = path.with_name(path.name + ".part")
    try:
        with open(beside, "wb") as file:
            np.savez(file, **{_INDEX: np.asarray(index)}, **arrays)
            file.flush()
            os.fsync(file.fileno())
        load(beside)
        os.replace(beside, path)
        _settle(path.parent)
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
    OSError
        If there is no such file, or it cannot be read.
    ValueError
        If the file is not a checkpoint, or is damaged. Members that :func:`save` does not write,
        compressed ones among them, are not read.
    """
    path = _path(path)
    with open(path, "rb") as raw:
        try:
            arrays = _members(raw)
            index = json.loads(str(arrays.pop(_INDEX)))
            x, state, t = (_restore(part, arrays, _DEEPEST) for part in index)
        except Exception as error:
            # Damage shows itself in any way at all, deep inside the readers of zip, JSON and NumPy.
            said = f"{type(error).__name__}: {error}"
            raise ValueError(f"{path} is not a checkpoint, or is damaged ({said:.200})") from None
    return x, state, t


def _path(path: Any) -> Path:
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"a checkpoint is a file, so give its path, not {path!r:.60}")
    return Path(path)


def _settle(folder: Path) -> None:
    """Make the new name last through a loss of power, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _members(raw: Any) -> dict[str, np.ndarray]:
    """The arrays of a file, each bounded by the bytes that are there before it is read."""
    arrays = {}
    with zipfile.ZipFile(raw) as file:
        for member in file.infolist():
            name = member.filename.removesuffix(_ENDING)
            if member.compress_type != zipfile.ZIP_STORED or name == member.filename:
                raise ValueError(f"unknown member {member.filename!r:.60}")
            # Stored whole, a member cannot be longer than the file.
            content = file.read(member)
            arrays[name] = _array(name, content)
    return arrays


def _array(name: str, content: bytes) -> np.ndarray:
    """One array out of its bytes, which must be as many as its header says."""
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    if version != (1, 0):
        raise ValueError(f"{name} is in version {version} of the format")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream, _LARGEST_HEADER)
    wanted = "U" if name == _INDEX else "fiu"
    if dtype.kind not in wanted:
        raise ValueError(f"{name} holds {dtype}")
    body = content[stream.tell() :]
    if any(length < 0 for length in shape) or math.prod(shape) * dtype.itemsize != len(body):
        raise ValueError(f"{name} has {len(body)} bytes, which do not fit shape {shape}")
    order = "F" if fortran else "C"
    return np.frombuffer(body, dtype).reshape(shape, order=order).copy(order=order)


def _describe(part: Any, arrays: dict[str, np.ndarray], depth: int) -> Any:
    """The structure of ``part`` as JSON; its arrays go to ``arrays``."""
    if depth < 0:
        raise TypeError(f"containers more than {_DEEPEST} deep cannot be saved")
    # A subclass, such as a named tuple, would come back as another type.
    if type(part) is dict:
        if not all(isinstance(key, str) for key in part):
            raise TypeError(f"only dicts with strings as keys can be saved, got {list(part)}")
        return {"dict": {key: _describe(value, arrays, depth - 1) for key, value in part.items()}}
    if type(part) in (list, tuple):
        inner = [_describe(value, arrays, depth - 1) for value in part]
        return {type(part).__name__: inner}
    if isinstance(part, (int, np.integer)) and not isinstance(part, bool):
        return {"int": int(part)}
    if not hasattr(part, "dtype"):
        raise TypeError(
            f"cannot save {type(part).__name__}; arrays, ints and plain lists, tuples and dicts of "
            "them can be saved"
        )
    if isinstance(part, np.ma.MaskedArray):
        raise TypeError("cannot save a masked array: the mask would be lost; save its data")
    array = np.asarray(part)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"cannot save an array of dtype {array.dtype} without pickle")
    name = f"array{len(arrays)}"
    arrays[name] = array
    return {"array": name}


def _restore(part: Any, arrays: dict[str, np.ndarray], depth: int) -> Any:
    if depth < 0:
        raise ValueError("nested too deeply")
    ((kind, value),) = part.items()
    if kind == "dict":
        return {key: _restore(inner, arrays, depth - 1) for key, inner in value.items()}
    if kind in ("list", "tuple"):
        made = {"list": list, "tuple": tuple}[kind]
        return made(_restore(inner, arrays, depth - 1) for inner in value)
    if kind == "int" and type(value) is int:
        return value
    if kind != "array":
        raise ValueError(f"unknown part {kind!r:.60}")
    return arrays[value]
