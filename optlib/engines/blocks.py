"""A step of one layer in blocks that fit a cache, through the same rule function.

Of what a whole step computes on the way, only the part of one block exists at a time. A rule of
scope ``element`` sees no more than its own entries, so the blocks give what the whole gives, bit by
bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

BYTES = 1 << 16
"""Of one array in a block: a dozen such arrays fit the second cache of a processor's core."""

Result = tuple[np.ndarray, dict[str, np.ndarray]]


def divisible(layer: Any) -> bool:
    """Whether the arrays of a layer lie in memory alike and without gaps, as blocks need it."""
    arrays = [layer.g, layer.x, *_spread(layer).values(), *layer.inputs.values()]
    if any(a.shape != layer.x.shape for a in layer.inputs.values()):
        return False
    return all(a.flags.c_contiguous for a in arrays) or all(a.flags.f_contiguous for a in arrays)


def flattened(layer: Any) -> Any:
    """A divisible layer with one axis, over the same memory."""
    spread = _spread(layer)
    return replace(
        layer,
        g=_flat(layer.g),
        x=_flat(layer.x),
        state={k: _flat(a) if k in spread else a for k, a in layer.state.items()},
        inputs={k: _flat(a) for k, a in layer.inputs.items()},
    )


def moves(advance: Callable[[Any], Result], layer: Any) -> Iterator[tuple[Any, Result]]:
    """The blocks of a flattened layer, each with where it goes; numbers of the layer come last.

    Each may be written before the next is asked for.

    Parameters
    ----------
    advance : callable
        The parameters and the state of a layer after its step.
    layer : Layer
        Flattened.
    """
    spread, length = _spread(layer), max(1, BYTES // layer.x.itemsize)
    # What is one number for the layer is read by every block and written by the last.
    numbers = {k: a.copy() for k, a in layer.state.items() if k not in spread}
    for start in range(0, layer.x.size, length):
        cut = slice(start, start + length)
        block = replace(
            layer,
            g=layer.g[cut],
            x=layer.x[cut],
            state={k: spread[k][cut] if k in spread else numbers[k] for k in layer.state},
            inputs={k: a[cut] for k, a in layer.inputs.items()},
        )
        x, state = advance(block)
        last = start + length >= layer.x.size
        written = layer.state if last else spread
        target = {k: spread[k][cut] if k in spread else layer.state[k] for k in written}
        yield replace(block, state=target), (x, {k: state[k] for k in written})


def _spread(layer: Any) -> dict[str, np.ndarray]:
    """The states that have an entry for each parameter."""
    return {k: a for k, a in layer.state.items() if a.shape == layer.x.shape}


def _flat(a: np.ndarray) -> np.ndarray:
    return a.reshape(-1, order="C" if a.flags.c_contiguous else "F")
