"""Gradient clipping, for the ``before=`` of an :class:`~optlib.running.optimizer.Optimizer`.

Each function here returns a function of the list of gradients, one per layer, and of the number of
leading axes that hold independent runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..domains import Domain, number
from ..namespaces import Arrays, array_namespace
from ..rules.sizes import divisor, norm
from .checks import unmasked
from .step import flat

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
        words = [_words(g) for g in gradients]
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
        return [_scaled(g, _length(g, sweep_axes), max_norm) for g in gradients]

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
        if not gradients:
            return []
        length = _together([_length(g, sweep_axes) for g in gradients])
        return [_scaled(g, length, max_norm) for g in gradients]

    return clip


def _words(g: Any) -> Arrays:
    unmasked("a gradient to clip", g)
    return Arrays(array_namespace(g))


def _length(g: Any, sweep_axes: int) -> Any:
    """The norm of one layer, one number per run on a last axis of length 1."""
    xp = _words(g)
    return norm(xp, flat(xp, sweep_axes)(g))


def _together(lengths: list[Any]) -> Any:
    """The norm of all layers out of the norms of each."""
    xp = array_namespace(lengths[0])
    wide = xp.result_type(*lengths)
    return norm(Arrays(xp), xp.concat([xp.astype(a, wide) for a in lengths], axis=-1))


def _scaled(g: Any, length: Any, max_norm: float) -> Any:
    xp = Arrays(array_namespace(g))
    length = xp.reshape(length, (*length.shape[:-1], *(1,) * (g.ndim - length.ndim + 1)))
    safe = divisor(xp, xp.maximum(length, max_norm))
    # The quotient first: the factor itself may be too small to be written.
    scaled = xp.astype(g / safe * max_norm, g.dtype)
    return xp.where(length <= max_norm, g, scaled)
