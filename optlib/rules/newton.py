"""Newton's method, to compare with: the whole Hessian where the others keep a diagonal."""

from __future__ import annotations

from ..registry import rule
from .first_order import sgd


@rule(
    parent=sgd,
    change="the gradient is multiplied by the inverse of the Hessian",
    source="Nocedal & Wright 2006, chapter 3",
    scope="layer",
    square=("hess",),
    traceable=False,
)
def newton(xp, t, g, x, *, hess):
    r"""Newton: :math:`u_t = H_t^{-1} g_t`; with a rate of 1 a quadratic is solved in one step.

    ``hess`` is the Hessian of the layer, :math:`d \times d` for its :math:`d` entries. The step
    costs :math:`O(d^3)`. It goes towards any stationary point, a saddle or a maximum as well.

    Raises
    ------
    numpy.linalg.LinAlgError
        In NumPy, if a Hessian is singular to the last bit.
    """
    # No routine takes half precision.
    wide = xp.result_type(g.dtype, xp.float32)
    u = xp.linalg.solve(xp.astype(hess, wide), xp.astype(g, wide)[..., None])[..., 0]
    return (xp.astype(u, g.dtype),)
