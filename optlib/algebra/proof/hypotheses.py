"""Hypotheses: what a statement assumes of its symbols, as text and as LaTeX."""

from __future__ import annotations

import math
from collections.abc import Mapping

import sympy as sp

from ...domains import Domain, spelt
from ..latex import latex
from .facts import Domains

_LATEX = {
    "<=": r"\le",
    ">=": r"\ge",
    "!=": r"\ne",
    ", whole": r"\text{ whole}",
    " real": r" \in \mathbb{R}",
}


class Hypothesis(str):
    """A readable statement such as ``0 < beta1 < 1``, which can also be written as LaTeX.

    Parameters
    ----------
    expression : expression
        What the statement is about.
    pattern : str
        The statement with ``@`` in the place of the expression.
    """

    expression: sp.Basic
    pattern: str

    def __new__(cls, expression: sp.Basic, pattern: str) -> Hypothesis:
        self = super().__new__(cls, pattern.replace("@", str(expression)))
        self.expression, self.pattern = expression, pattern
        return self

    def latex(self, names: Mapping[str, str] | None = None) -> str:
        """The statement as LaTeX; ``names`` as for :func:`optlib.algebra.latex.latex`."""
        text = self.pattern
        for sign, code in _LATEX.items():
            text = text.replace(sign, code)
        return text.replace("@", latex(self.expression, names))


def of_domain(symbol: sp.Symbol, domain: Domain) -> Hypothesis:
    """That a symbol lies in a domain; a half-line reads ``t >= 1, whole``."""
    if domain.high == math.inf and domain.low > -math.inf:
        whole = ", whole" if domain.integer else ""
        return Hypothesis(
            symbol, f"@ {'>=' if domain.closed_low else '>'} {spelt(domain.low)}{whole}"
        )
    return Hypothesis(symbol, domain.describe("@"))


def of_domains(domains: Domains) -> tuple[Hypothesis, ...]:
    """That each symbol lies in its domain, ordered by name."""
    return tuple(of_domain(s, domains[s]) for s in sorted(domains, key=lambda s: s.name))
