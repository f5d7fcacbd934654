"""PSGD: what its author claims, and its formulas written out."""

import numpy as np
import pytest
from support import run, same, start

from optlib import Optimizer
from optlib.namespaces import Arrays
from optlib.rules.psgd import psgd_kron

SHAPES = [(4, 3), (3, 4), (3, 3)]


def drawn(shape, steps, seed=0):
    return list(np.random.default_rng(seed).standard_normal((steps, *shape)))


def factors(state):
    return (a.reshape(a.shape[-2:]) for a in (state["ql"], state["qr"]))


def tri_step(q, aa, bb, fit):
    return (np.eye(len(q)) - fit * np.triu(aa - bb) / np.linalg.norm(aa + bb, 2)) @ q


@pytest.mark.parametrize("first", [1.0, 5.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_rule_follows_its_formulas(shape, first):
    """From the identity, and from larger factors, at which the norm is below 1."""
    gs, mu, fit = [g / first**3 for g in drawn(shape, 8)], 0.7, 0.2
    opt, x = Optimizer("psgd_kron", lr=1.0, momentum=mu, fit=fit), np.zeros(shape)
    state, (ql, qr) = opt.init(x), (first * np.eye(n) for n in shape)
    state |= {k: first * state[k] for k in ("ql", "qr")}
    for t, g in enumerate(gs, 1):
        new, state = opt.step(t, g, x, state)
        m = sum(mu**k * h for k, h in enumerate(gs[t - 1 :: -1])) * (1 - mu) / (1 - mu**t)
        a, pl, pr = ql @ m @ qr.T, *(np.linalg.inv(q.T @ q) for q in (ql, qr))
        left, right = (np.linalg.inv(q @ q.T) for q in (ql, qr))
        ql, qr = (
            tri_step(ql, a @ a.T, np.trace(pr) * left, fit),
            tri_step(qr, a.T @ a, np.trace(pl) * right, fit),
        )
        np.testing.assert_allclose(x - new, ql.T @ ql @ m @ qr.T @ qr, rtol=1e-9, atol=1e-12)
        x = new


def test_the_second_term_is_the_mean_over_the_normal_probe_that_it_replaces():
    rng = np.random.default_rng(0)
    ql, qr = (np.triu(rng.uniform(0.5, 1.5, (n, n))) for n in (3, 4))
    v = rng.standard_normal((200_000, 3, 4))
    b = np.linalg.inv(ql).T @ v @ np.linalg.inv(qr)
    drawn_mean = np.mean(b @ np.swapaxes(b, 1, 2), axis=0)
    amount = np.trace(np.linalg.inv(qr.T @ qr))
    exact = amount * np.linalg.inv(ql @ ql.T)
    assert np.abs(drawn_mean - exact).max() < 0.02 * np.abs(exact).max()


@pytest.mark.parametrize("shape", SHAPES)
def test_every_step_lowers_the_criterion_until_it_is_least(shape):
    """For one gradient after another from a few, and a small step of the factors."""
    gs = drawn(shape, 12)
    opt, x = Optimizer("psgd_kron", momentum=0.0, fit=0.005), np.zeros(shape)
    state, found = opt.init(x), []
    for t in range(1, 601):
        x, state = opt.step(t, gs[t % 12], x, state)
        ql, qr = factors(state)
        energy = np.mean([np.sum((ql @ g @ qr.T) ** 2) for g in gs])
        back = np.prod([np.sum(np.linalg.inv(q) ** 2) for q in (ql, qr)])
        found.append(energy + back)
    means = np.mean(np.reshape(found, (-1, 12)), axis=1)
    assert np.all(np.diff(means[:20]) < 0) and abs(means[-1] / means[-2] - 1) < 1e-3


def spread(rng, n):
    """The root of a covariance matrix whose eigenvalues span two decades."""
    return np.linalg.qr(rng.standard_normal((n, n)))[0] * np.geomspace(0.3, 3, n)


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_the_fitted_factors_make_gradients_white_whatever_their_scale(scale):
    """From a covariance with eigenvalues over four decades to one within a factor of two of 1."""
    rng = np.random.default_rng(1)
    left, right = (spread(rng, n) for n in (3, 4))
    x = np.zeros((3, 4))
    m, ql, qr = psgd_kron.init(np, x).values()
    for t in range(1, 2501):
        g = scale * left @ rng.standard_normal((3, 4)) @ right.T
        given = {"momentum": 0.0, "fit": min(0.1, 10 / t)}
        _, m, ql, qr = psgd_kron(Arrays(np), t, g, x, m, ql, qr, **given)
    before = scale**2 * np.kron(left @ left.T, right @ right.T)
    p = np.kron(ql.T @ ql, qr.T @ qr)
    white = np.linalg.eigvals(p @ before @ p).real
    assert np.linalg.cond(before) > 9999 and 0.5 < white.min() < white.max() < 2


@pytest.mark.parametrize("shape", SHAPES)
def test_the_factors_stay_triangular_and_invertible(shape):
    gs = [10.0 ** (3 * np.sin(t)) * g for t, g in enumerate(drawn(shape, 50))]
    _, state = run(Optimizer("psgd_kron", fit=0.5), np.zeros(shape), gs)
    for q in factors(state):
        assert same(q, np.triu(q)) and np.diag(q).min() > 0


def test_without_fitting_it_is_a_corrected_average():
    gs = drawn((3, 4), 5)
    x, _ = run(Optimizer("psgd_kron", lr=1.0, fit=0.0, momentum=0.5), np.zeros((3, 4)), gs)
    mean = [
        sum(0.5**k * g for k, g in enumerate(gs[t::-1])) * 0.5 / (1 - 0.5 ** (t + 1))
        for t in range(5)
    ]
    np.testing.assert_allclose(-x, sum(mean), rtol=1e-12)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_stops_no_decomposition(bad):
    opt, x = Optimizer("psgd_kron"), start((3, 4))
    g = np.ones((3, 4))
    g[1, 2] = bad
    assert opt.step_(1, g, x, opt.init(x), nonfinite="skip") is False
    assert same(x, start((3, 4)))
