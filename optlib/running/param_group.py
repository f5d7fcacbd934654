"""One parameter group: parameters that share their arguments, read and set as in a dict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

import numpy as np

from . import checks
from .again import Again, suits
from .by_layer import PerLayer
from .containers import as_layers, like, matched, named
from .fixed import fixed, settled
from .linesearch import LineSearch
from .optimizer import Optimizer
from .step import Layer
from .stepping import Stepping
from .stored import read, stored, whole_number


@fixed("a group is a mapping: set group['lr'], as in PyTorch")
class ParamGroup(MutableMapping[str, Any]):
    """Parameters, their state and step numbers, and the arguments of the optimizer of them all.

    A mapping, as PyTorch's is: ``group["lr"] = 1e-4`` is checked, and holds from the next step on.
    ``group["params"]`` is the container that was given.

    Parameters
    ----------
    build : callable
        ``build(**arguments)`` makes the :class:`~optlib.running.optimizer.Optimizer` or
        :class:`~optlib.running.by_layer.PerLayer`, and refuses what does not fit.
    params : array, or a list, tuple or dict of arrays
        NumPy arrays. The container is kept as it is, not copied.
    arguments : mapping
        By name.

    Raises
    ------
    TypeError, ValueError
        For no parameters, or arguments or parameters that do not fit.
    """

    def __init__(self, build: Callable[..., Stepping], params: Any, arguments: Mapping[str, Any]):
        layers = as_layers(params)
        if not layers:
            raise ValueError("there are no parameters")
        self._build, self._params = build, params
        self._arguments = {name: settled(value) for name, value in arguments.items()}
        self._optimizer = self._built(self._arguments)
        self._state = self._optimizer.init(layers)
        self._t = dict.fromkeys(layers, 0)
        self._again: Again | None = None

    @property
    def optimizer(self) -> Stepping:
        """What moves these parameters, made from the arguments."""
        return self._optimizer

    @property
    def t(self) -> dict[Any, int]:
        """How many steps each layer has taken, by its label."""
        return dict(self._t)

    def __getitem__(self, name: str) -> Any:
        return self._params if name == "params" else self._arguments[name]

    def __iter__(self) -> Iterator[str]:
        return iter(("params", *self._arguments))

    def __len__(self) -> int:
        return 1 + len(self._arguments)

    def __repr__(self) -> str:
        return f"{{{', '.join(f'{k!r}: {v!r}' for k, v in self._arguments.items())}}}"

    def __setitem__(self, name: str, value: Any) -> None:
        if name == "params":
            raise TypeError(
                "the parameters of a group stay; add_param_group adds others, and an array put "
                "into the list or dict of the group takes the place of one of its shape"
            )
        self._arguments, self._optimizer, self._state = self._changed({name: value})

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"{name!r} cannot be deleted; set it to the value you want")

    def opened(self, grads: Any, clock: int, inputs: Mapping[str, Any]) -> list[Layer]:
        """The layers that have a gradient, checked and ready for their next step.

        Parameters
        ----------
        grads
            In the container of the parameters. A layer whose gradient is None is left out; None in
            place of the container leaves all of them out.
        clock : int
            The step that schedules see.
        inputs : mapping
            What the rule asks for beyond the gradient, each in the container of the parameters.

        Raises
        ------
        TypeError, ValueError
            For what does not fit; also for a gradient of None where all layers move together.
        """
        if grads is None:
            grads = like(self._params, dict.fromkeys(self._t))
        gs = {k: g for k, g in matched(self._params, grads, "gradient").items() if g is not None}
        xs = matched(self._t, as_layers(self._params), "parameters")
        if not gs:
            return []
        self._together(gs)
        given = {name: matched(self._params, value, name) for name, value in inputs.items()}
        return self._optimizer.opened(
            {k: self._t[k] + 1 for k in gs},
            gs,
            {k: xs[k] for k in gs},
            {k: self._state[k] for k in gs},
            0,
            clock,
            {name: {k: values[k] for k in gs} for name, values in given.items()},
        )

    def count(self, layers: list[Layer]) -> None:
        """These layers have taken their step."""
        for layer in layers:
            self._t[layer.label] = layer.t
        short = len(layers) == len(self._t) and suits(self._optimizer, layers)
        self._again = Again(self._optimizer, self._params, layers) if short else None

    def begin(self, grads: Any, clock: int, engine: str) -> bool:
        """Compute a step like the one before; False, and nothing changed, if it is not."""
        again = self._again
        if again is None or again.optimizer is not self._optimizer:
            return False
        t = next(iter(self._t.values())) + 1
        return again.begin(t, grads, self._params, None, clock, engine)

    def finish(self) -> None:
        """Take the step that was computed."""
        self._again.finish()
        self._t = {k: t + 1 for k, t in self._t.items()}

    def writable(self, of: str) -> dict[str, Any]:
        """The parameters by what messages call them, for ``memory.writable``."""
        return {named("parameter", k) + of: x for k, x in as_layers(self._params).items()}

    def held(self) -> tuple[Any, Any, dict[str, Any]]:
        """A copy of the state, of the step numbers and of the arguments that are no functions."""
        state = {k: {n: a.copy() for n, a in own.items()} for k, own in self._state.items()}
        arguments = {name: stored(value) for name, value in self._arguments.items()}
        kept = {name: value for name, value in arguments.items() if value is not None}
        return like(self._params, state), like(self._params, self._t), kept

    def resumed(self, state: Any, t: Any, arguments: Any) -> Callable[[], None]:
        """Check what :meth:`held` returned; the function that is returned takes it over.

        Raises
        ------
        TypeError, ValueError
            If it does not fit the parameters; nothing is changed then.
        """
        states, steps = matched(self._params, state, "state"), matched(self._params, t, "t")
        if not isinstance(arguments, Mapping):
            raise TypeError(f"the arguments of a group are a dict, got {arguments!r:.60}")
        values = {name: read(name, value) for name, value in arguments.items()}
        arguments = self._arguments | values
        optimizer = self._built(arguments)
        fresh = optimizer.init(as_layers(self._params))
        loaded = {k: _copied(k, states[k], start) for k, start in fresh.items()}
        counts = {k: whole_number(named("t", k), value) for k, value in steps.items()}

        def take_over() -> None:
            self._arguments, self._optimizer = arguments, optimizer
            self._state, self._t, self._again = loaded, counts, None

        return take_over

    def _built(self, arguments: Mapping[str, Any]) -> Stepping:
        """What the arguments make, if it can train: one run, and no line search."""
        optimizer = self._build(**arguments)
        for k, x in as_layers(self._params).items():
            one = optimizer
            while isinstance(one, PerLayer):
                one = one.chosen(k, x)
            if one.shape:
                raise ValueError(f"{one!r} holds a sweep; use minimize for that")
            if isinstance(one.lr, LineSearch):
                raise TypeError(f"{one.lr!r} evaluates the problem, which only minimize knows")
        return optimizer

    def _changed(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], Stepping, Any]:
        """The arguments, the optimizer and the state with some arguments set."""
        arguments = self._arguments | {name: settled(value) for name, value in values.items()}
        optimizer, layers = self._built(arguments), as_layers(self._params)
        new = optimizer.init(layers)
        if not any(self._t.values()):
            return arguments, optimizer, new
        old = self._optimizer.init(layers)
        if not all(_same_start(old[k], new[k]) for k in layers):
            said = ", ".join(f"{name}={value!r:.60}" for name, value in values.items())
            raise ValueError(
                f"{said} would need another state from the first step on; make a new optimizer "
                "with it"
            )
        return arguments, optimizer, self._state

    def _together(self, gs: Mapping[Any, Any]) -> None:
        whole = isinstance(self._optimizer, Optimizer) and self._optimizer.rule.scope == "model"
        absent = [k for k in self._t if k not in gs]
        if whole and absent:
            raise ValueError(
                f"{named('gradient', absent[0])} is None, but {self._optimizer.rule.__name__} "
                "moves all layers together; give zeros to say that it has none"
            )


def _same_start(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return old.keys() == new.keys() and all(np.array_equal(old[k], new[k]) for k in old)


def _copied(label: Any, state: Any, start: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """A copy of one layer's state, of the types and shapes of its start."""
    given = checks.state_for(label, state, start)
    return {name: np.array(a) for name, a in given.items()}
