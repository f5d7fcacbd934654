"""Derivations whose every line is checked before it is written down.

A line is an equality, a limit or an inequality with the line before. It is proved, or it carries a
visible lower grade: sampled or cited. What is not shown is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp

from ..domains import Domain
from .latex import of_step
from .proof.facts import canonical, exact, put
from .proof.hypotheses import Hypothesis, of_domain, of_domains
from .proof.limits import limit_verdict
from .proof.sampling import Undefined, contradiction
from .proof.signs import nonnegative
from .rendering import Line, induction_lines, named, table, written
from .verdicts import Verdict, verdict, where

_AUDITED = 400


class DerivationError(ValueError):
    """A line that is not shown; ``verdict`` holds what was found out about it."""

    def __init__(self, message: str, verdict: Verdict | None = None):
        super().__init__(message)
        self.verdict = verdict


class Derivation:
    """A chain of checked lines.

    Parameters
    ----------
    start : expression or number
        Where the chain starts; wherever it can be, the trace of a rule.
    name : str, optional
        LaTeX of what the start is called.
    domains : mapping, optional
        Name or symbol -> domain, in place of the book's, for every line.
    names : mapping, optional
        Name -> LaTeX, where a name is to be written differently from the rest of the book; or
        expression -> LaTeX, which is then written for the expression and defined below the lines.

    Attributes
    ----------
    lines, end, relation
        The lines, the last expression, and how the start relates to it: one of = <= >= ->.

    Examples
    --------
    >>> import sympy as sp
    >>> b, t = sp.symbols("beta t")
    >>> Derivation(1 - b ** (2 * t)).step((1 - b**t) * (1 + b**t), "a difference of squares")
    Derivation: 1 - beta**(2*t) = (1 - beta**t)*(beta**t + 1) [1 proved]
    """

    def __init__(
        self,
        start: Any,
        *,
        name: str | None = None,
        domains: Mapping[Any, Any] | None = None,
        names: Mapping[Any, str] | None = None,
    ):
        if isinstance(start, np.ndarray):
            raise TypeError("a derivation is about one expression; take one entry of the array")
        self.end = exact(start)
        self.relation = "="
        self.lines = [Line("=" if name else "", self.end, "", None, name or "")]
        self._domains = dict(domains or {})
        self._names = dict(names or {})
        self._facts: dict[Hypothesis, None] = {}

    @property
    def start(self) -> sp.Basic:
        """The first expression."""
        return self.lines[0].expression

    @property
    def chain(self) -> str:
        """What the lines add up to, as text."""
        return f"{self.start} {self.relation} {self.end}"

    @property
    def grades(self) -> Counter[str]:
        """How many lines are proved, sampled and cited."""
        return Counter(line.grade for line in self.lines if line.grade)

    @property
    def hypotheses(self) -> tuple[Hypothesis, ...]:
        """What the lines assume of their symbols."""
        return tuple(self._facts)

    def step(self, expression: Any, reason: str) -> Derivation:
        """Add ``= expression``.

        Raises
        ------
        DerivationError
            If it is not shown to equal the line before; nothing is added then.
        """
        expression = exact(expression)
        self._require(verdict(self.end, expression, domains=self._domains), "=", expression, reason)
        return self._add("=", expression, reason)

    def limit(self, variable: sp.Symbol, to: Any, value: Any, reason: str) -> Derivation:
        """Add ``-> value`` as the variable tends to a point or to infinity.

        Raises
        ------
        DerivationError
            If the limit is not shown, or if the chain holds an inequality already.
        """
        if self.relation in ("<=", ">="):
            raise DerivationError(f"{reason}: take the limit of a bound in a derivation of its own")
        value, to = exact(value), exact(to)
        found = limit_verdict(self.end, variable, to, value, domains=self._domains)
        self._require(found, "->", value, reason)
        self.relation = "->"
        moving = " \\to ".join(written(e, self._names) for e in (variable, to))
        return self._add("->", value, f"as ${moving}$" + (f": {reason}" if reason else ""))

    def at_most(
        self, expression: Any, reason: str, slack: Sequence[Any] | None = None
    ) -> Derivation:
        """Add ``<= expression``: the slack terms make up the difference, and each of them is >= 0.

        Parameters
        ----------
        expression : expression or number
            The bound.
        reason : str
            Shown beside the line.
        slack : sequence, optional
            Terms that are seen to be >= 0: squares, products and quotients of what is >= 0 by its
            domain. By default the difference itself.

        Raises
        ------
        DerivationError
            If the terms do not make up the difference, if one of them is not shown to be >= 0, or
            if the chain runs the other way already.
        """
        return self._bound("<=", exact(expression), reason, slack)

    def at_least(
        self, expression: Any, reason: str, slack: Sequence[Any] | None = None
    ) -> Derivation:
        """Add ``>= expression``; see :meth:`at_most`."""
        return self._bound(">=", exact(expression), reason, slack)

    def audit(
        self, relation: str, expression: Any, box: Mapping[Any, Any], reason: str
    ) -> Derivation:
        """Add a line that is only sampled: its grade says so, and the box is printed.

        Parameters
        ----------
        relation : {"<=", ">="}
            Equalities are always proved.
        expression : expression or number
            The other side.
        box : mapping
            Name or symbol -> domain from which the points are drawn; every symbol is needed.
        reason : str
            Shown beside the line.

        Raises
        ------
        DerivationError
            If a sampled point contradicts the line.
        """
        if relation not in ("<=", ">="):
            raise ValueError(f"audit takes '<=' or '>=', not {relation!r}: an equality is proved")
        self._direction(relation, reason)
        expression = exact(expression)
        domains = {getattr(k, "name", k): Domain.parse(d) for k, d in box.items()}
        (left, right), known = canonical([self.end, expression], domains)
        missing = {s.name for s in known} - set(domains)
        if missing:
            raise ValueError(f"the box says nothing of {', '.join(sorted(missing))}")
        try:
            against = contradiction(left, relation, right, known, _AUDITED)
        except Undefined as nowhere:
            raise DerivationError(f"{reason}: {nowhere}") from nowhere
        if against:
            values = " against ".join(f"{float(v):.6g}" for v in against[1])
            raise DerivationError(f"{reason}: false{where(against[0])}: {values}")
        self.relation = relation
        shown = ", ".join(
            f"${of_domain(sp.Symbol(k), d).latex(named(self._names))}$" for k, d in domains.items()
        )
        return self._add(relation, expression, f"{reason} ({_AUDITED} points, {shown})", "sampled")

    def cite(self, statement: str, source: str) -> Derivation:
        """Add a remark that is taken from a source; the chain's end stays what it was."""
        self.lines.append(Line("", statement, source, "cited"))
        return self

    @classmethod
    def induction(
        cls,
        recursion: Any,
        closed: Any,
        *,
        prev: sp.Symbol,
        n: sp.Symbol,
        start: int = 0,
        initial: Any = 0,
        reason: str = "which is the claim",
        name: str | None = None,
        domains: Mapping[Any, Any] | None = None,
        names: Mapping[Any, str] | None = None,
    ) -> Derivation:
        """Prove a closed form of a recursion by induction; the derivation ends with it.

        Parameters
        ----------
        recursion : expression
            The new value in terms of ``prev``, ``n`` and inputs: best, the traced state.
        closed : expression
            The claimed value at step ``n``.
        prev : symbol
            Stands for the value at step ``n - 1`` in the recursion.
        n : symbol
            The step.
        start, initial : int and expression
            Where the recursion starts, and its value there.
        reason : str
            Shown beside the last line.
        name : str, optional
            LaTeX of the value at step n, its index written ``_t``; by default that of ``prev``.
        domains, names : mappings, optional
            As for a derivation. An unproved base case or step raises as a refused line does.
        """
        recursion, closed = exact(recursion), exact(closed)
        title = name or of_step(prev.name, n.name)
        proof = cls(closed, name=title, domains=domains, names=names)
        base = verdict(put(closed, n.name, start), initial, domains=proof._domains)
        proof._require(base, "=", exact(initial), f"base case {n} = {start}")
        proof._domains[n.name] = Domain(start + 1, closed_low=True, integer=True)
        inserted = put(recursion, prev.name, put(closed, n.name, n - 1))
        found = verdict(inserted, closed, domains=proof._domains)
        proof._require(found, "=", closed, f"step to {n}")
        proof.lines = induction_lines(
            title, recursion, inserted, closed, written(n, proof._names), start, initial, reason
        )
        return proof

    def _bound(
        self, relation: str, expression: sp.Basic, reason: str, slack: Sequence[Any] | None
    ) -> Derivation:
        self._direction(relation, reason)
        sign = 1 if relation == "<=" else -1
        if slack is None:
            slack = [sign * (expression - self.end)]
        terms = [exact(s) for s in slack]
        facts: list[Hypothesis] = []
        for term in terms:
            (one,), domains = canonical([term], self._domains)
            if not nonnegative(one, domains):
                raise DerivationError(f"{reason}: {term} is not shown to be >= 0")
            facts += of_domains(domains)
        found = verdict(self.end + sign * sp.Add(*terms), expression, domains=self._domains)
        self._require(found, relation, expression, reason)
        self._facts |= dict.fromkeys(facts)
        self.relation = relation
        return self._add(relation, expression, reason)

    def _direction(self, relation: str, reason: str) -> None:
        if self.relation not in ("=", relation):
            raise DerivationError(f"{reason}: the chain runs {self.relation}, not {relation}")

    def _require(self, found: Verdict, relation: str, expression: sp.Basic, reason: str) -> None:
        if not found.shown:
            raise DerivationError(f"{reason}: '{relation} {expression}' is {found}", found)
        self._facts |= dict.fromkeys(found.hypotheses)

    def _add(
        self, relation: str, expression: sp.Basic, reason: str, grade: str = "proved"
    ) -> Derivation:
        self.lines.append(Line(relation, expression, reason, grade))
        self.end = expression
        return self

    def __repr__(self) -> str:
        counts = ", ".join(f"{n} {grade}" for grade, n in self.grades.items()) or "no lines"
        return f"Derivation: {self.chain} [{counts}]"

    def _repr_latex_(self) -> str:
        return table(self.lines, self.hypotheses, self._names)
