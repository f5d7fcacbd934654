"""The optimizers of ``optax.contrib``, by their argument names and defaults (optax 0.2.8)."""

from __future__ import annotations

from ...rules import rate_inside, recent, signs
from ..table import NotModelled, entry
from .chain import counted, optimizer, own_decay, rooted


@entry(
    "optax",
    "ademamix",
    fixed={"mu_dtype": None, "mask": None},
    note="alpha is 5 by default here and 6 in scale_by_ademamix; no schedules by default",
)
def ademamix(
    *,
    learning_rate,
    b1=0.9,
    b2=0.999,
    b3=0.9999,
    alpha=5.0,
    eps=1e-8,
    eps_root=0.0,
    weight_decay=0.0,
):
    """``b3`` and ``alpha`` may be functions of the count from 0."""
    slow = {"beta3": counted(b3), "mix": counted(alpha)}
    hyper = {"beta1": b1, "beta2": b2, "eps": eps, **slow}
    rule = rooted(recent.ademamix, eps_root, b2)
    return optimizer(rule, learning_rate, weight_decay, **hyper)


@entry(
    "optax",
    "simplified_ademamix",
    fixed={"mask": None},
    note="m is a sum: its weights add to 1/(1-b1)",
)
def simplified_ademamix(
    *, learning_rate, b1=0.99, b2=0.95, alpha=0.0, eps=1e-8, eps_root=0.0, weight_decay=0.0
):
    """One state less than AdEMAMix."""
    hyper = {"beta1": b1, "beta2": b2, "mix": counted(alpha), "eps": eps}
    rule = rooted(recent.simplified_ademamix, eps_root, b2)
    return optimizer(rule, learning_rate, weight_decay, **hyper)


@entry(
    "optax",
    "adopt",
    fixed={"mu_dtype": None, "nesterov": False, "clip_value_fn": None},
    note="the first step only starts the second moment, yet takes a value of the schedule",
)
def adopt(*, learning_rate, b1=0.9, b2=0.9999, eps=1e-6, use_clipping=True):
    """``clip_value_fn=None`` stands for Optax's default, the fourth root of the count."""
    rule = signs.adopt if use_clipping else signs.adopt_unclipped
    return optimizer(rule, learning_rate, beta1=b1, beta2=b2, eps=eps)


@entry(
    "optax",
    "sophia",
    ignored="verbose print_win_rate_every_n_steps",
    fixed={"mu_dtype": None, "weight_decay_mask": None, "hessian_diagonal_fn": None},
    note="corrects m, and divides by the Hessian's average before this step; each step takes the "
    "Hessian's diagonal as hess=, in place of hessian_diagonal_fn",
)
def sophia(
    *,
    learning_rate,
    b1=0.965,
    b2=0.99,
    eps=1e-8,
    weight_decay=1e-4,
    gamma=0.01,
    clip_threshold=1.0,
    update_interval=10,
):
    """The Hessian's diagonal is given to each step, ``step(..., hess=...)``."""
    if clip_threshold is None:
        raise NotModelled("optax sophia: clip_threshold=None is not modelled, only a number")
    hyper = {"beta1": b1, "beta2": b2, "eps": eps, "gamma": gamma, "k": update_interval}
    hyper["clip_threshold"] = clip_threshold
    return own_decay(signs.sophia_corrected, learning_rate, weight_decay, **hyper)


@entry(
    "optax",
    "prodigy",
    note="corrects both moments; without safeguard_warmup a rate of 0 at first makes all NaN; "
    "where squares overflow, a step of zero or NaN",
)
def prodigy(
    *,
    learning_rate=1.0,
    betas=(0.9, 0.999),
    beta3=None,
    eps=1e-8,
    estim_lr0=1e-6,
    estim_lr_coef=1.0,
    weight_decay=0.0,
    safeguard_warmup=False,
):
    """``beta3=None`` stands for the root of the second beta."""
    beta1, beta2 = betas
    rule = rate_inside.prodigy_safeguarded if safeguard_warmup else rate_inside.prodigy
    return own_decay(
        rule,
        learning_rate,
        weight_decay,
        beta1=beta1,
        beta2=beta2,
        beta3=beta2**0.5 if beta3 is None else beta3,
        eps=eps,
        d0=estim_lr0,
        coefficient=estim_lr_coef,
    )
