"""The short path: a step on the same arrays gives what any step gives, or goes the long way."""

import numpy as np
import pytest
from support import extra, gradients, optimizer, run, same, start

from optlib import RULES, NonFiniteError, Optimizer, optim, schedule
from optlib.running import again

NAMES = [name for name, fn in RULES.items() if not fn.square]


@pytest.fixture
def counted(monkeypatch):
    """How many steps went the short way."""
    taken = []
    finish = again.Again.finish
    monkeypatch.setattr(again.Again, "finish", lambda self: (taken.append(1), finish(self)))
    return taken


@pytest.mark.parametrize("shapes", [[(5,)], [(5,), (3, 4)]], ids=["one", "several"])
@pytest.mark.parametrize("rule", NAMES)
def test_both_ways_end_at_the_same_point(rule, shapes, counted):
    fn, opt = RULES[rule], optimizer(rule)
    if any(fn.axes not in (None, len(shape)) for shape in shapes):
        shapes = [(3, 4)] * len(shapes)
    xs = [start(shape) for shape in shapes]
    grads = list(zip(*(gradients(shape, 5, rule=rule) for shape in shapes), strict=True))
    wanted, states = [x.copy() for x in xs], opt.init(xs)
    own, held = [x.copy() for x in xs], opt.init(xs)
    loop = optim.InPlace(xs, opt)
    for t, gs in enumerate(map(list, grads), 1):
        inputs = [extra(rule, g) for g in gs]
        inputs = {name: [given[name] for given in inputs] for name in fn.inputs}
        wanted, states = opt.step(t, gs, wanted, states, **inputs)
        assert opt.step_(t, gs, own, held, **inputs) and loop.step(gs, **inputs)
    for a, b, c in zip(wanted, own, xs, strict=True):
        assert same(a, b) and same(a, c)
    assert all(same(s[k], h[k]) for s, h in zip(states, held, strict=True) for k in s)
    if rule in ("adam", "adamw", "lion", "momentum", "sophia_corrected"):
        assert len(counted) == (0 if fn.inputs else 8)


def loop_of(opt, x):
    """A step function over one dict of arrays."""
    loop = optim.InPlace(x, opt)
    return lambda gs: loop.step(gs)


def step_of(opt, x):
    state, t = opt.init(x), [0]

    def step(gs):
        t[0] += 1
        return opt.step_(t[0], gs, x, state)

    return step


BOTH = pytest.mark.parametrize("made", [loop_of, step_of])


@BOTH
def test_what_changes_between_two_steps_is_seen(made, counted):
    rng, opt = np.random.default_rng(0), Optimizer("adamw", lr=0.1)
    x = {"w": rng.standard_normal((2, 3)), "b": rng.standard_normal(3)}
    step = made(opt, x)
    gs = {k: rng.standard_normal(a.shape) for k, a in x.items()}
    for _ in range(3):
        assert step(gs)
    assert len(counted) == 2
    before = {k: a.copy() for k, a in x.items()}
    gs["b"][1] = np.nan
    with pytest.raises(NonFiniteError, match="gradient 'b' of step 4"):
        step(gs)
    gs["b"] = np.ones(4)
    with pytest.raises(ValueError, match=r"gradient 'b' has shape \(4,\)"):
        step(gs)
    gs["b"] = np.ones(3)
    x["b"].flags.writeable = False
    with pytest.raises(ValueError, match="parameter 'b' is read-only"):
        step(gs)
    x["b"].flags.writeable = True
    with pytest.raises(ValueError, match="1 given for 2 parameters"):
        step({"w": gs["w"]})
    with pytest.raises(TypeError, match="give a dict"):
        step([gs["w"], gs["b"]])
    assert len(counted) == 2 and all(same(x[k], before[k]) for k in x)


@pytest.mark.parametrize("rule", ["sgd", "momentum", "adam", "amsgrad", "adan"])
def test_whatever_is_not_finite_goes_the_long_way(rule):
    """One to five arrays are written, and one entry of one of them is bad."""
    for name in ("g", "x", *RULES[rule].state):
        opt, x = Optimizer(rule), np.ones(4)
        state, g = opt.init(x), np.ones(4)
        for t in (1, 2):
            opt.step_(t, g, x, state)
        arrays = {"g": g, "x": x, **state}
        arrays[name][2] = np.inf
        before = [a.copy() for a in arrays.values()]
        with pytest.raises(NonFiniteError):
            opt.step_(3, g, x, state)
        assert all(map(same, arrays.values(), before))


def test_an_array_put_in_place_of_another_is_moved(counted):
    x = {"w": np.ones(3)}
    loop = optim.InPlace(x, Optimizer("momentum", lr=0.1))
    for _ in range(2):
        loop.step({"w": np.ones(3)})
    old, x["w"] = x["w"], np.zeros(3)
    kept = old.copy()
    loop.step({"w": np.ones(3)})
    assert same(old, kept) and not same(x["w"], np.zeros(3)) and len(counted) == 1


def test_a_rate_that_was_set_and_a_schedule_count(counted):
    x, y = np.ones(3), np.ones(3)
    loop, g = optim.SGD(x, lr=0.5), np.ones(3)
    for _ in range(2):
        loop.step(g)
    loop.param_groups[0]["lr"] = 0.25
    loop.step(g)
    assert np.array_equal(x, np.full(3, -0.25)) and len(counted) == 1
    falling = Optimizer("sgd", lr=schedule("linear_decay", peak=1.0, total=4))
    state = falling.init(y)
    for t in range(1, 4):
        falling.step_(t, g, y, state)
    wanted, _ = run(falling, np.ones(3), [g] * 3)
    assert same(y, wanted)


def test_a_state_that_was_loaded_or_replaced_counts(counted):
    x, g = np.ones(3), np.ones(3)
    loop = optim.Adam(x, lr=0.1)
    loop.step(g)
    held, at = loop.state_dict(), x.copy()
    loop.step(g)
    after = x.copy()
    loop.step(g)
    x[...] = at
    loop.load_state_dict(held)
    loop.step(g)
    assert same(x, after) and loop.t == 2
    opt, y = Optimizer("momentum", lr=0.1), np.ones(3)
    state = opt.init(y)
    opt.step_(1, g, y, state)
    state["m"] = np.full(3, 5.0)
    opt.step_(2, g, y, state)
    assert np.array_equal(state["m"], np.full(3, 5.5))


def test_the_optimizer_keeps_no_array_alive():
    import weakref

    opt, x = Optimizer("adam"), np.ones(3)
    state = opt.init(x)
    for t in (1, 2):
        opt.step_(t, np.ones(3), x, state)
    held = [weakref.ref(x), *map(weakref.ref, state.values())]
    del x, state
    opt.step_(1, np.ones(2), np.ones(2), opt.init(np.ones(2)))
    assert not any(ref() for ref in held)
