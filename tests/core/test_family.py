"""What the papers claim of Adam's family, and what distinguishes its members."""

import math

import numpy as np
import pytest
from directions import XP, directions, numbers
from support import gradients, run, same, start

from optlib import RULES, Optimizer, schedule
from optlib.rules import adaptive, first_order, moments, variants

MINE = {m.__name__ for m in (adaptive, first_order, moments, variants)}
FAMILY = [name for name, fn in RULES.items() if fn.__module__ in MINE]


# The degree d of u(c * g) = c**d * u(g) for all gradients at once, with eps = 0 and no decay.
DEGREE = {
    **dict.fromkeys(["sgd", "momentum", "sgd_dampened", "nesterov"], 1),
    **dict.fromkeys(["keras_momentum", "keras_nesterov", "nesterov_original"], 1),
    **dict.fromkeys(["signsgd", "adagrad", "adagrad_inside"], 0),
    **dict.fromkeys(["rmsprop", "rmsprop_inside", "rmsprop_momentum"], 0),
    **dict.fromkeys(["adam", "adam_uncorrected", "eps_hat_adam", "adamd", "sparse_adam"], 0),
    **dict.fromkeys(["adam_l2", "adamw", "adamw_paper", "bert_adam"], 0),
    **dict.fromkeys(["amsgrad", "amsgrad_corrected", "amsgrad_raw_max", "eps_hat_amsgrad"], 0),
    **dict.fromkeys(["nadam", "nadam_keras", "nadam_constant", "nadam_simplified"], 0),
    **dict.fromkeys(["adamax", "adamax_inside"], 0),
}
NEEDS_EPS = ["rmsprop_centered", "rmsprop_centered_inside", "rmsprop_centered_momentum", "adadelta"]
FIRST_STEPS_GROW = ["radam", "radam_torch"]


def plain(rule):
    """No eps and no decay."""
    hyper = RULES[rule].hyper
    values = {k: 0.0 for k in ("eps", "weight_decay") if k in hyper}
    return values | ({"lr": 0.1} if RULES[rule].takes_lr else {})


def test_every_member_says_how_it_scales():
    assert sorted([*DEGREE, *NEEDS_EPS, *FIRST_STEPS_GROW]) == sorted(FAMILY)


@pytest.mark.parametrize("rule", DEGREE)
@pytest.mark.parametrize("power", [-40, 13, 60])
def test_gradients_in_another_unit(rule, power):
    """Bitwise, as the unit is a power of two."""
    gs = gradients(6, 12)
    scaled = [2.0**power * g for g in gs]
    if RULES[rule].takes_lr:
        # Such a rule looks at x only through its own moves, so x takes the unit too.
        ours, theirs = (run(Optimizer(rule, lr=0.1), 0 * g[0], g)[0] for g in (gs, scaled))
    else:
        ours, theirs = (numbers(rule, g, **plain(rule)) for g in (gs, scaled))
    assert same(theirs, 2.0 ** (power * DEGREE[rule]) * ours)


@pytest.mark.parametrize("rule", [r for r in DEGREE if "eps" in RULES[r].hyper])
def test_eps_has_a_unit_so_it_ends_the_freedom_of_scale(rule):
    gs = gradients(6, 12)
    ours, theirs = (
        numbers(rule, [c * g for g in gs], **plain(rule) | {"eps": 1e-2}) for c in (1.0, 2.0**-13)
    )
    assert not np.allclose(ours, theirs, rtol=0.1)


@pytest.mark.parametrize("rule", NEEDS_EPS[:3])
def test_centered_rmsprop_scales_if_eps_does(rule):
    gs, c = gradients(6, 12), 2.0**-13
    eps, power = 1e-3, 2 if "inside" in rule else 1
    ours = numbers(rule, gs, eps=eps)
    theirs = numbers(rule, [c * g for g in gs], eps=c**power * eps)
    assert same(ours, theirs)


@pytest.mark.parametrize(
    ("rule", "hyper"),
    [
        ("adam", {"beta1": 0.0, "beta2": 0.0}),
        ("adam_uncorrected", {"beta1": 0.0, "beta2": 0.0}),
        ("eps_hat_adam", {"beta1": 0.0, "beta2": 0.0}),
        ("adamd", {"beta1": 0.0, "beta2": 0.0}),
        ("nadam_constant", {"beta1": 0.0, "beta2": 0.0}),
        ("nadam_simplified", {"beta1": 0.0, "beta2": 0.0}),
        ("adamax", {"beta1": 0.0, "beta2": 0.0}),
        ("rmsprop", {"beta2": 0.0}),
    ],
)
def test_without_memory_the_direction_is_the_sign(rule, hyper):
    gs = gradients(40, 6)
    expected = numbers("signsgd", gs)
    assert set(np.unique(expected)) == {-1.0, 1.0}
    np.testing.assert_allclose(numbers(rule, gs, eps=0.0, **hyper), expected, rtol=1e-15)


# First steps --------------------------------------------------------------------------------------

MU1, MU2 = (0.9 * (1 - 0.96 ** (0.004 * t) / 2) for t in (1, 2))
KERAS1, KERAS2 = (0.9 * (1 - 0.96**t / 2) for t in (1, 2))
FIRST_STEP = {
    "adam": 1.0,
    "adamd": 0.1,
    "bert_adam": 0.1 / math.sqrt(0.001),
    "amsgrad": 0.1 / math.sqrt(0.001),
    "amsgrad_corrected": 1.0,
    "amsgrad_raw_max": 1.0,
    "nadam_simplified": 1.9,
    "nadam_constant": 1 + 0.9 / 1.9,
    "nadam": 1 + MU2 * 0.1 / (1 - MU1 * MU2),
    "nadam_keras": 1 + KERAS2 * 0.1 / (1 - KERAS1 * KERAS2),
    "adamax": 1.0,
    "adamax_inside": 1.0,
}


@pytest.mark.parametrize("rule", FIRST_STEP)
def test_the_first_step_in_units_of_the_rate(rule):
    for g in (3.7, -1e-5):
        (u,) = numbers(rule, [g], **plain(rule))
        assert u == pytest.approx(math.copysign(FIRST_STEP[rule], g), rel=1e-12)


def test_the_four_first_steps_of_nadam():
    names = ["nadam_simplified", "nadam_constant", "nadam", "nadam_keras"]
    assert [round(FIRST_STEP[name], 7) for name in names] == [1.9, 1.4736842, 1.0564518, 1.0627878]


@pytest.mark.parametrize("g", [2.0, 100.0, 1e-3])
@pytest.mark.parametrize("rule", FIRST_STEPS_GROW)
def test_the_first_step_of_radam_is_the_gradient(rule, g):
    assert numbers(rule, [g])[0] == pytest.approx(g, rel=1e-12)


# One rule as another ------------------------------------------------------------------------------

SAME = [
    ("sgd_dampened", {"dampening": 0.0}, "momentum", {}),
    ("momentum", {"momentum": 0.0}, "sgd", {}),
    ("nesterov", {"momentum": 0.0}, "sgd", {}),
    ("rmsprop_momentum", {"momentum": 0.0}, "rmsprop", {}),
    ("rmsprop_centered_momentum", {"momentum": 0.0}, "rmsprop_centered", {}),
    ("bert_adam", {"weight_decay": 0.0}, "adam_uncorrected", {}),
    ("nadam_keras", {"eps": 1e-8}, "nadam", {"momentum_decay": 1.0}),
    ("nadam", {"momentum_decay": 1e6}, "nadam_constant", {}),
    ("adam", {"beta1": 0.0, "eps": 0.0}, "eps_hat_adam", {"beta1": 0.0, "eps": 0.0}),
    ("amsgrad_raw_max", {"eps": 0.0}, "eps_hat_amsgrad", {"eps": 0.0}),
    ("radam", {"threshold": 5, "eps": 0.0}, "radam_torch", {"eps": 0.0}),
    ("adamax", {"eps": 0.0}, "adamax_inside", {"eps": 0.0}),
]


@pytest.mark.parametrize(("one", "hyper", "other", "others"), SAME, ids=lambda value: str(value))
def test_a_rule_at_the_edge_is_another_rule(one, hyper, other, others):
    gs = gradients(8, 40)
    np.testing.assert_allclose(numbers(one, gs, **hyper), numbers(other, gs, **others), rtol=1e-12)


def test_dampening_as_large_as_the_momentum_is_an_average_from_the_first_gradient():
    gs = gradients(5, 30)
    average, seen = gs[0], [gs[0]]
    for g in gs[1:]:
        average = 0.8 * average + 0.2 * g
        seen.append(average)
    got = numbers("sgd_dampened", gs, momentum=0.8, dampening=0.8)
    np.testing.assert_allclose(got, seen, rtol=1e-12)


def test_nesterovs_spellings_agree_while_the_rate_is_constant():
    x, gs = start(6), gradients(6, 40)
    rules = ["nesterov", "keras_nesterov", "nesterov_original"]
    constant = [run(Optimizer(rule, lr=0.01), x, gs)[0] for rule in rules]
    warm = schedule("linear_warmup", peak=0.01, warmup=40)
    warmed = [run(Optimizer(rule, lr=warm), x, gs)[0] for rule in rules]
    for others in constant[1:]:
        np.testing.assert_allclose(others, constant[0], rtol=1e-9)
    np.testing.assert_allclose(warmed[2], warmed[1], rtol=1e-9)
    assert np.abs(warmed[0] - warmed[1]).max() > 1e-2 * np.abs(warmed[0] - x).max()


def test_eps_hat_is_an_eps_that_shrinks():
    gs, eps = gradients(8, 30), 1e-2
    state = np.zeros(8), np.zeros(8)
    for t, (u, new) in enumerate(directions("eps_hat_adam", gs, eps=eps), 1):
        shrunk = eps / math.sqrt(1 - 0.999**t)
        expected, *_ = moments.adam(XP, t, gs[t - 1], 0.0, *state, eps=shrunk)
        np.testing.assert_allclose(u, expected, rtol=1e-12)
        state = tuple(new.values())


def test_adamd_is_adam_with_a_warmup_of_its_own():
    gs = gradients(8, 30)
    for t, (d, hat) in enumerate(
        zip(numbers("adamd", gs), numbers("eps_hat_adam", gs, eps=1e-8), strict=True), 1
    ):
        np.testing.assert_allclose(d, (1 - 0.9**t) * hat, rtol=1e-12)


def test_the_adamw_of_the_paper_decays_whatever_alpha_is():
    x, gs = start(6), gradients(6, 40)
    eta = schedule("cosine", peak=1.0, total=40)
    paper = Optimizer("adamw_paper", lr=eta, alpha=1e-3, weight_decay=1e-2)
    library = Optimizer(
        "adamw", lr=schedule("cosine", peak=1e-3, total=40), weight_decay=1e-2 / 1e-3
    )
    np.testing.assert_allclose(run(paper, x, gs)[0], run(library, x, gs)[0], rtol=1e-12)
    still = Optimizer("adamw_paper", lr=0.5, alpha=0.0, weight_decay=0.1)
    np.testing.assert_allclose(run(still, x, gs[:1])[0], 0.95 * x, rtol=1e-15)
