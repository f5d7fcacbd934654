"""Dion: what its paper claims, and its algorithm by another orthogonalisation."""

import numpy as np
import pytest
from support import run, same, start

from optlib import Optimizer

SHAPES = [(4, 7), (7, 4), (5, 5)]


def drawn(shape, steps, seed=0):
    return list(np.random.default_rng(seed).standard_normal((steps, *shape)))


def with_singular_values(values, shape, seed=0):
    rng = np.random.default_rng(seed)
    u, v = (np.linalg.qr(rng.standard_normal((n, len(values))))[0] for n in shape)
    return u, np.asarray(values), v


def gram_schmidt(a):
    columns = []
    for column in a.T:
        for done in columns + columns:
            column = column - done * (done @ column)
        columns.append(column / np.linalg.norm(column))
    return np.array(columns).T


def steps_of_dion(gs, q, momentum, eps):
    """Ahn et al., Algorithm 1, for matrices with no more columns than rows."""
    m = np.zeros_like(gs[0])
    for g in gs:
        b = m + g
        p = gram_schmidt(b @ q)
        r = b.T @ p
        m = b - (1 - momentum) * p @ r.T
        q = r / (np.sqrt(np.sum(r * r, axis=0)) + eps)
        yield p @ q.T


@pytest.mark.parametrize("fraction", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_dion_follows_the_algorithm_and_transposes_wide_matrices(shape, fraction):
    given, turned = {"momentum": 0.8, "eps": 1e-3}, shape[0] < shape[1]
    opt, gs = Optimizer("dion", lr=1.0, fraction=fraction, **given), drawn(shape, 6)
    x, state = np.zeros(shape), opt.init(np.zeros(shape))
    q = state["q"].reshape(state["q"].shape[-2:])
    theirs = steps_of_dion([g.T if turned else g for g in gs], q, **given)
    for t, (g, u) in enumerate(zip(gs, theirs, strict=True), 1):
        new, state = opt.step(t, g, x, state)
        np.testing.assert_allclose(x - new, u.T if turned else u, rtol=1e-9, atol=1e-12)
        x = new


@pytest.mark.parametrize("shape", SHAPES)
def test_a_steady_gradient_leads_dion_of_full_rank_to_the_polar_factor(shape):
    u, s, v = with_singular_values([3.0, 1.5, 0.8, 0.4, 0.2][: min(shape)], shape)
    g = u * s @ v.T
    opt, x = Optimizer("dion", lr=1.0, eps=1e-300), np.zeros(shape)
    state, apart = opt.init(x), []
    for t in range(1, 61):
        new, state = opt.step(t, g, x, state)
        apart.append(np.abs(x - new - u @ v.T).max())
        x = new
    assert apart[-1] < 1e-10 and apart[0] > 1e-2


@pytest.mark.parametrize("shape", SHAPES)
def test_dion_of_lower_rank_takes_the_largest_singular_vectors(shape):
    """Until those that it leaves out have gathered as much."""
    u, s, v = with_singular_values([3.0, 1.5, 0.003, 0.001], shape)
    opt, x = Optimizer("dion", lr=1.0, fraction=2 / min(shape)), np.zeros(shape)
    before, after = (run(opt, x, [u * s @ v.T] * t)[0] for t in (29, 30))
    np.testing.assert_allclose(before - after, u[:, :2] @ v[:, :2].T, atol=1e-2)
    assert np.linalg.matrix_rank(before - after, tol=1e-9) == 2


@pytest.mark.parametrize("shape", SHAPES)
def test_what_the_rank_leaves_out_stays_in_the_buffer(shape):
    opt, x, gs = Optimizer("dion", lr=1.0, fraction=0.4), np.zeros(shape), drawn(shape, 5)
    state, kept = opt.init(x), np.zeros(shape)
    for t, g in enumerate(gs, 1):
        new, state = opt.step(t, g, x, state)
        tall, axis = (x - new, 0) if shape[0] >= shape[1] else ((x - new).T, 1)
        p = np.linalg.svd(tall, full_matrices=False)[0][:, :2]
        b = np.moveaxis(kept + g, axis, 0)
        wanted = b - (1 - 0.95) * p @ (p.T @ b)
        kept = state["m"].reshape(shape)
        np.testing.assert_allclose(np.moveaxis(kept, axis, 0), wanted, atol=1e-12)
        x = new


def test_a_gradient_in_turn_out_of_the_rank_is_not_lost():
    """The control leaves out what error feedback keeps: it never steps along the second vector."""
    u, _, v = with_singular_values([1.0, 1.0], (6, 5))
    g = 3.0 * np.outer(u[:, 0], v[:, 0]) + np.outer(u[:, 1], v[:, 1])
    opt = Optimizer("dion", lr=1.0, fraction=1 / 5, momentum=0.5)
    x, _ = run(opt, np.zeros((6, 5)), [g] * 60)
    along = -u.T @ x @ v
    assert along[1, 1] > 0.2 * along[0, 0] > 0
    q = opt.init(x)["q"][0]
    for _ in range(60):
        p = gram_schmidt(g @ q)
        q = g.T @ p / np.linalg.norm(g.T @ p)
    assert abs(u[:, 1] @ p @ q.T @ v[:, 1]) < 1e-12


@pytest.mark.parametrize(("fraction", "rank"), [(1.0, 12), (0.5, 6), (0.3, 4), (0.01, 1)])
def test_the_state_has_the_columns_of_the_rank_on_the_shorter_side(fraction, rank):
    for shape in ((12, 20), (20, 12)):
        state = Optimizer("dion", fraction=fraction).init(np.ones(shape))
        assert state["m"].shape == shape and state["q"].shape == (1, 12, rank)
        q = state["q"][0]
        np.testing.assert_allclose(q.T @ q, np.diag(np.diag(q.T @ q)), atol=1e-5)


def test_runs_of_a_sweep_have_their_own_rank():
    gs, x = drawn((3, 6, 5), 4), np.zeros((3, 6, 5))
    ranks = np.array([0.2, 0.6, 1.0])
    opt = Optimizer("dion", fraction=ranks)
    several, _ = run(opt, x, gs, state=opt.init(x, sweep_axes=1), sweep_axes=1)
    for k, fraction in enumerate(ranks.tolist()):
        alone, _ = run(Optimizer("dion", fraction=fraction), x[k], [g[k] for g in gs])
        np.testing.assert_allclose(several[k], alone, rtol=1e-9)


def test_a_zero_gradient_moves_nothing_and_keeps_the_directions():
    opt, x = Optimizer("dion"), start((4, 3))
    first = opt.init(x)
    new, state = run(opt, x, [np.zeros((4, 3))] * 3)
    assert same(new, x) and not state["m"].any()
    turned = state["q"][0] * np.linalg.norm(first["q"][0], axis=0)
    np.testing.assert_allclose(turned, first["q"][0], rtol=1e-6, atol=1e-6)


def test_a_vector_is_divided_by_the_length_of_its_momentum():
    gs = drawn((5,), 3)
    x, _ = run(Optimizer("dion", lr=1.0, momentum=0.0), np.zeros(5), gs)
    np.testing.assert_allclose(-x, sum(g / np.linalg.norm(g) for g in gs), rtol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_stops_no_decomposition(bad):
    opt, x = Optimizer("dion"), start((4, 3))
    g = np.ones((4, 3))
    g[1, 2] = bad
    assert opt.step_(1, g, x, opt.init(x), nonfinite="skip") is False
    assert same(x, start((4, 3)))
