"""PyTorch's L-BFGS (torch 2.13): one step is one of its inner iterations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...domains import number
from ...rules.lbfgs import inner, with_memory
from ...running.linesearch import strong_wolfe
from ...running.optimizer import Optimizer
from ..table import NotModelled, entry


def _as_in_torch(rule: Callable, tolerance_grad: float, tolerance_change: float) -> Callable:
    """The rule over all layers as one vector, with PyTorch's tolerances and scale.

    There is no direction once the gradient, or the slope along it, is small. A step after the first
    that has no pair yet takes the gradient as it is.
    """

    def changed(xp: Any, t: Any, g: Any, x: Any, *state: Any, **hyper: Any) -> Any:
        u, *new = rule(xp, t, g, x, *state, **hyper)
        pairs = xp.reshape(new[-1], (*x.shape, -1))
        paired = xp.any(pairs != 0, axis=(-2, -1))[..., None]
        u = xp.where(paired | (t < 2), u, g)
        largest = xp.max(xp.abs(g), axis=-1, keepdims=True)
        going = (largest > tolerance_grad) & (inner(xp, g, u) >= tolerance_change)
        return xp.where(going, u, 0 * u), *new

    changed.__dict__.update(rule.__dict__)
    changed.__name__ = changed.__qualname__ = f"{rule.__name__}_stopping"
    changed.parent, changed.change = rule, "stops where the gradient or the slope is small"
    changed.scope = "model"
    return changed


@entry(
    "torch",
    "LBFGS",
    note="all parameters are one vector; a step of ours is one inner iteration, of which one there "
    "takes up to max_iter; max_eval counts the first evaluation and is 1 for max_iter=1, which "
    "leaves the strong Wolfe search one trial: it is taken if it is lower, and if it is not, all "
    "later steps stay; pairs are stored only if their product is above 1e-10, whatever the scale "
    "of the problem",
)
def lbfgs(
    *,
    lr=1,
    max_iter=20,
    max_eval=None,
    tolerance_grad=1e-7,
    tolerance_change=1e-9,
    history_size=100,
    line_search_fn=None,
):
    """Algorithm 7.5 of Nocedal & Wright, with a fixed rate or a strong Wolfe search."""
    if line_search_fn not in (None, "strong_wolfe"):
        raise NotModelled(f"torch LBFGS: line_search_fn={line_search_fn!r} is not modelled")
    max_iter = number("torch LBFGS", "max_iter", max_iter, "integer [1, inf)")
    if max_iter != 1 and line_search_fn:
        raise NotModelled(
            f"torch LBFGS: max_iter={max_iter!r} is not modelled with a search, only 1: a step of "
            "ours is one inner iteration, and a budget of evaluations for several has no place"
        )
    budget = max_iter * 5 // 4 if max_eval is None else max_eval
    rule = _as_in_torch(with_memory(history_size), tolerance_grad, tolerance_change)
    rate = strong_wolfe(first=lr, limit=max(budget - 1, 0)) if line_search_fn else lr
    return Optimizer(rule, lr=rate, curvature=1e-10)
