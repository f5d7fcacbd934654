"""PyTorch's optimizers, by PyTorch's argument names and defaults (torch 2.13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import modifiers, rules
from ..optimizer import Optimizer
from .table import entry

_HOW = "foreach fused capturable differentiable"


def _optimizer(
    rule: Callable, lr: Any, maximize: bool, weight_decay: Any, is_decoupled: bool, **hyper: Any
) -> Optimizer:
    """The rule with the options that PyTorch offers on nearly all of them."""
    if weight_decay:
        rule = (modifiers.decoupled if is_decoupled else modifiers.l2)(rule)
        hyper["weight_decay"] = weight_decay
    return Optimizer(rule, lr=lr, before=negated if maximize else None, **hyper)


def negated(gradients: list[Any], sweep_axes: int) -> list[Any]:
    """Ascent: the gradients with the other sign."""
    return [-g for g in gradients]


@entry(
    "torch", "Adam", ignored=_HOW, fixed={"amsgrad": False}, note="eps beside the corrected root"
)
def adam(
    *,
    lr=1e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    weight_decay=0.0,
    maximize=False,
    decoupled_weight_decay=False,
):
    """Algorithm 1; ``weight_decay`` is an L2 penalty unless it is decoupled."""
    beta1, beta2 = betas
    return _optimizer(
        rules.adam,
        lr,
        maximize,
        weight_decay,
        decoupled_weight_decay,
        beta1=beta1,
        beta2=beta2,
        eps=eps,
    )
