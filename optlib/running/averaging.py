"""Averaging: where the gradient is taken, and what is returned in place of the last point.

An averaging is not a rule, since it goes around any of them: the optimizer moves its own point
``x``, the gradient (and a decay) is taken at ``point(x, avg)``, and what counts is ``result(x,
avg)``. It runs in :func:`~optlib.running.minimize.minimize`, or in a training loop by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..domains import number
from ..namespaces import words
from .fixed import fixed

State = dict[str, Any]


def _here(x: Any, avg: State) -> Any:
    return x


def _mean(x: Any, avg: State) -> Any:
    return avg["mean"]


def _copied(x: Any) -> State:
    return {"mean": x + 0}


@fixed("make another averaging, as with polyak(...)")
@dataclass(frozen=True)
class Averaging:
    """Four functions around an optimizer.

    Attributes
    ----------
    name : str
        For messages.
    update : callable
        ``update(t, x, avg, lr) -> (x, avg)`` after step ``t``, which may also move ``x``.
    init : callable
        ``init(x) -> avg``, a dict of arrays like ``x``.
    point : callable
        ``point(x, avg)``, where the next gradient is taken.
    result : callable
        ``result(x, avg)``, the parameters to use.
    """

    name: str
    update: Callable[[int, Any, State, Any], tuple[Any, State]]
    init: Callable[[Any], State] = _copied
    point: Callable[[Any, State], Any] = _here
    result: Callable[[Any, State], Any] = _mean

    def resumed(self, x: Any, average: Mapping[str, Any]) -> State:
        """What an earlier run kept, which must fit ``x`` by name, shape and type.

        Raises
        ------
        TypeError
            If it does not hold the names of ``init(x)``.
        ValueError
            If an array has another shape or type.
        """
        fresh = self.init(x)
        if not isinstance(average, Mapping) or set(average) != set(fresh):
            wanted = ", ".join(fresh) or "nothing"
            raise TypeError(
                f"average of {self!r} must be a dict with {wanted}, got {average!r:.40}"
            )
        for name, start in fresh.items():
            kept = average[name]
            if not hasattr(kept, "dtype") or (kept.shape, kept.dtype) != (start.shape, start.dtype):
                raise ValueError(
                    f"average: {name} must be an array of shape {start.shape}, type {start.dtype}"
                )
        return dict(average)

    def __repr__(self) -> str:
        return self.name


def weight_ema(decay: float = 0.999) -> Averaging:
    r"""An exponential average of the points, :math:`\bar x_t = d\,\bar x_{t-1} + (1 - d)\,x_t`.

    Parameters
    ----------
    decay : float
        In [0, 1). The average starts at the start of the run and is not corrected for it.
    """
    decay = number("weight_ema", "decay", decay, "[0, 1)")

    def update(t, x, avg, lr):
        return x, {"mean": decay * avg["mean"] + (1 - decay) * x}

    return Averaging(f"weight_ema({decay})", update)


def polyak(start: int = 0) -> Averaging:
    r"""The plain mean of the points, :math:`\bar x_t = \bar x_{t-1} + (x_t - \bar x_{t-1})/n`.

    Parameters
    ----------
    start : int
        Steps that are left out at the beginning; the start of the run is never in the mean.

    Notes
    -----
    Polyak & Juditsky 1992; Ruppert 1988.
    """
    start = number("polyak", "start", start, "integer [0, inf)")

    def update(t, x, avg, lr):
        count = words(t).maximum(t - start, 1)
        return x, {"mean": avg["mean"] + (x - avg["mean"]) / count}

    return Averaging(f"polyak(start={start})", update)


def lookahead(every: int = 5, alpha: float = 0.5) -> Averaging:
    r"""Slow weights that follow the fast ones, and call them back, every few steps.

    .. math:: \phi \leftarrow \phi + \alpha\,(x - \phi), \qquad x \leftarrow \phi

    Parameters
    ----------
    every : int
        At least 1.
    alpha : float
        In (0, 1]; with 1 nothing changes but that results come every few steps only.

    Notes
    -----
    Zhang et al. 2019, algorithm 1. The state of the optimizer is kept at a call back.
    """
    every = number("lookahead", "every", every, "integer [1, inf)")
    alpha = number("lookahead", "alpha", alpha, "(0, 1]")

    def update(t, x, avg, lr):
        slow = avg["mean"]
        moved = slow + alpha * (x - slow)
        xp, due = words(x), t % every == 0
        return xp.where(due, moved, x), {"mean": xp.where(due, moved, slow)}

    return Averaging(f"lookahead(every={every}, alpha={alpha})", update)


def schedule_free(beta: float = 0.9, power: float = 2.0) -> Averaging:
    r"""Schedule-free learning: gradients between the point and the mean, the mean as result.

    .. math::
        y_t = (1 - \beta)\,z_t + \beta\,\bar x_t, \qquad
        \bar x_{t+1} = \bar x_t + c_{t+1}(z_{t+1} - \bar x_t), \qquad
        c_{t+1} = \alpha_t^p / \textstyle\sum_{i \le t} \alpha_i^p

    The optimizer moves :math:`z` by the gradient at :math:`y`. With :math:`\beta = 0` and a
    constant rate this is :func:`polyak`; :math:`\beta = 1` would be primal averaging.

    Parameters
    ----------
    beta : float
        In [0, 1].
    power : float
        Of the rate in the weights, at least 0; 2 in the paper, so that a warmup counts little.

    Notes
    -----
    Defazio et al. 2024, arXiv 2405.15682, algorithm 1.
    """
    beta = number("schedule_free", "beta", beta, "[0, 1]")
    power = number("schedule_free", "power", power, "[0, inf)")

    def init(x):
        return {"mean": x + 0, "weight": 0 * x}

    def point(x, avg):
        return x if beta == 0 else (1 - beta) * x + beta * avg["mean"]

    def update(t, x, avg, lr):
        xp = words(x)
        own = lr**power
        weight = avg["weight"] + own
        # Before the first rate above 0, as in a warmup from 0, the mean is the point itself.
        part = xp.where(weight > 0, own / xp.where(weight > 0, weight, 1.0), 1.0)
        return x, {"mean": avg["mean"] + part * (x - avg["mean"]), "weight": weight}

    return Averaging(f"schedule_free(beta={beta})", update, init, point)
