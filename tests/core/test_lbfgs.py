"""L-BFGS is dense BFGS with a short memory; line searches do what they promise."""

import numpy as np
import pytest
from support import same

from optlib import NonFiniteError, Optimizer, minimize, problems, trace
from optlib.rules.lbfgs import lbfgs, with_memory
from optlib.running.linesearch import LineSearch, armijo, strong_wolfe

PLANES = [problems.rosenbrock(), problems.beale(), problems.himmelblau()]


def exact(matrix):
    """The rate that minimizes a quadratic along the direction."""

    def search(value_and_grad, x, u, f, g):
        curvature = u @ matrix @ u
        lr = float(g @ u / curvature) if curvature > 0 else 0.0
        return lr, *value_and_grad(x - lr * u), 1

    return LineSearch("exact", search)


def dense_bfgs(pairs, gamma, n):
    """The inverse BFGS matrix, updated pair by pair from a multiple of the identity."""
    h = gamma * np.eye(n)
    for s, y in pairs:
        rho = 1 / (s @ y)
        left = np.eye(n) - rho * np.outer(s, y)
        h = left @ h @ left.T + rho * np.outer(s, s)
    return h


@pytest.mark.parametrize("memory", [1, 3, 8, 20])
def test_the_direction_is_that_of_dense_bfgs_from_the_pairs_in_memory(memory):
    """With 20 pairs nothing is forgotten in 15 steps: it is BFGS itself."""
    rng = np.random.default_rng(0)
    n, rule = 6, with_memory(memory)
    root = rng.standard_normal((n, n))
    matrix = root @ root.T + np.eye(n)
    opt = Optimizer(rule, lr=1.0)
    x = rng.standard_normal(n)
    state, points = opt.init(x), []
    for t in range(1, 16):
        g = matrix @ x
        new, state = opt.step(t, g, x, state)
        points.append((x, g))
        if t > 1:
            changes = list(zip(points[1:], points[:-1], strict=True))
            pairs = [(a[0] - b[0], a[1] - b[1]) for a, b in changes][-memory:]
            s, y = pairs[-1]
            expected = dense_bfgs(pairs, s @ y / (y @ y), n) @ g
            np.testing.assert_allclose(x - new, expected, rtol=1e-7, atol=1e-9)
        x = x + 0.3 * rng.standard_normal(n)


def test_an_exact_search_solves_a_quadratic_in_as_many_steps_as_it_has_dimensions():
    problem = problems.quadratic(100.0, dim=6)
    matrix = problem.hess(problem.start)
    run = minimize(Optimizer("lbfgs", lr=exact(matrix)), problem, steps=6)
    size = np.linalg.norm(run.x, axis=1)
    assert size[-1] < 1e-10 * size[0] and size[-2] > 1e-4 * size[0]


def test_it_finds_the_minimum_of_rosenbrock_to_ten_digits():
    run = minimize(Optimizer("lbfgs", lr=strong_wolfe()), problems.rosenbrock(), steps=40)
    assert np.abs(run.x[-1] - 1).max() < 1e-10
    assert run.evals < 70


@pytest.mark.parametrize("problem", PLANES, ids=lambda p: p.name)
@pytest.mark.parametrize("rule", ["lbfgs", "sgd"])
@pytest.mark.parametrize(("c1", "c2"), [(1e-4, 0.9), (0.1, 0.2)])
def test_strong_wolfe_conditions_hold_at_every_accepted_step(problem, rule, c1, c2):
    opt = Optimizer(rule, lr=strong_wolfe(c1, c2))
    run, accepted = minimize(opt, problem, steps=25), 0
    for old, new in zip(run.x, run.x[1:], strict=False):
        f, g = problem.value(old), problem.grad(old)
        if np.abs(g).max() < 1e-5:
            # Rounding of the value decides there.
            break
        step = new - old
        assert g @ step < 0
        assert problem.value(new) <= f + c1 * (g @ step) + 1e-14 * abs(f)
        assert abs(problem.grad(new) @ step) <= c2 * abs(g @ step) * (1 + 1e-9)
        accepted += 1
    assert accepted >= 5


@pytest.mark.parametrize("problem", PLANES, ids=lambda p: p.name)
def test_armijo_never_goes_up_and_takes_the_first_trial_that_is_low_enough(problem):
    run = minimize(Optimizer("sgd", lr=armijo(c1=0.1, shrink=0.5)), problem, steps=50)
    for old, new in zip(run.x, run.x[1:], strict=False):
        f, g = problem.value(old), problem.grad(old)
        if np.abs(g).max() < 1e-3:
            # The rate can no longer be read off the points.
            break
        rate = -((new - old) @ g) / (g @ g)
        k = round(-np.log2(rate))
        assert rate == pytest.approx(0.5**k, rel=1e-6)
        assert problem.value(new) <= f - 0.1 * rate * (g @ g)
        if k:
            assert problem.value(old - 2 * 0.5**k * g) > f - 0.1 * 2 * 0.5**k * (g @ g)


def test_evaluations_are_counted_as_they_happen():
    import dataclasses

    calls = []
    counted = dataclasses.replace(
        problems.rosenbrock(),
        grad=lambda x, t=None: calls.append(1) or problems.rosenbrock().grad(x),
    )
    for lr in (strong_wolfe(), armijo()):
        calls.clear()
        run = minimize(Optimizer("lbfgs", lr=lr), counted, steps=20)
        assert run.evals == len(calls) > 20
    calls.clear()
    assert minimize(Optimizer("adam"), counted, steps=20).evals == len(calls) == 20


def test_a_searched_run_goes_on_bitwise_where_it_stopped():
    problem, opt = problems.rosenbrock(), Optimizer("lbfgs", lr=strong_wolfe())
    whole = minimize(opt, problem, steps=20)
    half = minimize(opt, problem, steps=9)
    rest = minimize(opt, problem, half.point, steps=11, state=half.state, t0=9)
    assert same(np.concatenate([half.x, rest.x[1:]]), whole.x)


def test_a_search_may_stand_for_the_rate_of_any_rule_and_stays_where_no_point_is_lower():
    problem = problems.rosenbrock()
    run = minimize(Optimizer("adam", lr=armijo()), problem, steps=30)
    assert np.all(np.diff(run.f) <= 0) and run.f[-1] < 0.5 * run.f[0]
    up = Optimizer("sgd", lr=armijo(), before=lambda gradients, runs: [-g for g in gradients])
    run = minimize(up, problem, steps=3)
    assert np.all(run.x == problem.start) and run.evals == 1


def test_a_projection_is_searched_from_again():
    import dataclasses

    boxed = dataclasses.replace(
        problems.quadratic(10.0), project=lambda x: np.maximum(x, 0.5), start=np.array([2.0, 2.0])
    )
    run = minimize(Optimizer("lbfgs", lr=strong_wolfe()), boxed, steps=30)
    assert np.all(run.x >= 0.5)
    np.testing.assert_allclose(run.x[-1], [0.5, 0.5])


def test_negative_curvature_is_not_stored():
    opt = Optimizer(lbfgs, lr=1.0)
    x = np.array([1.0, -2.0])
    state = opt.init(x)
    _, state = opt.step(1, -x, x, state)
    _, state = opt.step(2, -2 * x, 2 * x, state)
    assert not state["s"].any() and not state["y"].any()


@pytest.mark.parametrize("curvature", [0.0, 0.5])
@pytest.mark.parametrize("excess", [-0.25, 0.0, 0.25])
def test_a_pair_is_stored_if_its_curvature_is_above_the_bound(curvature, excess):
    opt, x = Optimizer(lbfgs, lr=1.0, curvature=curvature), np.zeros(2)
    _, state = opt.step(1, np.zeros(2), x, opt.init(x))
    _, state = opt.step(2, np.array([curvature + excess, 3.0]), np.array([1.0, 0.0]), state)
    assert state["s"].any() == state["y"].any() == (excess > 0)


@pytest.mark.parametrize("g", [[0.25, -0.5], [3.0, -4.0], [0.0, 0.0]])
def test_the_first_direction_is_the_gradient_at_most_one_long(g):
    opt, x, g = Optimizer(lbfgs, lr=1.0), np.zeros(2), np.array(g)
    moved = -opt.step(1, g, x, opt.init(x))[0]
    np.testing.assert_allclose(moved, g / max(1, np.abs(g).sum()), rtol=1e-15)


def test_the_last_ten_pairs_are_kept_unless_told():
    x = np.zeros((3, 4), np.float32)
    for rule, memory in ((lbfgs, 10), (with_memory(1), 1), (with_memory(4), 4)):
        state = Optimizer(rule).init(x)
        assert state["s"].shape[-1] == state["y"].shape[-1] == memory
        assert not np.shares_memory(state["s"], state["y"])
    assert with_memory(4).parent is lbfgs and "4 pairs" in with_memory(4).change


@pytest.mark.parametrize("rule", ["lbfgs", "newton"])
def test_no_symbols_can_follow_what_solves_or_remembers(rule):
    with pytest.raises(TypeError, match=f"{rule} cannot run on symbols"):
        trace(rule)


def test_searches_refuse_what_they_cannot_do():
    problem, search = problems.rosenbrock(), strong_wolfe()
    with pytest.raises(ValueError, match="does not sweep"):
        minimize(Optimizer("lbfgs", lr=search), problem, np.zeros((3, 2)))
    with pytest.raises(TypeError, match="needs a rate inside"):
        minimize(Optimizer("keras_momentum", lr=search), problem)
    for make in (
        lambda: strong_wolfe(c1=0.9, c2=0.1),
        lambda: strong_wolfe(first=0.0),
        lambda: armijo(shrink=1.0),
        lambda: armijo(c1=0.0),
        lambda: with_memory(0),
        lambda: with_memory(True),
        lambda: with_memory(2.5),
    ):
        with pytest.raises(ValueError, match="must satisfy|memory"):
            make()


@pytest.mark.parametrize("search", [armijo(), strong_wolfe(limit=0)], ids=repr)
@pytest.mark.parametrize(("dtype", "size"), [(np.float16, 1e4), (np.float32, 3e19)])
def test_a_slope_beyond_the_type_of_the_gradient_is_one_to_go_down(search, dtype, size):
    g = np.full(1000, size, dtype)

    def line(x):
        return float(g.astype(float) @ x.astype(float)), g

    lr, f, *_ = search(line, np.zeros_like(g), g, 0.0, g)
    assert lr > 0 and f < 0


@pytest.mark.parametrize("search", [armijo(), strong_wolfe()], ids=repr)
def test_a_slope_that_overflows_is_a_step_that_is_not_finite(search):
    steep = problems.Problem(
        "steep", lambda x, t=None: 1e200 * x[..., 0], lambda x, t: x + 1e200, start=np.zeros(2)
    )
    with pytest.raises(NonFiniteError):
        minimize(Optimizer("sgd", lr=search), steep, steps=1)
