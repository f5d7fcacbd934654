"""L-BFGS: a quasi-Newton direction from the last few steps and changes of the gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..registry import rule
from .sizes import divisor, inner, norm, total

MEMORY = 10
"""How many pairs the rule keeps, unless :func:`with_memory` says otherwise."""


def two_loop(xp, g, pairs, scale):
    r"""The product :math:`H_t g_t` of the BFGS matrix of the pairs, from :math:`\gamma I`.

    ``pairs`` holds :math:`(s_i, y_i, s_i^\top y_i)`, oldest first; a pair of zeros changes nothing.

    Notes
    -----
    Nocedal & Wright 2006, algorithm 7.4.
    """
    alphas = []
    for s, y, sy in reversed(pairs):
        alphas.append(inner(xp, s, g) / sy)
        g = g - alphas[-1] * y
    u = scale * g
    for s, y, sy in pairs:
        u = u + (alphas.pop() - inner(xp, y, u) / sy) * s
    return u


def _start(memory: int) -> Callable[..., dict[str, Any]]:
    def init(xp: Any, x: Any, **hyper: Any) -> dict[str, Any]:
        # The pairs lie on a last axis, so that axes of a sweep stay in front.
        return {name: xp.zeros((*x.shape, memory), dtype=x.dtype) for name in ("s", "y")}

    return init


@rule(
    source="Nocedal & Wright 2006, algorithms 7.4 and 7.5",
    scope="layer",
    domains={"curvature": "[0, inf)"},
    init=_start(MEMORY),
    traceable=False,
)
def lbfgs(xp, t, g, x, x_old, g_old, s, y, *, curvature=0.0):
    r"""L-BFGS: :math:`u_t = H_t g_t`, where :math:`H_t` maps the last changes of g to those of x.

    .. math::
        H_t = \text{BFGS updates of } \gamma_t I \text{ by } s_i = x_i - x_{i-1},\
        y_i = g_{i+1} - g_i, \qquad \gamma_t = s^\top y / y^\top y

    The pairs are the last 10, and only those with :math:`s^\top y >` ``curvature``, which keeps
    :math:`H_t` positive; a strong Wolfe search makes all of them so. The first direction is the
    gradient, at most 1 long in the sum of absolute values. Made for a line search and gradients
    without noise.
    """
    s, y = (xp.reshape(a, (*x.shape, -1)) for a in (s, y))
    ds, dy = x - x_old, g - g_old
    keep = (t > 1) & (inner(xp, ds, dy) > curvature)
    s, y = (_pushed(xp, keep, a, new) for a, new in ((s, ds), (y, dy)))
    pairs = [_pair(xp, s[..., i], y[..., i]) for i in range(s.shape[-1])]
    size = divisor(xp, xp.maximum(total(xp, xp.abs(g)), 1.0))
    _, last, sy = pairs[-1]
    # Twice by the length: its square may leave the range that the quotient is in.
    length = norm(xp, last)
    safe = xp.where(length > 0, divisor(xp, length), 1.0)
    scale = xp.where(length > 0, sy / safe / safe, 1 / size)
    return two_loop(xp, g, pairs, scale), x, g, s, y


@rule(
    parent=lbfgs,
    change="keeps every pair, even one that goes the wrong way, and starts at a length of 1",
    source="Optax 0.2.8, optax.lbfgs without a line search",
    scope="model",
    init=_start(MEMORY),
    traceable=False,
)
def lbfgs_unguarded(xp, t, g, x, x_old, g_old, s, y):
    r"""L-BFGS in Optax, over all layers as one vector.

    A pair counts unless :math:`s^\top y = 0`: with a negative one :math:`H_t` is not positive, and
    the direction may go uphill. The first direction has a norm of 1 at most.
    """
    s, y = (xp.reshape(a, (*x.shape, -1)) for a in (s, y))
    ds, dy = x - x_old, g - g_old
    along, length = inner(xp, ds, dy), norm(xp, dy)
    keep = (t > 1) & (xp.abs(along) > 0)
    # A pair that does not count still takes a place.
    s, y = (_pushed(xp, t > 1, a, xp.where(keep, new, 0.0)) for a, new in ((s, ds), (y, dy)))
    pairs = [_signed_pair(xp, s[..., i], y[..., i]) for i in range(s.shape[-1])]
    first = 1 / divisor(xp, xp.maximum(norm(xp, g), 1.0))
    # Twice by the length, as above.
    safe = xp.where(length > 0, divisor(xp, length), 1.0)
    newest = xp.where(length > 0, along / safe / safe, 1.0)
    return two_loop(xp, g, pairs, xp.where(t > 1, newest, first)), x, g, s, y


def _pushed(xp, keep, stored, new):
    """The stored vectors with the new one at the end, the oldest one forgotten."""
    pushed = xp.concat([stored[..., 1:], new[..., None]], axis=-1)
    return xp.where(keep[..., None] if getattr(keep, "shape", ()) else keep, pushed, stored)


def _pair(xp, s, y):
    r"""A pair with its :math:`s^\top y`, or with 1 where nothing is stored."""
    sy = inner(xp, s, y)
    return s, y, xp.where(sy > 0, sy, 1.0)


def _signed_pair(xp, s, y):
    r"""A pair with its :math:`s^\top y` of either sign, or with 1 where nothing is stored."""
    sy = inner(xp, s, y)
    return s, y, xp.where(xp.abs(sy) > 0, sy, 1.0)


def with_memory(memory: int, of: Callable = lbfgs) -> Callable:
    """:func:`lbfgs`, or its form without guards, with another number of pairs.

    Parameters
    ----------
    memory : int
        At least 1.
    of : callable
        Which form.

    Raises
    ------
    ValueError
        If it is not.
    """
    if isinstance(memory, bool) or not isinstance(memory, int) or memory < 1:
        raise ValueError(f"memory must be a whole number >= 1, got {memory!r}")

    def changed(xp, t, g, x, *state, **hyper):
        return of(xp, t, g, x, *state, **hyper)

    changed.__dict__.update(of.__dict__)
    changed.__name__ = changed.__qualname__ = f"{of.__name__}_{memory}"
    changed.__doc__ = of.__doc__
    changed.parent, changed.change = of, f"keeps the last {memory} pairs"
    special = _start(memory)
    changed.init = lambda xp, x, **hyper: of.init(xp, x) | special(xp, x)
    return changed
