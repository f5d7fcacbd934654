"""A rule with one thing changed, for the options that libraries offer on top of many rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


def _derived(rule: Callable, changed: Callable, suffix: str, change: str) -> Callable:
    """Give the changed rule the specification of the old one, with ``weight_decay`` added."""
    changed.__name__ = changed.__qualname__ = f"{rule.__name__}_{suffix}"
    changed.__doc__ = rule.__doc__
    changed.state, changed.inputs, changed.scope = rule.state, rule.inputs, rule.scope
    changed.takes_lr, changed.source, changed.init = (
        rule.takes_lr,
        rule.source,
        _without_decay(rule),
    )
    changed.parent, changed.change = rule, change
    changed.hyper = {**rule.hyper, "weight_decay": 0.0}
    changed.domains = {**rule.domains, "weight_decay": HYPER["weight_decay"]}
    return changed


def _without_decay(rule: Callable) -> Callable:
    def init(xp: Any, x: Any, weight_decay: Any = 0.0, **hyper: Any) -> dict[str, Any]:
        return rule.init(xp, x, **hyper)

    return init
