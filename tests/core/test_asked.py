"""What minimize gives to rules that ask for more than a gradient, and what a step says without."""

from dataclasses import replace

import numpy as np
import pytest
from support import same

from optlib import RULES, Optimizer, minimize, problems, registry

LOSS = [name for name, fn in RULES.items() if "loss" in fn.inputs]
ASKING = [name for name, fn in RULES.items() if fn.inputs]


@pytest.fixture(params=LOSS)
def rule(request):
    return request.param


def by_hand(opt, problem, x, steps):
    """Pure steps that are given the value in every entry."""
    state = opt.init(x)
    for t in range(1, steps + 1):
        loss = np.full_like(x, problem.value(x, t))
        x, state = opt.step(t, problem.grad(x, t), x, state, loss=loss)
    return x


def test_there_are_rules_that_look_at_the_loss():
    assert {"polyak_sgd", "momo", "momo_adam"} <= set(LOSS)


def test_minimize_gives_the_value_of_the_problem(rule):
    problem, opt = problems.quadratic(10), Optimizer(rule, lr=0.3)
    got = minimize(opt, problem, steps=20)
    assert same(got.x[-1], by_hand(opt, problem, problem.start, 20))
    assert got.f[-1] < got.f[0]


def test_the_value_is_that_which_the_step_sees(rule):
    """A problem whose value goes up and down with the step, as that of small batches does."""
    bowl = problems.quadratic(10)

    def value(x, t=None):
        return bowl.value(x) + (0 if t is None else 1 + np.sin(t))

    problem, opt = replace(bowl, value=value), Optimizer(rule, lr=0.3)
    got = minimize(opt, problem, steps=20).x[-1]
    assert same(got, by_hand(opt, problem, bowl.start, 20))
    assert not same(got, minimize(opt, bowl, steps=20).x[-1])


def test_every_run_of_a_sweep_gets_its_own_value(rule):
    problem, rates = problems.quadratic(10), np.array([0.01, 0.1, 0.3])
    starts = np.array([[1.0, 2.0], [-3.0, 0.5], [0.1, -0.2]])
    swept = minimize(Optimizer(rule, lr=rates), problem, starts, steps=15)
    for k, rate in enumerate(rates):
        alone = minimize(Optimizer(rule, lr=float(rate)), problem, starts[k], steps=15)
        np.testing.assert_allclose(swept.x[:, k], alone.x, rtol=1e-12)


def test_a_value_in_double_precision_leaves_single_precision_as_it_is(rule):
    problem = problems.quadratic(10)
    got = minimize(Optimizer(rule, lr=0.1), problem, problem.start.astype(np.float32), steps=5)
    assert got.x.dtype == np.float32 and all(a.dtype == np.float32 for a in got.state.values())


def test_a_loss_that_is_not_finite_is_no_step(rule):
    bowl = problems.quadratic(10)
    problem = replace(bowl, value=lambda x, t=None: bowl.value(x) if t != 3 else np.nan)
    got = minimize(Optimizer(rule, lr=0.1), problem, steps=5, nonfinite="skip")
    assert np.isfinite(got.x).all() and same(got.x[3], got.x[2])
    assert not same(got.x[4], got.x[3])


def test_a_rule_may_ask_for_the_loss_and_the_hessian(monkeypatch):
    def both(xp, t, g, x, *, loss, hess):
        """Halves the way to the minimum of a bowl, and says so by two values of it."""
        return (loss * g / hess,)

    monkeypatch.setitem(RULES, "both", None)
    made = registry.rule(source="here")(both)
    problem = problems.quadratic(10)
    got = minimize(Optimizer(made, lr=0.5), problem, steps=1)
    diagonal = np.diagonal(problem.hess(problem.start))
    loss = problem.value(problem.start)
    wanted = problem.start - 0.5 * loss * problem.grad(problem.start) / diagonal
    np.testing.assert_allclose(got.x[1], wanted, rtol=1e-15)


def test_what_minimize_cannot_give_is_named(monkeypatch):
    monkeypatch.setitem(RULES, "odd", None)

    def odd(xp, t, g, x, *, weather):
        """Goes by the weather."""
        return (weather * g,)

    made = registry.rule(source="here")(odd)
    with pytest.raises(TypeError, match="minimize cannot give weather; call step yourself"):
        minimize(Optimizer(made), problems.quadratic(10), steps=1)


@pytest.mark.parametrize("name", ASKING)
def test_a_step_without_what_the_rule_asks_for_says_what_is_missing(name):
    opt, x = Optimizer(name), np.ones(2)
    for missing in RULES[name].inputs:
        given = {other: x for other in RULES[name].inputs if other != missing}
        with pytest.raises(TypeError, match=rf"{name} needs {missing}=\.\.\. at every step"):
            opt.step(1, x, x, opt.init(x), **given)
