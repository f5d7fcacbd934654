"""States in fewer bits: what comes back, how far off, and what a rule does with it."""

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optlib import RULES, Optimizer, minimize, problems
from optlib.rules.quantize import (
    blockwise,
    bytes_per_number,
    dequantize,
    dynamic_code,
    linear_code,
    quantize,
    rounded,
    stored,
)

CODES = [code(signed) for code in (linear_code, dynamic_code) for signed in (True, False)]


def gaussian(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_at_most_256_increasing_values_up_to_one(code):
    assert 255 <= code.size <= 256 and (np.diff(code) > 0).all()
    assert code[-1] == 1 and 0 in code and np.abs(code).max() == 1


def test_the_dynamic_code_halves_its_values_with_each_decade():
    for signed, most in ((True, 64), (False, 128)):
        code = dynamic_code(signed)
        for k in range(7):
            decade = (code > 10.0 ** (-k - 1)) & (code < 10.0**-k)
            assert decade.sum() == most >> k
        assert (code < 0).sum() == (127 if signed else 0)


@pytest.mark.parametrize(("signed", "most"), [(True, 64), (False, 128)])
def test_a_value_of_the_dynamic_code_is_the_middle_of_its_cell(signed, most):
    code = dynamic_code(signed)
    for k in range(7):
        cells = most >> k
        middles = 10.0**-k * (0.1 + 0.9 * (np.arange(cells) + 0.5) / cells)
        decade = code[(code > 10.0 ** (-k - 1)) & (code < 10.0**-k)]
        np.testing.assert_allclose(decade, middles, rtol=1e-12)
    if signed:
        np.testing.assert_array_equal(code[code < 0], -code[(code > 0) & (code < 1)][::-1])


@pytest.mark.parametrize("code", CODES)
def test_the_values_of_a_code_come_back_as_they_were(code):
    x = (3 * code).astype(np.float32)
    np.testing.assert_allclose(blockwise(code, x.size)(x), x, rtol=1e-6)


@given(
    x=st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=40),
    block=st.integers(1, 50),
)
def test_every_number_goes_to_the_nearest_value_of_its_block(x, block):
    x, code = np.array(x, np.float32), linear_code()
    packed = quantize(x, code, block)
    back = dequantize(packed, code, block)
    for at in range(0, x.size, block):
        part, top = x[at : at + block], np.abs(x[at : at + block]).max()
        assert packed.scales[at // block] == top
        nearest = np.abs(part[:, None] - top * code).min(axis=1)
        assert np.abs(np.abs(back[at : at + block] - part) - nearest).max() <= 1e-5 * top
        assert np.abs(back[at : at + block] - part).max() <= top / 254 * (1 + 1e-4)


def test_blocks_do_not_see_each_other_and_runs_do_not_either():
    x = gaussian(3, 700)
    x[1, 300] = 1e4
    code = dynamic_code()
    whole = blockwise(code, 256)(x)
    for run in range(3):
        np.testing.assert_array_equal(blockwise(code, 256)(x[run]), whole[run])
    np.testing.assert_array_equal(blockwise(code, 256)(x[1, :256]), whole[1, :256])
    assert quantize(x, code, 256).scales.shape == (3, 3)


def test_an_outlier_costs_its_own_block_alone():
    x = gaussian(4096)
    x[0] = 1e5
    back = blockwise(linear_code(), 1024)(x)
    assert (back[1:1024] == 0).all()
    assert np.abs(back[1024:] - x[1024:]).max() < 0.02


def test_a_block_of_zeros_stays_zero():
    np.testing.assert_array_equal(blockwise(dynamic_code()[1:], 4)(np.zeros(9)), np.zeros(9))


def test_the_bytes_are_those_of_the_arrays():
    for block in (64, 256, 2048):
        packed = quantize(gaussian(2**13), linear_code(), block)
        assert packed.nbytes == bytes_per_number(block) * 2**13


@pytest.mark.parametrize(
    ("code", "block", "message"),
    [
        (np.array([1.0, 0.0]), 8, "increase"),
        (np.arange(257.0), 8, "256"),
        (np.zeros((2, 2)), 8, "256"),
        (linear_code(), 0, "at least one"),
    ],
)
def test_a_wrong_code_or_block_is_refused(code, block, message):
    with pytest.raises(ValueError, match=message):
        quantize(np.ones(8), code, block)


@pytest.mark.parametrize("code", [[1.0], [0.0, 1.0, 1.0], [[0.0, 1.0]]])
def test_a_code_that_tells_nothing_apart_is_refused(code):
    with pytest.raises(ValueError, match="2 to 256 values that increase"):
        quantize(np.ones(8), code)


@pytest.mark.parametrize("code", [[0.0, 1.0], np.arange(256) / 255])
def test_a_code_may_have_two_values_or_256_and_a_block_one_number(code):
    packed = quantize(np.array([1.0, 0.0, 1.0]), code, 1)
    assert packed.scales.tolist() == [1, 0, 1]
    assert dequantize(packed, code, 1).tolist() == [1, 0, 1]


@pytest.mark.parametrize("code", [linear_code, dynamic_code])
def test_a_code_has_signs_unless_told(code):
    assert np.array_equal(code(), code(True)) and (code() < 0).any() and (code(False) >= 0).all()


def test_a_block_holds_2048_numbers_unless_told():
    x, code = gaussian(5000), dynamic_code()
    packed, told = quantize(x, code), quantize(x, code, 2048)
    assert np.array_equal(packed.scales, told.scales) and packed.scales.shape == (3,)
    back = dequantize(packed, code)
    assert np.array_equal(back, dequantize(packed, code, 2048))
    assert np.array_equal(back, blockwise(code)(x)) and bytes_per_number() == 1 + 4 / 2048


def test_rounding_gives_back_the_type_and_the_nearest_number():
    x = np.array([1.001, 1e-9, 70000.0], np.float32)
    with np.errstate(over="ignore"):
        half = rounded(np.float16)(x)
    assert half.dtype == np.float32 and half[1] == 0 and np.isinf(half[2])
    np.testing.assert_array_equal(rounded(ml_dtypes.bfloat16)(x[:1]), [1.0])


def test_a_stored_state_is_the_one_of_the_rule_in_its_format():
    x, g = gaussian(6, seed=1), gaussian(6, seed=2)
    narrow = stored(RULES["adam"], v=rounded(np.float16))
    u, m, v = RULES["adam"](np, 1, g, x, 0 * x, 0 * x)
    got = narrow(np, 1, g, x, 0 * x, 0 * x)
    np.testing.assert_array_equal(got[0], u)
    np.testing.assert_array_equal(got[1], m)
    np.testing.assert_array_equal(got[2], v.astype(np.float16).astype(np.float32))
    assert (got[2] != v).any()


def test_a_rule_that_stores_so_runs_as_any_other():
    exact = stored(RULES["adam"], m=lambda a: a)
    eight = stored(RULES["adam"], m=blockwise(dynamic_code()), v=blockwise(dynamic_code(False)))
    runs = [
        minimize(Optimizer(rule, lr=0.05), problems.quadratic(10, dim=20), steps=200).f[-1]
        for rule in (RULES["adam"], exact, eight)
    ]
    assert runs[0] == runs[1] != runs[2] < 1e-2
    assert eight.parent is RULES["adam"] and "m, v" in eight.change


def test_an_unknown_state_is_refused():
    with pytest.raises(TypeError, match="no state 'w'; known are m, v"):
        stored(RULES["adam"], w=rounded(np.float16))
