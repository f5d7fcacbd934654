"""What the state_dict of an optimizer holds, in the types of a checkpoint, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..namespaces import is_number


def stored(value: Any) -> Any:
    """An argument in the types that a checkpoint holds; None if it is a function or an object."""
    if value is None:
        return ()
    if isinstance(value, (bool, np.bool_)):
        return np.asarray(value, np.int8)
    if isinstance(value, str):
        return np.frombuffer(value.encode(), np.uint8)
    if isinstance(value, tuple):
        parts = tuple(stored(part) for part in value)
        return None if any(part is None for part in parts) else parts
    if isinstance(value, (np.generic, np.ndarray)) and value.ndim == 0:
        value = value.item()
    if isinstance(value, int):
        return value
    return np.asarray(value, float) if is_number(value) else None


def read(name: str, value: Any) -> Any:
    """The argument that was stored.

    Raises
    ------
    ValueError
        If it is nothing that :func:`stored` returns.
    """
    if isinstance(value, (tuple, list)):
        return tuple(read(name, part) for part in value) if len(value) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind == "u":
        return value.tobytes().decode(errors="replace")
    if kind in ("f", "i") and value.ndim == 0:
        return bool(value) if kind == "i" else float(value)
    raise ValueError(f"{name} of a group is not what state_dict() returns: {value!r:.60}")


def entries(what: str, given: Any, names: tuple[str, ...]) -> None:
    """``given`` is a dict with these entries.

    Raises
    ------
    TypeError
        If it is not.
    """
    if not isinstance(given, Mapping) or set(given) != set(names):
        raise TypeError(f"{what} is a dict with {', '.join(names)}, as state_dict() returns it")


def whole_number(name: str, value: Any) -> int:
    """A count of steps, from 0.

    Raises
    ------
    ValueError
        If it is none.
    """
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or not 0 <= value < 2**53 - 1:
        raise ValueError(f"{name} must be a whole number >= 0, got {value!r:.60}")
    return int(value)
