"""PyTorch's optimizers under PyTorch's spelling, for training loops on NumPy arrays.

The classes are made from PyTorch's entries in the table of :mod:`optlib.conventions`: their names,
arguments and defaults are PyTorch's, and ``dir(optlib.optim)`` lists them.

>>> import numpy as np
>>> from optlib import optim
>>> params = {"w": np.ones((2, 3)), "b": np.zeros(3)}
>>> adam = optim.Adam(params, lr=0.1, weight_decay=0.01)
>>> adam.step({"w": np.ones((2, 3)), "b": None})
True
>>> params["w"][0], adam.t
(array([0.9, 0.9, 0.9]), {'w': 1, 'b': 0})
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import numpy as np

from .conventions import TABLE
from .conventions import like as following
from .conventions.table import Entry
from .running import checks
from .running.containers import as_layers, like, matched, named
from .running.optimizer import Optimizer


class InPlace:
    """An optimizer that owns the state and the steps of the parameters it updates in place.

    The container of the parameters is kept as it is, not copied: an array that replaces another of
    its shape in the list or dict is the one that is trained from then on.

    Parameters
    ----------
    params : array, or a list, tuple or dict of arrays
        NumPy arrays, which every step overwrites.
    nonfinite : {"raise", "skip"}
        What a step does when a gradient, an updated parameter or state is NaN or infinite.
    arguments : mapping
        PyTorch's arguments. ``lr`` may be a schedule; a layer sees it at its own step.

    Raises
    ------
    TypeError
        For a parameter that is not a NumPy array of real floating-point numbers, or an unknown
        argument.
    ValueError
        For a value outside its domain, no parameters, a read-only one, or two that share memory.
    """

    entry: ClassVar[Entry]

    def __init__(self, params: Any, nonfinite: str, arguments: Mapping[str, Any]):
        self.nonfinite = checks.policy("nonfinite", nonfinite, ("raise", "skip"))
        self.arguments = dict(arguments)
        self.params = params
        self.optimizer: Optimizer = following("torch", self.entry.name, **arguments)
        if self.optimizer.shape:
            raise ValueError(f"{self!r} holds a sweep; use minimize for that")
        layers = as_layers(params)
        if not layers:
            raise ValueError(f"{type(self).__name__}: there are no parameters")
        self._state = self.optimizer.init(layers)
        self._t = dict.fromkeys(layers, 0)
        checks.writable({named("parameter", k): x for k, x in layers.items()})

    def __repr__(self) -> str:
        given = ", ".join(f"{k}={v!r}" for k, v in self.arguments.items())
        return f"{type(self).__name__}({given})"

    @property
    def t(self) -> Any:
        """How many steps each layer has taken, in the container of the parameters."""
        return like(self.params, self._t)

    def step(self, grads: Any) -> bool:
        """One step, all or nothing.

        Parameters
        ----------
        grads : array, or a list, tuple or dict of arrays or None
            In the container of the parameters. A layer whose gradient is None is left out, as in
            PyTorch: its state and its own step number stay.

        Returns
        -------
        bool
            Whether a step was taken: False if it was skipped, or every gradient was None.

        Raises
        ------
        TypeError, ValueError
            For gradients whose number, names, shapes or types do not fit.
        NonFiniteError
            For NaN or infinite values, unless they are to be skipped.
        """
        gs = {k: g for k, g in matched(self.params, grads, "gradient").items() if g is not None}
        layers = matched(self._t, as_layers(self.params), "parameters")
        if not gs:
            return False
        t = {k: self._t[k] + 1 for k in gs}
        xs, states = {k: layers[k] for k in gs}, {k: self._state[k] for k in gs}
        taken = self.optimizer.step_(t, gs, xs, states, nonfinite=self.nonfinite)
        if taken:
            self._t |= t
        return taken

    def state_dict(self) -> dict[str, Any]:
        """A copy of the state and the step numbers, both in the container of the parameters.

        ``optlib.save(path, params, **optimizer.state_dict())`` stores both with the parameters.
        The hyper-parameters are not part of it: they are given to the class again.
        """
        state = {k: {n: a.copy() for n, a in own.items()} for k, own in self._state.items()}
        return {"state": like(self.params, state), "t": self.t}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what :meth:`state_dict` returned; the run goes on bitwise as it would have.

        Raises
        ------
        TypeError, ValueError
            If it does not fit the parameters; nothing is changed then.
        """
        if not isinstance(state_dict, Mapping) or set(state_dict) != {"state", "t"}:
            raise TypeError("a state_dict is a dict with state and t, as state_dict() returns it")
        states = matched(self.params, state_dict["state"], "state")
        steps = matched(self.params, state_dict["t"], "t")
        fresh = self.optimizer.init(as_layers(self.params))
        loaded = {k: _copied(k, states[k], start) for k, start in fresh.items()}
        self._t = {k: _steps_taken(k, t) for k, t in steps.items()}
        self._state = loaded


def _copied(label: Any, state: Any, start: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """A copy of one layer's state, of the types and shapes of its start."""
    given = checks.state_for(label, state, start)
    return {name: np.array(a) for name, a in given.items()}


def _steps_taken(label: Any, t: Any) -> int:
    if isinstance(t, bool) or not isinstance(t, (int, np.integer)) or t < 0:
        raise ValueError(f"{named('t', label)} must be a whole number >= 0, got {t!r}")
    return int(t)


@cache
def _made(name: str) -> type[InPlace]:
    """The class of one of PyTorch's optimizers."""
    found = TABLE["torch", name]

    class Made(InPlace):
        entry = found

        def __init__(
            self,
            params: Any,
            lr: Any = found.defaults["lr"],
            *,
            nonfinite: str = "raise",
            **arguments: Any,
        ):
            super().__init__(params, nonfinite, {"lr": lr, **arguments})

    shown = ", ".join(f"{key}={value!r}" for key, value in found.defaults.items())
    Made.__name__ = Made.__qualname__ = name
    Made.__doc__ = (
        f"``{name}(params, {shown})``: {found.build.__doc__}\n\n"
        f"In PyTorch: {found.note}. See :class:`InPlace` for ``params`` and ``nonfinite``."
    )
    return Made


def _names() -> list[str]:
    """PyTorch's optimizers in the table."""
    found = [entry for (library, _), entry in TABLE.items() if library == "torch"]
    return [entry.name for entry in found if not entry.schedule]


def __getattr__(name: str) -> type[InPlace]:
    if name not in _names():
        raise AttributeError(f"optlib.optim has no {name!r}; it has {', '.join(_names())}")
    return _made(name)


def __dir__() -> list[str]:
    return ["InPlace", *_names()]
