"""More of Optax' optimizers (optax 0.2.8): optimistic ones, Rprop, Fromage."""

from __future__ import annotations

from ...rules import layerwise, moments, previous, step_sizes, variants
from ...running.optimizer import Optimizer
from ..table import entry
from .chain import constant, counted, optimistic, optimizer, rooted

_TYPE = {"mu_dtype": None}


@entry("optax", "optimistic_gradient_descent", note="its alpha and beta are numbers alone")
def optimistic_gradient_descent(*, learning_rate, alpha=1.0, beta=1.0):
    """The gradient and its change; the first step knows none."""
    return optimizer(previous.optimistic_sgd, learning_rate, scale=alpha, optimism=beta)


@entry(
    "optax",
    "optimistic_adam_v2",
    fixed=_TYPE,
    note="looks ahead twice by default: nesterov is on",
)
def optimistic_adam_v2(
    *,
    learning_rate,
    alpha=1.0,
    beta=1.0,
    b1=0.9,
    b2=0.999,
    eps=1e-8,
    eps_root=0.0,
    nesterov=True,
):
    """Adam's direction and its change."""
    rule = optimistic(rooted(variants.nadam_constant if nesterov else moments.adam, eps_root, b2))
    hyper = {"beta1": b1, "beta2": b2, "eps": eps, "scale": alpha, "optimism": beta}
    return optimizer(rule, learning_rate, **hyper)


@entry(
    "optax",
    "optimistic_adam",
    fixed=_TYPE,
    note="deprecated there; optimism is a rate of its own, the learning rate by default, which "
    "may not be a schedule",
)
def optimistic_adam(
    *,
    learning_rate,
    optimism=None,
    b1=0.9,
    b2=0.999,
    eps=1e-8,
    eps_root=0.0,
    nesterov=True,
):
    """The older form: the change has a rate of its own."""
    if callable(learning_rate):
        raise ValueError("optax optimistic_adam: learning_rate may not be a schedule there")
    return optimistic_adam_v2(
        learning_rate=1.0,
        alpha=learning_rate,
        beta=learning_rate if optimism is None else optimism,
        b1=b1,
        b2=b2,
        eps=eps,
        eps_root=eps_root,
        nesterov=nesterov,
    )


@entry(
    "optax",
    "rprop",
    note="moves by the step that the gradient before this one found, so that step 1 moves nothing; "
    "the rate is the first step size, and nothing later",
)
def rprop(*, learning_rate, eta_minus=0.5, eta_plus=1.2, min_step_size=1e-6, max_step_size=50.0):
    """iRprop-, a step late."""
    hyper = {"shrink": eta_minus, "grow": eta_plus, "least": min_step_size, "most": max_step_size}
    return Optimizer(step_sizes.rprop_late, lr=constant("rprop", learning_rate), **hyper)


@entry("optax", "fromage", note="a norm below min_norm counts as min_norm")
def fromage(*, learning_rate, min_norm=1e-6):
    """A step by the layer's length, and the layer scaled back."""
    return Optimizer(layerwise.fromage, lr=counted(learning_rate), least=min_norm)
