"""Several layers moved in place, all or nothing: what is to be written is judged before it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import checks, threads
from .before import prepare
from .compiled import Compiled, chosen
from .containers import named
from .known import Ranges
from .memory import Separate
from .moves import Move, by_element, whole
from .step import Layer

KEPT = 1 << 22
"""So many bytes of results are kept between judging and writing; what is more is computed twice,
unless intervals tell that it is finite."""

NONFINITE = ("raise", "skip", "ignore")


def by_engine(
    optimizer: Any, layers: list[Layer], engine: str, ranges: Ranges | None
) -> list[Move | Compiled]:
    """How the layers of one optimizer move.

    Parameters
    ----------
    optimizer : Optimizer
    layers : list of Layer
    engine : {"numpy", "kernel", "auto"}
    ranges : Ranges or None
        As for :func:`move_in_place`.
    """
    by_numpy, by_kernel = chosen(engine, optimizer.rule, layers)
    moves: list[Move | Compiled] = [Compiled(optimizer, layer, ranges) for layer in by_kernel]
    if ranges is not None:
        for layer in by_numpy:
            ranges.forget(layer.state.values())
    if optimizer.rule.scope == "element":
        return [*moves, *by_element(optimizer, by_numpy)]
    with checks.quiet():
        if optimizer.rule.scope == "layer":
            results = threads.each(lambda layer: optimizer.advance(layer, 0), by_numpy)
        else:
            results = optimizer.advanced(by_numpy, 0)
    return [*moves, whole(by_numpy, results)]


def move_in_place(
    parts: Mapping[str, tuple[Any, list[Layer]]],
    nonfinite: str,
    before: Callable | None,
    separate: Separate,
    engine: str = "numpy",
    ranges: Ranges | None = None,
) -> bool:
    """Move several sets of opened layers together, all or nothing.

    Parameters
    ----------
    parts : mapping
        What the messages add to the name of a layer -> what moves the layers, and the layers.
    nonfinite : {"raise", "skip", "ignore"}
        What to do when a gradient, an updated parameter or state is NaN or infinite.
    before : callable, optional
        What is done to all gradients together, before each part's own ``before``.
    separate : Separate
        The arrays that were written before.
    engine : {"numpy", "kernel", "auto"}
        What computes; see :meth:`Stepping.step_ <optlib.running.stepping.Stepping.step_>`.
    ranges : Ranges, optional
        What is known of the states, where nobody else can have written them.

    Returns
    -------
    bool
        Whether they were moved (False: skipped).

    Raises
    ------
    TypeError, ValueError
        For arrays that are read-only or share memory.
    NonFiniteError
        For NaN or infinite values, unless they are to be skipped.
    """
    checks.policy("nonfinite", nonfinite, NONFINITE)
    layers = [layer for _, some in parts.values() for layer in some]
    separate.check(
        [a for layer in layers for a in (layer.x, *layer.state.values())], lambda: _names(parts)
    )
    with np.errstate(all="ignore"):
        prepare(before, layers, 0)
        moves = [
            (of, move)
            for of, (one, some) in parts.items()
            for move in one.moves(some, engine, ranges)
        ]
        fault = "" if nonfinite == "ignore" else _fault(moves)
        if not fault:
            for _, move in moves:
                move.write()
            return True
    if nonfinite == "skip":
        return False
    raise checks.NonFiniteError(
        f"the {fault} is NaN or infinite; nothing was changed (nonfinite='skip' leaves "
        "such steps out)"
    )


def _names(parts: Mapping[str, tuple[Any, list[Layer]]]) -> list[str]:
    """What messages call the arrays that are written."""
    return [
        named(what, layer.label) + of
        for of, (_, layers) in parts.items()
        for layer in layers
        for what in ("parameter", *(f"state {k} of" for k in layer.state))
    ]


def _said(what: str, layer: Layer, of: str) -> str:
    return f"{named(what, layer.label)}{of} of step {layer.t}"


def _fault(moves: list[tuple[str, Move]]) -> str:
    """What is NaN or infinite: gradients first, then updates, then states; empty if nothing."""
    left, found = KEPT, {}
    for of, move in moves:
        keep = move.size <= left
        left -= move.size if keep else 0
        fault = move.fault(keep)
        if fault:
            what, layer = fault
            found.setdefault(what, _said(what, layer, of))
    return next((found[what] for what in ("gradient", "update", "state") if what in found), "")
