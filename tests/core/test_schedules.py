"""Schedules: one definition for a step, an array of steps and a symbol; continuous and in range."""

import inspect

import numpy as np
import pytest
import sympy as sp

from optlib import SCHEDULES, Optimizer, join, schedule

VALUES = {"peak": 0.3, "warmup": 40, "total": 100, "floor": 0.02}


@pytest.fixture(params=list(SCHEDULES))
def bound(request):
    keywords = inspect.signature(SCHEDULES[request.param]).parameters
    return schedule(request.param, **{k: v for k, v in VALUES.items() if k in keywords})


def test_int_array_and_symbol_agree(bound):
    steps = np.arange(1, 151)
    one_by_one = [bound(int(t)) for t in steps]
    assert all(type(value) is float for value in one_by_one)
    np.testing.assert_allclose(bound(steps), one_by_one, rtol=1e-15)
    t = sp.Symbol("t", integer=True, positive=True)
    exact = sp.lambdify(t, bound(t))
    np.testing.assert_allclose([exact(int(k)) for k in steps], one_by_one, rtol=1e-12, atol=1e-16)


def test_settings_broadcast(bound):
    peaks = np.array([0.1, 0.2, 0.4])
    many = schedule(
        bound.fn,
        **{**bound.hyper, "peak": peaks, **({"floor": 0.0} if "floor" in bound.hyper else {})},
    )
    one = schedule(
        bound.fn,
        **{**bound.hyper, "peak": 0.2, **({"floor": 0.0} if "floor" in bound.hyper else {})},
    )
    assert many.shape == (3,) and one.shape == ()
    assert all(many(t)[1] == one(t) for t in (1, 17, 40, 99, 130))


def test_schedules_stay_between_zero_and_the_peak_and_move_smoothly(bound):
    values = bound(np.arange(1, 200))
    assert values.min() >= 0 and values.max() <= VALUES["peak"] * (1 + 1e-15)
    assert np.abs(np.diff(values)).max() <= VALUES["peak"] / VALUES["warmup"] * 1.01


def test_first_and_last_steps_are_where_the_docstrings_say():
    warm = schedule("linear_warmup", peak=1.0, warmup=10)
    assert (warm(1), warm(10), warm(11)) == (0.1, 1.0, 1.0)
    for name in ("linear_decay", "cosine"):
        down = schedule(name, peak=1.0, total=10, floor=0.25)
        assert down(10) == down(25) == 0.25 and 0.25 < down(9) < down(1) < 1.0
    root = schedule("inverse_sqrt", peak=1.0, warmup=10)
    assert root(10) == 1.0 and root(40) == 0.5 and root(5) == 0.5


def test_joined_schedules_count_their_own_steps():
    joined = join(
        schedule("linear_warmup", peak=0.3, warmup=10),
        join(schedule("constant", peak=0.3), schedule("linear_decay", peak=0.3, total=20), at=5),
        at=10,
    )
    values = joined(np.arange(1, 61))
    assert values[9] == values[14] == 0.3 and values[0] == pytest.approx(0.03)
    assert values[15] == pytest.approx(0.3 * 0.95) and values[34] == values[59] == 0.0
    assert [joined(t) for t in range(1, 61)] == pytest.approx(list(values), abs=1e-16)
    t = sp.Symbol("t", integer=True, positive=True)
    exact = sp.lambdify(t, joined(t))
    np.testing.assert_allclose([exact(k) for k in range(1, 61)], values, rtol=1e-12, atol=1e-16)


def test_a_schedule_may_stand_for_any_hyper_parameter():
    """Adam whose beta1 is scheduled to zero is Adam with beta1 = 0 from there on."""
    x = np.array([1.0, -2.0])
    beta1 = join(schedule("constant", peak=0.9), schedule("constant", peak=0.0), at=2)
    scheduled, plain = Optimizer("adam", beta1=beta1), Optimizer("adam", beta1=0.0)
    state = {"m": x, "v": x * x}
    a, _ = scheduled.step(3, x, x, state)
    b, _ = plain.step(3, x, x, state)
    assert np.array_equal(a, b)
    c, _ = scheduled.step(2, x, x, state)
    assert not np.array_equal(a, c)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (
            lambda: schedule("cosin", peak=1.0),
            TypeError,
            "unknown schedule 'cosin'; known are .*cosine",
        ),
        (lambda: schedule("cosine", peak=1.0), TypeError, "cosine needs total"),
        (
            lambda: schedule("cosine", peak=1.0, total=5, pek=1),
            TypeError,
            "no hyper-parameter 'pek'",
        ),
        (lambda: schedule("cosine", peak=-1.0, total=5), ValueError, "peak must satisfy"),
        (lambda: schedule("cosine", peak=1.0, total=0), ValueError, "total must satisfy"),
        (lambda: schedule("cosine", peak=1.0, total=2.5), ValueError, "whole"),
        (lambda: join(schedule("constant", peak=1.0), 0.1, at=3), TypeError, "bound schedules"),
        (lambda: join(*[schedule("constant", peak=1.0)] * 2, at=0), ValueError, "at must be"),
    ],
)
def test_bad_arguments_are_refused(make, error, words):
    with pytest.raises(error, match=words):
        make()
