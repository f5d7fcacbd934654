"""Expressions read from text: numbers, names, operators and a few functions; no code is run."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

FUNCTIONS: dict[str, Callable] = {
    "sqrt": sp.sqrt,
    "exp": sp.exp,
    "log": sp.log,
    "Abs": sp.Abs,
    "abs": sp.Abs,
    "sign": sp.sign,
    "Max": sp.Max,
    "Min": sp.Min,
    "Rational": sp.Rational,
}
"""The functions a text may use."""

_OPERATORS: dict[type, Callable] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_LARGEST = 1000


class AnswerError(ValueError):
    """A text that cannot be read; the message says what is allowed."""


def parse(text: str, symbols: Mapping[str, sp.Basic] | None = None) -> sp.Basic:
    """Read an expression; no code is run.

    Parameters
    ----------
    text : str
        Numbers, names, ``pi``, the operators ``+ - * / **``, and calls of :data:`FUNCTIONS`. A
        decimal is read exactly.
    symbols : mapping, optional
        Name -> symbol: the names that may occur. By default any name is a symbol.

    Raises
    ------
    AnswerError
        If there is anything else in the text.
    """
    return parse_with_parts(text, symbols)[0]


def parse_with_parts(
    text: str, symbols: Mapping[str, sp.Basic] | None = None
) -> tuple[sp.Basic, list[sp.Basic]]:
    """As :func:`parse`, with the reciprocals, powers and function values that the text spells out.

    SymPy cancels ``x/x`` at once; that x must not be 0 is seen in the part ``1/x`` alone.
    """
    reader = _Reader(text.strip(), symbols)
    try:
        tree = ast.parse(reader.text, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as reason:
        raise AnswerError(f"{text!r:.200} is not an expression. {reader.allowed()}") from reason
    try:
        return sp.sympify(reader.read(tree.body)), reader.parts
    except (TypeError, ValueError, RecursionError, ZeroDivisionError) as reason:
        if isinstance(reason, AnswerError):
            raise
        raise AnswerError(f"{text!r:.200} cannot be read: {reason}. {reader.allowed()}") from reason


class _Reader:
    """Reads one text; ``parts`` are the reciprocals, powers and function values met on the way."""

    def __init__(self, text: str, symbols: Mapping[str, sp.Basic] | None):
        self.text, self.symbols = text, symbols
        self.parts: list[sp.Basic] = []

    def read(self, node: ast.AST) -> Any:
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return _number(ast.get_source_segment(self.text, node))
        if isinstance(node, ast.Name) and (found := self._named(node.id)) is not None:
            return found
        if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](self.read(node.operand))
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return self._combined(node)
        if isinstance(node, ast.Call) and _is_plain_call(node):
            value = FUNCTIONS[node.func.id](*(self.read(a) for a in node.args))
            self.parts.append(value)
            return value
        raise AnswerError(
            f"{ast.unparse(node)!r} is not understood. {self.allowed()}{_power_hint(node)}"
        )

    def _named(self, name: str) -> sp.Basic | None:
        if name == "pi" and "pi" not in (self.symbols or {}):
            return sp.pi
        if self.symbols is not None:
            return self.symbols.get(name)
        return None if name in FUNCTIONS else sp.Symbol(name)

    def _combined(self, node: ast.BinOp) -> sp.Basic:
        left, right = self.read(node.left), self.read(node.right)
        if isinstance(node.op, ast.Pow):
            if left.is_number and right.is_number:
                _require_small(left, right)
            self.parts.append(left**right)
        if isinstance(node.op, ast.Div):
            if right == 0:
                raise ZeroDivisionError("it divides by 0")
            self.parts.append(1 / right)
        return _OPERATORS[type(node.op)](left, right)

    def allowed(self) -> str:
        """What may stand in the text, as a sentence."""
        known = [*self.symbols, "pi"] if self.symbols is not None else ["names", "pi"]
        return (
            f"Use {', '.join(dict.fromkeys(known))}, numbers, + - * / ** and "
            f"{', '.join(FUNCTIONS)}."
        )


def allowed(symbols: Mapping[str, sp.Basic]) -> str:
    """What may stand in a text over these symbols, as a sentence."""
    return _Reader("", symbols).allowed()


def _number(literal: str) -> sp.Rational:
    """The number a literal spells, and not the float nearest to it, which is 0 for 1e-400."""
    exponent = literal.lower().partition("e")[2]
    if len(literal) > _LARGEST or abs(int(exponent or 0)) > _LARGEST:
        raise AnswerError(f"The number {literal:.40} is too long to be an answer")
    return sp.Rational(literal.replace("_", ""))


def _is_plain_call(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS and not node.keywords


def _require_small(base: sp.Basic, exponent: sp.Basic) -> None:
    if abs(exponent) > _LARGEST or len(str(base)) > _LARGEST:
        raise AnswerError(f"The power {base}**{exponent} of numbers is too large to be an answer")


def _power_hint(node: ast.AST) -> str:
    power = isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor)
    return " A power is written with **." if power else ""
