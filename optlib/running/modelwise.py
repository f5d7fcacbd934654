"""All layers of a model as one layer and back, for rules of scope ``model``.

Each layer keeps its own part of the state; what is one number for the whole model, such as a
distance, is kept with every layer, alike. What is given to one ``step`` is the model, so that under
:func:`~optlib.running.by_layer.per_layer` every layer is a model of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
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
    first, xp = layers[0], layers[0].xp
    if not all(_same(layer.t, first.t) for layer in layers):
        raise ValueError(f"{rule.__name__} moves all layers together, so t is one number for all")
    view = flat(xp, sweep_axes)

    def join(arrays: list[Any]) -> Any:
        return xp.concat([view(a) for a in arrays], axis=-1)

    spread = _spread(rule)
    return Layer(
        label=None,
        xp=xp,
        t=first.t,
        g=join([layer.g for layer in layers]),
        x=join([layer.x for layer in layers]),
        state={
            k: join([layer.state[k] for layer in layers]) if k in spread else value
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

        def own(a: Any, old: Any, part: Any = (..., slice(start, end)), xp: Any = xp) -> Any:
            # A copy, since the caller may write into one layer and not into the others.
            return cast(xp, xp.asarray(xp.reshape(a[part], old.shape), copy=True), old.dtype)

        kept = {
            k: own(value, layer.state[k])
            if k in spread
            else cast(xp, xp.asarray(value, copy=True), layer.state[k].dtype)
            for k, value in state.items()
        }
        results[layer.label], start = (own(x, layer.x), kept), end
    return results


def _spread(rule: Callable) -> frozenset[str]:
    """The states that have an entry for each parameter, unlike the numbers of the whole model."""
    start = rule.init(np, np.zeros(2), **rule.hyper)
    return frozenset(k for k in rule.state if np.shape(start[k]) == (2,))


def _same(t: Any, first: Any) -> bool:
    return t is first or (is_number(t) and is_number(first) and t == first)
