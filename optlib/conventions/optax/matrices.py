"""Adafactor and Muon in Optax (0.2.8), by its arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...registry import RULES
from ...rules import modifiers, muon
from ...rules.polar import in_turn
from ...running.by_layer import PerLayer
from ...running.optimizer import Optimizer
from .. import wrapping
from ..shapes import even, matrices_and, scaled_by_shape, wide
from ..table import FollowedSchedule, NotModelled, entry
from .chain import counted
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
    lr = 1.0 if learning_rate is None else counted(learning_rate)
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
    rule = muon.muon_corrected if nesterov else muon.muon_plain
    rule, coefficients = _polynomials(rule, ns_coeffs, ns_steps)
    rule = scaled_by_shape(rule, wide if consistent_rms is None else even(consistent_rms))
    # Without looking ahead, the correction of the average only acts against eps.
    corrected = FollowedSchedule(lambda xp, k: eps * (1 - beta ** (k + 1)), "corrected eps")
    matrices = Optimizer(
        modifiers.decoupled(rule),
        lr=counted(learning_rate),
        weight_decay=counted(weight_decay),
        momentum=beta,
        eps=eps if nesterov else corrected,
        **coefficients,
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


# "dion" are the five that the Muon of Dion's authors goes through.
_PRESETS = {
    "standard": (3.4445, -4.7750, 2.0315),
    "dion": (
        (4.0848, -6.8946, 2.9270),
        (3.9505, -6.3029, 2.6377),
        (3.7418, -5.5913, 2.3037),
        (2.8769, -3.1427, 1.2046),
        (2.8366, -3.0525, 1.2012),
    ),
}


def _polynomials(
    rule: Callable, given: str | Sequence, steps: int
) -> tuple[Callable, dict[str, float]]:
    """The rule with one polynomial for all passes, or one for each, and its hyper-parameters.

    Optax takes as many passes as there are polynomials, and refuses more than ``ns_steps`` of them.
    """
    if isinstance(given, str) and given not in _PRESETS:
        raise NotModelled(f"optax muon: ns_coeffs={given!r} is not modelled")
    given = _PRESETS[given] if isinstance(given, str) else given
    given = given.tolist() if hasattr(given, "tolist") else given
    rows = given if all(isinstance(row, (list, tuple)) for row in given) else (given,)
    if not rows or any(len(row) != 3 for row in rows):
        raise TypeError(f"optax muon: ns_coeffs needs three numbers for a pass, got {given!r}")
    if rows is not given:
        return rule, dict(zip("abc", given, strict=True), steps=steps)
    if len(rows) > steps:
        raise ValueError(f"optax muon: {len(rows)} polynomials are more than ns_steps={steps}")
    return _by_pass(rule, rows), {"steps": 0}


def _by_pass(rule: Callable, rows: Sequence) -> Callable:
    """The rule with a polynomial for each pass; by itself it takes none, and gives its start."""

    def changed(xp, t, g, x, *state, **hyper):
        u, *new = rule(xp, t, g, x, *state, **hyper)
        return in_turn(xp, u, rows, len(rows)), *new

    return modifiers.derived(rule, changed, "by_pass", "takes another polynomial in every pass")
