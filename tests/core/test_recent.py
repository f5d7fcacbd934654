"""What the papers on Adam's younger relatives and on layer-wise rules claim."""

import numpy as np
import pytest
from support import extra, gradients, run, same, start

from optlib import RULES, Optimizer, schedule
from optlib.namespaces import Arrays

WITHOUT_EPS = {
    "adabelief": {"eps": 1e-300, "eps_root": 0.0},
    "adabelief_nesterov": {"eps": 1e-300, "eps_root": 0.0},
    "adan": {"eps": 0.0},
    "adan_optax": {"eps": 0.0},
    "ademamix": {"eps": 0.0},
    "simplified_ademamix": {"eps": 0.0},
    "yogi": {"eps": 0.0},
    "adopt": {"eps": 0.0},
    "adopt_unclipped": {"eps": 0.0},
    "lion": {},
    "cautious_lion": {},
    "cautious_adamw": {"eps": 0.0, "weight_decay": 0.0},
    "lamb": {"eps": 0.0, "weight_decay": 0.0},
    "lamb_paper": {"eps": 0.0, "weight_decay": 0.0},
    "lars": {"weight_decay": 0.0},
    "lars_plain": {"weight_decay": 0.0},
    "lars_after_momentum": {"weight_decay": 0.0},
    "novograd": {"eps": 0.0},
}


def directions(name, gs, x=None, **hyper):
    """The directions a rule gives for these gradients, with the state after each."""
    fn, x = RULES[name], start(gs[0].shape) if x is None else x
    state, seen = list(fn.init(np, x).values()), []
    with np.errstate(all="ignore"):
        for t, g in enumerate(gs, 1):
            u, *state = fn(np, t, g, x, *state, **hyper, **extra(name, g))
            seen.append((u, dict(zip(fn.state, state, strict=True))))
    return seen


def last(name, gs, **hyper):
    return directions(name, gs, **hyper)[-1][0]


@pytest.mark.parametrize("name", WITHOUT_EPS)
def test_the_unit_of_the_gradient_does_not_matter_without_eps(name):
    """Bitwise for a power of four, which scales squares and their roots without rounding."""
    gs = gradients(12, 15)
    opt = Optimizer(name, lr=1e-2, **WITHOUT_EPS[name])
    plain, scaled = run(opt, start(12), gs)[0], run(opt, start(12), [1024 * g for g in gs])[0]
    assert same(plain, scaled) and not same(plain, start(12))


def test_lion_moves_every_entry_by_the_rate_and_keeps_half_of_adams_state():
    gs = [*gradients(50, 20), np.zeros(50)]
    assert all(set(np.abs(u)) == {1.0} for u, _ in directions("lion", gs))
    assert set(directions("lion", [np.zeros(5)])[0][0]) == {0.0}
    assert 2 * len(RULES["lion"].state) == len(RULES["adam"].state)


def test_lion_weighs_the_newest_gradient_more_than_its_state_does():
    """A gradient 9 times the old one turns the step at once, where a plain average waits."""
    gs = [np.ones(1)] * 300 + [-np.full(1, 20.0)]
    assert last("lion", gs)[0] == -1.0
    assert last("lion", gs, beta1=0.99)[0] == 1.0


@pytest.mark.parametrize(("t", "beta1", "beta2"), [(1, 0.9, 0.999), (7, 0.9, 0.99), (40, 0.8, 0.9)])
def test_adabelief_on_a_constant_gradient(t, beta1, beta2):
    """The surprise g - m_t is beta1^t g: known in closed form, and it vanishes."""
    g = np.array([3.0])
    u = last("adabelief", [g] * t, beta1=beta1, beta2=beta2, eps=0.0, eps_root=0.0)
    weights = (1 - beta2) * beta2 ** np.arange(t - 1, -1, -1) / (1 - beta2**t)
    surprise = np.sqrt(np.sum(weights * beta1 ** (2 * np.arange(1, t + 1))))
    assert u[0] == pytest.approx(1 / surprise, rel=1e-9)


def test_adabelief_takes_larger_steps_than_adam_where_the_gradient_keeps_its_direction():
    steady, turning = [np.ones(1)] * 50, [(-1.0) ** t * np.ones(1) for t in range(50)]
    assert last("adabelief", steady)[0] > 3 * last("adam", steady)[0]
    assert abs(last("adabelief", turning)[0]) < 1.1 * abs(last("adam", turning)[0])


def test_yogi_changes_its_second_moment_by_a_share_of_the_squared_gradient_at_most():
    gs, beta2 = gradients(30, 40), 0.9
    v = np.zeros(30)
    for g, (_, state) in zip(gs, directions("yogi", gs, beta2=beta2), strict=True):
        np.testing.assert_allclose(np.abs(state["v"] - v), (1 - beta2) * g * g, rtol=1e-6)
        assert np.all(state["v"] >= 0)
        v = state["v"]


def test_yogi_forgets_a_large_gradient_more_slowly_than_adam():
    gs = [np.array([100.0])] + [np.array([0.1])] * 200
    yogi, adam = (directions(n, gs, beta2=0.9)[-1][1]["v"][0] for n in ("yogi", "adam"))
    assert yogi > 999 and adam < 0.011


def test_yogi_in_optax_moves_without_a_gradient():
    assert last("yogi", [np.zeros(3)])[0] == 0.0
    assert last("yogi_corrected", [np.zeros(3)])[0] > 1e-5


def test_adan_is_adam_where_the_change_has_no_weight_or_the_gradient_does_not_change():
    gs, adam = gradients(20, 30), {"beta1": 0.98, "beta2": 0.99}
    np.testing.assert_allclose(last("adan", gs, beta2=0.0), last("adam", gs, **adam), rtol=1e-13)
    for name in ("adan", "adan_optax"):
        np.testing.assert_allclose(last(name, gs[:1] * 9), last("adam", gs[:1] * 9, **adam))


def test_adan_in_optax_weighs_the_change_by_the_rest_of_beta2():
    gs = gradients(20, 30)
    assert same(last("adan", gs, beta2=0.5), last("adan_optax", gs, beta2=0.5))
    assert not np.allclose(last("adan", gs), last("adan_optax", gs), rtol=0.1)


def test_ademamix_without_its_slow_average_is_adam():
    gs = gradients(20, 30)
    assert same(last("ademamix", gs, mix=0.0), last("adam", gs))


def test_ademamix_gives_an_old_gradient_more_weight_than_adam_can():
    """After 1000 steps of silence the slow average still holds most of a gradient."""
    gs = [np.ones(1)] + [np.zeros(1)] * 1000
    (_, adam), (_, mixed) = directions("adam", gs)[-1], directions("ademamix", gs)[-1]
    assert adam["m"][0] < 1e-40
    assert mixed["s"][0] == pytest.approx(1e-4 * 0.9999**1000, rel=1e-9)


def test_simplified_ademamix_is_adamd_with_another_rate():
    gs = gradients(20, 30)
    simplified = last("simplified_ademamix", gs, beta1=0.9, beta2=0.999, eps=0.0)
    np.testing.assert_allclose(0.1 * simplified, last("adamd", gs, eps=0.0), rtol=1e-12)


@pytest.mark.parametrize("name", ["radam_nesterov", "adabelief_nesterov"])
def test_looking_ahead_without_momentum_changes_nothing(name):
    gs = gradients(8, 40)
    parent = RULES[name].parent.__name__
    hyper = {"threshold": 5} if parent == "radam" else {"eps": 1e-8}
    plain, ahead = (last(n, gs, beta1=0.0, beta2=0.9, **hyper) for n in (parent, name))
    np.testing.assert_allclose(ahead, plain, rtol=1e-13)
    assert not np.allclose(last(name, gs), last(parent, gs), rtol=1e-3)


def regret(name, steps=30_000, **hyper):
    """Average regret on the online problem of Reddi et al. 2018: 3x, -x, -x, ... on [-1, 1]."""
    fn, x, total = RULES[name], np.zeros(()), 0.0
    state = list(fn.init(np, x).values())
    for t in range(1, steps + 1):
        g = np.asarray(3.0 if t % 3 == 1 else -1.0)
        total += g * (x + 1)
        u, *state = fn(np, t, g, x, *state, beta1=0.0, beta2=0.1, **hyper)
        x = np.clip(x - u / np.sqrt(t), -1.0, 1.0)
    return total / steps, x


def test_adopt_solves_the_problem_on_which_adam_fails():
    """The best point is -1; Adam goes to +1, which costs 2/3 more a step on average."""
    failed, end = regret("adam")
    assert failed == pytest.approx(2 / 3, abs=0.02) and end > 0.95
    for name in ("adopt_unclipped", "adopt"):
        solved, end = regret(name)
        assert solved < 0.02 and end < -0.95


def test_adopt_only_starts_its_second_moment_in_the_first_step():
    g = gradients(6, 1)[0]
    for name in ("adopt", "adopt_unclipped"):
        (u, state), *_ = directions(name, [g])
        assert np.all(u == 0) and same(state["v"], g * g) and np.all(state["m"] == 0)


def test_adopts_clip_grows_with_the_fourth_root_of_the_step():
    gs = [np.ones(1)] + [np.array([1e6])]
    assert last("adopt", gs, beta1=0.0)[0] == 1.0
    assert last("adopt", [np.ones(1)] * 16 + [np.array([1e6])], beta1=0.0)[0] == 2.0
    assert last("adopt_unclipped", gs, beta1=0.0)[0] == 1e6


@pytest.mark.parametrize("name", ["cautious_adamw", "cautious_lion"])
def test_cautious_rules_never_move_against_the_gradient(name):
    gs = gradients(200, 30)
    decay = {"weight_decay": 0.0} if name == "cautious_adamw" else {}
    parent = "adam" if name == "cautious_adamw" else "lion"
    for t, (u, _) in enumerate(directions(name, gs, **decay)):
        assert np.all(u * gs[t] >= 0)
        base = last(parent, gs[: t + 1])
        agree = base * gs[t] > 0
        np.testing.assert_allclose(u, np.where(agree, base * 200 / (agree.sum() + 1), 0.0))
    assert 0 < agree.sum() < 200


@pytest.mark.parametrize("weight_decay", [0.0, 0.5])
def test_lars_moves_a_layer_by_a_share_of_its_length_at_most(weight_decay):
    x, g = start((6, 7)), gradients((6, 7), 1)[0]
    hyper = {"momentum": 0.0, "coefficient": 0.01, "weight_decay": weight_decay}
    moved = np.linalg.norm(run(Optimizer("lars", lr=0.5, **hyper), x, [g])[0] - x)
    share = 0.5 * 0.01 * np.linalg.norm(x)
    assert moved <= share * (1 + 1e-12)
    assert (moved == pytest.approx(share, rel=1e-12)) == (weight_decay == 0)


def test_lars_keeps_the_rate_inside_its_momentum():
    """After the rate has gone to zero the layer still coasts; outside the state it would stop."""
    warm = schedule("linear_decay", peak=1.0, total=5)
    gs = gradients(6, 6)
    inside, state = run(Optimizer("lars", lr=warm), start(6), gs[:5])
    coasting, _ = run(Optimizer("lars", lr=warm), inside, gs[5:], t0=5, state=state)
    assert not same(coasting, inside)
    outside, state = run(Optimizer("lars_after_momentum", lr=warm), start(6), gs[:5])
    opt = Optimizer("lars_after_momentum", lr=warm)
    assert same(run(opt, outside, gs[5:], t0=5, state=state)[0], outside)


@pytest.mark.parametrize("name", ["lamb", "lamb_paper", "lars_after_momentum"])
def test_the_relative_step_of_a_layer_is_the_rate(name):
    x, gs = start((6, 7)), gradients((6, 7), 5)
    opt = Optimizer(name, lr=0.02)
    before, state = run(opt, x, gs[:-1])
    after, _ = run(opt, before, gs[-1:], t0=4, state=state)
    assert np.linalg.norm(after - before) == pytest.approx(0.02 * np.linalg.norm(before), rel=1e-12)


def test_a_layer_of_zeros_under_the_layerwise_rules():
    """The formulas leave it at zero; libraries let it move, as does a lower bound on phi."""
    zeros, gs = np.zeros(5), gradients(5, 3)
    for name in ("lamb_paper", "lars", "lars_after_momentum"):
        assert same(run(Optimizer(name, lr=0.1), zeros, gs)[0], zeros)
    for name in ("lamb", "lamb_bounded", "lars_plain"):
        assert np.all(run(Optimizer(name, lr=0.1), zeros, gs)[0] != 0)


def test_lamb_with_bounds_is_lamb_between_them_and_stops_growing_at_the_upper_one():
    x, g = start(9), gradients(9, 1)[0]
    wide, _ = run(Optimizer("lamb_bounded", lr=0.1, lower=0.0, upper=100.0), x, [g])
    assert same(wide, run(Optimizer("lamb_paper", lr=0.1), x, [g])[0])
    far = 1000 * x
    moved = run(Optimizer("lamb_bounded", lr=0.1, upper=2.0), far, [g])[0] - far
    assert np.linalg.norm(moved) == pytest.approx(0.2, rel=1e-9)


def test_novograd_starts_with_a_unit_step_for_each_layer_and_keeps_one_number():
    opt, x, g = Optimizer("novograd", lr=0.1, eps=0.0), start((4, 5)), gradients((4, 5), 1)[0]
    new, state = run(opt, x, [g])
    np.testing.assert_allclose(x - new, 0.1 * g / np.linalg.norm(g), rtol=1e-9)
    assert state["v"].shape == () and state["v"] == pytest.approx(np.sum(g * g))


@pytest.mark.parametrize("name", ["sophia", "sophia_corrected"])
def test_sophias_step_is_bounded_whatever_the_curvature(name):
    for hess in (1e-9, 1.0, -5.0):
        gs, fn, state = gradients(30, 12), RULES[name], [np.zeros(30)] * 2
        for t, g in enumerate(gs, 1):
            hyper = {"hess": np.full(30, hess), "weight_decay": 0.0}
            u, *state = fn(np, t, g, np.zeros(30), *state, **hyper)
            assert np.all(np.abs(u) <= 1 + 1e-15)


def test_sophia_in_optax_starts_along_signs_and_looks_at_an_older_hessian():
    g = gradients(8, 1)[0]
    hyper = {"hess": np.full(8, 1e12), "weight_decay": 0.0}
    first, *state = RULES["sophia_corrected"](np, 1, g, g, 0 * g, 0 * g, **hyper)
    np.testing.assert_allclose(first, np.sign(g), rtol=1e-15)
    second, *_ = RULES["sophia_corrected"](np, 2, g, g, *state, **hyper)
    assert np.all(np.abs(second) < 1e-4)


@pytest.mark.parametrize("rule", ["sophia", "sophia_corrected"])
@pytest.mark.parametrize("k", [1, 2, 3, 10])
def test_sophia_takes_in_the_curvature_at_the_first_of_every_k_steps(rule, k):
    fn, h, seen = RULES[rule], 0.0, []
    for t in range(1, 25):
        before, (_, _, h) = h, fn(Arrays(np), t, 1.0, 0.0, 0.0, h, hess=float(t), k=k)
        seen.append(h != before)
    assert seen == [(t - 1) % k == 0 for t in range(1, 25)]
