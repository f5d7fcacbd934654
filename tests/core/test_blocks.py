"""Steps in place in blocks, judged by intervals: what the whole gives, all or nothing."""

import tracemalloc

import numpy as np
import pytest
from support import extra, gradients, optimizer, run, same, start

from optlib import RULES, NonFiniteError, Optimizer, optim
from optlib.engines import blocks, intervals
from optlib.running import inplace, moves

ELEMENT = [name for name, fn in RULES.items() if fn.scope == "element"]
LAYOUTS = {
    "C": lambda a: a.copy(),
    "F": lambda a: np.asfortranarray(a),
    "view": lambda a: np.repeat(a, 2, axis=0)[::2],
}


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of four numbers, layers of five and more in blocks, and nothing kept."""
    monkeypatch.setattr(blocks, "BYTES", 32)
    monkeypatch.setattr(moves, "SMALL", 4)
    monkeypatch.setattr(inplace, "KEPT", 0)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("rule", ELEMENT)
def test_blocks_give_what_the_whole_gives(rule, layout, small_blocks):
    opt, gs = optimizer(rule), [LAYOUTS[layout](g) for g in gradients((5, 3), 4)]
    x = LAYOUTS[layout](start((5, 3)))
    wanted, state = run(opt, x.copy(order="K"), gs)
    own = opt.init(x)
    for t, g in enumerate(gs, 1):
        assert opt.step_(t, g, x, own, **extra(rule, g))
    assert same(x, wanted)
    assert all(same(own[k], state[k]) for k in state)


@pytest.mark.parametrize("told", [True, False], ids=["intervals", "looked at"])
@pytest.mark.parametrize("kept", [0, 1 << 22], ids=["twice", "kept"])
def test_a_fault_in_the_last_block_changes_nothing(small_blocks, monkeypatch, kept, told):
    monkeypatch.setattr(inplace, "KEPT", kept)
    if not told:
        monkeypatch.setattr(moves, "keeps_finite", lambda *given: False)
    opt, x = Optimizer("adamw", lr=1.0), np.ones(11, np.float32)
    g, state = np.ones_like(x), opt.init(x)
    assert opt.step_(1, g, x, state)
    before = [a.copy() for a in (x, *state.values())]
    x[-1] = before[0][-1] = np.finfo(np.float32).max
    g[-1] = 3e19
    with pytest.raises(NonFiniteError, match="state of step 2 is NaN or infinite"):
        opt.step_(2, g, x, state)
    assert all(map(same, (x, *state.values()), before))
    g[-1], x[-1], before[0][-1] = 1.0, -np.inf, -np.inf
    with pytest.raises(NonFiniteError, match="update of step 2"):
        opt.step_(2, g, x, state)
    assert all(map(same, (x, *state.values()), before))


def test_a_step_in_blocks_needs_little_memory():
    x = np.ones(3_000_000, np.float32)
    adam, g = optim.Adam(x), np.full_like(x, 0.5)
    adam.step(g)
    tracemalloc.start()
    try:
        adam.step(g)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def told(rule, t, arrays, lr=1e-3, **hyper):
    """What intervals say of a step on these arrays."""
    opt = optimizer(rule, **hyper)
    settings = {**opt.hyper, **({"lr": lr} if opt.rule.takes_lr else {})}
    positive = {k: intervals.never_negative(opt.rule, k) for k in arrays}
    with np.errstate(all="ignore"):
        ranges = {k: intervals.extent(np.ravel(a), positive[k]) for k, a in arrays.items()}
    rate = None if opt.rule.takes_lr else lr
    return intervals.keeps_finite(opt.rule, t, ranges, arrays["x"].dtype, settings, rate)


def arrays_of(rule, dtype, rng, widest):
    """A gradient, parameters, a state and inputs with entries of all sizes up to one."""
    high = np.log10(float(np.finfo(dtype).max)) * widest

    def some(name):
        size = 0.5 * 10.0 ** rng.uniform(-high, rng.uniform(-high, high), 64)
        sign = 1 if intervals.never_negative(RULES[rule], name) else rng.choice([-1, 1], 64)
        return (sign * size * rng.integers(0, 3, 64)).astype(dtype)

    return {k: some(k) for k in ("g", "x", *RULES[rule].state, *RULES[rule].inputs)}


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("rule", ELEMENT)
def test_what_intervals_call_finite_is_finite(rule, dtype):
    """Entries from the smallest to the largest that can be written, in every state."""
    rng = np.random.default_rng(len(rule))
    opt = optimizer(rule, lr=1e-3)
    for k in range(40):
        arrays, t = arrays_of(rule, dtype, rng, k / 40), int(rng.integers(1, 2000))
        if not told(rule, t, arrays):
            continue
        start = opt.init(arrays["x"])
        state = {k: arrays[k] if start[k].shape == (64,) else start[k] for k in start}
        inputs = {k: arrays[k] for k in opt.rule.inputs}
        with np.errstate(all="ignore"):
            x, new = opt.step(t, arrays["g"], arrays["x"], state, **inputs)
        assert all(np.isfinite(a).all() for a in (x, *new.values())), (k, t)


@pytest.mark.parametrize(
    "rule", ["sgd", "momentum", "adam", "adamw", "adam_l2", "amsgrad", "nadam_simplified", "lion"]
)
def test_intervals_tell_of_an_ordinary_step(rule):
    arrays = arrays_of(rule, np.float32, np.random.default_rng(0), 0.1)
    assert told(rule, 100, arrays)
    for bad in (np.inf, np.nan):
        for name in arrays:
            spoilt = {**arrays, name: np.append(arrays[name], np.float32(bad))}
            assert not told(rule, 100, spoilt)


def test_intervals_know_what_rounding_can_do():
    """The difference of what rounds to the same number may be 0, and cannot be a divisor."""
    info = np.finfo(np.float32)
    one = intervals.Interval(1.0, 1.0, info)
    with pytest.raises(intervals.Untold):
        1.0 / (one - 0.99999999)
    assert (1.0 / (one - 0.5)).high >= 2.0
    with pytest.raises(intervals.Untold):
        1.0 / (intervals.Interval(0.0, 1.0, info) + 1e-50)
    with pytest.raises(intervals.Untold):
        one * 1e300
