"""The loop: sweeps equal single runs, restarts equal whole runs, divergence stays in its row."""

import numpy as np
import pytest
from support import optimizer, same

from optlib import (
    RULES,
    NonFiniteError,
    Optimizer,
    clip_norm,
    minimize,
    problems,
    schedule,
)

SETTINGS = {"lr": np.array([1e-4, 3e-4, 1e-3])}


def within(a, b, ulp):
    return np.all(np.abs(a - b) <= ulp * np.spacing(np.maximum(np.abs(a), np.abs(b))))


def test_a_run_is_the_steps_one_after_the_other(rule):
    opt, problem = optimizer(rule, lr=1e-3), problems.rosenbrock()
    run = minimize(opt, problem, steps=20)
    x, state = problem.start, opt.init(problem.start)
    for t in range(1, 21):
        h = problem.hess(x)
        given = {"hess": h if opt.rule.square else np.diagonal(h)}
        given["loss"] = np.full_like(x, problem.value(x, t))
        inputs = {n: given[n] for n in opt.rule.inputs}
        x, state = opt.step(t, problem.grad(x, t), x, state, **inputs)
        assert same(run.x[t], x)
    assert same(run.x[0], problem.start) and run.x.shape == (21, 2)
    assert run.f[-1] == problem.value(x) and run.evals == 20 and run.diverged == 0


def test_a_row_of_a_sweep_over_lr_is_bitwise_the_single_run(rule):
    problem = problems.noisy(problems.rosenbrock(), sigma=0.1)
    swept = minimize(optimizer(rule, lr=SETTINGS["lr"]), problem, steps=40)
    for row, lr in enumerate(SETTINGS["lr"]):
        single = minimize(optimizer(rule, lr=float(lr)), problem, steps=40)
        assert same(np.ascontiguousarray(swept.x[:, row]), single.x)
        assert same(np.ascontiguousarray(swept.f[:, row]), single.f)


def test_a_row_of_a_sweep_in_float32_is_bitwise_the_single_run(rule):
    problem, x0 = problems.beale(), np.array([1.0, 1.5], np.float32)
    swept = minimize(optimizer(rule, lr=SETTINGS["lr"]), problem, x0, steps=10)
    single = minimize(optimizer(rule, lr=3e-4), problem, x0, steps=10)
    assert same(np.ascontiguousarray(swept.x[:, 1]), single.x) and single.x.dtype == np.float32


def test_a_row_of_a_sweep_over_any_hyper_parameter_is_the_single_run(rule):
    """To a few ulp: the power of an array and of a number may differ in the last bit."""
    problem = problems.quadratic(10)
    for name, value in RULES[rule].hyper.items():
        values = np.array([value, value, value * 0.9 if isinstance(value, float) else value + 1])
        swept = minimize(Optimizer(rule, **{name: values}), problem, steps=5)
        for row in (0, 2):
            single = minimize(Optimizer(rule, **{name: values[row]}), problem, steps=5)
            assert within(swept.x[:, row], single.x, ulp=4), name


def test_starts_and_settings_broadcast():
    problem = problems.himmelblau()
    x0 = np.random.default_rng(0).uniform(-4, 4, (5, 1, 2))
    lr = np.array([1e-2, 1e-3, 1e-4])
    swept = minimize(Optimizer("adam", lr=lr), problem, x0, steps=30, record=7)
    assert swept.x.shape == (6, 5, 3, 2) and list(swept.t) == [0, 7, 14, 21, 28, 30]
    single = minimize(Optimizer("adam", lr=1e-3), problem, x0[3, 0], steps=30, record="last")
    assert single.x.shape == (1, 2) and list(single.t) == [30]
    assert same(swept.x[-1, 3, 1], single.x[-1])


def test_a_schedule_may_hold_a_sweep():
    peaks = np.array([1e-3, 1e-2])
    problem = problems.beale()
    swept = minimize(
        Optimizer("adam", lr=schedule("cosine", peak=peaks, total=30)), problem, steps=30
    )
    single = minimize(
        Optimizer("adam", lr=schedule("cosine", peak=1e-2, total=30)), problem, steps=30
    )
    assert within(swept.x[:, 1], single.x, ulp=4)


def test_a_layerwise_rule_takes_the_norm_of_its_own_run():
    problem = problems.quadratic(10)
    x0 = np.array([[1.0, 2.0], [100.0, 3.0]])
    swept = minimize(Optimizer("lamb", lr=0.1), problem, x0, steps=5)
    assert all(
        same(swept.x[:, i].copy(), minimize(Optimizer("lamb", lr=0.1), problem, x0[i], steps=5).x)
        for i in range(2)
    )


def test_a_restart_is_bitwise_the_whole_run(rule):
    opt, problem = optimizer(rule, lr=1e-3), problems.noisy(problems.beale(), sigma=0.5, seed=3)
    whole = minimize(opt, problem, steps=24)
    half = minimize(opt, problem, steps=11)
    rest = minimize(opt, problem, half.x[-1], steps=13, state=half.state, t0=11)
    assert same(np.concatenate([half.x, rest.x[1:]]), whole.x)
    assert list(rest.t) == list(range(11, 25))


def test_a_diverging_row_is_frozen_and_the_others_are_untouched():
    problem = problems.rosenbrock()
    lrs = np.array([1e-3, 5.0, 1e-4])
    run = minimize(Optimizer("sgd", lr=lrs), problem, steps=50)
    assert run.diverged[0] == run.diverged[2] == 0 and run.diverged[1] > 0
    step = run.diverged[1]
    assert np.isfinite(run.x).all() and np.all(run.x[step - 1 :, 1] == run.x[step - 1, 1])
    assert not np.all(run.x[step - 2, 1] == run.x[step - 1, 1])
    assert list(run.evals) == [50, step, 50]
    for row in (0, 2):
        alone = minimize(Optimizer("sgd", lr=lrs[row]), problem, steps=50)
        assert same(run.x[:, row].copy(), alone.x)


def test_a_single_run_that_diverges_raises_unless_told_otherwise():
    opt, problem = Optimizer("sgd", lr=5.0), problems.rosenbrock()
    with pytest.raises(NonFiniteError, match="step . is NaN or infinite"):
        minimize(opt, problem, steps=50)
    frozen = minimize(opt, problem, steps=50, nonfinite="freeze")
    assert frozen.diverged > 0 and np.isfinite(frozen.x).all()
    skipped = minimize(opt, problem, steps=50, nonfinite="skip")
    assert skipped.diverged == 0 and np.isfinite(skipped.x).all()
    with pytest.raises(ValueError, match="nonfinite must be one of 'freeze'"):
        minimize(Optimizer("sgd", lr=np.ones(2)), problem, nonfinite="raise")


def test_ten_thousand_settings_fit_in_memory():
    lr = np.geomspace(1e-5, 1.0, 10_000)
    run = minimize(Optimizer("adam", lr=lr), problems.rosenbrock(), steps=50, record="last")
    assert run.x.shape == (1, 10_000, 2) and run.x.nbytes < 1e6


def test_projection_and_clipping_are_applied():
    import dataclasses

    boxed = dataclasses.replace(
        problems.quadratic(10), project=lambda x: np.clip(x, 0.5, 2.0), start=np.array([2.0, 2.0])
    )
    run = minimize(Optimizer("sgd", lr=0.05), boxed, steps=200)
    assert np.array_equal(run.x[-1], [0.5, 0.5])
    clipped = minimize(Optimizer("sgd", lr=1.0, before=clip_norm(0.25)), boxed, steps=1)
    assert np.linalg.norm(clipped.x[1] - clipped.x[0]) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"steps": -1}, "steps must be"),
        ({"steps": 2.5}, "steps must be"),
        ({"t0": -1}, "t0 must be"),
        ({"record": 0}, "record must be"),
        ({"record": "first"}, "record must be"),
        ({"x0": np.ones(3)}, "x0 has shape"),
        ({"x0": np.ones(2), "state": {"m": np.ones(2)}}, "state must be a dict with m, v"),
    ],
)
def test_bad_arguments_are_refused(options, words):
    with pytest.raises((ValueError, TypeError), match=words):
        minimize(Optimizer("adam"), problems.quadratic(), **options)


def test_a_problem_without_a_hessian_cannot_serve_sophia():
    import dataclasses

    blind = dataclasses.replace(problems.quadratic(), hess=None)
    with pytest.raises(TypeError, match="sophia needs hess, which quadratic"):
        minimize(Optimizer("sophia"), blind, steps=1)
