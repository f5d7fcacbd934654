"""Sums, means and norms over a layer that are right wherever their result can be written.

The square of a number leaves a floating-point type long before the number does, and a long sum in
half precision ends at 65504. So every reduction here first brings a type narrower than float32 to
float32, and its entries to a size whose squares neither overflow nor vanish. The factors are powers
of two, and 1 for entries of ordinary size: there the result is that of the plain formula, bit by
bit. On symbols it is the plain formula itself.
"""

from __future__ import annotations

import math
from typing import Any

from ..namespaces import Symbols, words

Axis = int | tuple[int, ...]


def widened(xp: Any, a: Any) -> Any:
    """``a`` in float32 if its type is narrower, else as it is."""
    if _exact(a):
        return a
    wide = xp.result_type(a.dtype, xp.float32)
    return a if a.dtype == wide else xp.astype(a, wide)


def leveled(xp: Any, a: Any, axis: Axis = -1) -> tuple[Any, Any]:
    r"""The pair :math:`(sa, s)` with a power of two :math:`s` that keeps squares in range.

    There is one :math:`s` for each reduction over ``axis``, which is kept with length 1. It looks
    at the largest :math:`|a|`: with :math:`2^E` above the largest number of the type, :math:`s` is
    1 from :math:`2^{-3E/8}` to :math:`2^{3E/8}`, and :math:`2^{\pm 3E/4}` outside. So float32 can
    sum :math:`2^{32}` squares.

    Source: Blue 1978, with one accumulator in place of three.
    """
    if _exact(a):
        return a, 1
    a = widened(xp, a)
    if 0 in a.shape:
        return a, 1.0
    # The range of a type beyond double precision does not fit a Python number.
    exponent = min(math.frexp(float(xp.finfo(a.dtype).max))[1] or 1024, 1024)
    ordinary, power = 2.0 ** (3 * exponent // 8), 2.0 ** (3 * exponent // 4)
    largest = xp.max(xp.abs(a), axis=axis, keepdims=True)
    one = xp.ones_like(largest)
    s = xp.where(largest < 1 / ordinary, power * one, one)
    s = xp.where(largest > ordinary, one / power, s)
    return a * s, s


def norm(xp: Any, x: Any, axis: Axis = -1) -> Any:
    r"""Euclidean norm :math:`\|x\|_2` over the last axis, which is kept with length 1."""
    x, s = leveled(xp, x, axis)
    return xp.sqrt(xp.sum(x * x, axis=axis, keepdims=True)) / s


def norm_square(xp: Any, x: Any) -> Any:
    r""":math:`\|x\|_2^2` over the last axis, which is kept with length 1."""
    x, s = leveled(xp, x)
    return xp.sum(x * x, axis=-1, keepdims=True) / s / s


def rms(xp: Any, x: Any, axis: Axis = -1) -> Any:
    r"""Root mean square :math:`\|x\| / \sqrt n` over axes, which are kept with length 1."""
    x, s = leveled(xp, x, axis)
    return xp.sqrt(xp.sum(x * x, axis=axis, keepdims=True)) / xp.sqrt(_count(x, axis)) / s


def mean_square(xp: Any, x: Any, axis: Axis = -1) -> Any:
    r""":math:`\frac1n \sum_i x_i^2` over axes, which are kept with length 1."""
    x, s = leveled(xp, x, axis)
    return xp.sum(x * x, axis=axis, keepdims=True) / _count(x, axis) / s / s


def mean(xp: Any, a: Any, axis: Axis = -1) -> Any:
    r""":math:`\frac1n \sum_i a_i` over axes, which are kept with length 1."""
    a, s = leveled(xp, a, axis)
    return xp.sum(a, axis=axis, keepdims=True) / _count(a, axis) / s


def total(xp: Any, a: Any) -> Any:
    r""":math:`\sum_i a_i` over the last axis, which is kept with length 1."""
    return xp.sum(widened(xp, a), axis=-1, keepdims=True)


def inner(xp: Any, a: Any, b: Any) -> Any:
    r"""The inner product :math:`\langle a, b \rangle` over the last axis, which is kept."""
    (a, p), (b, q) = leveled(xp, a), leveled(xp, b)
    # Twice by the root: p * q may leave the range that the result is in.
    root = xp.sqrt(p) * xp.sqrt(q)
    return xp.sum(a * b, axis=-1, keepdims=True) / root / root


def divisor(xp: Any, length: Any) -> Any:
    """``length`` as something to divide by: NaN where it overflowed.

    A quotient by infinity is a zero like any other, and a step by it is one that was taken. NaN is
    a step that the policy for values that are not finite decides on.
    """
    if _exact(length):
        return length
    return xp.where(xp.isfinite(length), length, float("nan"))


def _exact(a: Any) -> bool:
    """Whether ``a`` holds expressions, which have no range to leave."""
    return isinstance(words(a), Symbols)


def _count(a: Any, axis: Axis) -> int:
    return math.prod(a.shape[k] for k in ((axis,) if isinstance(axis, int) else axis))
