"""Expressions as JavaScript: what occurs twice is computed once, what depends on no data apart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp
from sympy.codegen.cfunctions import expm1
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.printing.codeprinter import PrintMethodNotImplementedError
from sympy.printing.jscode import JavascriptCodePrinter

WORDS = {"expm1": "Math.expm1"}


class _Printer(JavascriptCodePrinter):
    """SymPy's printer; what is no whole number is written as the double next to it."""

    def _print_Rational(self, expr: sp.Rational) -> str:
        return repr(float(expr))

    def _print_Float(self, expr: sp.Float) -> str:
        return repr(float(expr))

    def _print_NaN(self, expr: sp.Basic) -> str:
        return "NaN"

    _print_Half = _print_Rational


_PRINTER = _Printer({"user_functions": WORDS})


def code(expression: sp.Basic) -> str:
    """An expression of JavaScript.

    Raises
    ------
    TypeError
        If there is a function in it that JavaScript lacks.
    """
    try:
        text = _PRINTER.doprint(expression)
    except PrintMethodNotImplementedError as reason:
        unknown = ", ".join(sorted(str(f.func) for f in expression.atoms(sp.Function)))
        raise TypeError(f"JavaScript has no word for a function among {unknown}") from reason
    return " ".join(text.split())


def precise(expression: sp.Basic) -> sp.Basic:
    r"""The expression with :math:`1 - \beta^t` written by ``expm1``, which keeps its digits."""
    return expression.replace(_is_correction, _correction)


def _is_correction(e: sp.Basic) -> bool:
    return isinstance(e, sp.Add) and _pair(e) is not None


def _pair(e: sp.Add) -> tuple[int, sp.Pow] | None:
    """The sign and the power if the sum contains 1 - b**t or b**t - 1 for a symbol b."""
    for sign in (1, -1):
        powers = [a for a in e.args if _is_power(-sign * a)]
        if sp.Integer(sign) in e.args and powers:
            return sign, -sign * powers[0]
    return None


def _is_power(e: sp.Basic) -> bool:
    return isinstance(e, sp.Pow) and e.base.is_Symbol and not e.exp.is_number


def _correction(e: sp.Add) -> sp.Basic:
    sign, power = _pair(e)
    rest = sp.Add(*(a for a in e.args if a not in (sp.Integer(sign), -sign * power)))
    return rest - sign * expm1(power.exp * sp.log(power.base))


def function(parameters: str, outputs: Sequence[Any] | sp.Basic) -> str:
    """An arrow function that returns an expression, or an array of them.

    Parameters
    ----------
    parameters : str
        What stands between its parentheses.
    outputs : expression, or sequence of expressions and of arrays of expressions
        An array is returned as an array.
    """
    values = [outputs] if isinstance(outputs, sp.Basic) else outputs
    flat = [e for value in values for e in np.ravel(np.asarray(value, dtype=object))]
    shared, short = sp.cse([sp.sympify(e) for e in flat], sp.numbered_symbols("_"))
    lines = [f"const {name} = {code(e)};" for name, e in shared]
    given = _array(values, iter(short))
    lines.append(f"return {given[1:-1] if isinstance(outputs, sp.Basic) else given};")
    return f"({parameters}) => {{ {' '.join(lines)} }}"


def _array(outputs: Iterable[Any], values: Iterator[sp.Basic]) -> str:
    texts = [
        _array(value, values) if isinstance(value, np.ndarray) else code(next(values))
        for value in outputs
    ]
    return f"[{', '.join(texts)}]"


def apart(
    outputs: Sequence[Any], loop: frozenset[sp.Symbol]
) -> tuple[list[sp.Basic], Sequence[sp.Symbol], list[Any]]:
    """Take out of some expressions the largest parts that contain only some symbols.

    Parameters
    ----------
    outputs : sequence of expressions, or of arrays of expressions
    loop : frozenset of symbols
        What is the same for every entry of an array: the step and the hyper-parameters.

    Returns
    -------
    parts : list of expressions
    names : list of symbols
        The symbol that stands for each part.
    outputs : list
        The expressions over the names and whatever else they contain.
    """
    names: dict[sp.Basic, sp.Symbol] = {}

    def named(e: sp.Basic) -> sp.Symbol:
        return names.setdefault(e, sp.Symbol(f"c{len(names)}", real=True))

    def split(e: sp.Basic) -> sp.Basic:
        if e.is_Atom or not e.free_symbols:
            return e
        if e.free_symbols <= loop and not isinstance(e, ExprCondPair):
            return named(e)
        if isinstance(e, sp.Add | sp.Mul):
            own = [a for a in e.args if a.free_symbols <= loop]
            if any(not a.is_Atom for a in own):
                rest = [split(a) for a in e.args if a not in own]
                return e.func(named(e.func(*own)), *rest)
        return e.func(*map(split, e.args))

    def each(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return np.array([each(v) for v in value], dtype=object)
        return split(value)

    changed = [each(value) for value in outputs]
    return list(names), list(names.values()), changed


def destructured(names: Mapping[str, str], defaults: Mapping[str, float]) -> str:
    """The pattern that takes named values out of an object, with the defaults they have.

    Parameters
    ----------
    names : mapping
        Name in the object -> the variable, or the pattern of variables, that it becomes.
    defaults : mapping
        Name -> number.
    """
    taken = [
        k
        + (f": {v}" if v != k else "")
        + (f" = {json.dumps(defaults[k])}" if k in defaults else "")
        for k, v in names.items()
    ]
    return f"{{{', '.join(taken)}}}"
