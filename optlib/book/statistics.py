"""Numbers from runs with randomness: intervals that assume nothing about the distribution."""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

import numpy as np

from ..running.containers import as_layers, like

_DIGITS = 12


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
    while 1 - outside - 2 * comb(n, k) / 2**n >= coverage:
        outside += 2 * comb(n, k) / 2**n
        k += 1
    return float(values[k - 1]), float(np.median(values)), float(values[n - k]), 1 - outside


def one_ulp(start: Any, rng: np.random.Generator) -> Any:
    """A copy of an array, or of a container of arrays, with each entry moved by one ulp.

    An ulp is the distance to the next floating-point number; up or down is decided by chance.
    """

    def moved(array: np.ndarray) -> np.ndarray:
        towards = np.where(rng.random(array.shape) < 0.5, -np.inf, np.inf)
        return np.nextafter(array, towards.astype(array.dtype))

    return like(start, {label: moved(array) for label, array in as_layers(start).items()})


def survives(run: Callable[[Any], Any], start: Any, copies: int = 3, seed: int = 0) -> Any:
    """What a chaotic run says beyond rounding: the result that does not hang on the last bit.

    The run is repeated from starts of which each entry is moved by one ulp. Another processor, or
    another order of summation, makes differences of this size.

    Parameters
    ----------
    run : callable
        ``run(start)``, a bool, a whole number, a string, or a finite float.
    start : array, or a list, tuple or dict of arrays
    copies : int, optional
        How many times to repeat it, at least once.
    seed : int, optional
        Of the perturbations.

    Returns
    -------
    bool, int, str or float
        A float is rounded to the digits that stay even if the results spread three times as far.

    Raises
    ------
    ValueError
        If the results differ, or no digit of a float stays.
    """
    rng = np.random.default_rng(seed)
    found = [run(start), *(run(one_ulp(start, rng)) for _ in range(copies))]
    if not all(isinstance(result, (float, np.floating)) for result in found):
        if any(result != found[0] for result in found):
            raise ValueError(f"the result hangs on the last bit: {found}")
        return found[0]
    low, high = float(min(found)), float(max(found))
    low, high = low - (high - low), high + (high - low)
    for digits in range(_DIGITS, 0, -1):
        if f"{low:.{digits - 1}e}" == f"{high:.{digits - 1}e}":
            return float(f"{low:.{digits - 1}e}")
    raise ValueError(f"no digit survives: the results lie between {min(found)} and {max(found)}")
