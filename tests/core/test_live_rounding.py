"""The live figure of chapter 13: below its sawtooth a change is lost in the format itself."""

import ml_dtypes
import numpy as np
import pytest

from optlib.book.live import find

FORMATS = {4: ml_dtypes.float8_e4m3fn, 8: ml_dtypes.bfloat16, 11: np.float16, 24: np.float32}


def survives(x, change, dtype):
    """Whether a number of the format is another one after the change, rounded again."""
    return (x.astype(float) * (1 + change)).astype(dtype) != x


@pytest.mark.parametrize("p", FORMATS)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_change_is_lost_just_below_the_sawtooth_and_survives_just_above(p, sign):
    dtype = FORMATS[p]
    data = find("lost-updates").data(p=p)
    inside = data["x"] > 2 * float(ml_dtypes.finfo(dtype).tiny)
    x = data["x"][inside].astype(dtype)
    half = np.ldexp(2.0**-p, np.frexp(x.astype(float))[1] - 1) / x.astype(float)
    ordinary = np.frexp(x.astype(float))[0] != 0.5
    assert not survives(x, sign * 0.999 * half, dtype)[ordinary].any()
    assert survives(x, sign * 1.001 * half, dtype).all()
    binades = np.ldexp(1.0, np.frexp(data["x"])[1] - 1)
    np.testing.assert_allclose(data["curves"][0], 2.0**-p * binades / data["x"])


@pytest.mark.parametrize(("p", "lr"), [(8, 1e-3), (8, 3e-4), (11, 1e-3), (4, 1e-2)])
def test_the_reading_tells_from_where_on_weights_are_frozen(p, lr):
    dtype, data = FORMATS[p], find("lost-updates").data(p=p, lr=lr)
    start = data["readings"][0]
    above = (start * np.array([1.25, 1.5, 2.5, 6.0])).astype(dtype)
    below = (start * np.array([0.25, 0.5, 0.75])).astype(dtype)
    for sign in (1, -1):
        assert not survives(above, sign * lr / above.astype(float), dtype).any()
        assert survives(below, sign * lr / below.astype(float), dtype).all()


def test_the_readings_of_the_memory_are_the_limits_of_the_chapter():
    data = find("lost-updates").data(p=8, beta=0.95)
    np.testing.assert_allclose(data["readings"][1:], [20, 258, 512])
    numbers = np.arange(128, 256).astype(ml_dtypes.bfloat16)[1:]
    for memory, falls in ((257.9, True), (512.1, False)):
        assert (survives(numbers, -1 / memory, ml_dtypes.bfloat16) == falls).all()
