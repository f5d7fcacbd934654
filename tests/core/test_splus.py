"""SPlus: what its paper claims, and its algorithm written out."""

import numpy as np
import pytest
from support import run, same, start

from optlib import Optimizer, shampoo

SHAPES = [(4, 4), (4, 7), (7, 4)]


def drawn(shape, steps, seed=0):
    return list(np.random.default_rng(seed).standard_normal((steps, *shape)))


def directions(opt, gs):
    points = [run(opt, np.zeros(gs[0].shape), gs[:k])[0] for k in range(len(gs) + 1)]
    return -np.diff(points, axis=0)


def bases(gs, beta2):
    left = sum(beta2**k * g @ g.T for k, g in enumerate(gs[::-1]))
    right = sum(beta2**k * g.T @ g for k, g in enumerate(gs[::-1]))
    return np.linalg.eigh(left)[1], np.linalg.eigh(right)[1]


@pytest.mark.parametrize("shape", [(4, 4), (4, 5), (5, 4)])
@pytest.mark.parametrize("every", [1, 3, 100])
def test_splus_follows_the_algorithm(shape, every):
    """One gradient leaves no more than one direction empty, so that its basis is known."""
    gs, beta1, beta2 = drawn(shape, 9), 0.8, 0.7
    opt = Optimizer(shampoo.splus, lr=1.0, beta1=beta1, beta2=beta2, every=every)
    for t, u in enumerate(directions(opt, gs), 1):
        m = sum(beta1**k * g for k, g in enumerate(gs[t - 1 :: -1]))
        last = max([k for k in range(1, t) if k == 1 or k % every == 0], default=0)
        ql, qr = bases(gs[:last], beta2) if last else (np.eye(n) for n in shape)
        wanted = 2 / sum(shape) * ql @ np.sign(ql.T @ m @ qr) @ qr.T
        np.testing.assert_allclose(u, wanted, atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_step_is_longer_than_the_shape_allows_however_old_the_bases(shape):
    """Frans et al., Equation 12; steps of Shampoo's form, with roots as old, grow without bound."""
    gs = [np.outer(*(np.eye(n)[0] for n in shape)) + 1e-6 * g for g in drawn(shape, 30)]
    gs += [1e3 * g for g in drawn(shape, 10, seed=1)]
    steps = directions(Optimizer(shampoo.splus, lr=1.0, every=31), gs)
    length = 2 * np.sqrt(np.prod(shape)) / sum(shape)
    frobenius = np.linalg.norm(steps, axis=(1, 2))
    np.testing.assert_allclose(frobenius, length, rtol=1e-12)
    assert np.linalg.norm(steps, 2, axis=(1, 2)).max() <= length * (1 + 1e-12) <= 1 + 1e-12
    left, right = (sum(a) for a in zip(*((g @ g.T, g.T @ g) for g in gs[:30]), strict=True))
    old = [shampoo.inverse_fourth_root(np, a, 1e-15) for a in (left, right)]
    assert np.linalg.norm(old[0] @ gs[-1] @ old[1], 2) > 1e3


@pytest.mark.parametrize("shape", SHAPES)
def test_every_step_goes_along_the_momentum(shape):
    gs, beta1 = drawn(shape, 12), 0.9
    for t, u in enumerate(directions(Optimizer(shampoo.splus, lr=1.0, every=4), gs), 1):
        m = sum(beta1**k * g for k, g in enumerate(gs[t - 1 :: -1]))
        assert np.sum(u * m) >= 2 / sum(shape) * np.linalg.norm(m)


def test_the_first_step_is_the_sign_and_does_not_see_sizes():
    (g,) = drawn((4, 6), 1)
    (u,) = directions(Optimizer(shampoo.splus, lr=1.0), [g])
    np.testing.assert_allclose(u, 0.2 * np.sign(g), rtol=1e-15)
    gs = drawn((4, 6), 6)
    one, big = (run(Optimizer(shampoo.splus), np.zeros((4, 6)), [k * g for g in gs])[0]
                for k in (1.0, 2.0**20))  # fmt: skip
    np.testing.assert_allclose(big, one, atol=1e-12)


def test_the_bases_turn_after_the_first_step_and_at_multiples_of_every():
    opt, x = Optimizer(shampoo.splus, every=4), start((3, 4))
    state, changed = opt.init(x), []
    for t, g in enumerate(drawn((3, 4), 9), 1):
        old = state["qr"]
        x, state = opt.step(t, g, x, state)
        changed += [] if same(old, state["qr"]) else [t]
    assert changed == [1, 4, 8]


@pytest.mark.parametrize("shape", [(4, 4), (4, 5), (3, 2)])
def test_splus_turns_with_rows_and_columns_and_the_bases_it_starts_from(shape):
    q, p = (np.linalg.qr(a)[0] for a in (drawn((n, n), 1, seed=n)[0] for n in shape))
    gs, opt = drawn(shape, 9), Optimizer(shampoo.splus, every=3)
    straight, _ = run(opt, np.zeros(shape), gs)
    state = opt.init(np.zeros(shape))
    given = {"ql": q, "qr": p.T}
    state |= {k: np.reshape(a, state[k].shape) for k, a in given.items()}
    turned, _ = run(opt, np.zeros(shape), [q @ g @ p for g in gs], state=state)
    np.testing.assert_allclose(turned, q @ straight @ p, atol=1e-8)


@pytest.mark.parametrize("shape", [(5,), (1, 5), (5, 1)])
def test_a_single_row_or_column_takes_signs_and_keeps_no_square(shape):
    x, gs = np.zeros(shape), drawn(shape, 4)
    ours, state = run(Optimizer(shampoo.splus, lr=3.0, beta1=0.0), x, gs)
    np.testing.assert_allclose(ours, -sum(np.sign(g) for g in gs), rtol=1e-14)
    assert all(state[k].size == 1 for k in ("left", "right", "ql", "qr"))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_stops_no_eigendecomposition(bad):
    opt, x = Optimizer(shampoo.splus), start((3, 4))
    g = np.ones((3, 4))
    g[1, 2] = bad
    assert opt.step_(1, g, x, opt.init(x), nonfinite="skip") is False
    assert same(x, start((3, 4)))
