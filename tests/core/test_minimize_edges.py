"""The loop at its edges: what it takes, what it leaves alone, and steps that are left out."""

import dataclasses

import numpy as np
import pytest
from support import same

from optlib import (
    NonFiniteError,
    Optimizer,
    armijo,
    clip_global_norm,
    clip_norm,
    clip_value,
    minimize,
    polyak,
    problems,
    strong_wolfe,
    weight_ema,
)

BOWL = problems.quadratic(10.0)
START = np.array([1.0, -2.0])


def broken(at, value=np.nan, row=None):
    """The bowl, whose gradient at one step is not finite, of all runs or of one."""

    def grad(x, t):
        g = np.array(BOWL.grad(x, t))
        if t == at:
            g[... if row is None else row] = value
        return g

    return dataclasses.replace(BOWL, grad=grad)


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        ({"steps": 0}, [0]),
        ({"steps": 3}, [0, 1, 2, 3]),
        ({"steps": 5, "record": 2}, [0, 2, 4, 5]),
        ({"steps": 4, "record": 2}, [0, 2, 4]),
        ({"steps": 3, "record": 7}, [0, 3]),
        ({"steps": 3, "record": "last"}, [3]),
        ({"steps": 0, "record": "last"}, [0]),
        ({"steps": np.int64(2), "record": np.int64(1), "t0": np.int64(4)}, [4, 5, 6]),
        ({"steps": 3, "record": "last", "t0": 4}, [7]),
    ],
)
def test_the_steps_that_are_recorded(options, steps):
    opt = Optimizer("adam", lr=0.1)
    run, t0 = minimize(opt, BOWL, START, **options), options.get("t0", 0)
    assert run.t.tolist() == steps and len(run.x) == len(run.f) == len(steps)
    whole = minimize(opt, BOWL, START, t0=t0, steps=int(options["steps"]))
    assert all(same(x, whole.x[t - t0]) for x, t in zip(run.x, steps, strict=True))
    assert same(run.f, np.array([BOWL.value(x) for x in run.x])) and run.evals == options["steps"]


@pytest.mark.parametrize("name", ["steps", "t0", "record"])
@pytest.mark.parametrize("value", [True, -1, 1.0, None, "x", 2**53, np.array([1])], ids=repr)
def test_a_count_that_is_none_is_refused(name, value):
    with pytest.raises(ValueError, match=f"{name} must be a whole number >= [01]"):
        minimize(Optimizer("adam"), BOWL, **{"steps": 1, name: value})


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"optimizer": "adam"}, TypeError, "minimize: optimizer must be of type Optimizer"),
        ({"problem": abs}, TypeError, "minimize: problem must be of type Problem"),
        ({"averaging": "polyak"}, TypeError, "minimize: averaging must be of type Averaging"),
        ({"x0": np.ones(())}, ValueError, r"x0 has shape \(\); quadratic.* takes \(sweep..., 2\)"),
        ({"x0": np.ones((2, 3))}, ValueError, r"x0 has shape \(2, 3\)"),
        ({"x0": np.ones(2, int)}, TypeError, "parameter must hold real floating-point"),
        ({"nonfinite": "ignore"}, ValueError, "one of 'raise', 'skip', 'freeze'"),
    ],
)
def test_what_is_run_must_fit(given, error, words):
    with pytest.raises(error, match=words):
        minimize(**{"optimizer": Optimizer("adam"), "problem": BOWL, "steps": 1, **given})


@pytest.mark.parametrize("averaging", [None, polyak(), weight_ema(0.5)], ids=repr)
def test_nothing_that_was_given_is_changed(averaging):
    opt = Optimizer("adam", lr=0.1)
    half = minimize(opt, BOWL, START, steps=3, averaging=averaging)
    given = {"x0": half.point, "state": half.state, "average": half.average}
    arrays = [half.point, *half.state.values(), *half.average.values()]
    kept = [a.copy() for a in arrays]
    for _ in range(2):
        minimize(opt, BOWL, steps=3, t0=3, averaging=averaging, **given)
        assert all(same(a, b) for a, b in zip(arrays, kept, strict=True))
    assert START.tolist() == [1.0, -2.0]


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("rule", ["adam", "signsgd"])
@pytest.mark.parametrize("at", [1, 3])
def test_a_step_whose_gradient_is_not_finite_is_refused_left_out_or_the_last(rule, at, value):
    """Also where the step itself would be a number, as that of a sign is."""
    opt, problem = Optimizer(rule, lr=0.1), broken(at, value)
    with pytest.raises(NonFiniteError, match=f"on quadratic.*: step {at} is NaN or infinite"):
        minimize(opt, problem, START, steps=6)
    plain = minimize(opt, BOWL, START, steps=at - 1)
    left_out = minimize(opt, problem, START, steps=6, nonfinite="skip")
    rest = minimize(opt, BOWL, plain.point, steps=6 - at, state=plain.state, t0=at)
    assert same(left_out.x, np.concatenate([plain.x, rest.x]))
    assert left_out.diverged == 0 and left_out.evals == 6
    frozen = minimize(opt, problem, START, steps=6, nonfinite="freeze")
    assert same(frozen.x, np.concatenate([plain.x, np.repeat(plain.x[-1:], 7 - at, axis=0)]))
    assert frozen.diverged == at and frozen.evals == at
    assert all(same(frozen.state[k], plain.state[k]) for k in plain.state)


@pytest.mark.parametrize("search", [armijo(), strong_wolfe()], ids=repr)
@pytest.mark.parametrize("policy", ["skip", "freeze"])
def test_a_searched_step_that_is_left_out_is_searched_again_from_its_start(search, policy):
    opt = Optimizer("sgd", lr=search)
    run = minimize(opt, broken(1), START, steps=5, nonfinite=policy)
    assert same(run.x[1], START) and np.isfinite(run.x).all()
    if policy == "freeze":
        assert same(run.x[-1], START) and run.diverged == 1
    else:
        assert same(run.x[1:], minimize(opt, BOWL, START, steps=4).x)


def test_one_run_of_several_that_leaves_the_finite_numbers_leaves_the_others_alone():
    opt, x0 = Optimizer("adam", lr=0.1), np.stack([START, 2 * START, 3 * START])
    run, whole = (minimize(opt, p, x0, steps=6) for p in (broken(3, row=1), BOWL))
    assert run.diverged.tolist() == [0, 3, 0] and run.evals.tolist() == [6, 3, 6]
    assert same(run.x[:, [0, 2]], whole.x[:, [0, 2]]) and same(run.x[:3, 1], whole.x[:3, 1])
    assert (run.x[3:, 1] == run.x[2, 1]).all() and same(run.point, run.x[-1])


@pytest.mark.parametrize("clip", [clip_value, clip_norm, clip_global_norm])
def test_each_run_is_clipped_alone(clip):
    opt, x0 = Optimizer("sgd", lr=0.1, before=clip(1.5)), np.stack([START, 0.1 * START])
    run = minimize(opt, BOWL, x0, steps=3)
    for row in range(2):
        single = minimize(opt, BOWL, x0[row], steps=3)
        np.testing.assert_allclose(run.x[:, row], single.x, rtol=1e-14)


@pytest.mark.parametrize("lr", [0.1, armijo()], ids=repr)
def test_a_projection_keeps_the_type(lr):
    boxed = dataclasses.replace(BOWL, project=lambda x: np.clip(x, np.float64(0.5), 9.0))
    run = minimize(Optimizer("sgd", lr=lr), boxed, START.astype(np.float32), steps=4)
    assert run.x.dtype == run.f.dtype == np.float32 and (run.x[1:] >= 0.5).all()
