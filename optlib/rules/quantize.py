"""States in fewer bits: codes and narrow types, a scale for every block, rules that store so.

An optimizer computes in single precision. What it keeps between two steps may be narrower: each
state is unpacked, used, and packed again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .modifiers import derived

_DECADES = 7
_SIZE = 256
_SCALE_BYTES = 4


def linear_code(signed: bool = True) -> np.ndarray:
    """Equally spaced values: 255 from -1 to 1, or 256 from 0 to 1."""
    return np.arange(-127, 128) / 127 if signed else np.arange(_SIZE) / (_SIZE - 1)


def dynamic_code(signed: bool = True) -> np.ndarray:
    r"""256 values, close together near 1, of which the smallest are below :math:`10^{-6}`.

    The decade :math:`[10^{k-1}, 10^k]`, for k from 0 down to -6, is cut into :math:`2^{6+k}` equal
    cells (twice as many without signs), and a cell is represented by its middle. Zero and one
    complete the code; minus one is not in it.

    Source: Dettmers et al. 2022 (dynamic tree quantization), with the values of bitsandbytes.
    """
    values = [0.0, 1.0]
    for k in range(_DECADES):
        edges = np.linspace(0.1, 1, 2 ** (k if signed else k + 1) + 1)
        middles = 10.0 ** (k - _DECADES + 1) * (edges[:-1] + edges[1:]) / 2
        values += [*middles, *(-middles if signed else ())]
    return np.sort(values)


@dataclass(frozen=True, eq=False)
class Packed:
    """An array in a byte a number.

    Attributes
    ----------
    places : array of uint8
        The place of each number in the code, in the array's shape.
    scales : array of float32, shape (..., blocks)
        The largest absolute value of every block.
    """

    places: np.ndarray
    scales: np.ndarray

    @property
    def nbytes(self) -> int:
        """The bytes of both."""
        return self.places.nbytes + self.scales.nbytes


def quantize(x: Any, code: np.ndarray, block: int = 2048) -> Packed:
    r"""Each number as the nearest value of a code, times the largest size in its block.

    .. math:: \hat x_i = s\,c_{q_i}, \qquad s = \max_{j \in \text{block}} |x_j|,
        \qquad q_i = \arg\min_q |x_i / s - c_q|

    Parameters
    ----------
    x : array_like
        Blocks are cut from its last axis; the last block may be shorter. Axes before it are runs.
    code : array
        At most 256 values, sorted, from :func:`linear_code` or :func:`dynamic_code`.
    block : int
        Numbers that share a scale, at least 1.

    Raises
    ------
    ValueError
        If the code is not sorted or too long, or the block is empty.

    Source: Dettmers et al. 2022 (block-wise quantization).
    """
    code = np.asarray(code)
    if code.ndim != 1 or not 2 <= code.size <= _SIZE or not (np.diff(code) > 0).all():
        raise ValueError(f"a code has 2 to {_SIZE} values that increase")
    if block < 1:
        raise ValueError(f"a block holds at least one number, not {block}")
    x = np.asarray(x)
    starts = np.arange(0, x.shape[-1], block)
    scales = np.maximum.reduceat(np.abs(x), starts, axis=-1).astype(np.float32)
    shared = _spread(scales, x.shape[-1], block)
    inside = np.divide(x, shared, out=np.zeros_like(shared), where=shared != 0)
    return Packed(np.searchsorted((code[:-1] + code[1:]) / 2, inside).astype(np.uint8), scales)


def dequantize(packed: Packed, code: np.ndarray, block: int = 2048) -> np.ndarray:
    """The numbers that were packed by :func:`quantize` with the same code and block, float32."""
    shared = _spread(packed.scales, packed.places.shape[-1], block)
    return np.asarray(code, np.float32)[packed.places] * shared


def bytes_per_number(block: int = 2048) -> float:
    """What a number takes: its byte, and its share of the block's scale."""
    return 1 + _SCALE_BYTES / block


def blockwise(code: np.ndarray, block: int = 2048) -> Callable[[np.ndarray], np.ndarray]:
    """What comes back, in its own type, of an array stored in 8 bits; for :func:`stored`."""

    def back(x: np.ndarray) -> np.ndarray:
        return dequantize(quantize(x, code, block), code, block).astype(x.dtype)

    return back


def rounded(dtype: Any) -> Callable[[np.ndarray], np.ndarray]:
    """What comes back, in its own type, of an array stored in another; for :func:`stored`."""
    return lambda x: np.asarray(x).astype(dtype).astype(np.asarray(x).dtype)


def stochastic(x: Any, rng: np.random.Generator) -> np.ndarray:
    r"""Float32 numbers rounded to bfloat16 by chance, and so without bias; float32 again.

    A bfloat16 number is the upper half of a float32 number. Random bits are added to the lower
    half, and what has not been carried is cut off:

    .. math:: \mathrm{E}\,[\mathrm{sr}(x)] = x

    for finite numbers below the largest of bfloat16.

    Source: Gupta et al. 2015 (stochastic rounding).
    """
    bits = np.asarray(x, np.float32).view(np.uint32)
    noise = rng.integers(0, 2**16, bits.shape, dtype=np.uint32)
    return (bits + noise & np.uint32(0xFFFF0000)).view(np.float32)


def stored(rule: Callable, **kept: Callable[[Any], Any]) -> Callable:
    """The rule with states that are stored in another format between two steps.

    The direction is computed before they are stored, as libraries with 8-bit states do.

    Parameters
    ----------
    rule : callable
        A registered rule.
    **kept
        State -> what comes back of an array stored so: :func:`rounded` or :func:`blockwise`.

    Raises
    ------
    TypeError
        If the rule has no state of this name.
    """
    for name in kept:
        if name not in rule.state:
            known = ", ".join(rule.state) or "none"
            raise TypeError(f"{rule.__name__} has no state {name!r}; known are {known}")

    def changed(*args: Any, **hyper: Any) -> Any:
        u, *new = rule(*args, **hyper)
        pairs = zip(rule.state, new, strict=True)
        return u, *(kept[name](value) if name in kept else value for name, value in pairs)

    return derived(rule, changed, "stored", f"stores {', '.join(kept)} in another format")


def floor_scale(top: np.ndarray, largest: float) -> np.ndarray:
    r"""The power of two that brings the block into the binade of the largest element.

    .. math:: s = 2^{\lfloor \log_2 t \rfloor - \lfloor \log_2 c \rfloor}

    for the block's largest size t and the element's largest value c. What exceeds c s is cut down
    to it.

    Source: Rouhani et al. 2023 (microscaling), algorithm 1.
    """
    return _power(np.frexp(top)[1] - math.frexp(largest)[1])


def ceil_scale(top: np.ndarray, largest: float) -> np.ndarray:
    r"""The smallest power of two with which nothing exceeds the largest element.

    .. math:: s = 2^{\lceil \log_2 (t/c) \rceil}

    Source: Mishra et al. 2025 (rounding towards infinity).
    """
    fraction, exponent = np.frexp(top / largest)
    return _power(exponent - (fraction == 0.5))


def exact_scale(top: np.ndarray, largest: float) -> np.ndarray:
    """The scale in float32 that makes the block's largest size the largest element."""
    return (top / largest).astype(np.float32)


def narrow_scale(dtype: Any) -> Callable[[np.ndarray, float], np.ndarray]:
    """Scales in a type of one byte, in units of one float32 number for the whole array.

    Source: NVIDIA 2025 (NVFP4, whose scales are e4m3).
    """

    def scale(top: np.ndarray, largest: float) -> np.ndarray:
        wanted = exact_scale(top, largest)
        unit = wanted.max() / _largest(dtype)
        inside = np.divide(wanted, unit, out=np.zeros_like(wanted), where=unit != 0)
        return inside.astype(dtype).astype(np.float32) * unit

    return scale


def microscaled(
    dtype: Any, block: int = 32, scale: Callable = ceil_scale, *, zero: bool = True
) -> Callable[[np.ndarray], np.ndarray]:
    r"""What comes back of an array stored in a narrow type with a scale for every block.

    .. math:: \hat x_i = s\,\operatorname{fl}(x_i/s)

    Parameters
    ----------
    dtype : dtype
        A floating-point type of one byte, such as those of ``ml_dtypes``.
    block : int
        Numbers that share a scale; they are cut from the last axis.
    scale : callable
        The block's largest size, the largest element -> the scale: :func:`ceil_scale`,
        :func:`floor_scale`, :func:`exact_scale` or one of :func:`narrow_scale`.
    zero : bool
        Whether a number may become zero. If not, it becomes the smallest element in its place.

    Source: Rouhani et al. 2023 (microscaling formats).
    """
    elements = _elements(dtype)
    largest, least = elements[-1], elements[elements > 0][0]

    def back(x: np.ndarray) -> np.ndarray:
        x = np.asarray(x)
        starts = np.arange(0, x.shape[-1], block)
        top = np.maximum.reduceat(np.abs(x), starts, axis=-1)
        shared = _spread(scale(top, largest), x.shape[-1], block)
        inside = np.divide(x, shared, out=np.zeros_like(shared), where=shared != 0)
        element = np.clip(inside, -largest, largest).astype(dtype).astype(np.float32)
        if not zero:
            element = np.where((element == 0) & (x != 0), np.copysign(least, x), element)
        return (element * shared).astype(x.dtype)

    return back


def as_root(back: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """What comes back of an array of squares whose roots are stored; for :func:`stored`."""
    return lambda x: np.square(back(np.sqrt(x)))


def _elements(dtype: Any) -> np.ndarray:
    """The finite values of a type of one byte, increasing."""
    if np.dtype(dtype).itemsize != 1:
        raise ValueError(f"an element takes one byte, not {np.dtype(dtype).itemsize}")
    values = np.arange(_SIZE, dtype=np.uint8).view(dtype).astype(np.float32)
    return np.unique(values[np.isfinite(values)])


def _largest(dtype: Any) -> float:
    return float(_elements(dtype)[-1])


def _power(exponent: np.ndarray) -> np.ndarray:
    """The powers of two that a scale of eight exponent bits (e8m0) can be."""
    return np.exp2(np.clip(exponent, -127, 127).astype(np.float32))


def _spread(scales: np.ndarray, size: int, block: int) -> np.ndarray:
    """The scale of every number."""
    return np.repeat(scales, block, axis=-1)[..., :size]
