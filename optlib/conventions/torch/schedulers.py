"""How a scheduler of PyTorch's enters the table: its law, with the arguments that all of them take.

``lr=`` stands for the optimizer's rate. Step ``k`` is the ``k``-th call of ``scheduler.step()``, so
the first ``optimizer.step()`` sees ``k = 0``. ``last_epoch=e`` resumes: ``k = 0`` is then PyTorch's
epoch ``e + 1``, ``lr=`` the rate that the optimizer holds, and ``initial_lr=`` the one from which
the schedule once started, which PyTorch keeps in the parameter groups.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...domains import number
from ...namespaces import words
from ...running.fixed import fixed
from ..table import FollowedSchedule, schedule_entry
from .recursion import Call, Group, Law, Record, Running

RATE = "[0, inf)"
LENGTH = "integer [1, inf)"
COUNT = "integer [0, inf)"
_DOMAINS = {"lr": RATE, "initial_lr": RATE, "last_epoch": "integer [-1, inf)"}


@fixed("make another one with like(library, name, ...)")
@dataclass(frozen=True, eq=False)
class Scheduler(FollowedSchedule):
    """A schedule of PyTorch's that can stand among others on one optimizer.

    Attributes
    ----------
    make : callable, optional
        ``make(group)`` puts it on an optimizer; None for one that was resumed.
    lr : float, optional
        The optimizer's rate; None where the schedule sets its own.
    resets : bool
        Whether PyTorch can begin it at a milestone.
    """

    make: Callable[[Group], Any] | None = None
    lr: float | None = None
    resets: bool = True


def scheduler(
    library: str,
    name: str,
    *,
    note: str = "",
    domains: Mapping[str, str] | None = None,
    sets_rate: bool = False,
) -> Callable[[Callable], Callable]:
    """Enter a function of a scheduler's own arguments, which returns its :class:`Law`.

    Parameters
    ----------
    library, name, note, domains
        As for an entry of the table.
    sets_rate : bool
        Whether the scheduler overwrites the rate of the optimizer, which then may be left out.
    """

    def register(build: Callable) -> Callable:
        own = inspect.signature(build).parameters
        empty = None if sets_rate else inspect.Parameter.empty
        shared = {"lr": empty, "last_epoch": -1, "initial_lr": None}
        parameters = [
            inspect.Parameter(k, inspect.Parameter.KEYWORD_ONLY, default=v)
            for k, v in shared.items()
        ]

        def complete(*, lr=None, last_epoch=-1, initial_lr=None, **arguments):
            # Some factors of transformers' look at the rate themselves.
            law = build(**({"lr": lr} if "lr" in own else {}), **arguments)
            return placed(f"{library} {name}", law, lr, last_epoch, initial_lr)

        more = [p for p in own.values() if p.name != "lr"]
        complete.__signature__ = inspect.Signature([parameters[0], *more, *parameters[1:]])
        complete.__doc__ = build.__doc__
        every = {**_DOMAINS, **(domains or {})}
        return schedule_entry(library, name, note=note, domains=every)(complete)

    return register


def placed(
    name: str, law: Law, lr: float | None, last_epoch: int, initial_lr: float | None
) -> Scheduler:
    """The schedule on an optimizer of its own, from the start or resumed."""
    if last_epoch != -1 and initial_lr is None and law.base is None:
        raise ValueError(
            f"{name}: last_epoch={last_epoch} resumes, which needs initial_lr=, the rate from "
            "which the schedule once started, beside lr=, the one that the optimizer now holds"
        )
    base = initial_lr if initial_lr is not None else lr if law.base is None else law.base
    fresh = last_epoch == -1 and initial_lr is None
    free = law.free and law.base in (None, base)
    if law.closed and (fresh or free):
        return _alone(name, law, lr if fresh else None, base, int(last_epoch) + 1, fresh)
    group = Group(0.0 if lr is None else lr, initial_lr)
    record = Record(name, group, lambda g: Running(law, g, int(last_epoch)))
    make = (lambda group: Running(law, group)) if fresh else None
    return recorded(name, record, make, lr, law.reset is not None)


def _alone(
    name: str, law: Law, lr: float | None, base: float, shift: int, fresh: bool
) -> Scheduler:
    """What follows the closed form, ``shift`` steps ahead."""
    last = None if law.last is None else law.last - shift
    if last is not None and last < 0:
        raise ValueError(f"{name}: epoch {shift} is past the last one, {law.last}")
    momentum = None
    if law.momentum:
        momentum = FollowedSchedule(
            lambda xp, k: law.momentum(xp, k + shift), f"{name} momentum", last=last
        )
    return Scheduler(
        lambda xp, k: law.closed(xp, k + shift, base),
        name,
        momentum,
        last,
        make=(lambda group: Running(law, group)) if fresh else None,
        lr=lr,
        resets=law.reset is not None,
    )


def recorded(
    name: str,
    record: Record,
    make: Callable[[Group], Any] | None = None,
    lr: float | None = None,
    resets: bool = False,
) -> Scheduler:
    """What has to be run, step by step."""
    momentum = FollowedSchedule(record.momentum, f"{name} momentum") if record.cycles else None
    return Scheduler(record.rate, name, momentum, make=make, lr=lr, resets=resets)


def by_factor(
    closed: Callable[[Any, Any], Any],
    factor: Callable[[int, bool], float],
    begun: float | None = 1.0,
) -> Law:
    """A law that multiplies the rate that is held.

    Parameters
    ----------
    closed : callable
        ``closed(xp, k)``, the product of the factors through step ``k``.
    factor : callable
        ``factor(epoch, initial)``.
    begun : float, optional
        What multiplies the base at a milestone; None where PyTorch divides by zero.
    """

    def reset(call: Call) -> float:
        return call.base * begun

    return Law(
        lambda xp, k, base: base * closed(xp, k),
        lambda call: call.group.lr * factor(call.epoch, call.initial),
        None if begun is None else reset,
    )


def by_epoch(value: Callable[[Any, Any, Any], Any], **options: Any) -> Law:
    """A law that overwrites the rate by ``value(xp, epoch, base)``, whatever is held."""

    def find(call: Call) -> float:
        return _on_number(value, call.epoch, call.base)

    return Law(value, find, find, free=True, **options)


def _on_number(value: Callable, k: int, base: float) -> float:
    return value(words(k), k, base)


def pointwise(owner: str, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A person's function of one step, also on arrays of steps; its values must be real.

    Raises
    ------
    TypeError
        Later, if a value is not a number.
    """

    def one(k: Any) -> float:
        return number(owner, f"the function's value at {k}", function(k), "real")

    def at(k: Any) -> Any:
        if isinstance(k, np.ndarray) and k.dtype.kind in "iuf":
            return np.array([one(v) for v in k.ravel().tolist()], dtype=float).reshape(k.shape)
        return one(k) if isinstance(k, (int, float)) else function(k)

    return at
