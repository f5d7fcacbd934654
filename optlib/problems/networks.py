"""Small neural networks as pure functions of a dict of arrays.

:func:`optlib.running.train.train` trains them.

Gradients come from the package ``autograd``, which is imported when the first one is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

Params = dict[str, np.ndarray]
Batch = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Network:
    """A network that gives a score to each class.

    Attributes
    ----------
    name : str
    init : callable
        ``init(rng, dtype=float32)``, fresh parameters: a dict of arrays.
    scores : callable
        ``scores(params, x)``, of the shape of the labels and one axis more, over the classes.
    """

    name: str
    init: Callable[..., Params]
    scores: Callable[[Mapping[str, Any], np.ndarray], Any]

    def loss(self, params: Mapping[str, Any], batch: Batch) -> Any:
        """The mean negative log-likelihood of the labels, in nats."""
        x, y = batch
        return cross_entropy(self.scores(params, x), y)

    def value_and_grad(self, params: Params, batch: Batch) -> tuple[float, Params]:
        """The loss, and its gradient as a dict like ``params``."""
        from autograd import value_and_grad

        return value_and_grad(self.loss)(params, batch)


def cross_entropy(scores: Any, labels: np.ndarray) -> Any:
    r"""The mean of :math:`\log\sum_k e^{s_k} - s_y`, computed without overflow."""
    import autograd.numpy as anp

    flat = anp.reshape(scores, (-1, scores.shape[-1]))
    shifted = flat - anp.max(flat, axis=-1, keepdims=True)
    log_sums = anp.log(anp.sum(anp.exp(shifted), axis=-1))
    right = shifted[np.arange(labels.size), labels.ravel()]
    return anp.sum(log_sums - right) / labels.size


def accuracy(network: Network, params: Params, batch: Batch) -> float:
    """The share of the labels that get the highest score."""
    x, y = batch
    return float(np.mean(np.argmax(network.scores(params, x), axis=-1) == y))


def mlp(sizes: tuple[int, ...] = (64, 32, 10)) -> Network:
    r"""A multilayer perceptron: affine maps with :math:`\max(\cdot, 0)` between them.

    Weights start normal with variance 2 over the number of inputs, biases at 0.

    Parameters
    ----------
    sizes : tuple of int
        Inputs, hidden units of each layer, classes.

    Source: He et al. 2015, arXiv 1502.01852, for the start.
    """
    maps = range(1, len(sizes))

    def init(rng: np.random.Generator, dtype: Any = np.float32) -> Params:
        params = {}
        for k, (inputs, outputs) in zip(maps, pairwise(sizes), strict=True):
            weights = math.sqrt(2 / inputs) * rng.standard_normal((inputs, outputs))
            params[f"W{k}"] = weights.astype(dtype)
            params[f"b{k}"] = np.zeros(outputs, dtype)
        return params

    def scores(params: Mapping[str, Any], x: np.ndarray) -> Any:
        import autograd.numpy as anp

        for k in maps:
            x = (x if k == 1 else anp.maximum(x, 0)) @ params[f"W{k}"] + params[f"b{k}"]
        return x

    return Network(f"mlp{sizes}", init, scores)


def smoothed(losses: np.ndarray, width: int = 20) -> np.ndarray:
    """The mean of the last ``width`` losses, along the last axis; of fewer at the start."""
    sums = np.cumsum(np.insert(np.asarray(losses, float), 0, 0.0, axis=-1), axis=-1)
    ends = np.arange(1, sums.shape[-1])
    starts = np.maximum(ends - width, 0)
    return (sums[..., ends] - sums[..., starts]) / (ends - starts)
