"""The live figure of chapter 9: its curve is RAdam's factor, and its line the schedule."""

import numpy as np
import pytest
from test_live import steps_of

from optlib import SCHEDULES
from optlib.book.live import find


@pytest.mark.parametrize(("beta2", "steps"), [(0.999, 2000.0), (0.95, 40.0), (0.8, 10.0)])
def test_the_factor_is_what_radam_makes_of_adams_step(beta2, steps):
    data = find("rectified-warmup").data(beta2=beta2, warmup=steps)
    g = np.random.default_rng(5).standard_normal(40)
    factor = steps_of("radam", g, beta2=beta2, eps=0.0) / steps_of("adam", g, beta2=beta2, eps=0.0)
    for t, shown, line, _ in zip(data["x"], *data["curves"], strict=True):
        assert np.isnan(shown) == (t < 5)
        assert line == SCHEDULES["linear_warmup"](np, t, peak=1, warmup=steps)
        if 5 <= t <= 40:
            assert np.isclose(shown, factor[int(t) - 1], rtol=1e-9)
    assert np.isclose(data["readings"][0], steps)
