"""The optimizer: a rule bound to its numbers, checked, and run on one array or many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from ..domains import HYPER, checked, setting, together
from ..namespaces import is_number
from ..registry import RULES, find
from . import checks, modelwise
from .before import function_of_gradients, prepare
from .containers import as_layers, like, matched
from .fixed import fixed, settled
from .inplace import by_engine
from .known import Ranges
from .linesearch import LineSearch
from .memory import Separate
from .moves import Move
from .step import Layer, at_step, cast, displacement, view_of
from .stepping import Stepping, steps_of

# So many shapes of layers are remembered.
_STARTS = 1024


class _Start(NamedTuple):
    """The shape and the type of an array."""

    shape: tuple[int, ...]
    dtype: Any


@fixed("make another Optimizer with the value you want, and go on with the same state")
class Optimizer(Stepping):
    r"""A rule with its hyper-parameters: :math:`x_t = x_{t-1} - \alpha\, u_t`.

    Parameters
    ----------
    rule : callable or str
        A registered rule or its name in ``optlib.RULES``.
    lr : float, array or Schedule
        The learning rate :math:`\alpha`.
    before : callable, optional
        What is done to the gradients before the rule sees them, such as
        :func:`~optlib.running.clipping.clip_global_norm`.
    **hyper
        The rule's hyper-parameters, each a number, an array of settings (a sweep) or a schedule.

    Raises
    ------
    TypeError
        For an unknown rule or name (the message lists the known ones), or a value that is no
        number.
    ValueError
        For a value outside its domain.

    Examples
    --------
    >>> adam = Optimizer("adam", lr=0.1)
    >>> x = np.array([3.0, -2.0])
    >>> x, state = adam.step(1, x, x, adam.init(x))
    >>> x.round(6)
    array([ 2.9, -1.9])
    """

    rule: Callable
    lr: Any
    hyper: Mapping[str, Any]
    shape: tuple[int, ...]
    """The sweep shape: that of the arrays among the settings."""

    def __init__(
        self,
        rule: Callable | str,
        lr: Any = 1e-3,
        before: Callable | None = None,
        **hyper: Any,
    ):
        rule = find("rule", RULES, rule)
        name = rule.__name__
        bind = object.__setattr__
        bind(self, "rule", rule)
        bind(self, "lr", settled(setting(name, "lr", lr, HYPER["lr"])))
        bind(self, "before", function_of_gradients(before))
        full = checked(name, rule.hyper, rule.domains, hyper)
        full = {key: settled(value) for key, value in full.items()}
        together(name, {"lr": self.lr, **full})
        bind(self, "hyper", MappingProxyType(full))
        settings = (self.lr, *self.hyper.values())
        bind(self, "shape", np.broadcast_shapes(*(getattr(v, "shape", ()) for v in settings)))
        bind(self, "_starts", {})
        bind(self, "_separate", Separate())
        bind(self, "_again", [])

    def __repr__(self) -> str:
        default = self.rule.hyper
        changed = {k: v for k, v in self.hyper.items() if not is_number(v) or v != default[k]}
        parts = [self.rule.__name__, *(f"{k}={v!r}" for k, v in {"lr": self.lr, **changed}.items())]
        return f"Optimizer({', '.join(parts)})"

    def init(self, x: Any, *, sweep_axes: int = 0) -> Any:
        """The state before the first step, in the container of ``x``: a dict of arrays per layer.

        Parameters
        ----------
        x : array, or a list, tuple or dict of arrays
            The parameters.
        sweep_axes : int
            As for :meth:`~optlib.running.stepping.Stepping.step`; it matters to rules of scope
            ``matrix``.

        Raises
        ------
        TypeError
            If a parameter is not an array of real floating-point numbers.
        ValueError
            If it has a shape that the rule does not take.
        """
        layers = as_layers(x)
        for k, array in layers.items():
            checks.parameter(k, array)
            checks.axes(k, sweep_axes, array)
        return like(x, {k: self._init_layer(k, array, sweep_axes) for k, array in layers.items()})

    def advance(self, layer: Layer, sweep_axes: int) -> tuple[Any, dict[str, Any]]:
        """One step of one layer that has been checked; a layer without entries has none to move."""
        if 0 in layer.x.shape:
            return layer.x, layer.state
        u, new_state = displacement(self, layer, sweep_axes)
        return cast(layer.xp, layer.x - u, layer.x.dtype), new_state

    def moved(self, layers: list[Layer], sweep_axes: int) -> list[tuple[Any, dict[str, Any]]]:
        """Where these layers go: ``before``, and then the rule on each, or on all as one."""
        prepare(self.before, layers, sweep_axes)
        return self.advanced(layers, sweep_axes)

    def moves(self, layers: list[Layer], engine: str, ranges: Ranges | None) -> list[Move]:
        """The same in place, with as little as can be in memory at a time."""
        prepare(self.before, layers, 0)
        return by_engine(self, layers, engine, ranges)

    def advanced(self, layers: list[Layer], sweep_axes: int) -> list[tuple[Any, dict[str, Any]]]:
        if self.rule.scope != "model" or not layers:
            return [self.advance(layer, sweep_axes) for layer in layers]
        whole = self.advance(modelwise.joined(self.rule, layers, sweep_axes), sweep_axes)
        return list(modelwise.apart(self.rule, layers, *whole, sweep_axes).values())

    def _init_layer(self, label: Any, x: Any, sweep_axes: int) -> dict[str, Any]:
        xp, x = checks.parameter(label, x), checks.plain(x)
        checks.number_of_axes(self.rule, label, tuple(x.shape)[sweep_axes:])
        hyper = {k: at_step(v, 1) if callable(v) else v for k, v in self.hyper.items()}
        if self.rule.scope != "matrix":
            return self.rule.init(xp, x, **hyper)
        seen = view_of("matrix", xp, sweep_axes)(x)
        state = self.rule.init(xp, seen, **hyper)
        return {k: xp.reshape(a, x.shape) if a.shape == seen.shape else a for k, a in state.items()}

    def _start(self, label: Any, x: Any, sweep_axes: int) -> dict[str, Any]:
        """A state as it is before the first step, for its names, types and shapes alone."""
        key = (type(x), x.dtype, tuple(x.shape), sweep_axes)
        if key not in self._starts:
            if len(self._starts) >= _STARTS:
                self._starts.clear()
            fresh = self._init_layer(label, x, sweep_axes)
            self._starts[key] = {k: _Start(tuple(a.shape), a.dtype) for k, a in fresh.items()}
        return self._starts[key]

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
        if isinstance(self.lr, LineSearch):
            raise TypeError(f"{self.lr!r} evaluates the problem, which only minimize knows")
        checks.inputs_for(self.rule.__name__, self.rule.inputs, inputs)
        if self.shape and not sweep_axes:
            raise ValueError(
                f"{self!r} holds a sweep of shape {self.shape}: use minimize, or say by "
                "sweep_axes= how many leading axes of the arrays are runs"
            )
        xs = as_layers(x)
        if not xs:
            raise ValueError("there are no parameters")
        gs, states = matched(x, g, "gradient"), matched(x, state, "state")
        ts = steps_of(x, t)
        clock = None if clock is None else checks.step_number(clock)
        extra = {name: matched(x, value, name) for name, value in inputs.items()}
        layers = []
        for k, array in xs.items():
            xp, array = checks.parameter(k, array), checks.plain(array)
            checks.axes(k, sweep_axes, array)
            fresh = self._start(k, array, sweep_axes)
            layers.append(
                Layer(
                    label=k,
                    xp=xp,
                    t=checks.step_number(ts[k]),
                    g=checks.array_for(k, "gradient", gs[k], array, xp),
                    x=array,
                    state=checks.state_for(k, states[k], fresh, bool(sweep_axes)),
                    inputs={
                        n: checks.square_for(k, n, v[k], array, xp, sweep_axes)
                        if n in self.rule.square
                        else checks.array_for(k, n, v[k], array, xp)
                        for n, v in extra.items()
                    },
                    clock=clock,
                )
            )
        return layers
