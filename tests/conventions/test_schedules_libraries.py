"""Schedules from ``like`` follow the libraries: as they were frozen, and as they are installed."""

import dataclasses
import importlib.util
import json

import numpy as np
import oracle_schedules
import pytest
import scheduled_optimizers
import sympy as sp
from freeze_schedules import FILE
from plateau_cases import CASES as PLATEAUS
from schedule_cases import CASES

from optlib import conventions
from optlib.conventions import NotModelled, like

FROZEN = json.loads(FILE.read_text())
IN_PROCESS = [case for case in CASES if case.library != "keras"]
FOLLOWED = {(c.library, c.name): c for c in reversed(CASES)}


def close(ours, theirs, tolerance, what):
    """Relative to the value, and near zero to the 1e-4th part of the largest one."""
    assert set(ours) == set(theirs)
    for name, values in theirs.items():
        scale = np.maximum(np.abs(values), 1e-4 * np.max(np.abs(values)) + 1e-300)
        difference = np.abs(np.subtract(ours[name], values)) / scale
        assert difference.max() < tolerance, f"{what}: {name} at k = {difference.argmax()}"


def shaken(case, rng):
    """The case with its positive fractions changed at random."""

    def shake(value):
        if isinstance(value, float) and value not in (0.0, 1.0):
            return value * rng.uniform(0.9, 1.0)
        return value

    arguments = {k: shake(v) for k, v in case.arguments.items()}
    return dataclasses.replace(case, arguments=arguments)


def test_the_frozen_data_are_those_of_the_cases():
    assert list(FROZEN["cases"]) == [case.key for case in CASES], "run freeze_schedules.py"
    assert list(FROZEN["runs"]) == [run.key for run in scheduled_optimizers.RUNS]
    assert set(FROZEN["versions"]) == set(oracle_schedules.LIBRARIES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_we_follow_the_frozen_schedule(case):
    close(case.ours(), FROZEN["cases"][case.key], case.tolerance, case.key)


def draw(cases):
    """The cases with other arguments, drawn anew every time."""
    seed = int(np.random.SeedSequence().entropy % 2**31)
    rng = np.random.default_rng(seed)
    return [shaken(case, rng) for case in cases]


@pytest.mark.parametrize("case", IN_PROCESS, ids=lambda case: case.key)
def test_we_follow_the_installed_schedule(case):
    pytest.importorskip(case.library)
    (changed,) = draw([case])
    close(changed.ours(), oracle_schedules.run(changed), case.tolerance, changed.key)


def test_we_follow_the_installed_keras():
    # Importing Keras here would settle the backend of this process.
    if not all(importlib.util.find_spec(name) for name in ("keras", "torch")):
        pytest.skip("keras on torch is not installed")
    cases = draw([case for case in CASES if case.library == "keras"])
    for case, theirs in zip(cases, oracle_schedules.run_keras(cases), strict=True):
        close(case.ours(), theirs, case.tolerance, case.key)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_an_array_of_steps_and_a_symbol_give_the_values_of_single_steps(case):
    schedule = case.schedule()
    k = np.arange(case.last + 1)
    single = case.ours()["lr"]
    assert all(isinstance(value, float) for value in single)
    np.testing.assert_allclose(
        np.broadcast_to(schedule(k), k.shape), single, rtol=1e-11, atol=1e-16
    )
    symbol = sp.Symbol("k", integer=True, nonnegative=True)
    if case.stepwise:
        with pytest.raises(TypeError, match="at whole steps"):
            schedule(symbol)
        return
    for step in (0, 1, 13, case.last):
        value = float(sp.N(sp.sympify(schedule(symbol)).subs(symbol, step)))
        assert value == pytest.approx(single[step], rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("run", scheduled_optimizers.RUNS, ids=lambda run: run.key)
def test_an_optimizer_under_a_schedule_is_followed_from_end_to_end(run):
    np.testing.assert_allclose(scheduled_optimizers.ours(run), FROZEN["runs"][run.key], rtol=1e-10)


@pytest.mark.parametrize("run", scheduled_optimizers.RUNS, ids=lambda run: run.key)
def test_an_installed_optimizer_under_a_schedule_is_followed(run):
    pytest.importorskip("torch")
    np.testing.assert_allclose(
        scheduled_optimizers.ours(run), scheduled_optimizers.theirs(run), rtol=1e-10
    )


def test_every_schedule_of_the_table_has_a_case():
    known = {key for key, e in conventions.TABLE.items() if e.schedule}
    assert known == {*FOLLOWED, *((case.library, case.name) for case in PLATEAUS)}


CYCLE = {"max_lr": 1.0, "total_steps": 10}
COOL = {"lr": 1e-8, "num_warmup_steps": 1}
REFUSED = [
    ("torch", "ConstantLR", {"lr": 0.1, "factor": 0}, "factor must satisfy 0 < factor"),
    ("torch", "OneCycleLR", {**CYCLE, "pct_start": 0.1}, "no length"),
    ("torch", "OneCycleLR", {**CYCLE, "pct_start": 1.0}, "no length"),
    ("torch", "OneCycleLR", {**CYCLE, "anneal_strategy": "sqrt"}, "anneal_strategy='sqrt'"),
    ("torch", "OneCycleLR", {"max_lr": 1.0}, "total_steps"),
    ("transformers", "get_wsd_schedule", {**COOL, "num_decay_steps": 2}, "num_stable_steps"),
    (
        "transformers",
        "get_polynomial_decay_schedule_with_warmup",
        {**COOL, "num_training_steps": 9},
        "lr_end",
    ),
    ("keras", "PiecewiseConstantDecay", {"boundaries": [1], "values": [1.0]}, "one value"),
    ("optax", "join_schedules", {"schedules": [abs], "boundaries": []}, "like"),
]


@pytest.mark.parametrize(("library", "name", "arguments", "words"), REFUSED)
def test_what_a_library_refuses_is_refused(library, name, arguments, words):
    with pytest.raises((NotModelled, ValueError, TypeError), match=words):
        like(library, name, **arguments)
