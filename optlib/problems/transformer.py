"""A Transformer over characters, small enough to be trained in a chapter."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from .networks import Network, Params


def transformer(
    classes: int,
    *,
    layers: int = 6,
    width: int = 32,
    heads: int = 4,
    context: int = 16,
    norm: str = "post",
) -> Network:
    r"""A Transformer that predicts the next character at every place of a piece of text.

    Each layer is attention over the places so far, and a perceptron with one hidden layer four
    times as wide. With :math:`f` for either of them and :math:`N` for layer normalization,

    .. math::

        \text{post-LN: } x \leftarrow N(x + f(x)), \qquad
        \text{pre-LN: } x \leftarrow x + f(N(x)), \text{ and } N \text{ once more at the end.}

    Matrices start uniform with variance 2 over the sum of inputs and outputs, and embeddings
    normal with variance 1 over the width.

    Parameters
    ----------
    classes : int
        The size of the alphabet.
    layers, width, heads : int
        The width is a multiple of the heads.
    context : int
        The longest piece.
    norm : {"post", "pre"}

    Raises
    ------
    ValueError
        If the width cannot be shared out among the heads, or ``norm`` is neither.

    Source: Vaswani et al. 2017; Xiong et al. 2020, arXiv 2002.04745, Figure 1, for both places.
    """
    if norm not in ("post", "pre"):
        raise ValueError(f"norm is 'post' or 'pre', got {norm!r}")
    if width % heads:
        raise ValueError(f"a width of {width} cannot be shared out among {heads} heads")
    hidden = np.triu(np.full((context, context), -1e9, np.float32), 1)

    def init(rng: np.random.Generator, dtype: Any = np.float32) -> Params:
        scale = 1 / math.sqrt(width)
        params = {
            "characters": scale * rng.standard_normal((classes, width)),
            "places": scale * rng.standard_normal((context, width)),
        }
        for k in range(layers):
            params[f"qkv{k}"] = _glorot(rng, width, width, copies=3)
            params[f"mix{k}"] = _glorot(rng, width, width)
            params[f"up{k}"] = _glorot(rng, width, 4 * width)
            params[f"down{k}"] = _glorot(rng, 4 * width, width)
            params |= {f"up_bias{k}": np.zeros(4 * width), f"down_bias{k}": np.zeros(width)}
        for name in _norms(layers, norm):
            params |= {f"{name}.gain": np.ones(width), f"{name}.bias": np.zeros(width)}
        params["scores"] = _glorot(rng, width, classes)
        return {name: array.astype(dtype) for name, array in params.items()}

    def scores(params: Mapping[str, Any], x: np.ndarray) -> Any:
        import autograd.numpy as anp

        def attention(x: Any, k: int) -> Any:
            batch, places, _ = x.shape
            split = anp.reshape(x @ params[f"qkv{k}"], (batch, places, 3, heads, width // heads))
            q, key, value = anp.transpose(split, (2, 0, 3, 1, 4))
            alike = q @ anp.swapaxes(key, -1, -2) / math.sqrt(width // heads)
            alike = alike + hidden[:places, :places].astype(x.dtype)
            weights = anp.exp(alike - anp.max(alike, axis=-1, keepdims=True))
            weights = weights / anp.sum(weights, axis=-1, keepdims=True)
            mixed = anp.reshape(anp.swapaxes(weights @ value, 1, 2), (batch, places, width))
            return mixed @ params[f"mix{k}"]

        def perceptron(x: Any, k: int) -> Any:
            h = anp.maximum(x @ params[f"up{k}"] + params[f"up_bias{k}"], 0)
            return h @ params[f"down{k}"] + params[f"down_bias{k}"]

        def normed(x: Any, name: str) -> Any:
            centred = x - anp.sum(x, axis=-1, keepdims=True) / width
            variance = anp.sum(centred * centred, axis=-1, keepdims=True) / width
            scaled = centred / anp.sqrt(variance + 1e-5)
            return scaled * params[f"{name}.gain"] + params[f"{name}.bias"]

        x = params["characters"][x] + params["places"][: x.shape[-1]]
        for k in range(layers):
            for part, name in ((attention, f"norm{k}a"), (perceptron, f"norm{k}b")):
                if norm == "post":
                    x = normed(x + part(x, k), name)
                else:
                    x = x + part(normed(x, name), k)
        if norm == "pre":
            x = normed(x, "norm_end")
        return x @ params["scores"]

    return Network(f"{norm}-LN Transformer", init, scores)


def _norms(layers: int, norm: str) -> list[str]:
    names = [f"norm{k}{part}" for k in range(layers) for part in "ab"]
    return names if norm == "post" else [*names, "norm_end"]


def _glorot(rng: np.random.Generator, inputs: int, outputs: int, copies: int = 1) -> np.ndarray:
    limit = math.sqrt(6 / (inputs + outputs))
    return rng.uniform(-limit, limit, (inputs, copies * outputs))
