"""What the view of a matrix promises, and what Adafactor's paper claims."""

import math

import numpy as np
import pytest
from support import gradients, run, same, start

from optlib import RULES, Optimizer, minimize, problems, rules
from optlib.registry import rule as register
from optlib.rules import factored

MATRIX = [name for name, fn in RULES.items() if fn.scope == "matrix"]
# What has a number for each row, or a factor of its own for outputs and inputs.
ROWS_ARE_OUTPUTS = {"normuon", "scion_unconstrained", "scion"}


@pytest.mark.parametrize("name", MATRIX)
def test_each_matrix_of_a_stack_is_transformed_alone_but_for_the_size_of_the_layer(name):
    gs = gradients((3, 4, 5), 3)
    x = np.ones((3, 4, 5))
    alike = {"clip": math.inf, "eps2": 10.0}
    opt = Optimizer(name, **{k: v for k, v in alike.items() if k in RULES[name].hyper})
    whole, _ = run(opt, x, gs)
    for k in range(3):
        alone, _ = run(opt, x[k], [g[k] for g in gs])
        np.testing.assert_allclose(whole[k], alone, rtol=1e-13)


@pytest.mark.parametrize("name", MATRIX)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_row_and_a_column_without_gradients_do_not_stop_the_others(name, kind):
    rng = np.random.default_rng(0)
    g, x = (rng.standard_normal((2, 4, 5)).astype(kind) for _ in range(2))
    g[:, 1], g[..., 2] = 0, 0
    moved, opt = x.copy(), Optimizer(name)
    state = opt.init(x)
    for t in (1, 2, 3):
        opt.step_(t, g, moved, state)
    assert (np.delete(np.delete(moved - x, 1, axis=1), 2, axis=2) != 0).all()


@pytest.mark.parametrize("name", MATRIX)
def test_axes_before_the_last_two_are_one_axis(name):
    x, gs = start((2, 3, 4, 5)), gradients((2, 3, 4, 5), 4)
    split, _ = run(Optimizer(name), x, gs)
    joined, _ = run(Optimizer(name), x.reshape(6, 4, 5), [g.reshape(6, 4, 5) for g in gs])
    assert same(split.reshape(6, 4, 5), joined)


@pytest.mark.parametrize("name", MATRIX)
@pytest.mark.parametrize("shape", [(), (5,)])
def test_a_vector_is_a_matrix_of_one_row(name, shape):
    x, gs = start(shape), gradients(shape, 4)
    vector, _ = run(Optimizer(name), x, gs)
    row, _ = run(Optimizer(name), x.reshape(1, -1), [g.reshape(1, -1) for g in gs])
    assert same(vector.reshape(1, -1), row)


@pytest.mark.parametrize("name", MATRIX)
def test_a_transposed_matrix_takes_the_transposed_step(name):
    x, gs = start((4, 6)), gradients((4, 6), 5)
    straight, _ = run(Optimizer(name), x, gs)
    turned, _ = run(Optimizer(name), x.T.copy(), [g.T.copy() for g in gs])
    alike = np.allclose(turned.T, straight, rtol=1e-12, atol=0)
    assert alike == (name not in ROWS_ARE_OUTPUTS)


@pytest.mark.parametrize("name", MATRIX)
def test_rows_of_a_sweep_over_matrices_are_the_single_runs(name):
    lrs = np.array([0.1, 0.01, 0.03])
    x, gs = start((3, 4, 5)), gradients((3, 4, 5), 4)
    swept = Optimizer(name, lr=lrs)
    state, point = swept.init(x, sweep_axes=1), x
    for t, g in enumerate(gs, 1):
        point, state = swept.step(t, g, point, state, sweep_axes=1)
    for k, lr in enumerate(lrs):
        alone, _ = run(Optimizer(name, lr=lr), x[k], [g[k] for g in gs])
        np.testing.assert_allclose(point[k], alone, rtol=1e-13)


def test_a_sweep_in_minimize_starts_with_the_state_of_each_run():
    swept = minimize(
        Optimizer("adafactor", lr=np.array([0.1, 0.2])), problems.quadratic(5), steps=3
    )
    assert swept.state["r"].shape == (2, 1, 1, 1) and swept.x.shape == (4, 2, 2)


def test_matrix_is_a_scope_and_says_whether_it_can_be_traced():
    assert {RULES[name].traceable for name in MATRIX} == {False}
    with pytest.raises(ValueError, match="element, layer, matrix"):
        register(source="none", scope="tensor")


def test_adafactor_is_exact_for_squares_of_rank_one():
    rng = np.random.default_rng(0)
    v = np.outer(rng.uniform(0.1, 10, 6), rng.uniform(0.1, 10, 9))
    rows, columns = v.mean(axis=1, keepdims=True), v.mean(axis=0, keepdims=True)
    np.testing.assert_allclose(factored.outer(np, rows, columns), v, rtol=1e-14)
    other = v + rng.uniform(0, 1, v.shape)
    rows, columns = other.mean(axis=1, keepdims=True), other.mean(axis=0, keepdims=True)
    assert np.abs(factored.outer(np, rows, columns) - other).max() > 1e-2


def test_adafactor_keeps_the_sums_of_rows_and_columns_of_any_squares():
    g = gradients((6, 9), 1)[0]
    v = g * g
    kept = factored.outer(np, v.mean(axis=1, keepdims=True), v.mean(axis=0, keepdims=True))
    np.testing.assert_allclose(kept.sum(axis=0), v.sum(axis=0), rtol=1e-13)
    np.testing.assert_allclose(kept.sum(axis=1), v.sum(axis=1), rtol=1e-13)


def test_adafactor_minimises_the_generalised_kullback_leibler_divergence():
    """Shazeer & Stern, section 3: no factors of rank one are closer to the squares."""
    rng = np.random.default_rng(1)
    v = rng.uniform(0.1, 10, (5, 7))

    def divergence(w):
        return np.sum(v * np.log(v / w) - v + w)

    rows, columns = v.mean(axis=1, keepdims=True), v.mean(axis=0, keepdims=True)
    best = divergence(factored.outer(np, rows, columns))
    for _ in range(50):
        near = rows * np.exp(0.1 * rng.standard_normal(rows.shape))
        far = columns * np.exp(0.1 * rng.standard_normal(columns.shape)) / rows.mean()
        assert divergence(near * far) > best


@pytest.mark.parametrize("name", ["adafactor", "adafactor_absolute", "adafactor_floored"])
def test_adafactor_needs_as_many_numbers_as_rows_and_columns(name):
    state = Optimizer(name).init(np.ones((30, 50)))
    assert sum(a.size for a in state.values()) == 30 + 50
    assert Optimizer("adam").init(np.ones((30, 50)))["v"].size == 30 * 50


@pytest.mark.parametrize("kind", ["", "_absolute"])
def test_adafactor_on_a_vector_is_algorithm_5(kind):
    x, gs = start(7), gradients(7, 20)
    factored, _ = run(Optimizer(f"adafactor{kind}"), x, gs)
    plain, _ = run(Optimizer(f"adafactor_vector{kind}"), x, gs)
    np.testing.assert_allclose(factored, plain, rtol=1e-13)


def test_the_first_second_moment_is_the_first_square():
    """1 - t**-0.8 is 0 at t = 1, so no correction of the average is needed."""
    g = gradients(5, 1)[0]
    assert factored.growing(1, 0.8) == 0
    _, state = run(Optimizer("adafactor_vector"), np.ones(5), [g])
    np.testing.assert_allclose(state["v"], g * g, rtol=1e-15)


@pytest.mark.parametrize("decay", [0.5, 0.8, 1.0])
def test_the_growing_decay_weighs_old_squares_to_a_total_of_one(decay):
    """Shazeer & Stern, section 7; with c = 1 it is the plain mean of all squares."""
    average, mean = 0.0, []
    for t in range(1, 50):
        average = rules.ema(factored.growing(t, decay), average, 1.0)
        mean.append(t * 1.0)
    assert average == pytest.approx(1.0, rel=1e-13)
    average = 0.0
    for t, new in enumerate(mean, 1):
        average = rules.ema(factored.growing(t, 1.0), average, new)
    assert average == pytest.approx(np.mean(mean), rel=1e-13)


@pytest.mark.parametrize("name", [n for n in RULES if n.startswith("adafactor")])
def test_the_direction_of_adafactor_has_a_bounded_root_mean_square(name):
    x, gs = start((6, 8)), gradients((6, 8), 12)
    opt = Optimizer(name, lr=1.0, clip=0.7)
    state = opt.init(x)
    for t, g in enumerate(gs, 1):
        new, state = opt.step(t, g, x, state)
        scale = 1.0 if name.endswith("absolute") else max(1e-3, np.sqrt(np.mean(x * x)))
        assert np.sqrt(np.mean((new - x) ** 2)) <= 0.7 * scale * (1 + 1e-12)
        x = new


@pytest.mark.parametrize("name", ["adafactor", "adafactor_vector"])
def test_adafactor_scales_its_steps_with_the_layer_and_moves_a_layer_at_zero(name):
    gs, x = gradients((4, 5), 1), start((4, 5))
    one = run(Optimizer(name), x, gs)[0] - x
    ten = run(Optimizer(name), 10 * x, gs)[0] - 10 * x
    np.testing.assert_allclose(ten, 10 * one, rtol=1e-9)
    zero, _ = run(Optimizer(name, lr=1.0, eps2=1e-3), np.zeros((4, 5)), gs)
    assert 0 < np.sqrt(np.mean(zero**2)) <= 1e-3 * (1 + 1e-12)


def test_the_floor_of_torch_shrinks_a_small_vector_and_enlarges_a_small_matrix():
    gs, x = gradients((4, 5), 6), start((4, 5))
    paper, floored = (run(Optimizer(n), x, gs)[0] for n in ("adafactor", "adafactor_floored"))
    np.testing.assert_allclose(floored, paper, rtol=1e-9)
    hyper, eps1 = {"lr": 1.0, "clip": math.inf, "eps2": 1.0, "eps1": 1e-6}, 1e-6
    g = np.full((4, 5), 1e-4)
    large, _ = run(Optimizer("adafactor_floored", **hyper), np.zeros((4, 5)), [g])
    np.testing.assert_allclose(-large, np.sqrt(eps1) / g, rtol=1e-12)
    vector, _ = run(Optimizer("adafactor_vector_floored", **hyper), np.zeros(5), [g[0] * 1e-3])
    np.testing.assert_allclose(-vector, 1e-7 / eps1, rtol=1e-12)
