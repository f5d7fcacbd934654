"""A small network trained on all its data at once, with exact products of its Hessian."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from .base import Layers, Problem, affine_maps


@dataclass(frozen=True, eq=False)
class Perceptron(Problem):
    """A problem that can multiply its Hessian by a vector without forming it.

    Attributes
    ----------
    hvp : callable
        ``hvp(x, p)``, the Hessian at ``x`` times ``p``, in the shape of ``x``.
    draw : callable
        ``draw(seed)``, other starting weights.
    """

    hvp: Callable[[Any, Any], Any] | None = None
    draw: Callable[[int], np.ndarray] | None = None


def perceptron(
    inputs: np.ndarray, targets: np.ndarray, hidden: Sequence[int] = (16, 16), seed: int = 0
) -> Perceptron:
    r"""A network of tanh units with linear outputs under the halved mean squared error.

    .. math:: f(x) = \frac1{2n} \sum_{i=1}^n \lVert F_x(a_i) - y_i \rVert^2

    All weights and biases are one vector, layer after layer. Leading axes are a sweep, so that many
    networks train in one run. Weights start normal with variance one over the number of units that
    a unit listens to, biases at zero.

    Parameters
    ----------
    inputs : array, shape (n, a)
    targets : array, shape (n, b)
    hidden : sequence of int
        The number of units in each hidden layer.
    seed : int
        Of the start.

    Raises
    ------
    ValueError
        If inputs and targets are not two tables with as many rows, or a layer has no units.

    Notes
    -----
    The product of the Hessian is the derivative of backpropagation along ``p``; it costs about as
    much as two gradients. Source: Pearlmutter 1994, Fast Exact Multiplication by the Hessian.
    """
    inputs, targets = np.asarray(inputs, float), np.asarray(targets, float)
    if inputs.ndim != 2 or targets.ndim != 2 or len(inputs) != len(targets):
        raise ValueError(f"tables of as many rows, not {inputs.shape} and {targets.shape}")
    if min(hidden, default=1) < 1:
        raise ValueError(f"each hidden layer needs a unit, got {tuple(hidden)}")
    widths = [inputs.shape[1], *hidden, targets.shape[1]]
    net = _Passes(inputs, targets, list(pairwise(widths)))
    return Perceptron(
        name=f"perceptron({'-'.join(map(str, widths))})",
        value=lambda x, t=None: (net.residual(x) ** 2).sum(axis=(-2, -1)) / (2 * len(inputs)),
        grad=lambda x, t=None: net.gradient(x),
        hess=lambda x: net.product(x[..., None, :], np.eye(x.shape[-1])),
        start=net.draw(seed),
        hvp=net.product,
        draw=net.draw,
    )


def top_eigenvalue(
    product: Callable[[np.ndarray], np.ndarray], start: np.ndarray, iterations: int = 100
) -> tuple[np.ndarray, np.ndarray]:
    """The eigenvalue of largest size of a symmetric matrix, by power iteration; and its vector.

    Parameters
    ----------
    product : callable
        The matrix times a vector; leading axes are many matrices at once.
    start : array, shape (..., d)
        Not orthogonal to the eigenvector. The one found before makes a good start for a matrix that
        has changed a little.
    iterations : int
        At least 1. The error falls by the squared quotient of the two largest sizes in each.

    Returns
    -------
    value : array, shape (...)
        The Rayleigh quotient, which is never above the largest eigenvalue.
    vector : array, shape (..., d)
    """
    vector = start / np.linalg.norm(start, axis=-1, keepdims=True)
    for _ in range(iterations):
        image = product(vector)
        value = (vector * image).sum(axis=-1)
        vector = image / np.linalg.norm(image, axis=-1, keepdims=True)
    return value, vector


def _turned(a: np.ndarray) -> np.ndarray:
    return np.swapaxes(a, -1, -2)


@dataclass(frozen=True)
class _Passes:
    """What passes through the layers: signals forward, errors back."""

    inputs: np.ndarray
    targets: np.ndarray
    shapes: list[tuple[int, int]]

    def draw(self, seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        parts = []
        for a, b in self.shapes:
            parts += [rng.standard_normal(a * b) / np.sqrt(a), np.zeros(b)]
        return np.concatenate(parts)

    def signals(self, layers: Layers) -> list[np.ndarray]:
        signals = [self.inputs]
        for weights, bias in layers[:-1]:
            signals.append(np.tanh(signals[-1] @ weights + bias))
        weights, bias = layers[-1]
        return [*signals, signals[-1] @ weights + bias]

    def residual(self, x: np.ndarray) -> np.ndarray:
        return self.signals(affine_maps(x, self.shapes))[-1] - self.targets

    def gradient(self, x: np.ndarray) -> np.ndarray:
        layers = affine_maps(x, self.shapes)
        signals = self.signals(layers)
        error, parts = (signals[-1] - self.targets) / len(self.inputs), []
        for (weights, _), signal in zip(layers[::-1], signals[-2::-1], strict=True):
            parts.append(_flat(_turned(signal) @ error, error))
            error = (error @ _turned(weights)) * (1 - signal * signal)
        return np.concatenate(parts[::-1], axis=-1)

    def product(self, x: np.ndarray, p: np.ndarray) -> np.ndarray:
        """Each line of the two passes, with its derivative along ``p`` beside it."""
        layers, along, n = (
            affine_maps(x, self.shapes),
            affine_maps(p, self.shapes),
            len(self.inputs),
        )
        signals, moves = self.signals(layers), [np.zeros_like(self.inputs)]
        for k, ((weights, _), (dweights, dbias)) in enumerate(zip(layers, along, strict=True)):
            move = moves[-1] @ weights + signals[k] @ dweights + dbias
            last = k == len(layers) - 1
            moves.append(move if last else move * (1 - signals[k + 1] ** 2))
        error, derror, parts = (signals[-1] - self.targets) / n, moves[-1] / n, []
        for k in range(len(layers) - 1, -1, -1):
            (weights, _), (dweights, _) = layers[k], along[k]
            signal, move = signals[k], moves[k]
            parts.append(_flat(_turned(move) @ error + _turned(signal) @ derror, derror))
            back, slope = error @ _turned(weights), 1 - signal * signal
            derror = derror @ _turned(weights) + error @ _turned(dweights)
            derror = derror * slope - 2 * back * signal * move
            error = back * slope
        return np.concatenate(parts[::-1], axis=-1)


def _flat(weights: np.ndarray, error: np.ndarray) -> np.ndarray:
    """The gradients of a layer's weights and of its biases as one vector."""
    return np.concatenate([weights.reshape(*weights.shape[:-2], -1), error.sum(axis=-2)], axis=-1)
