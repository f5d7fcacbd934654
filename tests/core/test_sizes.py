"""Sums and norms at the ends of a type: right where they can be written, else refused."""

import math
from fractions import Fraction

import numpy as np
import pytest
from support import extra, optimizer

from optlib import RULES, NonFiniteError, Optimizer, clip_global_norm, clip_norm
from optlib.namespaces import Arrays, Symbols
from optlib.rules import sizes
from optlib.running.step import Layer, direction

XP = Arrays(np)

# A type, a size of the entries and how many there are. Half precision ends at 65504: its squares
# fit at the first two sizes, their sum does not.
ENDS = [
    (np.float16, 100.0, (300, 100)),
    (np.float16, 2.0, (300, 200)),
    (np.float16, 2e-7, (30, 40)),
    (np.float32, 3e19, (30, 40)),
    (np.float32, 1e-30, (30, 40)),
    (np.float32, 1e-42, (30, 40)),
    (np.float64, 1e200, (30, 40)),
    (np.float64, 1e-200, (30, 40)),
]
IDS = [f"{dtype.__name__}-{size:g}" for dtype, size, _ in ENDS]

WORDS = [getattr(sizes, w) for w in ("norm", "rms", "mean", "mean_square", "norm_square", "total")]

# A square input is solved with, not summed.
REDUCING = [name for name, fn in RULES.items() if fn.scope != "element" and not fn.square]


def entries(dtype, size, shape, seed=0):
    return (size * np.random.default_rng(seed).uniform(0.5, 1.5, shape)).astype(dtype)


def close(got, exact, dtype):
    """Equal to rounding, the steps of the smallest numbers among it."""
    steps = 64 * np.finfo(dtype).eps * np.abs(exact) + 4 * float(np.finfo(dtype).smallest_subnormal)
    return bool(np.all(np.abs(np.asarray(got, exact.dtype) - exact) <= steps))


@pytest.mark.parametrize(("dtype", "size", "shape"), ENDS, ids=IDS)
def test_norms_are_right_where_the_squares_are_not_numbers(dtype, size, shape):
    a = entries(dtype, size, shape).ravel()[:1200]
    unit = Fraction(float(a.max()))
    square = float(sum((Fraction(float(v)) / unit) ** 2 for v in a))
    exact = np.longdouble(float(unit)) * np.sqrt(np.longdouble(square))
    wide = np.result_type(dtype, np.float32)
    for got, wanted in (
        (sizes.norm(XP, a), exact),
        (sizes.rms(XP, a), exact / np.sqrt(np.longdouble(a.size))),
        (sizes.mean(XP, a), np.mean(a.astype(np.longdouble))),
    ):
        assert got.dtype == wide and got.shape == (1,)
        assert close(got, np.asarray([wanted]), wide)


@pytest.mark.parametrize("power", [-500, -300, 0, 300, 500])
@pytest.mark.parametrize("against", [-500, -300, 0, 300, 500])
def test_inner_products_scale_with_each_factor(power, against):
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 50))
    plain = float(np.sum(a * b))
    exact = math.ldexp(plain, power + against) if power + against < 1020 else math.inf
    with np.errstate(over="ignore", under="ignore"):
        got = float(sizes.inner(XP, np.ldexp(a, power), np.ldexp(b, against))[0])
    assert got == pytest.approx(math.copysign(1, plain) * abs(exact), rel=1e-14)


@pytest.mark.parametrize("word", WORDS)
def test_ordinary_entries_give_the_plain_formula_bit_by_bit(word):
    plain = {
        sizes.norm: lambda a: np.sqrt(np.sum(a * a, axis=-1, keepdims=True)),
        sizes.rms: lambda a: np.sqrt(np.sum(a * a, axis=-1, keepdims=True)) / 7,
        sizes.mean_square: lambda a: np.sum(a * a, axis=-1, keepdims=True) / 49,
        sizes.norm_square: lambda a: np.sum(a * a, axis=-1, keepdims=True),
        sizes.mean: lambda a: np.sum(a, axis=-1, keepdims=True) / 49,
        sizes.total: lambda a: np.sum(a, axis=-1, keepdims=True),
    }
    for dtype in (np.float32, np.float64):
        for size in (1e-10, 1.0, 1e10):
            a = entries(dtype, size, (3, 49))
            assert np.array_equal(word(XP, a), plain[word](a))


@pytest.mark.parametrize("word", WORDS)
def test_rows_are_apart_and_odd_values_stay_visible(word):
    rows = np.stack([entries(np.float64, s, 5) for s in (1e-200, 1.0, 1e150)])
    rows = np.concatenate(
        [rows, np.full((1, 5), np.nan), np.full((1, 5), np.inf), np.zeros((1, 5))]
    )
    with np.errstate(over="ignore", under="ignore"):
        got = word(XP, rows)
        for row, own in zip(rows, got, strict=True):
            assert np.array_equal(word(XP, row), own, equal_nan=True)
    assert np.isnan(got[3]) and np.isinf(got[4]) and got[5] == 0


def test_rows_of_inner_products_are_apart():
    a, b = entries(float, 1.0, (3, 5)), entries(float, 1e-170, (3, 5), seed=1)
    rows = np.concatenate([a, b, b]), np.concatenate([a, a, b])
    whole = sizes.inner(XP, *rows)
    assert whole.shape == (9, 1)
    for k in range(9):
        assert np.array_equal(sizes.inner(XP, rows[0][k], rows[1][k]), whole[k])


@pytest.mark.parametrize(("dtype", "exponent"), [(np.float32, 128), (np.float64, 1024)])
@pytest.mark.parametrize("count", [1, 4])
def test_entries_are_leveled_outside_of_the_middle_three_quarters_alone(dtype, exponent, count):
    low, high = dtype(2.0) ** (-3 * exponent // 8), dtype(2.0) ** (3 * exponent // 8)
    far = 2.0 ** (3 * exponent // 4)
    below, above = np.nextafter(low, dtype(0)), np.nextafter(high, dtype(np.inf))
    for largest, s in ((below, far), (low, 1), (1, 1), (high, 1), (above, 1 / far), (0, far)):
        for sign in (1, -1):
            a = np.array([sign * largest] + [0] * (count - 1), dtype)
            level, scale = sizes.leveled(XP, a)
            assert float(scale[0]) == s and np.array_equal(level, a * dtype(s))
            assert level.dtype == scale.dtype == dtype


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_nothing_has_no_size(word, dtype):
    if word in (sizes.norm, sizes.norm_square, sizes.total):
        assert word(XP, np.zeros((2, 0), dtype)).tolist() == [[0], [0]]
    assert word(XP, np.zeros((0, 3), dtype)).shape == (0, 1)
    assert word(XP, np.ones(3, dtype)).dtype == np.result_type(dtype, np.float32)


def test_symbols_get_the_plain_formula():
    import sympy

    a = np.array(sympy.symbols("a1:3", real=True), dtype=object)
    square = a[0] ** 2 + a[1] ** 2
    xp = Symbols()
    assert sizes.norm(xp, a) == sympy.sqrt(square)
    # NumPy itself may be the words over an array of expressions.
    assert sizes.mean(np, a).item() == (a[0] + a[1]) / 2
    assert sizes.norm_square(xp, a) == square and sizes.mean_square(xp, a) == square / 2
    assert sizes.inner(xp, a, a) == square and sizes.divisor(xp, a[0]) == a[0]


def one_step(rule, t, g, x, state):
    """The direction and the new state, both as arrays of the type of ``x``."""
    with np.errstate(all="ignore"):
        return direction(
            optimizer(rule, lr=0.5), Layer(None, np, t, g, x, state, extra(rule, g)), 0
        )


def distance(own, exact):
    """The length of the error in that of the exact array."""
    unit = abs(exact).max() or 1
    error, whole = ((a / unit).astype(float) for a in (own.astype(exact.dtype) - exact, exact))
    return np.linalg.norm(error) / (np.linalg.norm(whole) or 1)


def overflows(values, dtype):
    return any(np.any(abs(a) > np.finfo(dtype).max) for a in values)


def vanishes(values, dtype):
    return any(np.any((a != 0) & (abs(a) < np.finfo(dtype).tiny)) for a in values)


def keeps_squares(rule):
    """SPlus keeps them in products that may have either sign."""
    below = [RULES[rule].domains[name].low for name in RULES[rule].state]
    return rule == "splus" or any(low == 0 for low in below)


def wider(rule, dtype):
    """A type in which the same step has room."""
    if dtype is not np.float64:
        return np.float64
    if rule in ("shampoo", "soap", "splus", "dion", "psgd_kron"):
        pytest.skip("no routine finds eigenvectors or bases beyond double precision")
    if np.finfo(np.longdouble).maxexp <= 1024:
        pytest.skip("no type here is wider than double precision")
    return np.longdouble


@pytest.mark.parametrize(("dtype", "size", "shape"), ENDS, ids=IDS)
@pytest.mark.parametrize("rule", REDUCING)
def test_a_step_at_the_end_of_a_type_is_right_or_not_finite(rule, dtype, size, shape):
    wide, x = wider(rule, dtype), entries(dtype, size, shape)
    state = Optimizer(rule).init(x)
    for t in (1, 2, 3):
        g = entries(dtype, size, shape, seed=t)
        own, new = one_step(rule, t, g, x, state)
        inside = {k: a.astype(wide) for k, a in state.items()}
        exact, kept = one_step(rule, t, g.astype(wide), x.astype(wide), inside)
        results = exact, *kept.values()
        finite = all(np.isfinite(a).all() for a in (own, *new.values()))
        if overflows(results, dtype):
            assert not finite
        elif not vanishes(results, dtype):
            # Where the type has no room for the square of one entry, no sum can help.
            assert finite or keeps_squares(rule)
            assert not finite or distance(own, exact) <= 32 * np.finfo(dtype).eps
        if not finite:
            return
        state = new


def clipped(clip, g, limit):
    (result,) = clip(limit)([g], 0)
    return result


@pytest.mark.parametrize("clip", [clip_norm, clip_global_norm])
@pytest.mark.parametrize(("dtype", "size", "shape"), ENDS, ids=IDS)
def test_clipping_at_the_end_of_a_type_keeps_the_norm(clip, dtype, size, shape):
    g = entries(dtype, size, shape)
    wide = g.astype(np.longdouble)
    length = np.sqrt(np.sum((wide / wide.max()) ** 2)) * wide.max()
    for limit in (length / 1000, length / 2, 2 * length):
        got = clipped(clip, g, float(limit)).astype(np.longdouble)
        floor = g.size**0.5 * float(np.finfo(dtype).smallest_subnormal)
        share = min(1, limit / length)
        worst = np.sqrt(np.sum(((got - share * wide) / limit) ** 2)) * limit
        assert worst <= 4 * np.finfo(dtype).eps * limit + floor


def test_a_million_small_gradients_in_half_precision_are_clipped_to_the_limit():
    for clip in (clip_norm, clip_global_norm):
        got = clipped(clip, np.full(10**6, 0.3, np.float16), 1.0)
        assert np.all(np.abs(got.astype(float) - 1e-3) < 1e-6)


@pytest.mark.parametrize("before", [clip_norm(1.0), clip_global_norm(1.0)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_norm_that_overflows_is_a_step_that_is_not_finite(before, dtype):
    g = {"a": np.full(1000, np.finfo(dtype).max), "b": np.ones(2, dtype)}
    x = {k: np.ones_like(a) for k, a in g.items()}
    opt = Optimizer("sgd", lr=1.0, before=before)
    with pytest.raises(NonFiniteError, match="gradient 'a'"):
        opt.step_(1, g, x, opt.init(x))
    assert not opt.step_(1, g, x, opt.init(x), nonfinite="skip")
    assert all((a == 1).all() for a in x.values())


@pytest.mark.parametrize(
    "rule", [r for r in REDUCING if r.startswith(("lars", "lamb", "muon", "polar", "scion"))]
)
def test_a_length_that_overflows_is_no_step_of_zero(rule):
    g = np.full((200, 200), np.finfo(np.float32).max)
    own, new = one_step(rule, 1, g, np.ones_like(g), Optimizer(rule).init(g))
    assert not all(np.isfinite(a).all() for a in (own, *new.values()))


def test_clipping_takes_layers_of_several_types():
    layers = [np.full(2, 3.0, np.float16), np.full(2, 4.0), np.zeros((0, 3), np.float32)]
    got = clip_global_norm(1.0)(layers, 0)
    assert [c.dtype for c in got] == [g.dtype for g in layers]
    assert math.sqrt(sum(float((c.astype(float) ** 2).sum()) for c in got)) == pytest.approx(
        1.0, rel=1e-3
    )


def in_torch(name):
    torch = pytest.importorskip("torch")
    pytest.importorskip("array_api_compat")
    dtype = getattr(torch, name)
    return lambda a: torch.tensor(a, dtype=dtype), lambda a: a.to(torch.float64).numpy()


def in_jax(name):
    jnp = pytest.importorskip("jax").numpy
    return lambda a: jnp.asarray(a, name), lambda a: np.asarray(a.astype("float32"), float)


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
@pytest.mark.parametrize("library", [in_torch, in_jax])
@pytest.mark.parametrize("rule", REDUCING)
def test_narrow_types_of_other_libraries_sum_in_a_wider_one(rule, library, name):
    make, back = library(name)
    x, g = (make(entries(float, size, (300, 100), seed)) for size, seed in ((100, 0), (3, 1)))
    opt = optimizer(rule, lr=0.5)
    own, _ = opt.step(1, g, x, opt.init(x), **extra(rule, g))
    assert own.dtype == x.dtype
    x, g = back(x), back(g)
    exact, _ = opt.step(1, g, x, opt.init(x), **extra(rule, g))
    assert distance(back(own), exact) < 0.01
