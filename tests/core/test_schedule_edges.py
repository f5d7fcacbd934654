"""Edges of the schedules: what does not go together is refused, all else gives finite numbers."""

import inspect
import re

import array_api_strict as strict
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optlib import SCHEDULES, Optimizer, batchsize, join, schedule
from optlib.conventions import like

LENGTHS = [-1, 0, 0.5, 1, 2, 2.5, 3, 7, 40, 41, 1000]
NUMBERS = [-1.0, 0.0, 1e-3, 0.5, 1.0, 2.0, 1e4, float("nan"), float("inf")]
LAST = 120


def drawn(fn):
    edges = {
        name: st.sampled_from(LENGTHS if domain.integer else NUMBERS)
        for name, domain in fn.domains.items()
    }
    return st.fixed_dictionaries(edges)


@pytest.mark.parametrize("name", SCHEDULES)
def test_numbers_are_refused_by_name_and_domain_or_give_finite_values(name):
    fn = SCHEDULES[name]

    @settings(max_examples=150, deadline=None)
    @given(drawn(fn))
    def holds(given_):
        inside = all(value in fn.domains[k] for k, value in given_.items())
        try:
            bound = schedule(name, **given_)
        except ValueError as refused:
            words = str(refused)
            named = re.search(r"(\w+) must satisfy|(.+) must hold", words.partition(": ")[2])
            assert named, words
            assert not inside or named[2] in fn.requires
            return
        assert inside
        steps = np.arange(0 if 0 in fn.steps else 1, LAST)
        values = bound(steps)
        assert np.isfinite(values).all() and values.min() >= 0
        assert [bound(int(t)) for t in steps] == pytest.approx(list(values), rel=1e-12, abs=1e-15)
        assert np.isfinite(bound(10**6))

    holds()


@pytest.mark.parametrize(
    ("name", "numbers", "words"),
    [
        ("linear_to_zero", {"warmup": 10, "total": 10}, "warmup < total must hold, got warmup=10"),
        ("one_cycle", {"rise": 1, "total": 10}, "rise must satisfy 2 <= rise"),
        ("one_cycle", {"rise": 10, "total": 10}, "rise < total must hold"),
        ("wsd", {"warmup": 6, "cooldown": 6, "total": 10}, r"warmup \+ cooldown <= total"),
        ("wsd_sqrt", {"warmup": np.array([2, 9]), "cooldown": 6, "total": 10}, "must hold"),
    ],
)
def test_lengths_that_do_not_go_together_are_refused(name, numbers, words):
    with pytest.raises(ValueError, match=words):
        schedule(name, peak=1.0, **numbers)


@pytest.mark.parametrize(
    ("name", "lengths", "least"),
    [
        ("linear_to_zero", {"warmup": 9}, 10),
        ("one_cycle", {"rise": 9}, 10),
        *((name, {"warmup": 4, "cooldown": 7}, 10) for name in ("wsd", "wsd_cosine", "wsd_sqrt")),
    ],
)
def test_a_run_may_be_as_short_as_its_parts_let_it(name, lengths, least):
    assert schedule(name, peak=1.0, total=least, **lengths)(least) < 1e-5
    several = np.array([least, least + 5])
    assert schedule(name, peak=1.0, total=several, **lengths).shape == (2,)
    for short in (least - 1, np.array([least + 5, least - 1])):
        with pytest.raises(ValueError, match="must hold, got"):
            schedule(name, peak=1.0, total=short, **lengths)


@pytest.mark.parametrize("name", ["wsd", "wsd_cosine", "wsd_sqrt"])
def test_a_warmup_of_one_step_leaves_the_whole_run_to_the_cooldown(name):
    values = schedule(name, peak=1.0, warmup=1, cooldown=10, total=10)(np.arange(1, 11))
    assert np.all(np.diff(values) < 0) and values[0] < 1 and values[-1] == 0


@pytest.mark.parametrize("t", [-1, np.array([-3, 1]), np.float64(-0.5)])
def test_a_step_before_the_start_is_refused(t):
    with pytest.raises(ValueError, match="cosine: the step must satisfy 0 <= t, got -"):
        schedule("cosine", peak=1.0, total=10)(t)


def test_an_inverse_root_begins_after_step_0():
    with pytest.raises(ValueError, match=r"the step must satisfy .* t, got 0"):
        schedule("inverse_sqrt", peak=1.0, warmup=10)(0)


@pytest.mark.parametrize("t", [float("inf"), np.array([1.0, np.inf]), np.array([np.nan, 1.0])])
def test_a_step_that_is_no_number_is_refused(t):
    with pytest.raises(ValueError, match="the step must satisfy"):
        schedule("constant", peak=1.0)(t)


@pytest.mark.parametrize("name", SCHEDULES)
def test_no_steps_have_no_values_and_the_first_step_of_all_has_one(name):
    lengths = {"warmup": 4, "cooldown": 4, "rise": 4, "total": 9, "period": 3, "width": 8}
    numbers = {"peak": 1.0, "gamma": 0.5, "power": 2.0, "first": 3, "second": 6, **lengths}
    bound = schedule(name, **{k: v for k, v in numbers.items() if k in SCHEDULES[name].hyper})
    assert bound(np.array([], dtype=int)).shape == (0,)
    if 0 in SCHEDULES[name].steps:
        assert bound(np.arange(2)).tolist() == pytest.approx([bound(0), bound(1)])
        assert np.isfinite(bound(0))
    else:
        with pytest.raises(ValueError, match=r"the step must satisfy .* t, got 0"):
            bound(np.arange(2))


# What a keyword is where it is not given: the lowest rate is 0, cycles are equally long; the
# factors are those of torch's StepLR, MultiStepLR and OneCycleLR.
DEFAULTS = {"floor": 0.0, "multiplier": 1, "gamma": 0.1, "div": 25.0, "final_div": 1e4}


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_keyword_has_the_same_default_in_every_schedule(name):
    own = {k: v for k, v in SCHEDULES[name].hyper.items() if v is not inspect.Parameter.empty}
    assert own.items() <= DEFAULTS.items()


@pytest.mark.parametrize("at", [1, 4])
@pytest.mark.parametrize("second", ["inverse_sqrt", "vaswani"])
def test_a_joined_schedule_never_sees_a_step_before_its_first(second, at):
    numbers = {"warmup": 3, **({"peak": 1.0} if second == "inverse_sqrt" else {"width": 8})}
    late = schedule(second, **numbers)
    joined = join(schedule("constant", peak=0.5), late, at=at)
    assert list(joined(np.arange(at, at + 3))) == [0.5, late(1), late(2)]


@pytest.mark.parametrize("at", [0, -1, 2.5, 3.0, True, None, "3"])
def test_schedules_are_joined_at_a_whole_step_alone(at):
    with pytest.raises(ValueError, match="at must be a whole step >= 1"):
        join(*[schedule("constant", peak=1.0)] * 2, at=at)


@pytest.mark.parametrize("part", [0, 1])
def test_both_parts_of_a_join_are_bound(part):
    parts = [schedule("constant", peak=1.0)] * 2
    parts[part] = SCHEDULES["constant"]
    with pytest.raises(TypeError, match="join takes bound schedules, got <function constant"):
        join(*parts, at=3)


def test_a_schedule_says_what_it_is():
    bound = schedule("cosine", peak=0.5, total=10)
    assert repr(bound) == "schedule(cosine, peak=0.5, total=10, floor=0.0)"


def test_a_setting_of_a_schedule_is_no_schedule():
    with pytest.raises(TypeError, match="constant: peak must be a number or an array"):
        schedule("constant", peak=schedule("constant", peak=1.0))


def test_settings_that_do_not_broadcast_are_refused():
    with pytest.raises(ValueError, match="do not broadcast"):
        schedule("linear_warmup", peak=np.ones(2), warmup=np.full(3, 5))


def test_settings_in_another_library_are_not_looked_at():
    """Under a trace they have no values."""
    warmup = strict.asarray([10, 2])
    assert schedule("linear_to_zero", peak=1.0, warmup=warmup, total=5).hyper["warmup"] is warmup


def test_a_beta_may_become_zero_and_not_less():
    old = {"lr": 1e-3, "beta1": 0.5, "beta2": 0.75, "eps": 1e-8}
    assert batchsize.square_root_paper(2, **old)["beta1"] == 0
    with pytest.raises(ValueError, match="beta1 would be"):
        batchsize.square_root_paper(2 + 1e-9, **old)


@pytest.mark.parametrize("name", ["linear", "square_root", "square_root_paper", "decay"])
@pytest.mark.parametrize("kappa", [0, -1, float("nan"), float("inf")])
def test_every_rule_for_the_batch_size_wants_a_positive_quotient(name, kappa):
    settings_ = {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    given = {"linear": {"lr": 0.1}, "decay": {"weight_decay": 0.1}}.get(name, settings_)
    with pytest.raises(ValueError, match="kappa must satisfy 0 < kappa"):
        getattr(batchsize, name)(kappa, **given)


@pytest.mark.parametrize("changed", ["lr", "beta1", "beta2", "eps"])
def test_the_old_settings_are_checked_by_name(changed):
    settings_ = {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, changed: -1.0}
    with pytest.raises(ValueError, match=f"square_root: {changed} must satisfy"):
        batchsize.square_root(2, **settings_)
    with pytest.raises(ValueError, match="linear: lr must satisfy"):
        batchsize.linear(2, lr=-1.0)


def test_schedules_of_libraries_are_joined_from_their_step_0():
    warm = like("torch", "LinearLR", lr=0.4, start_factor=0.25, total_iters=3)
    cool = like("optax", "cosine_decay_schedule", init_value=0.4, decay_steps=10)
    drop = schedule("step_decay", peak=0.4, period=5)
    run = like("torch", "MultiplicativeLR", lr=0.2, lr_lambda=lambda k: 0.5)
    t = np.arange(1, 9)
    for first, second in ((warm, cool), (warm, drop), (drop, run)):
        joined = join(first, second, at=4)
        wanted = [*(first.at_step(k) for k in t[:4]), *(second.at_step(k) for k in t[:4])]
        assert [joined(int(k)) for k in t] == pytest.approx(wanted, rel=1e-15)
        assert list(joined(t)) == pytest.approx(wanted, rel=1e-15)
    assert join(warm, cool, at=4).at_step(5) == 0.4


@pytest.mark.parametrize("kappa", [0.25, 1.0, 4.0, 9.0])
@pytest.mark.parametrize("power", [0.0, 0.5, 1.0], ids=["same rate", "root", "linear"])
def test_a_carried_decay_leaves_as_much_of_a_weight_after_as_many_examples(kappa, power):
    """What AdamW leaves of a weight without gradient, after 3600 examples in batches of 1 or kappa.

    For small steps: the part that a step leaves is 1 minus the product, and not its exponential.
    """
    left = []
    for factor, size in ((1.0, 1.0), (kappa**power, kappa)):
        settings = batchsize.decay(size, weight_decay=0.1, factor=factor)
        optimizer, x = Optimizer("adamw", lr=1e-3 * factor, **settings), np.ones(1)
        state = optimizer.init(x)
        for t in range(1, int(3600 / size) + 1):
            x, state = optimizer.step(t, np.zeros(1), x, state)
        left.append(float(x[0]))
    assert left[1] == pytest.approx(left[0], rel=2e-3)
    assert 0.6 < left[0] < 0.75


def test_the_square_root_rules_carry_the_decay():
    old = {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    for rule in (batchsize.square_root, batchsize.square_root_paper):
        assert rule(4, **old, weight_decay=0.1)["weight_decay"] == pytest.approx(0.2)
        assert set(rule(4, **old)) == set(old)
        with pytest.raises(ValueError, match="weight_decay must satisfy"):
            rule(4, **old, weight_decay=-1.0)
