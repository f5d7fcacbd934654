"""PyTorch's schedulers (torch 2.13) that are made of others on one optimizer.

They are run, not computed: each part multiplies, or overwrites, the one rate that the optimizer
holds. The parts are put on it in their order, those of a part that is itself made of others first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from ..table import FollowedSchedule, NotModelled, schedule_entry
from .recursion import Group, Record
from .schedulers import COUNT, Scheduler, recorded


class _Sequence:
    """``SequentialLR`` on an optimizer that holds its parts already."""

    def __init__(self, parts: list[Any], milestones: list[int], group: Group, last_epoch: int):
        self.parts, self.milestones, self.epoch = parts, milestones, last_epoch + 1
        group.lr = group.initial_lr
        self.undo()
        self.parts[bisect_right(milestones, 0)].begin()

    def undo(self) -> None:
        for part in self.parts:
            part.undo()

    def begin(self) -> None:
        self.step()

    def step(self) -> None:
        self.epoch += 1
        place = bisect_right(self.milestones, self.epoch)
        if place and self.milestones[place - 1] == self.epoch:
            self.parts[place].reset()
        else:
            self.parts[place].step()


class _Chain:
    """``ChainedScheduler``."""

    def __init__(self, parts: list[Any]):
        self.parts = parts

    def undo(self) -> None:
        for part in self.parts:
            part.undo()

    def begin(self) -> None:
        self.step()

    def step(self) -> None:
        for part in self.parts:
            part.step()


@schedule_entry(
    "torch",
    "SequentialLR",
    domains={"milestones": COUNT, "last_epoch": "integer [-1, inf)"},
    note="at a milestone the next part begins at its own epoch 0 from the first rate, but for "
    "MultiplicativeLR and SWALR, which go on from the rate that is held; last_epoch moves the "
    "milestones alone, not the parts",
)
def sequential_lr(*, schedulers, milestones, last_epoch=-1):
    """One part after the other; the parts count from their milestones."""
    parts = _parts("SequentialLR", schedulers)
    milestones = [int(m) for m in milestones]
    if len(milestones) != len(parts) - 1:
        raise ValueError(
            f"torch SequentialLR takes one milestone less than schedulers, got {len(milestones)} "
            f"for {len(parts)}"
        )
    if milestones != sorted(milestones):
        raise ValueError(f"torch SequentialLR: milestones must not fall, got {milestones}")
    for place, part in enumerate(parts):
        if place and not part.resets and milestones[place - 1] > last_epoch + 1:
            raise NotModelled(
                f"torch SequentialLR: {part.name} cannot begin at a milestone: torch itself raises"
            )

    def make(group: Group) -> _Sequence:
        made = [part.make(group) for part in parts]
        return _Sequence(made, milestones, group, int(last_epoch))

    return _composed("torch SequentialLR", parts, make)


@schedule_entry(
    "torch",
    "ChainedScheduler",
    fixed={"optimizer": None},
    note="every part acts on the rate that the part before it left, so factors multiply, and a "
    "part that sets the rate itself wipes out those before it",
)
def chained_scheduler(*, schedulers):
    """All parts at every step, one on top of the other."""
    parts = _parts("ChainedScheduler", schedulers)
    return _composed(
        "torch ChainedScheduler", parts, lambda group: _Chain([p.make(group) for p in parts])
    )


def _parts(name: str, schedulers: Any) -> list[Scheduler]:
    """Schedules of PyTorch's kind, all of one optimizer."""
    parts = list(schedulers)
    if not parts:
        raise ValueError(f"torch {name} takes at least one scheduler")
    for part in parts:
        if not isinstance(part, Scheduler) or part.make is None:
            kind = "resumed" if isinstance(part, Scheduler) else "not one of PyTorch's"
            raise NotModelled(
                f"torch {name}: schedulers must come from like('torch', ...) or "
                f"like('transformers', ...), from their start; {part!r:.60} is {kind}"
            )
    rates = {part.lr for part in parts if part.lr is not None}
    if len(rates) > 1:
        raise ValueError(
            f"torch {name}: all schedulers belong to one optimizer, so give them one lr, not "
            f"{', '.join(map(str, sorted(rates)))}"
        )
    return parts


def _composed(name: str, parts: list[Scheduler], make: Callable[[Group], Any]) -> FollowedSchedule:
    lr = next((part.lr for part in parts if part.lr is not None), None)
    record = Record(name, Group(0.0 if lr is None else lr), make)
    return recorded(name, record, make, lr)
