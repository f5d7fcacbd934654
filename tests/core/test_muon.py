"""Newton-Schulz and Muon: what their authors claim."""

import numpy as np
import pytest
from support import gradients, run, same, start

from optlib import RULES, Optimizer, muon, rules

JORDAN = (3.4445, -4.7750, 2.0315)
CLASSICAL = (15 / 8, -10 / 8, 3 / 8)
MUONS = [name for name in RULES if name.startswith("muon")]


def with_singular_values(values, shape, seed=0):
    rng = np.random.default_rng(seed)
    u = np.linalg.qr(rng.standard_normal((shape[0], len(values))))[0]
    v = np.linalg.qr(rng.standard_normal((shape[1], len(values))))[0]
    return (u * np.asarray(values)) @ v.T, u @ v.T


def singular(a):
    return np.linalg.svd(a, compute_uv=False)


def through(values, coefficients=JORDAN, steps=5):
    a, _ = with_singular_values(values, (6, 9))
    return singular(muon.newton_schulz(np, a, *coefficients, steps))[: len(values)]


def test_newton_schulz_sends_singular_values_through_the_polynomial():
    values = np.array([0.9, 0.5, 0.2, 0.05])
    a, b, c = JORDAN
    expected = np.sort(a * values + b * values**3 + c * values**5)
    np.testing.assert_allclose(np.sort(through(values, steps=1)), expected, rtol=1e-12)


def test_five_steps_bring_singular_values_near_one_and_small_ones_only_part_of_the_way():
    a, b, c = JORDAN
    s = np.geomspace(1e-4, 1, 20001)
    after = s
    for _ in range(5):
        after = a * after + b * after**3 + c * after**5
    near = after[s >= 0.01]
    assert 0.68 < near.min() < 0.69 and 1.13 < near.max() < 1.14
    assert after.max() < 1.21
    # five times the slope at zero, while the cubic term is small
    small = s <= 2e-4
    np.testing.assert_allclose(after[small], a**5 * s[small], rtol=0.01)
    assert a**5 == pytest.approx(485, rel=0.01) and after[s <= 1e-3].max() < 0.49
    np.testing.assert_allclose(
        np.sort(through([0.8, 0.3, 0.02])),
        np.sort(np.interp([0.8, 0.3, 0.02], s, after)),
        rtol=1e-3,
    )


def test_jordans_steps_do_not_converge_and_the_classical_ones_do():
    values = [0.8, 0.5, 0.3]
    assert np.abs(through(values, CLASSICAL, 30) - 1).max() < 1e-12
    many = [np.abs(through(values, JORDAN, k) - 1).max() for k in (20, 21, 22, 23)]
    assert min(many) > 0.05 and max(many) < 0.4


@pytest.mark.parametrize("name", MUONS)
@pytest.mark.parametrize("shape", [(4, 7), (7, 4), (4, 4)])
def test_the_direction_of_muon_is_the_polar_factor_in_the_limit(name, shape):
    g, polar = with_singular_values([3.0, 2.0, 1.0, 0.5], shape)
    a, b, c = CLASSICAL
    opt = Optimizer(name, lr=1.0, eps=1e-300, a=a, b=b, c=c, steps=40)
    x, _ = run(opt, np.zeros(shape), [g])
    np.testing.assert_allclose(-x, polar, atol=1e-12)


@pytest.mark.parametrize("name", MUONS)
def test_muon_does_not_see_the_size_of_the_gradient(name):
    gs = gradients((4, 6), 5)
    one, _ = run(Optimizer(name, eps=1e-300), np.zeros((4, 6)), gs)
    big, _ = run(Optimizer(name, eps=1e-300), np.zeros((4, 6)), [1e3 * g for g in gs])
    np.testing.assert_allclose(big, one, rtol=1e-11)


def test_muon_turns_with_the_axes_of_the_layer():
    rng = np.random.default_rng(0)
    q, p = (np.linalg.qr(rng.standard_normal((n, n)))[0] for n in (4, 6))
    gs = [rng.standard_normal((4, 6)) for _ in range(4)]
    straight, _ = run(Optimizer("muon"), np.zeros((4, 6)), gs)
    turned, _ = run(Optimizer("muon"), np.zeros((4, 6)), [q @ g @ p for g in gs])
    np.testing.assert_allclose(turned, q @ straight @ p, atol=1e-13)


def test_an_average_and_a_sum_give_muon_the_same_direction():
    """eps is all that tells them apart, and it scales with the momentum."""
    gs, mu = gradients((4, 6), 6), 0.95
    x, _ = run(Optimizer("muon", lr=1.0, eps=1e-3 * (1 - mu)), np.zeros((4, 6)), gs)
    m, y = np.zeros((4, 6)), np.zeros((4, 6))
    for g in gs:
        u, m = rules.nesterov(np, 1, g, y, m, momentum=mu)
        y = y - muon.newton_schulz(np, u / (np.linalg.norm(u) + 1e-3), *JORDAN, 5)
    np.testing.assert_allclose(x, y, rtol=1e-11)


@pytest.mark.parametrize("plain", ["", "_plain"])
def test_a_norm_held_above_a_small_epsilon_is_the_norm_with_it_added(plain):
    gs, x = gradients((4, 3), 12), start((4, 3))
    added, held = (Optimizer(f"muon{k}{plain}", eps=1e-14) for k in ("", "_floored"))
    np.testing.assert_allclose(run(added, x, gs)[0], run(held, x, gs)[0], rtol=1e-10)


@pytest.mark.parametrize("large", [1e-3, 1.0])
def test_a_norm_below_epsilon_is_held_there(large):
    g, mu = gradients((4, 3), 1)[0], 0.95
    g = 0.1 * large * g / np.linalg.norm(g)
    ahead = (1 - mu) * g + mu * (1 - mu) * g
    for name, momentum in (("muon_floored", ahead), ("muon_floored_plain", (1 - mu) * g)):
        opt = Optimizer(name, lr=1.0, eps=large, momentum=mu, steps=0)
        x, _ = run(opt, np.zeros((4, 3)), [g])
        np.testing.assert_allclose(-x, momentum / large, rtol=1e-12)


def test_the_corrected_look_ahead_weighs_both_parts_as_it_says():
    gs, mu = gradients((4, 3), 3), 0.9
    opt, plain = (Optimizer(k, lr=1.0, momentum=mu) for k in ("muon_corrected", "muon_plain"))
    for t in (1, 2, 3):
        m = (1 - mu) * sum(mu ** (t - i) * g for i, g in enumerate(gs[:t], 1))
        ahead = mu * m / (1 - mu ** (t + 1)) + (1 - mu) * gs[t - 1] / (1 - mu**t)
        before, here = (run(opt, np.zeros((4, 3)), gs[:k])[0] for k in (t - 1, t))
        # The direction of a first gradient does not see its size.
        wanted = run(plain, np.zeros((4, 3)), [1e3 * ahead])[0]
        np.testing.assert_allclose(here - before, wanted, rtol=1e-5, atol=1e-6)


def test_muon_with_a_zero_gradient_stays():
    for name in MUONS:
        x, _ = run(Optimizer(name), start((3, 4)), [np.zeros((3, 4))])
        assert same(x, start((3, 4)))


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 4)])
def test_runs_of_a_sweep_take_their_own_number_of_steps(shape):
    g, steps = np.random.default_rng(0).standard_normal((3, *shape)) / 9, [0, 2, 5]
    several = muon.newton_schulz(np, g, *JORDAN, np.array(steps)[:, None, None])
    for own, matrix, count in zip(several, g, steps, strict=True):
        np.testing.assert_allclose(
            own, muon.newton_schulz(np, matrix, *JORDAN, count), rtol=1e-13, atol=1e-15
        )
    assert np.array_equal(several[0], g[0])
