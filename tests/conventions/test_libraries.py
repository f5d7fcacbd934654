"""What ``like`` returns follows the libraries: as they were frozen, and as they are installed."""

import dataclasses
import importlib
import json

import numpy as np
import pytest
from cases import CASES
from freeze import FROZEN
from harness import distance, run_ours, start, summary

ALL = [case for cases in CASES.values() for case in cases]
LIVE_STEPS = 60
EXACT = 1e-9


def origin(case, seed=0):
    return summary([start(case.shapes, seed)])[0]


@pytest.mark.parametrize("library", CASES)
def test_the_frozen_data_are_those_of_the_cases(library):
    about = json.loads((FROZEN / f"{library}.json").read_text())
    assert about["cases"] == [case.key for case in CASES[library]], "run freeze.py"
    assert about["versions"][library]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.key)
def test_we_follow_the_frozen_library(case):
    with np.load(FROZEN / f"{case.library}.npz") as file:
        theirs = file[f"case{CASES[case.library].index(case)}"]
    ours = summary(run_ours(case))
    assert np.isfinite(theirs).all() and np.ptp(theirs, axis=0).max() > 0
    assert distance(ours, theirs, origin(case)) < case.tolerance


def shaken(case, rng):
    """The case with its float arguments changed at random, inside what is allowed.

    A library that computes in less than double precision errs by more on some gradients than on
    others, so there the frozen run is repeated; test_lower_precision.py shows that nothing else
    differs.
    """
    if case.tolerance > EXACT:
        return case
    arguments = {
        k: v * rng.uniform(0.8, 1.0) if isinstance(v, float) else v
        for k, v in case.arguments.items()
    }
    return dataclasses.replace(case, arguments=arguments)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.key)
def test_we_follow_the_installed_library(case):
    pytest.importorskip(case.library)
    oracle = importlib.import_module(f"oracle_{case.library}")
    exact = case.tolerance <= EXACT
    seed = int(np.random.SeedSequence().entropy % 2**31) if exact else 0
    case = shaken(case, np.random.default_rng(seed))
    theirs = summary(oracle.run(case, seed, LIVE_STEPS))
    ours = summary(run_ours(case, seed, LIVE_STEPS))
    assert distance(ours, theirs, origin(case, seed)) < case.tolerance, f"seed {seed}"
