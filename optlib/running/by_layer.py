"""Another optimizer for each layer, such as Muon for matrices and AdamW for the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import checks
from .before import function_of_gradients, prepare
from .containers import as_layers, like, matched, named
from .fixed import fixed
from .known import Ranges
from .memory import Separate
from .moves import Move
from .optimizer import Optimizer
from .step import Layer
from .stepping import Stepping, steps_of


@fixed("make another one with per_layer(choose, before), and go on with the same state")
class PerLayer(Stepping):
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
        object.__setattr__(self, "choose", choose)
        object.__setattr__(self, "before", function_of_gradients(before))
        object.__setattr__(self, "_separate", Separate())
        object.__setattr__(self, "_again", [])

    def init(self, x: Any, *, sweep_axes: int = 0) -> Any:
        """The state before the first step; see :meth:`~optlib.running.optimizer.Optimizer.init`."""
        states = {}
        for k, a in as_layers(x).items():
            # With its label, which the messages name.
            states |= self.chosen(k, a).init({k: a}, sweep_axes=sweep_axes)
        return like(x, states)

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
        """Every layer as the optimizer that is chosen for it opens it."""
        xs, gs, states = as_layers(x), matched(x, g, "gradient"), matched(x, state, "state")
        ts, extra = steps_of(x, t), {name: matched(x, v, name) for name, v in inputs.items()}
        layers = []
        for k, a in xs.items():
            one = ({k: ts[k]}, {k: gs[k]}, {k: a}, {k: states[k]})
            given = {name: {k: values[k]} for name, values in extra.items()}
            layers += self.chosen(k, a).opened(*one, sweep_axes, clock, given)
        return layers

    def moved(self, layers: list[Layer], sweep_axes: int) -> list[tuple[Any, dict[str, Any]]]:
        """Where each layer goes by the optimizer that is chosen for it."""
        prepare(self.before, layers, sweep_axes)
        return [
            new
            for layer in layers
            for new in self.chosen(layer.label, layer.x).moved([layer], sweep_axes)
        ]

    def moves(self, layers: list[Layer], engine: str, ranges: Ranges | None) -> list[Move]:
        """The same in place; small layers of one optimizer may move together."""
        prepare(self.before, layers, 0)
        parts: dict[Any, tuple[Any, list[Layer]]] = {}
        for layer in layers:
            chosen = self.chosen(layer.label, layer.x)
            # Each layer is a model of its own, for a rule and for what comes before it.
            joins = isinstance(chosen, Optimizer) and chosen.rule.scope == "element"
            key = id(chosen) if joins and chosen.before is None else (id(layer), "alone")
            parts.setdefault(key, (chosen, []))[1].append(layer)
        return [
            move for chosen, some in parts.values() for move in chosen.moves(some, engine, ranges)
        ]

    def chosen(self, label: Any, x: Any) -> Optimizer | PerLayer:
        """The optimizer of one layer."""
        checks.parameter(label, x)
        chosen = self.choose(label, x)
        if not isinstance(chosen, (Optimizer, PerLayer)):
            raise TypeError(
                f"per_layer: choose must return an Optimizer, got {chosen!r:.60} for "
                f"{named('parameter', label)}"
            )
        return chosen


def per_layer(choose: Callable[[Any, Any], Optimizer], before: Callable | None = None) -> PerLayer:
    """An optimizer of its own for every layer; see :class:`PerLayer`.

    Examples
    --------
    >>> import numpy as np
    >>> x = {"kernel": np.ones((2, 2)), "bias": np.zeros(2)}
    >>> opt = per_layer(lambda label, x: Optimizer("adamw", weight_decay=0.1 * (x.ndim > 1)))
    >>> new, _ = opt.step(1, {k: 0 * a for k, a in x.items()}, x, opt.init(x))
    >>> float(new["kernel"][0, 0]), float(new["bias"][0])
    (0.9999, 0.0)
    """
    return PerLayer(choose, before)
