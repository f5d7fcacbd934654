"""The table of conventions, and the one function that reads it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..namespaces import words
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
        Arguments that choose an implementation and not the mathematics.
    fixed : mapping
        Arguments that are not modelled, with the only value that is accepted.
    note : str
        What is peculiar to this library, in a sentence.
    schedule : bool
        Whether it is a schedule, and not an optimizer.
    shapes : {"any", "matrices"}
        Which layers it takes: all, or only those of exactly two axes.
    """

    library: str
    name: str
    build: Callable
    ignored: frozenset[str]
    fixed: Mapping[str, Any]
    note: str
    schedule: bool = False
    shapes: str = "any"

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
    shapes: str = "any",
) -> Callable[[Callable], Callable]:
    """Enter a function of a library's arguments into the table; see :class:`Entry`."""

    def register(build: Callable) -> Callable:
        skipped, only = frozenset(ignored.split()), dict(fixed or {})
        TABLE[library, name] = Entry(library, name, build, skipped, only, note, schedule, shapes)
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
            default = found.defaults.get(key, inspect.Parameter.empty)
            kinds.check(f"{library} {name}", key, value, default, not found.schedule)
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


@fixed("make another one with like(library, name, ...)")
@dataclass(frozen=True, eq=False)
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
    """

    function: Callable[[Any, Any], Any]
    name: str
    momentum: FollowedSchedule | None = None

    def __call__(self, k: Any) -> Any:
        """The value at the library's step ``k``: an int, an array of steps or a symbol."""
        if isinstance(k, np.generic):
            k = k.item()
        return self.function(words(k), k)

    def at_step(self, t: Any) -> Any:
        """The value that step ``t = 1, 2, ...`` of an optimizer sees."""
        return self(t - 1)

    def __repr__(self) -> str:
        return f"<{self.name}>"
