"""Gradient accumulation: one step of an optimizer for the gradients of several small batches."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..domains import number
from ..namespaces import Arrays
from . import checks, memory
from .by_layer import PerLayer
from .containers import as_layers, like, matched, named
from .optimizer import Optimizer

KEPT = "accumulated"


class Accumulated:
    """An optimizer that moves once in ``every`` calls, by the mean or the sum of their gradients.

    It has the methods ``init``, ``step`` and ``step_`` of an
    :class:`~optlib.running.optimizer.Optimizer`; ``t`` counts the small batches. The optimizer
    counts its own steps, :math:`n = t / k` at ``t = k, 2k, ...``: its bias corrections and its
    schedules see :math:`n`, and what it does before a step (clipping) sees what was accumulated.
    The state of a layer is the optimizer's, and an array more, ``accumulated``.

    Parameters
    ----------
    optimizer : Optimizer or PerLayer
    every : int
        How many gradients make a step, at least 1.
    mean : bool
        Whether they are averaged, or else summed, as where losses are not divided by ``every``.

    Raises
    ------
    TypeError
        If the optimizer is none.
    ValueError
        If ``every`` is no whole number from 1.
    """

    def __init__(self, optimizer: Optimizer | PerLayer, every: int, mean: bool = True):
        if not isinstance(optimizer, (Optimizer, PerLayer)):
            raise TypeError(f"accumulate: optimizer must be an Optimizer, got {optimizer!r:.60}")
        if not isinstance(mean, (bool, np.bool_)):
            raise TypeError(f"accumulate: mean must be True or False, got {mean!r:.60}")
        self.optimizer, self.mean = optimizer, bool(mean)
        self.every = number("accumulate", "every", every, "integer [1, inf)")

    @property
    def shape(self) -> tuple[int, ...]:
        """The sweep shape of the optimizer."""
        return self.optimizer.shape

    def init(self, x: Any, *, sweep_axes: int = 0) -> Any:
        """The state before the first small batch."""
        inner = matched(x, self.optimizer.init(x, sweep_axes=sweep_axes), "state")
        layers = as_layers(x).items()
        return like(
            x, {k: {**inner[k], KEPT: checks.parameter(k, a).zeros_like(a)} for k, a in layers}
        )

    def step(
        self, t: Any, g: Any, x: Any, state: Any, *, sweep_axes: int = 0, **inputs: Any
    ) -> tuple[Any, Any]:
        """Take in the gradient of small batch ``t``, and step if it is the last of its group.

        Parameters
        ----------
        t : int
            The number of the small batch, from 1; one for all layers.
        g, x, state, sweep_axes, **inputs
            As for :meth:`Optimizer.step <optlib.running.stepping.Stepping.step>`; the inputs of
            the last small batch are those that the step sees.
        """
        if isinstance(t, (dict, list, tuple)):
            raise TypeError("accumulate: t must be one number for all layers, got a container")
        t = checks.step_number(t)
        summed, inner = self._taken(t, g, x, state, sweep_axes)
        due = t % self.every == 0
        if isinstance(due, bool) and not due:
            return x, like(x, {k: {**inner[k], KEPT: summed[k]} for k in summed})
        n = (t + self.every - 1) // self.every
        new_x, new = self.optimizer.step(
            n, like(x, summed), x, like(x, inner), sweep_axes=sweep_axes, **inputs
        )
        emptied = {
            k: {**s, KEPT: checks.parameter(k, summed[k]).zeros_like(summed[k])}
            for k, s in matched(x, new, "state").items()
        }
        if isinstance(due, bool):
            return new_x, like(x, emptied)
        return self._either(due, x, matched(x, new_x, "parameters"), emptied, summed, inner)

    def step_(
        self, t: Any, g: Any, x: Any, state: Any, *, nonfinite: str = "raise", **inputs: Any
    ) -> bool:
        """As :meth:`step` in place, all or nothing.

        A small batch that was skipped is not in the group: give its number to the next one.
        """
        checks.policy("nonfinite", nonfinite, ("raise", "skip"))
        xs, states = as_layers(x), matched(x, state, "state")
        with checks.quiet():
            moved, kept = self.step(t, g, x, state, **inputs)
        old = {named("parameter", k): a for k, a in xs.items()}
        new = {named("parameter", k): a for k, a in matched(x, moved, "x").items()}
        for k, layer in matched(x, kept, "state").items():
            for name, value in layer.items():
                old[named(f"state {name} of", k)] = states[k][name]
                new[named(f"state {name} of", k)] = value
        memory.writable(old)
        fault = next((label for label, a in new.items() if not checks.finite([a])), None)
        if fault and nonfinite == "skip":
            return False
        if fault:
            raise checks.NonFiniteError(
                f"after small batch {t} the {fault} would be NaN or infinite; nothing was changed "
                "(nonfinite='skip' leaves such batches out)"
            )
        for label, value in new.items():
            np.copyto(old[label], value)
        return True

    def _taken(
        self, t: Any, g: Any, x: Any, state: Any, sweep_axes: int
    ) -> tuple[dict[Any, Any], dict[Any, dict[str, Any]]]:
        """The gradients of the group so far, and the optimizer's own state, layer by layer."""
        xs, gs, states = as_layers(x), matched(x, g, "gradient"), matched(x, state, "state")
        fresh = matched(x, self.init(x, sweep_axes=sweep_axes), "state")
        before, summed, inner = (t - 1) % self.every, {}, {}
        for k, array in xs.items():
            xp = checks.parameter(k, array)
            gradient = checks.array_for(k, "gradient", gs[k], array, xp)
            own = dict(checks.state_for(k, states[k], fresh[k], bool(sweep_axes)))
            held = own.pop(KEPT)
            part = (gradient - held) / (before + 1) if self.mean else gradient
            # Sums of arrays without axes are scalars in NumPy.
            summed[k], inner[k] = xp.asarray(held + part), own
        return summed, inner

    def _either(self, due: Any, x: Any, new_x: Any, new: Any, summed: Any, inner: Any) -> Any:
        """Both outcomes, chosen between where ``t`` is traced and has no value to look at."""
        points, kept = {}, {}
        for k, array in as_layers(x).items():
            where = Arrays(checks.parameter(k, array)).where
            old = {**inner[k], KEPT: summed[k]}
            points[k] = where(due, new_x[k], array)
            kept[k] = {name: where(due, value, old[name]) for name, value in new[k].items()}
        return like(x, points), like(x, kept)

    def __repr__(self) -> str:
        return f"accumulate({self.optimizer!r}, every={self.every}, mean={self.mean})"


def accumulate(optimizer: Optimizer | PerLayer, every: int, mean: bool = True) -> Accumulated:
    """One step of the optimizer for ``every`` gradients; see :class:`Accumulated`.

    Examples
    --------
    >>> x = np.ones(2)
    >>> opt = accumulate(Optimizer("sgd", lr=0.5), every=2)
    >>> x, state = opt.step(1, np.array([1.0, 2.0]), x, opt.init(x))
    >>> x, state = opt.step(2, np.array([3.0, 2.0]), x, state)
    >>> x
    array([0., 0.])
    """
    return Accumulated(optimizer, every, mean)
