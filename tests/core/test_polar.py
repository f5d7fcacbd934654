"""Polar Express: its polynomials are the best ones, those of the paper, and make Muon's factor."""

import numpy as np
import pytest
from support import run, start

from optlib import Optimizer
from optlib.rules.polar import minimax_quintic, passes

JORDAN = (3.4445, -4.7750, 2.0315)
LOW = 1e-3
INTERVALS = [(1e-3, 1.0), (0.03, 1.97), (0.3, 1.7), (0.9, 1.1), (0.9999, 1.0001)]


def polynomial(abc, s):
    a, b, c = abc
    return a * s + b * s**3 + c * s**5


def through(polynomials, s):
    for abc in polynomials:
        s = polynomial(abc, s)
    return s


def grid(low, high, count=20001):
    """Points that are dense where the polynomials turn, with both ends."""
    return np.concatenate([np.geomspace(low, high, count), np.linspace(low, high, count)])


def worst(polynomials, low=LOW, high=1.0):
    return np.abs(1 - through(polynomials, grid(low, high))).max()


@pytest.mark.parametrize(("low", "high"), INTERVALS)
def test_the_error_of_a_quintic_swings_between_four_points(low, high):
    """Chebyshev: so there is no better one."""
    abc = a, b, c = minimax_quintic(low, high)
    inner = np.sqrt(np.sort(np.roots([5 * c, 3 * b, a]).real))
    assert low < inner[0] < inner[1] < high
    errors = 1 - polynomial(abc, np.array([low, *inner, high]))
    size = worst([abc], low, high)
    np.testing.assert_allclose(errors, size * np.array([1, -1, 1, -1]), atol=1e-12)


@pytest.mark.parametrize(("low", "high"), INTERVALS[:4])
def test_no_quintic_nearby_is_better(low, high):
    abc, rng = np.array(minimax_quintic(low, high)), np.random.default_rng(0)
    best = worst([abc], low, high)
    for _ in range(100):
        changed = abc * (1 + 1e-4 * rng.standard_normal(3))
        assert worst([changed], low, high) > best


def test_an_interval_of_no_length_has_the_classical_step():
    np.testing.assert_allclose(minimax_quintic(1.0, 1.0), (15 / 8, -10 / 8, 3 / 8), rtol=1e-15)
    near = minimax_quintic(0.9999, 1.0001)
    np.testing.assert_allclose(near, (15 / 8, -10 / 8, 3 / 8), rtol=1e-6)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6])
def test_what_a_pass_leaves_is_where_the_next_one_starts(count):
    polynomials, low, high = passes(count, cushion=0.0, safety=1.0), LOW, 1.0
    for abc in polynomials:
        np.testing.assert_allclose(abc, minimax_quintic(low, high), rtol=1e-12)
        low, high = polynomial(abc, low), 2 - polynomial(abc, low)
    s = through(polynomials, grid(LOW, 1.0))
    assert s.min() == pytest.approx(low, rel=1e-12) and s.max() == pytest.approx(high, rel=1e-9)
    assert worst(polynomials) == pytest.approx(1 - low, rel=1e-6)


def test_no_composition_nearby_is_better():
    """Amsel et al., Theorem 3.1: the greedy choice is the best one for all passes together."""
    best, rng = worst(passes(3, cushion=0.0, safety=1.0)), np.random.default_rng(1)
    for _ in range(100):
        changed = np.array(passes(3, cushion=0.0, safety=1.0))
        changed *= 1 + 1e-4 * rng.standard_normal(changed.shape)
        assert worst(changed) > best


@pytest.mark.parametrize("count", range(1, 9))
def test_after_as_many_passes_the_error_is_smaller_than_muons(count):
    safe, free = worst(passes(count), LOW / 1.01, 1 / 1.01), worst(passes(count, safety=1.0))
    assert free <= safe < worst([JORDAN] * count)


# Amsel et al. 2026, Implementation 1, before they are divided by powers of 1.01.
PRINTED = [
    (8.28721201814563, -23.595886519098837, 17.300387312530933),
    (4.107059111542203, -2.9478499167379106, 0.5448431082926601),
    (3.9486908534822946, -2.908902115962949, 0.5518191394370137),
    (3.3184196573706015, -2.488488024314874, 0.51004894012372),
    (2.300652019954817, -1.6689039845747493, 0.4188073119525673),
    (1.891301407787398, -1.2679958271945868, 0.37680408948524835),
    (1.8750014808534479, -1.2500016453999487, 0.3750001645474248),
    (1.875, -1.25, 0.375),
]


def test_the_coefficients_are_those_that_the_paper_prints():
    np.testing.assert_allclose(passes(8, safety=1.0)[:6], PRINTED[:6], rtol=1e-12)
    np.testing.assert_allclose(passes(8, safety=1.0)[6:], PRINTED[6:], rtol=1e-8)
    safety = 1.01 ** np.array([1, 3, 5])
    np.testing.assert_allclose(passes(8)[:7], np.array(PRINTED[:7]) / safety, rtol=1e-8)
    np.testing.assert_allclose(passes(8)[7], PRINTED[7], rtol=1e-8)


def with_singular_values(values, shape, seed=0):
    rng = np.random.default_rng(seed)
    u, v = (np.linalg.qr(rng.standard_normal((n, len(values))))[0] for n in shape)
    return (u * np.asarray(values)) @ v.T, u @ v.T


@pytest.mark.parametrize("shape", [(4, 7), (7, 4), (4, 4)])
@pytest.mark.parametrize("steps", [0, 1, 5, 9])
def test_the_rule_sends_singular_values_through_the_passes(shape, steps):
    values = np.array([3.0, 1.0, 0.2, 0.01])
    g, _ = with_singular_values(values, shape)
    x, _ = run(Optimizer("polar_express", lr=1.0, eps=0.0, steps=steps), np.zeros(shape), [g])
    expected = through(passes(steps), values / (1.01 * np.linalg.norm(values)))
    found = np.linalg.svd(x, compute_uv=False)
    np.testing.assert_allclose(found, np.sort(expected)[::-1], rtol=1e-9)


@pytest.mark.parametrize("shape", [(4, 7), (7, 4), (4, 4)])
def test_with_more_passes_the_step_is_the_polar_factor_and_muons_is_not(shape):
    g, polar = with_singular_values([3.0, 1.0, 0.2, 0.01], shape)
    for name, exact in (("polar_express", True), ("muon", False)):
        x, _ = run(Optimizer(name, lr=1.0, eps=0.0, steps=10), np.zeros(shape), [g])
        assert (np.abs(-x - polar).max() < 1e-10) == exact


def test_a_zero_gradient_moves_nothing():
    x, _ = run(Optimizer("polar_express"), start((3, 4)), [np.zeros((3, 4))])
    assert np.array_equal(x, start((3, 4)))


def test_runs_of_a_sweep_take_their_own_number_of_passes():
    g, x = np.random.default_rng(0).standard_normal((3, 4, 5)), np.zeros((3, 4, 5))
    opt = Optimizer("polar_express", steps=np.array([1, 5, 8]))
    several, _ = run(opt, x, [g], state=opt.init(x, sweep_axes=1), sweep_axes=1)
    for own, matrix, steps in zip(several, g, (1, 5, 8), strict=True):
        alone, _ = run(Optimizer("polar_express", steps=steps), x[0], [matrix])
        np.testing.assert_allclose(own, alone, rtol=1e-12)
