"""The stored sick runs of chapter 18 are those that their script makes."""

from dataclasses import replace

import doctor_runs
import numpy as np
import pytest

CASES = list(doctor_runs.cases())


@pytest.fixture(scope="module")
def stored():
    return dict(np.load(doctor_runs.PATH))


def test_every_run_is_stored_whole(stored):
    runs = {tuple(key.split("/")[:2]) for key in stored}
    assert runs == {(name, arm) for name in CASES for arm in doctor_runs.ARMS}
    logged = doctor_runs.STEPS // doctor_runs.EVERY
    for key, values in stored.items():
        assert values.shape == (doctor_runs.STEPS if key.endswith("train") else logged,), key
        assert np.isfinite(values).all(), key


@pytest.mark.parametrize("arm", doctor_runs.ARMS)
@pytest.mark.parametrize("name", CASES)
def test_the_first_steps_are_repeated(name, arm, stored, monkeypatch):
    case = doctor_runs.cases()[name]
    optimizer = case.optimizer(arm)
    monkeypatch.setattr(doctor_runs, "STEPS", 10)
    found = doctor_runs.one(replace(case, optimizer=lambda _: optimizer), arm)
    for column, values in found.items():
        kept = stored[f"{name}/{arm}/{column}"]
        if column.startswith("still"):
            np.testing.assert_allclose(values, kept[: values.size], atol=0.02)
        else:
            np.testing.assert_allclose(values, kept[: values.size], rtol=0.01, atol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_the_cured_run_ends_lower_on_new_data(name, stored):
    sick, cured = (stored[f"{name}/{arm}/test"][-4:].mean() for arm in doctor_runs.ARMS)
    assert cured < sick - 0.1
