"""The interval of a median: it covers what it says, whatever the distribution."""

from itertools import product

import numpy as np
import pytest

from optlib.book.statistics import median_interval


def rank(samples, low):
    return int(np.searchsorted(np.sort(samples), low)) + 1


def covering(n, k):
    """The share of sign patterns whose k-th smallest is below zero and k-th largest above."""
    counts = [sum(pattern) for pattern in product((0, 1), repeat=n)]
    return np.mean([k <= below <= n - k for below in counts])


@pytest.mark.parametrize("n", range(2, 12))
def test_the_coverage_of_the_interval_is_exact(n):
    """With median zero, every pattern of signs is equally likely, whatever the distribution."""
    size = np.arange(1.0, n + 1)
    covered, stated = [], set()
    for signs in product((-1.0, 1.0), repeat=n):
        low, _, high, coverage = median_interval(size * signs)
        covered.append(low <= 0 <= high)
        stated.add(coverage)
    assert len(stated) == 1
    assert np.mean(covered) == pytest.approx(stated.pop(), abs=1e-15)


@pytest.mark.parametrize("wanted", [0.01, 0.5, 0.8, 0.9, 0.99, 1.0])
@pytest.mark.parametrize("n", range(2, 12))
def test_the_interval_is_the_narrowest_that_covers_enough(n, wanted):
    samples = np.random.default_rng(n).standard_normal(n)
    low, _, high, coverage = median_interval(samples, wanted)
    k = rank(samples, low)
    assert high == np.sort(samples)[n - k]
    assert k == 1 or coverage >= wanted
    assert 2 * (k + 1) > n or covering(n, k + 1) < wanted


def test_the_coverage_does_not_depend_on_the_distribution():
    rng = np.random.default_rng(0)
    for draw, true in ((rng.exponential, np.log(2)), (rng.standard_cauchy, 0.0)):
        rows = [median_interval(draw(size=15)) for _ in range(4000)]
        hits = np.mean([low <= true <= high for low, _, high, _ in rows])
        assert rows[0][3] >= 0.9 and abs(hits - rows[0][3]) < 0.015


def test_the_interval_moves_and_scales_with_the_samples():
    samples = np.random.default_rng(3).standard_normal(9)
    low, middle, high, coverage = median_interval(samples)
    assert low < middle < high and middle == np.median(samples)
    moved = median_interval(3 - 2 * samples)
    np.testing.assert_allclose(moved, (3 - 2 * high, 3 - 2 * middle, 3 - 2 * low, coverage))


@pytest.mark.parametrize("samples", [[], [1.0], [1.0, np.inf], [np.nan, 1.0, 2.0]])
def test_too_few_samples_are_refused(samples):
    with pytest.raises(ValueError, match="two finite"):
        median_interval(samples)
