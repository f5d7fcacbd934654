"""The live figures of chapter 7: Adam with a frozen preconditioner, on one curvature."""

from __future__ import annotations

import numpy as np
import sympy as sp

from ...algebra.tracing import trace
from ..colors import CYCLE, QUIET
from .curves import Axis, Curve, Curves, Reading
from .dials import Dial, memory

_SHARPNESS = sp.Symbol("sharpness", positive=True)
_HALTS = (*(k / 10 for k in range(1, 20)), *range(2, 37), *(37 + k / 10 for k in range(31)), 42, 50)


def _parts() -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """Half the trace, the determinant, and what stands under the root of the two eigenvalues.

    One step takes ``(x, m)`` to ``(x - lr m', m')`` with the average ``m'`` of Adam. ``sharpness``
    is the rate times the preconditioned sharpness.
    """
    adam = trace("adam")
    new = adam.state["m"]
    keep, fresh = new.diff(adam.symbols["m"]), new.diff(adam.symbols["g"])
    half = (1 + keep - fresh * _SHARPNESS) / 2
    return half, keep, half**2 - keep


def _edge() -> sp.Expr:
    beta1 = trace("adam").symbols["beta1"]
    return (2 + 2 * beta1) / (1 - beta1)


def stability_roots() -> Curves:
    """The sizes of the two eigenvalues of a step against the preconditioned sharpness."""
    half, product, under = _parts()
    apart = sp.Abs(half) + sp.sqrt(sp.Max(under, 0))
    together = sp.sqrt(product)
    return Curves(
        alt="The sizes of the two eigenvalues of a step of Adam against the rate times the "
        "preconditioned sharpness, on a logarithmic axis. With beta1 = 0.9 both are 0.95 over a "
        "long stretch; then one shoots up and passes 1 at 38. Gradient descent passes 1 at 2.",
        dials=(memory("beta1", "β₁", 0.9, least=-2),),
        variable=_SHARPNESS.name,
        points=[float(f"{s:.5g}") for s in np.geomspace(0.1, 1000, 1001)],
        x=Axis("αS", "log", 0.1, 1000),
        y=Axis("size of the eigenvalues", "linear", 0, 1.6),
        curves=(
            Curve("larger", sp.Piecewise((together, under < 0), (apart, True)), CYCLE[0]),
            Curve(
                "smaller", sp.Piecewise((together, under < 0), (product / apart, True)), CYCLE[1]
            ),
            Curve("gradient descent", sp.Abs(1 - _SHARPNESS), QUIET),
            Curve("the edge of stability", sp.Integer(1), QUIET, "--"),
        ),
        readings=(Reading("larger one passes 1 at αS =", _edge()),),
    )


def stability_orbit() -> Curves:
    """The distance from the minimum, step by step, in closed form."""
    half, product, under = _parts()
    t = sp.Symbol("t", nonnegative=True)
    first = 2 * half - product  # the point after one step from x = 1, m = 0
    size = sp.sqrt(product)
    cosine = sp.Max(-1, sp.Min(1, half / size))
    turn = sp.acos(cosine)
    swing = size**t * (
        sp.cos(t * turn) + (first / size - cosine) * sp.sin(t * turn) / sp.sqrt(1 - cosine**2)
    )
    gap = sp.sqrt(sp.Max(under, 0))
    big, small = sp.Abs(half) + gap, product / (sp.Abs(half) + gap)
    # Real eigenvalues have one sign; a negative one turns the distance over at every step.
    flip = sp.Piecewise((sp.cos(sp.pi * t), half < 0), (1, True))
    start = sp.Piecewise((-first, half < 0), (first, True))
    weight = (start - small) / (2 * gap)
    decay = flip * (weight * big**t + (1 - weight) * small**t)
    return Curves(
        alt="The distance from the minimum over 80 steps of Adam with a frozen preconditioner. "
        "Below the edge it dies out, for beta1 = 0.9 in slow swings; above, its sign changes at "
        "every step and it grows.",
        dials=(
            Dial(_SHARPNESS.name, "αS", _HALTS, 37.5),
            memory("beta1", "β₁", 0.9, least=-2),
        ),
        variable=t.name,
        points=range(81),
        x=Axis("step t", "linear", 0, 80),
        y=Axis("distance x", "linear", -9, 9),
        curves=(
            Curve("distance", sp.Piecewise((swing, under < 0), (decay, True)), CYCLE[0], dots=True),
            Curve("the minimum", sp.Integer(0), QUIET),
        ),
        readings=(Reading("stable for αS below", _edge()),),
    )
