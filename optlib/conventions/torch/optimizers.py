"""PyTorch's optimizers, by PyTorch's argument names and defaults (torch 2.13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...rules import adaptive, first_order, modifiers, moments, variants
from ...running.optimizer import Optimizer
from .. import wrapping
from ..table import entry

_HOW = "foreach fused capturable differentiable"


def _optimizer(
    rule: Callable,
    lr: Any,
    maximize: bool,
    weight_decay: Any,
    is_decoupled: bool = False,
    **hyper: Any,
) -> Optimizer:
    """The rule with the options that PyTorch offers on nearly all of them."""
    if wrapping.given(weight_decay):
        rule = (modifiers.decoupled if is_decoupled else modifiers.l2)(rule)
        hyper["weight_decay"] = weight_decay
    return Optimizer(rule, lr=lr, before=negated if maximize else None, **hyper)


def negated(gradients: list[Any], sweep_axes: int) -> list[Any]:
    """Ascent: the gradients with the other sign."""
    return [-g for g in gradients]


@entry(
    "torch",
    "SGD",
    ignored=_HOW,
    note="the first gradient enters the momentum undampened; weight_decay is an L2 penalty",
)
def sgd(*, lr=1e-3, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False, maximize=False):
    """Gradient descent, heavy ball or Nesterov's momentum, with a running sum of gradients."""
    if nesterov and not (wrapping.given(momentum) and not wrapping.given(dampening)):
        raise ValueError("torch SGD: nesterov=True needs a momentum and no dampening")
    if not wrapping.given(momentum):
        return _optimizer(first_order.sgd, lr, maximize, weight_decay)
    hyper = {"momentum": momentum}
    rule = first_order.nesterov if nesterov else first_order.momentum
    if wrapping.given(dampening):
        rule, hyper = first_order.sgd_dampened, {**hyper, "dampening": dampening}
    return _optimizer(rule, lr, maximize, weight_decay, **hyper)


@entry(
    "torch",
    "Adagrad",
    ignored=_HOW,
    note="eps beside the root; the sum of squares starts at 0; lr_decay divides the rate",
)
def adagrad(
    *,
    lr=1e-2,
    lr_decay=0.0,
    weight_decay=0.0,
    initial_accumulator_value=0.0,
    eps=1e-10,
    maximize=False,
):
    """AdaGrad; ``lr_decay`` makes the rate ``lr / (1 + (t - 1) * lr_decay)``."""
    rule, hyper = adaptive.adagrad, {"eps": eps}
    if wrapping.given(initial_accumulator_value):
        rule = modifiers.starting(rule, v=initial_accumulator_value)
    if wrapping.given(lr_decay):
        rule, hyper["lr_decay"] = wrapping.decaying(rule), lr_decay
    return _optimizer(rule, lr, maximize, weight_decay, **hyper)


@entry("torch", "Adadelta", ignored=_HOW, note="a rate, 1.0, that the paper does not have")
def adadelta(*, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.0, maximize=False):
    """Algorithm 1 with a rate."""
    return _optimizer(adaptive.adadelta, lr, maximize, weight_decay, rho=rho, eps=eps)


_RMSPROPS = {
    (False, False): adaptive.rmsprop,
    (False, True): adaptive.rmsprop_momentum,
    (True, False): adaptive.rmsprop_centered,
    (True, True): adaptive.rmsprop_centered_momentum,
}


@entry(
    "torch",
    "RMSprop",
    ignored=_HOW,
    note="eps beside the root; decay 0.99; the momentum sums directions, before the rate",
)
def rmsprop(
    *,
    lr=1e-2,
    alpha=0.99,
    eps=1e-8,
    weight_decay=0.0,
    momentum=0.0,
    centered=False,
    maximize=False,
):
    """RMSprop, centered or not, with momentum or without; ``alpha`` is the decay."""
    hyper = {"beta2": alpha, "eps": eps}
    if wrapping.given(momentum):
        hyper["momentum"] = momentum
    rule = _RMSPROPS[bool(centered), wrapping.given(momentum)]
    return _optimizer(rule, lr, maximize, weight_decay, **hyper)


def _betas(betas: Any, **hyper: Any) -> dict[str, Any]:
    beta1, beta2 = betas
    return {"beta1": beta1, "beta2": beta2, **hyper}


@entry(
    "torch",
    "Adam",
    ignored=_HOW,
    note="eps beside the corrected root; AMSGrad's maximum is taken before the correction",
)
def adam(
    *,
    lr=1e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    weight_decay=0.0,
    amsgrad=False,
    maximize=False,
    decoupled_weight_decay=False,
):
    """Algorithm 1; ``weight_decay`` is an L2 penalty unless it is decoupled."""
    rule = moments.amsgrad_raw_max if amsgrad else moments.adam
    hyper = _betas(betas, eps=eps)
    return _optimizer(rule, lr, maximize, weight_decay, decoupled_weight_decay, **hyper)


@entry(
    "torch",
    "AdamW",
    ignored=_HOW,
    note="the decay is multiplied by the rate: x shrinks by 1 - lr * weight_decay",
)
def adamw(
    *,
    lr=1e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    weight_decay=1e-2,
    amsgrad=False,
    maximize=False,
):
    """Adam with decoupled decay."""
    rule = moments.amsgrad_raw_max if amsgrad else moments.adam
    return _optimizer(rule, lr, maximize, weight_decay, True, **_betas(betas, eps=eps))


@entry(
    "torch",
    "NAdam",
    ignored=_HOW,
    note="Dozat's growing momentum; lr 2e-3; weight_decay is an L2 penalty unless decoupled",
)
def nadam(
    *,
    lr=2e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    weight_decay=0.0,
    momentum_decay=4e-3,
    decoupled_weight_decay=False,
    maximize=False,
):
    """Nadam with Dozat's schedule of the momentum."""
    hyper = _betas(betas, eps=eps, momentum_decay=momentum_decay)
    return _optimizer(moments.nadam, lr, maximize, weight_decay, decoupled_weight_decay, **hyper)


@entry(
    "torch",
    "RAdam",
    ignored=_HOW,
    note="adaptive from length 5 on, not 4; eps beside the uncorrected root",
)
def radam(
    *,
    lr=1e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    weight_decay=0.0,
    decoupled_weight_decay=False,
    maximize=False,
):
    """RAdam with another threshold and place of eps than the paper's algorithm with Adam's eps."""
    hyper = _betas(betas, eps=eps)
    rule = variants.radam_torch
    return _optimizer(rule, lr, maximize, weight_decay, decoupled_weight_decay, **hyper)


@entry("torch", "Adamax", ignored=_HOW, note="eps is added to the gradient's size; lr 2e-3")
def adamax(*, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, maximize=False):
    """Algorithm 2, with eps inside the maximum."""
    hyper = _betas(betas, eps=eps)
    return _optimizer(variants.adamax_inside, lr, maximize, weight_decay, **hyper)


@entry(
    "torch",
    "SparseAdam",
    note="an entry whose gradient is 0 counts as not stored; torch takes what the sparse gradient "
    "stores, such as all of an embedding's row; eps is beside the uncorrected root",
)
def sparse_adam(*, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, maximize=False):
    """Adam on the entries that have a gradient; the others wait."""
    return _optimizer(variants.sparse_adam, lr, maximize, 0.0, **_betas(betas, eps=eps))
