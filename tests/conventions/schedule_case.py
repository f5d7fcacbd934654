"""One schedule of a library with one set of arguments, and how we run it."""

from dataclasses import dataclass

from optlib.conventions import FollowedSchedule, like

STEPS = 60


@dataclass(frozen=True, eq=False)
class ScheduleCase:
    """One schedule of a library with one set of arguments, for ``k = 0 ... last``."""

    library: str
    name: str
    arguments: dict
    last: int = STEPS
    tolerance: float = 1e-9

    @property
    def key(self):
        shown = ", ".join(f"{k}={v}" for k, v in self.arguments.items())
        return f"{self.library} {self.name}({shown})"

    def ours(self):
        """Our values at every step, and those of the momentum if it is cycled too."""
        arguments = dict(self.arguments)
        if "schedules" in arguments:
            arguments["schedules"] = [like(self.library, n, **a) for n, a in arguments["schedules"]]
        return series(like(self.library, self.name, **arguments), self.last)


def series(schedule: FollowedSchedule, last):
    values = {"lr": [schedule(k) for k in range(last + 1)]}
    if schedule.momentum is not None:
        values["momentum"] = [schedule.momentum(k) for k in range(last + 1)]
    return values


def cases(library, name, *sets, shared=None, **options):
    return [ScheduleCase(library, name, {**(shared or {}), **s}, **options) for s in sets]
