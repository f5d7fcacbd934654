"""Several iterations in one step, for a rule whose loss is evaluated again on the way."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from . import checks, memory, modelwise
from .before import prepare
from .containers import as_layers, like, matched
from .linesearch import LineSearch
from .param_group import ParamGroup
from .step import Layer, cast, direction, rate


class Limits(NamedTuple):
    """When a step ends.

    Attributes
    ----------
    iterations, evaluations : int
        At most so many; the first evaluation counts.
    gradient, change : float
        The largest entry of the gradient, and the change of a parameter or of the loss, at which
        the step ends; also the slope along the direction.
    """

    iterations: int
    evaluations: int
    gradient: float
    change: float


def descend(
    group: ParamGroup,
    closure: Callable[[], tuple[float, Any]],
    clock: int,
    limits: Limits,
    search: Callable[[float, int], LineSearch] | None = None,
    before: Callable | None = None,
) -> float:
    """One step of several iterations over all parameters as one vector, all or nothing.

    Parameters
    ----------
    group : ParamGroup
        Its rule is of scope ``model``.
    closure : callable
        The loss and its gradients, in the container of the parameters, where these are now.
    clock : int
        The step that schedules see.
    limits : Limits
    search : callable, optional
        ``search(rate, evaluations)``, the line search with its first trial and how many it may make
        after that. Without it the rate itself is taken.
    before : callable, optional
        What is done to the gradients.

    Returns
    -------
    float
        The loss at the start.

    Raises
    ------
    TypeError, ValueError
        For what the closure returns, if it does not fit.
    NonFiniteError
        For a loss, a gradient, an update or a state that is NaN or infinite.
    """
    path = _Path(group, closure, clock, before)
    start = [x.copy() for x in path.parameters]
    try:
        with checks.quiet():
            loss = path.begin()
            path.go(limits, search)
            path.finish()
    except BaseException:
        for x, kept in zip(path.parameters, start, strict=True):
            np.copyto(x, kept)
        raise
    return loss


class _Path:
    """The iterations of one step, on one vector; the state is written at the end."""

    def __init__(self, group: ParamGroup, closure: Callable, clock: int, before: Callable | None):
        self.group, self.closure, self.clock, self.before = group, closure, clock, before
        self.optimizer = group.optimizer
        self.parameters = list(as_layers(group["params"]).values())
        self.layers: list[Layer] = []
        self.whole: Layer | None = None
        self.loss, self.evals = math.nan, 0

    def begin(self) -> float:
        """The loss and the gradient at the start."""
        self.loss, self.layers = self.evaluated()
        arrays = [a for layer in self.layers for a in (layer.x, *layer.state.values())]
        memory.writable(
            {f"array {i} of the parameters and the state": a for i, a in enumerate(arrays)}
        )
        self.whole = self.joined(self.layers)
        self.whole.t -= 1
        return self.loss

    def go(self, limits: Limits, search: Callable[[float, int], LineSearch] | None) -> None:
        """Iterate until a limit is met."""
        going = not self.flat(limits)
        while going and self.whole.t - self.taken < limits.iterations:
            self.whole.t += 1
            x, g, loss = self.whole.x, self.whole.g, self.loss
            u, self.whole.state = direction(self.optimizer, self.whole, 0)
            if not np.sum(g * u) >= limits.change:
                return
            lr = rate(self.optimizer, self.whole, 0, 1)
            if search is not None:
                found = search(lr, limits.evaluations - self.evals)
                lr, self.loss, self.whole.g, _ = found(self.at, x, u, loss, g)
            self.whole.x = cast(np, x - lr * u, x.dtype)
            last = self.whole.t - self.taken == limits.iterations
            if search is None and not last:
                self.loss, self.whole.g = self.at(self.whole.x)
            moved = np.max(np.abs(lr * u), initial=0.0)
            still = moved <= limits.change or abs(self.loss - loss) < limits.change
            going = not (last or still or self.evals >= limits.evaluations or self.flat(limits))

    def finish(self) -> None:
        """Write parameters, state and step numbers."""
        self.put(self.whole.x)
        rule, state = self.optimizer.rule, self.whole.state
        parts = modelwise.apart(rule, self.layers, self.whole.x, state, 0)
        for x, own in parts.values():
            if not checks.finite([x, *own.values()]):
                raise self.fault("an update or a state")
        for layer in self.layers:
            layer.t = self.whole.t
            for name, value in parts[layer.label][1].items():
                np.copyto(layer.state[name], value)
        self.group.count(self.layers)

    @property
    def taken(self) -> int:
        """How many iterations were taken before this step."""
        return next(iter(self.group.t.values()))

    def flat(self, limits: Limits) -> bool:
        return bool(np.max(np.abs(self.whole.g), initial=0.0) <= limits.gradient)

    def at(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss and the gradient at another point."""
        self.put(x)
        loss, layers = self.evaluated()
        return loss, self.joined(layers).g

    def put(self, x: np.ndarray) -> None:
        places = np.cumsum([a.size for a in self.parameters])[:-1]
        for a, part in zip(self.parameters, np.split(x, places), strict=True):
            np.copyto(a, part.reshape(a.shape).astype(a.dtype))

    def joined(self, layers: list[Layer]) -> Layer:
        return modelwise.joined(self.optimizer.rule, layers, 0)

    def evaluated(self) -> tuple[float, list[Layer]]:
        """What the closure says here, checked; an absent gradient is zero, as in PyTorch."""
        given = self.closure()
        if not isinstance(given, tuple) or len(given) != 2 or np.ndim(given[0]) != 0:
            raise TypeError(
                "the closure returns (loss, gradients), the loss a number and the gradients in the "
                f"container of the parameters; got {given!r:.60}"
            )
        self.evals += 1
        params = as_layers(self.group["params"])
        gs = matched(self.group["params"], given[1], "gradient").items()
        gs = {k: np.zeros_like(params[k]) if g is None else g for k, g in gs}
        layers = self.group.opened(like(self.group["params"], gs), self.clock, {})
        prepare(self.before, layers, 0)
        loss = float(given[0])
        if self.evals == 1 and not checks.finite([np.asarray(loss), *(a.g for a in layers)]):
            raise self.fault("the loss or a gradient")
        return loss, layers

    def fault(self, what: str) -> checks.NonFiniteError:
        return checks.NonFiniteError(
            f"{what} of step {self.clock} is NaN or infinite; nothing was changed "
            "(nonfinite='skip' leaves such steps out)"
        )
