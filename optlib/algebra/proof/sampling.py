"""The hunt for a counterexample: exact rational points, evaluated to many digits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, reduce
from random import Random
from typing import Any

import sympy as sp
from mpmath import MPContext
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Boolean, Not, Or

from ...domains import Domain
from .drawing import draw

DIGITS = 50
_TOLERANCE = sp.Rational(1, 10**30)


class Undefined(ArithmeticError):
    """The expression, or a part of it, has no finite real value at this point."""


class Unsupported(Undefined):
    """The expression holds a function that is never evaluated."""


class Point:
    """A point of the domains, at which expressions are evaluated.

    Functions that are only named, such as ``g`` in ``g(t - i)``, get a random rational value for
    each argument; ``values`` holds everything that was drawn.

    Parameters
    ----------
    values : mapping
        Symbol -> exact rational number.
    seed : str
        Decides the values of named functions.
    """

    def __init__(self, values: Mapping[sp.Symbol, sp.Rational], seed: str = ""):
        self._given = dict(values)
        self._drawn: dict[str, sp.Rational] = {}
        self._seed = seed
        self._evaluators: dict[int, _Evaluator] = {}

    @property
    def given(self) -> dict[sp.Symbol, sp.Rational]:
        """Symbol -> number."""
        return dict(self._given)

    @property
    def values(self) -> dict[str, sp.Rational]:
        """Name -> number, for the symbols and for the values of functions that were asked for."""
        return {s.name: v for s, v in self._given.items()} | dict(sorted(self._drawn.items()))

    def evaluate(self, expression: sp.Basic, digits: int = DIGITS) -> Any:
        """The value to ``digits`` digits.

        Raises
        ------
        Undefined
            If the expression, or a part of it that is reached, has no finite real value here.
        """
        context = _context(digits + 10)
        if digits not in self._evaluators:
            self._evaluators[digits] = _Evaluator(context, self._given, self._draw)
        try:
            value = self._evaluators[digits](expression)
        except (ZeroDivisionError, ValueError, OverflowError) as reason:
            raise Undefined(str(reason)) from reason
        return _real(context, value)

    def _draw(self, name: str, arguments: tuple[Any, ...]) -> sp.Rational:
        key = f"{name}({', '.join(context_free(a) for a in arguments)})"
        if key not in self._drawn:
            rng = Random(f"{self._seed}/{key}")
            self._drawn[key] = sp.Rational(rng.randint(-40, 40), rng.randint(1, 9))
        return self._drawn[key]


@cache
def _context(digits: int) -> MPContext:
    """Numbers of so many digits; each precision has its own, for numbers keep to theirs."""
    context = MPContext()
    context.dps = digits
    return context


def context_free(number: Any) -> str:
    """A number as text that is the same at every precision."""
    return str(int(number)) if number == int(number) else str(sp.Float(number, 15))


def _real(context: Any, value: Any) -> Any:
    if isinstance(value, context.mpc):
        if abs(value.imag) > abs(value.real) * context.eps * 2**20:
            raise Undefined("not real")
        value = value.real
    if not context.isfinite(value):
        raise Undefined("not finite")
    return value


class _Evaluator:
    """Evaluates an expression bottom-up; branches that are not taken are not evaluated.

    A part that stands in many places, of one expression or of several, is evaluated once.
    """

    def __init__(self, context: Any, values: Mapping[sp.Symbol, Any], draw: Any):
        self.context, self.draw = context, draw
        self.values = {s: self._number(v) for s, v in values.items()}
        self.functions = {
            sp.Abs: abs,
            sp.sign: lambda a: context.mpf((a > 0) - (a < 0)),
            sp.floor: context.floor,
            sp.ceiling: context.ceil,
            sp.exp: context.exp,
            sp.log: self._log,
            sp.cos: context.cos,
            sp.sin: context.sin,
            sp.Max: max,
            sp.Min: min,
            sp.Mod: lambda a, b: a - b * context.floor(a / b),
            sp.Pow: lambda a, b: context.power(a, int(b) if b == int(b) else b),
            sp.Add: lambda *a: context.fsum(a),
            sp.Mul: lambda *a: context.fprod(a),
        }

    def _number(self, value: sp.Rational) -> Any:
        return self.context.mpf(int(value.p)) / int(value.q)

    def _log(self, a: Any) -> Any:
        if a == 0:
            raise Undefined("log of 0")
        return self.context.log(a)

    def __call__(self, e: sp.Basic) -> Any:
        if e not in self.values:
            self.values[e] = self._value(e)
        return self.values[e]

    def _value(self, e: sp.Basic) -> Any:
        if isinstance(e, sp.Rational):
            return self._number(e)
        if e.is_number and not e.args:
            return _real(self.context, self.context.mpmathify(e._to_mpmath(self.context.prec)))
        if isinstance(e, sp.Piecewise):
            return self._piecewise(e)
        if isinstance(e, sp.Sum):
            return self._sum(e)
        if isinstance(e, AppliedUndef):
            arguments = tuple(_real(self.context, self(a)) for a in e.args)
            return self._number(self.draw(e.func.__name__, arguments))
        if e.func not in self.functions:
            raise Unsupported(f"{e.func.__name__} is not supported")
        value = self.functions[e.func](*(self(a) for a in e.args))
        return _real(self.context, value) if isinstance(e, sp.Pow | sp.log) else value

    def _piecewise(self, e: sp.Piecewise) -> Any:
        for value, condition in e.args:
            if self.holds(condition):
                return self(value)
        raise Undefined("no branch applies")

    def holds(self, condition: Boolean) -> bool:
        if condition in (sp.true, sp.false):
            return bool(condition)
        if isinstance(condition, Relational):
            sides = (_real(self.context, self(a)) for a in condition.args)
            return bool(_COMPARE[condition.rel_op](*sides))
        if isinstance(condition, And | Or | Not):
            parts = [self.holds(a) for a in condition.args]
            return {And: all, Or: any, Not: lambda p: not p[0]}[condition.func](parts)
        raise Undefined(f"{condition} is not decided")

    def _sum(self, e: sp.Sum) -> Any:
        return self._summed(e.function, e.limits)

    def _summed(self, function: sp.Basic, limits: tuple[sp.Tuple, ...]) -> Any:
        """The sum over the limits, of which the last is the outermost."""
        if not limits:
            return self(function)
        *inner, (index, low, high) = limits
        ends = [_real(self.context, self(a)) for a in (low, high)]
        if any(a != int(a) for a in ends) or not -1 <= ends[1] - ends[0] <= 500:
            raise Undefined("a sum without whole limits, of fewer than no terms, or too long")
        total, outside = self.context.mpf(0), self.values
        # What holds the index has another value in every term.
        known = {e: v for e, v in outside.items() if index not in e.free_symbols}
        try:
            for k in range(int(ends[0]), int(ends[1]) + 1):
                self.values = known | {index: self.context.mpf(k)}
                total += self._summed(function, tuple(inner))
        finally:
            self.values = outside
        return total


_COMPARE = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def points(domains: Mapping[sp.Symbol, Domain], count: int, seed: str = "hunt") -> Iterator[Point]:
    """Points of the domains, the easily read ones first; the same ones at every call."""
    rng = Random(f"{seed}/{sorted(s.name for s in domains)}")
    for k in range(count):
        values = {s: draw(d, rng, plain=k < count // 2) for s, d in domains.items()}
        yield Point(values, seed=f"{seed}/{k}")


def differ(lhs: sp.Basic, rhs: sp.Basic, point: Point) -> tuple[Any, Any] | None:
    """The two values at a point if they differ, by more than rounding can explain.

    Raises
    ------
    Undefined
        If a side has no finite real value there.
    """
    a, b = point.evaluate(lhs), point.evaluate(rhs)
    if not _apart(a, b):
        return None
    more = [point.evaluate(side, 4 * DIGITS) for side in (lhs, rhs)]
    stable = abs((more[0] - more[1]) - (a - b)) <= abs(more[0] - more[1]) / 10
    return (more[0], more[1]) if _apart(*more) and stable else None


def _apart(a: Any, b: Any) -> bool:
    return abs(a - b) > reduce(max, (abs(a), abs(b))) * int(_TOLERANCE.p) / int(_TOLERANCE.q)


def contradiction(
    left: sp.Basic, relation: str, right: sp.Basic, domains: Mapping[sp.Symbol, Domain], count: int
) -> tuple[dict[str, sp.Rational], tuple[Any, Any]] | None:
    """A point at which ``left <= right`` (or ``>=``) fails, with both values, or None."""
    sign, defined = 1 if relation == "<=" else -1, False
    for point in points(domains, count, seed="audit"):
        try:
            a, b = point.evaluate(left), point.evaluate(right)
        except Undefined:
            continue
        defined = True
        if sign * (a - b) > 1e-30 * (abs(a) + abs(b)):
            return point.values, (a, b)
    if not defined:
        raise Undefined("a side is undefined at every sampled point")
    return None
