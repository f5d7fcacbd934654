"""Expressions as Python for one entry of an array, in the words that a kernel and intervals have.

Every number is written ``T(...)``, so that it takes the type of the arrays; a choice is written
``where``, so that no branch is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp
from sympy.printing.pycode import PythonCodePrinter


class _Printer(PythonCodePrinter):
    """SymPy's printer of Python, with numbers in the type of the arrays."""

    def _print_Number(self, expr: sp.Number) -> str:
        return f"T({float(expr)!r})"

    _print_Integer = _print_Rational = _print_Float = _print_Half = _print_Number
    _print_Zero = _print_One = _print_NegativeOne = _print_NumberSymbol = _print_Number

    def _print_Pow(self, expr: sp.Pow, rational: bool = False) -> str:
        base, power = expr.as_base_exp()
        text = self._print(base)
        if power.is_Number and power < 0:
            return f"(T(1.0)/{self._print_Pow(sp.Pow(base, -power, evaluate=False))})"
        if power == 1:
            return f"({text})"
        if power.is_Integer and power <= 4:
            # As a product, which an interval knows to be a square.
            return f"square({text})" if power == 2 else f"({'*'.join([f'({text})'] * int(power))})"
        words = {sp.S.Half: "sqrt", sp.Rational(1, 3): "cbrt"}
        return f"{words[power]}({text})" if power in words else f"({text})**({self._print(power)})"

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:
        *cases, (text, _) = [(self._print(e), c) for e, c in expr.args]
        for value, condition in reversed(cases):
            text = f"where({self._condition(condition)}, {value}, {text})"
        return text

    def _condition(self, condition: Any) -> str:
        # A condition that is the same for all entries comes as a number.
        return f"{condition} > T(0.5)" if condition.is_Symbol else self._print(condition)

    def _print_And(self, expr: sp.And) -> str:
        return self._chosen("both", expr)

    def _print_Or(self, expr: sp.Or) -> str:
        return self._chosen("either", expr)

    def _print_Not(self, expr: sp.Not) -> str:
        raise TypeError("a kernel has no word for Not")

    def _chosen(self, word: str, expr: Any) -> str:
        text, *others = map(self._print, expr.args)
        for other in others:
            text = f"{word}({text}, {other})"
        return text

    def _print_Max(self, expr: sp.Max) -> str:
        return self._chosen("maximum", expr)

    def _print_Min(self, expr: sp.Min) -> str:
        return self._chosen("minimum", expr)

    def _print_sign(self, expr: sp.sign) -> str:
        return f"sign({self._print(expr.args[0])})"

    def _print_Abs(self, expr: sp.Abs) -> str:
        return f"fabs({self._print(expr.args[0])})"

    def _print_Mod(self, expr: sp.Mod) -> str:
        a, b = map(self._print, expr.args)
        return f"(({a}) % ({b}))"

    def _print_exp(self, expr: sp.exp) -> str:
        return f"exp({self._print(expr.args[0])})"

    def _print_log(self, expr: sp.log) -> str:
        return f"log({self._print(expr.args[0])})"


_PRINTER = _Printer({"fully_qualified_modules": False})


def function(name: str, parameters: Sequence[Any], outputs: Sequence[sp.Basic]) -> str:
    """A function that returns these expressions; what occurs twice in them is computed once.

    Raises
    ------
    TypeError
        If there is a function among them for which there is no word.
    """
    shared, short = sp.cse(list(outputs), sp.numbered_symbols("_"))
    known = (sp.sign, sp.Abs, sp.Mod, sp.exp, sp.log, sp.Max, sp.Min, sp.Piecewise)
    unknown = {f.func for e in outputs for f in e.atoms(sp.Function)} - set(known)
    if unknown:
        raise TypeError(f"a kernel has no word for {', '.join(sorted(map(str, unknown)))}")
    lines = [f"    {symbol} = {_PRINTER.doprint(e)}" for symbol, e in shared]
    lines.append(f"    return ({''.join(f'{_PRINTER.doprint(e)}, ' for e in short)})")
    return "\n".join([f"def {name}({', '.join(map(str, parameters))}):", *lines]) + "\n"
