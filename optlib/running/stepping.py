"""What takes steps: the pure step and the step in place, all or nothing, over all layers.

An :class:`~optlib.running.optimizer.Optimizer` and a :class:`~optlib.running.by_layer.PerLayer` say
how layers are opened and moved; what a step is, is written here once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import checks
from .containers import as_layers, like, matched, named
from .step import Layer


class Stepping:
    """The steps of an :class:`~optlib.running.optimizer.Optimizer` or a
    :class:`~optlib.running.by_layer.PerLayer`.
    """

    before: Callable | None

    def opened(
        self,
        t: Any,
        g: Any,
        x: Any,
        state: Any,
        sweep_axes: int,
        clock: Any,
        inputs: Mapping[str, Any],
    ) -> list[Layer]:
        """Everything that one step needs, checked, layer by layer; arguments as for step."""
        raise NotImplementedError

    def moved(self, layers: list[Layer], sweep_axes: int) -> list[tuple[Any, dict[str, Any]]]:
        """Where these layers go from their gradients, on which ``before`` has not yet acted."""
        raise NotImplementedError

    def step(
        self,
        t: Any,
        g: Any,
        x: Any,
        state: Any,
        *,
        sweep_axes: int = 0,
        clock: int | None = None,
        **inputs: Any,
    ) -> tuple[Any, Any]:
        """One step as a pure function: nothing is changed, new parameters and state are returned.

        Parameters
        ----------
        t : int, or a container of them
            The number of the step, from 1; one for all layers or one for each.
        g, x : array, or a list, tuple or dict of arrays
            Gradients and parameters. One array is one layer, whatever its shape. A gradient of
            another floating type is converted to the parameter's.
        state : dict of arrays, or a container of such dicts
            What ``init`` or the step before returned.
        sweep_axes : int
            How many leading axes of every array hold independent runs and not parts of a layer.
        clock : int, optional
            The step that schedules see, from 1, where it is not the layer's own ``t``: a layer that
            was left out for a while has a smaller ``t``, and schedules have one clock.
        **inputs
            What the rule asks for beyond the gradient, such as ``hess``; in the container of ``x``.

        Returns
        -------
        x, state
            In the containers and types of those given.

        Raises
        ------
        TypeError, ValueError
            For anything whose name, number, shape, type or domain does not fit. Values such as NaN
            are not looked at, so that the step can be traced and compiled.
        """
        layers = self.opened(t, g, x, state, sweep_axes, clock, inputs)
        results = self.moved(layers, sweep_axes)
        labels = [layer.label for layer in layers]
        return (
            like(x, {k: new for k, (new, _) in zip(labels, results, strict=True)}),
            like(x, {k: new for k, (_, new) in zip(labels, results, strict=True)}),
        )

    def step_(
        self,
        t: Any,
        g: Any,
        x: Any,
        state: Any,
        *,
        clock: int | None = None,
        nonfinite: str = "raise",
        **inputs: Any,
    ) -> bool:
        """One step in place, all or nothing: ``x`` and ``state`` are overwritten, or untouched.

        Parameters
        ----------
        t, g, x, state, clock, **inputs
            As for :meth:`step`, NumPy arrays only.
        nonfinite : {"raise", "skip"}
            What to do when a gradient, an updated parameter or state is NaN or infinite.

        Returns
        -------
        bool
            Whether the step was taken (False: it was skipped).

        Raises
        ------
        TypeError, ValueError
            As for :meth:`step`, and for arrays that are read-only or share memory.
        NonFiniteError
            For NaN or infinite values, unless they are to be skipped.
        """
        with checks.quiet():
            layers = self.opened(t, g, x, state, 0, clock, inputs)
        return move_in_place({"": (self, layers)}, nonfinite)


def move_in_place(
    parts: Mapping[str, tuple[Stepping, list[Layer]]],
    nonfinite: str,
    before: Callable | None = None,
) -> bool:
    """Move several sets of opened layers together, all or nothing.

    Parameters
    ----------
    parts : mapping
        What the messages add to the name of a layer -> what moves the layers, and the layers.
    nonfinite : {"raise", "skip"}
        As for :meth:`Stepping.step_`.
    before : callable, optional
        What is done to all gradients together, before each part's own ``before``.

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
    checks.policy("nonfinite", nonfinite, ("raise", "skip"))
    every = [(of, layer) for of, (_, layers) in parts.items() for layer in layers]
    checks.writable(
        {named("parameter", layer.label) + of: layer.x for of, layer in every}
        | {
            named(f"state {k} of", layer.label) + of: a
            for of, layer in every
            for k, a in layer.state.items()
        }
    )
    with checks.quiet():
        prepare(before, [layer for _, layer in every], 0)
        results = [new for mover, layers in parts.values() for new in mover.moved(layers, 0)]
    if fault := _not_finite(every, results):
        if nonfinite == "skip":
            return False
        raise checks.NonFiniteError(
            f"the {fault} is NaN or infinite; nothing was changed (nonfinite='skip' leaves "
            "such steps out)"
        )
    for (_, layer), (new, state) in zip(every, results, strict=True):
        np.copyto(layer.x, new)
        for name, value in state.items():
            np.copyto(layer.state[name], value)
    return True


def prepare(before: Callable | None, layers: list[Layer], sweep_axes: int) -> None:
    """Do to the gradients of these layers, together, what comes before the rule sees them."""
    if before is None or not layers:
        return
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


def steps_of(x: Any, t: Any) -> dict[Any, Any]:
    """The step of every layer of ``x``, out of one for all or a container of them."""
    if isinstance(t, (Mapping, list, tuple)):
        return matched(x, t, "t")
    return dict.fromkeys(as_layers(x), t)


def _not_finite(every: list[tuple[str, Layer]], results: list[tuple[Any, dict[str, Any]]]) -> str:
    """What is NaN or infinite: a gradient, or else an update, or else a state; empty if nothing."""
    both = list(zip(every, results, strict=True))
    parts = {
        "gradient": lambda layer, new, state: (layer.g,),
        "update": lambda layer, new, state: (new,),
        "state": lambda layer, new, state: state.values(),
    }
    for what, values in parts.items():
        for (of, layer), result in both:
            if not checks.finite(values(layer, *result)):
                return f"{named(what, layer.label)}{of} of step {layer.t}"
    return ""
