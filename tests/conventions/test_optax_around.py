"""Lookahead, L-BFGS and chains as Optax has them, where the harness does not reach."""

import numpy as np
import pytest
from harness import gradients, start

from optlib.conventions import NotModelled, like

SHAPES = ((), (3, 4))
CURVATURE = np.linspace(1.0, 30.0, 12).reshape(3, 4)


@pytest.fixture
def jax():
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        yield jax


@pytest.mark.parametrize(
    ("name", "arguments", "every"),
    [("sgd", {"momentum": 0.9}, 3), ("adamw", {"weight_decay": 0.1}, 3), ("lamb", {}, 1)],
)
def test_lookahead_goes_around_any_optimizer(jax, name, arguments, every):
    optax = pytest.importorskip("optax")
    inner = {"learning_rate": lambda k: 0.1 / (k + 1), **arguments}
    around = {"sync_period": every, "slow_step_size": 0.3}
    theirs = optax.lookahead(getattr(optax, name)(**inner), **around)
    ours = like("optax", "lookahead", fast_optimizer=like("optax", name, **inner), **around)
    x = start(SHAPES, 0)
    both = optax.LookaheadParams.init_synced([jax.numpy.asarray(a) for a in x])
    state, kept, update = ours.init(x), theirs.init(both), jax.jit(theirs.update)
    for t in range(1, 20):
        gs = gradients(SHAPES, 0, t)
        x, state = ours.step(t, gs, x, state)
        updates, kept = update([jax.numpy.asarray(g) for g in gs], kept, both)
        both = optax.apply_updates(both, updates)
        for mine, own, fast, slow in zip(x, state, both.fast, both.slow, strict=True):
            np.testing.assert_allclose(mine, np.asarray(fast), rtol=1e-9)
            np.testing.assert_allclose(own["slow"], np.asarray(slow), rtol=1e-9)


MISSES = {3: np.nan, 6: np.inf, 7: -np.inf, 10: np.nan, 11: np.nan, 12: np.inf, 13: np.nan}


def spoilt(t, seed=0):
    """Gradients, at some steps with one entry that is not finite."""
    gs = gradients(SHAPES, seed, t)
    gs[1][0, 2] = MISSES.get(t, gs[1][0, 2])
    return gs


# Where Optax gives up, LAMB loses a whole layer there and one entry here.
AROUND = [
    *(("sgd", {"momentum": 0.9}, limit) for limit in (0, 1, 2, 4)),
    *(("adamw", {"weight_decay": 0.1}, limit) for limit in (0, 1, 2, 4)),
    ("lamb", {}, 4),
    ("adafactor", {}, 4),
]


@pytest.mark.parametrize(("name", "arguments", "limit"), AROUND)
def test_steps_that_are_not_finite_are_left_out_until_there_are_too_many(
    jax, name, arguments, limit
):
    """Where Optax gives up, one entry is lost; the others tell of its counts and schedules."""
    optax = pytest.importorskip("optax")
    inner = {"learning_rate": lambda k: 0.1 / (k + 1), **arguments}
    # Adafactor keeps its decay in single precision.
    rtol = 1e-6 if name == "adafactor" else 1e-9
    pair = getattr(optax, name)(**inner), like("optax", name, **inner)
    x = side_by_side(jax, *pair, limit, rtol)
    assert np.isfinite(x[0]).all() and np.isfinite(x[1]).all() == (limit == 4)


def side_by_side(jax, inner, own, limit, rtol=1e-9):
    """The points at the end of two runs that agree, in their counts too."""
    import optax

    theirs = optax.apply_if_finite(inner, limit)
    ours = like("optax", "apply_if_finite", inner=own, max_consecutive_errors=limit)
    x = start(SHAPES, 0)
    y = [jax.numpy.asarray(a) for a in x]
    state, kept, update = ours.init(x), theirs.init(y), jax.jit(theirs.update)
    for t in range(1, 21):
        updates, kept = update([jax.numpy.asarray(g) for g in spoilt(t)], kept, y)
        y = optax.apply_updates(y, updates)
        with np.errstate(all="ignore"):
            x, state = ours.step(t, spoilt(t), x, state)
        assert all(s["misses"] == int(kept.notfinite_count) for s in state)
        for mine, other in zip(x, y, strict=True):
            np.testing.assert_allclose(mine, np.asarray(other), rtol=rtol)
    return x


def test_the_gradient_is_judged_before_it_is_clipped(jax):
    optax = pytest.importorskip("optax")
    pair = [("clip", {"max_delta": 0.5}), ("sgd", {"learning_rate": lambda k: 0.1 / (k + 1)})]
    inner = optax.chain(*(getattr(optax, name)(**given) for name, given in pair))
    own = like("optax", "chain", args=[like("optax", name, **given) for name, given in pair])
    side_by_side(jax, inner, own, 2)


@pytest.mark.parametrize(
    ("memory", "rate", "wave"), [(10, None, 0.0), (1, 0.3, 0.0), (4, 0.1, 8.0)]
)
def test_lbfgs_without_a_search(jax, memory, rate, wave):
    """On a bowl, and on a saddle with waves, where pairs go the wrong way."""
    optax = pytest.importorskip("optax")
    arguments = {"learning_rate": rate, "memory_size": memory, "linesearch": None}
    theirs, ours = optax.lbfgs(**arguments), like("optax", "lbfgs", **arguments)

    def slopes(xs):
        a, b = xs
        return [3.0 * a + wave * np.sin(5 * a), (CURVATURE - wave * 5) * np.asarray(b) - float(a)]

    x, wrong = start(SHAPES, 0), 0
    y = [jax.numpy.asarray(a) for a in x]
    state, kept, update = ours.init(x), theirs.init(y), jax.jit(theirs.update)
    for t in range(1, 16):
        before, gs = [np.asarray(a) for a in x], slopes(x)
        updates, kept = update([jax.numpy.asarray(g) for g in slopes(y)], kept, y)
        y = optax.apply_updates(y, updates)
        x, state = ours.step(t, gs, x, state)
        changes = zip(x, before, slopes(x), gs, strict=True)
        wrong += sum(np.sum((a - b) * (g - h)) for a, b, g, h in changes) < 0
        for mine, other in zip(x, y, strict=True):
            np.testing.assert_allclose(mine, np.asarray(other), rtol=1e-6, atol=1e-9)
    assert (wrong > 0) == (wave > 0)


@pytest.mark.parametrize(
    ("name", "arguments", "wrong"),
    [
        ("lookahead", {"fast_optimizer": "sgd", "sync_period": 2, "slow_step_size": 0.5}, "fast_"),
        ("lbfgs", {"linesearch": "zoom"}, "linesearch"),
        ("lbfgs", {"linesearch": None, "scale_init_precond": False}, "scale_init_precond"),
        ("chain", {"args": ["adam"]}, "args"),
        ("momo", {"adapt_lower_bound": True}, "adapt_lower_bound"),
    ],
)
def test_what_is_not_modelled_says_so(name, arguments, wrong):
    with pytest.raises(NotModelled, match=f"{wrong}.* not modelled"):
        like("optax", name, **arguments)


def parts(*names):
    given = {"clip": {"max_delta": 1.0}, "sgd": {"learning_rate": 0.1}, "polyak_sgd": {}}
    given |= {"lamb": {"learning_rate": 0.1}, "centralize": {}, "normalize": {}}
    return [like("optax", name, **given.get(name, {})) for name in names]


@pytest.mark.parametrize(
    ("names", "wrong"),
    [
        (("scale_by_adam", "clip", "sgd"), "clipping after another part"),
        (("normalize", "lamb"), "parts that see layer and model"),
        (("polyak_sgd", "sgd"), "more than the gradient"),
    ],
)
def test_a_chain_that_is_not_modelled_says_so(names, wrong):
    with pytest.raises(NotModelled, match=f"chain: .*{wrong}"):
        like("optax", "chain", args=parts(*names))


def test_a_part_that_sees_the_model_does_not_chain_with_one_by_shape():
    opt = like("optax", "chain", args=parts("centralize", "normalize", "sgd"))
    with pytest.raises(NotModelled, match="sees all layers"):
        opt.init([np.ones((2, 3))])


def test_a_chain_of_parts_is_the_optimizer_made_of_them():
    decay = like("optax", "add_decayed_weights", weight_decay=0.1)
    down = like("optax", "scale_by_learning_rate", learning_rate=lambda k: 0.1 / (k + 1))
    by_hand = like("optax", "chain", args=[like("optax", "scale_by_adam"), decay, down])
    whole = like("optax", "adamw", learning_rate=lambda k: 0.1 / (k + 1), weight_decay=0.1)
    x, y = start(SHAPES, 0), start(SHAPES, 0)
    state, other = by_hand.init(x), whole.init(y)
    for t in range(1, 10):
        gs = gradients(SHAPES, 0, t)
        x, state = by_hand.step(t, gs, x, state)
        y, other = whole.step(t, gs, y, other)
    for a, b in zip(x, y, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13)


def test_a_sweep_goes_down_a_chain():
    down = like("optax", "scale_by_learning_rate", learning_rate=np.array([0.1, 0.2]))
    swept = like("optax", "chain", args=[like("optax", "scale_by_adam"), down])
    g = np.array([0.5, -2.0])
    x = np.zeros((2, 2))
    moved, _ = swept.step(1, np.stack([g, g]), x, swept.init(x, sweep_axes=1), sweep_axes=1)
    np.testing.assert_allclose(moved, [[-0.1, 0.1], [-0.2, 0.2]], rtol=1e-6)
