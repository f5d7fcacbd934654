"""Self-checks: questions declared as data, and a judge that answers with a counterexample.

A file of questions holds one TOML table per question, apart from how it is asked::

    [first - moment]
    question = "The gradient is $g$ at every step. What is $m_t$?"
    answer = "(1 - beta1**t) * g"
    hints = ["Write out $m_1$ and $m_2$."]
    misconceptions = [{answer = "(1 - beta1) * g", says = "That is $m_1$ alone."}]

    [first - moment.symbols]
    beta1 = "(0, 1)"
    t = "integer [1, inf)"
    g = "real"

A question with ``choices`` or ``lines`` in the place of an answer is one of :mod:`.choosing`.
"""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sympy as sp

from ..algebra.proof.facts import symbol
from ..algebra.proof.hypotheses import of_domain
from ..algebra.reading import AnswerError, allowed, parse
from ..algebra.verdicts import verdict
from ..domains import QUANTITIES, Domain
from .choosing import Choice, Order, choice, known, order
from .display import Markdown
from .judgement import Judgement, compare, hinted
from .stored import DATA


@dataclass(frozen=True)
class Misconception:
    """A wrong answer that people give, and a sentence that speaks to it."""

    answer: sp.Basic
    says: str


@dataclass(frozen=True)
class Question:
    """A question whose answer is an expression.

    Attributes
    ----------
    name, question : str
    answer : expression
    symbols, domains : dict
        Name -> symbol, and name -> domain.
    hints : tuple of str
    misconceptions : tuple of Misconception
    tolerance : float or None
        How far off, relative to the answer, a number may be; None if it must be exact.
    """

    name: str
    question: str
    answer: sp.Basic
    symbols: dict[str, sp.Symbol]
    domains: dict[str, Domain]
    hints: tuple[str, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    tolerance: float | None = None

    def ask(self) -> Markdown:
        """The question, with the names that an answer may use."""
        plain = {k: k for k in QUANTITIES}
        names = [
            f"`{k}` (${of_domain(s, self.domains[k]).latex(plain)}$)"
            for k, s in self.symbols.items()
        ]
        wanted = f"in terms of {', '.join(names)}" if names else "with a number"
        near = f", to {100 * self.tolerance:g} %" if self.tolerance else ""
        return Markdown(f"{self.question}\n\nAnswer {wanted}{near}.")

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
            given = self._expression(answer)
        except AnswerError as reason:
            return Judgement(False, str(reason))
        if self._near(given, self.answer):
            return Judgement(True, "Near enough.")
        judged = compare(given, self.answer, self.domains)
        if judged.right is not False:
            return judged
        return Judgement(False, judged.message + self._spoken_to(given) + hinted(self.hints, hint))

    def _near(self, given: sp.Basic, other: sp.Basic) -> bool:
        if self.tolerance is None or not given.is_number:
            return False
        return bool(abs(given - other) <= self.tolerance * abs(other))

    def _spoken_to(self, given: sp.Basic) -> str:
        """What is said to a wrong answer that people give."""
        for wrong in self.misconceptions:
            same = self._near(given, wrong.answer)
            if same or verdict(given, wrong.answer, domains=self.domains).shown:
                return f"\n\n{wrong.says}"
        return ""

    def _expression(self, answer: Any) -> sp.Basic:
        if answer is None or (isinstance(answer, str) and not answer.strip()):
            raise AnswerError(f"There is no answer so far. {allowed(self.symbols)}")
        if isinstance(answer, str):
            return parse(answer, self.symbols)
        if callable(answer) and not isinstance(answer, sp.Basic):
            answer = self._called(answer)
        try:
            expression = sp.sympify(answer, strict=True)
        except sp.SympifyError as reason:
            raise AnswerError(
                f"{answer!r} is not an expression. {allowed(self.symbols)}"
            ) from reason
        unknown = {s.name for s in expression.free_symbols} - set(self.symbols)
        # A Lambda is an expression to SymPy, but has no value.
        if unknown or not isinstance(expression, sp.Expr) or isinstance(expression, sp.Lambda):
            strange = ", ".join(sorted(unknown)) or str(expression)
            raise AnswerError(f"{strange} is not understood. {allowed(self.symbols)}")
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


def load(path: str | Path | None = None) -> dict[str, Question | Choice | Order]:
    """Read a file of questions.

    Parameters
    ----------
    path : str or Path, optional
        A TOML file, one table per question; by default the questions of the book.

    Returns
    -------
    dict
        Name -> :class:`Question`, :class:`~optlib.book.choosing.Choice` or
        :class:`~optlib.book.choosing.Order`.

    Raises
    ------
    ValueError
        If a table lacks something, has something unknown, or its answer cannot be read.
    """
    with (DATA / "questions.toml" if path is None else Path(path)).open("rb") as file:
        tables = tomllib.load(file)
    return {name: declared(name, table) for name, table in tables.items()}


def declared(name: str, table: Any) -> Question | Choice | Order:
    """The question that a table of a file of questions declares.

    Raises
    ------
    ValueError
        As :func:`load`.
    """
    if not isinstance(table, dict):
        raise ValueError(f"{name}: a question is a table")
    read = choice if "choices" in table else order if "lines" in table else _expression
    try:
        return read(name, table)
    except (ValueError, KeyError) as reason:
        raise ValueError(f"{name}: {reason}") from reason


def _expression(name: str, table: dict[str, Any]) -> Question:
    known(table, {"question", "answer", "symbols"}, {"hints", "misconceptions", "tolerance"})
    domains = {k: Domain.parse(d) for k, d in table["symbols"].items()}
    symbols = {k: symbol(k, d) for k, d in domains.items()}
    return Question(
        name,
        table["question"],
        parse(table["answer"], symbols),
        symbols,
        domains,
        tuple(table.get("hints", ())),
        tuple(
            Misconception(parse(m["answer"], symbols), m["says"])
            for m in table.get("misconceptions", ())
        ),
        table.get("tolerance"),
    )
