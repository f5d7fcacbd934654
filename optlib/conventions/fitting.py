"""The arguments of an entry that come nearest to another optimizer."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np

from ..namespaces import is_number
from .aligning import RATES, aligned, digits, full, settings, tried
from .apart import SAME, Spec, Yardstick, built, one
from .table import TABLE

_FLIPS = 2
# What is done to the gradients or the points around the rule cannot make up for another rule.
_LEFT_ALONE = frozenset("maximize use_ema exclude_embeddings".split())
_CHOICES = {"adjust_lr_fn": (None, "match_rms_adamw"), "min_dim_size_to_factor": (128, 1)}
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
    copied : float
        The distance with the numbers of the other alone.
    """

    spec: Spec
    distance: float
    exact: bool = False
    copied: float = np.inf


def exactly(source: Spec, target: Spec) -> Fit | None:
    """The first setting of switches with which the second's entry follows the first."""
    yard = Yardstick(built(source))
    for spec in _specs(yard.source, source, target):
        other = tried(spec)
        if other is not None and yard.starts_alike(other) and yard.follows(other):
            return Fit(spec, yard.distance(other), True)
    return None


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
    found = [measured(yard, spec) for spec in _specs(yard.source, source, target)]
    if not found:
        return None
    kinship = [(*kin_of(source, f.spec), f.distance) for f in found]
    near = found[kinship.index(min(kinship))]
    best = next((f for f in found if f.exact), near)
    if not best.exact and best.distance < np.inf:
        best = _refined(yard, source, best)
    return replace(best, copied=near.distance)


def kin(a: Callable, b: Callable) -> tuple[int, int]:
    """How many changes one of the rules has and the other has not, and how many only ``a`` has."""
    ours, theirs = (set(_changes(rule)) for rule in (a, b))
    return len(ours ^ theirs), len(ours - theirs)


def _changes(rule: Callable) -> Iterator[str]:
    while rule.parent is not None:
        yield rule.change
        rule = rule.parent
    yield rule.__name__


def kin_of(a: Spec, b: Spec) -> tuple[int, int]:
    """As :func:`kin`, for the rules of two specifications."""
    return kin(*(one(built(spec)).rule for spec in (a, b)))


def _specs(optimizer: Any, source: Spec, target: Spec) -> Iterator[Spec]:
    """Every setting of the switches, few changes first, with all numbers aligned."""
    library, name, arguments = target
    entry = TABLE[library, name]
    theirs = {
        k: v
        for k, v in full(source).items()
        if k in entry.arguments and v is not None and k not in RATES
    }
    seen = set()
    for given in (arguments, {**theirs, **arguments}):
        for changed in _flipped(library, name, given):
            for spec in aligned(optimizer, (library, name, changed)):
                if repr(spec) not in seen:
                    seen.add(repr(spec))
                    yield spec


def _flipped(library: str, name: str, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    now = full((library, name, given))
    switches = {k: (not v,) for k, v in now.items() if isinstance(v, bool)}
    switches |= {k: [v for v in _CHOICES[k] if v != now[k]] for k in _CHOICES if k in now}
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
        for new, accepted in _values(yard, source, key, value):
            changed = measured(yard, _with(best.spec, key, new))
            if changed.exact or accepted(changed, best):
                best = changed
        if _is_epsilon(key) and value:
            best = _epsilon(yard, best, key, value)
        if best.exact:
            break
    return best


def _with(spec: Spec, key: str, value: Any) -> Spec:
    library, name, arguments = spec
    return library, name, {**arguments, key: value}


def _values(
    yard: Yardstick, source: Spec, key: str, value: Any
) -> Iterator[tuple[Any, Callable[[Fit, Fit], bool]]]:
    """What a number may be beside its value, and when that is an improvement."""
    theirs = settings(yard.source)
    rate = theirs["lr"]
    if key in RATES and is_number(value):
        shares = [theirs.get(k) for k in ("dampening", "momentum", "averaging", "beta1")]
        for share in (s for s in shares if is_number(s) and 0 < s < 1):
            for new in (value * (1 - share), value / (1 - share)):
                yield digits(new), partial(_all_nearer, yard)
    elif "decay" in key and "weight" in key:
        yield 0.0, _never
        if value and is_number(rate) and rate:
            yield from ((digits(v), _never) for v in (value * rate, value / rate))
    elif not _is_epsilon(key) and "clip" not in key and not isinstance(value, int):
        yield from ((v, _never) for v in (0.0, 1.0) if v != value)


def _is_epsilon(key: str) -> bool:
    return key.startswith("eps") or "_eps" in key


def _never(new: Fit, old: Fit) -> bool:
    """Only what is exact is taken."""
    return False


def _nearer(new: Fit, old: Fit) -> bool:
    return new.distance < _BETTER * old.distance


def _all_nearer(yard: Yardstick, new: Fit, old: Fit) -> bool:
    """Whether a rate is right: no entry alone decides, since all end elsewhere by chance."""
    means = [yard.typical(built(f.spec)) for f in (new, old)]
    return new.distance <= old.distance and means[0] < 0.7 * means[1]


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
    return found if found.exact or _nearer(found, best) else best
