"""Adafactor and Muon in Optax (0.2.8), by its arguments."""

from __future__ import annotations

from typing import Any

from ...registry import RULES
from ...rules import modifiers, muon
from ...running.by_layer import PerLayer
from ...running.optimizer import Optimizer
from .. import wrapping
from ..shapes import even, matrices_and, scaled_by_shape, wide
from ..table import FollowedSchedule, NotModelled, entry
from .optimizers import adamw


@entry(
    "optax",
    "adafactor",
    fixed={"decay_offset": 0, "weight_decay_mask": None, "dtype_momentum": "float64"},
    note="factors from 128 by 128 up, over the two largest axes; the decay ignores the rate; "
    "where squares overflow, a step of zero or NaN",
)
def optax_adafactor(
    *,
    learning_rate=None,
    min_dim_size_to_factor=128,
    decay_rate=0.8,
    multiply_by_parameter_scale=True,
    clipping_threshold: float | None = 1.0,
    momentum=None,
    weight_decay_rate=None,
    eps=1e-30,
    factored=True,
):
    """Smaller layers keep the average of squares itself."""
    hyper = {"decay": decay_rate, "eps1": eps}
    hyper["clip"] = float("inf") if clipping_threshold is None else clipping_threshold
    kind = "" if multiply_by_parameter_scale else "_absolute"
    rules = {False: RULES[f"adafactor_vector{kind}"], True: RULES[f"adafactor{kind}"]}
    if momentum is not None:
        rules = {k: wrapping.averaged(r) for k, r in rules.items()}
        hyper["averaging"] = momentum
    if weight_decay_rate is not None:
        rules = {k: wrapping.decayed_absolutely(r) for k, r in rules.items()}
        hyper["shrink"] = weight_decay_rate
    lr = 1.0 if learning_rate is None else learning_rate
    both = {k: Optimizer(r, lr=lr, **hyper) for k, r in rules.items()}

    def choose(label: Any, x: Any) -> Optimizer:
        return both[factored and _large(tuple(x.shape), min_dim_size_to_factor)]

    return PerLayer(choose)


def _large(shape: tuple[int, ...], least: int) -> bool:
    """Whether Optax factors a layer of this shape."""
    if len(shape) < 2 or sorted(shape)[-2] < least:
        return False
    if sorted(shape)[-2:] != sorted(shape[-2:]):
        raise NotModelled(f"optax adafactor: {shape} is factored over axes that are not the last")
    return True


@entry(
    "optax",
    "muon",
    fixed={
        "mu_dtype": None,
        "weight_decay_mask": None,
        "adaptive": False,
        "preconditioning": "frobenius",
        "muon_weight_dimension_numbers": None,
    },
    note="corrects the averages; scales wide matrices up; NAdamW for all that is no matrix; "
    "where squares overflow, a step of zero or NaN",
)
def optax_muon(
    *,
    learning_rate,
    ns_coeffs=(3.4445, -4.7750, 2.0315),
    ns_steps=5,
    beta=0.95,
    eps=1e-8,
    weight_decay=0.0,
    nesterov=True,
    adam_b1=0.9,
    adam_b2=0.999,
    adam_eps_root=0.0,
    adam_weight_decay=0.0,
    adam_learning_rate=None,
    consistent_rms=None,
):
    """One eps serves both parts."""
    if isinstance(ns_coeffs, str) and ns_coeffs == "standard":
        ns_coeffs = (3.4445, -4.7750, 2.0315)
    listed = isinstance(ns_coeffs, str) or any(isinstance(c, (list, tuple)) for c in ns_coeffs)
    if listed or len(ns_coeffs) != 3:
        raise NotModelled(
            f"optax muon: ns_coeffs={ns_coeffs!r} is not modelled, only three numbers"
        )
    a, b, c = ns_coeffs
    rule = muon.muon_corrected if nesterov else muon.muon_plain
    rule = scaled_by_shape(rule, wide if consistent_rms is None else even(consistent_rms))
    # Without looking ahead, the correction of the average only acts against eps.
    corrected = FollowedSchedule(lambda xp, k: eps * (1 - beta ** (k + 1)), "corrected eps")
    matrices = Optimizer(
        modifiers.decoupled(rule),
        lr=learning_rate,
        weight_decay=weight_decay,
        momentum=beta,
        eps=eps if nesterov else corrected,
        a=a,
        b=b,
        c=c,
        steps=ns_steps,
    )
    others = adamw(
        learning_rate=learning_rate if adam_learning_rate is None else adam_learning_rate,
        b1=adam_b1,
        b2=adam_b2,
        eps=eps,
        eps_root=adam_eps_root,
        weight_decay=adam_weight_decay,
        nesterov=nesterov,
    )
    return matrices_and(matrices, others)
