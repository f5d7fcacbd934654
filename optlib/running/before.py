"""What is done to all gradients together before the rule sees them, such as clipping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import checks
from .step import Layer


def prepare(before: Callable | None, layers: list[Layer], sweep_axes: int) -> None:
    """Do to the gradients of these layers, together, what comes before the rule sees them."""
    if before is None or not layers:
        return
    with checks.quiet():
        prepared = before([layer.g for layer in layers], sweep_axes)
    for layer, gradient in zip(layers, prepared, strict=True):
        layer.g = checks.array_for(layer.label, "gradient", gradient, layer.x, layer.xp)


def function_of_gradients(before: Any) -> Callable | None:
    """``before`` as it was given, which is a function or None.

    Raises
    ------
    TypeError
        If it is anything else.
    """
    if before is not None and not callable(before):
        raise TypeError(f"before must be a function of the gradients, got {before!r:.60}")
    return before
