"""What a rule may say: the words of ``xp``, over arrays and over symbols.

A rule uses operators for arithmetic and the words of its first argument ``xp`` for everything else.
:class:`Arrays` gives those words for any namespace of the Python array API standard;
:class:`Symbols` gives them for SymPy. Both keep Python numbers Python numbers, because a NumPy
scalar next to a float32 array would widen the array.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np


def is_number(a: Any) -> bool:
    """Whether ``a`` is a plain Python number (NumPy's scalars are not)."""
    return isinstance(a, (int, float)) and not isinstance(a, np.generic)


def array_namespace(a: Any) -> ModuleType:
    """The array API namespace that ``a`` belongs to.

    Raises
    ------
    TypeError
        If ``a`` is not an array of a known kind.
    """
    if isinstance(a, np.ndarray):
        return np
    if hasattr(a, "__array_namespace__"):
        return a.__array_namespace__()
    if type(a).__module__.partition(".")[0] == "torch":
        from array_api_compat import array_namespace as compat

        return compat(a)
    raise TypeError(f"expected an array, got {type(a).__name__}")


def words(a: Any) -> Any:
    """The words that suit ``a``: a number, an array, a SymPy expression or an array of those."""
    if is_number(a) or isinstance(a, np.generic):
        return Arrays(np)
    expressions = isinstance(a, np.ndarray) and a.dtype == np.object_
    if expressions or type(a).__module__.partition(".")[0] == "sympy":
        return Symbols()
    return Arrays(array_namespace(a))


def _sign(a: float) -> int:
    return (a > 0) - (a < 0)


_ON_NUMBERS = {
    "sqrt": math.sqrt,
    "exp": math.exp,
    "expm1": math.expm1,
    "log": math.log,
    "cos": math.cos,
    "sin": math.sin,
    "floor": math.floor,
    "abs": abs,
    "sign": _sign,
}


def _either(on_number: Callable, on_array: Callable) -> Callable:
    return lambda a: on_number(a) if is_number(a) else on_array(a)


class Arrays:
    """The words over arrays; every other name is looked up in the namespace itself.

    Parameters
    ----------
    xp : module
        A namespace of the array API standard, such as ``numpy``.
    """

    def __init__(self, xp: ModuleType):
        self._xp = xp

    def __getattr__(self, name: str) -> Any:
        word = getattr(self._xp, name)
        if name in _ON_NUMBERS:
            word = _either(_ON_NUMBERS[name], word)
        # Found without this function from now on.
        setattr(self, name, word)
        return word

    def _alike(self, a: Any, b: Any) -> tuple[Any, Any]:
        """The pair as two arrays: the standard wants no bare numbers beside arrays here."""
        if is_number(a) and is_number(b):
            return self._xp.asarray(a), self._xp.asarray(b)
        if is_number(a):
            return self._like(b, a), b
        return a, self._like(a, b) if is_number(b) else b

    def _like(self, array: Any, number: float) -> Any:
        fractional = isinstance(number, float) and "int" in str(array.dtype)
        return self._xp.asarray(number, dtype=None if fractional else array.dtype)

    def maximum(self, a: Any, b: Any) -> Any:
        """The larger of the two, element by element."""
        both = is_number(a) and is_number(b)
        return max(a, b) if both else self._xp.maximum(*self._alike(a, b))

    def minimum(self, a: Any, b: Any) -> Any:
        """The smaller of the two, element by element."""
        both = is_number(a) and is_number(b)
        return min(a, b) if both else self._xp.minimum(*self._alike(a, b))

    def cbrt(self, a: Any) -> Any:
        """The cube root of what is not negative; the standard has no such word."""
        return a ** (1 / 3)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        """``a`` where the condition holds, ``b`` elsewhere."""
        if isinstance(condition, bool):
            return a if condition else b
        return self._xp.where(condition, *self._alike(a, b))


@cache
def arrays(xp: ModuleType) -> Arrays:
    """The words over the arrays of a namespace, made once."""
    return Arrays(xp)


class Symbols:
    """The words over SymPy expressions, and over NumPy arrays of them.

    ``where`` becomes ``Piecewise`` and ``maximum`` becomes ``Max``: no branch is dropped, so what
    is proved about the expression is true of the code.
    """

    def __init__(self) -> None:
        import sympy

        self._sp = sympy
        self.sqrt = self._map(sympy.sqrt)
        self.cbrt = self._map(sympy.cbrt)
        self.exp = self._map(sympy.exp)
        self.log = self._map(sympy.log)
        self.expm1 = self._map(lambda a: sympy.exp(a) - 1)
        self.cos = self._map(sympy.cos)
        self.sin = self._map(sympy.sin)
        self.floor = self._map(sympy.floor)
        self.abs = self._map(sympy.Abs)
        self.sign = self._map(sympy.sign)
        self.maximum = self._map(sympy.Max)
        self.minimum = self._map(sympy.Min)
        self.where = self._map(self._where)

    def _map(self, function: Any) -> Any:
        """Apply ``function`` to expressions, or element by element where an array is given."""

        def word(*args: Any) -> Any:
            if any(isinstance(a, np.ndarray) for a in args):
                return np.frompyfunc(function, len(args), 1)(*args)
            return function(*args)

        return word

    def _where(self, condition: Any, a: Any, b: Any) -> Any:
        return self._sp.Piecewise((a, condition), (b, True))

    def sum(self, a: Any, axis: int = -1, keepdims: bool = False) -> Any:
        """The sum over an axis of an array of expressions; a sum of all is one expression."""
        total = np.asarray(np.sum(np.asarray(a, dtype=object), axis=axis, keepdims=keepdims))
        return total.item() if total.size == 1 else total
