"""The optimizer: a rule bound to its numbers, checked, and run on one array or many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from ..domains import HYPER, checked, setting, together
from ..namespaces import is_number
from ..registry import RULES, find
from . import checks, modelwise
from .containers import as_layers, like, matched, named
from .linesearch import LineSearch
from .step import Layer, at_step, cast, displacement, view_of


@dataclass(frozen=True, eq=False, init=False, repr=False)
class Optimizer:
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
    before: Callable | None
    hyper: Mapping[str, Any]

    def __init__(
        self,
        rule: Callable | str,
        lr: Any = 1e-3,
        before: Callable | None = None,
        **hyper: Any,
    ):
        rule = find("rule", RULES, rule)
        if before is not None and not callable(before):
            raise TypeError(f"before must be a function of the gradients, got {before!r}")
        name = rule.__name__
        bind = object.__setattr__
        bind(self, "rule", rule)
        bind(self, "lr", setting(name, "lr", lr, HYPER["lr"]))
        bind(self, "before", before)
        full = checked(name, rule.hyper, rule.domains, hyper)
        together(name, {"lr": self.lr, **full})
        bind(self, "hyper", MappingProxyType(full))

    def __repr__(self) -> str:
        changed = {k: v for k, v in self.hyper.items() if not _same(v, self.rule.hyper[k])}
        parts = [self.rule.__name__, *(f"{k}={v!r}" for k, v in {"lr": self.lr, **changed}.items())]
        return f"Optimizer({', '.join(parts)})"

    @property
    def shape(self) -> tuple[int, ...]:
        """The sweep shape: that of the arrays among the settings."""
        settings = (self.lr, *self.hyper.values())
        return np.broadcast_shapes(*(getattr(value, "shape", ()) for value in settings))

    def init(self, x: Any, *, sweep_axes: int = 0) -> Any:
        """The state before the first step, in the container of ``x``: a dict of arrays per layer.

        Parameters
        ----------
        x : array, or a list, tuple or dict of arrays
            The parameters.
        sweep_axes : int
            As for :meth:`step`; it matters to rules of scope ``matrix``.

        Raises
        ------
        TypeError
            If a parameter is not an array of real floating-point numbers.
        """
        layers = as_layers(x)
        for k, array in layers.items():
            checks.parameter(k, array)
            checks.axes(k, sweep_axes, array)
        return like(x, {k: self._init_layer(k, array, sweep_axes) for k, array in layers.items()})

    def step(
        self, t: Any, g: Any, x: Any, state: Any, *, sweep_axes: int = 0, **inputs: Any
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
            What :meth:`init` or the step before returned.
        sweep_axes : int
            How many leading axes of every array hold independent runs and not parts of a layer.
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
        layers = self._open(t, g, x, state, sweep_axes, inputs)
        results = self._advanced(layers, sweep_axes)
        return (
            like(x, {k: new for k, (new, _) in results.items()}),
            like(x, {k: new for k, (_, new) in results.items()}),
        )

    def step_(
        self, t: Any, g: Any, x: Any, state: Any, *, nonfinite: str = "raise", **inputs: Any
    ) -> bool:
        """One step in place, all or nothing: ``x`` and ``state`` are overwritten, or untouched.

        Parameters
        ----------
        t, g, x, state, **inputs
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
        checks.policy("nonfinite", nonfinite, ("raise", "skip"))
        with checks.quiet():
            layers = self._open(t, g, x, state, 0, inputs)
            checks.writable(_written(layers))
            results = self._advanced(layers, 0).values()
        if fault := _not_finite(layers, results):
            if nonfinite == "skip":
                return False
            raise checks.NonFiniteError(
                f"the {fault} is NaN or infinite; nothing was changed (nonfinite='skip' leaves "
                "such steps out)"
            )
        for layer, (new, new_state) in zip(layers, results, strict=True):
            np.copyto(layer.x, new)
            for name, value in new_state.items():
                np.copyto(layer.state[name], value)
        return True

    def advance(self, layer: Layer, sweep_axes: int) -> tuple[Any, dict[str, Any]]:
        """One step of one layer that has been checked; a layer without entries has none to move."""
        if 0 in layer.x.shape:
            return layer.x, layer.state
        u, new_state = displacement(self, layer, sweep_axes)
        return cast(layer.xp, layer.x - u, layer.x.dtype), new_state

    def _advanced(
        self, layers: list[Layer], sweep_axes: int
    ) -> dict[Any, tuple[Any, dict[str, Any]]]:
        """The new parameters and state of every layer, by its label."""
        if self.rule.scope != "model":
            return {layer.label: self.advance(layer, sweep_axes) for layer in layers}
        whole = self.advance(modelwise.joined(self.rule, layers, sweep_axes), sweep_axes)
        return modelwise.apart(self.rule, layers, *whole, sweep_axes)

    def _init_layer(self, label: Any, x: Any, sweep_axes: int) -> dict[str, Any]:
        xp, x = checks.parameter(label, x), checks.plain(x)
        hyper = {k: at_step(v, 1) if callable(v) else v for k, v in self.hyper.items()}
        if self.rule.scope != "matrix":
            return self.rule.init(xp, x, **hyper)
        seen = view_of("matrix", xp, sweep_axes)(x)
        state = self.rule.init(xp, seen, **hyper)
        return {k: xp.reshape(a, x.shape) if a.shape == seen.shape else a for k, a in state.items()}

    def _open(
        self, t: Any, g: Any, x: Any, state: Any, sweep_axes: int, inputs: Mapping[str, Any]
    ) -> list[Layer]:
        """Everything that one step needs, checked, layer by layer."""
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
        ts = matched(x, t, "t") if isinstance(t, (Mapping, list, tuple)) else dict.fromkeys(xs, t)
        extra = {name: matched(x, value, name) for name, value in inputs.items()}
        layers = []
        for k, array in xs.items():
            xp, array = checks.parameter(k, array), checks.plain(array)
            checks.axes(k, sweep_axes, array)
            fresh = self._init_layer(k, array, sweep_axes)
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
                )
            )
        if self.before is not None:
            prepared = self.before([layer.g for layer in layers], sweep_axes)
            for layer, gradient in zip(layers, prepared, strict=True):
                layer.g = checks.array_for(layer.label, "gradient", gradient, layer.x, layer.xp)
        return layers


def _written(layers: list[Layer]) -> dict[str, np.ndarray]:
    """What a step in place writes, by the names that messages give it."""
    xs = {named("parameter", layer.label): layer.x for layer in layers}
    return xs | {
        named(f"state {k} of", layer.label): a for layer in layers for k, a in layer.state.items()
    }


def _not_finite(layers: list[Layer], results: Any) -> str:
    """What is NaN or infinite: a gradient, or else an update, or else a state; empty if nothing."""
    both = list(zip(layers, results, strict=True))
    parts = {
        "gradient": lambda layer, new, state: (layer.g,),
        "update": lambda layer, new, state: (new,),
        "state": lambda layer, new, state: state.values(),
    }
    for what, values in parts.items():
        for layer, result in both:
            if not checks.finite(values(layer, *result)):
                return f"{named(what, layer.label)} of step {layer.t}"
    return ""


def _same(a: Any, b: Any) -> bool:
    return a is b or (is_number(a) and is_number(b) and a == b)
