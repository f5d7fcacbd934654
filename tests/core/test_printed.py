"""A printed number is the computed one, rounded to the digits that are printed."""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given
from hypothesis import strategies as st

from optlib.book.printed import StatedError, stated

MAGNITUDES = st.floats(1e-6, 1e6)


@given(MAGNITUDES, st.integers(0, 6), st.booleans())
def test_what_is_rounded_right_passes_and_the_next_number_does_not(value, places, negative):
    # Half-way between two numbers both are right.
    assume(abs(value * 10**places % 1 - 0.5) > 1e-6)
    value = -value if negative else value
    stated(f"{value:.{places}f}", value)
    for other in (-2, -1, 1, 2):
        with pytest.raises(StatedError, match="computed is"):
            stated(f"{round(value, places) + other * 10**-places:.{places}f}", value)


@given(MAGNITUDES, st.integers(0, 4))
def test_powers_of_ten_are_read(value, places):
    stated(f"{value:.{places}e}", value)
    with pytest.raises(StatedError):
        stated(f"{value:.{places}e}", 1.2 * value if places else 3 * value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 448", 1448),
        ("21,000", 21000.4),
        ("1\u202f234\u202f567", 1234567),
        ("63 %", 0.632),
        ("63%", 0.628),
        ("\u22120.7", -0.74),
        ("+0.7", Fraction(7, 10)),
        ("6.57", np.float32(6.5712)),
        ("1.41", sp.sqrt(2)),
        ("12", np.int64(12)),
    ],
)
def test_numbers_are_read_as_the_prose_writes_them(text, value):
    stated(text, value)
    with pytest.raises(StatedError):
        stated(text, 2 * value)


def test_digits_that_hold_the_place_do_not_count():
    stated("1500", 1463, digits=2)
    stated("0.50", 0.46, digits=1)
    for value, digits in ((1463, None), (1463, 3), (1440, 2)):
        with pytest.raises(StatedError):
            stated("1500", value, digits=digits)


@pytest.mark.parametrize(("text", "digits"), [("1512", 2), ("1500", 0), ("12", 3)])
def test_digits_that_are_not_there_are_refused(text, digits):
    with pytest.raises(StatedError, match="digits"):
        stated(text, 1500, digits=digits)


@pytest.mark.parametrize("text", ["about ten", "", "1.2.3", "12 34", "%", "ten 10"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(StatedError, match="no printed number"):
        stated(text, 10)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, sp.oo])
def test_what_is_not_finite_is_never_printed(value):
    with pytest.raises(StatedError):
        stated("10", value)


@pytest.mark.parametrize("value", [True, np.False_, None, "ten", [1.0, 2.0], sp.Symbol("x")])
def test_only_numbers_are_stated(value):
    with pytest.raises((TypeError, ValueError)):
        stated("1", value)
