"""An optimizer that leaves out gradients that are not finite, until there are too many in a row."""

import numpy as np
import pytest
from support import gradients, run, same, start

from optlib import Optimizer, clip_norm, load, per_layer, save, schedule
from optlib.running.finite import patient

BAD = np.full(4, np.nan)


def play(opt, x, gs, state=None, t0=0):
    state = opt.init(x) if state is None else state
    with np.errstate(all="ignore"):
        for t, g in enumerate(gs, t0 + 1):
            x, state = opt.step(t, g, x, state)
    return x, state


def warm():
    rate = schedule("linear_warmup", peak=0.1, warmup=20)
    return Optimizer("adam", lr=rate, before=clip_norm(1.0))


def test_a_run_is_that_without_the_gradients_that_were_left_out():
    x, gs = start(4), gradients(4, 9)
    spoilt = [BAD, *gs[:3], BAD, BAD, *gs[3:], np.array([0.0, np.inf, 0.0, 0.0])]
    got, state = play(patient(warm(), limit=2), x, spoilt)
    whole, kept = run(warm(), x, gs)
    assert same(got, whole) and all(same(state[k], kept[k]) for k in kept)
    assert state["left_out"] == 4 and state["misses"] == 1


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_after_too_many_in_a_row_the_next_one_is_taken_whatever_it_is(limit):
    x, opt = start(4), patient(warm(), limit)
    before, state = play(opt, x, [BAD] * limit)
    assert same(before, x) and state["misses"] == state["left_out"] == limit
    after, state = play(opt, before, [BAD], state, limit)
    assert np.isnan(after).all() and state["misses"] == limit + 1
    assert state["left_out"] == limit


def test_a_finite_gradient_ends_the_row():
    x, g = start(4), gradients(4, 1)[0]
    got, state = play(patient(warm(), limit=2), x, [BAD, BAD, g, BAD, BAD, g])
    assert np.isfinite(got).all() and state["left_out"] == 4 and state["misses"] == 0


def test_all_layers_are_left_out_together():
    xs, opt = [start(3), start((2, 2))], patient(Optimizer("adam"), limit=1)
    gs = [np.ones(3), np.array([[0.0, np.nan], [0.0, 0.0]])]
    moved, states = opt.step(1, gs, xs, opt.init(xs))
    assert all(same(a, b) for a, b in zip(moved, xs, strict=True))
    assert [float(s["misses"]) for s in states] == [1.0, 1.0]


def test_it_goes_around_optimizers_for_each_layer():
    inner = per_layer(lambda k, x: Optimizer("sgd" if k == "a" else "adam", lr=0.1))
    xs = {"a": start(3), "b": start((2, 2))}
    gs = {"a": np.ones(3), "b": np.ones((2, 2))}
    opt = patient(inner, limit=1)
    moved, _ = opt.step(1, gs, xs, opt.init(xs))
    plain, _ = inner.step(1, gs, xs, inner.init(xs))
    assert all(same(moved[k], plain[k]) for k in xs)


def test_a_restart_in_the_middle_of_a_row_is_the_whole_run(tmp_path):
    x, opt = start(4, np.float32), patient(warm(), limit=2)
    gs = [np.ones(4, np.float32), *[BAD.astype(np.float32)] * 4, np.ones(4, np.float32)]
    whole, _ = play(opt, x, gs)
    half, state = play(opt, x, gs[:3])
    assert all(a.dtype == np.float32 for a in state.values())
    save(tmp_path / "half.npz", half, state, 3)
    y, kept, t = load(tmp_path / "half.npz")
    rest, _ = play(opt, y, gs[3:], kept, t)
    assert same(rest, whole) and np.isnan(whole).all()


def test_nothing_that_was_given_is_changed():
    x, opt = start(4), patient(Optimizer("adam"), limit=1)
    _, state = play(opt, x, [np.ones(4)])
    copies = {k: a.copy() for k, a in state.items()}
    for g in (BAD, np.ones(4)):
        play(opt, x, [g], state, 1)
        assert all(same(state[k], copies[k]) for k in state)


def test_what_does_not_fit_is_refused():
    with pytest.raises(TypeError, match="optimizer must be an Optimizer"):
        patient("adam", limit=1)
    with pytest.raises(ValueError, match="limit must satisfy"):
        patient(Optimizer("adam"), limit=-1)
    opt, x = patient(Optimizer("adam"), limit=1), [start(4)]
    with pytest.raises(TypeError, match="t must be one number"):
        opt.step([1], x, x, opt.init(x))
    with pytest.raises(ValueError, match="gradient .*has shape"):
        opt.step(1, [np.ones(3)], x, opt.init(x))
    with pytest.raises(ValueError, match="sweep of shape"):
        swept = patient(Optimizer("adam", lr=np.array([0.1, 0.2])), limit=1)
        swept.step(1, np.ones((2, 3)), np.ones((2, 3)), swept.init(np.ones((2, 3))))
