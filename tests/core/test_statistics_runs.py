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


@pytest.mark.parametrize("seed", range(20))
def test_the_digits_that_stay_are_those_of_results_that_spread_three_times_as_far(seed):
    rng = np.random.default_rng(seed)
    results = rng.uniform(-3, 3) + 10.0 ** rng.uniform(-13, -2) * rng.uniform(0, 1, 4)
    spread, given = np.ptp(results), iter(results)
    ends = results.min() - spread, results.max() + spread
    stays = [d for d in range(1, 13) if len({f"{end:.{d - 1}e}" for end in ends}) == 1]
    if stays:
        kept = survives(lambda _: float(next(given)), np.ones(1))
        assert {kept} == {float(f"{end:.{stays[-1] - 1}e}") for end in ends}
    else:
        with pytest.raises(ValueError, match="no digit survives"):
            survives(lambda _: float(next(given)), np.ones(1))


def test_at_most_twelve_digits_and_at_least_one_are_kept():
    third, start = 1 / 3, np.ones(1)
    assert survives(lambda _: third, start) == 0.333333333333
    given = iter([0.3, 0.31])
    assert survives(lambda _: next(given), start, copies=1) == 0.3


@pytest.mark.parametrize("copies", [1, 2, 5])
def test_a_run_is_made_from_the_start_and_from_as_many_copies_as_asked(copies):
    start, seen = np.array([1.0, 2.0]), []
    survives(lambda x: seen.append(x) or "text", start, copies)
    assert len(seen) == copies + 1 and np.array_equal(seen[0], start)
    assert all(0 < np.abs(x - start).max() < 1e-15 for x in seen[1:])


@pytest.mark.parametrize("result", [True, 7, "text", np.float64(0.5)])
def test_whatever_stays_the_same_survives_as_what_it_is(result):
    kept = survives(lambda _: result, np.ones(2))
    assert kept == result and isinstance(kept, type(result) if result != 0.5 else float)


@pytest.mark.parametrize("results", [(1, 2), ("a", "b"), (True, False), (1.0, 2), (3, 3, 4)])
def test_what_differs_and_is_no_float_hangs_on_the_last_bit(results):
    given = iter(results)
    with pytest.raises(ValueError, match="last bit"):
        survives(lambda _: next(given), np.ones(1), copies=len(results) - 1)
