"""Gradient clipping, for the ``before=`` of an :class:`~optlib.running.optimizer.Optimizer`.

Each function here returns a function of the list of gradients, one per layer, and of the number of
leading axes that hold independent runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..domains import Domain, number
from ..namespaces import Arrays, array_namespace

_POSITIVE = Domain.parse("(0, inf)")

Clip = Callable[[list[Any], int], list[Any]]


def clip_value(limit: float) -> Clip:
    r"""Each entry into :math:`[-c, c]`.

    Parameters
    ----------
    limit : float
        :math:`c > 0`, in the unit of the gradient.

    Raises
    ------
    ValueError
        If it is not positive.
    """
    limit = number("clip_value", "limit", limit, _POSITIVE)

    def clip(gradients: list[Any], sweep_axes: int) -> list[Any]:
        words = [Arrays(array_namespace(g)) for g in gradients]
        return [
            xp.maximum(xp.minimum(g, limit), -limit) for xp, g in zip(words, gradients, strict=True)
        ]

    return clip


def clip_norm(max_norm: float) -> Clip:
    r"""Each layer to a norm of at most :math:`c`: :math:`g \min(1, c/\|g\|)`.

    Source: Pascanu, Mikolov & Bengio 2013, Algorithm 1.

    Parameters
    ----------
    max_norm : float
        :math:`c > 0`, in the unit of the gradient.

    Raises
    ------
    ValueError
        If it is not positive.
    """
    max_norm = number("clip_norm", "max_norm", max_norm, _POSITIVE)

    def clip(gradients: list[Any], sweep_axes: int) -> list[Any]:
        return [_scaled(g, _square_norm(g, sweep_axes), max_norm) for g in gradients]

    return clip


def clip_global_norm(max_norm: float) -> Clip:
    r"""All layers by one factor, :math:`\min(1, c/\|g\|)`, with the norm over all layers together.

    Source: Pascanu, Mikolov & Bengio 2013, Algorithm 1.

    Parameters
    ----------
    max_norm : float
        :math:`c > 0`, in the unit of the gradient.

    Raises
    ------
    ValueError
        If it is not positive.
    """
    max_norm = number("clip_global_norm", "max_norm", max_norm, _POSITIVE)

    def clip(gradients: list[Any], sweep_axes: int) -> list[Any]:
        square = sum(_square_norm(g, sweep_axes) for g in gradients)
        return [_scaled(g, square, max_norm) for g in gradients]

    return clip


def _square_norm(g: Any, sweep_axes: int) -> Any:
    """One number per run."""
    xp = array_namespace(g)
    return xp.sum(g * g, axis=tuple(range(sweep_axes, g.ndim)))


def _scaled(g: Any, square: Any, max_norm: float) -> Any:
    xp = Arrays(array_namespace(g))
    square = xp.reshape(xp.asarray(square), (*square.shape, *(1,) * (g.ndim - square.ndim)))
    length = xp.sqrt(square)
    factor = xp.where(length > max_norm, max_norm / xp.where(length > 0, length, 1.0), 1.0)
    return g * xp.astype(factor, g.dtype)
