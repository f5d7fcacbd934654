"""PyTorch's schedulers as it runs them: most find the next rate from the one in the optimizer.

A :class:`Law` says how a scheduler finds a rate, a :class:`Running` one counts as PyTorch counts,
and a :class:`Record` keeps the rates that were found. A scheduler that stands alone from the start
follows a closed form; one that is resumed, or stands beside others, has to be run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...namespaces import is_number


@dataclass
class Group:
    """What schedulers read and write in an optimizer: one of its parameter groups.

    Attributes
    ----------
    lr : float
        The rate that the optimizer holds.
    initial_lr : float, optional
        The rate from which schedulers start, written by the first of them.
    momentum : float, optional
        The momentum, or beta1, once a scheduler has written it.
    cycle : dict
        The rates and momenta of a cycle, by PyTorch's names.
    """

    lr: float
    initial_lr: float | None = None
    momentum: float | None = None
    cycle: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One call of a scheduler, as its law sees it.

    Attributes
    ----------
    epoch : int
        PyTorch's ``last_epoch``.
    begun : int
        The epoch at which this scheduler began to count.
    calls : int
        How often ``step()`` was called since then, once by the constructor.
    initial : bool
        Whether it is the constructor that calls.
    base : float
        The rate from which the scheduler started.
    group : Group
    """

    epoch: int
    begun: int
    calls: int
    initial: bool
    base: float
    group: Group


@dataclass(frozen=True)
class Law:
    """How a scheduler finds its rates.

    Attributes
    ----------
    closed : callable, optional
        ``closed(xp, k, base)``, the rate at step ``k`` when it stands alone from the start.
    find : callable
        ``find(call)``, the rate in the optimizer after this call.
    reset : callable, optional
        What ``SequentialLR`` makes of it at a milestone; None where PyTorch fails there.
    prepare : callable, optional
        ``prepare(group)``, what its constructor writes before anything else.
    momentum : callable, optional
        ``momentum(xp, k)``, as ``closed``, for the momentum.
    cycled : callable, optional
        ``cycled(call)``, the momentum in the optimizer after this call.
    base : float, optional
        The rate from which it counts once it is made.
    last : int, optional
        The last step that it takes.
    free : bool
        Whether its rate depends on the epoch and on the base alone, also when it is resumed.
    """

    closed: Callable[[Any, Any, Any], Any] | None
    find: Callable[[Call], float]
    reset: Callable[[Call], float] | None = None
    prepare: Callable[[Group], None] | None = None
    momentum: Callable[[Any, Any], Any] | None = None
    cycled: Callable[[Call], float] | None = None
    base: float | None = None
    last: int | None = None
    free: bool = False


class Running:
    """A scheduler on an optimizer; it counts its epochs and calls as PyTorch's do."""

    def __init__(self, law: Law, group: Group, last_epoch: int = -1):
        if last_epoch == -1:
            if law.prepare:
                law.prepare(group)
            if group.initial_lr is None:
                group.initial_lr = group.lr
        self.law, self.group, self.base = law, group, group.initial_lr
        self.epoch = last_epoch
        self.begin()
        if law.base is not None:
            self.base = law.base

    def begin(self) -> None:
        """The first call, by the constructor or by ``SequentialLR``."""
        self.calls, self.begun = 0, self.epoch + 1
        self._advance(initial=True)

    def step(self) -> None:
        """A call of ``step()``."""
        self._advance(initial=False)

    def undo(self) -> None:
        """Take back the epoch that the constructor counted."""
        self.epoch -= 1

    def reset(self) -> None:
        """Begin anew at epoch 0, as at a milestone."""
        self.epoch = self.begun = 0
        self._write(self.law.reset, self._call(False))

    def _advance(self, initial: bool) -> None:
        self.calls += 1
        self.epoch += 1
        self._write(self.law.find, self._call(initial))

    def _call(self, initial: bool) -> Call:
        return Call(self.epoch, self.begun, self.calls, initial, self.base, self.group)

    def _write(self, find: Callable[[Call], float], call: Call) -> None:
        self.group.lr = find(call)
        if self.law.cycled:
            self.group.momentum = self.law.cycled(call)


class Record:
    """The rates and momenta of a running scheduler, found step by step and kept.

    Parameters
    ----------
    name : str
        For messages.
    group : Group
        What the scheduler writes into.
    make : callable
        ``make(group)`` returns what runs, with a method ``step()``.
    """

    def __init__(self, name: str, group: Group, make: Callable[[Group], Any]):
        self._name, self._group, self._running = name, group, make(group)
        self._failed: ValueError | None = None
        self._kept = [(group.lr, group.momentum)]

    @property
    def cycles(self) -> bool:
        """Whether the scheduler writes the momentum."""
        return self._kept[0][1] is not None

    def rate(self, xp: Any, k: Any) -> Any:
        """The rate at the library's step ``k``, an int or an array of them."""
        return self._look(k, 0)

    def momentum(self, xp: Any, k: Any) -> Any:
        """The momentum at the library's step ``k``."""
        return self._look(k, 1)

    def _look(self, k: Any, place: int) -> Any:
        whole = isinstance(k, np.ndarray) and k.dtype.kind in "iuf" and np.all(k == np.floor(k))
        if not whole and not (is_number(k) and k == int(k)):
            raise TypeError(
                f"{self._name} finds each rate from the one before: it has values at whole steps "
                f"given as numbers, not at {k!r:.60}"
            )
        if is_number(k):
            return self._at(int(k))[place]
        values = [self._at(int(one))[place] for one in k.ravel()]
        return np.array(values, dtype=float).reshape(k.shape)

    def _at(self, k: int) -> tuple[float, float | None]:
        while len(self._kept) <= k:
            # A law that refused a step has already counted it: it would not refuse it again.
            if self._failed:
                raise ValueError(str(self._failed))
            try:
                self._running.step()
            except ValueError as error:
                self._failed = error
                raise
            self._kept.append((self._group.lr, self._group.momentum))
        return self._kept[k]
