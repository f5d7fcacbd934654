"""What the papers claim of rules that average quotients, look back, or trust what is steady."""

import numpy as np
import pytest
from directions import directions, numbers
from support import gradients, run, start

from optlib import Optimizer
from optlib.rules import factored

MISMATCHED = [(0.9, 0.999), (0.9, 0.5), (0.99, 0.1), (0.999, 0.0), (0.0, 0.9)]


def spikes():
    """Gradients that grow, that vanish after the first, and random ones."""
    return [
        [np.array([10.0**t]) for t in range(30)],
        [np.array([1.0])] + [np.zeros(1)] * 60,
        gradients(40, 60),
    ]


@pytest.mark.parametrize(("beta1", "beta2"), MISMATCHED)
def test_laprop_is_bounded_whatever_the_averages(beta1, beta2):
    for gs in spikes():
        u = numbers("laprop", gs, beta1=beta1, beta2=beta2)
        assert np.max(np.abs(u)) <= (1 + 1e-12) / np.sqrt(1 - beta2)


def test_the_bound_of_laprop_is_reached_by_a_gradient_that_grows():
    u = numbers("laprop", spikes()[0], beta1=0.0, beta2=0.9)
    assert u[-1] == pytest.approx(1 / np.sqrt(0.1), rel=0.05)


def test_adam_has_no_bound_where_the_first_average_forgets_more_slowly_than_the_second():
    adam = numbers("adam", spikes()[1], beta1=0.99, beta2=0.1, eps=1e-100)
    assert np.max(np.abs(adam)) > 1e20


def test_without_a_second_average_laprop_is_momentum_of_signs():
    gs = gradients(8, 30)
    got = numbers("laprop", gs, beta2=0.0, eps=0.0)
    signs = numbers("adam", [np.sign(g) for g in gs], beta2=0.0, eps=0.0)
    np.testing.assert_allclose(got, signs, rtol=1e-12)


def test_without_a_first_average_laprop_is_adam():
    gs = gradients(8, 30)
    got = numbers("laprop", gs, beta1=0.0, eps=1e-8)
    np.testing.assert_allclose(got, numbers("adam", gs, beta1=0.0), rtol=1e-12)


def test_without_its_correction_and_its_bound_mars_is_adamw():
    x, gs = start(6), gradients(6, 12)
    plain = Optimizer("adamw", beta1=0.95, beta2=0.99, weight_decay=0.3)
    none = Optimizer("mars", gamma=0.0, clip=np.inf, weight_decay=0.3)
    np.testing.assert_allclose(run(none, x, gs)[0], run(plain, x, gs)[0], rtol=1e-14)


@pytest.mark.parametrize("gamma", [0.0, 0.025, 0.7, 1.0])
def test_the_momentum_of_mars_is_adams_average_and_a_share_of_the_newest_gradient(gamma):
    gs = gradients(6, 20)
    mars = directions("mars", gs, gamma=gamma, clip=np.inf)
    adam = directions("adam", gs, beta1=0.95)
    for g, (_, own), (_, plain) in zip(gs, mars, adam, strict=True):
        wanted = (1 - gamma) * plain["m"] + gamma * g
        np.testing.assert_allclose(own["m"], wanted, rtol=1e-9, atol=1e-12 * np.max(np.abs(gs)))


def test_what_mars_averages_is_no_longer_than_its_bound():
    gs = [1e4 * g for g in gradients(6, 20)]
    for _, state in directions("mars", gs, clip=0.5):
        assert np.linalg.norm(state["m"]) <= 0.5
        assert np.sum(state["v"]) <= 0.25


def rank_one(a):
    """The matrix of rank one with the sums of rows and columns of these squares."""
    return np.outer(a.sum(1), a.sum(0)) / a.sum()


def came(gs, beta1, beta2, beta3, eps1, eps2, clip):
    """The last direction as the paper writes it, with sums, over all steps."""
    squares, misses, m = np.zeros(gs[0].shape), np.zeros(gs[0].shape), np.zeros(gs[0].shape)
    for g in gs:
        squares = beta2 * squares + (1 - beta2) * (g**2 + eps1)
        u = g / np.sqrt(rank_one(squares))
        u = u / max(1.0, np.sqrt(np.mean(u**2)) / clip)
        m = beta1 * m + (1 - beta1) * u
        misses = beta3 * misses + (1 - beta3) * ((u - m) ** 2 + eps2)
    return m / np.sqrt(rank_one(misses))


CAME = {"beta1": 0.8, "beta2": 0.9, "beta3": 0.95, "eps1": 1e-3, "eps2": 1e-2, "clip": 0.7}


def test_came_is_its_formula_in_sums_over_all_steps():
    x, gs = start((4, 3)), gradients((4, 3), 12)
    before, state = run(Optimizer("came", lr=0.1, **CAME), x, gs[:-1])
    after, _ = run(Optimizer("came", lr=0.1, **CAME), before, gs[-1:], t0=11, state=state)
    np.testing.assert_allclose(before - after, 0.1 * came(gs, **CAME), rtol=1e-9)


def test_came_with_the_same_confidence_everywhere_is_adafactor_with_momentum():
    x, gs, eps2 = start((4, 3)), gradients((4, 3), 12), 1e20
    opt = Optimizer("came", lr=1.0, beta3=0.9, eps2=eps2)
    before, state = run(opt, x, gs[:-1])
    after, _ = run(opt, np.zeros((4, 3)), gs[-1:], t0=11, state=state)
    squares = m = 0.0
    for g in gs:
        squares = 0.999 * squares + 0.001 * (g**2 + 1e-30)
        m = 0.9 * m + 0.1 * factored.clipped(np, g / np.sqrt(rank_one(squares)), 1.0)
    np.testing.assert_allclose(-after * np.sqrt(eps2 * (1 - 0.9**12)), m, rtol=1e-9)


def test_came_trusts_an_average_less_where_it_foretells_the_directions_badly():
    steady = np.ones(4)
    gs = [np.array([steady, (-1.0) ** t * steady]) for t in range(1, 101)]
    opt = Optimizer("came", lr=1.0, beta3=0.9)
    before, state = run(opt, np.zeros((2, 4)), gs[:-1])
    after, state = run(opt, before, gs[-1:], t0=99, state=state)
    trust = np.abs((before - after) / state["m"])
    assert np.all(trust[0] > 100 * trust[1])


def test_the_first_step_of_came_is_eleven_times_the_rate():
    g = np.outer([1.0, -20.0, 300.0], [0.1, -1.0])
    after, _ = run(Optimizer("came", lr=1.0), np.zeros((3, 2)), [g])
    np.testing.assert_allclose(np.abs(after), 0.1 / 0.9 / np.sqrt(1e-4), rtol=1e-9)


def test_came_keeps_one_number_for_each_entry_and_two_for_each_row_and_column():
    state = Optimizer("came").init(np.zeros((60, 80)))
    assert sum(a.size for a in state.values()) == 60 * 80 + 2 * (60 + 80)
