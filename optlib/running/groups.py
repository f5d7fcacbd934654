"""All parameter groups of an optimizer: as many containers as there are groups, or one alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from . import memory
from .param_group import ParamGroup
from .step import Layer
from .stepping import Stepping

Parts = dict[str, tuple[Stepping, list[Layer]]]
"""What messages add to the name of a layer -> what moves the layers, and the layers."""


class Groups:
    """The groups, in their order; what is given and returned is a list with a part for each.

    Where the parameters were given without groups there is one, and no list around it.

    Parameters
    ----------
    owner : str
        For messages.
    params
        A container of arrays, or a list of groups: dicts with ``params`` and arguments.
    build : callable
        As for :class:`~optlib.running.param_group.ParamGroup`.
    defaults : mapping
        The arguments of groups that do not say otherwise.
    """

    def __init__(
        self, owner: str, params: Any, build: Callable[..., Stepping], defaults: Mapping[str, Any]
    ):
        self._owner, self._build, self._defaults = owner, build, dict(defaults)
        several = isinstance(params, (list, tuple))
        self.several = several and any(isinstance(part, Mapping) for part in params)
        self._all: list[ParamGroup] = []
        self._append(params if self.several else [{"params": params}])

    def __iter__(self) -> Iterator[ParamGroup]:
        return iter(self._all)

    def add(self, group: Any) -> None:
        """A further group.

        Raises
        ------
        TypeError, ValueError
            If it does not fit, or the parameters were given without groups.
        """
        if not self.several:
            raise TypeError(
                f"{self._owner} was made without groups; make it with a list of them, "
                "[{'params': ...}], and the gradients of a step are then such a list too"
            )
        self._append([group])

    def packed(self, values: list[Any]) -> Any:
        """What belongs to the groups, in the form of the parameters."""
        return values if self.several else values[0]

    def opened(self, grads: Any, clock: int, inputs: Mapping[str, Any]) -> Parts:
        """The layers of every group, ready for their next step; see :meth:`ParamGroup.opened`."""
        gs = self._each(grads, "gradient")
        more = {name: self._each(value, name) for name, value in inputs.items()}
        parts = {}
        for i, group in enumerate(self._all):
            with self._naming(i):
                own = {name: values[i] for name, values in more.items()}
                parts[self._of(i)] = group.optimizer, group.opened(gs[i], clock, own)
        return parts

    def count(self, parts: Parts) -> None:
        """The layers that were opened have taken their step."""
        for group, (_, layers) in zip(self._all, parts.values(), strict=True):
            group.count(layers)

    def again(self, grads: Any, clock: int, engine: str) -> bool:
        """A step like the one before, the short way; False, and nothing changed, if it is not."""
        given = grads if self.several else [grads]
        if type(given) is not list or len(given) != len(self._all):
            return False
        for group, own in zip(self._all, given, strict=True):
            if not group.begin(own, clock, engine):
                return False
        for group in self._all:
            group.finish()
        return True

    def held(self) -> tuple[Any, Any, list[dict[str, Any]]]:
        """State, step numbers and arguments; see :meth:`ParamGroup.held`."""
        states, steps, arguments = zip(*(group.held() for group in self._all), strict=True)
        return self.packed(list(states)), self.packed(list(steps)), list(arguments)

    def resume(self, state: Any, t: Any, arguments: Any) -> None:
        """Take over what :meth:`held` returned, all or nothing.

        Raises
        ------
        TypeError, ValueError
            If it does not fit.
        """
        count = len(self._all)
        if not isinstance(arguments, (list, tuple)) or len(arguments) != count:
            raise ValueError(f"groups of the state_dict: give the arguments of {count} groups")
        states, steps, ready = self._each(state, "state"), self._each(t, "t"), []
        for i, group in enumerate(self._all):
            with self._naming(i):
                ready.append(group.resumed(states[i], steps[i], arguments[i]))
        for take_over in ready:
            take_over()

    def _append(self, groups: Any) -> None:
        """Further groups, all or none."""
        every = list(self._all)
        for group in groups:
            with self._naming(len(every)):
                if not isinstance(group, Mapping) or "params" not in group:
                    raise TypeError(f"a group is a dict with params, got {group!r:.60}")
                own = {name: value for name, value in group.items() if name != "params"}
                every.append(ParamGroup(self._build, group["params"], {**self._defaults, **own}))
        arrays = (group.writable(self._of(i)) for i, group in enumerate(every))
        memory.writable({name: x for own in arrays for name, x in own.items()})
        self._all = every

    def _each(self, values: Any, what: str) -> list[Any]:
        """The part of every group."""
        if not self.several:
            return [values]
        count = len(self._all)
        if not isinstance(values, (list, tuple)) or len(values) != count:
            raise ValueError(f"{what}: give a list of {count}, one for each parameter group")
        return list(values)

    def _of(self, i: int) -> str:
        return f" of group {i}" if self.several else ""

    @contextmanager
    def _naming(self, i: int) -> Iterator[None]:
        """Say in messages which group they are about."""
        try:
            yield
        except (TypeError, ValueError) as error:
            where = f"{self._owner}, parameter group {i}" if self.several else self._owner
            raise type(error)(f"{where}: {error}") from None
