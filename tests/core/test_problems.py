"""Every gradient and Hessian against SymPy's, every minimum against its definition."""

import numpy as np
import pytest
import sympy as sp

from optlib import problems

PROBLEMS = {
    "quadratic": problems.quadratic(30, rotation=0.7),
    "quadratic 3-d": problems.quadratic(50, rotation=0.3, dim=3),
    **{
        f.__name__: f()
        for f in (
            problems.rosenbrock,
            problems.beale,
            problems.himmelblau,
            problems.rastrigin,
            problems.ravine,
            problems.saddle,
        )
    },
}


@pytest.fixture(params=PROBLEMS)
def problem(request):
    return PROBLEMS[request.param]


@pytest.fixture
def points(problem):
    return np.random.default_rng(0).uniform(-2, 2, (4, 5, *problem.shape))


def test_gradient_and_hessian_are_sympys(problem, points):
    symbols = sp.symbols(f"x:{problem.shape[0]}", real=True)
    f = problem.value(np.array(symbols, dtype=object))
    grad = sp.lambdify(symbols, [sp.diff(f, s) for s in symbols])
    hess = sp.lambdify(symbols, sp.hessian(f, symbols))
    for x in [*points.reshape(-1, *problem.shape), np.zeros(problem.shape)]:
        np.testing.assert_allclose(problem.grad(x), grad(*x), rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(problem.hess(x), hess(*x), rtol=1e-11, atol=1e-10)


def test_leading_axes_are_runs(problem, points):
    f, g, h = problem.value(points), problem.grad(points), problem.hess(points)
    assert f.shape == (4, 5) and g.shape == points.shape and h.shape == (*g.shape, g.shape[-1])
    one = points[2, 3]
    np.testing.assert_allclose(f[2, 3], problem.value(one), rtol=1e-14)
    np.testing.assert_allclose(g[2, 3], problem.grad(one), rtol=1e-13)


def test_minima_are_minima(problem, points):
    assert problem.minima
    lowest = min(problem.value(x) for x in problem.minima)
    assert np.all(problem.value(points) > lowest)
    for x in problem.minima:
        assert np.abs(problem.grad(x)).max() < 1e-12
        assert problem.value(x) == pytest.approx(lowest, abs=1e-24)
        assert np.linalg.eigvalsh(problem.hess(x)).min() > 0


def test_the_window_shows_start_and_minima(problem):
    if problem.shape == (2,):
        for x in (problem.start, *problem.minima):
            assert all(low <= v <= high for v, (low, high) in zip(x, problem.window, strict=True))


@pytest.mark.parametrize("even", [problems.quadratic(), problems.rastrigin(), problems.saddle()])
def test_what_is_even_along_both_axes_is_drawn_so(even):
    x = np.random.default_rng(1).uniform(-2, 2, (20, 2))
    for axis, (low, high) in enumerate(even.window):
        mirrored = x.copy()
        mirrored[:, axis] *= -1
        assert low == -high
        np.testing.assert_allclose(even.value(mirrored), even.value(x), rtol=1e-12)


@pytest.mark.parametrize("name", [name for name in PROBLEMS if "quadratic" not in name])
def test_single_precision_is_kept(name):
    problem, x = PROBLEMS[name], np.ones((3, 2), np.float32)
    kept = problem.value(x), problem.grad(x), problem.hess(x)
    assert {a.dtype for a in kept} == {np.dtype(np.float32)}


def test_noise_depends_on_seed_and_step_alone(problem, points):
    noisy = problems.noisy(problem, sigma=2.0, seed=7)
    x = points[0]
    noise = noisy.grad(x, 5) - problem.grad(x)
    np.testing.assert_allclose(noise, np.broadcast_to(noise[0], noise.shape), atol=1e-11)
    np.testing.assert_allclose(noise, noisy.grad(x, 5) - problem.grad(x))
    assert not np.allclose(noise, noisy.grad(x, 6) - problem.grad(x))
    assert not np.allclose(noise, problems.noisy(problem, 2.0, seed=8).grad(x, 5) - problem.grad(x))
    assert np.array_equal(noisy.grad(x), problem.grad(x))
    draws = np.array([noisy.grad(x[0], t) - problem.grad(x[0]) for t in range(1, 2001)])
    assert draws.mean() == pytest.approx(0, abs=0.15) and draws.std() == pytest.approx(2, abs=0.1)


def test_noise_is_standard_from_seed_0_unless_told(problem):
    x = problem.start
    for told, sigma, seed in (({}, 1, 0), ({"sigma": 0.5}, 0.5, 0), ({"seed": 3}, 1, 3)):
        drawn = np.random.default_rng([seed, 4]).standard_normal(problem.shape)
        noise = problems.noisy(problem, **told).grad(x, 4) - problem.grad(x)
        np.testing.assert_allclose(noise, sigma * drawn, atol=1e-10)


@pytest.mark.parametrize(
    "wrong", [{"sigma": -1.0}, {"sigma": float("nan")}, {"seed": -1}, {"seed": 0.5}]
)
def test_noise_of_another_kind_is_refused(wrong):
    with pytest.raises(ValueError, match=f"noisy: {next(iter(wrong))} must satisfy 0 <="):
        problems.noisy(problems.beale(), **wrong)
    silent = problems.noisy(problems.beale(), sigma=0)
    assert np.array_equal(silent.grad(np.ones(2), 1), silent.grad(np.ones(2)))


def test_the_quadratic_has_the_eigenvalues_it_was_given():
    q, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((4, 4)))
    for rotation in (0.0, 1.1, q):
        h = problems.quadratic(1000, rotation, dim=4).hess(np.zeros(4))
        np.testing.assert_allclose(np.linalg.eigvalsh(h), [1, 10, 100, 1000], rtol=1e-10)


@pytest.mark.parametrize("rotation", [0.0, 0.4, -2.0])
@pytest.mark.parametrize("dim", [1, 2, 5])
def test_a_quadratic_is_started_one_unit_along_every_axis_of_its_own(rotation, dim):
    problem = problems.quadratic(16, rotation, dim)
    values, axes = np.linalg.eigh(problem.hess(problem.start))
    np.testing.assert_allclose(values, np.geomspace(1, 16, dim), rtol=1e-12)
    np.testing.assert_allclose(np.abs(problem.start @ axes), np.ones(dim), rtol=1e-12)


def test_without_arguments_a_quadratic_is_100_times_as_steep_along_the_second_axis():
    np.testing.assert_array_equal(problems.quadratic().hess(np.zeros(2)), [[1, 0], [0, 100]])


def test_rosenbrock_starts_where_rosenbrock_did():
    assert problems.rosenbrock().value(problems.rosenbrock().start) == pytest.approx(24.2)


@pytest.mark.parametrize(
    "rotation", [np.ones((2, 2)), [[1, 1e-4], [0, 1]], np.eye(3), np.eye(2, dtype=complex), [1, 0]]
)
def test_what_does_not_rotate_is_refused(rotation):
    with pytest.raises(ValueError, match="an angle or an orthogonal 2 x 2 matrix"):
        problems.quadratic(10, rotation)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: problems.quadratic(0.5), "condition must satisfy 1 <= condition"),
        (lambda: problems.ravine(0.0), "steepness must satisfy 0 < steepness"),
        (lambda: problems.noisy(problems.beale(), sigma=-1.0), "sigma must satisfy 0 <= sigma"),
    ],
)
def test_bad_arguments_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_noise_is_added_to_a_problem_and_to_nothing_else():
    with pytest.raises(TypeError, match="must be a Problem, got"):
        problems.noisy("beale")
