"""What survives the last bit."""

import numpy as np
import pytest

from optlib.book.statistics import one_ulp, survives


def test_each_entry_moves_by_one_ulp_and_keeps_its_type():
    start = {"a": np.ones((3, 4), np.float32), "b": [np.zeros(2), np.full(5, 7.0)][1]}
    moved = one_ulp(start, np.random.default_rng(0))
    for name, array in start.items():
        assert moved[name].dtype == array.dtype
        gaps = np.where(
            moved[name] > array,
            np.nextafter(array, np.inf, dtype=array.dtype) - array,
            np.nextafter(array, -np.inf, dtype=array.dtype) - array,
        )
        np.testing.assert_array_equal(moved[name] - array, gaps)
    assert (moved["a"] > 1).any() and (moved["a"] < 1).any()
    assert np.all(start["a"] == 1)


def test_a_smooth_result_keeps_its_digits():
    assert survives(lambda x: float(x.sum()), np.full(3, 1 / 3)) == 1.0


def test_a_chaotic_result_keeps_fewer():
    def logistic(x, steps):
        for _ in range(steps):
            x = 4 * x * (1 - x)
        return float(x[0])

    start = np.array([0.3])
    kept = survives(lambda x: logistic(x, 35), start)
    assert kept != logistic(start, 35) and abs(kept - logistic(start, 35)) < 0.01
    with pytest.raises(ValueError, match="no digit survives"):
        survives(lambda x: logistic(x, 80), start)


def test_a_comparison_survives_or_is_refused():
    assert survives(lambda x: bool(x[0] < 0.5), np.array([0.3])) is True
    with pytest.raises(ValueError, match="last bit"):
        survives(lambda x: bool(x[0] <= 0.3), np.array([0.3]), copies=9)
