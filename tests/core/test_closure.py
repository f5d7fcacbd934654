"""L-BFGS in a training loop: a step takes a closure, and is all or nothing."""

import numpy as np
import pytest
from support import same, start

from optlib import NonFiniteError, clip_global_norm, load, optim, save, schedule


def valley(params):
    """Rosenbrock's function of the first entries of two arrays."""
    a, b = float(params["a"][0]), float(params["b"])
    bent = b - a * a
    return 100 * bent**2 + (1 - a) ** 2, {
        "a": np.array([-400 * a * bent - 2 * (1 - a)]),
        "b": np.asarray(200 * bent),
    }


def begun(**arguments):
    params = {"a": np.array([-1.2]), "b": np.array(1.0)}
    return params, optim.LBFGS(params, line_search_fn="strong_wolfe", **arguments)


def test_it_finds_the_end_of_the_valley_and_stays_there():
    params, loop = begun(tolerance_change=0.0)
    losses = [loop.step(lambda: valley(params)) for _ in range(5)]
    assert losses[0] == pytest.approx(24.2) and losses == sorted(losses, reverse=True)
    assert params["a"] == pytest.approx(1.0, abs=1e-8) and params["b"] == pytest.approx(1.0)
    assert loop.clock == 5


@pytest.mark.parametrize("through_a_file", [False, True])
def test_a_restart_is_bitwise(through_a_file, tmp_path):
    params, loop = begun(max_iter=4)
    for _ in range(3):
        loop.step(lambda: valley(params))
    copied, held = {k: x.copy() for k, x in params.items()}, loop.state_dict()
    if through_a_file:
        save(tmp_path / "half.npz", loop.params, **held)
        copied, state, t = load(tmp_path / "half.npz")
        held = {"state": state, "t": t}
    again = optim.LBFGS(copied)
    again.load_state_dict(held)
    assert repr(again) == repr(loop)
    for _ in range(3):
        assert again.step(lambda: valley(copied)) == loop.step(lambda: valley(params))
    assert all(same(params[k], copied[k]) for k in params) and again.t == loop.t


def held_by(params, loop):
    held = loop.state_dict()
    arrays = [*params.values(), *(a for own in held["state"].values() for a in own.values())]
    return [a.tobytes() for a in arrays], held["t"]["clock"], held["t"]["layers"]


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
@pytest.mark.parametrize("at", [1, 2, 4])
def test_a_closure_that_fails_on_the_way_leaves_everything_as_it_was(at, search):
    params, loop = begun()
    loop.step(lambda: valley(params))
    loop.param_groups[0]["line_search_fn"] = search
    before, calls = held_by(params, loop), []

    def failing():
        calls.append(1)
        if len(calls) == at:
            raise KeyError("no more data")
        return valley(params)

    params["a"][0] += 0.5
    before = held_by(params, loop)
    with pytest.raises(KeyError):
        loop.step(failing)
    assert held_by(params, loop) == before


@pytest.mark.parametrize("nonfinite", ["raise", "skip"])
@pytest.mark.parametrize("broken", [(np.nan, 1.0), (1.0, np.inf)])
def test_values_that_are_not_finite_leave_everything_as_it_was(broken, nonfinite):
    params, loop = begun(nonfinite=nonfinite)
    before, (loss, gradient) = held_by(params, loop), broken

    def closure():
        return loss, {"a": np.full(1, gradient), "b": np.asarray(1.0)}

    if nonfinite == "raise":
        with pytest.raises(NonFiniteError, match="the loss or a gradient of step 1"):
            loop.step(closure)
    else:
        assert np.isnan(loop.step(closure))
    assert held_by(params, loop) == before


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (lambda params: 1.0, TypeError, r"returns \(loss, gradients\)"),
        (lambda params: (*valley(params), 0), TypeError, r"returns \(loss, gradients\)"),
        (lambda params: [*valley(params)], TypeError, r"returns \(loss, gradients\)"),
        (lambda params: (1.0,), TypeError, r"returns \(loss, gradients\)"),
        (lambda params: (1.0, {"a": np.ones(1)}), ValueError, "1 given for 2"),
        (lambda params: (np.ones(2), valley(params)[1]), TypeError, "the loss a number"),
        (lambda params: (1.0, {"a": np.ones(3), "b": np.asarray(1.0)}), ValueError, "has shape"),
    ],
)
def test_what_a_closure_returns_must_fit(given, error, message):
    params, loop = begun()
    before = held_by(params, loop)
    with pytest.raises(error, match=message):
        loop.step(lambda: given(params))
    with pytest.raises(TypeError, match="a function that returns"):
        loop.step(valley(params)[1])
    assert held_by(params, loop) == before


def test_groups_and_wrong_limits_are_refused():
    with pytest.raises(ValueError, match="takes no groups, as in PyTorch"):
        optim.LBFGS([{"params": [np.ones(2)]}])
    for wrong in ({"max_iter": 0}, {"max_eval": 1.5}):
        with pytest.raises(ValueError, match="must satisfy"):
            optim.LBFGS([np.ones(2)], **wrong)
    with pytest.raises(ValueError, match="line_search_fn='armijo' is not modelled"):
        optim.LBFGS([np.ones(2)], line_search_fn="armijo")


def test_rates_of_a_schedule_and_clipping_are_those_of_a_step():
    x, ramp = start(3), schedule("linear_warmup", peak=0.4, warmup=4)
    loop = optim.LBFGS([x], lr=ramp, max_iter=1, before=clip_global_norm(0.5))
    old = x.copy()
    loop.step(lambda: (float(x @ x), [2 * x]))
    assert np.linalg.norm(x - old) == pytest.approx(0.1 * 0.5)
    middle = x.copy()
    loop.before = None
    loop.step(lambda: (float(x @ x), [2 * x]))
    # Unclipped the gradient has grown along the way, so there is no pair and it is taken as it is.
    np.testing.assert_allclose(middle - x, 0.2 * 2 * middle, rtol=1e-12)
    assert loop.clock == 2 and loop.t == [2]


@pytest.mark.parametrize("max_iter", [1, 4, 7, 20])
def test_unless_told_a_step_may_evaluate_a_quarter_more_than_it_iterates(max_iter):
    calls = []
    for told in ({}, {"max_eval": max_iter * 5 // 4}):
        params, loop = begun(max_iter=max_iter, tolerance_change=0.0, **told)
        calls.append(0)

        def closure(params=params):
            calls[-1] += 1
            return valley(params)

        loop.step(closure)
    assert calls[0] == calls[1]


def test_every_step_iterates_and_evaluates_as_often_as_the_first():
    """The last iteration of a step is not evaluated, so that the next one begins there."""
    params = {"a": np.array([-1.2]), "b": np.array(1.0)}
    exact = {"tolerance_change": 0.0, "tolerance_grad": 0.0}
    loop = optim.LBFGS(params, lr=1e-5, max_iter=3, max_eval=20, **exact)
    calls = []

    def closure():
        calls[-1] += 1
        return valley(params)

    for _ in range(4):
        calls.append(0)
        loop.step(closure)
    assert calls == [3] * 4 and {*loop.t.values()} == {12}


def test_a_step_ends_where_the_gradient_is_small():
    x = np.array([1.0])
    loop = optim.LBFGS([x], lr=1, max_iter=5, tolerance_change=0.0, tolerance_grad=1e-9)
    loop.step(lambda: (float(x @ x) / 2, [x.copy()]))
    assert x == 0 and loop.t == [1]


@pytest.mark.parametrize(("change", "moves"), [(1.0, True), (1.001, False)])
def test_a_slope_that_is_just_enough_is_gone_down(change, moves):
    x = np.array([0.5])
    loop = optim.LBFGS([x], lr=1, max_iter=1, tolerance_change=change)
    loop.step(lambda: (float(x[0]), [np.ones(1)]))
    assert (x == -0.5) == moves


@pytest.mark.parametrize("name", ["max_iter", "max_eval"])
@pytest.mark.parametrize("value", [0, 1.5, -1])
def test_a_limit_is_a_positive_whole_number(name, value):
    with pytest.raises(ValueError, match=f"torch LBFGS: {name} must satisfy 1 <= {name}, whole"):
        optim.LBFGS([np.ones(2)], **{name: value})


def test_the_number_of_iterations_is_never_left_open():
    with pytest.raises(TypeError, match="max_iter must be a number"):
        optim.LBFGS([np.ones(2)], max_iter=None)
    assert optim.LBFGS([np.ones(2)], max_iter=1, max_eval=None).clock == 0


def test_a_rate_that_is_too_large_is_taken_as_it_is_or_searched_below():
    for search in (None, "strong_wolfe"):
        x = np.ones(1)
        loop = optim.LBFGS([x], lr=100.0, max_iter=1, max_eval=20, line_search_fn=search)
        loop.step(lambda x=x: (float(x @ x), [2 * x]))
        assert x == -99 if search is None else abs(x) < 1
