"""A budget of time for computations that may never end."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# An alarm after no time would be none.
_SOON = 1e-6
# An exception may be lost, in a finalizer for one: the alarm sounds again until the budget is left.
_AGAIN = 0.25


class OutOfTime(Exception):
    """The budget is spent."""


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Interrupt what runs inside after some seconds of wall time.

    A signal does it, so it works in the main thread of systems that have an alarm; elsewhere what
    runs inside is not bounded. A budget inside another one ends with the earlier of the two.

    Raises
    ------
    OutOfTime
        From inside, when the time is up.
    """
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return
    left = signal.getitimer(signal.ITIMER_REAL)[0]
    if left and left <= seconds:
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise OutOfTime(f"it takes longer than {seconds:g} s")

    end = time.monotonic() + left
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(end - time.monotonic(), _SOON), _AGAIN)
