"""Whether arrays can be written in place: writable, and no two of them in the same memory."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np


class Separate:
    """Arrays that were found to be apart, by the objects that they are.

    Where an array lies does not change while it exists, so the same arrays need not be compared
    again. They are not kept alive by it.
    """

    def __init__(self) -> None:
        self._known: tuple[weakref.ref, ...] = ()

    def check(self, arrays: list[Any], names: Callable[[], list[str]]) -> None:
        """As :func:`writable`, for the arrays in their order; names are asked for when needed."""
        known = self._known
        if len(known) == len(arrays) and all(map(_still_writable, known, arrays)):
            return
        writable(dict(zip(names(), arrays, strict=True)))
        self._known = tuple(map(weakref.ref, arrays))


def _still_writable(known: weakref.ref, a: Any) -> bool:
    return known() is a and a.flags.writeable


def writable(arrays: Mapping[str, Any]) -> None:
    """Every array can be written in place, and no two share memory.

    Raises
    ------
    TypeError
        If one is not a NumPy array.
    ValueError
        If one is read-only or overlaps itself or another one.
    """
    for name, a in arrays.items():
        if not isinstance(a, np.ndarray):
            raise TypeError(f"step_ writes NumPy arrays in place; {name} is {type(a).__name__}")
        if not a.flags.writeable:
            raise ValueError(f"{name} is read-only; give step_ a writable copy")
        if _folded(a):
            raise ValueError(f"{name} overlaps itself; give step_ a copy")
    names, values = list(arrays), list(arrays.values())
    for i, j in sorted(_near(values)):
        if _overlap(values[i], values[j]):
            raise ValueError(f"{names[i]} and {names[j]} share memory; give step_ separate arrays")


def _near(arrays: list[np.ndarray]) -> Iterator[tuple[int, int]]:
    """The pairs whose outermost bytes reach into each other."""
    reaches = [(*np.lib.array_utils.byte_bounds(a), i) for i, a in enumerate(arrays) if a.size]
    open_: list[tuple[int, int]] = []
    for low, high, i in sorted(reaches):
        open_ = [(end, j) for end, j in open_ if end > low]
        yield from ((min(i, j), max(i, j)) for _, j in open_)
        open_.append((high, i))


def _folded(a: np.ndarray) -> bool:
    """Whether two entries share memory."""
    if a.flags.forc:
        return False
    steps = sorted((abs(s), n) for s, n in zip(a.strides, a.shape, strict=True) if n > 1)
    reach = a.itemsize
    for stride, n in steps:
        if stride < reach:
            break
        reach = stride * (n - 1) + reach
    else:
        return False
    # Rare: axes whose reaches cross may still miss each other, as the teeth of two combs.
    places = np.zeros(1, np.int64)
    for stride, n in steps:
        places = np.add.outer(places, stride * np.arange(n)).ravel()
    return a.size > 0 and bool(np.any(np.diff(np.sort(places)) < a.itemsize))


def _overlap(a: np.ndarray, b: np.ndarray) -> bool:
    try:
        return np.shares_memory(a, b, max_work=10_000)
    except np.exceptions.TooHardError:
        return True
