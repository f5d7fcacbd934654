"""Shampoo and SOAP: what their papers claim."""

import numpy as np
import pytest
from support import gradients, run, same, start

from optlib import Optimizer, minimize, problems, shampoo
from optlib.rules import factored
from optlib.rules.shampoo import inverse_fourth_root

SHAPES = [(4, 4), (4, 7), (7, 4)]


def rotation(n, seed):
    return np.linalg.qr(np.random.default_rng(seed).standard_normal((n, n)))[0]


def drawn(shape, steps, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for _ in range(steps)]


def singular(a):
    return np.linalg.svd(a, compute_uv=False)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_first_step_of_shampoo_is_the_polar_factor(shape):
    (g,) = drawn(shape, 1)
    u, _, v = np.linalg.svd(g, full_matrices=False)
    x, _ = run(Optimizer(shampoo.shampoo, lr=1.0, eps=1e-15), np.zeros(shape), [g])
    np.testing.assert_allclose(-x, u @ v, atol=1e-10)


def test_the_first_step_of_shampoo_shrinks_only_what_is_small_beside_the_largest():
    s, eps = np.array([1.0, 0.1, 1e-3, 1e-5]), 1e-6
    g = rotation(4, 0) * s @ rotation(4, 1)
    x, _ = run(Optimizer(shampoo.shampoo, lr=1.0, eps=eps), np.zeros((4, 4)), [g])
    np.testing.assert_allclose(singular(x), s / np.sqrt(s**2 + eps), rtol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_shampoo_turns_with_rows_and_columns(shape):
    q, p = rotation(shape[0], 1), rotation(shape[1], 2)
    gs = drawn(shape, 5)
    straight, _ = run(Optimizer(shampoo.shampoo), np.zeros(shape), gs)
    turned, _ = run(Optimizer(shampoo.shampoo), np.zeros(shape), [q @ g @ p for g in gs])
    np.testing.assert_allclose(turned, q @ straight @ p, atol=1e-11)
    adam, _ = run(Optimizer("adam"), np.zeros(shape), gs)
    other, _ = run(Optimizer("adam"), np.zeros(shape), [q @ g @ p for g in gs])
    assert np.abs(other - q @ adam @ p).max() > 1e-3


def test_shampoo_does_not_see_the_size_of_the_gradients():
    gs = drawn((4, 6), 5)
    one, _ = run(Optimizer(shampoo.shampoo), np.zeros((4, 6)), gs)
    big, _ = run(Optimizer(shampoo.shampoo), np.zeros((4, 6)), [1e3 * g for g in gs])
    np.testing.assert_allclose(big, one, rtol=1e-10)


def test_shampoo_is_the_algorithm_of_the_paper_where_its_eps_is_small():
    """Algorithm 1 written with a dense Kronecker product, from eps I."""
    gs, eps = drawn((3, 4), 6), 1e-9
    left, right, x = eps * np.eye(3), eps * np.eye(4), np.zeros((3, 4))
    for g in gs:
        left, right = left + g @ g.T, right + g.T @ g
        both = np.kron(left, right)
        values, vectors = np.linalg.eigh(both)
        x = x - 0.1 * (vectors * values**-0.25 @ vectors.T @ g.reshape(-1)).reshape(3, 4)
    ours, _ = run(Optimizer(shampoo.shampoo, lr=0.1, eps=1e-12), np.zeros((3, 4)), gs)
    np.testing.assert_allclose(ours, x, atol=1e-8)


@pytest.mark.parametrize("gs", [drawn((3, 4), 6), drawn((4, 4), 2), [np.eye(3)] * 2])
def test_the_factors_of_shampoo_bound_the_full_matrix_of_adagrad(gs):
    r"""What the regret bound of Gupta, Koren & Singer rests on: for gradients of rank r or less,
    (1/r) sum vec(g) vec(g)^T is at most the product of L^1/2 and R^1/2; for the identity it is
    attained, so r cannot be smaller."""
    left, right = sum(g @ g.T for g in gs), sum(g.T @ g for g in gs)
    roots = [np.linalg.inv(shampoo.inverse_fourth_root(np, a, 0.0)) for a in (left, right)]
    product = np.kron(roots[0] @ roots[0], roots[1] @ roots[1])
    full = sum(np.outer(g.reshape(-1), g.reshape(-1)) for g in gs)
    least = np.linalg.eigvalsh(product - full / min(gs[0].shape)).min()
    assert least > -1e-12
    if same(gs[0], np.eye(3)):
        assert least < 1e-12


def test_shampoo_on_a_number_is_adagrad():
    gs = drawn((), 6)
    ours, _ = run(Optimizer(shampoo.shampoo, eps=0.0), start(()), gs)
    plain, _ = run(Optimizer("adagrad", eps=0.0), start(()), gs)
    np.testing.assert_allclose(ours, plain, rtol=1e-13)


def test_shampoo_needs_the_squares_of_its_sides():
    state = Optimizer(shampoo.shampoo).init(np.ones((30, 50)))
    assert {k: a.shape for k, a in state.items()} == {"left": (1, 30, 30), "right": (1, 50, 50)}


@pytest.mark.parametrize("rule", [shampoo.shampoo, shampoo.soap])
def test_a_zero_gradient_moves_nothing(rule):
    x, _ = run(Optimizer(rule), start((3, 4)), [np.zeros((3, 4))] * 12)
    assert same(x, start((3, 4)))


@pytest.mark.parametrize("rule", [shampoo.shampoo, shampoo.soap])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_stops_no_eigendecomposition(rule, bad):
    opt, x = Optimizer(rule), start((3, 4))
    state = opt.init(x)
    g = np.ones((3, 4))
    g[1, 2] = bad
    assert opt.step_(10, g, x, state, nonfinite="skip") is False
    assert same(x, start((3, 4)))


def test_a_factor_that_is_not_finite_gives_no_number_and_leaves_the_others_alone():
    fine = np.diag([16.0, 1.0])
    both = np.stack([fine, np.full((2, 2), np.inf)])
    root = shampoo.inverse_fourth_root(np, both, 0.0)
    np.testing.assert_allclose(root[0], np.diag([0.5, 1.0]), rtol=1e-14)
    assert np.isnan(root[1]).all()


def test_a_row_of_a_sweep_that_diverges_leaves_the_others_alone():
    lrs = np.array([0.1, 1e200])
    swept = minimize(Optimizer(shampoo.shampoo, lr=lrs), problems.quadratic(5), steps=6)
    alone = minimize(Optimizer(shampoo.shampoo, lr=0.1), problems.quadratic(5), steps=6)
    assert swept.diverged[0] == 0 and swept.diverged[1] > 0
    np.testing.assert_allclose(swept.x[:, 0], alone.x, rtol=1e-12)


@pytest.mark.parametrize("name", ["eps", "every", "beta2"])
def test_a_sweep_over_a_setting_is_the_single_runs(name):
    rule = shampoo.shampoo if name == "eps" else shampoo.soap
    values = {"eps": [1e-2, 1e-4], "every": [1, 3], "beta2": [0.9, 0.5]}[name]
    gs, x = drawn((2, 3, 4, 5), 8), start((2, 3, 4, 5))
    swept, _ = run_swept(Optimizer(rule, **{name: np.array(values)}), x, gs)
    for k, value in enumerate(values):
        alone, _ = run(Optimizer(rule, **{name: value}), x[k], [g[k] for g in gs])
        np.testing.assert_allclose(swept[k], alone, rtol=1e-12)


def run_swept(opt, x, gs):
    state = opt.init(x, sweep_axes=1)
    return run(opt, x, gs, state=state, sweep_axes=1)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_bases_of_soap_start_at_the_identity(shape):
    state = shampoo.soap.init(np, np.ones(shape))
    for name, side in zip(("ql", "qr"), shape, strict=True):
        np.testing.assert_array_equal(state[name], np.eye(side))


def test_soap_with_bases_at_the_identity_is_adam():
    gs, x = drawn((3, 4), 12), start((3, 4))
    plain = Optimizer("adam", beta1=0.95, beta2=0.95)
    for steps in (1, 9, 10):
        assert same(run(Optimizer(shampoo.soap), x, gs[:steps])[0], run(plain, x, gs[:steps])[0])
    last, other = (run(opt, x, gs[:11])[0] for opt in (Optimizer(shampoo.soap), plain))
    assert np.abs(last - other).max() > 1e-4


def test_soap_is_adam_where_the_eigenvectors_are_the_axes_in_their_order():
    gs = [np.diag([1.0, 2.0, 3.0]) * (1 + 0.1 * k) for k in range(8)]
    ours, state = run(Optimizer(shampoo.soap, every=1), np.zeros((3, 3)), gs)
    plain, _ = run(Optimizer("adam", beta1=0.95, beta2=0.95), np.zeros((3, 3)), gs)
    np.testing.assert_allclose(np.abs(state["ql"]), np.eye(3), atol=1e-14)
    np.testing.assert_allclose(ours, plain, rtol=1e-12)


def test_adafactor_in_the_eigenbases_is_shampoo_with_square_roots():
    r"""Vyas et al. 2024, Claim 1: with :math:`L^{-1/2} G R^{-1/2} \mathrm{tr}(L)^{1/2}` for Shampoo
    and means over all gradients for both."""
    gs = drawn((3, 4), 50)
    left = np.mean([g @ g.T for g in gs], axis=0)
    right = np.mean([g.T @ g for g in gs], axis=0)
    roots = [shampoo.inverse_fourth_root(np, a, 0.0) for a in (left, right)]
    root_left, root_right = (a @ a for a in roots)
    ql, qr = (shampoo.eigen(np, a)[1] for a in (left, right))
    inside = [ql.T @ g @ qr for g in gs]
    square = np.mean(np.square(inside), axis=0)
    v = factored.outer(np, square.mean(axis=1, keepdims=True), square.mean(axis=0, keepdims=True))
    adafactor = ql @ (inside[0] / np.sqrt(v)) @ qr.T
    idealised = root_left @ gs[0] @ root_right * np.sqrt(np.trace(left))
    np.testing.assert_allclose(idealised, adafactor, rtol=1e-10)


@pytest.mark.parametrize("shape", [(4, 4), (4, 5), (3, 2)])
@pytest.mark.parametrize("every", [1, 3])
def test_soap_turns_with_rows_and_columns_and_the_bases_it_starts_from(shape, every):
    q, p = rotation(shape[0], 1), rotation(shape[1], 2)
    gs, opt = drawn(shape, 9), Optimizer(shampoo.soap, every=every)
    straight, _ = run(opt, np.zeros(shape), gs)
    state = opt.init(np.zeros(shape))
    state |= {"ql": q[None], "qr": p.T[None]}
    state = {k: np.reshape(a, opt.init(np.zeros(shape))[k].shape) for k, a in state.items()}
    turned, _ = run(opt, np.zeros(shape), [q @ g @ p for g in gs], state=state)
    np.testing.assert_allclose(turned, q @ straight @ p, atol=1e-8)


def test_soap_turns_the_bases_only_at_multiples_of_every():
    opt, x = Optimizer(shampoo.soap, every=4), start((3, 4))
    state, changed = opt.init(x), []
    for t, g in enumerate(drawn((3, 4), 9), 1):
        old = state["qr"]
        x, state = opt.step(t, g, x, state)
        changed += [] if same(old, state["qr"]) else [t]
    assert changed == [4, 8]


def test_the_bases_of_soap_make_the_factors_diagonal():
    _, state = run(Optimizer(shampoo.soap, every=5), start((3, 4)), drawn((3, 4), 5))
    for name, basis in (("left", "ql"), ("right", "qr")):
        q = state[basis][0]
        np.testing.assert_allclose(q.T @ q, np.eye(len(q)), atol=1e-13)
        inside = q.T @ state[name][0] @ q
        np.testing.assert_allclose(inside - np.diag(np.diag(inside)), 0, atol=1e-13)


@pytest.mark.parametrize("shape", [(5,), (1, 5), (5, 1), ()])
def test_soap_on_one_row_or_column_is_adam_and_keeps_no_square(shape):
    x, gs = start(shape), drawn(shape, 12)
    ours, state = run(Optimizer(shampoo.soap, every=1), x, gs)
    assert same(ours, run(Optimizer("adam", beta1=0.95, beta2=0.95), x, gs)[0])
    assert all(state[k].size == 1 for k in ("left", "right", "ql", "qr"))


@pytest.mark.parametrize(("rule", "hyper"), [("shampoo", {}), ("soap", {"every": 3})])
def test_single_precision_follows_double_on_matrices(rule, hyper):
    """Three gradients of rank 5 fill both factors, so that no eigenvalue is met twice."""
    opt, x, gs = Optimizer(rule, **hyper), start((8, 5), np.float32), gradients((8, 5), 20)
    single, _ = run(opt, x, [g.astype(np.float32) for g in gs])
    double, _ = run(opt, x.astype(float), gs)
    assert np.all(np.abs(single - double) <= 1e-5 * (np.abs(double - x) + np.abs(double)))


def test_the_bases_are_rotations_of_a_space_where_an_eigenvalue_is_met_twice():
    """One gradient of rank 5 leaves 3 of 8 rows without a direction of their own: single precision
    picks another basis of their space, which is the same space, and SOAP another step."""
    opt, (g, *more) = Optimizer("soap", every=1), drawn((8, 5), 4)
    bases, ends = [], []
    for dtype in (np.float32, np.float64):
        x, state = run(opt, np.zeros((8, 5), dtype), [g.astype(dtype)])
        bases.append(state["ql"].reshape(8, 8)[:, :3].astype(float))
        ends.append(run(opt, x, [a.astype(dtype) for a in more], t0=1, state=state)[0])
    one, two = bases
    np.testing.assert_allclose(one @ one.T, two @ two.T, atol=1e-5)
    assert np.abs(np.abs(one) - np.abs(two)).max() > 1e-2
    assert np.abs(ends[0] - ends[1]).max() > 1e-5


@pytest.mark.parametrize("rule", ["shampoo", "soap"])
def test_jax_under_jit_gives_the_same_matrices_after_the_bases_have_turned(rule):
    jax = pytest.importorskip("jax")
    opt = Optimizer(rule, **({"every": 3} if rule == "soap" else {}))
    x, gs = start((8, 5), np.float32), drawn((8, 5), 8)
    ours, _ = run(opt, x.astype(float), gs)
    step, theirs = jax.jit(opt.step), jax.numpy.asarray(x)
    state = opt.init(theirs)
    for t, g in enumerate(gs, 1):
        theirs, state = step(jax.numpy.asarray(t), jax.numpy.asarray(g, "float32"), theirs, state)
    np.testing.assert_allclose(np.asarray(theirs), ours, atol=1e-5)


def test_an_eigenvalue_that_rounding_made_negative_counts_as_zero():
    below, at = (inverse_fourth_root(np, np.diag([1.0, low]), 1e-6) for low in (-1e-5, 0.0))
    np.testing.assert_allclose(below, at, rtol=1e-12)
    assert below[1, 1] == pytest.approx(1e-6**-0.25)


@pytest.mark.parametrize("eps", [0.0, 0.1])
@pytest.mark.parametrize("values", [(16.0, 0.0, 0.0), (16.0, 1.0, 0.25), (0.0, 0.0, 0.0)])
def test_a_root_of_zero_has_the_inverse_zero(values, eps):
    q = rotation(3, 0) if eps else np.eye(3)
    damped = np.array(values) + eps * max(values)
    inverse = [v**-0.25 if v else 0.0 for v in damped]
    found = inverse_fourth_root(np, (q * values) @ q.T, eps)
    np.testing.assert_allclose(found, (q * inverse) @ q.T, atol=1e-12)
