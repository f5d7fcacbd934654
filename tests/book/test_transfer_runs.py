"""The stored losses of networks of many sizes of chapter 12 are those that their script makes."""

import numpy as np
import pytest
import transfer_runs


@pytest.fixture(scope="module")
def stored():
    return dict(np.load(transfer_runs.PATH))


def test_every_arm_is_stored(stored):
    parts = {key.rpartition("/")[0] for key in stored}
    assert parts == {"/".join(map(str, arm)) for arm in transfer_runs.arms()}
    settings = {
        "width": transfer_runs.RATES,
        "depth": transfer_runs.DEEP_RATES,
        "decay": transfer_runs.DECAYS,
    }
    for key, losses in stored.items():
        kind = key.partition("/")[0]
        assert losses.shape == (transfer_runs.SEEDS, settings[kind].size)
        assert np.isfinite(losses).all() or key.endswith("/early")


@pytest.mark.parametrize(
    "arm",
    [
        ("width", "standard", 64),
        ("width", "muP", 64),
        ("width", "layers", 64),
        ("depth", "none", 4),
        ("depth", "half", 4),
        ("depth", "complete", 4),
        ("decay", "muP", 64),
    ],
    ids=str,
)
def test_the_first_steps_are_repeated(arm, stored):
    early = transfer_runs.one(*arm, early_alone=True)["early"]
    kept = stored["/".join(map(str, arm)) + "/early"]
    # Rates far too large are chaotic from the first step on.
    calm = slice(0, 7)
    np.testing.assert_allclose(early[:, calm], kept[:, calm], rtol=2e-3)


def test_at_the_smallest_size_all_parametrizations_are_one(stored):
    for kind, arms, size in (
        ("width", ("standard", "muP", "layers"), transfer_runs.BASE_WIDTH),
        ("depth", ("none", "half", "complete"), transfer_runs.BASE_DEPTH),
    ):
        first, *others = (stored[f"{kind}/{arm}/{size}/train"] for arm in arms)
        assert all(np.array_equal(first, other) for other in others)


@pytest.mark.parametrize("arm", ["half", "complete"])
@pytest.mark.parametrize("depth", transfer_runs.DEPTHS)
def test_depth_scales_branch_and_rate_so_that_all_blocks_move_as_far_together(arm, depth):
    rates, branch, _ = transfer_runs.plan("depth", arm, depth)
    assert np.isclose(depth * branch * rates["hidden"], transfer_runs.BASE_DEPTH)
