"""What is known of arrays that nobody else writes: between what their entries lie."""

from __future__ import annotations

import weakref
from collections.abc import Iterable

import numpy as np


class Ranges:
    """The ranges of arrays, from one step to the next, without keeping the arrays alive."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref, tuple[float, float]]] = {}

    def get(self, a: np.ndarray) -> tuple[float, float] | None:
        """The range of an array, if it is known."""
        ref, found = self._known.get(id(a), (None, None))
        return found if ref is not None and ref() is a else None

    def put(self, a: np.ndarray, found: tuple[float, float]) -> None:
        """The range of an array that was written."""
        self._known[id(a)] = weakref.ref(a), found

    def forget(self, arrays: Iterable[np.ndarray]) -> None:
        """Something else writes these arrays."""
        for a in arrays:
            self._known.pop(id(a), None)

    def clear(self) -> None:
        """Nothing is known, since something else has written the arrays."""
        self._known.clear()
