"""Online problems and the regret of a run."""

from dataclasses import replace

import numpy as np
import pytest

from optlib import Optimizer, minimize
from optlib.problems.online import hinge_cycle, linear_cycle, regret

SLOPES = (3.0, -1.0, -1.0)


def test_the_slopes_come_in_turn():
    problem = linear_cycle(SLOPES)
    x = np.array([0.5])
    assert [float(problem.grad(x, t)[0]) for t in range(1, 7)] == [3, -1, -1, 3, -1, -1]
    assert float(problem.value(x)) == pytest.approx(0.5 / 3)
    assert float(problem.minima[0][0]) == -1 and linear_cycle((1.0, -1.0)).minima == ()
    assert float(linear_cycle((-1.0,)).minima[0][0]) == 1


def test_runs_stay_in_the_box():
    run = minimize(Optimizer("sgd", lr=5.0), linear_cycle(SLOPES, start=0.0), steps=6)
    assert set(run.x[1:, 0]) == {-1.0, 1.0}


@pytest.mark.parametrize("x", [-2.0, -0.5, 0.3, 1.7])
@pytest.mark.parametrize("t", [None, 1, 2])
@pytest.mark.parametrize("slopes", [SLOPES, (0.0, 2.0)])
def test_the_hinges_have_their_gradients(slopes, x, t):
    problem, h, at = hinge_cycle(slopes), 1e-6, np.array([x])
    slope = (problem.value(at + h, t) - problem.value(at - h, t)) / (2 * h)
    assert problem.grad(at, t)[0] == pytest.approx(float(slope), abs=1e-6)


@pytest.mark.parametrize("x", [-1.0, -0.2, 1.0])
@pytest.mark.parametrize("t", [None, 1, 2, 3])
def test_both_agree_on_the_box(x, t):
    at = np.array([x])
    both = [float(p(SLOPES).value(at, t)) for p in (linear_cycle, hinge_cycle)]
    assert both[0] == pytest.approx(both[1])


def test_hinges_take_sweeps():
    points = np.linspace(-2, 2, 10).reshape(2, 5, 1)
    problem = hinge_cycle(SLOPES)
    assert problem.value(points, 1).shape == (2, 5)
    assert problem.grad(points, 1).shape == problem.grad(points).shape == points.shape


def test_regret_is_the_sum_of_the_losses_before_each_step():
    problem = linear_cycle(SLOPES)
    run = minimize(Optimizer("sgd", lr=0.1), problem, steps=5)
    by_hand = sum(SLOPES[k % 3] * float(run.x[k, 0] + 1) for k in range(5))
    assert regret(problem, run)[-1] == pytest.approx(by_hand)
    assert regret(problem, run, best=[1.0])[0] == pytest.approx(0.0)


def test_regret_compares_with_the_first_minimum_unless_told():
    both = (np.array([-1.0]), np.array([1.0]))
    problem = replace(linear_cycle((1.0, -1.0)), minima=both)
    run = minimize(Optimizer("sgd", lr=0.1), problem, steps=3)
    for own, best in ((regret(problem, run), both[0]), (regret(problem, run, best=[1.0]), both[1])):
        np.testing.assert_allclose(own, regret(replace(problem, minima=()), run, best=best))
    assert not np.allclose(regret(problem, run), regret(problem, run, best=[1.0]))


def test_regret_of_a_sweep_has_its_shape():
    problem = linear_cycle(SLOPES)
    run = minimize(Optimizer("sgd", lr=np.array([0.1, 0.2])), problem, steps=5)
    assert regret(problem, run).shape == (5, 2)


@pytest.mark.parametrize("slopes", [(), (1.0, np.inf), ((1.0, 2.0),)])
@pytest.mark.parametrize("make", [linear_cycle, hinge_cycle])
def test_bad_slopes_are_refused(make, slopes):
    with pytest.raises(ValueError, match="slopes"):
        make(slopes)


@pytest.mark.parametrize("make", [linear_cycle, hinge_cycle])
def test_a_run_starts_where_it_is_told_and_else_at_one(make):
    assert make(SLOPES).start.tolist() == [1.0]
    for start in (-1.0, 0.25, 1.0):
        assert make(SLOPES, start).start.tolist() == [start]


@pytest.mark.parametrize("start", [-2.0, -1.001, 1.001, float("nan")])
def test_a_start_outside_of_the_box_is_refused(start):
    with pytest.raises(ValueError, match="start must lie in"):
        linear_cycle(SLOPES, start)


def test_bad_runs_are_refused():
    problem = linear_cycle((1.0, -1.0))
    run = minimize(Optimizer("sgd", lr=0.1), problem, steps=4)
    with pytest.raises(ValueError, match="no minimum"):
        regret(problem, run)
    run = minimize(Optimizer("sgd", lr=0.1), problem, steps=4, record=2)
    with pytest.raises(ValueError, match="every step"):
        regret(problem, run, best=[0.0])
    late = minimize(Optimizer("sgd", lr=0.1), problem, steps=4, t0=4, state={})
    with pytest.raises(ValueError, match="from the first"):
        regret(problem, late, best=[0.0])


@pytest.mark.parametrize("make", [linear_cycle, hinge_cycle])
@pytest.mark.parametrize(
    "slopes", [[3.0, -1.0, -1.0], [-3.0, 1.0, 1.0], [0.1, 0.2], [-0.1], [0.5, -0.2], [1.0, -1.0]]
)
def test_the_minimum_of_a_cycle_is_the_lowest_point_of_its_mean(make, slopes):
    problem = make(slopes)
    grid = np.linspace(-1, 1, 21)[:, None]
    values = problem.value(grid)
    if np.ptp(values) < 1e-12:
        assert problem.minima == ()
    else:
        assert np.array_equal(problem.minima[0], grid[np.argmin(values)])
