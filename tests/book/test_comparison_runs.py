"""The stored runs of chapter 15 are those that their script makes."""

from types import SimpleNamespace

import comparison_runs
import numpy as np
import pytest
from comparison_runs import (
    EVERY,
    GUESSING,
    MIDDLE,
    SEEDS,
    arms,
    lone,
    one,
    optimizer,
    products,
    tasks,
    unhurried,
)

from optlib import RULES, Optimizer, averaging, minimize, problems

TASKS = tasks()


@pytest.fixture(scope="module")
def stored():
    return dict(np.load(comparison_runs.PATH))


def test_every_arm_is_stored(stored):
    parts = {f"{about}/{name}/products": () for about in MIDDLE for name in MIDDLE[about]}
    for about, name, rate in arms():
        key, points = f"{about}/{name}/{rate:g}", 3 if name == "schedule_free" else 1
        parts |= {
            f"{key}/curve": (SEEDS, TASKS[about].steps // EVERY),
            f"{key}/test": (SEEDS, points),
            f"{key}/time": (SEEDS,),
        }
    assert {key: values.shape for key, values in stored.items()} == parts
    assert all(np.isfinite(values).all() for values in stored.values())
    assert all(values.max() <= GUESSING for key, values in stored.items() if "/test" in key)


@pytest.mark.parametrize(
    "arm",
    [
        ("text", "adamw", 0.01),
        ("text", "muon", 0.02),
        ("text", "muon@ndim", 0.02),
        ("text", "schedule_free", 0.02),
        ("digits", "soap", 0.02),
        ("digits", "lion", 0.004),
    ],
    ids=str,
)
def test_the_first_steps_are_repeated(arm, stored):
    about, name, rate = arm
    found = one(TASKS[about], name, rate, seed=3, steps=EVERY)
    kept = stored[f"{about}/{name}/{rate:g}/curve"][3, :1]
    np.testing.assert_allclose(found["curve"], kept, atol=2e-3)


@pytest.mark.parametrize("about", MIDDLE)
def test_the_products_are_counted_again(about, stored):
    for name in MIDDLE[about]:
        kept = stored[f"{about}/{name}/products"]
        np.testing.assert_allclose(products(TASKS[about], name), kept, rtol=1e-6)


def test_the_middle_rate_is_the_best(stored):
    for about, middles in MIDDLE.items():
        for name, middle in middles.items():
            ends = {
                rate: np.median(stored[f"{about}/{name}/{rate:g}/test"][:, 0])
                for rate in (middle / 2, middle, 2 * middle)
            }
            assert min(ends, key=ends.get) == middle, (about, name, ends)


def test_the_products_of_muon_are_those_of_five_passes():
    task = TASKS["digits"]
    passes = 5 * (2 + 2 + 2) * 64**3
    gradient = 6 * (64 * 64 + 64 * 64 + 64 * 10) * task.predictions
    assert products(task, "muon") == passes / gradient


def test_who_gets_what():
    task = TASKS["text"]
    start = task.start(0)
    for by_name, scope in (("muon", "matrix"), ("muon@ndim", "matrix")):
        tool = optimizer(by_name, 0.01, task)
        got = {k for k, x in start.items() if tool.choose(k, x).rule.scope == scope}
        wrong = {"characters", "places", "scores"} if "@" in by_name else set()
        assert got == set(task.hidden) | wrong


def test_decay_takes_the_same_from_every_weight_at_the_peak():
    task = TASKS["text"]
    for name, rate in MIDDLE["text"].items():
        chosen = optimizer(name, rate, task)
        for k, x in task.start(0).items():
            tool = chosen.choose(k, x) if hasattr(chosen, "choose") else chosen
            peak = float(tool.lr(task.warmup))
            assert np.isclose(peak * tool.hyper["weight_decay"], comparison_runs.SHRINK)


def test_soap_takes_the_same_steps_without_the_waste():
    x, rng = np.zeros((4, 6)), np.random.default_rng(0)
    tools = [Optimizer(rule, lr=0.1) for rule in (RULES["soap"], unhurried(RULES["soap"]))]
    points, states = [x, x], [tool.init(x) for tool in tools]
    for t in range(1, 26):
        gradient = rng.standard_normal(x.shape)
        for k, tool in enumerate(tools):
            points[k], states[k] = tool.step(t, gradient, points[k], states[k])
        assert np.array_equal(*points)


def test_schedule_free_is_that_of_the_package():
    bowl = problems.quadratic(10)
    network = SimpleNamespace(
        value_and_grad=lambda params, t: (bowl.value(params["x"]), {"x": bowl.grad(params["x"])})
    )
    task = SimpleNamespace(
        network=network,
        warmup=5,
        steps=40,
        start=lambda seed: {"x": bowl.start.copy()},
        batches=lambda seed: lambda t: t,
    )
    tool = lone("schedule_free", 0.05, task)
    _, (mean, _, z) = comparison_runs.schedule_free(tool, task, 0, task.steps)
    free = averaging.schedule_free(beta=0.9)
    run = minimize(tool, bowl, bowl.start, steps=task.steps, averaging=free)
    np.testing.assert_allclose(mean["x"], run.x[-1], rtol=1e-9)
    np.testing.assert_allclose(z["x"], run.point, rtol=1e-9)
