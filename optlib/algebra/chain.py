"""What a derivation holds: its lines, where they are real, and what they assume."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from ..domains import Domain
from .bounds import DerivationError, as_domains, real_on, stated
from .parts import parts
from .proof.hypotheses import Hypothesis, of_domain
from .rendering import Line, table
from .verdicts import Verdict


class Chain:
    """Lines of a derivation; see :class:`~optlib.algebra.derivation.Derivation`."""

    __slots__ = ("_lines", "_end", "_relation", "_domains", "_needs", "_names", "_facts")

    def __init__(
        self,
        start: sp.Basic,
        name: str,
        domains: Mapping[Any, Any] | None,
        names: Mapping[Any, str],
    ):
        self._lines = [Line("=" if name else "", start, "", None, name)]
        self._end, self._relation = start, "="
        self._domains, self._needs = as_domains(domains), ()
        self._names = dict(names)
        self._facts: dict[Hypothesis, None] = {}
        self._narrow(*real_on([start], self._domains))

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines; they are added by the methods that check them."""
        return tuple(self._lines)

    @property
    def start(self) -> sp.Basic:
        """The first expression."""
        return self._lines[0].expression

    @property
    def end(self) -> sp.Basic:
        """The last expression."""
        return self._end

    @property
    def relation(self) -> str:
        """How the start relates to the end: one of = <= >= ->."""
        return self._relation

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
        """What the lines assume: of their symbols one by one, then of expressions."""
        return tuple(sorted(self._facts, key=lambda fact: not fact.expression.is_Symbol))

    def _direction(self, relation: str, reason: str) -> None:
        if self.relation not in ("=", relation):
            raise DerivationError(f"{reason}: the chain runs {self.relation}, not {relation}")

    def _require(self, found: Verdict, relation: str, expression: sp.Basic, reason: str) -> None:
        if not found.shown:
            raise DerivationError(f"{reason}: '{relation} {expression}' is {found}", found)

    def _add(
        self,
        relation: str,
        expression: sp.Basic,
        reason: str,
        facts: Sequence[Hypothesis],
        narrower: bool,
        terms: Sequence[sp.Basic] = (),
    ) -> Chain:
        """Add a proved line that is real, as are the terms that prove it, where the chain is."""
        smaller, needed = real_on([expression, *terms], self._domains, self._needs)
        if (smaller or needed) and not narrower:
            raise DerivationError(
                f"{reason}: the lines before are real on a larger set, and '{relation} "
                f"{expression}' is for {stated(smaller, needed)}; if that is meant, say "
                "narrower=True"
            )
        self._narrow(smaller, needed)
        self._facts |= dict.fromkeys(facts)
        return self._append(Line(relation, expression, reason, "proved"))

    def _append(self, line: Line) -> Chain:
        """Add a line that was checked."""
        if line.relation != "=":
            self._relation = line.relation
        self._lines.append(line)
        self._end = line.expression
        return self

    def _narrow(self, smaller: Mapping[str, Domain], needed: Sequence[Hypothesis]) -> None:
        """Go on where these domains and facts hold; what they replace is no longer said."""
        self._domains |= smaller
        self._needs += tuple(needed)
        kept = (f for f in self._facts if str(f.expression) not in smaller)
        now = (of_domain(sp.Symbol(k), d) for k, d in smaller.items())
        self._facts = dict.fromkeys([*kept, *now, *needed])

    def __repr__(self) -> str:
        counts = ", ".join(f"{n} {grade}" for grade, n in self.grades.items()) or "no lines"
        return f"Derivation: {self.chain} [{counts}]"

    def _repr_latex_(self) -> str:
        return table(self.lines, self.hypotheses, self._names)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        """Nothing to show beside the formula; in the metadata its parts, for a page of the book."""
        return {}, {"derivation": self.parts()}

    def parts(self) -> dict[str, Any]:
        """The lines and what they assume, one by one; see :func:`~optlib.algebra.parts.parts`."""
        return parts(self.lines, self.hypotheses, self._names, self._domains)
