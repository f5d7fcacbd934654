"""The stored runs of chapter 16 are those that their script makes."""

import convention_runs
import numpy as np
import pytest

from optlib.book.stored import stored_runs


@pytest.fixture(scope="module")
def stored():
    return stored_runs("conventions")


def test_every_arm_is_stored(stored):
    arms, kinds = convention_runs.ARMS, ("first", "last", "length")
    assert set(stored) == {"rates", *(f"{arm}/{k}" for arm in arms for k in kinds)}
    np.testing.assert_allclose(stored["rates"], convention_runs.RATES)
    for key, values in stored.items():
        if key != "rates":
            assert values.shape == (len(convention_runs.RATES), convention_runs.SEEDS), key
            assert np.isfinite(values).all(), key


@pytest.mark.parametrize("arm", convention_runs.ARMS)
def test_the_first_steps_are_repeated(arm, stored):
    """At the three smallest rates, where training is smooth."""
    found = convention_runs.run(arm, steps=20, rates=convention_runs.RATES[:3])["first"]
    np.testing.assert_allclose(found, stored[f"{arm}/first"][:3], rtol=0.01)
    others = [stored[f"{other}/first"][:3] for other in convention_runs.ARMS if other != arm]
    assert not any(np.allclose(found, other, rtol=0.01) for other in others)
