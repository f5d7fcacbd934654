"""Rules that keep their own step sizes, FTRL and lazy Adam: what their papers say of them."""

import numpy as np
import pytest

from optlib import Optimizer
from optlib.namespaces import words
from optlib.rules import rectification


def path(optimizer, gradients, x=None):
    x = np.ones(np.shape(gradients[0])) if x is None else x
    state, points = optimizer.init(x), []
    for t, g in enumerate(gradients, 1):
        x, state = optimizer.step(t, np.asarray(g, dtype=float), x, state)
        points.append(x)
    return np.array(points), state


def test_asgd_keeps_the_mean_of_the_points_from_its_beginning_on():
    gradients = np.random.default_rng(0).standard_normal((20, 3))
    points, state = path(Optimizer("asgd", lr=0.1, decay=0.0, begin=4.0), gradients)
    # The mean is the point itself until its weight falls below one, at step begin + 3.
    np.testing.assert_allclose(state["mean"], points[5:].mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(points, 1 - 0.1 * np.cumsum(gradients, axis=0), rtol=1e-12)


def test_a_scheduled_rate_reaches_asgd_one_step_late():
    opt = Optimizer("asgd", lr=lambda t: 0.1 if t < 3 else 0.0, decay=0.0)
    points, _ = path(opt, np.ones((5, 1)))
    assert points.ravel().tolist() == [0.9, 0.8, 0.7000000000000001] + [0.7000000000000001] * 2


def test_rprop_sees_signs_alone_and_rests_where_one_turned():
    gradients = np.array([[1.0], [2.0], [-1.0], [-1.0], [-3.0]])
    points, _ = path(Optimizer("rprop", lr=0.1), gradients)
    moves = -np.diff([1.0, *points.ravel()])
    np.testing.assert_allclose(moves, [0.1, 0.12, 0.0, -0.06, -0.072], rtol=1e-12)
    scaled, _ = path(Optimizer("rprop", lr=0.1), 1e3 * gradients)
    assert np.array_equal(points, scaled)


def test_rprop_steps_stay_between_the_least_and_the_most():
    opt = Optimizer("rprop", lr=0.1, least=0.05, most=0.2)
    _, grown = path(opt, np.ones((30, 1)))
    _, shrunk = path(opt, np.array([[(-1.0) ** t] for t in range(31)]))
    assert grown["size"] == 0.2 and shrunk["size"] == 0.05


def test_sparse_adam_is_adam_where_all_entries_have_a_gradient_and_waits_elsewhere():
    gradients = np.random.default_rng(1).standard_normal((10, 4))
    full, _ = path(Optimizer("sparse_adam", lr=0.1, eps=1e-7), gradients)
    wanted, _ = path(Optimizer("eps_hat_adam", lr=0.1, eps=1e-7), gradients)
    assert np.array_equal(full, wanted)
    gradients[3:7, 1] = 0.0
    points, _ = path(Optimizer("sparse_adam", lr=0.1), gradients)
    assert np.ptp(points[2:7, 1]) == 0 and np.all(np.diff(points[:, 0]) != 0)


@pytest.mark.parametrize("start", [0.0, 1.5])
def test_a_step_of_ftrl_at_rate_zero_moves_nothing_and_keeps_the_model(start):
    opt, x = Optimizer("ftrl", lr=0.0), np.full(3, start)
    moved, state = opt.step(1, np.array([1.0, -2.0, 0.0]), x, opt.init(x))
    assert np.array_equal(moved, x) and not state["z"].any()
    assert state["n"].tolist() == [1, 4, 0]


@pytest.mark.parametrize("beta2", [0.9, 0.99, 0.999])
@pytest.mark.parametrize("threshold", [4, 5, 10])
def test_the_rectification_is_one_until_the_length_is_known(beta2, threshold):
    steps = range(1, 60)
    found = [rectification(words(1.0), beta2, t, threshold) for t in steps]
    for t, (known, r) in zip(steps, found, strict=True):
        weights = beta2 ** np.arange(t - 1, -1, -1)
        lag = 1 + 2 * (weights @ np.arange(t - 1, -1, -1)) / weights.sum()
        assert known == (lag > threshold) or np.isclose(lag, threshold)
        assert r == 1 if not known else 0 < r < 1
    assert not found[0][0] and (found[-1][0] or threshold == 10)


@pytest.mark.parametrize("power", [0.5, 0.8])
@pytest.mark.parametrize(
    "penalty", [{}, {"l1": 0.7}, {"l2": 0.4}, {"shrinkage": 0.3}, {"offset": 2.0}]
)
def test_ftrl_minimises_the_models_of_all_its_steps_with_the_penalties(penalty, power):
    hyper = {"l1": 0.0, "l2": 0.0, "shrinkage": 0.0, "offset": 0.0, "initial": 0.2, **penalty}
    lr, gradients = 0.3, np.random.default_rng(0).standard_normal((12, 5))
    points, state = path(Optimizer("ftrl", lr=lr, power=power, **hyper), gradients)
    before = np.concatenate([np.ones((1, 5)), points])[:-1]
    squares = np.concatenate([np.zeros((1, 5)), np.cumsum(gradients**2, axis=0)])
    sizes = (hyper["initial"] + squares) ** power
    slopes = gradients + 2 * hyper["shrinkage"] * before - np.diff(sizes, axis=0) / lr * before
    z, x = slopes.sum(axis=0), points[-1]
    np.testing.assert_allclose(state["z"], z, rtol=1e-11)
    curvature = (sizes[-1] + hyper["offset"]) / lr + 2 * hyper["l2"]
    slope = z + curvature * x
    assert np.all(np.where(x == 0, np.abs(z) <= hyper["l1"], True))
    np.testing.assert_allclose(slope[x != 0], -hyper["l1"] * np.sign(x[x != 0]), atol=1e-12)
