"""Classifiers with gradients written by hand, so that many settings and seeds train in one run."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from .base import Problem, affine_maps


def softmax(scores: Any) -> Any:
    r"""Probabilities :math:`e^{s_k} / \sum_j e^{s_j}` along the last axis, without overflow."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _nats(scores: Any) -> Any:
    r"""The negative log-likelihood of each class, :math:`\log\sum_j e^{s_j} - s_k`."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return np.log(np.exp(shifted).sum(axis=-1, keepdims=True)) - shifted


def classifier(
    inputs: np.ndarray,
    labels: np.ndarray,
    hidden: int = 0,
    *,
    batch: int = 0,
    seeds: int = 1,
    penalty: float = 0.0,
) -> Problem:
    r"""Softmax regression, or a network with one layer of rectified units, under cross-entropy.

    .. math::

        f(x) = \frac1n \sum_{i=1}^n \Bigl(\log\sum_k e^{s_{ik}} - s_{i y_i}\Bigr)
        + \frac{\text{penalty}}2 \lVert x \rVert^2, \qquad
        s_i = \max(a_i W_1 + b_1, 0)\, W_2 + b_2

    Without hidden units :math:`s_i = a_i W + b`. All weights and biases are one vector.

    Parameters
    ----------
    inputs : array, shape (n, d)
        The examples :math:`a_i`; their dtype is that of the parameters.
    labels : array of int, shape (n,)
        From 0; the largest tells the number of classes.
    hidden : int
        The number of hidden units; 0 for none.
    batch : int
        How many examples a gradient is taken over, drawn with replacement; 0 for all of them.
    seeds : int
        If above 1, points have shape ``(..., seeds, d)``, and each seed sees batches of its own.
    penalty : float
        The weight of the L2 penalty.

    Returns
    -------
    Problem
        Its start is the first of :func:`starts`. Without ``t``, values and gradients are those of
        all examples; step ``t`` sees a batch from ``default_rng([seed, t])``.

    Raises
    ------
    ValueError
        If inputs and labels do not belong together, or a number is negative.
    """
    inputs, labels = np.asarray(inputs), np.asarray(labels)
    if inputs.ndim != 2 or labels.shape != inputs.shape[:1]:
        raise ValueError(f"a row for each label, not {inputs.shape} and {labels.shape}")
    if min(hidden, batch, penalty) < 0 or seeds < 1:
        raise ValueError(f"no negative {hidden=}, {batch=}, {penalty=}, and {seeds=} at least 1")
    classes = int(labels.max()) + 1
    widths = (inputs.shape[1], *([hidden] if hidden else []), classes)
    maps = list(pairwise(widths))
    truth = np.eye(classes, dtype=inputs.dtype)[labels]

    def forward(x: np.ndarray, a: np.ndarray) -> list[np.ndarray]:
        signals = [a]
        for k, (weights, bias) in enumerate(affine_maps(x, maps)):
            signals.append((np.maximum(signals[-1], 0) if k else a) @ weights + bias)
        return signals

    def seen(t: int | None) -> tuple[np.ndarray, np.ndarray]:
        if not batch or t is None:
            return inputs, truth
        chosen = _each(seeds, t, lambda rng: rng.integers(0, len(inputs), batch))
        return inputs[chosen], truth[chosen]

    def value(x: np.ndarray, t: int | None = None) -> Any:
        a, y = seen(t)
        nats = (_nats(forward(x, a)[-1]) * y).sum(axis=-1).mean(axis=-1)
        return nats + penalty / 2 * (x * x).sum(axis=-1)

    def grad(x: np.ndarray, t: int | None = None) -> np.ndarray:
        a, y = seen(t)
        *signals, scores = forward(x, a)
        error = (softmax(scores) - y) / a.dtype.type(a.shape[-2])
        parts = []
        for signal, (weights, _) in zip(signals[::-1], affine_maps(x, maps)[::-1], strict=True):
            first = signal is signals[0]
            into = signal if first else np.maximum(signal, 0)
            parts += [error.sum(axis=-2), _flat(np.swapaxes(into, -1, -2) @ error)]
            if not first:
                error = (error @ np.swapaxes(weights, -1, -2)) * (signal > 0)
        return np.concatenate(parts[::-1], axis=-1) + penalty * x

    start = _drawn(maps, np.random.default_rng(0)).astype(inputs.dtype)
    return Problem(f"classifier{widths}", value, grad, start)


def starts(problem: Problem, inputs: int, seeds: int, hidden: int = 0) -> np.ndarray:
    """Starting points for several seeds, shape (seeds, d); zero if there is no hidden layer."""
    classes = (problem.start.size - (inputs + 1) * hidden) // ((hidden or inputs) + 1)
    widths = (inputs, *([hidden] if hidden else []), classes)
    maps = list(pairwise(widths))
    drawn = [_drawn(maps, np.random.default_rng(seed)) for seed in range(seeds)]
    return np.array(drawn).astype(problem.start.dtype)


def bigram(counts: np.ndarray, *, batch: int = 0, seeds: int = 1) -> Problem:
    r"""A table of scores for what follows what, under cross-entropy.

    .. math::
        f(W) = -\sum_{ij} \pi_{ij} \log\frac{e^{W_{ij}}}{\sum_k e^{W_{ik}}},
        \qquad \pi_{ij} = \frac{\text{counts}_{ij}}{\sum \text{counts}}

    It is softmax regression on one-hot inputs: row ``i`` is the embedding of token ``i``.

    Parameters
    ----------
    counts : array, shape (n, k)
        How often class ``j`` follows token ``i``; every token occurs.
    batch, seeds : int
        As for :func:`classifier`; an example is a pair of neighbours.

    Raises
    ------
    ValueError
        If a row is empty or a count negative.
    """
    counts = np.asarray(counts, float)
    if counts.ndim != 2 or counts.min() < 0 or counts.sum(axis=1).min() <= 0:
        raise ValueError("counts is a table of numbers >= 0, with something in every row")
    joint = counts / counts.sum()

    def seen(t: int | None) -> np.ndarray:
        if not batch or t is None:
            return joint
        drawn = _each(seeds, t, lambda rng: rng.multinomial(batch, joint.ravel()))
        return drawn.reshape(*drawn.shape[:-1], *joint.shape) / batch

    def value(x: np.ndarray, t: int | None = None) -> Any:
        return (seen(t) * _nats(x)).sum(axis=(-2, -1))

    def grad(x: np.ndarray, t: int | None = None) -> np.ndarray:
        pairs = seen(t)
        return pairs.sum(axis=-1, keepdims=True) * softmax(x) - pairs

    return Problem(f"bigram{counts.shape}", value, grad, np.zeros(counts.shape))


def _each(seeds: int, t: int, draw: Callable[[np.random.Generator], np.ndarray]) -> np.ndarray:
    """What step ``t`` draws, for one seed or stacked for several."""
    drawn = [draw(np.random.default_rng([seed, t])) for seed in range(seeds)]
    return np.array(drawn) if seeds > 1 else drawn[0]


def _drawn(maps: list[tuple[int, int]], rng: np.random.Generator) -> np.ndarray:
    """Normal weights of variance 2 over the number of inputs, and no biases; zeros for one map."""
    parts = []
    for a, b in maps:
        scale = np.sqrt(2 / a) if len(maps) > 1 else 0.0
        parts += [scale * rng.standard_normal(a * b), np.zeros(b)]
    return np.concatenate(parts)


def _flat(a: np.ndarray) -> np.ndarray:
    return a.reshape(*a.shape[:-2], -1)
