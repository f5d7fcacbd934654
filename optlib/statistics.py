"""Numbers from runs with randomness: intervals that assume nothing about the distribution."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np


def median_interval(samples: Any, coverage: float = 0.9) -> tuple[float, float, float, float]:
    r"""The median of independent samples, and two of them that have the true one between them.

    For any continuous distribution, the true median lies between the :math:`k`-th smallest and the
    :math:`k`-th largest of :math:`n` samples with probability
    :math:`1 - 2 \sum_{i<k} \binom{n}{i} 2^{-n}`. The narrowest such interval that has at least the
    wanted coverage is returned; if there is none, the widest.

    Parameters
    ----------
    samples : array_like
        One finite number per seed, at least two.
    coverage : float, optional
        The wanted probability.

    Returns
    -------
    low, median, high, coverage : float
        The coverage is the exact one of the interval: 0.9375 for five samples.

    Raises
    ------
    ValueError
        If there are fewer than two samples or one is not finite.
    """
    values = np.sort(np.asarray(samples, dtype=np.float64).ravel())
    n = values.size
    if n < 2 or not np.isfinite(values).all():
        raise ValueError(f"An interval needs at least two finite samples, not {values}")
    outside, k = 2 / 2**n, 1
    while 2 * (k + 1) <= n and 1 - outside - 2 * comb(n, k) / 2**n >= coverage:
        outside += 2 * comb(n, k) / 2**n
        k += 1
    return float(values[k - 1]), float(np.median(values)), float(values[n - k]), 1 - outside
