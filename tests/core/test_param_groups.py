"""Parameter groups: the same as each group alone, with one clock and all or nothing together."""

import numpy as np
import pytest
from support import gradients, same, start

from optlib import clip_global_norm, load, optim, save, schedule
from optlib.conventions import TABLE, like

NAMES = ["SGD", "Adagrad", "Adadelta", "RMSprop", "Adam", "AdamW", "NAdam", "RAdam", "Adamax"]
SHAPES = [(3, 4), (4,)]


@pytest.fixture(params=[*NAMES, "Adafactor"])
def name(request):
    return request.param


def layers():
    return [start(shape, seed=k) for k, shape in enumerate(SHAPES)]


def all_gradients(steps):
    return list(zip(*(gradients(s, steps, seed=k) for k, s in enumerate(SHAPES)), strict=True))


def in_groups(name, w, b, **arguments):
    cls = getattr(optim, name)
    own = [{"params": {"w": w}}, {"params": [b], "lr": 0.3, "weight_decay": 0.0}]
    return cls(own, lr=0.1, weight_decay=0.2, **arguments)


def test_groups_move_as_each_of_them_alone(name):
    (w, b), (w1, b1) = layers(), layers()
    together = in_groups(name, w, b)
    alone = [getattr(optim, name)({"w": w1}, lr=0.1, weight_decay=0.2)]
    alone += [getattr(optim, name)([b1], lr=0.3, weight_decay=0.0)]
    for k, (g, h) in enumerate(all_gradients(6)):
        h = None if k % 2 else h
        assert together.step([{"w": g}, [h]]) is True
        alone[0].step({"w": g})
        alone[1].step([h])
    assert same(w, w1) and same(b, b1)
    assert together.t == [{"w": 6}, [3]] and together.clock == 6


def test_a_group_without_gradients_may_be_none(name):
    w, b = layers()
    loop, before = in_groups(name, w, b), b.copy()
    assert loop.step([{"w": np.ones((3, 4))}, None]) is True
    assert same(b, before) and loop.t == [{"w": 1}, [0]]
    assert loop.step([None, None]) is False and loop.clock == 2


def test_what_a_group_does_not_say_it_shares_and_says(name):
    loop = in_groups(name, *layers())
    first, second = loop.param_groups
    assert (first["lr"], second["lr"], second["weight_decay"]) == (0.1, 0.3, 0.0)
    defaults = TABLE["torch", name].defaults
    assert set(first) == set(second) == {"params", *defaults}
    shared = set(defaults) - {"lr", "weight_decay"}
    assert all(first[k] == second[k] == defaults[k] for k in shared)
    assert "lr=0.3" in repr(loop) and "weight_decay=0.2" in repr(loop)


def test_a_rate_set_by_hand_holds_from_the_next_step_on(name):
    (w, b), (x, y) = layers(), layers()
    loop = in_groups(name, w, b)
    rules = [like("torch", name, lr=0.1, weight_decay=0.2)]
    rules += [like("torch", name, lr=0.3, weight_decay=0.0)]
    states = [rule.init(a) for rule, a in zip(rules, (x, y), strict=True)]
    for t, (g, h) in enumerate(all_gradients(6), 1):
        if t == 4:
            loop.param_groups[1]["lr"] *= 0.1
            rules[1] = like("torch", name, lr=0.3 * 0.1, weight_decay=0.0)
        loop.step([{"w": g}, [h]])
        x, states[0] = rules[0].step(t, g, x, states[0])
        y, states[1] = rules[1].step(t, h, y, states[1])
    assert same(w, x) and same(b, y)


def other(value):
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, tuple):
        return tuple(v if v is None else other(v) for v in value)
    return 0.9 * value if value else 0.05


@pytest.mark.parametrize("stepped", [False, True])
@pytest.mark.parametrize(
    ("name", "argument"),
    [(n, a) for n in [*NAMES, "Adafactor"] for a in TABLE["torch", n].arguments],
)
def test_every_argument_takes_effect_or_is_refused_and_nothing_is_changed(name, argument, stepped):
    (w, b), (x, y) = layers(), layers()
    loop = getattr(optim, name)([w, b])
    if stepped:
        loop.step([np.ones((3, 4)), np.ones(4)])
        x, y = w.copy(), b.copy()
    group = loop.param_groups[0]
    held, value = loop.state_dict(), other(group[argument])
    try:
        group[argument] = value
    except ValueError as error:
        assert "make a new optimizer" in str(error) or "nesterov" in str(error)
        assert group[argument] == TABLE["torch", name].defaults[argument]
    else:
        assert group[argument] == value and f"{argument}={value!r}" in repr(loop)
    follower = like("torch", name, **{k: v for k, v in group.items() if k != "params"})
    state = held["state"] if stepped else follower.init([x, y])
    (x, y), _ = follower.step(1 + stepped, [np.ones((3, 4)), np.ones(4)], [x, y], state)
    loop.step([np.ones((3, 4)), np.ones(4)])
    assert same(w, x) and same(b, y)


@pytest.mark.parametrize(
    ("argument", "value", "error", "message"),
    [
        ("lr", -1.0, ValueError, "lr must satisfy"),
        ("lr", "fast", TypeError, "lr must be"),
        ("lr", np.array([0.1, 0.2]), ValueError, "sweep"),
        ("betas", (0.9, 1.0), ValueError, "beta2 must satisfy"),
        ("rate", 0.1, TypeError, "no argument 'rate'; it has lr"),
        ("params", [np.ones(2)], TypeError, "the parameters of a group stay"),
        ("amsgrad", True, ValueError, "amsgrad=True would need another state"),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_changed(argument, value, error, message):
    loop = optim.Adam([np.ones(2)])
    loop.step([np.ones(2)])
    group, before = loop.param_groups[0], repr(loop.param_groups[0])
    with pytest.raises(error, match=message):
        group[argument] = value
    with pytest.raises(TypeError, match="cannot be deleted"):
        del group["lr"]
    assert repr(group) == before and loop.step([np.ones(2)])


def test_another_start_of_the_state_is_taken_before_the_first_step_alone():
    x, y = np.ones(2), np.ones(2)
    loop, other = (optim.Adagrad([a], initial_accumulator_value=0.5) for a in (x, y))
    loop.param_groups[0]["initial_accumulator_value"] = 2.0
    assert loop.state_dict()["state"][0]["v"].tolist() == [2.0, 2.0]
    other.step([np.ones(2)])
    with pytest.raises(ValueError, match="initial_accumulator_value=2.0 would need another state"):
        other.param_groups[0]["initial_accumulator_value"] = 2.0
    other.param_groups[0]["initial_accumulator_value"] = 0.5
    assert other.step([np.ones(2)])


def test_a_list_that_is_changed_later_changes_nothing_unseen():
    betas = [0.9, 0.999]
    loop = optim.Adam([np.ones(2)], betas=betas)
    betas[0] = 0.5
    assert loop.param_groups[0]["betas"] == (0.9, 0.999)


def test_the_gradients_of_all_groups_are_clipped_together():
    w, b = np.zeros((3, 4)), np.zeros(4)
    loop = optim.SGD(
        [{"params": w}, {"params": b, "lr": 2.0}], lr=1.0, before=clip_global_norm(1.0)
    )
    loop.step([np.ones((3, 4)), np.full(4, 2.0)])
    assert np.linalg.norm([*w.ravel(), *b.ravel() / 2]) == pytest.approx(1.0, rel=1e-12)
    w[...], b[...] = 0.0, 0.0
    loop.step([np.ones((3, 4)), None])
    assert np.linalg.norm(w) == pytest.approx(1.0, rel=1e-12) and not b.any()
    assert loop.step([None, None]) is False
    loop.before = None
    loop.step([np.ones((3, 4)), None])
    assert np.linalg.norm(w) > 4


def test_ascent_comes_after_the_clipping_that_all_groups_share():
    w, b = np.zeros(3), np.zeros(3)
    own = [{"params": w}, {"params": b, "maximize": True}]
    optim.SGD(own, lr=1.0, before=lambda gs, sweep_axes: [g + 1 for g in gs]).step([w + 1, b + 1])
    assert np.all(w == -2) and np.all(b == 2)


@pytest.mark.parametrize("nonfinite", ["raise", "skip"])
def test_a_bad_gradient_in_one_group_leaves_all_groups_as_they_were(name, nonfinite):
    w, b = layers()
    loop = in_groups(name, w, b, nonfinite=nonfinite)
    before = [a.copy() for a in (w, b)]
    bad = [{"w": np.ones((3, 4))}, [np.full(4, np.nan)]]
    if nonfinite == "raise":
        with pytest.raises(FloatingPointError, match="gradient 0 of group 1 of step 1"):
            loop.step(bad)
    else:
        assert loop.step(bad) is False
    assert all(same(a, c) for a, c in zip((w, b), before, strict=True))
    assert loop.t == [{"w": 0}, [0]] and loop.clock == 0


WRONG = [
    ([{"params": [np.ones(2)]}, np.ones(2)], TypeError, "group 1: a group is a dict with params"),
    ([{"lr": 0.1}], TypeError, "group 0: a group is a dict with params"),
    ([{"params": []}], ValueError, "group 0: there are no parameters"),
    ([{"params": np.ones(2), "rate": 1.0}], TypeError, "group 0: .*no argument 'rate'"),
    ([{"params": np.ones(2), "lr": -1.0}], ValueError, "group 0: .*lr must satisfy"),
    ([{"params": [SHARED := np.ones(2)]}, {"params": SHARED}], ValueError, "share memory"),
]


@pytest.mark.parametrize(("groups", "error", "message"), WRONG)
def test_groups_that_do_not_fit_are_refused(groups, error, message):
    with pytest.raises(error, match=message):
        optim.Adam(groups)


@pytest.mark.parametrize(
    ("grads", "message"),
    [
        ([[np.ones(2)]], "give a list of 2, one for each parameter group"),
        ([[np.ones(2)], [np.ones(3)]], "group 1: gradient 0 has shape"),
        ([[np.ones(2)], [np.ones(2)] * 2], "group 1: gradient: 2 given for 1"),
    ],
)
def test_gradients_that_do_not_fit_name_their_group(grads, message):
    loop = optim.Adam([{"params": [np.ones(2)]}, {"params": [np.ones(2)]}])
    with pytest.raises(ValueError, match=message):
        loop.step(grads)


def test_a_group_may_come_later_and_is_then_at_its_own_first_step():
    w, b = layers()
    loop = optim.AdamW([{"params": w}], lr=schedule("linear_warmup", peak=0.4, warmup=4))
    loop.step([np.ones((3, 4))])
    loop.add_param_group({"params": b, "weight_decay": 0.0})
    before = b.copy()
    loop.step([None, np.ones(4)])
    assert loop.t == [1, 1] and b == pytest.approx(before - 0.2, rel=1e-6)
    with pytest.raises(ValueError, match="share memory"):
        loop.add_param_group({"params": w})
    assert len(loop.param_groups) == 2
    with pytest.raises(TypeError, match="was made without groups"):
        optim.Adam([w]).add_param_group({"params": b})


@pytest.mark.parametrize("through_a_file", [False, True])
def test_a_restart_restores_groups_and_the_clock(name, through_a_file, tmp_path):
    gs, (w, b) = all_gradients(10), layers()
    loop = in_groups(name, w, b)
    for k, (g, h) in enumerate(gs[:5]):
        if k == 3:
            loop.param_groups[0]["lr"] = 0.05
            loop.param_groups[1]["weight_decay"] = 0.1
        loop.step([{"w": g}, [h if k % 2 else None]])
    held, (v, c) = loop.state_dict(), (w.copy(), b.copy())
    if through_a_file:
        save(tmp_path / "half.npz", loop.params, **held)
        kept, state, t = load(tmp_path / "half.npz")
        v, c = kept[0]["w"], kept[1][0]
        held = {"state": state, "t": t}
    again = in_groups(name, v, c)
    again.load_state_dict(held)
    assert repr(again) == repr(loop) and again.clock == 5
    for g, h in gs[5:]:
        loop.step([{"w": g}, [h]])
        again.step([{"w": g}, [h]])
    assert same(w, v) and same(b, c) and loop.t == again.t


def test_a_schedule_goes_on_where_the_clock_stands():
    ramp = schedule("linear_warmup", peak=1.0, warmup=8)
    x = np.zeros(1)
    loop = optim.SGD([x], lr=ramp)
    for _ in range(3):
        loop.step([np.ones(1)])
    again = optim.SGD([x], lr=ramp)
    again.load_state_dict(loop.state_dict())
    again.step([np.ones(1)])
    assert x == -(1 + 2 + 3 + 4) / 8


@pytest.mark.parametrize(
    ("name", "message"),
    [("zero_grad", "leave the call out"), ("lr", r"param_groups\[0\]\['lr'\]"), ("foo", "no attr")],
)
def test_what_is_reached_for_in_vain_names_the_way(name, message):
    with pytest.raises(AttributeError, match=message):
        getattr(optim.Adam([np.ones(2)]), name)
