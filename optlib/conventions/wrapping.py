"""What libraries put around a rule: where the decay acts, what is averaged, who sets the rate.

Each function here takes a rule and returns the rule with one thing changed. All results take the
rate and return the finished displacement, so they can be put around each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..domains import HYPER
from ..namespaces import is_number
from ..rules import modifiers
from ..rules.averages import ema


def given(value: Any) -> bool:
    """Whether an option is used: any value but the number 0."""
    return not is_number(value) or value != 0


def derived(rule: Callable, changed: Callable, suffix: str, change: str, **added: Any) -> Callable:
    """As :func:`optlib.rules.modifiers.derived`, for a function that returns the displacement."""
    changed = modifiers.derived(rule, changed, suffix, change, **added)
    changed.takes_lr = True
    changed.domains = {**changed.domains, "lr": HYPER["lr"]}
    return changed


def displacement(rule: Callable, xp: Any, t: Any, g: Any, x: Any, state: Any, lr: Any, hyper: Any):
    """The finished displacement of any rule, and its new state."""
    if rule.takes_lr:
        u, *new = rule(xp, t, g, x, *state, lr=lr, **hyper)
        return u, new
    u, *new = rule(xp, t, g, x, *state, **hyper)
    return lr * u, new


def decayed_first(rule: Callable) -> Callable:
    r"""The rule at :math:`(1 - \alpha_t\lambda) x_{t-1}`, which is where the step starts.

    Decoupled decay, but for rules that look at ``x``: those see it shrunk. The hyper-parameter is
    ``shrink``.
    """

    def changed(xp, t, g, x, *state, lr, shrink, **hyper):
        shrunk = x - x * shrink * lr
        moved, new = displacement(rule, xp, t, g, shrunk, state, lr, hyper)
        return x - (shrunk - moved), *new

    words = "shrinks the parameter by lr * shrink before the step"
    return derived(rule, changed, "decayed_first", words, hyper={"shrink": (0.0, "[0, inf)")})


def decayed_absolutely(rule: Callable) -> Callable:
    r"""The rule with :math:`\lambda x_{t-1}` added to the displacement, whatever the rate is.

    The hyper-parameter is ``shrink``.
    """

    def changed(xp, t, g, x, *state, lr, shrink, **hyper):
        moved, new = displacement(rule, xp, t, g, x, state, lr, hyper)
        return moved + shrink * x, *new

    words = "takes shrink * x off the parameter, whatever the rate is"
    return derived(rule, changed, "decayed", words, hyper={"shrink": (0.0, "[0, inf)")})


def rolling(rule: Callable) -> Callable:
    r"""The rule with a running sum of displacements, :math:`d_t = \mu d_{t-1} + \alpha_t u_t`.

    The hyper-parameter is ``rolling``, the state ``rolled``.
    """

    def changed(xp, t, g, x, *state, lr, rolling, **hyper):
        moved, new = displacement(rule, xp, t, g, x, state[:-1], lr, hyper)
        rolled = rolling * state[-1] + moved
        return rolled, *new, rolled

    options = {"state": {"rolled": None}, "hyper": {"rolling": (0.9, "[0, 1)")}}
    return derived(rule, changed, "rolling", "sums displacements with momentum", **options)


def averaged(rule: Callable) -> Callable:
    r"""The rule with an average of displacements, :math:`d_t = \beta d_{t-1} + (1-\beta)\alpha_t
    u_t`, uncorrected.

    The hyper-parameter is ``averaging``, the state ``average``.
    """

    def changed(xp, t, g, x, *state, lr, averaging, **hyper):
        moved, new = displacement(rule, xp, t, g, x, state[:-1], lr, hyper)
        average = ema(averaging, state[-1], moved)
        return average, *new, average

    options = {"state": {"average": None}, "hyper": {"averaging": (0.9, "[0, 1)")}}
    return derived(rule, changed, "averaged", "averages the displacements", **options)


def capped(rule: Callable) -> Callable:
    r"""The rule with the rate :math:`\min(\alpha_t, 1/\sqrt t)`."""

    def changed(xp, t, g, x, *state, lr, **hyper):
        # The square root of an integer array would be refused by the array standard.
        rate = xp.minimum(lr, (1.0 * t) ** -0.5)
        moved, new = displacement(rule, xp, t, g, x, state, rate, hyper)
        return moved, *new

    return derived(rule, changed, "capped", "caps the rate by 1 / sqrt(t)")


def decaying(rule: Callable) -> Callable:
    r"""The rule with the rate :math:`\alpha_t / (1 + (t-1)\kappa)`, by the layer's own step.

    The hyper-parameter is ``lr_decay``.
    """

    def changed(xp, t, g, x, *state, lr, lr_decay, **hyper):
        moved, new = displacement(rule, xp, t, g, x, state, lr / (1 + (t - 1) * lr_decay), hyper)
        return moved, *new

    words = "divides the rate by 1 + (t - 1) * lr_decay"
    return derived(rule, changed, "decaying", words, hyper={"lr_decay": (0.0, "[0, inf)")})


def overwritten(rule: Callable, every: int | None) -> Callable:
    r"""The rule with an average of the points, which replaces the point after every so many steps.

    .. math:: a_t = \beta a_{t-1} + (1-\beta) x_t, \qquad a_1 = x_1

    The hyper-parameter is ``ema_momentum``, the state ``point_average``.

    Parameters
    ----------
    rule : callable
        A registered rule.
    every : int or None
        After how many steps; None for never.
    """

    def changed(xp, t, g, x, *state, lr, ema_momentum, **hyper):
        moved, new = displacement(rule, xp, t, g, x, state[:-1], lr, hyper)
        average = ema(xp.where(t < 2, 0.0, ema_momentum), state[-1], x - moved)
        if every is None:
            return moved, *new, average
        return xp.where(t % every < 1, x - average, moved), *new, average

    options = {"state": {"point_average": None}, "hyper": {"ema_momentum": (0.99, "[0, 1]")}}
    return derived(rule, changed, "overwritten", "averages the points", **options)
