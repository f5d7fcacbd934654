"""Keras' Muon, which is two optimizers in one."""

from __future__ import annotations

import re
from typing import Any

from ...rules import muon as orthogonal
from ...running.optimizer import Optimizer
from ..shapes import even, matrices_and, scaled_by_shape
from ..table import FollowedSchedule, entry
from .optimizers import _FIXED, adam, clip, with_base


@entry(
    "keras",
    "Muon",
    ignored="name",
    fixed={**_FIXED, "gradient_accumulation_steps": None},
    note="scales by the larger side; Adam, with a decay of its own, for all that is no matrix, or "
    "whose name says embedding; where squares overflow, a step of zero or NaN",
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
    exclude_layers=None,
    exclude_embeddings=True,
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

    The key of a layer in a dict of parameters stands for Keras' path of a variable; a layer without
    a key has no name that could exclude it. The decay of both kinds is multiplied by
    ``learning_rate``, whatever ``adam_lr_ratio`` is.
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
    words = [*(exclude_layers or ()), *(["(?i:embedding)"] if exclude_embeddings else ())]

    def excluded(label: Any) -> bool:
        return isinstance(label, str) and any(re.search(word, label) for word in words)

    before = clip(clipnorm, clipvalue, global_clipnorm)
    return matrices_and(matrices, others, before, excluded)


def times(lr: Any, ratio: float) -> Any:
    """A rate or a schedule, multiplied."""
    if callable(lr):
        return FollowedSchedule(lambda xp, k: ratio * lr(k), "multiple")
    return ratio * lr
