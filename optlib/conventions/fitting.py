"""The arguments of an entry that come nearest to another optimizer."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ..namespaces import is_number
from .aligning import RATES, aligned, full, settings, tried
from .apart import SAME, Spec, Yardstick, built, one
from .table import TABLE

_FLIPS = 2
# What is done to the gradients or the points around the rule cannot make up for another rule.
_LEFT_ALONE = frozenset("maximize use_ema exclude_embeddings".split())
_WORDS = {"adjust_lr_fn": (None, "match_rms_adamw")}
_BETTER = 0.9


@dataclass(frozen=True)
class Fit:
    """Arguments, and how far from another optimizer they lead.

    Attributes
    ----------
    spec : tuple
        Library, name and arguments.
    distance : float
        As :meth:`~optlib.conventions.apart.Yardstick.distance` measures it.
    exact : bool
        Whether it follows the other to rounding.
    """

    spec: Spec
    distance: float
    exact: bool = False


def copied(source: Spec, target: Spec) -> Fit | None:
    """The second with the numbers of the first, wherever an argument sets the same number."""
    yard = Yardstick(built(source))
    found = min(_specs(yard.source, source, target), key=lambda s: kin_of(source, s), default=None)
    return found and measured(yard, found)


def fit(source: Spec, target: Spec) -> Fit | None:
    """The arguments of the second's entry that come nearest to the first.

    Switches are tried, then numbers that set the same as those of the source. Where this does not
    lead to the source itself, the nearest kin among them goes on: a rate or a decay at the
    multiples that formulas have, any value for an epsilon, and others at 0 and 1 if that is exact.

    Returns
    -------
    Fit or None
        None where the entry cannot be made with any arguments that were tried.
    """
    yard = Yardstick(built(source))
    found = []
    for spec in _specs(yard.source, source, target):
        found.append(measured(yard, spec))
        if found[-1].exact:
            return found[-1]
    if not found:
        return None
    best = min(found, key=lambda f: (kin_of(source, f.spec), f.distance))
    return best if best.distance == np.inf else _refined(yard, source, best)


def kin(a: Callable, b: Callable) -> int:
    """How many changes lead from one rule to the other, through their nearest common parent."""
    ours, theirs = (_line(rule) for rule in (a, b))
    return min((ours.index(k) + theirs.index(k) for k in ours if k in theirs), default=99)


def kin_of(a: Spec, b: Spec) -> int:
    """As :func:`kin`, for the rules of two specifications."""
    return kin(*(one(built(spec)).rule for spec in (a, b)))


def _line(rule: Callable | None) -> list[str]:
    return [] if rule is None else [rule.__name__, *_line(rule.parent)]


def _specs(optimizer: Any, source: Spec, target: Spec) -> Iterator[Spec]:
    """Every setting of the switches, few changes first, with all numbers aligned."""
    library, name, arguments = target
    entry = TABLE[library, name]
    theirs = {k: v for k, v in full(source).items() if k in entry.arguments and k not in RATES}
    theirs = {k: v for k, v in theirs.items() if k not in _LEFT_ALONE}
    seen = set()
    for given in ({**theirs, **arguments}, arguments):
        for changed in _flipped(library, name, given):
            for spec in aligned(optimizer, (library, name, changed)):
                if repr(spec) not in seen:
                    seen.add(repr(spec))
                    yield spec


def _flipped(library: str, name: str, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    now = full((library, name, given))
    switches = {k: (not v,) for k, v in now.items() if isinstance(v, bool)}
    switches |= {k: set(_WORDS[k]) - {now[k]} for k in _WORDS if k in now}
    names = [k for k in switches if k not in _LEFT_ALONE]
    for count in range(min(_FLIPS, len(names)) + 1):
        for chosen in itertools.combinations(names, count):
            for values in itertools.product(*(switches[k] for k in chosen)):
                yield {**given, **dict(zip(chosen, values, strict=True))}


def measured(yard: Yardstick, spec: Spec) -> Fit:
    """The fit of a specification, infinitely far where there is no such optimizer."""
    found = tried(spec)
    distance = np.inf if found is None else yard.distance(found)
    return Fit(spec, distance, distance < SAME and yard.follows(found))


def _refined(yard: Yardstick, source: Spec, best: Fit) -> Fit:
    """The fit with single numbers changed while that brings it clearly nearer."""
    for key, value in full(best.spec).items():
        if isinstance(value, (bool, str, tuple)) or not (value is None or is_number(value)):
            continue
        for new, only_exact in _values(source, key, value):
            changed = measured(yard, _with(best.spec, key, new))
            if changed.exact or (changed.distance < _BETTER * best.distance and not only_exact):
                best = changed
        if "eps" in key and value:
            best = _epsilon(yard, best, key, value)
        if best.exact:
            break
    return best


def _with(spec: Spec, key: str, value: Any) -> Spec:
    library, name, arguments = spec
    return library, name, {**arguments, key: value}


def _values(source: Spec, key: str, value: Any) -> Iterator[tuple[Any, bool]]:
    """What a number may be beside its value, and whether it must then be exact."""
    theirs = settings(built(source))
    rate = theirs["lr"]
    if key in RATES and is_number(value):
        shares = [theirs.get(k) for k in ("dampening", "momentum", "averaging", "beta1")]
        for share in (s for s in shares if is_number(s) and 0 < s < 1):
            yield digits(value * (1 - share)), False
            yield digits(value / (1 - share)), False
    elif "decay" in key and "weight" in key:
        yield 0.0, False
        if value and is_number(rate) and rate:
            yield digits(value * rate), False
            yield digits(value / rate), False
    elif "eps" not in key and "clip" not in key and not isinstance(value, int):
        yield from ((v, True) for v in (0.0, 1.0) if v != value)


def digits(value: float, count: int = 12) -> float:
    """A number with so many digits."""
    return float(f"{value:.{count}g}")


def _epsilon(yard: Yardstick, best: Fit, key: str, value: float) -> Fit:
    """The fit with the best epsilon, to two digits: a grid, then a section of it."""

    @cache
    def at(exponent: float) -> Fit:
        return measured(yard, _with(best.spec, key, digits(10**exponent, 2)))

    # Inside a root an epsilon is the square of one beside it.
    grid = [f * np.log10(value) + k for f in (0.5, 1, 2) for k in (-1.0, 0.0, 1.0)]
    low = min(grid, key=lambda k: at(k).distance)
    left, right = low - 1, low + 1
    for _ in range(9):
        first, second = left + 0.382 * (right - left), left + 0.618 * (right - left)
        left, right = (left, second) if at(first).distance < at(second).distance else (first, right)
    found = min((at(low), at((left + right) / 2)), key=lambda f: f.distance)
    return found if found.exact or found.distance < _BETTER * best.distance else best
