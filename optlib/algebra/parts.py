"""A derivation taken apart, for a page that shows it line by line and asks for the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from .latex import latex
from .proof.facts import canonical
from .proof.hypotheses import Hypothesis
from .reading import AnswerError, parse
from .rendering import SIGNS, Line, listed_names, named, written


def parts(
    lines: Sequence[Line],
    hypotheses: Sequence[Hypothesis],
    names: Mapping[Any, str],
    domains: Mapping[str, Any],
) -> dict[str, Any]:
    """The lines and what they assume as LaTeX and text.

    Returns
    -------
    dict
        ``lines``, each with ``left``, ``relation`` and ``formula`` (LaTeX; the formula None where
        the line is a sentence), ``text`` (what :func:`~optlib.algebra.reading.parse` reads, None
        where it reads nothing), ``reason`` and ``grade``; ``with`` and ``assuming``, lists of
        LaTeX; ``symbols``, name -> its LaTeX and its domain.
    """
    expressions = [line.expression for line in lines if not isinstance(line.expression, str)]
    canonical_ones, known = canonical(expressions, domains)
    own = iter(canonical_ones)
    return {
        "lines": [
            _line(line, None if isinstance(line.expression, str) else next(own), names)
            for line in lines
        ],
        "with": listed_names(names),
        "assuming": [h.latex(named(names)) for h in hypotheses],
        "symbols": {
            s.name: {"latex": latex(s, named(names)), "domain": str(d)} for s, d in known.items()
        },
    }


def _line(line: Line, expression: sp.Basic | None, names: Mapping[Any, str]) -> dict[str, Any]:
    return {
        "left": line.left,
        "relation": SIGNS.get(line.relation, ""),
        "formula": None if expression is None else written(line.expression, names),
        "text": line.expression if expression is None else _text(expression),
        "reason": line.reason,
        "grade": line.grade,
    }


def _text(expression: sp.Basic) -> str | None:
    """The expression as text, if it is read again as what it is."""
    text = str(expression)
    try:
        again = parse(text, {s.name: s for s in expression.free_symbols})
    except AnswerError:
        return None
    return text if again == expression else None
