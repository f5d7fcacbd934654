"""The stored sweeps of chapter 12 are those that their script makes."""

import numpy as np
import pytest
import tuning_runs


@pytest.fixture(scope="module")
def stored():
    return dict(np.load(tuning_runs.PATH))


def test_every_arm_is_stored(stored):
    parts = {key.rpartition("/")[0] for key in stored}
    assert parts == {f"{kind}/{which}" for kind, which in tuning_runs.arms()}
    betas = (tuning_runs.BETA1S.size, tuning_runs.BETA2S.size)
    shapes = {
        "grid": (tuning_runs.RATES.size, tuning_runs.REMEMBERED.size, *betas),
        "map": (tuning_runs.DIALS["eps"].size, tuning_runs.MAP_RATES.size),
        "batch": (tuning_runs.BATCH_RATES.size, tuning_runs.BATCH_BETA2S.size),
    }
    for key, losses in stored.items():
        assert losses.shape == (*shapes[key.partition("/")[0]], tuning_runs.SEEDS)
        assert not np.isnan(losses).any()


@pytest.mark.parametrize("size", [16, 256])
def test_the_first_steps_on_the_text_are_repeated(size, stored):
    early = tuning_runs.on_batch(size, early_alone=True)["early"]
    np.testing.assert_allclose(early, stored[f"batch/{size}/early"], rtol=1e-4)


def test_the_first_steps_on_the_digits_are_repeated(stored):
    early = tuning_runs.on_map("beta2", early_alone=True)["early"]
    kept = stored["map/beta2/early"]
    # Rates far too large are chaotic from the first step on.
    np.testing.assert_allclose(early[:, :9], kept[:, :9], rtol=2e-3)


def test_the_tasks_are_judged_on_what_is_not_trained_on():
    for name in ("clean", "mislabelled"):
        task = tuning_runs.task_of(name)
        assert set(task.judged) == {"val", "test"}
        start = task.start[0]
        losses = {float(judge.value(start)) for judge in task.judged.values()}
        assert len({*losses, float(task.problem.value(start))}) == 3
