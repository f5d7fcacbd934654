"""PyTorch's optimizers under PyTorch's spelling, for training loops on NumPy arrays.

The classes are made from PyTorch's entries in the table of :mod:`optlib.conventions`: their names,
arguments and defaults are PyTorch's, and ``dir(optlib.optim)`` lists them. Gradients are given to
each step and never pile up, so there is no ``zero_grad``. :class:`InPlace` runs any other
optimizer in the same way. A step of ``LBFGS`` takes a closure, which returns the loss and its
gradients.

>>> import numpy as np
>>> from optlib import optim
>>> params = {"w": np.ones((2, 3)), "b": np.zeros(3)}
>>> adam = optim.Adam(params, lr=0.1, weight_decay=0.01)
>>> adam.step({"w": np.ones((2, 3)), "b": None})
True
>>> params["w"][0], adam.t
(array([0.9, 0.9, 0.9]), {'w': 1, 'b': 0})

Parameter groups, and their rates set by hand, are PyTorch's too; each group has its gradients:

>>> w, b = np.ones((2, 3)), np.zeros(3)
>>> adamw = optim.AdamW([{"params": [w]}, {"params": [b], "weight_decay": 0.0}], lr=0.1)
>>> for group in adamw.param_groups:
...     group["lr"] *= 0.5
>>> adamw.step([[np.ones((2, 3))], [np.ones(3)]]), b
(True, array([-0.05, -0.05, -0.05]))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from ..running import checks
from ..running.again import SHORT
from ..running.before import function_of_gradients
from ..running.compiled import ENGINES
from ..running.containers import like
from ..running.fixed import fixed
from ..running.groups import Groups
from ..running.inplace import NONFINITE, move_in_place
from ..running.known import Ranges
from ..running.memory import Separate
from ..running.param_group import ParamGroup
from ..running.stepping import Stepping
from ..running.stored import entries, whole_number

_ABSENT = {
    "zero_grad": "gradients are given to step and never pile up, so leave the call out",
    "lr": "the rate is param_groups[0]['lr'], which can be read and set",
    "state": "state_dict() returns a copy of it",
}


@fixed(
    "its arguments are in param_groups, as in param_groups[0]['lr'] = 1e-4",
    ("nonfinite", "before", "engine"),
)
class InPlace:
    """An optimizer that owns the state and the steps of the parameters it updates in place.

    The container of the parameters is kept as it is, not copied: an array that replaces another of
    its shape in the list or dict is the one that is trained from then on.

    Parameters
    ----------
    params : array, or a list, tuple or dict of arrays, or a list of parameter groups
        NumPy arrays, which every step overwrites. A group is a dict with ``params`` and with the
        arguments that differ from those of the other groups.
    optimizer : Optimizer or PerLayer
        What moves them, such as ``per_layer(choose)``. PyTorch's classes take PyTorch's arguments
        in its place.
    before : callable, optional
        What is done to the gradients of all groups together, such as ``clip_global_norm(1.0)``.
    nonfinite : {"raise", "skip", "ignore"}
        What a step does when a gradient, an updated parameter or state is NaN or infinite. With
        ``"ignore"`` nothing is looked at, and what is not finite is written.
    engine : {"numpy", "kernel", "auto"}
        What computes; see :meth:`Stepping.step_ <optlib.running.stepping.Stepping.step_>`.

    Raises
    ------
    TypeError
        For a parameter that is not a NumPy array of real floating-point numbers, or an unknown
        argument.
    ValueError
        For a value outside its domain, no parameters, a read-only one, or two that share memory.

    Notes
    -----
    Schedules have one clock, as in PyTorch: they see the optimizer's step, also in a layer that was
    left out for a while. What belongs to the algorithm, such as the correction of Adam's averages,
    goes by the layer's own step.

    Examples
    --------
    >>> import numpy as np
    >>> from optlib import Optimizer, per_layer
    >>> x = [np.eye(2), np.zeros(2)]
    >>> kinds = per_layer(lambda label, x: Optimizer("muon" if x.ndim == 2 else "adam", lr=0.1))
    >>> loop = InPlace(x, kinds)
    >>> loop.step([None, np.ones(2)]), x[1]
    (True, array([-0.1, -0.1]))
    """

    def __init__(
        self,
        params: Any,
        optimizer: Stepping | None = None,
        *,
        before: Callable | None = None,
        nonfinite: str = "raise",
        engine: str = "numpy",
    ):
        self._begin(params, {"optimizer": optimizer}, before, nonfinite, engine)

    def _begin(
        self,
        params: Any,
        arguments: Mapping[str, Any],
        before: Any,
        nonfinite: Any,
        engine: Any,
    ) -> None:
        self.nonfinite, self.before, self.engine = nonfinite, before, engine
        self._groups = Groups(type(self).__name__, params, self._build, arguments)
        self._clock, self._separate, self._ranges = 0, Separate(), Ranges()

    def _build(self, **arguments: Any) -> Stepping:
        """The optimizer of one group, from its arguments."""
        unknown = [name for name in arguments if name != "optimizer"]
        if unknown:
            raise TypeError(
                f"a group of InPlace has no argument {unknown[0]!r}; it has params, optimizer"
            )
        optimizer = arguments["optimizer"]
        if not isinstance(optimizer, Stepping):
            raise TypeError(
                f"optimizer must be an Optimizer or what per_layer returns, got {optimizer!r:.60}"
            )
        return optimizer

    def __repr__(self) -> str:
        shown = [
            ", ".join(f"{k}={v!r}" for k, v in group.items() if self._tells(k, v))
            for group in self._groups
        ]
        return f"{type(self).__name__}({' | '.join(shown)})"

    def __getattr__(self, name: str) -> Any:
        hint = f"; {_ABSENT[name]}" if name in _ABSENT else ""
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}{hint}")

    @property
    def nonfinite(self) -> str:
        """What a step does with NaN and infinite values; it can be set."""
        return self._nonfinite

    @nonfinite.setter
    def nonfinite(self, value: str) -> None:
        self._nonfinite = checks.policy("nonfinite", value, NONFINITE)

    @property
    def engine(self) -> str:
        """What computes a step; it can be set."""
        return self._engine

    @engine.setter
    def engine(self, value: str) -> None:
        self._engine = checks.policy("engine", value, ENGINES)

    @property
    def before(self) -> Callable | None:
        """What is done to all gradients before a step; it can be set."""
        return self._before

    @before.setter
    def before(self, value: Callable | None) -> None:
        self._before = function_of_gradients(value)

    @property
    def param_groups(self) -> tuple[ParamGroup, ...]:
        """The groups, one if none were given; ``param_groups[0]["lr"]`` can be set."""
        return tuple(self._groups)

    @property
    def params(self) -> Any:
        """The parameters in their container; for groups a list of containers."""
        return self._groups.packed([group["params"] for group in self._groups])

    @property
    def t(self) -> Any:
        """How many steps each layer has taken, in the container of the parameters."""
        return self._groups.packed([like(group["params"], group.t) for group in self._groups])

    @property
    def clock(self) -> int:
        """How many steps the optimizer has taken; the step of the schedules."""
        return self._clock

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Train further parameters from now on, as a group behind the others.

        Raises
        ------
        TypeError, ValueError
            As at the start; and if the optimizer was made without groups, since the gradients of a
            step have the container of the parameters.
        """
        self._groups.add(group)

    def step(self, grads: Any, **inputs: Any) -> bool:
        """One step, all or nothing.

        Parameters
        ----------
        grads : array, or a list, tuple or dict of arrays or None
            In the container of the parameters; for groups, a list of them. A layer whose gradient
            is None is left out, as in PyTorch: its state and its own step number stay. So is a
            group with None.
        **inputs
            What the rule asks for beyond the gradient, such as ``hess``, in the same containers.

        Returns
        -------
        bool
            Whether a step was taken: False if it was skipped, or every gradient was None. Only a
            step that was refused or skipped does not count for the schedules.

        Raises
        ------
        TypeError, ValueError
            For gradients whose number, names, shapes or types do not fit.
        NonFiniteError
            For NaN or infinite values, unless they are to be skipped.
        """
        if self._short and not inputs and self._groups.again(grads, self._clock + 1, self._engine):
            self._clock += 1
            self._ranges.clear()
            return True
        parts = self._groups.opened(grads, self._clock + 1, inputs)
        if self._engine == "numpy":
            self._ranges.clear()
        with_what = (self.nonfinite, self.before, self._separate, self._engine, self._ranges)
        taken = move_in_place(parts, *with_what)
        if taken:
            self._clock += 1
            self._groups.count(parts)
        return taken and any(layers for _, layers in parts.values())

    @property
    def _short(self) -> bool:
        return self._before is None and self._engine in SHORT

    def state_dict(self) -> dict[str, Any]:
        """A copy of the state, and of where the run stands.

        ``optlib.save(path, optimizer.params, **optimizer.state_dict())`` stores both with the
        parameters. Part of it are the arguments of every group, as they were set last, but not
        functions such as schedules, optimizers and ``before``: those are given to the class again.
        """
        state, layers, arguments = self._groups.held()
        return {"state": state, "t": {"clock": self._clock, "layers": layers, "groups": arguments}}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what :meth:`state_dict` returned; the run goes on bitwise as it would have.

        Raises
        ------
        TypeError, ValueError
            If it does not fit the parameters; nothing is changed then.
        """
        entries("a state_dict", state_dict, ("state", "t"))
        stands = state_dict["t"]
        entries("t of a state_dict", stands, ("clock", "layers", "groups"))
        clock = whole_number("clock", stands["clock"])
        self._ranges.clear()
        self._groups.resume(state_dict["state"], stands["layers"], stands["groups"])
        self._clock = clock

    def _tells(self, name: str, value: Any) -> bool:
        """Whether an argument is worth showing."""
        return name != "params"


def __getattr__(name: str) -> type[InPlace]:
    classes = import_module(".classes", __name__)
    if name not in classes.names():
        known = ", ".join(classes.names())
        raise AttributeError(f"optlib.optim has no {name!r}; it has {known}")
    return classes.made(name)


def __dir__() -> list[str]:
    return ["InPlace", *import_module(".classes", __name__).names()]
