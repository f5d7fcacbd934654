"""The live figure of chapter 10 shows the mean squares of its run, step by step."""

import numpy as np
import pytest

from optlib import schedule
from optlib.book.live import find
from optlib.book.live.falls import BLOCKS, CURVATURES

FIGURE = find("schedule-floor")


def stepped(shape, peaks, length, noise):
    """The expected final loss, from the recursion of every step."""
    h = np.array(CURVATURES)
    square = np.ones((peaks.size, h.size))
    for k in range(length):
        block = k // (length // BLOCKS)
        rate = (peaks * shape((block + 0.5) / BLOCKS))[:, None]
        square = (1 - rate * h) ** 2 * square + rate**2 * noise * h
    return (h * square).sum(axis=1) / 2


def test_every_curve_is_the_recursion():
    for given in ({}, {"cooldown": 0.6, "end": 1e-3, "noise": 0.02, "length": 100}):
        state = {dial.name: dial.start for dial in FIGURE.dials} | given
        share, end = state["cooldown"], state["end"]
        cosine = schedule("cosine", peak=1.0, total=1000)
        shapes = [
            lambda s: 1.0,
            lambda s, c=share: 1 - np.sqrt(max(s - 1 + c, 0) / c),
            lambda s, one=cosine: one(1000 * s),
            lambda s, e=end: e**s,
        ]
        data = FIGURE.data(**given)
        for shape, curve in zip(shapes, data["curves"], strict=True):
            expected = stepped(shape, data["x"], state["length"], state["noise"])
            np.testing.assert_allclose(curve, expected, rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_the_mean_rate_is_that_of_the_schedule(share):
    data = FIGURE.data(cooldown=share)
    one = schedule("wsd_sqrt", peak=1.0, warmup=1, cooldown=round(share * 10_000), total=10_000)
    assert np.isclose(data["readings"][0], one(np.arange(1, 10_001)).mean(), atol=1e-4)
