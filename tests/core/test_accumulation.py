"""Gradient accumulation: the count, the schedules and the clipping are those of whole steps."""

import array_api_strict
import numpy as np
import pytest

from optlib import Optimizer, accumulate, clip_global_norm, load, per_layer, save, schedule
from optlib.running.checks import NonFiniteError

EVERY = 3


def gradients(t):
    rng = np.random.default_rng([4, t])
    return {"a": rng.standard_normal((2, 3)), "b": rng.standard_normal(4)}


def start():
    return gradients(0)


def adam(**options):
    rate = schedule("linear_warmup", peak=0.1, warmup=4)
    return Optimizer("adamw", lr=rate, before=clip_global_norm(0.5), **options)


OPTIMIZERS = {
    "adamw": adam,
    "per layer": lambda: per_layer(lambda label, x: adam() if label == "a" else Optimizer("sgd")),
    "radam": lambda: Optimizer("radam", lr=0.1),
    "muon": lambda: Optimizer("muon", lr=0.1),
}


@pytest.mark.parametrize("mean", [True, False])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_group_of_small_batches_is_one_step(name, mean):
    """The plain loop that adds up gradients before it steps."""
    opt = OPTIMIZERS[name]()
    small = accumulate(opt, EVERY, mean)
    x = y = start()
    state, wanted = small.init(x), opt.init(y)
    for t in range(1, 5 * EVERY + 1):
        before = x
        x, state = small.step(t, gradients(t), x, state)
        if t % EVERY:
            assert all(np.array_equal(x[k], before[k]) for k in x)
            continue
        group = [gradients(k) for k in range(t - EVERY + 1, t + 1)]
        total = {k: sum(g[k] for g in group) / (EVERY if mean else 1) for k in y}
        y, wanted = opt.step(t // EVERY, total, y, wanted)
        for k in x:
            np.testing.assert_allclose(x[k], y[k], rtol=1e-9, atol=1e-12)


def test_one_gradient_a_step_is_the_optimizer_itself():
    opt, x = adam(), start()
    one = accumulate(opt, 1)
    moved, state = one.step(1, gradients(1), x, one.init(x))
    wanted, inner = opt.step(1, gradients(1), x, opt.init(x))
    for k in x:
        np.testing.assert_allclose(moved[k], wanted[k], rtol=1e-15)
        assert {*state[k]} == {*inner[k], "accumulated"} and not state[k]["accumulated"].any()


def test_in_place_is_the_pure_step_and_a_restart_is_bitwise(tmp_path):
    small = accumulate(adam(), EVERY)
    x, pure = start(), start()
    state, kept = small.init(x), small.init(pure)
    for t in range(1, 9):
        assert small.step_(t, gradients(t), x, state)
        pure, kept = small.step(t, gradients(t), pure, kept)
        if t == 4:
            save(tmp_path / "run", x, state, t)
    y, again, t0 = load(tmp_path / "run")
    for t in range(t0 + 1, 9):
        y, again = small.step(t, gradients(t), y, again)
    for k in x:
        assert np.array_equal(x[k], pure[k]) and np.array_equal(x[k], y[k])
        assert all(np.array_equal(state[k][n], again[k][n]) for n in state[k])


@pytest.mark.parametrize("t", [1, EVERY])
def test_what_is_not_finite_changes_nothing(t):
    small, x = accumulate(adam(), EVERY), start()
    state = small.init(x)
    bad = {**gradients(1), "b": np.array([1.0, np.nan, 1.0, 1.0])}
    before = {k: a.copy() for k, a in x.items()}
    with pytest.raises(NonFiniteError, match=f"after small batch {t} the .* '.' would be NaN"):
        small.step_(t, bad, x, state)
    with pytest.raises(ValueError, match="nonfinite must be one of 'raise', 'skip'"):
        small.step_(t, bad, x, state, nonfinite="ignore")
    assert not small.step_(t, bad, x, state, nonfinite="skip")
    assert all(np.array_equal(x[k], before[k]) for k in x)
    assert not any(s["accumulated"].any() for s in state.values())


@pytest.mark.parametrize("mean", [True, False])
def test_a_count_without_a_value_to_look_at_gives_the_same_steps(mean):
    """As a traced one: an array of another library."""
    xp = array_api_strict
    small = accumulate(Optimizer("adam", lr=0.1), EVERY, mean)
    x = {k: xp.asarray(a) for k, a in start().items()}
    y, state, kept = x, small.init(x), small.init(x)
    for t in range(1, 2 * EVERY + 2):
        g = {k: xp.asarray(a) for k, a in gradients(t).items()}
        x, state = small.step(xp.asarray(float(t)), g, x, state)
        y, kept = small.step(t, g, y, kept)
        for k in x:
            np.testing.assert_allclose(np.asarray(x[k]), np.asarray(y[k]), rtol=1e-12)
            assert {*state[k]} == {*kept[k]}
            for name in kept[k]:
                ours, theirs = (np.asarray(s[k][name]) for s in (state, kept))
                np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_a_traced_count_gives_the_same_steps():
    jax = pytest.importorskip("jax")
    jnp = jax.numpy
    small = accumulate(Optimizer("adam", lr=0.1), EVERY)
    compiled = jax.jit(small.step)
    x = {k: jnp.asarray(a, dtype=jnp.float32) for k, a in start().items()}
    y, state, kept = x, small.init(x), small.init(x)
    for t in range(1, 8):
        g = {k: jnp.asarray(a, dtype=jnp.float32) for k, a in gradients(t).items()}
        x, state = compiled(t, g, x, state)
        y, kept = small.step(t, g, y, kept)
    for k in x:
        np.testing.assert_allclose(x[k], y[k], rtol=2e-5, atol=1e-6)


def test_a_sweep_is_its_single_runs():
    x = np.ones((2, 3))
    small = accumulate(Optimizer("adam", lr=np.array([0.1, 0.2])), 2)
    state, (one, kept) = small.init(x, sweep_axes=1), (x[1], None)
    single = accumulate(Optimizer("adam", lr=0.2), 2)
    kept = single.init(one)
    for t in range(1, 7):
        g = gradients(t)["a"]
        x, state = small.step(t, g, x, state, sweep_axes=1)
        one, kept = single.step(t, g[1], one, kept)
    np.testing.assert_allclose(x[1], one, rtol=1e-14)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: accumulate("adam", 2), TypeError, "must be an Optimizer"),
        (lambda: accumulate(Optimizer("adam"), 0), ValueError, "every must satisfy 1 <= every"),
        (lambda: accumulate(Optimizer("adam"), 2.5), ValueError, "every must satisfy"),
        (lambda: accumulate(Optimizer("adam"), 2, mean=3), TypeError, "mean must be True"),
        (lambda: stepped(t={"a": 1, "b": 1}), TypeError, "t must be one number for all layers"),
        (lambda: stepped(t=0), ValueError, "from 1"),
        (lambda: stepped(t=[1, 1]), TypeError, "t must be one number for all layers"),
        (lambda: stepped(x={"a": np.ones((2, 3)), "b": None}), TypeError, "parameter 'b'"),
        (lambda: stepped(state={"a": {}}), ValueError, "1 given for 2"),
        (lambda: stepped(g={"a": np.ones(2), "b": np.ones(4)}), ValueError, "has shape"),
        (lambda: stepped(state={"a": {}, "b": {}}), TypeError, "accumulated"),
    ],
)
def test_what_does_not_fit_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


def stepped(**changed):
    small, x = accumulate(adam(), EVERY), start()
    return small.step(**{"t": 1, "g": gradients(1), "x": x, "state": small.init(x), **changed})


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda x, state: x["a"].setflags(write=False), "parameter 'a' is read-only"),
        (
            lambda x, state: state["b"]["accumulated"].setflags(write=False),
            "state accumulated of 'b' is read-only",
        ),
        (
            lambda x, state: state["b"].update(m=state["b"]["v"]),
            "state .* of 'b' and state .* of 'b' share memory",
        ),
        (
            lambda x, state: state["b"].update(accumulated=x["b"]),
            "parameter 'b' and state accumulated of 'b' share memory",
        ),
    ],
)
def test_in_place_nothing_is_written_where_it_cannot_all_be_written(spoil, words):
    small, x = accumulate(adam(), EVERY), start()
    state = small.init(x)
    spoil(x, state)
    with pytest.raises(ValueError, match=words):
        small.step_(1, gradients(1), x, state)
    assert all(np.array_equal(x[k], a) for k, a in start().items())


def test_it_says_what_it_is():
    rates = np.array([0.1, 0.2])
    small = accumulate(Optimizer("adam", lr=rates), np.int64(4), mean=np.bool_(False))
    assert small.shape == (2,) and repr(small).endswith("every=4, mean=False)")
    assert small.mean is False and accumulate(adam(), 1).mean is True
