"""The stored comparison of schedules of chapter 10 is the one that its script makes."""

import numpy as np
import pytest
import schedule_runs as runs


@pytest.fixture(scope="module")
def stored():
    return dict(np.load(runs.PATH))


def test_every_arm_is_stored(stored):
    arms = {f"{task}/{name}" for task, names in runs.ARMS.items() for name in names}
    assert {key.rpartition("/")[0] for key in stored} == arms
    for key, losses in stored.items():
        task, part = key.partition("/")[0], key.rpartition("/")[2]
        steps = {"train": (), "held": (), "first": (runs.FIRST,)}[part]
        assert losses.shape == (len(runs.PEAKS[task]), runs.SEEDS[task], *steps)
        assert np.isfinite(losses).all()


@pytest.mark.parametrize("name", sorted({name for names in runs.ARMS.values() for name in names}))
def test_a_schedule_rises_to_its_peak_and_moves_in_every_step(name):
    rates = np.array([runs.warmed(name, 200)(t) for t in range(1, 201)])
    assert (rates > 0).all() and (np.diff(rates[:10]) > 0).all()
    # The exponentials fall below the warmup, and have begun to when it ends.
    assert 0.7 < rates.max() <= 1
    assert (np.diff(rates[rates.argmax() :]) <= 1e-15).all()


def test_schedules_end_where_their_names_say():
    def last(name):
        return float(runs.warmed(name, 10_000)(10_000))

    assert last("linear") < 1e-3 and last("cosine") < 1e-3 and last("wsd 0.2") < 1e-3
    assert np.isclose(last("linear 0.1"), 0.1, atol=1e-3)
    assert np.isclose(last("exponential 0.01"), 0.01, rtol=1e-2)
    assert np.isclose(last("stretched 2.0"), 0.5, atol=1e-3)
    assert last("constant") == last("tail 0.2") == 1


def test_a_cooldown_has_its_share():
    rates = np.array([runs.warmed("wsd 0.2", 600)(t) for t in range(1, 601)])
    assert (rates[29:481] == 1).all() and rates[481] < 1


def test_the_noisy_labels_are_wrong_in_a_fifth_of_nine_tenths():
    (_, clean), _ = runs.examples("digits")
    (_, noisy), _ = runs.examples("noisy")
    assert 0.15 < (clean != noisy).mean() < 0.21


def test_letters_see_what_comes_before():
    hot, labels = runs.letters(np.array([2, 0, 1, 2, 1]), "abc")
    assert labels.tolist() == [2, 1]
    assert hot.reshape(2, 3, 3).argmax(axis=2).tolist() == [[2, 0, 1], [0, 1, 2]]


@pytest.mark.parametrize(
    "arm", [("digits", "sqrt 0.2"), ("noisy", "tail 0.2"), ("digits", "stretched 2.0")], ids=str
)
def test_an_arm_is_repeated(arm, stored, monkeypatch):
    """At the two smallest peaks, where runs are not chaotic, for all seeds."""
    task, name = arm
    monkeypatch.setitem(runs.PEAKS, task, runs.PEAKS[task][:2])
    found = runs.classified(task, name)
    for part, losses in found.items():
        np.testing.assert_allclose(losses, stored[f"{task}/{name}/{part}"][:2], rtol=0.02)


@pytest.mark.parametrize("name", runs.SOME)
def test_the_first_steps_of_the_transformer_are_repeated(name, stored):
    losses, _ = runs.one_text(name, runs.PEAKS["transformer"][2], 3, runs.FIRST)
    kept = stored[f"transformer/{name}/first"][2, 3]
    np.testing.assert_allclose(losses, kept, atol=2e-3)
    assert kept[-1] < kept[0]
