"""Steps left out where a gradient is not finite, until that has happened too often in a row."""

from __future__ import annotations

from typing import Any

from ..domains import number
from . import checks
from .by_layer import PerLayer
from .containers import as_layers, like, matched
from .optimizer import Optimizer

ROW, LEFT_OUT = "misses", "left_out"


class Patient:
    """An optimizer that leaves out a step where a gradient is NaN or infinite, but not for ever.

    It has the methods ``init`` and ``step`` of an :class:`~optlib.running.optimizer.Optimizer`;
    ``t`` counts all gradients. The optimizer counts the steps that it takes: its bias corrections
    and its schedules see no step that was left out. The state of a layer is the optimizer's, and
    two numbers more: ``misses``, how many gradients in a row were not finite, and ``left_out``, how
    many steps were left out so far. All layers are left out together. The gradient is judged as it
    comes, before any clipping, and its value must be known: such a step cannot be traced.

    Parameters
    ----------
    optimizer : Optimizer or PerLayer
    limit : int
        How many gradients in a row may be left out; the next one is taken, whatever it is.

    Raises
    ------
    TypeError
        If the optimizer is none.
    ValueError
        If ``limit`` is no whole number from 0.
    """

    def __init__(self, optimizer: Optimizer | PerLayer, limit: int):
        if not isinstance(optimizer, (Optimizer, PerLayer)):
            raise TypeError(f"patient: optimizer must be an Optimizer, got {optimizer!r:.60}")
        self.optimizer = optimizer
        self.limit = number("patient", "limit", limit, "integer [0, inf)")

    @property
    def shape(self) -> tuple[int, ...]:
        """The sweep shape of the optimizer."""
        return self.optimizer.shape

    def init(self, x: Any) -> Any:
        """The state before the first gradient."""
        inner = matched(x, self.optimizer.init(x), "state")
        return like(x, {k: {**inner[k], **_counts(k, a, 0, 0)} for k, a in as_layers(x).items()})

    def step(self, t: int, g: Any, x: Any, state: Any, **inputs: Any) -> tuple[Any, Any]:
        """Take the step of gradient ``t``, or leave it out.

        Parameters
        ----------
        t : int
            The number of the gradient, from 1; one for all layers.
        g, x, state, **inputs
            As for :meth:`Optimizer.step <optlib.running.stepping.Stepping.step>`.
        """
        if isinstance(t, (dict, list, tuple)):
            raise TypeError("patient: t must be one number for all layers, got a container")
        xs, inner = as_layers(x), {}
        fresh, states = matched(x, self.init(x), "state"), matched(x, state, "state")
        for k in xs:
            inner[k] = dict(checks.state_for(k, states[k], fresh[k], False))
            misses, left_out = (int(inner[k].pop(name)) for name in (ROW, LEFT_OUT))
        misses = 0 if _finite(xs, matched(x, g, "gradient")) else misses + 1
        if 0 < misses <= self.limit:
            left_out += 1
        else:
            n = checks.step_number(t) - left_out
            x, new = self.optimizer.step(n, g, x, like(x, inner), **inputs)
            inner = matched(x, new, "state")
        return x, like(
            x, {k: {**inner[k], **_counts(k, a, misses, left_out)} for k, a in xs.items()}
        )

    def __repr__(self) -> str:
        return f"patient({self.optimizer!r}, limit={self.limit})"


def _counts(label: Any, x: Any, misses: int, left_out: int) -> dict[str, Any]:
    """The two numbers of a layer, in its own type."""
    xp = checks.parameter(label, x)
    return {ROW: xp.full((), misses, dtype=x.dtype), LEFT_OUT: xp.full((), left_out, dtype=x.dtype)}


def _finite(xs: dict[Any, Any], gs: dict[Any, Any]) -> bool:
    """Whether every entry of every gradient is a finite number."""
    fine = True
    for k, x in xs.items():
        xp = checks.parameter(k, x)
        given = checks.array_for(k, "gradient", gs[k], x, xp)
        fine = fine and bool(xp.all(xp.isfinite(given)))
    return fine


def patient(optimizer: Optimizer | PerLayer, limit: int) -> Patient:
    """An optimizer that leaves out steps that are not finite; see :class:`Patient`.

    Examples
    --------
    >>> opt, x = patient(Optimizer("sgd", lr=0.5), limit=1), np.ones(2)
    >>> x, state = opt.step(1, np.array([np.nan, 1.0]), x, opt.init(x))
    >>> x
    array([1., 1.])
    >>> x, state = opt.step(2, np.array([2.0, 1.0]), x, state)
    >>> x
    array([0. , 0.5])
    """
    return Patient(optimizer, limit)
