"""AMSGrad, RAdam and the bounds of their relatives: what the papers claim, in numbers."""

import math

import numpy as np
import pytest
from directions import XP, directions, numbers
from support import gradients

from optlib.rules import adaptive, variants

CENTERED = ["rmsprop_centered", "rmsprop_centered_inside", "rmsprop_centered_momentum"]
RADAMS = ["radam", "radam_torch"]

# AMSGrad ------------------------------------------------------------------------------------------


def test_the_three_amsgrads_after_one_gradient():
    x = {
        rule: -np.cumsum(numbers(rule, [1.0, 0.0, 0.0, 0.0], eps=0.0))
        for rule in ("amsgrad", "amsgrad_corrected", "amsgrad_raw_max")
    }
    b1, b2 = 0.9, 0.999
    paper = [(1 - b1) * b1**k / math.sqrt(1 - b2) for k in range(4)]
    raw = [p * math.sqrt(1 - b2**t) / (1 - b1**t) for t, p in enumerate(paper, 1)]
    corrected = [(1 - b1) * b1 ** (t - 1) / (1 - b1**t) for t in range(1, 5)]
    np.testing.assert_allclose(x["amsgrad"], -np.cumsum(paper), rtol=1e-12)
    np.testing.assert_allclose(x["amsgrad_raw_max"], -np.cumsum(raw), rtol=1e-12)
    np.testing.assert_allclose(x["amsgrad_corrected"], -np.cumsum(corrected), rtol=1e-12)
    assert x["amsgrad"].round(6).tolist() == [-3.162278, -6.008328, -8.569772, -10.875073]
    assert x["amsgrad_corrected"].round(6).tolist() == [-1.0, -1.473684, -1.772577, -1.984557]
    assert x["amsgrad_raw_max"].round(6).tolist() == [-1.0, -1.669723, -2.187162, -2.610805]


def sizes(rule, gs, beta2=0.999):
    """The square of the denominator at every step."""
    held = np.array([state["vmax"] for _, state in directions(rule, gs, beta2=beta2)])
    if rule == "amsgrad_raw_max":
        t = np.arange(1, len(gs) + 1).reshape(-1, *(1,) * (held.ndim - 1))
        return held / (1 - beta2**t)
    return held


@pytest.mark.parametrize("rule", ["amsgrad", "amsgrad_corrected"])
@pytest.mark.parametrize("beta2", [0.5, 0.9, 0.999])
def test_the_denominator_of_amsgrad_never_decreases(rule, beta2):
    assert np.all(np.diff(sizes(rule, gradients(50, 300), beta2), axis=0) >= 0)


def test_that_of_pytorch_does_and_the_factor_rises_without_bound_but_for_beta2():
    gs = [1.0] + [0.0] * 30_000
    factor = sizes("amsgrad_raw_max", gs) ** -0.5
    assert np.all(np.diff(factor[:5000]) > 0)
    assert factor[0] == pytest.approx(1)
    assert factor[999] == pytest.approx(25.145667, abs=5e-7)
    assert factor[-1] == pytest.approx(math.sqrt(1000), rel=1e-9)
    assert sizes("amsgrad_corrected", gs[:9])[-1] == pytest.approx(1)


def test_one_large_first_gradient_stays_in_the_corrected_maximum_for_ever():
    gs = [100.0] + [1.0] * 4999
    assert sizes("amsgrad_corrected", gs)[-1] ** -0.5 == pytest.approx(0.01)
    assert sizes("amsgrad", gs)[-1] ** -0.5 == pytest.approx(0.316228, abs=5e-7)
    v = directions("adam", gs)[-1][1]["v"]
    assert (v / (1 - 0.999**5000)) ** -0.5 == pytest.approx(0.967765, abs=5e-7)


def test_keras_amsgrad_is_pytorchs_with_an_eps_that_shrinks():
    gs = gradients(8, 30)
    for t, (u, state) in enumerate(directions("eps_hat_amsgrad", gs, eps=1e-2), 1):
        root = np.sqrt(state["vmax"] / (1 - 0.999**t)) + 1e-2 / math.sqrt(1 - 0.999**t)
        np.testing.assert_allclose(u, state["m"] / (1 - 0.9**t) / root, rtol=1e-12)


# RAdam --------------------------------------------------------------------------------------------


def length(beta2, t):
    """What the paper approximates: the length of an average with the same centre of mass.

    The weights of an exponential average, beta**i, have the mean age sum(i beta**i)/sum(beta**i);
    an average of the last n values with equal weights has (n - 1)/2.
    """
    weights = [beta2**i for i in range(t)]
    return 1 + 2 * sum(i * w for i, w in enumerate(weights)) / sum(weights)


def rho(beta2, t):
    return 2 / (1 - beta2) - 1 - 2 * t * beta2**t / (1 - beta2**t)


@pytest.mark.parametrize("beta2", [0.9, 0.99, 0.999])
def test_rho_is_the_length_of_the_plain_average_of_the_same_centre(beta2):
    for t in (1, 2, 4, 5, 6, 50):
        assert rho(beta2, t) == pytest.approx(length(beta2, t), rel=1e-9)
    assert [round(rho(0.999, t), 6) for t in (1, 4, 5, 6)] == [1.0, 3.997499, 4.995998, 5.994164]


def first_adaptive(threshold, beta2):
    known = (variants.rectification(XP, beta2, t, threshold)[0] for t in range(1, 100))
    return 1 + list(known).index(True)


@pytest.mark.parametrize("beta2", [0.9, 0.99, 0.999, 0.9999])
def test_the_first_adaptive_step_is_the_fifth_or_the_sixth(beta2):
    gs = [100.0] * 8
    assert first_adaptive(4, beta2) in {5, 6} and first_adaptive(5, beta2) in {6, 7}
    u = numbers("radam", gs, beta2=beta2)
    assert np.all(u[:4] == pytest.approx(100)) and np.all(u[first_adaptive(4, beta2) - 1 :] < 1)
    u = numbers("radam_torch", gs, beta2=beta2)
    assert np.all(u[:5] == pytest.approx(100)) and np.all(u[first_adaptive(5, beta2) - 1 :] < 1)


def test_the_paper_waits_for_four_steps_and_pytorch_for_five():
    assert (first_adaptive(4, 0.999), first_adaptive(5, 0.999)) == (5, 6)


def test_the_rectification_is_a_warmup_that_ends_at_one():
    r = [variants.rectification(XP, 0.999, t, 4)[1] for t in range(5, 20_000)]
    assert [round(r[t - 5], 7) for t in (6, 100, 1000)] == [0.0258211, 0.2153354, 0.6453257]
    assert np.all(np.diff(r[:5000]) > 0) and r[-1] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("rule", RADAMS)
@pytest.mark.parametrize("beta2", [0.0, 0.2, 1 / 3, 0.5, 0.6, 2 / 3, 0.7, 0.75])
def test_radam_is_finite_where_the_average_is_too_short(rule, beta2):
    """rho at infinity is 2, 4 and 5 for beta2 = 1/3, 3/5 and 2/3: zeros below the root."""
    u = numbers(rule, [1.0] * 60, beta2=beta2)
    assert np.isfinite(u).all()
    assert np.all(u[:3] == pytest.approx(1.0))
    if beta2 <= 0.6:
        assert np.all(u == pytest.approx(1.0))


# Bounds and limits --------------------------------------------------------------------------------


def test_adamax_never_steps_farther_than_the_rate():
    """Kingma & Ba 2015, section 7.1."""
    assert np.abs(numbers("adamax", gradients(200, 300), eps=0.0)).max() <= 1 + 1e-12


def test_the_largest_step_of_adam_comes_after_a_long_silence():
    """Kingma & Ba 2015, section 2.1: (1 - beta1)/sqrt(1 - beta2), in the sparsest case."""
    u = numbers("adam", [0.0] * 20_000 + [1.0], eps=1e-300)
    assert u[-1] == pytest.approx(0.1 / math.sqrt(0.001), rel=1e-6)


def test_the_rate_of_adagrad_need_not_go_to_zero():
    """With g = 1/t the sum of squares ends at pi^2/6."""
    *_, (_, state) = directions("adagrad", [1 / t for t in range(1, 100_001)])
    assert state["v"] ** -0.5 == pytest.approx(math.sqrt(6) / math.pi, rel=1e-5)
    assert round(math.sqrt(6) / math.pi, 6) == 0.779697


@pytest.mark.parametrize("kind", ["rmsprop", "adagrad"])
def test_eps_inside_and_outside_the_root_differ_for_small_gradients(kind):
    hyper = {"eps": 1e-8} | ({"beta2": 0.9} if kind == "rmsprop" else {})
    outside, inside = (numbers(rule, [1e-4], **hyper)[0] for rule in (kind, f"{kind}_inside"))
    known = {"rmsprop": (3.161278, 0.953463), "adagrad": (0.9999, 0.707107)}
    assert (round(outside, 6), round(inside, 6)) == known[kind]


@pytest.mark.parametrize("rule", CENTERED)
def test_a_variance_is_never_negative(rule):
    """Under a constant gradient it vanishes, and rounding makes the difference negative."""
    gs = [np.linspace(0.01, 2.0, 60)] * 4000
    seen = directions(rule, gs, beta2=0.99, eps=1e-3)
    gaps = np.array([state["v"] - state["mean"] ** 2 for _, state in seen])
    assert gaps.min() < 0 and np.isfinite([u for u, _ in seen]).all()
    for _, state in directions(rule, gradients(20, 50)):
        assert np.all(state["v"] - state["mean"] ** 2 >= -1e-12 * state["v"])


# Adadelta -----------------------------------------------------------------------------------------


def test_adadelta_moves_in_the_unit_of_the_parameter():
    """Its direction takes the unit of its own past steps, whatever that of the gradient."""
    g, v, d = 0.3, 0.2, 0.05
    u, *_ = adaptive.adadelta(XP, 9, g, 0.0, v, d, eps=0.0)
    for a, b in ((2.0**20, 1.0), (1.0, 2.0**-9), (2.0**7, 2.0**3)):
        scaled, new_v, new_d = adaptive.adadelta(XP, 9, a * g, 0.0, a * a * v, b * b * d, eps=0.0)
        assert scaled == b * u
        assert new_v == a * a * (0.95 * v + (1 - 0.95) * g * g)
        assert new_d == b * b * (0.95 * d + (1 - 0.95) * u * u)


def test_the_eps_of_adadelta_sets_its_first_step():
    for eps in (1e-6, 1e-8):
        u = numbers("adadelta", [10.0], eps=eps)[0]
        assert u == pytest.approx(math.sqrt(eps) / math.sqrt(0.05), rel=1e-6)
