"""Optimizers of ``optax.contrib`` that need no rate, or start from where they began (0.2.8)."""

from __future__ import annotations

from collections.abc import Callable

from ...rules import distance, dual, losses, modifiers, previous
from ...running.optimizer import Optimizer
from ..table import entry
from .chain import counted, optimizer, own_decay

_MASK = {"mask": None}


@entry(
    "optax",
    "acprop",
    fixed=_MASK,
    note="step 1 divides by 1; surprise is measured from the average before the gradient, where "
    "its documentation has the one after",
)
def acprop(*, learning_rate, b1=0.9, b2=0.999, eps=1e-16, eps_root=1e-16, weight_decay=0.0):
    """``eps_root`` enters the average at every step."""
    hyper = {"beta1": b1, "beta2": b2, "eps": eps, "eps_root": eps_root}
    return optimizer(previous.acprop, learning_rate, weight_decay, **hyper)


@entry(
    "optax",
    "madgrad",
    note="eps is added to the rate as well; the decay enters the gradient",
)
def madgrad(*, learning_rate, momentum=0.9, weight_decay=0.0, eps=1e-6):
    """Dual averaging from where the run began."""
    hyper = {"momentum": momentum, "eps": eps}
    return own_decay(modifiers.l2(dual.madgrad), learning_rate, weight_decay, **hyper)


@entry(
    "optax",
    "cocob",
    fixed=_MASK,
    note="the rate multiplies the gradient, decay included, and so says next to nothing",
)
def cocob(*, learning_rate=1.0, alpha=100.0, eps=1e-8, weight_decay=0.0):
    """Bets on the sign of each gradient."""
    rule = modifiers.l2(dual.cocob)
    return own_decay(rule, learning_rate, weight_decay, alpha=alpha, eps=eps)


def _first_rate(rule: Callable, rate: float) -> Callable:
    """The rule with this rate in place of its own at step 1."""

    def changed(xp, t, g, x, *state, **hyper):
        u, *new = rule(xp, t, g, x, *state, **hyper)
        return xp.where(t < 2, rate * g, u), *new

    return modifiers.derived(rule, changed, "first_rate", f"takes the rate {rate} at step 1")


@entry(
    "optax",
    "dog",
    fixed=_MASK,
    note="eps is added to the sum of squares; where squares overflow, a step of zero or NaN",
)
def dog(*, learning_rate=1.0, init_step=("heuristic", 1e-6), eps=1e-8, weight_decay=None):
    """``init_step`` is a kind, "heuristic", "distance" or "learning_rate", and a number."""
    kind, value = init_step
    rules = {"heuristic": distance.dog, "distance": distance.dog_absolute}
    if kind not in (*rules, "learning_rate"):
        raise ValueError(f"optax dog: init_step={init_step!r} is of no kind that is known there")
    rule, start = rules.get(kind, distance.dog_absolute), value
    if kind == "learning_rate":
        rule, start = _first_rate(rule, value), 0.0
    decay = 0.0 if weight_decay is None else weight_decay
    return own_decay(modifiers.l2(rule), learning_rate, decay, start=start, eps=eps)


@entry(
    "optax",
    "dowg",
    fixed=_MASK,
    note="the squared distance starts at eps by default; "
    "where squares overflow, a step of zero or NaN",
)
def dowg(*, learning_rate=1.0, init_estim_sq_dist=None, eps=1e-4, weight_decay=None):
    """``init_estim_sq_dist=None`` stands for ``eps``."""
    start = eps if init_estim_sq_dist is None else init_estim_sq_dist
    decay = 0.0 if weight_decay is None else weight_decay
    rule = modifiers.l2(distance.dowg)
    return own_decay(rule, learning_rate, decay, start=start, eps=eps)


@entry(
    "optax",
    "dadapt_adamw",
    note="a rate of 0 at first makes all NaN; where squares overflow, a step of zero or NaN",
)
def dadapt_adamw(
    *, learning_rate=1.0, betas=(0.9, 0.999), eps=1e-8, estim_lr0=1e-6, weight_decay=0.0
):
    """The average of gradients is kept at the rate of each step."""
    beta1, beta2 = betas
    hyper = {"beta1": beta1, "beta2": beta2, "eps": eps, "d0": estim_lr0}
    return own_decay(distance.dadapt_adam, learning_rate, weight_decay, **hyper)


def _above(rule: Callable) -> Callable:
    """The rule that never goes uphill: a loss below the least one counts as that."""

    def changed(xp, t, g, x, *state, loss, least, **hyper):
        return rule(xp, t, g, x, *state, loss=xp.maximum(loss, least), least=least, **hyper)

    return modifiers.derived(rule, changed, "above", "counts a loss below least as least")


_LOSS = "each step takes the loss as loss=, an array like each parameter with the loss in every "


@entry(
    "optax",
    "polyak_sgd",
    note=_LOSS + "entry, in place of value; scaling stands inside the norm, so that a larger one "
    "makes smaller steps",
)
def polyak_sgd(*, max_learning_rate=1.0, scaling=1.0, f_min=0.0, eps=0.0, variant="sps"):
    """``variant="sps+"`` never goes uphill."""
    if variant not in ("sps", "sps+"):
        raise ValueError(f"optax polyak_sgd: variant must be 'sps' or 'sps+', got {variant!r}")
    rule = losses.polyak_sgd if variant == "sps" else _above(losses.polyak_sgd)
    return Optimizer(rule, lr=counted(scaling), least=f_min, most=max_learning_rate, eps=eps)


_FIXED_BOUND = {"adapt_lower_bound": False}


@entry("optax", "momo", fixed=_FIXED_BOUND, note=_LOSS + "entry, in place of value")
def momo(*, learning_rate=1.0, beta=0.9, lower_bound=0.0, weight_decay=0.0):
    """Momentum with a bound from the loss."""
    hyper = {"beta": beta, "least": lower_bound}
    return own_decay(losses.momo, learning_rate, weight_decay, **hyper)


@entry("optax", "momo_adam", fixed=_FIXED_BOUND, note=_LOSS + "entry, in place of value")
def momo_adam(*, learning_rate=0.01, b1=0.9, b2=0.999, eps=1e-8, lower_bound=0.0, weight_decay=0.0):
    """Adam with a bound from the loss."""
    hyper = {"beta1": b1, "beta2": b2, "eps": eps, "least": lower_bound}
    return own_decay(losses.momo_adam, learning_rate, weight_decay, **hyper)
