"""NorMuon, AdaMuon and Scion: what their papers claim, and their formulas by singular values."""

import numpy as np
import pytest
from support import gradients, run, start

from optlib import RULES, Optimizer
from optlib.rules import modifiers

JORDAN = {"a": 3.4445, "b": -4.7750, "c": 2.0315}
CLASSICAL = {"a": 15 / 8, "b": -10 / 8, "c": 3 / 8, "steps": 40}
SHAPES = [(4, 7), (7, 4), (5, 5)]


def drawn(shape, steps, seed=0):
    return list(np.random.default_rng(seed).standard_normal((steps, *shape)))


def directions(opt, gs):
    """What each step subtracted, at a rate of 1."""
    points = [run(opt, np.zeros(gs[0].shape), gs[:k])[0] for k in range(len(gs) + 1)]
    return -np.diff(points, axis=0)


def rms(a, axis=None):
    return np.sqrt(np.mean(a * a, axis=axis))


def nearly_orthogonal(m, a, b, c, steps, eps):
    """Newton-Schulz by a singular value decomposition."""
    u, s, v = np.linalg.svd(m, full_matrices=False)
    s = s / (np.sqrt(np.sum(s * s)) + eps)
    for _ in range(steps):
        s = a * s + b * s**3 + c * s**5
    return u * s @ v


def averages(beta, values):
    """The running average from zero after each value, as a weighted sum over the past."""
    ages = np.arange(len(values))
    return [
        np.tensordot((1 - beta) * beta ** ages[k::-1], np.array(values[: k + 1]), 1) for k in ages
    ]


def normuon(gs, momentum, beta2, eps, size, **given):
    o = [nearly_orthogonal(m, eps=eps, **given) for m in averages(momentum, gs)]
    v = averages(beta2, [np.mean(a * a, axis=1, keepdims=True) for a in o])[-1]
    n = o[-1] / (np.sqrt(v) + eps)
    return size * n.size**0.5 * n / (np.linalg.norm(n) + eps * n.size**0.5)


def adamuon(gs, momentum, eps, size, **given):
    o = [nearly_orthogonal(np.sign(m), eps=eps, **given) for m in averages(momentum, gs)]
    n = o[-1] / (np.sqrt(averages(momentum, [a * a for a in o])[-1]) + eps)
    return size * n.size**0.5 * n / (np.linalg.norm(n) + eps * n.size**0.5)


def scion_unconstrained(gs, momentum, eps, radius, **given):
    outputs, inputs = gs[0].shape
    o = nearly_orthogonal(averages(momentum, gs)[-1], eps=eps, **given)
    return radius * np.sqrt(outputs / inputs) * o


OPINIONS = [normuon, adamuon, scion_unconstrained]
OTHER = {"momentum": 0.8, "beta2": 0.7, "eps": 1e-3, "size": 0.3, "radius": 2.5, "steps": 4}


@pytest.mark.parametrize("opinion", OPINIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("shape", SHAPES)
def test_rules_follow_their_formulas_by_singular_values(opinion, shape):
    given = {k: v for k, v in {**OTHER, **JORDAN}.items() if k in RULES[opinion.__name__].hyper}
    gs = drawn(shape, 6)
    ours = directions(Optimizer(opinion.__name__, lr=1.0, **given), gs)
    for k, u in enumerate(ours, 1):
        np.testing.assert_allclose(u, opinion(gs[:k], **given), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_first_step_of_normuon_has_rows_of_one_length_and_muons_has_not(shape):
    (g,) = drawn(shape, 1)
    for name, even in (("normuon", True), ("muon_plain", False)):
        (u,) = directions(Optimizer(name, lr=1.0), [g])
        rows = rms(u, axis=1)
        assert (np.ptp(rows) < 1e-5 * rows.mean()) == even


def test_rows_of_normuon_are_more_even_than_muons_over_a_run():
    """Li et al., Figure 1: with gradients that come in rows of different sizes."""
    scale = np.geomspace(1, 30, 24)[:, None]
    gs = [scale * g for g in drawn((24, 8), 20)]
    spread = {}
    for name in ("normuon", "muon_plain"):
        last = rms(directions(Optimizer(name, lr=1.0), gs)[-10:], axis=2)
        spread[name] = np.mean(np.std(last, axis=1) / np.mean(last, axis=1))
    assert spread["normuon"] < 0.5 * spread["muon_plain"]


@pytest.mark.parametrize("shape", SHAPES)
def test_an_exact_polar_factor_without_more_rows_than_columns_leaves_nothing_to_balance(shape):
    gs = drawn(shape, 5)
    even = directions(Optimizer("normuon", lr=1.0, eps=1e-12, **CLASSICAL), gs)
    plain = directions(Optimizer("muon_plain", lr=1.0, eps=1e-12, **CLASSICAL), gs)
    for u, o in zip(even, plain, strict=True):
        alike = np.allclose(u / rms(u), o / rms(o), rtol=1e-8)
        assert alike == (shape[0] <= shape[1])


def test_normuon_needs_a_number_for_each_row_beside_muons():
    x = np.ones((30, 50))
    sizes = {n: sum(a.size for a in Optimizer(n).init(x).values()) for n in ("muon", "normuon")}
    assert sizes == {"muon": 1500, "normuon": 1530}


@pytest.mark.parametrize("name", ["normuon", "adamuon"])
@pytest.mark.parametrize("size", [0.2, 1.3])
def test_every_step_has_the_root_mean_square_that_was_asked_for(name, size):
    for shape in SHAPES:
        gs = gradients(shape, 6)
        for u in directions(Optimizer(name, lr=1.0, size=size, eps=1e-12), gs):
            assert rms(u) == pytest.approx(size, rel=1e-9)


def test_adamuon_does_not_see_a_factor_for_each_entry_and_normuon_does():
    gs = drawn((4, 6), 5)
    factors = np.random.default_rng(1).uniform(0.1, 10, (4, 6))
    for name, blind in (("adamuon", True), ("normuon", False)):
        opt = Optimizer(name)
        plain, scaled = (run(opt, np.zeros((4, 6)), [k * g for g in gs])[0] for k in (1, factors))
        assert np.allclose(scaled, plain, rtol=1e-11) == blind


@pytest.mark.parametrize("shape", SHAPES)
def test_the_first_step_of_adamuon_has_entries_of_one_size(shape):
    (u,) = directions(Optimizer("adamuon", lr=1.0), drawn(shape, 1))
    np.testing.assert_allclose(np.abs(u), 0.2, rtol=1e-5)


def in_ball(shape, radius, count, seed=3):
    """Points of the ball that Scion steps in, half of them on its edge and of full rank."""
    rng = np.random.default_rng(seed)
    for k in range(count):
        u, s, v = np.linalg.svd(rng.standard_normal(shape), full_matrices=False)
        s = np.ones_like(s) if k % 2 else rng.uniform(0, 1, s.shape)
        yield radius * np.sqrt(shape[0] / shape[1]) * (u * s @ v)


@pytest.mark.parametrize("shape", SHAPES)
def test_scions_step_is_the_point_of_its_ball_that_goes_furthest_against_the_momentum(shape):
    (g,), radius = drawn(shape, 1), 3.0
    opt = Optimizer("scion_unconstrained", lr=1.0, radius=radius, eps=1e-300, **CLASSICAL)
    x, _ = run(opt, np.zeros(shape), [g])
    least = np.sum(g * x)
    outputs, inputs = shape
    assert np.sqrt(inputs / outputs) * np.linalg.norm(x, 2) == pytest.approx(radius, rel=1e-12)
    nuclear = np.linalg.svd(g, compute_uv=False).sum()
    assert least == pytest.approx(-radius * np.sqrt(outputs / inputs) * nuclear, rel=1e-12)
    others = [np.sum(g * a) for a in in_ball(shape, radius, 2000)]
    assert min(others) > least
    near = [np.sum(g * (0.999 * x + 0.001 * a)) for a in in_ball(shape, radius, 200)]
    assert min(near) > least


@pytest.mark.parametrize("shape", SHAPES)
def test_scion_stays_in_its_ball_and_without_the_constraint_it_leaves_it(shape):
    gs = [g + 1.0 for g in drawn(shape, 200)]
    ends = {}
    for name in ("scion", "scion_unconstrained"):
        x, _ = run(Optimizer(name, lr=0.1, radius=2.0, **CLASSICAL), np.zeros(shape), gs)
        ends[name] = np.sqrt(shape[1] / shape[0]) * np.linalg.norm(x, 2)
    assert ends["scion"] <= 2.0 * (1 + 1e-12) < ends["scion_unconstrained"]
    assert ends["scion_unconstrained"] <= 200 * 0.1 * 2.0


def test_scion_is_the_unconstrained_one_with_a_decoupled_decay():
    """Pethick et al., section 3: decay k and radius 1 are radius 1/k and the rate times k."""
    gs, x, decay, rate = drawn((4, 6), 9), start((4, 6)), 0.3, 0.05
    decayed = modifiers.decoupled(RULES["scion_unconstrained"])
    opt, one = Optimizer(decayed, lr=rate, weight_decay=decay), x
    state = opt.init(x)
    for t, g in enumerate(gs, 1):
        one, state = opt.step(t, g, one, state)
    other, _ = run(Optimizer("scion", lr=rate * decay, radius=1 / decay), x, gs)
    np.testing.assert_allclose(one, other, rtol=1e-12)
