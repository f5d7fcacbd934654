"""Adafactor and Muon in PyTorch (2.13), by its arguments."""

from __future__ import annotations

from typing import Any

from ...rules import factored, modifiers, muon
from ...running.by_layer import PerLayer
from ...running.optimizer import Optimizer
from .. import wrapping
from ..shapes import even, matrices_alone, scaled_by_shape, tall
from ..table import NotModelled, entry


def negated(gradients: list[Any], sweep_axes: int) -> list[Any]:
    """Ascent: the gradients with the other sign."""
    return [-g for g in gradients]


@entry(
    "torch",
    "Adafactor",
    ignored="foreach",
    note="eps floors the denominators; the rate caps 1 / sqrt(t) and multiplies the decay; "
    "where squares overflow, a step of zero or NaN",
)
def torch_adafactor(
    *, lr=1e-2, beta2_decay=-0.8, eps=(None, 1e-3), d=1.0, weight_decay=0.0, maximize=False
):
    """``eps=None`` is the machine epsilon, here of double precision."""
    eps1, eps2 = eps
    hyper = {"decay": -beta2_decay, "eps2": eps2, "clip": d}
    if eps1 is not None:
        hyper["eps1"] = eps1
    matrices, vectors = (
        Optimizer(
            modifiers.decoupled(wrapping.capped(rule)), lr=lr, weight_decay=weight_decay, **hyper
        )
        for rule in (factored.adafactor_floored, factored.adafactor_vector_floored)
    )
    return PerLayer(
        lambda label, x: matrices if len(x.shape) > 1 else vectors,
        before=negated if maximize else None,
    )


@entry(
    "torch",
    "Muon",
    shapes="matrices",
    note="orthogonalises in bfloat16; matrices only; scales tall matrices up; "
    "where squares overflow, a step of zero or NaN",
)
def torch_muon(
    *,
    lr=1e-3,
    weight_decay=0.1,
    momentum=0.95,
    nesterov=True,
    ns_coefficients=(3.4445, -4.7750, 2.0315),
    eps=1e-7,
    ns_steps=5,
    adjust_lr_fn=None,
):
    """The shape's factor acts on the direction and not on the decay."""
    factors = {None: tall, "original": tall, "match_rms_adamw": even(0.2)}
    if adjust_lr_fn not in factors:
        raise NotModelled(f"torch Muon: adjust_lr_fn={adjust_lr_fn!r} is not modelled")
    rule = muon.muon_floored if nesterov else muon.muon_floored_plain
    rule = scaled_by_shape(rule, factors[adjust_lr_fn])
    a, b, c = ns_coefficients
    hyper = {"momentum": momentum, "eps": eps, "a": a, "b": b, "c": c, "steps": ns_steps}
    rule = modifiers.decoupled(matrices_alone(rule))
    return Optimizer(rule, lr=lr, weight_decay=weight_decay, **hyper)
