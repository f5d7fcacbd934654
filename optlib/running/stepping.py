"""What takes steps: the pure step and the step in place, all or nothing, over all layers.

An :class:`~optlib.running.optimizer.Optimizer` and a :class:`~optlib.running.by_layer.PerLayer` say
how layers are opened and moved; what a step is, is written here once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import checks
from .again import SHORT, Again, suits
from .containers import as_layers, like, matched
from .inplace import NONFINITE, move_in_place
from .known import Ranges
from .memory import Separate
from .moves import Move
from .step import Layer


class Stepping:
    """The steps of an :class:`~optlib.running.optimizer.Optimizer` or a
    :class:`~optlib.running.by_layer.PerLayer`.
    """

    before: Callable | None
    _separate: Separate
    _again: list[Again]

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

    def moves(self, layers: list[Layer], engine: str, ranges: Ranges | None) -> list[Move]:
        """The same for a step in place."""
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
        engine: str = "numpy",
        **inputs: Any,
    ) -> bool:
        """One step in place, all or nothing: ``x`` and ``state`` are overwritten, or untouched.

        Parameters
        ----------
        t, g, x, state, clock, **inputs
            As for :meth:`step`, NumPy arrays only.
        nonfinite : {"raise", "skip", "ignore"}
            What to do when a gradient, an updated parameter or state is NaN or infinite. With
            ``"ignore"`` nothing is looked at, and what is not finite is written.
        engine : {"numpy", "kernel", "auto"}
            What computes. NumPy gives the same bits as :meth:`step`. Kernels, which Numba compiles
            from the trace of a rule of scope ``element``, agree with it to rounding and are several
            times faster on large layers; they move layers of single or double precision, NumPy the
            others. With ``"auto"`` large layers go by a kernel where there is one.

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
        ImportError
            For ``engine="kernel"`` without Numba.
        """
        checks.policy("nonfinite", nonfinite, NONFINITE)
        again = self._again[0] if self._again and not inputs and engine in SHORT else None
        if again and type(t) is int and 1 <= t < 2**53 and clock is None:
            if again.begin(t, g, x, state, t, engine):
                again.finish()
                return True
        with checks.quiet():
            layers = self.opened(t, g, x, state, 0, clock, inputs)
        taken = move_in_place({"": (self, layers)}, nonfinite, None, self._separate, engine)
        self._again[:] = [Again(self, x, layers)] if taken and suits(self, layers) else []
        return taken


def steps_of(x: Any, t: Any) -> dict[Any, Any]:
    """The step of every layer of ``x``, out of one for all or a container of them."""
    if isinstance(t, (Mapping, list, tuple)):
        return matched(x, t, "t")
    return dict.fromkeys(as_layers(x), t)
