"""Schedules: one definition for a step, an array of steps and a symbol; continuous and in range."""

import math

import numpy as np
import pytest
import sympy as sp

from optlib import SCHEDULES, Optimizer, batchsize, join, schedule
from optlib.algebra.tracing import trace

VALUES = {
    "peak": 0.3,
    "warmup": 40,
    "total": 100,
    "floor": 0.02,
    "period": 30,
    "gamma": 0.5,
    "power": 2.0,
    "first": 50,
    "second": 70,
    "width": 512,
    "rise": 40,
    "cooldown": 40,
}
JUMPS = {"bert": {40}, "step_decay": {30, 60, 90, 120, 150, 180}, "multi_step": {50, 70}}
JUMPS["cosine_restarts"] = JUMPS["step_decay"]
"""The last steps before a schedule jumps; the others never do."""
WARMUPS = ("linear_warmup", "linear_to_zero", "wsd", "wsd_cosine", "wsd_sqrt", "inverse_sqrt")


def bind(name, **changed):
    fn = SCHEDULES[name]
    return schedule(name, **{k: v for k, v in {**VALUES, **changed}.items() if k in fn.hyper})


@pytest.fixture(params=list(SCHEDULES))
def bound(request):
    return bind(request.param)


def test_int_array_and_symbol_agree(bound):
    steps = np.arange(1, 151)
    one_by_one = [bound(int(t)) for t in steps]
    assert all(type(value) is float for value in one_by_one)
    np.testing.assert_allclose(bound(steps), one_by_one, rtol=1e-14, atol=1e-17)
    t = sp.Symbol("t", integer=True, positive=True)
    exact = sp.lambdify(t, bound(t))
    np.testing.assert_allclose([exact(int(k)) for k in steps], one_by_one, rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("t", [1, 17, 39, 40, 41, 60, 99, 100, 130])
def test_settings_broadcast(bound, t):
    """Every number of a schedule may be an array of settings, with the values of single ones."""
    for name, value in bound.hyper.items():
        more = value * 3 // 2 if isinstance(value, int) else value if name == "gamma" else value * 2
        values = np.array([value, more, value])
        many = schedule(bound.fn, **{**bound.hyper, name: values})
        single = schedule(bound.fn, **{**bound.hyper, name: values[1]})
        assert many.shape == (3,) and single.shape == ()
        # A branch that does not depend on the array has one value for all of its settings.
        row = np.broadcast_to(many(t), (3,))[1]
        np.testing.assert_allclose(row, single(t), rtol=1e-14, atol=1e-17)


def test_float32_steps_give_float32_values(bound):
    values = bound(np.arange(1, 150, dtype=np.float32))
    assert values.dtype == np.float32
    np.testing.assert_allclose(values, bound(np.arange(1, 150)), rtol=1e-4, atol=1e-6)


def test_a_traced_step_gives_the_value_of_the_step(bound):
    jax = pytest.importorskip("jax")
    compiled = jax.jit(lambda t: bound(t))
    for t in (1, 2, 30, 31, 40, 41, 50, 51, 70, 71, 99, 100, 130):
        assert float(compiled(t)) == pytest.approx(bound(t), rel=2e-5, abs=1e-8)


def test_schedules_stay_between_zero_and_the_peak(bound):
    values = bound(np.arange(1, 200))
    top = {"vaswani": (512 * 40) ** -0.5, "t5": 40**-0.5}.get(bound.fn.__name__, VALUES["peak"])
    assert values.min() >= 0 and values.max() <= top * (1 + 1e-15)


def test_schedules_jump_where_they_say_and_nowhere_else(bound):
    """With every length 100 times longer, steps are 100 times smaller, but jumps stay."""
    name = bound.fn.__name__
    lengths = {k: 100 * v for k, v in VALUES.items() if isinstance(v, int) and k != "width"}
    values = bind(name, **lengths)(np.arange(1, 20_000))
    moves = np.abs(np.diff(values)) / values.max()
    # The cooldown by 1 - sqrt(p) is continuous, with an infinite slope where it starts.
    jumps = set((np.flatnonzero(moves > (0.05 if name == "wsd_sqrt" else 0.01)) + 1).tolist())
    assert jumps == {100 * t for t in JUMPS.get(name, ())}


@pytest.mark.parametrize("name", WARMUPS)
def test_a_warmup_starts_at_the_first_fraction_and_reaches_the_peak_exactly(name):
    s = bind(name)
    assert s(1) == pytest.approx(0.3 / 40, rel=1e-15) and s(40) == 0.3 and s(39) < 0.3


def test_first_and_last_steps_are_where_the_docstrings_say():
    warm = schedule("linear_warmup", peak=1.0, warmup=10)
    assert (warm(1), warm(10), warm(11)) == (0.1, 1.0, 1.0)
    zero = schedule("linear_warmup_from_zero", peak=1.0, warmup=10)
    assert (zero(1), zero(10), zero(11), zero(12)) == (0.0, 0.9, 1.0, 1.0)
    for name in ("linear_decay", "cosine", "polynomial_decay"):
        power = {"power": 3} if name == "polynomial_decay" else {}
        down = schedule(name, peak=1.0, total=10, floor=0.25, **power)
        assert down(10) == down(25) == 0.25 and 0.25 < down(9) < down(1) < 1.0
    root = schedule("inverse_sqrt", peak=1.0, warmup=10)
    assert root(10) == 1.0 and root(40) == 0.5 and root(5) == 0.5
    line = bind("linear_to_zero")
    assert line(100) == line(150) == 0.0 and line(70) == pytest.approx(0.15, rel=1e-15)


def test_the_decays_by_a_factor_keep_their_peak_for_a_whole_period():
    values = bind("step_decay")(np.arange(1, 92))
    assert list(values[[0, 29, 30, 59, 60, 90]]) == [0.3, 0.3, 0.15, 0.15, 0.075, 0.0375]
    values = bind("multi_step")(np.arange(1, 90))
    assert list(values[[0, 49, 50, 69, 70, 88]]) == [0.3, 0.3, 0.15, 0.15, 0.075, 0.075]
    smooth = bind("exponential_decay")
    assert smooth(1) == 0.3 and smooth(31) == 0.15 and smooth(61) == 0.075


def test_the_published_forms_of_inverse_square_roots():
    d, w = 512, 4000
    s = schedule("vaswani", width=d, warmup=w)
    for t in (1, 100, 3999, 4000, 4001, 100_000):
        published = d**-0.5 * min(t**-0.5, t * w**-1.5)
        assert s(t) == pytest.approx(published, rel=1e-14)
    assert s(w) == max(s(w - 1), s(w), s(w + 1)) == pytest.approx((d * w) ** -0.5, rel=1e-15)
    s = schedule("t5", warmup=10_000)
    assert s(1) == s(10_000) == 0.01 and s(40_000) == 0.005


def test_berts_schedule_jumps_down_and_never_sees_its_peak():
    s = schedule("bert", peak=1.0, warmup=10, total=100)
    assert (s(1), s(10), s(11), s(101), s(150)) == (0.0, 0.9, 0.9, 0.0, 0.0)
    s = schedule("bert", peak=1.0, warmup=40, total=100)
    assert s(40) == 0.975 and s(41) == 0.6 and s(np.arange(1, 200)).max() < 1.0


@pytest.mark.parametrize("multiplier", [1, 2, 3, 5])
@pytest.mark.parametrize("period", [1, 3, 10])
def test_restarts_are_exact(period, multiplier):
    """Against cycles counted one by one, far beyond where a bare logarithm goes wrong."""
    s = schedule("cosine_restarts", peak=1.0, period=period, multiplier=multiplier, floor=0.1)
    values, since, length = s(np.arange(1, 20_001)), 0, period
    starts = []
    for k, value in enumerate(values):
        expected = 0.1 + 0.9 * (1 + math.cos(math.pi * since / length)) / 2
        assert value == pytest.approx(expected, rel=1e-12)
        starts += [k] if since == 0 else []
        since += 1
        if since == length:
            since, length = 0, length * multiplier
    assert len(starts) > 4 and np.all(values[starts] == 1.0)
    assert all(s(k + 1) == 1.0 for k in starts[-4:])


def test_one_cycle_starts_peaks_and_ends_exactly():
    s = schedule("one_cycle", peak=1.0, rise=30, total=100, div=20.0, final_div=100.0)
    assert s(1) == 0.05 and s(30) == 1.0 and s(100) == s(140) == 0.0005
    assert np.all(np.diff(s(np.arange(1, 31))) > 0) and np.all(np.diff(s(np.arange(30, 101))) < 0)


@pytest.mark.parametrize(("name", "half"), [("wsd", 0.5), ("wsd_cosine", 0.5), ("wsd_sqrt", 0.29)])
def test_the_plateau_ends_at_the_peak_and_the_cooldown_at_zero(name, half):
    s = schedule(name, peak=1.0, warmup=10, cooldown=40, total=100)
    values = s(np.arange(1, 101))
    assert np.all(values[9:60] == 1.0) and np.all(np.diff(values[59:]) < 0)
    assert s(100) == s(130) == 0.0 and s(80) == pytest.approx(half, abs=0.01)


def test_every_schedule_prints_as_latex(bound):
    latex = trace(bound.fn).latex()
    assert r"\alpha_t &=" in latex and latex.count("{") == latex.count("}")


def test_batch_size_rules_are_exact_and_compose():
    assert batchsize.linear(8, lr=0.1) == {"lr": 0.8}
    settings = {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.1}
    of_paper = {"lr": 2e-3, "beta1": 0.6, "beta2": 0.996, "eps": 5e-9, "weight_decay": 0.2}
    expected = {
        batchsize.square_root: of_paper | {"beta1": 0.9, "beta2": 0.996005996001},
        batchsize.square_root_paper: of_paper,
    }
    for rule, wanted in expected.items():
        scaled = rule(4, **settings)
        assert scaled == pytest.approx(wanted, rel=1e-12)
        assert rule(2, **rule(2, **settings)) == pytest.approx(scaled, rel=1e-12)
        assert rule(1 / 4, **scaled) == pytest.approx(settings, rel=1e-12)
        Optimizer("adamw", **scaled)


def test_the_square_root_rules_keep_the_memory_of_samples_and_the_part_of_eps():
    """The averages forget as much per sample, and eps stays the same part of the noise's root."""
    kappa, sigma = 3.0, 0.7
    old = {"lr": 1e-3, "beta1": 0.9, "beta2": 0.99, "eps": 1e-3}
    new = batchsize.square_root(kappa, **old)
    # A gradient leaves the same part of the past after 300 samples, in batches of 1 and of 3.
    adam = trace("adam")
    left = adam.state["v"].diff(adam.symbols["v"])
    per_step = [float(left.subs(adam.symbols["beta2"], s["beta2"])) for s in (old, new)]
    assert per_step[0] ** 300 == pytest.approx(per_step[1] ** 100, rel=1e-12)
    by_paper = batchsize.square_root_paper(kappa, **old)
    for beta in ("beta1", "beta2"):
        assert (1 - by_paper[beta]) / kappa == pytest.approx(1 - old[beta], rel=1e-12)
    noise = sigma / math.sqrt(kappa)
    assert new["eps"] / noise == pytest.approx(old["eps"] / sigma, rel=1e-12)
    drift_per_sample = new["lr"] / (noise + new["eps"]) / kappa
    assert drift_per_sample == pytest.approx(old["lr"] / (sigma + old["eps"]), rel=1e-12)


def test_batch_size_rules_refuse_what_leaves_the_domain():
    old = {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    with pytest.raises(ValueError, match="beta1 would be -0.6.*kappa at most 10"):
        batchsize.square_root_paper(16, **old)
    assert batchsize.square_root(16, **old)["beta1"] == 0.9
    for kappa in (0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="must satisfy 0 < kappa"):
            batchsize.linear(kappa, lr=0.1)
        with pytest.raises(ValueError, match="must satisfy 0 < factor"):
            batchsize.decay(2.0, weight_decay=0.1, factor=kappa)


def test_joined_schedules_count_their_own_steps():
    joined = join(
        schedule("linear_warmup", peak=0.3, warmup=10),
        join(schedule("constant", peak=0.3), schedule("linear_decay", peak=0.3, total=20), at=5),
        at=10,
    )
    values = joined(np.arange(1, 61))
    assert values[9] == values[14] == 0.3 and values[0] == pytest.approx(0.03)
    assert values[15] == pytest.approx(0.3 * 0.95) and values[34] == values[59] == 0.0
    assert [joined(t) for t in range(1, 61)] == pytest.approx(list(values), abs=1e-16)
    t = sp.Symbol("t", integer=True, positive=True)
    exact = sp.lambdify(t, joined(t))
    np.testing.assert_allclose([exact(k) for k in range(1, 61)], values, rtol=1e-12, atol=1e-16)


def test_a_schedule_may_stand_for_any_hyper_parameter():
    """Adam whose beta1 is scheduled to zero is Adam with beta1 = 0 from there on."""
    x = np.array([1.0, -2.0])
    beta1 = join(schedule("constant", peak=0.9), schedule("constant", peak=0.0), at=2)
    scheduled, plain = Optimizer("adam", beta1=beta1), Optimizer("adam", beta1=0.0)
    state = {"m": x, "v": x * x}
    a, _ = scheduled.step(3, x, x, state)
    b, _ = plain.step(3, x, x, state)
    assert np.array_equal(a, b)
    c, _ = scheduled.step(2, x, x, state)
    assert not np.array_equal(a, c)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (
            lambda: schedule("cosin", peak=1.0),
            TypeError,
            "unknown schedule 'cosin'; known are .*cosine",
        ),
        (lambda: schedule("cosine", peak=1.0), TypeError, "cosine needs total"),
        (
            lambda: schedule("cosine", peak=1.0, total=5, pek=1),
            TypeError,
            "no hyper-parameter 'pek'",
        ),
        (lambda: schedule("cosine", peak=-1.0, total=5), ValueError, "peak must satisfy"),
        (lambda: schedule("cosine", peak=1.0, total=0), ValueError, "total must satisfy"),
        (lambda: schedule("cosine", peak=1.0, total=2.5), ValueError, "whole"),
        (lambda: join(schedule("constant", peak=1.0), 0.1, at=3), TypeError, "bound schedules"),
        (lambda: join(*[schedule("constant", peak=1.0)] * 2, at=0), ValueError, "at must be"),
    ],
)
def test_bad_arguments_are_refused(make, error, words):
    with pytest.raises(error, match=words):
        make()
