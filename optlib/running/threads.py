"""Large layers side by side: NumPy lets go of Python's lock while it computes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

LARGE = 1 << 20
"""Fewer entries than this in all are not worth a thread."""


def count() -> int:
    """How many threads may be used, by ``OMP_NUM_THREADS``, which BLAS goes by as well."""
    given = os.environ.get("OMP_NUM_THREADS", "")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, int(given) if given.isdigit() else cores or 1)


def each(function: Callable[[Any], Any], layers: Sequence[Any]) -> list[Any]:
    """What a function gives of every layer, in their order; it computes, and writes nothing."""
    threads = min(count(), len(layers))
    arrays = all(isinstance(layer.x, np.ndarray) for layer in layers)
    if threads == 1 or not arrays or sum(layer.x.size for layer in layers) < LARGE:
        return [function(layer) for layer in layers]
    from concurrent.futures import ThreadPoolExecutor

    def quietly(layer: Any) -> Any:
        # What is said of floating-point errors holds for one thread.
        with np.errstate(all="ignore"):
            return function(layer)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(quietly, layers))
