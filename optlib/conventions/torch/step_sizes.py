"""PyTorch's optimizers that keep their own step sizes (torch 2.13)."""

from __future__ import annotations

from ...rules import modifiers
from ...rules import step_sizes as rules
from ...running.optimizer import Optimizer
from .. import wrapping
from ..table import entry
from .optimizers import _HOW, negated

_IMPLEMENTATION = _HOW.replace("fused ", "")


@entry(
    "torch",
    "ASGD",
    ignored=_IMPLEMENTATION,
    note="moves by the rate that the step before left; lambd is a penalty as well as the fall of "
    "the rate; the average is the state mean (torch's ax), and the parameters are the last point",
)
def asgd(*, lr=1e-2, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0.0, maximize=False):
    """Averaged SGD with a rate that falls by a power of the step."""
    rule, hyper = rules.asgd, {"decay": lambd, "power": alpha, "begin": t0}
    if wrapping.given(weight_decay):
        rule, hyper = modifiers.l2(rule), {**hyper, "weight_decay": weight_decay}
    return Optimizer(rule, lr=lr, before=negated if maximize else None, **hyper)


@entry(
    "torch",
    "Rprop",
    ignored=_IMPLEMENTATION,
    note="iRprop-, without the way back of the paper of 1993; the rate is the first step size, and "
    "nothing later",
)
def rprop(*, lr=1e-2, etas=(0.5, 1.2), step_sizes=(1e-6, 50), maximize=False):
    """A step size for every entry, by the signs of two gradients."""
    (shrink, grow), (least, most) = etas, step_sizes
    hyper = {"shrink": shrink, "grow": grow, "least": least, "most": most}
    return Optimizer(rules.rprop, lr=lr, before=negated if maximize else None, **hyper)
