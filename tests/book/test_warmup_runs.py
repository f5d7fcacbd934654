"""The stored curves of chapter 9 are those that their script makes."""

import numpy as np
import pytest
import warmup_runs

from optlib.problems import datasets


@pytest.fixture(scope="module")
def stored():
    return dict(np.load(warmup_runs.PATH))


def test_every_arm_is_stored(stored):
    parts = {key.rpartition("/")[0] for key in stored}
    assert parts == {f"{kind}/{name}/{rate}" for kind, name, rate in warmup_runs.arms()}
    for key, values in stored.items():
        columns = {"curve": (60,), "test": (), "curvature": (len(warmup_runs.MEASURED),)}
        assert values.shape == (len(warmup_runs.SEEDS), *columns[key.rpartition("/")[2]])
        assert np.isfinite(values).all()


@pytest.mark.parametrize(
    "arm",
    [
        ("post", "warmup", 0.005),
        ("pre", "none", 0.01),
        ("pre", "warmup", 0.08),
        ("post", "warmup200", 0.01),
        ("post", "warmup40@0.95", 0.0025),
    ],
    ids=str,
)
def test_the_first_steps_are_repeated(arm, stored, monkeypatch):
    monkeypatch.setattr(warmup_runs, "STEPS", 10)
    kind, name, rate = arm
    curve, _, _ = warmup_runs.one(*arm, seed=3, text=datasets.text(), measure=False)
    np.testing.assert_allclose(curve, stored[f"{kind}/{name}/{rate}/curve"][3, :2], atol=2e-3)


def test_curvature_is_repeated(stored, monkeypatch):
    monkeypatch.setattr(warmup_runs, "STEPS", 2)
    arm = ("post", "warmup", 0.005)
    _, _, curvature = warmup_runs.one(*arm, seed=1, text=datasets.text(), measure=True)
    np.testing.assert_allclose(curvature, stored["post/warmup/0.005/curvature"][1, :2], rtol=0.02)
