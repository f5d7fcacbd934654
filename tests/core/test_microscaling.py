"""Narrow types with a scale for every block, and rounding by chance."""

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optlib.rules.quantize import (
    as_root,
    ceil_scale,
    exact_scale,
    floor_scale,
    microscaled,
    narrow_scale,
    rounded,
    stochastic,
)

E4M3, E5M2, E2M1 = ml_dtypes.float8_e4m3fn, ml_dtypes.float8_e5m2, ml_dtypes.float4_e2m1fn
TYPES = {E4M3: 448.0, E5M2: 57344.0, E2M1: 6.0}
SCALES = (floor_scale, ceil_scale, exact_scale)


def gaussian(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("scale", [floor_scale, ceil_scale])
@given(top=st.floats(2.0**-66, 2.0**66, width=32))
def test_a_scale_is_a_power_of_two_that_e8m0_has(dtype, scale, top):
    largest = TYPES[dtype]
    found = scale(np.array([top], np.float32), largest)
    assert found == found.astype(ml_dtypes.float8_e8m0fnu).astype(np.float32)
    inside = top / float(found[0])
    if scale is ceil_scale:
        assert largest / 2 < inside * (1 + 1e-6) and inside <= largest * (1 + 1e-6)
    else:
        assert np.frexp(inside)[1] == np.frexp(largest)[1]


def test_the_block_that_ends_at_the_largest_element_needs_no_larger_scale():
    tops = np.array([448, 449, 224, 0.4375], np.float32)
    np.testing.assert_array_equal(ceil_scale(tops, 448.0), [1, 2, 0.5, 2.0**-10])
    np.testing.assert_array_equal(floor_scale(np.float32([448, 511, 512]), 448.0), [1, 1, 2])
    np.testing.assert_allclose(exact_scale(tops, 448.0) * 448, tops, rtol=1e-6)


def test_a_scale_stays_in_the_range_of_e8m0():
    for scale in (floor_scale, ceil_scale):
        found = scale(np.array([0, 1e-45, 3e38], np.float32), 448.0)
        assert (found >= 2.0**-127).all() and (found <= 2.0**127).all()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("scale", SCALES)
def test_every_number_is_the_nearest_element_times_the_scale(dtype, scale):
    x = gaussian(2, 100)
    back = microscaled(dtype, 32, scale)(x)
    elements = np.arange(256, dtype=np.uint8).view(dtype).astype(np.float64)
    elements = elements[np.isfinite(elements)]
    for at in range(0, 100, 32):
        for run in range(2):
            part = x[run, at : at + 32]
            shared = scale(np.abs(part).max(keepdims=True), TYPES[dtype]).astype(float)
            off = np.abs(part[:, None] / shared - elements).min(axis=1) * shared
            np.testing.assert_allclose(np.abs(back[run, at : at + 32] - part), off, atol=1e-6)
    assert back.dtype == x.dtype and back.shape == x.shape


def test_with_the_floor_the_largest_number_is_cut_off_and_with_the_ceiling_it_is_not():
    x = np.array([1.99, 1.0], np.float32)
    assert microscaled(E4M3, 2, floor_scale)(x)[0] == 1.75
    assert abs(microscaled(E4M3, 2, ceil_scale)(x)[0] / 1.99 - 1) < 1 / 17
    assert microscaled(E2M1, 2, floor_scale)(x)[0] == 1.5


def test_a_power_of_two_changes_nothing_of_the_rounding():
    x = np.exp(gaussian(64))
    back = microscaled(E4M3, 8, ceil_scale)
    np.testing.assert_array_equal(back(x * 2**-30), back(x) * 2**-30)
    np.testing.assert_array_equal(microscaled(E4M3, 1, ceil_scale)(448 * x[:8]).shape, (8,))


@pytest.mark.parametrize("dtype", TYPES)
def test_what_must_not_be_zero_is_the_smallest_element(dtype):
    x = np.array([1.0, -1e-30, 0.0, 1e-30], np.float32)
    with_zero = microscaled(dtype, 4)(x)
    np.testing.assert_array_equal(with_zero[1:] == 0, [True, True, True])
    without = microscaled(dtype, 4, zero=False)(x)
    assert without[0] == with_zero[0] and without[2] == 0 and without[1] == -without[3] < 0
    smallest = float(np.array([1], np.uint8).view(dtype).astype(np.float32)[0])
    assert without[3] == smallest * ceil_scale(np.float32([1]), TYPES[dtype])[0]


def test_an_outlier_costs_its_own_block_alone_and_zeros_stay():
    x = gaussian(64)
    x[0] = 1e6
    back = microscaled(E2M1)(x)
    assert (back[1:32] == 0).all() and np.abs(back[32:] - x[32:]).max() < 1
    np.testing.assert_array_equal(microscaled(E4M3, zero=False)(np.zeros(9)), np.zeros(9))


def test_narrow_scales_are_in_units_of_the_largest():
    scale = narrow_scale(E4M3)
    tops = np.array([6.0, 60.0, 0.006, 0.0], np.float32)
    found = scale(tops, 6.0)
    assert np.isclose(found[1], 10) and found[3] == 0
    np.testing.assert_allclose(found[:3], tops[:3] / 6, rtol=2.0**-4)
    units = (found / (10 / 448)).astype(np.float32)
    np.testing.assert_allclose(units.astype(E4M3).astype(np.float32), units, rtol=1e-6)
    x = gaussian(256)
    back = microscaled(E2M1, 16, scale)(x)
    assert np.sqrt(np.mean((back - x) ** 2)) < 0.12
    assert (scale(np.zeros(3, np.float32), 6.0) == 0).all()


def test_the_root_doubles_the_range():
    v = np.array([1.0, 1e-8], np.float32)
    back = microscaled(E4M3, 2)
    assert back(v)[1] == 0 and np.isclose(as_root(back)(v)[1], 1e-8, rtol=0.2)


def test_an_element_of_two_bytes_is_refused():
    with pytest.raises(ValueError, match="takes one byte, not 2"):
        microscaled(ml_dtypes.bfloat16)


def test_rounding_by_chance_gives_a_neighbour_and_the_number_itself_on_average():
    x = np.concatenate([gaussian(200), 1e-3 * gaussian(200, seed=1)])
    draws = stochastic(np.tile(x, (4000, 1)), np.random.default_rng(0))
    assert draws.dtype == np.float32
    np.testing.assert_array_equal(rounded(ml_dtypes.bfloat16)(draws), draws)
    gap = np.ldexp(2.0**-8, np.frexp(x)[1])
    assert (np.abs(draws - x) < gap).all()
    error = draws.mean(axis=0, dtype=float) - x
    assert np.abs(error / gap).max() < 4.5 * 0.5 / np.sqrt(4000)
    same = rounded(ml_dtypes.bfloat16)(x)
    np.testing.assert_array_equal(stochastic(same, np.random.default_rng(1)), same)
