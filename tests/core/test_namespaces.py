"""The words of a rule mean the same over numbers, arrays of any library, and symbols."""

import itertools
import math

import array_api_strict as strict
import numpy as np
import pytest
import sympy as sp

from optlib.namespaces import Arrays, Symbols, array_namespace, is_number, words

XP, SYMBOLS = Arrays(np), Symbols()
ONE = ["sqrt", "cbrt", "exp", "expm1", "log", "cos", "sin", "floor", "abs", "sign"]
NUMBERS = [0.3, 1, 2.75]
SIGNED = [-2.5, -1, 0, *NUMBERS]


def values(word):
    return NUMBERS if word in ("sqrt", "cbrt", "log") else SIGNED


@pytest.mark.parametrize("word", ONE)
def test_a_word_keeps_numbers_arrays_and_symbols_what_they_are(word):
    x = sp.Symbol("x", real=True)
    many = np.array(values(word), np.float32)
    array = getattr(XP, word)(many)
    symbols = getattr(SYMBOLS, word)(np.array([x, 2 * x], dtype=object))
    assert array.dtype == np.float32 and symbols.shape == (2,)
    for k, value in enumerate(values(word)):
        plain = getattr(XP, word)(value)
        assert is_number(plain) and plain == pytest.approx(array[k], rel=1e-6)
        for times, one in zip((1, 2), (getattr(SYMBOLS, word)(x), symbols[1]), strict=True):
            exact = getattr(SYMBOLS, word)(sp.Rational(times * value))
            assert float(one.subs(x, sp.Rational(value))) == pytest.approx(float(exact))
            assert float(exact) == pytest.approx(getattr(XP, word)(times * value))


@pytest.mark.parametrize("a", [-1, 0.5, 2, 2.0])
def test_the_larger_and_the_smaller_of_any_pair(a):
    for b in (-1.5, 0.5, 1, 2):
        assert XP.maximum(a, b) == max(a, b) and XP.minimum(a, b) == min(a, b)
        assert is_number(XP.maximum(a, b)) and is_number(XP.minimum(a, b))
        for word in ("maximum", "minimum"):
            wanted = getattr(np, word)(a, b)
            assert float(getattr(SYMBOLS, word)(sp.S(a), sp.S(b))) == wanted
            for xp, array in itertools.product((np, strict), ("float32", "float64")):
                mine, dtype = getattr(Arrays(xp), word), getattr(xp, array)
                for left, right in (
                    (xp.asarray([a], dtype=dtype), b),
                    (a, xp.asarray([b], dtype=dtype)),
                    (xp.asarray([a], dtype=dtype), xp.asarray([b], dtype=dtype)),
                ):
                    got = mine(left, right)
                    assert got.dtype == dtype and float(got[0]) == wanted


def test_a_whole_array_takes_a_fraction_as_it_is():
    steps = np.array([0, 1, 2])
    assert XP.maximum(steps, 0.5).tolist() == [0.5, 1, 2]
    assert XP.minimum(0.5, steps).tolist() == [0, 0.5, 0.5]
    assert XP.maximum(steps, 1).dtype == steps.dtype
    assert XP.where(steps > 1, steps, 0.5).tolist() == [0.5, 0.5, 2]


@pytest.mark.parametrize("xp", [np, strict])
def test_where_takes_one_branch_or_the_other(xp):
    mine, condition = Arrays(xp), xp.asarray([True, False])
    a, b = xp.asarray([1.0, 2.0], dtype=xp.float32), xp.asarray([3.0, 4.0], dtype=xp.float32)
    for left, right, wanted in ((a, b, [1, 4]), (a, 7, [1, 7]), (7.0, b, [7, 4]), (5, 6, [5, 6])):
        got = mine.where(condition, left, right)
        assert [float(v) for v in got] == wanted
        assert left is not a and right is not b or got.dtype == xp.float32
    assert mine.where(True, "first", "second") == "first"
    assert mine.where(False, "first", "second") == "second"


def test_where_on_symbols_keeps_both_branches():
    x = sp.Symbol("x", real=True)
    both = SYMBOLS.where(x > 1, x, -x)
    assert both.subs(x, 2) == 2 and both.subs(x, 1) == -1
    several = SYMBOLS.where(np.array([x > 1, x > 3], dtype=object), x, 0)
    assert [one.subs(x, 2) for one in several] == [2, 0]


def test_a_sum_of_symbols_is_over_the_axis_asked_for():
    a = np.array(sp.symbols("a:6"), dtype=object).reshape(2, 3)
    assert SYMBOLS.sum(a).tolist() == [sum(a[0]), sum(a[1])]
    assert SYMBOLS.sum(a, axis=0).tolist() == [a[0, k] + a[1, k] for k in range(3)]
    assert SYMBOLS.sum(a, keepdims=True).shape == (2, 1)
    assert SYMBOLS.sum(a[0]) == SYMBOLS.sum(a[0], keepdims=True) == sum(a[0])


@pytest.mark.parametrize("value", [1, 0.5, 10**30, math.inf])
def test_numbers_are_those_of_python(value):
    assert is_number(value)


@pytest.mark.parametrize("value", [np.float64(1), np.int64(1), np.ones(1), "1", None, 1j, sp.S(1)])
def test_everything_else_is_no_number(value):
    assert not is_number(value)


def test_every_array_says_its_namespace():
    assert array_namespace(np.ones(2)) is np
    assert array_namespace(strict.asarray([1.0])) is strict
    for odd in ([1.0], 1.0, "a", None):
        with pytest.raises(TypeError, match=f"expected an array, got {type(odd).__name__}"):
            array_namespace(odd)


@pytest.mark.parametrize(
    ("value", "kind", "xp"),
    [
        (1, Arrays, np),
        (np.float32(1), Arrays, np),
        (np.ones(2), Arrays, np),
        (strict.asarray([1.0]), Arrays, strict),
        (sp.Symbol("x"), Symbols, None),
        (sp.S(2), Symbols, None),
        (np.array([sp.Symbol("x")], dtype=object), Symbols, None),
    ],
)
def test_the_words_suit_the_value(value, kind, xp):
    chosen = words(value)
    assert type(chosen) is kind
    assert xp is None or type(chosen.zeros(2)) is type(xp.zeros(2))
