"""Another optimizer for each layer, such as Muon for matrices and AdamW for the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import checks
from .containers import as_layers, like, matched, named
from .optimizer import Optimizer


class PerLayer:
    """An optimizer that asks for every layer which optimizer is to move it.

    It has the methods ``init``, ``step`` and ``step_`` of an
    :class:`~optlib.running.optimizer.Optimizer`.

    Parameters
    ----------
    choose : callable
        ``choose(label, x) -> Optimizer``; the label is a key, a position, or None for one array. It
        may look at the shape of ``x`` and at nothing else of it.
    before : callable, optional
        As for :class:`~optlib.running.optimizer.Optimizer`, over all layers together.
    """

    shape = ()
    """No sweep: what is chosen for a layer is one run."""

    def __init__(self, choose: Callable[[Any, Any], Optimizer], before: Callable | None = None):
        if not callable(choose):
            raise TypeError(f"per_layer: choose must be a function, got {choose!r:.60}")
        if before is not None and not callable(before):
            raise TypeError(f"per_layer: before must be a function, got {before!r:.60}")
        self.choose, self.before = choose, before

    def init(self, x: Any, *, sweep_axes: int = 0) -> Any:
        """The state before the first step; see :meth:`~optlib.running.optimizer.Optimizer.init`."""
        layers = as_layers(x).items()
        return like(x, {k: self._chosen(k, a).init(a, sweep_axes=sweep_axes) for k, a in layers})

    def step(
        self, t: Any, g: Any, x: Any, state: Any, *, sweep_axes: int = 0, **inputs: Any
    ) -> tuple[Any, Any]:
        """One pure step; see :meth:`~optlib.running.optimizer.Optimizer.step`."""
        new_x, new_state = {}, {}
        for k, (opt, given, extra) in self._parts(t, g, x, state, sweep_axes, inputs).items():
            moved, kept = opt.step(*given, sweep_axes=sweep_axes, **extra)
            new_x[k], new_state[k] = moved[k], kept[k]
        return like(x, new_x), like(x, new_state)

    def step_(
        self, t: Any, g: Any, x: Any, state: Any, *, nonfinite: str = "raise", **inputs: Any
    ) -> bool:
        """One step in place; see :meth:`~optlib.running.optimizer.Optimizer.step_`."""
        xs, states = as_layers(x), matched(x, state, "state")
        checks.writable(
            {named("parameter", k): a for k, a in xs.items()}
            | {named(f"state {n} of", k): a for k, s in states.items() for n, a in s.items()}
        )
        # A later layer may refuse the step, so every layer first moves a copy.
        new_x = {k: a.copy() for k, a in xs.items()}
        new_state = {k: {n: a.copy() for n, a in s.items()} for k, s in states.items()}
        with checks.quiet():
            parts = self._parts(t, g, like(x, new_x), like(x, new_state), 0, inputs)
        for opt, given, extra in parts.values():
            if not opt.step_(*given, nonfinite=nonfinite, **extra):
                return False
        for k, a in xs.items():
            np.copyto(a, new_x[k])
            for name, value in states[k].items():
                np.copyto(value, new_state[k][name])
        return True

    def _chosen(self, label: Any, x: Any) -> Optimizer:
        checks.parameter(label, x)
        chosen = self.choose(label, x)
        if not isinstance(chosen, (Optimizer, PerLayer)):
            raise TypeError(
                f"per_layer: choose must return an Optimizer, got {chosen!r:.60} for "
                f"{named('parameter', label)}"
            )
        return chosen

    def _parts(
        self, t: Any, g: Any, x: Any, state: Any, sweep_axes: int, inputs: Mapping[str, Any]
    ) -> dict[Any, tuple[Optimizer, tuple, dict[str, Any]]]:
        """For every layer its optimizer and its step's arguments, in a dict so that it is named."""
        xs, gs, states = as_layers(x), matched(x, g, "gradient"), matched(x, state, "state")
        ts = matched(x, t, "t") if isinstance(t, (Mapping, list, tuple)) else dict.fromkeys(xs, t)
        extra = {name: matched(x, value, name) for name, value in inputs.items()}
        if self.before is not None:
            gs = {
                k: checks.array_for(k, "gradient", g, xs[k], checks.parameter(k, xs[k]))
                for k, g in gs.items()
            }
            gs = dict(zip(gs, self.before(list(gs.values()), sweep_axes), strict=True))
        return {
            k: (
                self._chosen(k, a),
                (ts[k], {k: gs[k]}, {k: a}, {k: states[k]}),
                {name: {k: values[k]} for name, values in extra.items()},
            )
            for k, a in xs.items()
        }


def per_layer(choose: Callable[[Any, Any], Optimizer], before: Callable | None = None) -> PerLayer:
    """An optimizer of its own for every layer; see :class:`PerLayer`.

    Examples
    --------
    >>> x = {"kernel": np.ones((2, 2)), "bias": np.zeros(2)}
    >>> opt = per_layer(lambda label, x: Optimizer("adamw", weight_decay=0.1 * (x.ndim > 1)))
    >>> new, _ = opt.step(1, {k: 0 * a for k, a in x.items()}, x, opt.init(x))
    >>> float(new["kernel"][0, 0]), float(new["bias"][0])
    (0.9999, 0.0)
    """
    return PerLayer(choose, before)
