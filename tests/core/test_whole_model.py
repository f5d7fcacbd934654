"""Rules that see all layers at once: these are one vector, and a number of the model is one."""

import numpy as np
import pytest
from support import same

from optlib import RULES, Optimizer

SHAPES = [(), (5,), (3, 4), (2, 3, 2, 2)]
MODEL = [name for name, fn in RULES.items() if fn.scope == "model"]


@pytest.fixture(params=MODEL)
def rule(request):
    return request.param


def starts():
    rng = np.random.default_rng(4)
    return [np.asarray(rng.standard_normal(s)) for s in SHAPES]


def flat(arrays):
    return np.concatenate([np.ravel(a) for a in arrays])


def more(rule, xs):
    """The loss of the bowl, in every entry, for the rules that ask for it."""
    height = 1.5 * sum(float(np.sum(a * a)) for a in xs)
    return {name: [np.full_like(a, height) for a in xs] for name in RULES[rule].inputs}


def descend(opt, xs, steps, state=None, t0=0):
    state = opt.init(xs) if state is None else state
    for t in range(t0 + 1, t0 + steps + 1):
        inputs = more(opt.rule.__name__, xs)
        xs, state = opt.step(t, [3 * a for a in xs], xs, state, **inputs)
    return xs, state


def test_layers_are_one_vector(rule):
    opt = Optimizer(rule, lr=0.5)
    xs, states = descend(opt, starts(), 12)
    (vector,), (whole,) = descend(opt, [flat(starts())], 12)
    np.testing.assert_allclose(flat(xs), vector, rtol=1e-12)
    assert not same(vector, flat(starts()))
    for name, value in whole.items():
        parts = [s[name] for s in states]
        if np.shape(value)[:1] == vector.shape:
            rows = np.concatenate([np.reshape(a, (-1, *np.shape(value)[1:])) for a in parts])
            np.testing.assert_allclose(rows, value, rtol=1e-9, atol=1e-12)
        else:
            assert all(np.ravel(a) == np.ravel(parts[0]) for a in parts)


def test_a_restart_is_the_uninterrupted_run(rule):
    opt = Optimizer(rule, lr=0.5)
    whole, _ = descend(opt, starts(), 10)
    half, states = descend(opt, starts(), 5)
    rest, _ = descend(opt, half, 5, state=states, t0=5)
    assert all(same(a, b) for a, b in zip(rest, whole, strict=True))


def test_every_run_of_a_sweep_is_the_single_run(rule):
    rates = np.array([0.1, 0.5, 0.9])
    swept = Optimizer(rule, lr=rates)
    xs = [np.stack([a] * 3) for a in starts()]
    state = swept.init(xs, sweep_axes=1)
    for t in range(1, 9):
        heights = 1.5 * sum(np.sum(a * a, axis=tuple(range(1, a.ndim))) for a in xs)
        full = [
            np.broadcast_to(heights.reshape(3, *(1,) * (a.ndim - 1)), a.shape).copy() for a in xs
        ]
        inputs = {name: full for name in RULES[rule].inputs}
        xs, state = swept.step(t, [3 * a for a in xs], xs, state, sweep_axes=1, **inputs)
    for row, rate in enumerate(rates):
        single, _ = descend(Optimizer(rule, lr=float(rate)), starts(), 8)
        for layer, one in zip(xs, single, strict=True):
            np.testing.assert_allclose(layer[row], one, rtol=1e-11)


def test_in_place_is_the_pure_step(rule):
    opt, xs = Optimizer(rule, lr=0.5), starts()
    pure, pure_states = descend(opt, xs, 8)
    states = opt.init(xs)
    for t in range(1, 9):
        assert opt.step_(t, [3 * a for a in xs], xs, states, **more(rule, xs))
    assert all(same(a, b) for a, b in zip(xs, pure, strict=True))
    for s, p in zip(states, pure_states, strict=True):
        assert all(same(s[k], p[k]) for k in s)
