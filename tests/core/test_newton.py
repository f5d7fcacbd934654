"""Newton's method: what its one extra input must be, and what it does with it."""

import numpy as np
import pytest
from support import gradients, start

from optlib import Optimizer, minimize, problems

NEWTON = Optimizer("newton", lr=1.0)


def test_a_quadratic_is_solved_in_one_step():
    problem = problems.quadratic(1e4, rotation=0.7)
    run = minimize(NEWTON, problem, steps=1)
    np.testing.assert_allclose(run.x[-1], 0, atol=1e-11)


def test_the_error_is_squared_at_every_step_near_a_minimum():
    problem = problems.rosenbrock()
    run = minimize(NEWTON, problem, steps=12, x0=np.array([1.2, 1.5]))
    error = np.linalg.norm(run.x - problem.minima[0], axis=-1)
    close = [e for e in error if 1e-8 < e < 1e-2]
    after = [error[list(error).index(e) + 1] for e in close]
    assert len(close) >= 2 and all(b < 30 * a**2 for a, b in zip(close, after, strict=True))


def test_a_linear_change_of_variables_changes_nothing():
    rng = np.random.default_rng(0)
    d, x, g = rng.standard_normal((4, 4)), rng.standard_normal(4), rng.standard_normal(4)
    h = np.cov(rng.standard_normal((4, 9)))
    y = np.linalg.solve(d, x)
    moved, _ = NEWTON.step(1, g, x, {}, hess=h)
    changed, _ = NEWTON.step(1, d.T @ g, y, {}, hess=d.T @ h @ d)
    np.testing.assert_allclose(d @ changed, moved, rtol=1e-10)


def test_a_saddle_attracts_it():
    run = minimize(NEWTON, problems.saddle(), steps=30)
    np.testing.assert_allclose(problems.saddle().grad(run.x[-1]), 0, atol=1e-8)


def test_a_sweep_has_a_hessian_for_every_run():
    run = minimize(Optimizer("newton", lr=np.array([0.5, 1.0])), problems.quadratic(), steps=1)
    np.testing.assert_allclose(run.x[-1, 0], run.x[0, 0] / 2, rtol=1e-12)
    np.testing.assert_allclose(run.x[-1, 1], 0, atol=1e-12)


@pytest.mark.parametrize("hess", [np.ones(12), np.ones((3, 4)), np.ones((12, 11))])
def test_a_hessian_of_another_shape_is_refused(hess):
    x, g = start((3, 4)), gradients((3, 4), 1)[0]
    with pytest.raises(ValueError, match=r"hess .*shape .* not \(12, 12\)"):
        NEWTON.step(1, g, x, {}, hess=hess)


def test_a_layer_is_one_vector_whatever_its_shape():
    x, g = start((3, 4)), gradients((3, 4), 1)[0]
    h = np.diag(np.arange(1.0, 13.0))
    new, _ = NEWTON.step(1, g, x, {}, hess=h)
    np.testing.assert_allclose(new, x - g / np.arange(1.0, 13.0).reshape(3, 4), rtol=1e-14)
