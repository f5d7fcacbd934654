"""Derivations whose every line is checked before it is written down.

A line is an equality, a limit or an inequality with the line before. It is proved, or it carries a
visible lower grade: sampled or cited. What is not shown is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp

from .bounds import (
    DerivationError,
    as_domains,
    not_negative,
    real_on,
    refutation,
    require_no_counterexample,
)
from .chain import Chain
from .induction import by_induction
from .latex import of_step
from .proof.facts import canonical, exact
from .proof.hypotheses import of_domain
from .proof.limits import limit_verdict
from .rendering import Line, induction_lines, named, written
from .verdicts import verdict

_AUDITED = 400


class Derivation(Chain):
    """A chain of checked lines.

    Every line is real throughout where the start is: on the domains of its symbols, or on the part
    of them that the hypotheses name. A line that is real only on a smaller part is refused, unless
    it says ``narrower=True``; from there on the whole chain is about that part.

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

    __slots__ = ()

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
        super().__init__(exact(start), name or "", domains, names or {})

    def step(self, expression: Any, reason: str, *, narrower: bool = False) -> Derivation:
        """Add ``= expression``.

        Parameters
        ----------
        expression : expression, number or text
            What the line before equals.
        reason : str
            Shown beside the line.
        narrower : bool, optional
            Whether the line may be real on a smaller set than the lines before.

        Raises
        ------
        DerivationError
            If it is not shown to equal the line before, is that line itself, or is real on a
            smaller set; nothing is added then.
        """
        expression = exact(expression)
        if expression == self.end:
            raise DerivationError(
                f"{reason}: the line before is {expression} already; SymPy may have written it so"
            )
        found = verdict(self.end, expression, domains=self._domains)
        self._require(found, "=", expression, reason)
        return self._add("=", expression, reason, found.hypotheses, narrower)

    def limit(
        self, variable: sp.Symbol, to: Any, value: Any, reason: str, *, narrower: bool = False
    ) -> Derivation:
        """Add ``-> value`` as the variable tends to a point or to infinity.

        Raises
        ------
        DerivationError
            If the limit is not shown, or if the chain holds an inequality already; ``narrower`` as
            for :meth:`step`.
        """
        if self.relation in ("<=", ">="):
            raise DerivationError(f"{reason}: take the limit of a bound in a derivation of its own")
        value, to = exact(value), exact(to)
        found = limit_verdict(self.end, variable, to, value, domains=self._domains)
        self._require(found, "->", value, reason)
        moving = " \\to ".join(written(e, self._names) for e in (variable, to))
        shown = f"as ${moving}$" + (f": {reason}" if reason else "")
        return self._add("->", value, shown, found.hypotheses, narrower)

    def at_most(
        self,
        expression: Any,
        reason: str,
        slack: Sequence[Any] | None = None,
        *,
        narrower: bool = False,
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
        narrower : bool, optional
            As for :meth:`step`, and for the slack terms as well.

        Raises
        ------
        DerivationError
            If the terms do not make up the difference, if one of them is not shown to be >= 0, if
            a sampled point contradicts the bound, or if the chain runs the other way already.
        """
        return self._bound("<=", exact(expression), reason, slack, narrower)

    def at_least(
        self,
        expression: Any,
        reason: str,
        slack: Sequence[Any] | None = None,
        *,
        narrower: bool = False,
    ) -> Derivation:
        """Add ``>= expression``; see :meth:`at_most`."""
        return self._bound(">=", exact(expression), reason, slack, narrower)

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
        domains = as_domains(box)
        (left, right), known = canonical([self.end, expression], domains)
        missing = {s.name for s in known} - set(domains)
        if missing:
            raise ValueError(f"the box says nothing of {', '.join(sorted(missing))}")
        if found := refutation(left, relation, right, known, _AUDITED):
            raise DerivationError(f"{reason}: {found}")
        shown = ", ".join(
            f"${of_domain(sp.Symbol(k), d).latex(named(self._names))}$" for k, d in domains.items()
        )
        sampled = f"{reason} ({_AUDITED} points, {shown})"
        return self._append(Line(relation, expression, sampled, "sampled"))

    def cite(self, statement: str, source: str) -> Derivation:
        """Add a remark that is taken from a source; the chain's end stays what it was."""
        self._lines.append(Line("", statement, source, "cited"))
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
            As for a derivation.

        Raises
        ------
        DerivationError
            If the base case or the step is not shown, or if the claim is not shown to lie where
            ``prev`` is assumed to lie.
        ValueError
            If the start is no whole number, or the initial value no finite real one.
        """
        title = name or of_step(prev.name, n.name)
        found = by_induction(recursion, closed, prev, n, start, initial, as_domains(domains))
        proof = cls(found.closed, name=title, domains=found.domains, names=names)
        proof._facts |= dict.fromkeys(found.facts)
        proof._lines = induction_lines(
            title,
            found.recursion,
            found.inserted,
            found.closed,
            written(n, proof._names),
            start,
            found.initial,
            reason,
        )
        return proof

    def _bound(
        self,
        relation: str,
        expression: sp.Basic,
        reason: str,
        slack: Sequence[Any] | None,
        narrower: bool,
    ) -> Derivation:
        self._direction(relation, reason)
        sign = 1 if relation == "<=" else -1
        if slack is None:
            slack = [sign * (expression - self.end)]
        terms = [exact(s) for s in slack]
        smaller, _ = real_on([self.end, expression, *terms], self._domains)
        domains = self._domains | (smaller if narrower else {})
        facts = [fact for term in terms for fact in not_negative(term, domains, reason)]
        found = verdict(self.end + sign * sp.Add(*terms), expression, domains=domains)
        self._require(found, relation, expression, reason)
        require_no_counterexample(self.end, relation, expression, domains, reason)
        return self._add(relation, expression, reason, (*found.hypotheses, *facts), narrower, terms)
