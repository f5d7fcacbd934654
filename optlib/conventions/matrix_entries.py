"""Adafactor and Muon in PyTorch (2.13) and Optax (0.2.8), by the libraries' arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import matrix, modifiers, muon
from ..by_layer import PerLayer
from ..optimizer import Optimizer
from ..registry import RULES
from . import wrapping
from .optax import adamw
from .table import FollowedSchedule, NotModelled, entry


def scaled_by_shape(rule: Callable, factor: Callable[[int, int], float]) -> Callable:
    """The rule with its direction times ``factor(rows, columns)`` of the matrix."""

    def changed(xp, t, g, x, *state, lr, **hyper):
        moved, new = wrapping.displacement(rule, xp, t, g, x, state, lr, hyper)
        return factor(*x.shape[-2:]) * moved, *new

    return wrapping.derived(rule, changed, "by_shape", "scales the direction by the shape")


def tall(rows: int, columns: int) -> float:
    r"""Jordan's factor :math:`\sqrt{\max(1, m/n)}`, for weights that map n numbers to m."""
    return max(1.0, rows / columns) ** 0.5


def wide(rows: int, columns: int) -> float:
    r"""The same factor for weights that map m numbers to n."""
    return tall(columns, rows)


def even(rms: float) -> Callable[[int, int], float]:
    r"""Moonlight's factor :math:`\rho\sqrt{\max(m, n)}`: the direction has about this RMS.

    Source: Liu et al. 2025.
    """
    return lambda rows, columns: rms * max(rows, columns) ** 0.5


def negated(gradients: list[Any], sweep_axes: int) -> list[Any]:
    """Ascent: the gradients with the other sign."""
    return [-g for g in gradients]


@entry(
    "torch",
    "Adafactor",
    ignored="foreach",
    note="eps floors the denominators; the rate caps 1 / sqrt(t) and multiplies the decay",
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
        for rule in (matrix.adafactor_floored, matrix.adafactor_vector_floored)
    )
    return PerLayer(
        lambda label, x: matrices if len(x.shape) > 1 else vectors,
        before=negated if maximize else None,
    )


@entry("torch", "Muon", note="orthogonalises in bfloat16; matrices only; scales tall matrices up")
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
    return Optimizer(modifiers.decoupled(rule), lr=lr, weight_decay=weight_decay, **hyper)


@entry(
    "optax",
    "adafactor",
    ignored="dtype_momentum",
    fixed={"decay_offset": 0, "weight_decay_mask": None},
    note="factors from 128 by 128 up, over the two largest axes; the decay ignores the rate",
)
def optax_adafactor(
    *,
    learning_rate=None,
    min_dim_size_to_factor=128,
    decay_rate=0.8,
    multiply_by_parameter_scale=True,
    clipping_threshold=1.0,
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
    ignored="mu_dtype",
    fixed={
        "weight_decay_mask": None,
        "adaptive": False,
        "preconditioning": "frobenius",
        "muon_weight_dimension_numbers": None,
    },
    note="corrects the averages; scales wide matrices up; NAdamW for all that is no matrix",
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
    if isinstance(ns_coeffs, str) or any(isinstance(c, (list, tuple)) for c in ns_coeffs):
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
    return PerLayer(lambda label, x: matrices if len(x.shape) == 2 else others)
