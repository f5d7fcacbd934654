"""A budget of time ends what runs inside of it, and nothing else."""

import contextlib
import signal
import threading
import time

import pytest

from optlib.algebra.bounded import OutOfTime, budget

LONG = 60


def work(seconds=1.0):
    """What an alarm interrupts, but ends by itself, lest a test should hang."""
    time.sleep(seconds)


@pytest.mark.parametrize(("outer", "inner"), [(LONG, 0.01), (0.01, LONG)])
def test_of_two_budgets_the_earlier_one_ends(outer, inner):
    with pytest.raises(OutOfTime, match=r"longer than 0\.01 s"), budget(outer), budget(inner):
        work()


def within(seconds):
    with budget(seconds):
        pass


def spent():
    with pytest.raises(OutOfTime, match=r"0\.01 s"), budget(0.01):
        work()


def overdrawn():
    end = time.monotonic() + 0.4
    with budget(0.01):
        while (left := end - time.monotonic()) > 0:
            with contextlib.suppress(OutOfTime):
                work(left)


INNER = {
    "a shorter one in time": lambda: within(0.2),
    "a longer one in time": lambda: within(LONG),
    "one that is spent": spent,
    "one whose work goes on after the time of both": overdrawn,
}


@pytest.mark.parametrize("inner", INNER)
def test_a_budget_ends_at_its_time_whatever_ran_inside(inner):
    with pytest.raises(OutOfTime, match=r"0\.3 s"), budget(0.3):
        INNER[inner]()
        work()


def test_budgets_inside_of_another_do_not_lengthen_it():
    with pytest.raises(OutOfTime, match=r"0\.5 s"), budget(0.5):
        for _ in range(10):
            with budget(0.4):
                work(0.1)


def test_an_alarm_that_is_lost_sounds_again():
    with pytest.raises(OutOfTime), budget(0.01):
        with contextlib.suppress(OutOfTime):
            work()
        work()


def test_the_alarm_is_as_it_was_afterwards():
    before = signal.getsignal(signal.SIGALRM)
    within(LONG)
    spent()
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_in_another_thread_nothing_is_bounded():
    done = []
    thread = threading.Thread(target=lambda: (overdrawn_there(), done.append(True)))
    thread.start()
    thread.join()
    assert done


def overdrawn_there():
    with budget(0.01):
        work(0.02)


def test_without_an_alarm_nothing_is_bounded(monkeypatch):
    monkeypatch.delattr(signal, "setitimer")
    overdrawn_there()
