"""A rule with one thing changed, for the options that libraries offer on top of many rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..domains import HYPER, Domain, number
from ..registry import RULES, find
from .decay import cautious_decay

_DECAY = {"weight_decay": (0.0, HYPER["weight_decay"])}


def derived(
    rule: Callable,
    changed: Callable,
    suffix: str,
    change: str,
    *,
    state: Mapping[str, Callable | None] | None = None,
    hyper: Mapping[str, tuple[float, str | Domain]] | None = None,
) -> Callable:
    """Give ``changed`` the specification of ``rule``, with states and hyper-parameters added.

    Parameters
    ----------
    rule, changed : callable
        A registered rule, and the function that calls it.
    suffix, change : str
        What is added to the name, and the one thing that differs, in words.
    state : mapping
        Name -> ``start(xp, x)`` of a state that comes after the rule's own; None for zeros.
    hyper : mapping
        Name -> default and domain.
    """
    rule = find("rule", RULES, rule)
    added, more = dict(state or {}), dict(hyper or {})

    def init(xp: Any, x: Any, **given: Any) -> dict[str, Any]:
        own = rule.init(xp, x, **{k: v for k, v in given.items() if k not in more})
        return own | {k: start(xp, x) if start else xp.zeros_like(x) for k, start in added.items()}

    changed.__dict__.update(rule.__dict__)
    changed.__name__ = changed.__qualname__ = f"{rule.__name__}_{suffix}"
    changed.__doc__ = rule.__doc__
    changed.parent, changed.change, changed.init = rule, change, init
    changed.state = (*rule.state, *added)
    changed.hyper = {**rule.hyper, **{k: default for k, (default, _) in more.items()}}
    changed.domains = {**rule.domains, **dict.fromkeys(added, Domain())}
    changed.domains |= {k: Domain.parse(domain) for k, (_, domain) in more.items()}
    return changed


def l2(rule: Callable) -> Callable:
    r"""The rule with the gradient of an L2 penalty, :math:`g_t + \lambda x_{t-1}`.

    ``rule`` has no ``weight_decay`` yet; the result has, with a default of 0.
    """

    def changed(
        xp: Any, t: Any, g: Any, x: Any, *state: Any, weight_decay: Any, **hyper: Any
    ) -> Any:
        return rule(xp, t, g + weight_decay * x, x, *state, **hyper)

    return derived(rule, changed, "l2", "adds weight_decay * x to the gradient", hyper=_DECAY)


def decoupled(rule: Callable) -> Callable:
    r"""The rule with decoupled decay, :math:`x_t = x_{t-1} - \alpha (u_t + \lambda x_{t-1})`.

    ``rule`` has no ``weight_decay`` yet; the result has, with a default of 0.
    """

    def changed(
        xp: Any, t: Any, g: Any, x: Any, *state: Any, weight_decay: Any, **hyper: Any
    ) -> Any:
        u, *new = rule(xp, t, g, x, *state, **hyper)
        decay = weight_decay * x
        return u + (hyper["lr"] * decay if rule.takes_lr else decay), *new

    change = "adds weight_decay * x to the direction"
    return derived(rule, changed, "decoupled", change, hyper=_DECAY)


def decoupled_cautiously(rule: Callable) -> Callable:
    r"""The rule with cautious decay, :math:`x_t = x_{t-1} - \alpha (u_t + \lambda\,[u_t x_{t-1}
    \geq 0]\, x_{t-1})`.

    ``rule`` has no ``weight_decay`` yet; the result has, with a default of 0. Source: Chen et al.
    2025, Algorithm 1, for any rule.
    """

    def changed(
        xp: Any, t: Any, g: Any, x: Any, *state: Any, weight_decay: Any, **hyper: Any
    ) -> Any:
        u, *new = rule(xp, t, g, x, *state, **hyper)
        decay = weight_decay * cautious_decay(xp, u, x)
        return u + (hyper["lr"] * decay if rule.takes_lr else decay), *new

    change = "adds weight_decay * x to the direction where their signs agree"
    return derived(rule, changed, "decoupled_cautiously", change, hyper=_DECAY)


def starting(rule: Callable, **values: Any) -> Callable:
    """The rule with states that start at these numbers instead of where they start.

    Parameters
    ----------
    rule : callable
        A registered rule.
    **values
        State -> number: every entry of this state before the first step.

    Raises
    ------
    TypeError
        If the rule has no state of this name.
    ValueError
        If a number lies outside the state's domain.
    """
    for name, value in values.items():
        if name not in rule.state:
            known = ", ".join(rule.state) or "none"
            raise TypeError(f"{rule.__name__} has no state {name!r}; known are {known}")
        number(rule.__name__, name, value, rule.domains[name])

    def changed(*args: Any, **hyper: Any) -> Any:
        return rule(*args, **hyper)

    def init(xp: Any, x: Any, **hyper: Any) -> dict[str, Any]:
        full = {k: xp.full_like(x, value) for k, value in values.items()}
        return {**rule.init(xp, x, **hyper), **full}

    said = ", ".join(f"{k} at {v}" for k, v in values.items())
    changed = derived(rule, changed, "starting", f"starts {said}")
    changed.init = init
    return changed
