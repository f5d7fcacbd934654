"""The curvature of a network's loss, from products of its Hessian with vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .networks import Batch, Network, Params


def hessian_times(network: Network, params: Params, batch: Batch) -> Callable[[Any], np.ndarray]:
    """The map of a vector to its product with the Hessian, in double precision.

    Parameters
    ----------
    network : optlib.problems.networks.Network
    params : dict of arrays
        The point; a vector is the concatenation of its arrays, in the order of the dict.
    batch : tuple
        What the loss is taken over.

    Source: Pearlmutter 1994, for the product at the price of a few gradients.
    """
    from autograd import grad
    from autograd.core import make_vjp

    shapes = {name: array.shape for name, array in params.items()}
    ends = np.cumsum([array.size for array in params.values()])[:-1]

    def loss(flat: Any) -> Any:
        starts = np.concatenate([[0], ends])
        stops = np.concatenate([ends, [flat.shape[0]]])
        pieces = zip(shapes.items(), starts, stops, strict=True)
        return network.loss({k: flat[a:b].reshape(s) for (k, s), a, b in pieces}, batch)

    point = np.concatenate([a.ravel() for a in params.values()]).astype(np.float64)
    # The Hessian is symmetric, so the product from the left is the product from the right.
    times, _ = make_vjp(grad(loss), point)
    return times


def sharpness(
    network: Network, params: Params, batch: Batch, scale: Params | None = None, steps: int = 12
) -> float:
    r"""The largest eigenvalue of the Hessian, or of :math:`D^{-1/2} H D^{-1/2}`, by Lanczos.

    With :math:`D = \operatorname{diag}(\sqrt{\hat v} + \varepsilon)` this is the curvature that
    Adam meets: a step :math:`D^{-1} g` is gradient descent in the coordinates :math:`D^{1/2} x`.

    Parameters
    ----------
    network, params, batch
        As for :func:`hessian_times`.
    scale : dict of arrays, optional
        The diagonal of :math:`D`, positive, in the shapes of ``params``.
    steps : int
        Products with the Hessian. The result approaches the eigenvalue from below.

    Source: Cohen et al. 2022, arXiv 2207.14484, for the preconditioned sharpness.
    """
    times = hessian_times(network, params, batch)
    size = sum(array.size for array in params.values())
    root = np.ones(size)
    if scale is not None:
        root = 1 / np.sqrt(np.concatenate([scale[k].ravel() for k in params]).astype(float))
    start = np.random.default_rng(0).standard_normal(size)
    basis, products = [start / np.linalg.norm(start)], []
    for _ in range(min(steps, size)):
        products.append(root * times(root * basis[-1]))
        rest = products[-1].copy()
        for _ in range(2):  # twice, since once leaves what rounding has brought in
            for vector in basis:
                rest -= (vector @ rest) * vector
        length = np.linalg.norm(rest)
        if length < 1e-10 * np.linalg.norm(products[-1]) or len(basis) == steps:
            break
        basis.append(rest / length)
    projected = np.array(basis[: len(products)]) @ np.array(products).T
    return float(np.linalg.eigvalsh((projected + projected.T) / 2)[-1])
