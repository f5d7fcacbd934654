"""Optax' lookahead and apply_if_finite, which go around an optimizer, and its L-BFGS (0.2.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...domains import number
from ...rules.lbfgs import lbfgs_unguarded, with_memory
from ...running.finite import patient
from ...running.optimizer import Optimizer
from .. import wrapping
from ..table import NotModelled, entry
from .chain import counted


def alone(name: str, argument: str, given: Any) -> Optimizer:
    """An optimizer that is one rule for all layers, or a refusal of the argument."""
    if not isinstance(given, Optimizer):
        raise NotModelled(
            f"optax {name}: {argument}={given!r:.60} is not modelled, only an Optimizer such as "
            "like('optax', 'sgd', ...) returns"
        )
    return given


def called_back(rule: Callable, every: int) -> Callable:
    r"""The rule with slow weights that follow it, and call it back after every so many steps.

    .. math:: \phi \leftarrow \phi + \alpha\,(x - \phi), \qquad x \leftarrow \phi

    The hyper-parameter is ``pull``, :math:`\alpha`, the state ``slow``, :math:`\phi`.
    """

    def changed(xp, t, g, x, *state, lr, pull, **hyper):
        moved, new = wrapping.displacement(rule, xp, t, g, x, state[:-1], lr, hyper)
        slow = state[-1]
        followed = slow + pull * (x - moved - slow)
        due = t % every < 1
        return xp.where(due, x - followed, moved), *new, xp.where(due, followed, slow)

    options = {
        "state": {"slow": lambda xp, x: xp.asarray(x, copy=True)},
        "hyper": {"pull": (0.5, "[0, 1]")},
    }
    return wrapping.derived(
        rule, changed, "called_back", "is called back to slow weights", **options
    )


@entry(
    "optax",
    "lookahead",
    fixed={"reset_state": False},
    note="the parameters are the fast weights, the slow ones a state; there both are parameters",
)
def lookahead(*, fast_optimizer, sync_period, slow_step_size):
    """``fast_optimizer`` is an ``optlib.Optimizer``, such as ``like`` returns."""
    fast = alone("lookahead", "fast_optimizer", fast_optimizer)
    every = number("optax lookahead", "sync_period", sync_period, "integer [1, inf)")
    rule = called_back(fast.rule, every)
    return Optimizer(rule, lr=fast.lr, before=fast.before, pull=slow_step_size, **fast.hyper)


@entry(
    "optax",
    "apply_if_finite",
    note="the optimizer inside counts the steps that are taken, its schedules too; all layers are "
    "left out together",
)
def apply_if_finite(*, inner, max_consecutive_errors):
    """``inner`` is an optimizer such as ``like`` returns."""
    return patient(inner, max_consecutive_errors)


@entry(
    "optax",
    "lbfgs",
    fixed={"scale_init_precond": True},
    note="all parameters are one vector; a pair of gradients counts even if it goes the wrong way; "
    "linesearch=None must be said, since the searches of Optax are not followed",
)
def lbfgs(*, linesearch: None, learning_rate=None, memory_size=10):
    """At a rate, 1 by default, in place of a line search."""
    if linesearch is not None:
        raise NotModelled(f"optax lbfgs: linesearch={linesearch!r:.60} is not modelled, only None")
    rule = with_memory(memory_size, lbfgs_unguarded)
    return Optimizer(rule, lr=1.0 if learning_rate is None else counted(learning_rate))
