"""Arguments of a library's entry whose settings are those of another optimizer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..namespaces import is_number
from ..running.step import at_step
from .apart import Spec, one
from .table import TABLE, FollowedSchedule, NotModelled, like

RATES = ("lr", "learning_rate")

# The same setting where a library's own wrapper holds it.
_ALIASES = {"rolling": "momentum", "shrink": "weight_decay"}
# What an optimizer without the setting does.
_ABSENT = ("weight_decay", "momentum", "dampening", "lr_decay")


def settings(optimizer: Any) -> dict[str, Any]:
    """The rate and the hyper-parameters, one name for what does the same."""
    found = one(optimizer)
    return {"lr": found.lr, **{_ALIASES.get(k, k): v for k, v in found.hyper.items()}}


def tried(spec: Spec) -> Any:
    """The optimizer of a specification, or None where there is none."""
    library, name, arguments = spec
    try:
        return like(library, name, **arguments)
    except (NotModelled, ValueError, TypeError):
        return None


def full(spec: Spec) -> dict[str, Any]:
    """Every argument with a value: those given, else the defaults."""
    library, name, arguments = spec
    return {**TABLE[library, name].defaults, **arguments}


def aligned(source: Any, spec: Spec) -> Iterator[Spec]:
    """The arguments with the rate, and every number that sets one number of the source, as it is.

    A rate that is a schedule is tried as the number it starts at too. There is nothing where the
    arguments are refused with any rate.
    """
    wanted = settings(source)
    for changed in _rated(wanted["lr"], spec):
        for key, value in full(changed).items():
            if key not in RATES and not isinstance(value, (bool, str)):
                changed = _aligned(changed, key, wanted)
        yield changed


def _aligned(spec: Spec, key: str, wanted: Mapping[str, Any]) -> Spec:
    """The specification with one argument aligned, of a tuple each number."""
    value = full(spec)[key]
    if not isinstance(value, tuple):
        return _set(spec, key, lambda v: v, wanted, value)
    for place in range(len(value)):
        value = full(spec)[key]
        spec = _set(spec, key, _put(value, place), wanted, value[place])
    return spec


def _rated(rate: Any, spec: Spec) -> Iterator[Spec]:
    """The arguments with the rate of the source, or without one where the entry takes none."""
    library, name, arguments = spec
    names = [k for k in RATES if k in TABLE[library, name].arguments]
    if callable(rate) and not hasattr(rate, "at_step"):
        # Libraries count the steps of a function differently; this one is a function of ours.
        rate = FollowedSchedule(lambda xp, k, own=rate: own(k + 1), "the same rate")
    rates = [float(at_step(rate, 1)), rate] if callable(rate) else [rate]
    now = full(spec)
    with_rates = [
        spec if now.get(k) == r else (library, name, {**arguments, k: r})
        for r in rates
        for k in names
    ]
    taken = [s for s in with_rates if one_or_none(s) is not None]
    yield from taken or [s for s in [spec] if one_or_none(s) is not None]


def one_or_none(spec: Spec) -> Any:
    """The optimizer of a matrix, or None where there is none."""
    found = tried(spec)
    return one(found) if hasattr(found, "moved") else None


def _put(values: tuple, place: int) -> Callable[[Any], tuple]:
    return lambda v: (*values[:place], v, *values[place + 1 :])


def _set(spec: Spec, key: str, wrap: Callable, wanted: Mapping[str, Any], value: Any) -> Spec:
    """The specification with one number as wanted, or off where the source has none."""
    library, name, arguments = spec
    for new in _wanted(spec, key, wrap, wanted, value):
        changed = library, name, {**arguments, key: wrap(new)}
        if tried(changed) is not None:
            return changed
    return spec


def _wanted(
    spec: Spec, key: str, wrap: Callable, wanted: Mapping[str, Any], value: Any
) -> Iterator[Any]:
    fed = factors(spec, key, wrap, value)
    present = {k: c for k, c in fed.items() if k in wanted}
    new = {
        wanted[k] if c == 1 else digits(wanted[k] / c)
        for k, c in present.items()
        if _plain(wanted[k])
    }
    if len(new) == 1 and value not in new:
        yield new.pop()
    elif value is not None and not present and set(fed) & set(_ABSENT):
        yield from (None, 0.0) if value else (None,)


def factors(spec: Spec, key: str, wrap: Callable, value: Any) -> dict[str, float]:
    """The settings that are a multiple of an argument, each with its factor."""
    if value is not None and not _plain(value):
        return {}
    library, name, arguments = spec
    for probes in _probes(value):
        found = [one_or_none((library, name, {**arguments, key: wrap(p)})) for p in probes]
        if None not in found:
            break
    else:
        return {}
    first, second = map(settings, found)
    ratios = {k: v / probes[0] for k, v in first.items() if _plain(v) and _plain(second.get(k))}
    return {
        k: c for k, c in ratios.items() if c and abs(second[k] / probes[1] - c) <= 1e-12 * abs(c)
    }


def _probes(value: float | None) -> Iterator[tuple[float, float]]:
    """Pairs of other values; a whole number may stand for a fraction too."""
    if isinstance(value, int):
        yield value + 1, value + 2
    yield (value / 2, value * 0.75) if value else (0.125, 0.25)


def digits(value: float, count: int = 12) -> float:
    """A number with so many digits."""
    return float(f"{value:.{count}g}")


def _plain(value: Any) -> bool:
    return is_number(value) and not isinstance(value, bool)
