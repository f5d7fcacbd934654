"""Optax' transforms of gradients, which users put into a chain (optax 0.2.8).

Alone, a transform has no rate, and what it makes of the gradient is added: it steps uphill. So does
what is returned here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...domains import number
from ...rules import first_order, modifiers
from ...rules.averages import debias
from ...rules.averages import ema as average
from ...rules.sizes import divisor, norm, rms
from ...running.clipping import clip_global_norm, clip_value
from ...running.optimizer import Optimizer
from ..table import entry
from .chain import counted, uphill

_TYPE = {"accumulator_dtype": None}
_MASK = {"mask": None}


def passing(
    change: Callable,
    name: str,
    says: str,
    scope: str = "element",
    state: tuple[str, ...] = (),
    **hyper: tuple[float, str],
) -> Callable:
    """The rule that steps uphill along ``change(xp, t, g, x, *state, **hyper)``."""

    def changed(*given, **numbers):
        u, *new = change(*given, **numbers)
        return -u, *new

    kept = dict.fromkeys(state)
    rule = modifiers.derived(first_order.sgd, changed, name, says, state=kept, hyper=hyper)
    rule.scope = scope
    return rule


@entry("optax", "identity", part=True)
def identity():
    """The gradient as it is."""
    return Optimizer(uphill(first_order.sgd), lr=1.0)


@entry("optax", "clip", part=True)
def clip(*, max_delta):
    """Each entry between two bounds."""
    return Optimizer(uphill(first_order.sgd), lr=1.0, before=clip_value(max_delta))


@entry("optax", "clip_by_global_norm", part=True, note="scales by max_norm over the norm, no eps")
def clip_by_global_norm(*, max_norm):
    """All layers by one factor."""
    return Optimizer(uphill(first_order.sgd), lr=1.0, before=clip_global_norm(max_norm))


@entry("optax", "clip_by_block_rms", part=True, note="a block is a layer")
def clip_by_block_rms(*, threshold):
    """Each layer to a root mean square of at most the threshold."""

    def change(xp, t, g, x, *, threshold):
        return (g / xp.maximum(1.0, rms(xp, g) / threshold),)

    bounds = {"threshold": (1.0, "(0, inf)")}
    rule = passing(change, "clipped", "clips the RMS of each layer", "layer", **bounds)
    return Optimizer(rule, lr=1.0, threshold=threshold)


@entry("optax", "trace", part=True, fixed=_TYPE, note="a sum, as in momentum, without dampening")
def trace(*, decay, nesterov=False):
    """The running sum of gradients."""
    rule = first_order.nesterov if nesterov else first_order.momentum
    return Optimizer(uphill(rule), lr=1.0, momentum=decay)


@entry("optax", "ema", part=True, fixed=_TYPE, note="corrected by default")
def ema(*, decay, debias=True):
    """The running average of gradients."""
    correct = debias

    def change(xp, t, g, x, m, *, decay):
        m = average(decay, m, g)
        return _corrected(xp, decay, t, m) if correct else m, m

    rule = passing(change, "averaged", "averages gradients", state=("m",), decay=(0.9, "[0, 1)"))
    return Optimizer(rule, lr=1.0, decay=decay)


_corrected = debias


@entry("optax", "add_decayed_weights", part=True, fixed=_MASK)
def add_decayed_weights(*, weight_decay=0.0):
    """A share of the parameters is added to what goes down the chain."""

    def change(xp, t, g, x, *, weight_decay):
        return (g + weight_decay * x,)

    rule = passing(change, "decayed", "adds a share of x", weight_decay=(0.0, "(-inf, inf)"))
    return Optimizer(rule, lr=1.0, weight_decay=counted(weight_decay))


def _times(factor: Any) -> Optimizer:
    def change(xp, t, g, x, *, factor):
        return (factor * g,)

    rule = passing(change, "scaled", "multiplies the gradient", factor=(1.0, "(-inf, inf)"))
    return Optimizer(rule, lr=1.0, factor=counted(factor))


@entry("optax", "scale", part=True, note="a negative number goes downhill")
def scale(*, step_size):
    """The gradient times a number."""
    return _times(step_size)


@entry("optax", "scale_by_schedule", part=True, note="a negative value goes downhill")
def scale_by_schedule(*, step_size_fn):
    """The gradient times a function of the count from 0."""
    return _times(step_size_fn)


@entry("optax", "scale_by_learning_rate", part=True, note="goes downhill, unlike the other parts")
def scale_by_learning_rate(*, learning_rate=None, flip_sign=True):
    """The end of most chains; ``learning_rate=None`` changes nothing, the sign neither."""
    if learning_rate is None:
        return identity()
    if not flip_sign:
        return _times(learning_rate)
    return Optimizer(first_order.sgd, lr=counted(learning_rate))


@entry("optax", "normalize", part=True, note="a gradient of zero becomes NaN there, zero here")
def normalize():
    """All layers to a norm of 1 together."""

    def change(xp, t, g, x):
        length = norm(xp, g)
        return (g / xp.where(length > 0, divisor(xp, length), 1.0),)

    return Optimizer(passing(change, "normalized", "divides by the norm", "model"), lr=1.0)


@entry("optax", "normalize_by_update_norm", part=True, note="eps is added to the norm")
def normalize_by_update_norm(*, scale_factor=1.0, eps=1e-6):
    """All layers to a given norm together."""

    def change(xp, t, g, x, *, scale_factor, eps):
        return (g / divisor(xp, (norm(xp, g) + eps) / scale_factor),)

    bounds = {"scale_factor": (1.0, "(0, inf)"), "eps": (1e-6, "(0, inf)")}
    rule = passing(change, "normalized", "divides by the norm", "model", **bounds)
    return Optimizer(rule, lr=1.0, scale_factor=scale_factor, eps=eps)


def _by_size(size: Callable, min_scale: Any) -> Optimizer:
    def change(xp, t, g, x, *, min_scale):
        return (g * xp.maximum(size(xp, x), min_scale),)

    bounds = {"min_scale": (1e-3, "[0, inf)")}
    rule = passing(change, "by_size", "multiplies by the size of the layer", "layer", **bounds)
    return Optimizer(rule, lr=1.0, min_scale=min_scale)


@entry("optax", "scale_by_param_block_norm", part=True, note="a block is a layer")
def scale_by_param_block_norm(*, min_scale=1e-3):
    """Each layer's gradient times the norm of the layer."""
    return _by_size(norm, min_scale)


@entry("optax", "scale_by_param_block_rms", part=True, note="a block is a layer")
def scale_by_param_block_rms(*, min_scale=1e-3):
    """Each layer's gradient times the root mean square of the layer."""
    return _by_size(rms, min_scale)


@entry("optax", "scale_by_trust_ratio", part=True, note="a ratio of 1 where a norm is zero")
def scale_by_trust_ratio(*, min_norm=0.0, trust_coefficient=1.0, eps=0.0):
    """Each layer's gradient to a share of the layer's length."""

    def change(xp, t, g, x, *, min_norm, trust_coefficient, eps):
        size, length = xp.maximum(norm(xp, x), min_norm), xp.maximum(norm(xp, g), min_norm)
        defined = (size > 0) & (length > 0)
        safe = xp.where(defined, divisor(xp, length + eps), 1.0)
        return (g * xp.where(defined, trust_coefficient * size / safe, 1.0),)

    bounds = {
        "min_norm": (0.0, "[0, inf)"),
        "trust_coefficient": (1.0, "[0, inf)"),
        "eps": (0.0, "[0, inf)"),
    }
    rule = passing(change, "by_ratio", "scales each layer by a trust ratio", "layer", **bounds)
    given = {"min_norm": min_norm, "trust_coefficient": trust_coefficient, "eps": eps}
    return Optimizer(rule, lr=1.0, **given)


@entry("optax", "zero_nans", part=True, note="infinite entries stay as they are")
def zero_nans():
    """The gradient with 0 for every NaN."""

    def change(xp, t, g, x):
        return (xp.where(xp.isnan(g), 0.0, g),)

    return Optimizer(passing(change, "without_nans", "takes 0 for NaN"), lr=1.0)


@entry(
    "optax", "keep_params_nonnegative", part=True, note="an entry that would cross 0 stops there"
)
def keep_params_nonnegative():
    """The last of a chain: no parameter goes below 0."""

    def change(xp, t, g, x):
        return (xp.where(x + g < 0, -x, g),)

    return Optimizer(passing(change, "nonnegative", "stops at 0"), lr=1.0)


@entry(
    "optax",
    "apply_every",
    part=True,
    note="a sum of updates in every k-th step and 0 between; what stands before it sees every step",
)
def apply_every(*, k=1):
    """Sums of ``k`` updates."""
    every = number("optax apply_every", "k", k, "integer [1, inf)")

    def change(xp, t, g, x, held):
        held = g + xp.where((t - 1) % every < 1, 0.0 * held, held)
        return xp.where(t % every < 1, held, 0.0 * held), held

    rule = passing(change, "every", f"waits for {every} updates", state=("held",))
    return Optimizer(rule, lr=1.0)
