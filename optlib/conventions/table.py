"""The table of conventions, and the one function that reads it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from ..domains import number
from ..namespaces import is_number, words
from ..running.fixed import fixed
from ..running.optimizer import Optimizer
from . import kinds
from .kinds import NotModelled

TABLE: dict[tuple[str, str], Entry] = {}
"""Every entry by library and name."""


@fixed("give the argument you want to like(library, name, ...)")
@dataclass(frozen=True)
class Entry:
    """One optimizer or schedule of a library.

    Attributes
    ----------
    library, name : str
    build : callable
        Takes the library's arguments; returns an :class:`~optlib.running.optimizer.Optimizer` or a
        :class:`FollowedSchedule`.
    ignored : frozenset of str
        Arguments that choose an implementation or what is printed, and not the mathematics.
    fixed : mapping
        Arguments that are not modelled, with the only value that is accepted.
    note : str
        What is peculiar to this library, in a sentence.
    schedule : bool
        Whether it is a schedule, and not an optimizer.
    domains : mapping
        Where the numbers of a schedule, or each of a list of them, must lie; "real" if not given.
    shapes : {"any", "matrices", "arrays"}
        Which layers it takes: all, only those of exactly two axes, or of at least one.
    part : bool
        Whether it is made to stand in a chain: alone it has no rate, and steps uphill.
    """

    library: str
    name: str
    build: Callable
    ignored: frozenset[str]
    fixed: Mapping[str, Any]
    note: str
    schedule: bool = False
    domains: Mapping[str, str] = field(default_factory=dict)
    shapes: str = "any"
    part: bool = False

    @property
    def defaults(self) -> dict[str, Any]:
        """The library's arguments and their defaults; a required one has no entry here."""
        parameters = inspect.signature(self.build).parameters.values()
        return {p.name: p.default for p in parameters if p.default is not p.empty}

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments that are modelled."""
        return tuple(inspect.signature(self.build).parameters)


def entry(
    library: str,
    name: str,
    *,
    ignored: str = "",
    fixed: Mapping[str, Any] | None = None,
    note: str = "",
    schedule: bool = False,
    domains: Mapping[str, str] | None = None,
    shapes: str = "any",
    part: bool = False,
) -> Callable[[Callable], Callable]:
    """Enter a function of a library's arguments into the table; see :class:`Entry`."""

    def register(build: Callable) -> Callable:
        TABLE[library, name] = Entry(
            library,
            name,
            build,
            frozenset(ignored.split()),
            dict(fixed or {}),
            note,
            schedule,
            dict(domains or {}),
            shapes,
            part,
        )
        return build

    return register


schedule_entry = partial(entry, schedule=True)
"""As :func:`entry`, for a schedule."""


def like(library: str, name: str, **arguments: Any) -> Optimizer | FollowedSchedule:
    """What follows a library exactly.

    Parameters
    ----------
    library : {"torch", "optax", "keras", "transformers"}
    name : str
        The library's name for an optimizer or a schedule.
    **arguments
        By the library's names, with the library's defaults.

    Returns
    -------
    Optimizer or FollowedSchedule
        A schedule counts its steps from 0, as its library does.

    Raises
    ------
    NotModelled
        For an optimizer, an argument or a value that the book does not follow.
    TypeError
        For an unknown library or argument, or a missing one.
    ValueError
        For a number outside its domain, or one that the library refuses.
    """
    libraries = sorted({library for library, _ in TABLE})
    if not isinstance(library, str) or library not in libraries:
        raise TypeError(f"unknown library {library!r:.60}; known are {', '.join(libraries)}")
    if not isinstance(name, str) or (library, name) not in TABLE:
        known = ", ".join(n for lib, n in TABLE if lib == library)
        raise NotModelled(f"{library} {name} is not modelled; modelled are {known}")
    found = TABLE[library, name]
    modelled = {}
    for key, value in arguments.items():
        if key in found.arguments:
            parameter = inspect.signature(found.build).parameters[key]
            kinds.check(f"{library} {name}", key, value, parameter, not found.schedule)
            if found.schedule:
                _inside(f"{library} {name}", key, value, found.domains.get(key, "real"))
            modelled[key] = value
        elif key in found.fixed:
            if value is not found.fixed[key] and value != found.fixed[key]:
                raise NotModelled(
                    f"{library} {name}: {key}={value!r} is not modelled, only {found.fixed[key]!r}"
                )
        elif key not in found.ignored:
            known = ", ".join([*found.arguments, *found.fixed, *sorted(found.ignored)])
            raise TypeError(f"{library} {name} has no argument {key!r}; it has {known}")
    missing = [k for k in found.arguments if k not in modelled and k not in found.defaults]
    if missing:
        raise TypeError(f"{library} {name} needs {', '.join(missing)}")
    return found.build(**modelled)


def _inside(owner: str, name: str, value: Any, domain: str) -> None:
    """The numbers among the values of a schedule's argument lie in its domain."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    for one in value if isinstance(value, (list, tuple, np.ndarray)) else [value]:
        if isinstance(one, np.generic) or (is_number(one) and not isinstance(one, bool)):
            number(owner, name, one, domain)


@fixed("make another one with like(library, name, ...)")
@dataclass(frozen=True)
class FollowedSchedule:
    """A schedule of a library, as a function of the library's own step count, from 0.

    As a hyper-parameter of an :class:`~optlib.running.optimizer.Optimizer`, whose steps start at
    1, it is evaluated at ``t - 1``.

    Attributes
    ----------
    function : callable
        ``function(xp, k)``, in the words of ``xp``.
    name : str
        Library and name, for messages.
    momentum : FollowedSchedule, optional
        What the same schedule does to momentum or beta1.
    last : int, optional
        The last step that the library takes; None if there is none.
    """

    function: Callable[[Any, Any], Any]
    name: str
    momentum: FollowedSchedule | None = None
    last: int | None = None

    def __call__(self, k: Any) -> Any:
        """The value at the library's step ``k``: an int, an array of steps or a symbol.

        Raises
        ------
        ValueError
            For a step before 0, or after the last one that the library takes.
        """
        if isinstance(k, np.generic):
            k = k.item()
        if is_number(k) or (isinstance(k, np.ndarray) and k.dtype.kind in "iuf" and k.size):
            self._taken(np.min(k), np.max(k))
        return self.function(words(k), k)

    def _taken(self, first: float, last: float) -> None:
        if first < 0:
            raise ValueError(f"{self.name} counts its steps from 0, got {first}")
        if self.last is not None and last > self.last:
            raise ValueError(
                f"{self.name}: step {last} is past the last one, {self.last}, where the library "
                "itself raises"
            )

    def at_step(self, t: Any) -> Any:
        """The value that step ``t = 1, 2, ...`` of an optimizer sees."""
        return self(t - 1)

    def __repr__(self) -> str:
        return f"<{self.name}>"
