"""The stored losses of chapter 14 are those that their script makes."""

import numpy as np
import pytest
import variant_runs


@pytest.fixture(scope="module")
def stored():
    return dict(np.load(variant_runs.PATH))


def test_every_arm_is_stored(stored):
    names = {f"{kind}/{name}/{value}" for kind, name, _, value in variant_runs.arms()}
    assert {key.rpartition("/")[0] for key in stored} == names
    for key, values in stored.items():
        assert key.rpartition("/")[2] in ("train", "test")
        assert values.shape == (len(variant_runs.RATES), variant_runs.SEEDS)


def test_budgets_are_equal():
    tried = {
        name: [len(values) for values in own.values()]
        for name, own in variant_runs.SETTINGS.items()
    }
    assert set(map(tuple, tried.values())) == {(4,)}


@pytest.mark.parametrize(
    "arm",
    [
        ("noisy", "adam", "beta1", 0.8),
        ("noisy", "nadamw", "weight_decay", 0.001),
        ("noisy", "adopt", "beta1", 0.9),
        ("cold", "radam", "beta1", 0.9),
    ],
    ids=str,
)
def test_arms_are_repeated(arm, stored, monkeypatch):
    """The first seeds, at rates at which a run is not chaotic."""
    monkeypatch.setattr(variant_runs, "RATES", variant_runs.RATES[:2])
    kind, name, _, value = arm
    for part, values in variant_runs.losses(variant_runs.one(*arm, seeds=3)).items():
        known = stored[f"{kind}/{name}/{value}/{part}"][:2, :3]
        np.testing.assert_allclose(values, known, rtol=0.02)
