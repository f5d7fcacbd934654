"""States in fewer bits: codes of 256 values, a scale for every block, and rules that store so.

An optimizer computes in single precision. What it keeps between two steps may be narrower: each
state is unpacked, used, and packed again.
"""

from __future__ import annotations

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


def _spread(scales: np.ndarray, size: int, block: int) -> np.ndarray:
    """The scale of every number."""
    return np.repeat(scales, block, axis=-1)[..., :size]
