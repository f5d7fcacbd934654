"""All layers of a model as one layer and back, for rules of scope ``model``.

Each layer keeps its own part of the state; what is one number for the whole model, such as a
distance, is kept with every layer, alike. What is given to one ``step`` is the model, so that under
:func:`~optlib.running.by_layer.per_layer` every layer is a model of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ..namespaces import is_number
from .step import Layer, cast, flat


def joined(rule: Callable, layers: list[Layer], sweep_axes: int) -> Layer:
    """The layers end to end as one vector for each run; the numbers of the model are the first's.

    Raises
    ------
    ValueError
        If the layers are not all at the same step.
    """
    first, xp, spread = layers[0], layers[0].xp, _spread(rule)
    if not all(_same(layer.t, first.t) for layer in layers):
        raise ValueError(f"{rule.__name__} moves all layers together, so t is one number for all")

    def join(arrays: list[Any], more: int = 0) -> Any:
        return xp.concat([_flat(xp, a, sweep_axes, more) for a in arrays], axis=-1 - more)

    return Layer(
        label=None,
        xp=xp,
        t=first.t,
        g=join([layer.g for layer in layers]),
        x=join([layer.x for layer in layers]),
        state={
            k: join([layer.state[k] for layer in layers], spread[k]) if k in spread else value
            for k, value in first.state.items()
        },
        inputs={k: join([layer.inputs[k] for layer in layers]) for k in first.inputs},
        clock=first.clock,
    )


def apart(
    rule: Callable, layers: list[Layer], x: Any, state: dict[str, Any], sweep_axes: int
) -> dict[Any, tuple[Any, dict[str, Any]]]:
    """The new parameters and state of every layer, by its label, out of those of the whole."""
    spread, results, start = _spread(rule), {}, 0
    for layer in layers:
        xp, shape = layer.xp, tuple(layer.x.shape)
        end = start + math.prod(shape[sweep_axes:])
        part = slice(start, end)
        kept = {
            k: _own(xp, value, layer.state[k], part, spread[k])
            if k in spread
            else _copy(xp, value, layer.state[k])
            for k, value in state.items()
        }
        results[layer.label], start = (_own(xp, x, layer.x, part), kept), end
    return results


def _own(xp: Any, a: Any, old: Any, part: slice, more: int = 0) -> Any:
    """The part of one layer, in the shape of the array it replaces."""
    return _copy(xp, xp.reshape(a[(..., part, *(slice(None),) * more)], old.shape), old)


def _copy(xp: Any, a: Any, old: Any) -> Any:
    """A copy in the type of the array it replaces: the caller may write into one layer alone."""
    return cast(xp, xp.asarray(a, copy=True), old.dtype)


def _flat(xp: Any, a: Any, sweep_axes: int, more: int) -> Any:
    """The entries of each run's layer on one axis, in front of ``more`` axes of a state."""
    if not more:
        return flat(xp, sweep_axes)(a)
    shape = tuple(a.shape)
    entries = math.prod(shape[sweep_axes:-more])
    return xp.reshape(a, (*shape[:sweep_axes], entries, *shape[-more:]))


@cache
def _spread(rule: Callable) -> dict[str, int]:
    """The states that have entries for each parameter, and on how many further axes.

    The others are numbers of the whole model.
    """
    start = rule.init(np, np.zeros(2), **rule.hyper)
    shapes = {k: np.shape(start[k]) for k in rule.state}
    return {k: len(shape) - 1 for k, shape in shapes.items() if shape[:1] == (2,)}


def _same(t: Any, first: Any) -> bool:
    return t is first or (is_number(t) and is_number(first) and t == first)
