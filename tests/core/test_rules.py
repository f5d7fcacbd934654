"""Properties of every rule: how it may be run does not change what it computes."""

import inspect

import numpy as np
import pytest
from support import extra, gradients, optimizer, run, same, start

from optlib import RULES, Optimizer, load, rules, save
from optlib.registry import rule as register


def test_specification_is_read_off_the_signature(rule):
    fn = RULES[rule]
    positional = list(inspect.signature(fn).parameters)[4 : 4 + len(fn.state)]
    assert positional == list(fn.state)
    assert set(fn.hyper) | set(fn.inputs) | set(fn.state) | {"lr"} >= set(fn.domains)
    assert all(fn.hyper[name] in fn.domains[name] for name in fn.hyper)
    assert fn.source and fn.__doc__
    assert fn.parent is None or fn.parent.__name__ in RULES and fn.change


def test_a_state_lives_in_the_dict_that_init_returns(rule, shape):
    opt = optimizer(rule)
    assert tuple(opt.init(start(shape))) == RULES[rule].state


def test_in_place_is_bitwise_the_pure_step(rule, shape):
    opt, x, gs = optimizer(rule), start(shape), gradients(shape, 12)
    pure, pure_state = run(opt, x, gs)
    state = opt.init(x)
    before = x, dict(state)
    for t, g in enumerate(gs, 1):
        assert opt.step_(t, g, x, state, **extra(rule, g)) is True
    assert same(x, pure) and all(same(state[k], pure_state[k]) for k in state)
    assert x is before[0] and all(state[k] is before[1][k] for k in state)


def test_a_pure_step_changes_nothing_it_was_given(rule, shape):
    opt, x, g = optimizer(rule), start(shape), gradients(shape, 1)[0]
    _, state = run(opt, x, gradients(shape, 3, seed=5))
    given = [x, g, *state.values()]
    copies = [a.copy() for a in given]
    for a in given:
        a.flags.writeable = False
    new_x, new_state = opt.step(4, g, x, state, **extra(rule, g))
    assert all(same(a, b) for a, b in zip(given, copies, strict=True))
    assert not any(np.shares_memory(new_x, a) for a in given)
    assert not any(np.shares_memory(new, old) for new in new_state.values() for old in given)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_type_of_the_parameter_is_kept(rule, shape, dtype):
    hyper = {k: np.float64(v) for k, v in RULES[rule].hyper.items() if isinstance(v, float)}
    opt = Optimizer(rule, lr=np.float64(1e-2), **hyper)
    # Signs, because the squares of much smaller gradients vanish in float16.
    x, state = run(opt, start(shape, dtype), [np.sign(g) for g in gradients(shape, 3, dtype)])
    assert x.dtype == dtype and x.shape == shape
    assert all(value.dtype == dtype for value in state.values())


def test_float32_follows_float64(rule):
    gs = gradients((40,), 20)
    single, _ = run(optimizer(rule), start((40,), np.float32), [g.astype(np.float32) for g in gs])
    double, _ = run(optimizer(rule), start((40,), np.float32).astype(float), gs)
    moved = np.abs(double - start((40,), np.float32)) + np.abs(double)
    assert np.all(np.abs(single - double) <= 1e-4 * moved)


LAYERED = [name for name, fn in RULES.items() if fn.scope != "model"]


@pytest.mark.parametrize("rule", LAYERED)
def test_blocks_are_bitwise_the_whole(rule):
    # A matrix of one row may have no more than its entries; SOAP's bases first turn at step 10.
    shape = (37, 3) if RULES[rule].scope == "matrix" else (37,)
    opt, x, gs = optimizer(rule), start(shape), gradients(shape, 12)
    whole, _ = run(opt, x, gs)
    parts = [run(opt, x[i : i + 10], [g[i : i + 10] for g in gs])[0] for i in range(0, 37, 10)]
    blocks_allowed = RULES[rule].scope == "element"
    assert same(np.concatenate(parts), whole) == blocks_allowed


FLAT = [name for name, fn in RULES.items() if fn.scope != "matrix"]


@pytest.mark.parametrize("rule", FLAT)
def test_a_layer_is_one_vector_whatever_its_shape(rule, shape):
    opt, x, gs = optimizer(rule), start(shape), gradients(shape, 6)
    shaped, _ = run(opt, x, gs)
    flat, _ = run(opt, x.reshape(-1), [g.reshape(-1) for g in gs])
    assert same(shaped.reshape(-1), flat)


@pytest.mark.parametrize("rule", LAYERED)
@pytest.mark.parametrize("container", [list, tuple, dict])
def test_layers_in_a_container_are_the_layers_alone(rule, container):
    def pack(values):
        return dict(zip("abcd", values, strict=True)) if container is dict else container(values)

    shapes = [(), (5,), (3, 4), (2, 3, 2, 2)]
    opt, xs = optimizer(rule), [start(s) for s in shapes]
    gs = [gradients(s, 5, seed=i) for i, s in enumerate(shapes)]
    alone = [run(opt, x, g) for x, g in zip(xs, gs, strict=True)]
    x, state = pack(xs), opt.init(pack(xs))
    for t in range(1, 6):
        g = pack([layer[t - 1] for layer in gs])
        each = [extra(rule, layer[t - 1]) for layer in gs]
        inputs = {n: pack([own[n] for own in each]) for n in RULES[rule].inputs}
        x, state = opt.step(t, g, x, state, **inputs)
    assert type(x) is container and type(state) is container
    values = list(x.values()) if container is dict else x
    states = list(state.values()) if container is dict else state
    for (alone_x, alone_state), got, got_state in zip(alone, values, states, strict=True):
        assert same(alone_x, got)
        assert all(same(alone_state[k], got_state[k]) for k in alone_state)


@pytest.mark.parametrize("rule", LAYERED)
def test_every_layer_may_have_its_own_t(rule):
    opt = optimizer(rule)
    xs = [start(4), start(4)]
    _, late = run(opt, xs[1], gradients(4, 6, seed=3))
    g = gradients(4, 1)[0]
    inputs = {name: [value] * 2 for name, value in extra(rule, g).items()}
    new, _ = opt.step([1, 7], [g, g], xs, [opt.init(xs[0]), late], **inputs)
    assert same(new[0], run(opt, xs[0], [g])[0])
    assert same(new[1], run(opt, xs[1], [g], t0=6, state=late)[0])


def test_a_restart_is_bitwise_the_uninterrupted_run(rule, shape, tmp_path):
    opt, gs = optimizer(rule), gradients(shape, 10)
    whole, whole_state = run(opt, start(shape), gs)
    half, half_state = run(opt, start(shape), gs[:5])
    save(tmp_path / "half.npz", half, half_state, 5)
    x, state, t = load(tmp_path / "half.npz")
    x, state = run(opt, x, gs[5:], t0=t, state=state)
    assert same(x, whole) and all(same(state[k], whole_state[k]) for k in whole_state)


def test_rules_are_deterministic_in_plain_numpy(rule):
    """A rule can be called by hand with NumPy itself as its namespace."""
    fn = RULES[rule]
    shape = (3, 4) if fn.scope == "matrix" else 5
    x, g = start(shape), gradients(shape, 1)[0]
    keywords = extra(rule, g) | ({"lr": 1e-2} if fn.takes_lr else {})
    u, *state = fn(np, 1, g, x, *fn.init(np, x).values(), **keywords)
    opt = Optimizer(rule)
    new_x, new_state = opt.step(1, g, x, opt.init(x), **extra(rule, g))
    displacement = u if fn.takes_lr else opt.lr * u
    if fn.takes_lr:
        slow = Optimizer(rule, lr=1e-2)
        new_x, new_state = slow.step(1, g, x, opt.init(x), **extra(rule, g))
    assert same(x - displacement, new_x)
    pairs = zip(state, new_state.values(), strict=True)
    assert all(same(np.reshape(a, b.shape), b) for a, b in pairs)


def test_lamb_moves_a_layer_by_the_rate_times_its_length():
    x, gs = start((6, 7)), gradients((6, 7), 5)
    opt = Optimizer("lamb", lr=0.02)
    before, state = run(opt, x, gs[:-1])
    after, _ = run(opt, before, gs[-1:], t0=4, state=state)
    assert np.linalg.norm(after - before) == pytest.approx(0.02 * np.linalg.norm(before), rel=1e-12)


@pytest.mark.parametrize("zero", ["x", "g"])
def test_lamb_with_a_zero_norm_falls_back_to_the_plain_direction(zero):
    x = np.zeros(4) if zero == "x" else start(4)
    g = np.zeros(4) if zero == "g" else gradients(4, 1)[0]
    got, _ = run(Optimizer("lamb", lr=0.1, weight_decay=0.0), x, [g])
    plain, _ = run(Optimizer("adam", lr=0.1, eps=1e-6), x, [g])
    assert same(got, plain)


def test_keras_momentum_differs_from_heavy_ball_only_when_the_rate_changes():
    gs = gradients(6, 30)
    x = start(6)
    constant = [run(Optimizer(name, lr=0.01), x, gs)[0] for name in ("momentum", "keras_momentum")]
    np.testing.assert_allclose(*constant, rtol=1e-12)
    from optlib import schedule

    warm = schedule("linear_warmup", peak=0.01, warmup=30)
    warmed = [run(Optimizer(name, lr=warm), x, gs)[0] for name in ("momentum", "keras_momentum")]
    assert np.abs(warmed[0] - warmed[1]).max() > 1e-2 * np.abs(warmed[0] - x).max()


def test_sophia_uses_the_hessian_only_every_k_steps():
    x, gs = start(5), gradients(5, 9)
    opt = Optimizer("sophia", k=4)
    state = opt.init(x)
    seen = []
    for t, g in enumerate(gs, 1):
        x, state = opt.step(t, g, x, state, hess=np.full(5, float(t)))
        seen.append(state["h"][0])
    changed = [t for t in range(2, 10) if seen[t - 1] != seen[t - 2]]
    assert changed == [5, 9] and seen[0] == pytest.approx(0.01)


def test_nadam_with_a_constant_schedule_is_nesterov_inside_adam():
    """A huge momentum_decay keeps mu at beta1 from the first step on."""
    g, beta1 = 0.7, 0.9
    u, *_ = rules.nadam(np, 1, g, 0.0, 0.0, 0.0, 1.0, beta1=beta1, eps=0.0, momentum_decay=1e6)
    assert u == pytest.approx(beta1 * (1 - beta1) / (1 - beta1**2) + 1, rel=1e-12)


def test_registering_refuses_what_is_not_a_rule():
    with pytest.raises(TypeError, match="start with xp, t, g, x"):
        register(source="none")(lambda t, g: g)
    with pytest.raises(ValueError, match="no domain is given for strength"):
        register(source="none")(lambda xp, t, g, x, *, strength=1.0: (g,))
    with pytest.raises(ValueError, match="scope 'galaxy' is unknown"):
        register(source="none", scope="galaxy")
    assert "<lambda>" not in RULES


def test_the_parts_of_the_family_are_where_the_listing_says():
    modules = {fn.__module__.removeprefix("optlib.") for fn in RULES.values()}
    assert {m for m in modules if not m.startswith("rules.")} == set()


INVARIANTS = [(name, line) for name, fn in RULES.items() for line in fn.invariants]


@pytest.mark.parametrize(("rule", "line"), INVARIANTS)
def test_declared_invariants_hold_in_every_state_a_run_reaches(rule, line):
    opt, gs, x = optimizer(rule), gradients((5,), 60), start((5,))
    state = opt.init(x)
    left, right = line.split(" >= ")
    gap = []
    for t, g in enumerate(gs, 1):
        x, state = opt.step(t, g, x, state)
        gap.append(eval(left, {}, state) - eval(right, {}, state))
        assert np.all(gap[-1] >= -1e-12 * eval(left, {}, state))
    assert np.max(gap) > 0


def test_rules_that_keep_a_maximum_or_a_variance_declare_it():
    states = {name: set(fn.state) for name, fn in RULES.items()}
    bound = {name for name, s in states.items() if "vmax" in s or {"mean", "v"} <= s}
    assert bound == {name for name, _ in INVARIANTS}
