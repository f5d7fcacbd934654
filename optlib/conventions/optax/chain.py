"""What Optax chains around a rule: schedules that count from 0, decay, a second eps, a trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...domains import HYPER, setting
from ...namespaces import is_number
from ...rules import modifiers, previous
from ...running.optimizer import Optimizer
from ...schedules import Schedule
from .. import wrapping
from ..table import FollowedSchedule, NotModelled


def counted(value: Any) -> Any:
    """A function of Optax's own count, which starts at 0; anything else as it is."""
    if callable(value) and not isinstance(value, (Schedule, FollowedSchedule)):
        return FollowedSchedule(lambda xp, k: value(k), "optax schedule")
    return value


def constant(name: str, learning_rate: Any) -> Any:
    """The rate of an optimizer that takes no schedule in Optax either."""
    if callable(learning_rate):
        raise TypeError(f"optax {name}: learning_rate must be a number, got {learning_rate!r:.60}")
    return learning_rate


def optimizer(
    rule: Callable, learning_rate: Any, weight_decay: Any = 0.0, **hyper: Any
) -> Optimizer:
    """The rule at Optax's rate and with its decoupled decay, if there is one."""
    if wrapping.given(weight_decay):
        rule, hyper["weight_decay"] = modifiers.decoupled(rule), counted(weight_decay)
    return Optimizer(rule, lr=counted(learning_rate), **hyper)


def own_decay(rule: Callable, learning_rate: Any, weight_decay: Any, **hyper: Any) -> Optimizer:
    """A rule that has its own decay, at Optax's rate."""
    rates = {"lr": counted(learning_rate), "weight_decay": counted(weight_decay)}
    return Optimizer(rule, **rates, **hyper)


def uphill(rule: Callable) -> Callable:
    """The rule with the other sign, as where Optax leaves out the rate and the sign with it."""

    def changed(xp, t, g, x, *state, **hyper):
        u, *new = rule(xp, t, g, x, *state, **hyper)
        return -u, *new

    return modifiers.derived(rule, changed, "uphill", "steps the other way")


def rooted(
    rule: Callable, eps_root: float, decay: float, *, second: str = "v", beta: str = "beta2"
) -> Callable:
    r"""The rule with :math:`\hat v_t + \bar\varepsilon` for its corrected second moment.

    That sum is the corrected average of :math:`g^2 + \bar\varepsilon`, which the state ``second``
    holds: its old value enters the rule with :math:`\frac{1-\beta_2}{\beta_2}\bar\varepsilon` more.

    Parameters
    ----------
    rule : callable
        A rule that corrects its second moment.
    eps_root, decay : float
        :math:`\bar\varepsilon` and :math:`\beta_2`; without the first this is the rule itself.
    second, beta : str
        The names of the second moment and of its decay.
    """
    if not is_number(eps_root):
        raise NotModelled(f"optax: eps_root={eps_root!r} is not modelled, only a number")
    setting(rule.__name__, "eps_root", eps_root, HYPER["eps"])
    if eps_root == 0:
        return rule
    if is_number(decay) and decay == 0:
        raise NotModelled(f"optax: eps_root={eps_root!r} with a decay of 0 is not modelled")
    place = rule.state.index(second)

    def changed(xp, t, g, x, *state, lr, **hyper):
        more = (1 - hyper[beta]) / hyper[beta] * eps_root
        state = (*state[:place], state[place] + more, *state[place + 1 :])
        moved, new = wrapping.displacement(rule, xp, t, g, x, state, lr, hyper)
        return moved, *new

    return wrapping.derived(rule, changed, "rooted", f"adds {eps_root} under the root")


def rolling_ahead(rule: Callable) -> Callable:
    r"""The rule with Nesterov's momentum on displacements: :math:`\mu d_t + \alpha_t u_t`.

    As in :func:`~optlib.conventions.wrapping.rolling`, :math:`d_t = \mu d_{t-1} + \alpha_t u_t`.
    """

    def changed(xp, t, g, x, *state, lr, rolling, **hyper):
        moved, new = wrapping.displacement(rule, xp, t, g, x, state[:-1], lr, hyper)
        rolled = rolling * state[-1] + moved
        return rolling * rolled + moved, *new, rolled

    options = {"state": {"rolled": None}, "hyper": {"rolling": (0.9, "[0, 1)")}}
    return wrapping.derived(rule, changed, "rolling_ahead", "looks ahead along a sum", **options)


def traced(rule: Callable, nesterov: bool) -> Callable:
    """The rule under ``optax.trace``: momentum on displacements, with the rate inside."""
    return rolling_ahead(rule) if nesterov else wrapping.rolling(rule)


def optimistic(rule: Callable) -> Callable:
    r"""The rule with a direction :math:`\alpha u_t + \beta (u_t - u_{t-1})`.

    The hyper-parameters are ``scale`` and ``optimism``, the state ``before``.
    """

    def changed(xp, t, g, x, *state, lr, scale, optimism, **hyper):
        u, new = wrapping.displacement(rule, xp, t, g, x, state[:-1], 1.0, hyper)
        return lr * previous.anticipated(xp, t, u, state[-1], scale, optimism), *new, u

    options = {
        "state": {"before": None},
        "hyper": {"scale": (1.0, "[0, inf)"), "optimism": (1.0, "[0, inf)")},
    }
    return wrapping.derived(rule, changed, "optimistic", "adds the change of u", **options)
