"""The stored losses of chapter 17 are those that their script makes."""

import numpy as np
import pytest
import versus_runs

from optlib.problems import networks


@pytest.fixture(scope="module")
def stored():
    return dict(np.load(versus_runs.PATH))


def test_every_arm_is_stored_and_nothing_else(stored):
    arms = {"/".join(map(str, arm)): rates for arm, rates in versus_runs.arms().items()}
    assert {key.rpartition("/")[0] for key in stored} == set(arms)
    for key, rates in arms.items():
        assert np.allclose(stored[f"{key}/rates"], rates, atol=1e-4)
        shape = (len(rates), versus_runs.SEEDS)
        assert stored[f"{key}/train"].shape == stored[f"{key}/test"].shape == shape
        assert all(np.isfinite(stored[f"{key}/{part}"]).all() for part in ("train", "test"))


def test_groups_are_kept_of_two_arms(stored):
    grouped = {key.rpartition("/")[0] for key in stored if key.endswith("/groups")}
    assert grouped == {"/".join(map(str, arm)) for arm in versus_runs.GROUPED}
    for arm in grouped:
        overall, groups = stored[f"{arm}/test"], stored[f"{arm}/groups"]
        inside = (groups.min(axis=-1) <= overall) & (overall <= groups.max(axis=-1))
        assert inside[overall < versus_runs.GUESSED["text"] - 1e-3].all()


@pytest.mark.parametrize(
    ("arm", "place"),
    [
        (("text", 8, 64, "adam"), 2),
        (("text", 1, 64, "momentum"), 1),
        (("text", 64, 64, "momentum, adam for characters"), 0),
    ],
    ids=str,
)
def test_an_arm_is_repeated(arm, place, stored, monkeypatch):
    monkeypatch.setattr(versus_runs, "SEEDS", 1)
    rates = versus_runs.arms()[arm][[place]]
    found, key = versus_runs.one(arm, rates), "/".join(map(str, arm))
    for part in ("train", "test"):
        kept = stored[f"{key}/{part}"][place, 0]
        np.testing.assert_allclose(found[part][0, 0], kept, atol=0.02)


def test_the_copies_are_the_transformer_of_the_package():
    task = versus_runs.Text(3)
    both = [task.start(seed) for seed in (0, 1)]
    stacked = {k: np.stack([one[k] for one in both]) for k in both[0]}
    x, y = (np.stack(part) for part in zip(task.batch(0, 1), task.batch(1, 1), strict=True))
    scores = versus_runs.text_scores(stacked, x)
    for k, params in enumerate(both):
        np.testing.assert_allclose(scores[k], task.network.scores(params, x[k]), atol=1e-5)
        alone = networks.cross_entropy(scores[k], y[k])
        np.testing.assert_allclose(versus_runs.nats(scores, y)[k].mean(), alone, rtol=1e-5)


def test_a_convolution_moves_with_the_image():
    rng = np.random.default_rng(0)
    params = {k: a[None] for k, a in versus_runs.image_start(rng).items()}
    image = np.zeros((8, 8))
    image[2, 2] = 1.0
    seen = [image, np.roll(image, (1, 1), (0, 1))]
    here, there = (
        (a.ravel()[versus_runs._windows(8)] @ params["first"][0]).reshape(6, 6, 8) for a in seen
    )
    np.testing.assert_allclose(there[1:, 1:], here[:-1, :-1])
    x = np.stack([a.ravel() for a in seen])[None]
    assert versus_runs.image_scores(params, x).shape == (1, 2, 10)


def test_what_diverges_counts_as_guessing():
    losses = np.array([1.0, np.nan, np.inf, 9.0])
    assert versus_runs.bounded(losses, 2.0).tolist() == [1.0, 2.0, 2.0, 2.0]


def test_the_groups_of_characters_are_from_frequent_to_rare():
    group = versus_runs.Text(1).group
    counts = np.bincount(group.ravel(), minlength=4)
    assert len(counts) == versus_runs.GROUPS and (counts / counts.sum() > 0.1).all()
    labels = versus_runs.Text(1).new[1]
    kinds = [len(set(labels[group == k])) for k in range(4)]
    assert kinds == sorted(kinds)
