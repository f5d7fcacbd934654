"""Self-checks: questions declared as data, and a judge that answers with a counterexample.

A file of questions holds one TOML table per question, apart from how it is asked::

    [first - moment]
    question = "The gradient is $g$ at every step. What is $m_t$?"
    answer = "(1 - beta1**t) * g"
    hints = ["Write out $m_1$ and $m_2$."]

    [first - moment.symbols]
    beta1 = "(0, 1)"
    t = "integer [1, inf)"
    g = "real"
"""

from __future__ import annotations

import ast
import inspect
import operator
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sympy as sp

from ..algebra.proof.facts import symbol
from ..algebra.proof.hypotheses import of_domain
from ..domains import QUANTITIES, Domain
from .display import Markdown
from .judgement import Judgement, compare
from .stored import DATA

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
"""The functions an answer may use."""

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
_KEYS = {"question", "answer", "symbols", "hints"}


class AnswerError(ValueError):
    """An answer that cannot be read; the message says what is allowed."""


def parse(text: str, symbols: Mapping[str, sp.Basic]) -> sp.Basic:
    """Read an expression over the given symbols; no code is run.

    Parameters
    ----------
    text : str
        Numbers, the names of the symbols, ``pi``, the operators ``+ - * / **``, and calls of
        :data:`FUNCTIONS`.
    symbols : mapping
        Name -> symbol.

    Raises
    ------
    AnswerError
        If there is anything else in the text.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError) as reason:
        raise AnswerError(f"{text!r} is not an expression. {_allowed(symbols)}") from reason
    try:
        return sp.sympify(_read(tree.body, {"pi": sp.pi, **symbols}))
    except (TypeError, RecursionError, ZeroDivisionError) as reason:
        raise AnswerError(f"{text!r} cannot be read: {reason}. {_allowed(symbols)}") from reason


def _read(node: ast.AST, names: Mapping[str, sp.Basic]) -> Any:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return sp.Rational(repr(node.value))
    if isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_read(node.operand, names))
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = _read(node.left, names), _read(node.right, names)
        if isinstance(node.op, ast.Pow) and left.is_number and right.is_number:
            _require_small(left, right)
        return _OPERATORS[type(node.op)](left, right)
    if isinstance(node, ast.Call) and _is_plain_call(node):
        return FUNCTIONS[node.func.id](*(_read(a, names) for a in node.args))
    raise AnswerError(
        f"{ast.unparse(node)!r} is not understood. {_allowed(names)}{_power_hint(node)}"
    )


def _is_plain_call(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS and not node.keywords


def _require_small(base: sp.Basic, exponent: sp.Basic) -> None:
    if abs(exponent) > _LARGEST or sp.count_ops(base) > _LARGEST or len(str(base)) > _LARGEST:
        raise AnswerError(f"The power {base}**{exponent} of numbers is too large to be an answer")


def _power_hint(node: ast.AST) -> str:
    power = isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor)
    return " A power is written with **." if power else ""


def _allowed(names: Mapping[str, Any]) -> str:
    known = ", ".join(dict.fromkeys([*names, "pi"]))
    return f"Use {known}, numbers, + - * / ** and {', '.join(FUNCTIONS)}."


@dataclass(frozen=True)
class Question:
    """A question with its answer, the domains of its symbols and hints."""

    name: str
    question: str
    answer: sp.Basic
    symbols: dict[str, sp.Symbol]
    domains: dict[str, Domain]
    hints: tuple[str, ...] = ()

    def ask(self) -> Markdown:
        """The question, with the names that an answer may use."""
        plain = {k: k for k in QUANTITIES}
        names = [
            f"`{k}` (${of_domain(s, self.domains[k]).latex(plain)}$)"
            for k, s in self.symbols.items()
        ]
        wanted = f"in terms of {', '.join(names)}" if names else "with a number"
        return Markdown(f"{self.question}\n\nAnswer {wanted}.")

    def judge(self, answer: Any, hint: int = 0) -> Judgement:
        """Compare an answer with the right one, which is not given away.

        See :func:`~optlib.book.judgement.compare` for what makes an answer right.

        Parameters
        ----------
        answer : str, number, expression or function
            A function is called with the symbols it names as its arguments.
        hint : int, optional
            The number of the hint that a wrong answer is met with; 0 for none.
        """
        try:
            judged = compare(self._expression(answer), self.answer, self.domains)
        except AnswerError as reason:
            return Judgement(False, str(reason))
        if judged.right is not False:
            return judged
        return Judgement(False, judged.message + self._hint(hint))

    def _hint(self, number: int) -> str:
        return f"\n\n*Hint.* {self.hints[number - 1]}" if 0 < number <= len(self.hints) else ""

    def _expression(self, answer: Any) -> sp.Basic:
        if isinstance(answer, str):
            return parse(answer, self.symbols)
        if callable(answer) and not isinstance(answer, sp.Basic):
            answer = self._called(answer)
        try:
            expression = sp.sympify(answer, strict=True)
        except sp.SympifyError as reason:
            raise AnswerError(
                f"{answer!r} is not an expression. {_allowed(self.symbols)}"
            ) from reason
        unknown = {s.name for s in expression.free_symbols} - set(self.symbols)
        if unknown or not isinstance(expression, sp.Expr):
            strange = ", ".join(sorted(unknown)) or str(expression)
            raise AnswerError(f"{strange} is not understood. {_allowed(self.symbols)}")
        return expression

    def _called(self, function: Callable) -> Any:
        names = list(inspect.signature(function).parameters)
        unknown = [k for k in names if k not in self.symbols]
        if unknown:
            known = ", ".join(self.symbols)
            raise AnswerError(
                f"Your function takes {', '.join(unknown)}; name its arguments {known}"
            )
        try:
            return function(**{k: self.symbols[k] for k in names})
        except Exception as reason:
            raise AnswerError(
                f"Your function does not run on symbols ({type(reason).__name__}: {reason}); use "
                "operators and SymPy's functions in it"
            ) from reason


def load(path: str | Path | None = None) -> dict[str, Question]:
    """Read a file of questions.

    Parameters
    ----------
    path : str or Path, optional
        A TOML file, one table per question; by default the questions of the book.

    Returns
    -------
    dict
        Name -> :class:`Question`.

    Raises
    ------
    ValueError
        If a table lacks something, has something unknown, or its answer cannot be read.
    """
    with (DATA / "questions.toml" if path is None else Path(path)).open("rb") as file:
        tables = tomllib.load(file)
    return {name: _question(name, table) for name, table in tables.items()}


def _question(name: str, table: Any) -> Question:
    if not isinstance(table, dict):
        raise ValueError(f"{name}: a question is a table")
    missing, unknown = _KEYS - {"hints"} - set(table), set(table) - _KEYS
    if missing or unknown:
        wrong = [f"lacks {k}" for k in sorted(missing)] + [
            f"has an unknown {k}" for k in sorted(unknown)
        ]
        raise ValueError(f"{name}: the question {' and '.join(wrong)}")
    try:
        domains = {k: Domain.parse(d) for k, d in table["symbols"].items()}
        symbols = {k: symbol(k, d) for k, d in domains.items()}
        answer = parse(table["answer"], symbols)
    except ValueError as reason:
        raise ValueError(f"{name}: {reason}") from reason
    return Question(
        name, table["question"], answer, symbols, domains, tuple(table.get("hints", ()))
    )
