"""The stored runs of chapter 11 are those that their script makes."""

import batch_runs
import numpy as np
import pytest

from optlib.book.stored import stored_runs


@pytest.fixture(scope="module")
def stored():
    return stored_runs("batch")


def test_every_arm_is_stored(stored):
    arms = batch_runs.arms()
    assert set(stored) == {
        f"{name}/{k}" for name in arms for k in ("rates", "loss", "test", "size")
    }
    for name, arm in arms.items():
        np.testing.assert_allclose(stored[f"{name}/rates"], arm.rates, rtol=1e-6)
        for k in ("loss", "test", "size"):
            values = stored[f"{name}/{k}"]
            assert values.shape == (len(arm.rates), batch_runs.SEEDS)
            assert np.isfinite(values).all()


@pytest.mark.parametrize(
    "name", ["adam/1024", "sgd/1024", "adam/256", "beta1-carried/256", "decay/256"]
)
def test_an_arm_of_few_steps_is_repeated(name, stored):
    """Where training is smooth; at the wall the last bit decides."""
    found = batch_runs.run(batch_runs.arms()[name])
    smooth = stored[f"{name}/rates"] <= (0.85 if name.startswith("sgd") else 0.03)
    assert smooth.sum() >= 3
    for k in ("loss", "test", "size"):
        np.testing.assert_allclose(found[k][smooth], stored[f"{name}/{k}"][smooth], rtol=0.02)


def test_arms_differ_in_what_they_say(stored):
    arms = batch_runs.arms()
    assert arms["beta2-carried/1"].hyper["beta2"] ** 256 == pytest.approx(0.95)
    assert arms["beta1-carried/16"].hyper["beta1"] ** 16 == pytest.approx(0.9)
    assert arms["whole-rule/64"].hyper == pytest.approx({"beta1": 0.6, "beta2": 0.996, "eps": 5e-9})
    few = {k: batch_runs.run(arms[k], examples=2560)["loss"] for k in ("adam/64", "whole-rule/64")}
    assert not np.allclose(few["adam/64"][2], few["whole-rule/64"][0], rtol=0.01)
