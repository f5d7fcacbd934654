"""The rule run on intervals: whether a step can leave the finite numbers, told before it is taken.

An interval holds every value that an entry may have. Run on the largest sizes among the entries of
a layer, a rule gives intervals for all that it computes on the way, and where each of them keeps
far from the ends of the type, no entry of the layer can become NaN or infinite. What cannot be told
so is not wrong: then the numbers themselves must be looked at.

Source: Moore, Kearfott & Cloud 2009, Introduction to Interval Analysis, chapters 2 and 5.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..namespaces import Arrays, is_number


class Untold(ArithmeticError):
    """Whether the step stays finite does not follow from intervals."""


class Interval:
    """The numbers from ``low`` to ``high`` that a type of floating-point numbers can come to.

    What an operation returns is made wider by what the type may have rounded.

    Raises
    ------
    Untold
        If they are none, or reach the end of the type.
    """

    # So that a scalar of NumPy leaves its arithmetic to the interval.
    __array_ufunc__ = None

    def __init__(self, low: float, high: float, info: Any):
        self.most, self.least = float(info.max), float(info.smallest_normal)
        if not -self.most < low <= high < self.most:
            raise Untold
        # What is smaller than the normal numbers may be rounded to 0.
        self.low = 0.0 if 0 < low < self.least else low
        self.high = 0.0 if -self.least < high < 0 else high
        self.info = info

    def of(self, *ends: float, steps: int = 2) -> Interval:
        """From the smallest to the largest of these, and so many steps of the type beyond."""
        low, high, room = min(ends), max(ends), steps * float(self.info.eps)
        # Below the normal numbers steps no longer shrink.
        last = float(self.info.smallest_subnormal)
        low -= room * abs(low) + (last if low < 0 else 0.0)
        high += room * abs(high) + (last if high > 0 else 0.0)
        return Interval(low, high, self.info)

    def image(self, function: Callable[[float], float], steps: int = 2) -> Interval:
        """Where a function that never turns back takes it."""
        return self.of(function(self.low), function(self.high), steps=steps)

    def ends(self, other: Any) -> tuple[float, float]:
        """The ends of another interval, or of what a number may be rounded to beside an array."""
        if isinstance(other, Interval):
            return other.low, other.high
        if other == 0:
            return 0.0, 0.0
        room = float(self.info.eps) * abs(other)
        rounded = Interval(other - room, other + room, self.info)
        return rounded.low, rounded.high

    def __add__(self, other: Any) -> Interval:
        low, high = self.ends(other)
        return self.of(self.low + low, self.high + high)

    def __mul__(self, other: Any) -> Interval:
        if other is self:
            return abs(self).image(lambda a: a * a)
        return self.of(*(a * b for a in (self.low, self.high) for b in self.ends(other)))

    def __rtruediv__(self, other: Any) -> Interval:
        # A divisor that is smaller than the smallest numbers of the type could become 0.
        if not (self.low > self.least or self.high < -self.least):
            raise Untold
        return self.of(*(a / b for a in self.ends(other) for b in (self.low, self.high)))

    def __truediv__(self, other: Any) -> Interval:
        if isinstance(other, Interval):
            return other.__rtruediv__(self)
        if not abs(other) > self.least:
            raise Untold
        return self.image(lambda a: a / other)

    def __pow__(self, power: Any) -> Interval:
        # The exponent is rounded too, by which the logarithm of the power moves in proportion.
        if not is_number(power) or not 0 <= power <= 4 or self.info.eps > 1e-6:
            raise Untold
        if self.low < 0 and power != 2:
            raise Untold
        return abs(self).image(lambda a: a**power, steps=10_000)

    def __abs__(self) -> Interval:
        if self.low >= 0:
            return self
        return self.of(max(0.0, -self.high), max(-self.low, self.high))

    def __neg__(self) -> Interval:
        return self.of(-self.high, -self.low)

    def __sub__(self, other: Any) -> Interval:
        return self + -other

    def __rsub__(self, other: Any) -> Interval:
        return -self + other

    __radd__, __rmul__ = __add__, __mul__

    def _compared(self, other: Any, holds: Callable[[float, float], bool]) -> bool | None:
        """Whether it holds for all pairs; None if it does for some."""
        found = {holds(a, b) for a in (self.low, self.high) for b in self.ends(other)}
        return found.pop() if len(found) == 1 else None

    def __lt__(self, other: Any) -> bool | None:
        return self._compared(other, operator.lt)

    def __le__(self, other: Any) -> bool | None:
        return self._compared(other, operator.le)

    def __gt__(self, other: Any) -> bool | None:
        return self._compared(other, operator.gt)

    def __ge__(self, other: Any) -> bool | None:
        return self._compared(other, operator.ge)

    def __eq__(self, other: Any) -> bool | None:
        return None

    def __ne__(self, other: Any) -> bool | None:
        return None

    __hash__ = None


class Intervals:
    """The words of a rule over intervals; those that are missing tell nothing."""

    def __init__(self) -> None:
        self._numbers = Arrays(np)

    def __getattr__(self, name: str) -> Any:
        raise Untold

    def _image(self, word: str, a: Any) -> Any:
        on_number = getattr(self._numbers, word)
        return on_number(a) if is_number(a) else a.image(on_number)

    def sqrt(self, a: Any) -> Any:
        """The root; of what may be negative nothing is told."""
        if isinstance(a, Interval) and a.low < 0:
            raise Untold
        return self._image("sqrt", a)

    def cbrt(self, a: Any) -> Any:
        """The cube root of what is not negative."""
        return self._numbers.cbrt(a) if is_number(a) else a ** (1 / 3)

    def exp(self, a: Any) -> Any:
        """The exponential."""
        if isinstance(a, Interval) and a.high > math.log(a.most) - 1:
            raise Untold
        return self._image("exp", a)

    def sign(self, a: Any) -> Any:
        """The sign."""
        return self._image("sign", a)

    def abs(self, a: Any) -> Any:
        """The size."""
        return abs(a)

    def maximum(self, a: Any, b: Any) -> Any:
        """The larger of the two."""
        return self._either(a, b, max)

    def minimum(self, a: Any, b: Any) -> Any:
        """The smaller of the two."""
        return self._either(a, b, min)

    def _either(self, a: Any, b: Any, choose: Callable) -> Any:
        if is_number(a) and is_number(b):
            return choose(a, b)
        one = a if isinstance(a, Interval) else b
        return one.of(*map(choose, one.ends(a), one.ends(b)))

    def where(self, condition: bool | None, a: Any, b: Any) -> Any:
        """``a`` where the condition holds for all, ``b`` where it does for none; else both."""
        if isinstance(condition, bool):
            return a if condition else b
        if is_number(a) and is_number(b):
            raise Untold
        one = a if isinstance(a, Interval) else b
        return one.of(*one.ends(a), *one.ends(b))


def keeps_finite(
    rule: Callable,
    t: int,
    ranges: Mapping[str, tuple[float, float]],
    dtype: Any,
    keywords: Mapping[str, Any],
    lr: float | None,
) -> bool:
    """Whether no entry of a step can be NaN or infinite; False if that is not told.

    Parameters
    ----------
    rule : callable
        A rule of scope ``element``.
    t : int
        The number of the step.
    ranges : mapping
        Between what the entries of ``g``, ``x``, every state and every input lie.
    dtype : dtype
        In which the step is computed.
    keywords : mapping
        The hyper-parameters.
    lr : float or None
        The rate; None for a rule that takes it among its keywords.
    """
    info = np.finfo(dtype)
    try:
        given = {name: Interval(*ends, info) for name, ends in ranges.items()}
        first = (given[name] for name in ("g", "x", *rule.state))
        inputs = {name: given[name] for name in rule.inputs}
        u, *new = rule(Intervals(), t, *first, **inputs, **keywords)
        moved = given["x"] - (u if lr is None else u * lr)
    except (Untold, TypeError, OverflowError, ZeroDivisionError):
        return False
    return all(isinstance(value, Interval) for value in (moved, *new))


def never_negative(rule: Callable, name: str) -> bool:
    """Whether a rule says that a state or an input has no negative entry."""
    return name in rule.domains and rule.domains[name].low >= 0


def extent(a: np.ndarray, sign: bool) -> tuple[float, float]:
    """Between what the entries lie, read off fast; NaN for an entry that is NaN.

    Parameters
    ----------
    a : array
        One axis, without gaps.
    sign : bool
        Whether the lower end is to be exact, or else that of an interval around 0.
    """
    size = max(map(_largest, np.split(a, range(_SUMMED, a.size, _SUMMED))), default=0.0)
    return (float(a.min(initial=math.inf)) if sign else -size), size


# The squares of so many numbers are summed in single precision with an error of at most 1/4.
_SUMMED = 1 << 22


def _largest(a: np.ndarray) -> float:
    """A bound of the sizes of these entries."""
    if a.dtype.char in "fd":
        length = math.sqrt(float(np.dot(a, a)))
        if math.isfinite(length):
            # Squares below the normal numbers may be lost; their roots are below this.
            return 1.2 * length + math.sqrt(float(np.finfo(a.dtype).smallest_normal))
    return max(float(a.max(initial=0.0)), -float(a.min(initial=0.0)))
