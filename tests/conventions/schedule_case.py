"""One schedule of a library with one set of arguments, and how we run it."""

from dataclasses import dataclass

from optlib.conventions import FollowedSchedule, like

STEPS = 60


@dataclass(frozen=True)
class Wave:
    """A person's function of the step, of period 5."""

    height: float

    def __call__(self, k):
        return 1 + self.height * (k % 5 - 2) / 2


@dataclass(frozen=True, eq=False)
class ScheduleCase:
    """One schedule of a library with one set of arguments, for ``k = 0 ... last``.

    ``stepwise`` says that it is found step by step, and so has no value at a symbol.
    """

    library: str
    name: str
    arguments: dict
    last: int = STEPS
    tolerance: float = 1e-9
    stepwise: bool = False

    @property
    def key(self):
        shown = ", ".join(f"{k}={v}" for k, v in self.arguments.items())
        return f"{self.library} {self.name}({shown})"

    def ours(self):
        """Our values at every step, and those of the momentum if it is cycled too."""
        return series(self.schedule(), self.last)

    def schedule(self):
        """What ``like`` makes of it; the parts of a schedule are names and arguments too."""
        return made(self.library, self.name, self.arguments)


PARTS = ("schedules", "schedulers")


def made(library, name, arguments):
    arguments = dict(arguments)
    for key in PARTS:
        if key in arguments:
            arguments[key] = [made(library, *part) for part in arguments[key]]
    return like(library, name, **arguments)


def series(schedule: FollowedSchedule, last):
    values = {"lr": [schedule(k) for k in range(last + 1)]}
    if schedule.momentum is not None:
        values["momentum"] = [schedule.momentum(k) for k in range(last + 1)]
    return values


def cases(library, name, *sets, shared=None, **options):
    return [ScheduleCase(library, name, {**(shared or {}), **s}, **options) for s in sets]
