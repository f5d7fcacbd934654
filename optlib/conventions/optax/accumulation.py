"""Optax' ``MultiSteps`` (optax 0.2.8)."""

from __future__ import annotations

from ...running.accumulation import accumulate
from ..table import entry


@entry(
    "optax",
    "MultiSteps",
    fixed={"should_skip_update_fn": None, "accumulator_dtype": "float64"},
    note="the optimizer inside counts whole steps, its schedules too, where Keras' count small "
    "batches; sums in float32 unless told otherwise, where the book sums in the parameters' type",
)
def multi_steps(*, opt, every_k_schedule, use_grad_mean=True):
    """One step for ``every_k_schedule`` gradients, a number; ``opt`` comes from ``like``."""
    return accumulate(opt, every_k_schedule, use_grad_mean)
