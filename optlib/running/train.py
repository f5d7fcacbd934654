"""The loop that trains a network: an optimizer, batches, and what was recorded.

Examples
--------
>>> from optlib import Optimizer
>>> from optlib.problems import datasets
>>> from optlib.problems.networks import accuracy, mlp
>>> data = datasets.digits()
>>> network = mlp()
>>> start = network.init(np.random.default_rng(0))
>>> batches = datasets.samples(data.x, data.y, batch=64, seed=0)
>>> run = train(Optimizer("adam", lr=1e-2), network, start, batches, steps=100)
>>> bool(accuracy(network, run.params, (data.x_test, data.y_test)) > 0.9)
True
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..problems.networks import Batch, Network, Params
from .checks import NonFiniteError
from .optimizer import Optimizer


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
