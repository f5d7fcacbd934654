"""What the harness does not reach: Optax's counts, its refusals, and Sophia's extra input."""

import numpy as np
import pytest
from harness import FollowedSchedule, distance, gradients, start, summary

from optlib import schedule
from optlib.conventions import NotModelled, like

SHAPE = ((3, 4),)


def points(optimizer, steps=12):
    x, records = start(SHAPE, 0), []
    state = optimizer.init(x)
    for t in range(1, steps + 1):
        x, state = optimizer.step(t, gradients(SHAPE, 0, t), x, state)
        records.append(x)
    return summary(records)


def test_a_function_given_as_a_rate_or_a_decay_counts_from_zero():
    theirs = like("optax", "adamw", learning_rate=lambda k: 0.1 * k, weight_decay=lambda k: 0.2 * k)
    ours = like(
        "optax",
        "adamw",
        learning_rate=FollowedSchedule(lambda xp, k: 0.1 * k, "rate"),
        weight_decay=FollowedSchedule(lambda xp, k: 0.2 * k, "decay"),
    )
    assert np.array_equal(points(theirs), points(ours))
    assert np.array_equal(points(theirs)[0], summary([start(SHAPE, 0)])[0])
    own = schedule("constant", peak=0.1)
    assert like("optax", "adam", learning_rate=own).lr is own


def test_ademamix_takes_schedules_of_its_own_count():
    warm = {"b3": lambda k: 0.9 * min(k / 10, 1.0), "alpha": lambda k: 5.0 * min(k / 10, 1.0)}
    opt = like("optax", "ademamix", learning_rate=0.1, **warm)
    adam = like("optax", "adam", learning_rate=0.1)
    assert np.array_equal(points(opt)[0], points(adam)[0])
    assert not np.array_equal(points(opt), points(adam))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("adam", {"mu_dtype": "bfloat16"}),
        ("adamw", {"mask": {"w": True}}),
        ("adam", {"b2": 0.0, "eps_root": 1e-3}),
        ("adam", {"eps_root": np.array([0.0, 1e-3])}),
        ("amsgrad", {"bias_correction_mu": False}),
        ("amsgrad", {"bias_correction_mu": False, "bias_correction_nu": False, "eps_root": 1e-3}),
        ("rmsprop", {"centered": True, "bias_correction": True}),
        ("lars", {"trust_ratio_mask": False}),
        ("adopt", {"nesterov": True}),
        ("adopt", {"clip_value_fn": lambda k: 1.0}),
        ("sophia", {"clip_threshold": None}),
    ],
)
def test_what_is_not_modelled_says_so(name, arguments):
    wrong = next(k for k in reversed(arguments))
    with pytest.raises(NotModelled, match=f"{wrong}.* not modelled"):
        like("optax", name, **{"learning_rate": 0.1, **arguments})


def test_a_sweep_over_a_decay_keeps_the_second_eps():
    b3 = np.array([0.9, 0.99])
    swept = like("optax", "adan", learning_rate=0.1, b3=b3, eps_root=1e-2)
    (x,), (g,) = start(SHAPE, 0), gradients(SHAPE, 0, 1)
    both = np.stack([x, x])
    rows, _ = swept.step(1, np.stack([g, g]), both, swept.init(both), sweep_axes=1)
    for row, value in zip(rows, b3, strict=True):
        opt = like("optax", "adan", learning_rate=0.1, b3=float(value), eps_root=1e-2)
        np.testing.assert_allclose(row, opt.step(1, g, x, opt.init(x))[0], rtol=1e-14)


@pytest.mark.parametrize("eps_root", [-1.0, float("nan")])
def test_a_second_eps_outside_its_domain_is_refused(eps_root):
    with pytest.raises(ValueError, match="eps_root must satisfy"):
        like("optax", "adam", learning_rate=0.1, eps_root=eps_root)


def test_a_missing_rate_is_refused():
    with pytest.raises(TypeError, match="optax adam needs learning_rate"):
        like("optax", "adam")


@pytest.mark.parametrize(
    "arguments",
    [{}, {"b1": 0.7, "b2": 0.8, "gamma": 0.5, "update_interval": 3, "weight_decay": 0.1}],
)
def test_sophia_follows_optax_with_the_same_hessians(arguments):
    jax, optax = pytest.importorskip("jax"), pytest.importorskip("optax")
    contrib = pytest.importorskip("optax.contrib")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        hessians = optax.GradientTransformationExtraArgs(
            lambda params: (), lambda g, state, params, hess: (hess, state)
        )
        theirs = contrib.sophia(learning_rate=0.01, hessian_diagonal_fn=hessians, **arguments)
        ours = like("optax", "sophia", learning_rate=0.01, **arguments)
        a = jax.numpy.asarray(start(SHAPE, 0)[0])
        b = np.asarray(a)
        theirs_state, state = theirs.init(a), ours.init(b)
        for t in range(1, 41):
            (g,) = gradients(SHAPE, 0, t)
            hess = gradients(SHAPE, 1, t)[0]
            update, theirs_state = theirs.update(g, theirs_state, a, hess=jax.numpy.asarray(hess))
            a = optax.apply_updates(a, update)
            b, state = ours.step(t, g, b, state, hess=hess)
        assert distance(b, np.asarray(a), start(SHAPE, 0)[0]) < 1e-9
    finally:
        jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize("arguments", [{}, {"weight_decay": 0.1, "rho": 0.8}])
def test_adadelta_without_a_rate_goes_uphill_as_in_optax(arguments):
    jax, optax = pytest.importorskip("jax"), pytest.importorskip("optax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        theirs, ours = optax.adadelta(**arguments), like("optax", "adadelta", **arguments)
        b = np.ones(SHAPE[0])
        a = jax.numpy.asarray(b)
        theirs_state, state = theirs.init(a), ours.init(b)
        for t in range(1, 21):
            (g,) = gradients(SHAPE, 0, t)
            update, theirs_state = theirs.update(g, theirs_state, a)
            a = optax.apply_updates(a, update)
            b, state = ours.step(t, g, b, state)
            assert t > 1 or np.all((b > 1) == (g + arguments.get("weight_decay", 0.0) > 0))
        assert distance(b, np.asarray(a), np.ones(SHAPE[0])) < 1e-9
    finally:
        jax.config.update("jax_enable_x64", before)
