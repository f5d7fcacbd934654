"""Line searches on lines made for them: which points they try, when they stop, what they return."""

import math

import numpy as np
import pytest

from optlib import armijo, strong_wolfe

UP = np.ones(1)


def searched(search, value, slope):
    """The rate that is found and those that were tried; value and slope by the rate."""
    tried = []

    def value_and_grad(point):
        rate = -float(point[0])
        tried.append(rate)
        return value(rate), np.array([-slope(rate)])

    f, g = value(0.0), np.array([-slope(0.0)])
    lr, new_f, new_g, evals = search(value_and_grad, np.zeros(1), UP, f, g)
    assert evals == len(tried)
    assert (new_f, new_g) == ((value(lr), -slope(lr)) if lr else (f, g))
    return lr, tried


@pytest.mark.parametrize("shrink", [0.5, 0.1])
@pytest.mark.parametrize("first", [1.0, 8.0])
def test_armijo_tries_a_falling_series_of_rates_and_gives_up(shrink, first):
    """The slope says down, and every point is higher: no rate at all."""
    search = armijo(shrink=shrink, first=first, limit=7)
    lr, tried = searched(search, lambda a: a, lambda a: -1.0)
    assert lr == 0.0 and tried == pytest.approx([first * shrink**k for k in range(7)])


@pytest.mark.parametrize("c1", [0.5, 0.51])
def test_armijo_takes_a_decrease_that_is_just_enough(c1):
    """At the bottom of a parabola the decrease is half of what the tangent promises."""
    lr, _ = searched(armijo(c1=c1), lambda a: (a - 1) ** 2 / 2, lambda a: a - 1)
    assert lr == (1.0 if c1 == 0.5 else 0.5)


def test_by_default_armijo_halves_one_up_to_fifty_times():
    _, tried = searched(armijo(), lambda a: a, lambda a: -1.0)
    assert tried == [0.5**k for k in range(50)]
    barely = searched(armijo(), lambda a: -1.0001e-4 * a, lambda a: -1.0)
    assert barely == (1.0, [1.0])
    assert searched(armijo(), lambda a: -0.9999e-4 * a, lambda a: -1.0)[0] == 0.0


@pytest.mark.parametrize("limit", [0, 1, 2, 9])
def test_strong_wolfe_makes_so_many_trials_after_the_first(limit):
    search = strong_wolfe(limit=limit, tolerance=0.0)
    for value in (lambda a: a, lambda a: -a):
        lr, tried = searched(search, value, lambda a: -1.0)
        assert len(tried) == limit + 1
        assert (lr > 0) == (value(1.0) < 0)


@pytest.mark.parametrize("search", [armijo(), strong_wolfe()], ids=repr)
@pytest.mark.parametrize("slope", [0.0, 1.0, math.nan])
def test_where_the_direction_does_not_lead_down_nothing_is_tried(search, slope):
    def never(x):
        raise AssertionError("the problem was evaluated")

    g = np.array([-slope])
    assert search(never, np.ones(1), UP, 2.0, g) == (0.0, 2.0, g, 0)


@pytest.mark.parametrize(
    "made",
    [
        lambda v: armijo(c1=v),
        lambda v: armijo(shrink=v),
        lambda v: strong_wolfe(c2=v),
        lambda v: strong_wolfe(c1=v),
        lambda v: strong_wolfe(first=v - 1),
        lambda v: armijo(first=v - 1),
        lambda v: armijo(limit=v - 1),
        lambda v: strong_wolfe(limit=v - 2),
        lambda v: strong_wolfe(tolerance=v - 2),
    ],
)
def test_numbers_at_the_open_ends_of_their_domains_are_refused(made):
    with pytest.raises(ValueError, match="must satisfy"):
        made(1.0)
    assert "(" in repr(strong_wolfe(limit=0, tolerance=0.0)) and armijo(limit=1)


# Each number of a search with its ends, and what is refused just there or just beyond.
ENDS = [
    (armijo, "c1", 0.5, [0.0, 1.0]),
    (armijo, "shrink", 0.5, [0.0, 1.0]),
    (armijo, "first", 1e-300, [0.0, -1.0]),
    (armijo, "limit", 1, [0, 1.5]),
    (strong_wolfe, "c1", 0.5, [0.0, 0.9, 0.95]),
    (strong_wolfe, "c2", 0.5, [0.0, 1e-4, 1.0]),
    (strong_wolfe, "first", 1e-300, [0.0, -1.0]),
    (strong_wolfe, "limit", 0, [-1, 1.5]),
    (strong_wolfe, "tolerance", 0.0, [-1e-300]),
]


@pytest.mark.parametrize(
    ("search", "name", "taken", "refused"), ENDS, ids=lambda v: getattr(v, "__name__", str(v))
)
def test_a_number_at_its_open_end_or_beyond_is_refused(search, name, taken, refused):
    search(**{name: taken})
    for value in refused:
        with pytest.raises(ValueError, match="must satisfy"):
            search(**{name: value})
