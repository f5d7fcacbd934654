"""A layer moved in place by a kernel; see :mod:`optlib.engines.kernels`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engines import blocks, compiling, kernels
from ..engines.intervals import never_negative
from . import checks
from .known import Ranges
from .moves import whole
from .step import Layer, rate, setting_at

ENGINES = ("numpy", "kernel", "auto")

LARGE = 1 << 16
"""With ``engine="auto"``, layers of so many entries go by a kernel."""


def chosen(engine: str, rule: Callable, layers: list[Layer]) -> tuple[list[Layer], list[Layer]]:
    """The layers that go by NumPy, and those that go by a kernel.

    Raises
    ------
    MissingError
        For ``engine="kernel"`` without Numba.
    TypeError
        For ``engine="kernel"`` and a rule that has no kernel.
    """
    checks.policy("engine", engine, ENGINES)
    if engine == "numpy":
        return layers, []
    if engine == "auto" and not (compiling.installed() and not kernels.lacking(rule)):
        return layers, []
    if engine == "kernel" and (why := kernels.lacking(rule)):
        raise TypeError(f"{why}; engine='auto' moves it by NumPy")
    least = LARGE if engine == "auto" else 1
    fits = [layer.x.size >= least and suits(layer) for layer in layers]
    both = list(zip(layers, fits, strict=True))
    return [a for a, fit in both if not fit], [a for a, fit in both if fit]


def suits(layer: Layer) -> bool:
    """Whether a kernel can move these arrays: of single or double precision, without gaps."""
    return layer.x.dtype in (np.float32, np.float64) and blocks.divisible(layer)


class Compiled:
    """A move of one layer, which writes as it computes; nothing of it is kept.

    Parameters
    ----------
    optimizer : Optimizer
    layer : Layer
    ranges : Ranges, optional
        What is known of the state, where nobody else can have written it.
    """

    size = 0

    def __init__(self, optimizer: Any, layer: Layer, ranges: Ranges | None):
        self.layer, self.known = layer, ranges
        flat, rule = blocks.flattened(layer), optimizer.rule
        names = tuple(k for k, a in layer.state.items() if a.shape != layer.x.shape)
        self.kernel = kernels.kernel(rule, names, str(layer.x.dtype))
        self.spread = {k: a for k, a in layer.state.items() if k not in names}
        given = {"g": flat.g, "x": flat.x, **flat.state, **flat.inputs}
        self.arrays = [given[k] for k in self.kernel.arrays]
        self.signs = [never_negative(rule, k) for k in self.kernel.arrays]
        settings = [setting_at(rule, k, v, layer.clock, 0, 1) for k, v in optimizer.hyper.items()]
        numbers = (float(layer.state[k]) for k in names)
        same = [float(layer.t), float(rate(optimizer, flat, 0, 1)), *settings, *numbers]
        found = self.kernel.constants(same, self.arrays)
        # Where its sums leave the range, the rule itself knows what to do.
        self.instead = None if found else whole([layer], [optimizer.advance(layer, 0)])
        self.constants, self.numbers = found or ((), {})
        self.typed = [layer.x.dtype.type(c) for c in self.constants]
        self.found: list[tuple[float, float]] | None = None

    def fault(self, keep: bool) -> tuple[str, Layer] | None:
        """What would be NaN or infinite, and of which layer."""
        if self.instead:
            return self.instead.fault(True)
        if not np.isfinite([*self.constants, *self.numbers.values()]).all():
            return "state", self.layer
        self.found = self._bounds(self.known) or (self.known and self._bounds(None))
        if self.found:
            return None
        if not checks.finite((self.layer.g,)):
            return "gradient", self.layer
        return ("update", self.layer) if self.kernel.count(*self.arrays, *self.typed) else None

    def write(self) -> None:
        """Overwrite parameters and state."""
        if self.known is not None:
            self.known.forget(self.spread.values())
        if self.instead:
            self.instead.write()
            return
        self.kernel.move(*self.arrays, *self.typed)
        for name, value in self.numbers.items():
            self.layer.state[name][...] = value
        if self.known is None:
            return
        if self.found:
            for a, found in zip(self.spread.values(), self.found[1:], strict=True):
                self.known.put(a, found)

    def _bounds(self, known: Ranges | None) -> list[tuple[float, float]] | None:
        """Between what the results lie, from what is known of the state or from reading it."""
        ranges = []
        for name, a, sign in zip(self.kernel.arrays, self.arrays, self.signs, strict=True):
            kept = known.get(self.spread[name]) if known and name in self.spread else None
            ranges.append(kept or self.kernel.extent(a, sign))
        return kernels.bounds(self.kernel, ranges, self.constants, self.layer.x.dtype)
