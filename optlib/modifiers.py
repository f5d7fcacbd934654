"""A rule with one thing changed, for the options that libraries offer on top of many rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .checks import setting
from .domains import HYPER


def l2(rule: Callable) -> Callable:
    r"""The rule with the gradient of an L2 penalty, :math:`g_t + \lambda x_{t-1}`.

    Parameters
    ----------
    rule : callable
        A registered rule without ``weight_decay``.

    Returns
    -------
    callable
        A rule with the hyper-parameter ``weight_decay``.
    """

    def changed(
        xp: Any, t: Any, g: Any, x: Any, *state: Any, weight_decay: Any, **hyper: Any
    ) -> Any:
        return rule(xp, t, g + weight_decay * x, x, *state, **hyper)

    return _derived(rule, changed, "l2", "adds weight_decay * x to the gradient")


def decoupled(rule: Callable) -> Callable:
    r"""The rule with decoupled decay, :math:`x_t = x_{t-1} - \alpha (u_t + \lambda x_{t-1})`.

    Parameters
    ----------
    rule : callable
        A registered rule without ``weight_decay``.

    Returns
    -------
    callable
        A rule with the hyper-parameter ``weight_decay``.
    """

    def changed(
        xp: Any, t: Any, g: Any, x: Any, *state: Any, weight_decay: Any, **hyper: Any
    ) -> Any:
        u, *new = rule(xp, t, g, x, *state, **hyper)
        decay = weight_decay * x
        return u + (hyper["lr"] * decay if rule.takes_lr else decay), *new

    return _derived(rule, changed, "decoupled", "adds weight_decay * x to the direction")


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
        setting(rule.__name__, name, value, rule.domains[name])

    def changed(*args: Any, **hyper: Any) -> Any:
        return rule(*args, **hyper)

    def init(xp: Any, x: Any, **hyper: Any) -> dict[str, Any]:
        full = {k: xp.full_like(x, value) for k, value in values.items()}
        return {**rule.init(xp, x, **hyper), **full}

    said = ", ".join(f"{k} at {v}" for k, v in values.items())
    changed = _specified(rule, changed, "starting", f"starts {said}")
    changed.init = init
    return changed


def _derived(rule: Callable, changed: Callable, suffix: str, change: str) -> Callable:
    """The changed rule with the specification of the old one and ``weight_decay`` added."""
    changed = _specified(rule, changed, suffix, change)
    changed.init = _without_decay(rule)
    changed.hyper = {**rule.hyper, "weight_decay": 0.0}
    changed.domains = {**rule.domains, "weight_decay": HYPER["weight_decay"]}
    return changed


def _specified(rule: Callable, changed: Callable, suffix: str, change: str) -> Callable:
    """The changed rule with the specification of the old one."""
    changed.__dict__.update(rule.__dict__)
    changed.__name__ = changed.__qualname__ = f"{rule.__name__}_{suffix}"
    changed.__doc__ = rule.__doc__
    changed.parent, changed.change = rule, change
    return changed


def _without_decay(rule: Callable) -> Callable:
    def init(xp: Any, x: Any, weight_decay: Any = 0.0, **hyper: Any) -> dict[str, Any]:
        return rule.init(xp, x, **hyper)

    return init
