"""Kernels: a rule of scope ``element`` printed from its trace, compiled by Numba, in one pass.

What is the same for all entries (the rate, the corrections of averages) is computed once a step, in
double precision; an entry is read once and written once. A kernel agrees with the rule to rounding.

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
from .compiling import TEXT
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
        ``factors(t, lr, *hyper, *numbers)``: what is the same for all entries, then the numbers of
        the next step.
    entry : callable
        ``entry(*arrays, *constants)``: where one entry goes.
    move, count : callable
        Over arrays of one axis: write all entries; or count those that would not be finite.
    largest : callable
        The bits of the largest size in an array, from its bits and the mask of a size.
    """

    arrays: tuple[str, ...]
    numbers: tuple[str, ...]
    factors: Callable
    entry: Callable
    move: Callable
    count: Callable
    largest: Callable

    def constants(self, t: int, lr: float, settings: Sequence[float], state: Mapping) -> tuple:
        """What is the same for all entries, and the new numbers."""
        given = (float(state[k]) for k in self.numbers)
        found = tuple(map(float, self.factors(float(t), lr, *settings, *given)))
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
    if rule.scope != "element":
        return f"{rule.__name__} sees more than one entry at a time, and kernels see one"
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
        A rule of scope ``element``.
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
    entry, factors = printed(rule, numbers)
    scalars, intervals = dict(_ON_NUMBERS), _on_intervals()
    exec(factors, scalars)  # noqa: S102
    exec(entry, intervals)  # noqa: S102
    compiled = compiling.module(rule.__name__, _text(rule, numbers, dtype))
    return Kernel(
        _arrays(rule, numbers),
        numbers,
        scalars["factors"],
        intervals["entry"],
        compiled.move,
        compiled.count,
        compiled.largest,
    )


def _arrays(rule: Callable, numbers: tuple[str, ...]) -> tuple[str, ...]:
    return ("g", "x", *(k for k in rule.state if k not in numbers), *rule.inputs)


@cache
def printed(rule: Callable, numbers: tuple[str, ...]) -> tuple[str, str]:
    """The two functions of a kernel as Python, ``entry`` and ``factors``."""
    import sympy as sp

    from ..algebra.tracing import trace
    from .program import apart
    from .source import function

    found = trace(rule)
    symbols = {"lr": sp.Symbol("lr", nonnegative=True), **found.symbols}
    u = found.u if rule.takes_lr else symbols["lr"] * found.u
    spread = [k for k in rule.state if k not in numbers]
    outputs = [symbols["x"] - u, *(found.state[k] for k in spread)]
    same = [symbols[k] for k in ("t", "lr", *rule.hyper, *numbers)]
    parts, names, outputs = apart(outputs, frozenset(same))
    # A name that stands alone in the expressions of an entry is the same for all entries too.
    alone = [s for s in same if any(s in e.free_symbols for e in outputs)]
    arrays = [symbols[k] for k in _arrays(rule, numbers)]
    entry = function("entry", [*arrays, *names, *alone], outputs)
    return entry, function("factors", same, [*parts, *alone, *(found.state[k] for k in numbers)])


def _text(rule: Callable, numbers: tuple[str, ...], dtype: str) -> str:
    """A module with what is compiled."""
    entry, _ = printed(rule, numbers)
    arrays = _arrays(rule, numbers)
    parameters = entry[entry.index("(") + 1 : entry.index(")")].split(", ")
    # The parameters of entry begin with the arrays, by the names of their symbols.
    constants = parameters[len(arrays) :]
    written = arrays[1 : len(arrays) - len(rule.inputs)]
    results = [f"new_{k}" for k in written]
    return TEXT.format(
        name=rule.__name__,
        dtype=dtype,
        entry=entry,
        parameters=", ".join([*arrays, *constants]),
        targets="".join(f"{k}[i], " for k in written).rstrip(),
        values=", ".join([*(f"{k}[i]" for k in arrays), *constants]),
        results="".join(f"{k}, " for k in results).rstrip(),
        finite=" and ".join(f"np.isfinite({k})" for k in results),
    )
