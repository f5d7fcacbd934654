"""Keras' Muon, which is two optimizers in one."""

from __future__ import annotations

from typing import Any

from ...rules import muon as orthogonal
from ...running.optimizer import Optimizer
from ..shapes import even, matrices_and, scaled_by_shape
from ..table import FollowedSchedule, entry
from .optimizers import _FIXED, adam, clip, with_base


@entry(
    "keras",
    "Muon",
    ignored="name exclude_embeddings",
    fixed={**_FIXED, "exclude_layers": None},
    note="scales by the larger side; Adam, with a decay of its own, for all that is no matrix; "
    "where squares overflow, a step of zero or NaN",
)
def muon(
    *,
    learning_rate=0.001,
    adam_beta_1=0.9,
    adam_beta_2=0.999,
    adam_weight_decay: float | None = 0.004,
    epsilon=1e-7,
    weight_decay: float | None = 0.004,
    clipnorm=None,
    clipvalue=None,
    global_clipnorm=None,
    use_ema=False,
    ema_momentum=0.99,
    ema_overwrite_frequency=None,
    muon_a=3.4445,
    muon_b=-4.7750,
    muon_c=2.0315,
    adam_lr_ratio=1,
    momentum=0.95,
    ns_steps=5,
    nesterov=True,
    rms_rate: float | None = 0.2,
):
    """``epsilon`` is Adam's; Newton-Schulz has a fixed one, 1e-7.

    Layers have no names here, so no layer counts as an embedding. The decay of both kinds is
    multiplied by ``learning_rate``, whatever ``adam_lr_ratio`` is.
    """
    averaging = {
        "use_ema": use_ema,
        "ema_momentum": ema_momentum,
        "ema_overwrite_frequency": ema_overwrite_frequency,
    }
    rule = orthogonal.muon if nesterov else orthogonal.muon_plain
    if rms_rate is not None:
        rule = scaled_by_shape(rule, even(rms_rate))
    matrices = Optimizer(
        rule,
        lr=learning_rate,
        momentum=momentum,
        # Keras sums gradients where the rule averages them, and adds eps to the larger norm.
        eps=1e-7 * (1 - momentum),
        a=muon_a,
        b=muon_b,
        c=muon_c,
        steps=ns_steps,
    )
    others = adam(
        learning_rate=times(learning_rate, adam_lr_ratio),
        beta_1=adam_beta_1,
        beta_2=adam_beta_2,
        epsilon=epsilon,
    )
    others_decay = None if adam_weight_decay is None else adam_weight_decay / adam_lr_ratio
    matrices = with_base(matrices, weight_decay=weight_decay, **averaging)
    others = with_base(others, weight_decay=others_decay, **averaging)
    return matrices_and(matrices, others, clip(clipnorm, clipvalue, global_clipnorm))


def times(lr: Any, ratio: float) -> Any:
    """A rate or a schedule, multiplied."""
    if callable(lr):
        return FollowedSchedule(lambda xp, k: ratio * lr(k), "multiple")
    return ratio * lr
