"""Small neural networks as pure functions of a dict of arrays, and the loop that trains them.

Gradients come from the package ``autograd``, which is imported when the first one is asked for.

Examples
--------
>>> from optlib import Optimizer
>>> from optlib.problems import datasets
>>> data = datasets.digits()
>>> network = mlp()
>>> start = network.init(np.random.default_rng(0))
>>> batches = datasets.samples(data.x, data.y, batch=64, seed=0)
>>> run = train(Optimizer("adam", lr=1e-2), network, start, batches, steps=100)
>>> bool(accuracy(network, run.params, (data.x_test, data.y_test)) > 0.9)
True
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..checks import NonFiniteError
from ..optimizer import Optimizer

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
        for k, inputs, outputs in zip(maps, sizes, sizes[1:], strict=False):
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


@dataclass(frozen=True, eq=False)
class Training:
    """A training run.

    Attributes
    ----------
    losses : array
        The loss of each step's batch, at the point before the step; infinite once it has diverged.
    params : dict of arrays
        The parameters after the last step that was taken.
    diverged : int
        The first step whose gradient or update was not finite; 0 if there was none.
    """

    losses: np.ndarray
    params: Params
    diverged: int = 0


def train(
    optimizer: Optimizer,
    network: Network,
    start: Params,
    batches: Callable[[int], Batch],
    steps: int,
    watch: Callable[[int, Params, Params, Any], None] | None = None,
) -> Training:
    """Train a network; the start is not changed.

    Parameters
    ----------
    optimizer : Optimizer
    network : optlib.problems.networks.Network
    start : dict of arrays
        As ``network.init(rng)`` returns it.
    batches : callable
        ``batches(t)``, the batch of step ``t``; see :func:`optlib.problems.datasets.windows`.
    steps : int
    watch : callable, optional
        ``watch(t, params, gradient, state)`` is called before each step, to measure.

    Returns
    -------
    Training
        A run that leaves the finite numbers ends there.
    """
    params = {name: array.copy() for name, array in start.items()}
    state = optimizer.init(params)
    losses = np.full(steps, np.inf)
    for t in range(1, steps + 1):
        with np.errstate(all="ignore"):
            loss, gradient = network.value_and_grad(params, batches(t))
        if watch is not None:
            watch(t, params, gradient, state)
        try:
            optimizer.step_(t, gradient, params, state)
        except NonFiniteError:
            return Training(losses, params, t)
        losses[t - 1] = loss
    return Training(losses, params)


def smoothed(losses: np.ndarray, width: int = 20) -> np.ndarray:
    """The mean of the last ``width`` losses, along the last axis; of fewer at the start."""
    sums = np.cumsum(np.insert(np.asarray(losses, float), 0, 0.0, axis=-1), axis=-1)
    ends = np.arange(1, sums.shape[-1])
    starts = np.maximum(ends - width, 0)
    return (sums[..., ends] - sums[..., starts]) / (ends - starts)
