"""Kernels: a rule printed from its trace and compiled by Numba.

What is the same for all entries (the rate, the corrections of averages) is computed once a step, in
double precision; an entry is read once and written once. Where a rule of a whole layer sums over
it, as norms do, a pass before that takes the sums. A kernel agrees with the rule to rounding.

Whether a step stays finite is asked before it: of the same printed function, run on intervals; or,
where these tell nothing, of a pass that writes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from . import compiling
from .intervals import Interval, Intervals, Untold


@dataclass(frozen=True)
class Kernel:
    """A compiled rule.

    Attributes
    ----------
    arrays : tuple of str
        What an entry is read from: ``g``, ``x``, states, inputs.
    numbers : tuple of str
        The states that are one number for the layer.
    factors : callable
        ``factors(t, lr, *hyper, *numbers, *sums)``: what is the same for all entries, then the
        numbers of the next step.
    before : callable or None
        ``before(t, lr, *hyper, *numbers)``: the same for what is summed.
    entry : callable
        ``entry(*arrays, *constants)``: where one entry goes.
    move, count : callable
        Over arrays of one axis: write all entries; or count those that would not be finite.
    fresh : callable
        ``fresh(*arrays, *results, *constants)``: write all entries elsewhere, by one thread; how
        many of them, or of ``g``, are not finite.
    sums : callable or None
        ``sums(*arrays, *constants)``: the sums over the layer.
    largest : callable
        The bits of the largest size in an array, from its bits and the mask of a size.
    """

    arrays: tuple[str, ...]
    numbers: tuple[str, ...]
    factors: Callable
    before: Callable | None
    entry: Callable
    move: Callable
    count: Callable
    fresh: Callable
    sums: Callable | None
    largest: Callable

    def constants(
        self, same: Sequence[float], arrays: Sequence[np.ndarray]
    ) -> tuple[tuple[float, ...], dict[str, float]] | None:
        """What is the same for all entries, and the new numbers; None if sums left the range.

        Parameters
        ----------
        same : sequence of float
            ``t``, the rate, the hyper-parameters and the numbers of the layer.
        arrays : sequence of array
            From which sums are taken.
        """
        totals: tuple[float, ...] = ()
        if self.sums is not None:
            kind = arrays[0].dtype.type
            totals = self.sums(*arrays, *map(kind, self.before(*same)))
            # A sum of squares that is 0 may be of numbers whose squares vanish.
            if not all(math.isfinite(a) and a != 0 for a in totals):
                return None
        found = tuple(map(float, self.factors(*same, *totals)))
        cut = len(found) - len(self.numbers)
        return found[:cut], dict(zip(self.numbers, found[cut:], strict=True))

    def extent(self, a: np.ndarray, sign: bool) -> tuple[float, float]:
        """As :func:`~optlib.engines.intervals.extent`, exactly, and by as many threads."""
        kind = np.dtype(f"u{a.itemsize}").type
        bits = self.largest(a.view(kind), kind(np.iinfo(kind).max >> 1))
        size = float(np.asarray(bits, kind).view(a.dtype))
        return (float(a.min(initial=math.inf)) if sign else -size), size


def bounds(
    kernel: Kernel, ranges: Sequence[tuple[float, float]], constants: Sequence[float], dtype: Any
) -> list[tuple[float, float]] | None:
    """Between what the new entries lie, of ``x`` and of each state; None if that is not told.

    Parameters
    ----------
    kernel : Kernel
    ranges : sequence
        Between what the entries of each array lie.
    constants : sequence of float
        What is the same for all entries.
    dtype : dtype
    """
    info = np.finfo(dtype)
    try:
        found = kernel.entry(*(Interval(*ends, info) for ends in ranges), *constants)
        return [(value.low, value.high) for value in found]
    except (Untold, TypeError, AttributeError, OverflowError, ZeroDivisionError):
        return None


_ON_NUMBERS = {
    "T": float,
    "sqrt": math.sqrt,
    "cbrt": lambda a: a ** (1 / 3),
    "exp": math.exp,
    "log": math.log,
    "fabs": abs,
    "square": lambda a: a * a,
    "maximum": max,
    "minimum": min,
    "sign": lambda a: (a > 0) - (a < 0),
    "where": lambda condition, a, b: a if condition else b,
    "both": lambda a, b: a and b,
    "either": lambda a, b: a or b,
}


def _on_intervals() -> dict[str, Any]:
    words = Intervals()
    named = {k: getattr(words, k) for k in ("sqrt", "cbrt", "exp", "maximum", "minimum", "sign")}
    more = {"fabs": abs, "square": lambda a: a * a, "where": words.where}
    return {**named, **more, "T": float, "both": _both, "either": _either}


def _both(a: bool | None, b: bool | None) -> bool | None:
    return False if a is False or b is False else None if a is None or b is None else True


def _either(a: bool | None, b: bool | None) -> bool | None:
    return True if a is True or b is True else None if a is None or b is None else False


def lacking(rule: Callable) -> str:
    """Why there can be no kernel of a rule; empty if there can."""
    if rule.scope not in ("element", "layer"):
        return f"{rule.__name__} sees more than one layer or its matrices, and a kernel does not"
    try:
        printed(rule, ())
    except TypeError as reason:
        return str(reason)
    return ""


@cache
def kernel(rule: Callable, numbers: tuple[str, ...], dtype: str) -> Kernel:
    """The kernel of a rule.

    Parameters
    ----------
    rule : callable
        A rule of scope ``element`` or ``layer``.
    numbers : tuple of str
        The states that are one number for the layer.
    dtype : str
        ``"float32"`` or ``"float64"``.

    Raises
    ------
    MissingError
        If Numba is not installed.
    TypeError
        If the rule cannot be printed.
    """
    found = printed(rule, numbers)
    compiled = compiling.module(rule.__name__, compiling.text(rule, numbers, dtype, found))
    summing = found.before is not None
    return Kernel(
        found.arrays,
        numbers,
        _defined(found.factors, _ON_NUMBERS)["factors"],
        _defined(found.before, _ON_NUMBERS)["before"] if summing else None,
        _defined(found.entry, _on_intervals())["entry"],
        compiled.move,
        compiled.count,
        compiled.fresh,
        compiled.sums if summing else None,
        compiled.largest,
    )


def _defined(text: str, words: Mapping[str, Any]) -> dict[str, Any]:
    space = dict(words)
    exec(text, space)  # noqa: S102
    return space


@dataclass(frozen=True)
class Printed:
    """The functions of a kernel as Python.

    Attributes
    ----------
    arrays : tuple of str
        What an entry is read from.
    entry, factors : str
        As in :class:`Kernel`.
    summand, before : str or None
        What is summed over a layer, of one entry; and what of it is the same for all entries.
    """

    arrays: tuple[str, ...]
    entry: str
    factors: str
    summand: str | None
    before: str | None


@cache
def printed(rule: Callable, numbers: tuple[str, ...]) -> Printed:
    """The functions of a kernel, for a layer that has these states as one number.

    Raises
    ------
    TypeError
        If the rule cannot be printed.
    """
    import sympy as sp

    from ..algebra.entries import entry_of
    from .source import function

    found, sums = entry_of(rule, numbers)
    symbols = {"lr": sp.Symbol("lr", nonnegative=True), **found.symbols}
    u = found.u if rule.takes_lr else symbols["lr"] * found.u
    spread = [k for k in rule.state if k not in numbers]
    names = ("g", "x", *spread, *rule.inputs)
    arrays = [symbols[k] for k in names]
    same = [symbols[k] for k in ("t", "lr", *rule.hyper, *numbers)]
    outputs = [symbols["x"] - u, *(found.state[k] for k in spread)]
    constants, entry = _hoisted("entry", arrays, outputs, [*same, *sums])
    more = [found.state[k] for k in numbers]
    factors = function("factors", [*same, *sums], [*constants, *more])
    if not sums:
        return Printed(names, entry, factors, None, None)
    constants, summand = _hoisted("summand", arrays, list(sums.values()), same)
    return Printed(names, entry, factors, summand, function("before", same, constants))


def _hoisted(name: str, arrays: list, outputs: list, same: list) -> tuple[list, str]:
    """What of these expressions is the same for all entries, and a function of the rest."""
    from .program import apart
    from .source import function

    parts, names, rest = apart(outputs, frozenset(same))
    # A name that stands alone in the expressions of an entry is the same for all entries too.
    alone = [s for s in same if any(s in e.free_symbols for e in rest)]
    return [*parts, *alone], function(name, [*arrays, *names, *alone], rest)
