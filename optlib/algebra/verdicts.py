"""Whether two expressions are equal: shown, refuted by a point, or undecided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import sympy as sp

from ..domains import Domain
from .latex import latex
from .proof.defined import where_real
from .proof.facts import Domains, canonical, exact
from .proof.hypotheses import Hypothesis, of_domains
from .proof.proving import prove_equal
from .proof.radicals import Undecided
from .proof.sampling import Undefined, Unsupported, differ, points
from .proof.sums import normal_sums
from .reading import parse_with_parts
from .rendering import listed

_POINTS = 48
_DIGITS = 24


@dataclass(frozen=True)
class Verdict:
    """What is known of an equality.

    Attributes
    ----------
    shown : bool
        Proved, and not contradicted at any sampled point. A verdict is true if it is shown.
    counterexample : dict or None
        Name -> exact number, at which the sides differ.
    values : tuple or None
        The two values there.
    hypotheses : tuple of str
        What is assumed of the symbols that occur, each a readable text with a method ``latex``.
    reason : str
        Why it is undecided, else empty.
    nowhere : bool
        Whether the sides have no point in common at which both are defined, as far as was sampled.
    sides : tuple or None
        The two expressions, if there is one pair: the page shows what is said to be equal.
    """

    shown: bool
    counterexample: dict[str, sp.Rational] | None
    values: tuple[sp.Float, sp.Float] | None
    hypotheses: tuple[Hypothesis, ...]
    reason: str = ""
    nowhere: bool = False
    sides: tuple[sp.Basic, sp.Basic] | None = field(default=None, compare=False)

    @property
    def undecided(self) -> bool:
        """Neither shown nor refuted."""
        return not self.shown and self.counterexample is None

    def __bool__(self) -> bool:
        return self.shown

    def __str__(self) -> str:
        if self.counterexample is not None:
            left, right = apart(*self.values)
            return f"false{where(self.counterexample)}: {left} against {right}"
        if self.undecided:
            return f"undecided: {self.reason}"
        return f"shown, assuming {'; '.join(self.hypotheses)}" if self.hypotheses else "shown"

    __repr__ = __str__

    def _repr_latex_(self) -> str:
        if self.counterexample is not None:
            word, relation, before = "false", r"\ne", " at "
            facts = [f"{latex(sp.Symbol(k))} = {latex(_brief(v))}" for k, v in self.items]
            values = [r" \ne ".join(apart(*self.values))]
        else:
            word, relation = ("shown", "=") if self.shown else ("undecided", r"\overset{?}{=}")
            facts, before, values = [h.latex() for h in self.hypotheses], ", assuming ", []
        if self.sides:
            left, right = (latex(side) for side in self.sides)
            head = rf"\displaystyle {left} {relation} {right}"
            rows = listed(word + before, facts) or [rf"\scriptsize \text{{{word}}}"]
            rows += [rf"\scriptsize \text{{there }} {told}" for told in values]
        else:
            head = r"\ ".join([rf"\text{{{word}}}", *values])
            rows = listed(before.strip(", ") + " ", facts)
        body = " \\\\\n".join([head, *rows])
        return f"$\\displaystyle \\begin{{array}}{{l}}\n{body}\n\\end{{array}}$"

    @property
    def items(self) -> list[tuple[str, sp.Rational]]:
        """The counterexample as pairs."""
        return list((self.counterexample or {}).items())


def where(point: Mapping[str, sp.Rational]) -> str:
    """A point as text, starting with "at"; nothing for a statement without symbols."""
    return f" at {', '.join(f'{k} = {_brief(v)}' for k, v in point.items())}" if point else ""


def _brief(number: sp.Rational) -> sp.Basic:
    """The number, or a decimal where it has many digits."""
    return number if len(str(number)) <= _DIGITS else sp.Symbol(_short(sp.N(number, 6)))


def apart(a: sp.Float, b: sp.Float) -> tuple[str, str]:
    """The two values with as many digits as tell them apart, at least six."""
    for digits in (6, 10, 15, 20, 30, 40):
        left, right = (_short(sp.N(v, digits)) for v in (a, b))
        if left != right:
            break
    return left, right


def _short(number: sp.Float) -> str:
    """A number without the zeros at its end."""
    digits, mark, exponent = str(number).partition("e")
    return digits.rstrip("0").rstrip(".") + mark + exponent if "." in digits else str(number)


def verdict(lhs: Any, rhs: Any, *, domains: Mapping[Any, Any] | None = None) -> Verdict:
    """Decide whether two expressions are equal wherever both are real throughout.

    The domains that the book gives to names are used without being asked for: 0 < beta < 1, t >= 1
    whole, v >= 0, eps > 0. Symbols of the same name are the same. A float is read as the decimal it
    prints as, so ``1 + 1e-9`` is 1.000000001 exactly. Shown needs both a symbolic proof and no
    counterexample among the sampled points. Where a side is real
    only on a part of the domains, the verdict is about that part and names it.

    SymPy cancels ``x/x`` before it arrives here; given as texts, the sides keep what they spell.

    Parameters
    ----------
    lhs, rhs : expression, number, text, or sequences or arrays of them
        The sides; arrays are compared entry by entry. A text is read by
        :func:`~optlib.algebra.reading.parse`.
    domains : mapping, optional
        Name or symbol -> :class:`~optlib.domains.Domain` or its text, in place of the book's.

    Raises
    ------
    ValueError
        If the shapes differ, if there is nothing to compare, if nothing satisfies what is said
        about a name, or if a symbol assumes what no domain says.
    """
    left, right = (np.asarray(side, dtype=object) for side in (lhs, rhs))
    if left.shape != right.shape:
        raise ValueError(f"the sides have shapes {left.shape} and {right.shape}")
    if not left.size:
        raise ValueError("the sides are empty: there is nothing to compare")
    read = [_spelt(side) for side in (*left.ravel(), *right.ravel())]
    sides, known = canonical([e for e, _ in read], domains)
    parts = [canonical(p, known)[0] if p else [] for _, p in read]
    count = left.size
    gone = _vanished(sides, known)
    verdicts = [
        _one(sides[k], sides[count + k], known, gone, [*parts[k], *parts[count + k]])
        for k in range(count)
    ]
    if count > 1:
        return _all(verdicts)
    # What a text spells has cancelled in its expression.
    spelt = isinstance(left.item(), str) or isinstance(right.item(), str)
    return verdicts[0] if spelt else replace(verdicts[0], sides=(read[0][0], read[1][0]))


def _all(verdicts: list[Verdict]) -> Verdict:
    """The verdict on all entries: the first that is refuted, else the first undecided."""
    for v in sorted(verdicts, key=lambda v: (v.shown, v.undecided)):
        if not v.shown:
            return v
    facts = dict.fromkeys(h for v in verdicts for h in v.hypotheses)
    return Verdict(True, None, None, tuple(facts))


def _finite(side: sp.Basic, domains: Domains) -> sp.Basic:
    """The side with infinite sums closed, so that it can be evaluated."""
    endless = any(sp.oo in s.limits[0] for s in side.atoms(sp.Sum))
    return normal_sums(side, domains) if endless else side


def _vanished(sides: list[sp.Basic], known: Domains) -> Domains:
    """What was assumed of symbols that have cancelled already: SymPy may have used it for that."""
    left = set().union(*(side.free_symbols for side in sides))
    return {s: d for s, d in known.items() if s not in left and d != Domain()}


def _spelt(side: Any) -> tuple[sp.Basic, list[sp.Basic]]:
    """The side, and the parts that a text spells out and SymPy may have cancelled."""
    return parse_with_parts(side) if isinstance(side, str) else (exact(side), [])


def _one(
    lhs: sp.Basic, rhs: sp.Basic, known: Domains, vanished: Domains, parts: list[sp.Basic]
) -> Verdict:
    try:
        (lhs, rhs, *_), known, needed = where_real([lhs, rhs, *parts], known)
    except ValueError as nowhere:
        return Verdict(False, None, None, of_domains(known), str(nowhere), nowhere=True)
    free = lhs.free_symbols | rhs.free_symbols
    domains = {s: d for s, d in known.items() if s in free}
    facts = of_domains(domains | vanished)
    defined = False
    sampled = [_finite(side, domains) for side in (lhs, rhs)]
    for point in points(domains, _POINTS if free or lhs.has(sp.Function) else 1):
        try:
            values = differ(*sampled, point)
        except Unsupported as reason:
            return Verdict(False, None, None, facts, str(reason))
        except Undefined:
            continue
        defined = True
        if values:
            return Verdict(False, point.values, tuple(sp.Float(v, 45) for v in values), facts)
    if not defined:
        text = "a side is undefined at every sampled point"
        return Verdict(False, None, None, facts, text, nowhere=True)
    try:
        used = prove_equal(lhs, rhs, domains)
    except (Undecided, TypeError) as reason:
        # SymPy cannot compare a root of a negative number, on a branch that is not taken.
        if isinstance(reason, TypeError) and "non-real" not in str(reason):
            raise
        text = f"equal at every sampled point, but not proved ({reason})"
        return Verdict(False, None, None, facts, text)
    return Verdict(True, None, None, tuple(dict.fromkeys((*facts, *used, *needed))))
