"""Adafactor: second moments kept as the means of their rows and columns.

A rule of scope ``matrix`` sees each layer as a stack of matrices, the last two axes; everything
before them is one axis, so a whole layer is the last three. A vector or a number is a matrix of one
row.
"""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .adaptive import rmsprop
from .averages import ema
from .sizes import mean, mean_square, rms

_ADAFACTOR = {
    "decay": "[0, inf)",
    "eps1": "[0, inf)",
    "eps2": "[0, inf)",
    "clip": "(0, inf]",
    "r": "[0, inf)",
    "c": "[0, inf)",
}


def _layer(a: Any) -> tuple[int, ...]:
    """The axes of a whole layer; by hand, a rule may be given one matrix in place of a stack."""
    return tuple(range(-min(a.ndim, 3), 0))


def size(xp: Any, x: Any, eps2: Any) -> Any:
    r"""What Adafactor calls the scale of a layer, :math:`\max(\varepsilon_2, \mathrm{RMS}(x))`."""
    return xp.maximum(rms(xp, x, _layer(x)), eps2)


def clipped(xp: Any, u: Any, clip: Any) -> Any:
    r"""A direction whose RMS is held to ``clip``: :math:`u / \max(1, \mathrm{RMS}(u)/d)`.

    Source: Shazeer & Stern 2018.
    """
    return u / xp.maximum(rms(xp, u, _layer(u)) / clip, 1.0)


def growing(t: Any, decay: Any) -> Any:
    r"""The decay of the second moment, :math:`\hat\beta_{2t} = 1 - t^{-c}`; it starts at 0.

    Source: Shazeer & Stern 2018.
    """
    return 1 - t**-decay


def outer(xp: Any, r: Any, c: Any) -> Any:
    r"""The matrix of rank one with these means of rows and columns, :math:`r c / \bar r`.

    Source: Shazeer & Stern 2018, where sums stand in place of means.
    """
    return r / mean(xp, r, -2) * c


def _divided(xp: Any, g: Any, r: Any, c: Any) -> Any:
    """A gradient over the root of that matrix, in two divisions.

    Where a row and a column are zero, the product is ``eps1`` squared, in single precision zero.
    """
    return g / xp.sqrt(r / mean(xp, r, -2)) / xp.sqrt(c)


def _rows_and_columns(xp: Any, x: Any, **hyper: Any) -> dict[str, Any]:
    """One number for each row and one for each column."""
    return {"r": xp.zeros_like(x[..., :1]), "c": xp.zeros_like(x[..., :1, :])}


def _means(xp: Any, beta: Any, r: Any, c: Any, g: Any, eps1: Any) -> tuple[Any, Any]:
    r = ema(beta, r, mean_square(xp, g, -1) + eps1)
    return r, ema(beta, c, mean_square(xp, g, -2) + eps1)


@rule(
    parent=rmsprop,
    change="keeps the squares' means over rows and columns in place of the squares",
    source="Shazeer & Stern 2018, Algorithm 4, without its step size",
    scope="matrix",
    domains=_ADAFACTOR,
    init=_rows_and_columns,
    traceable=False,
)
def adafactor_absolute(xp, t, g, x, r, c, *, decay=0.8, eps1=1e-30, clip=1.0):
    r"""Adafactor with the rate as an absolute step size.

    .. math::

        r_t = \hat\beta_{2t} r_{t-1} + (1-\hat\beta_{2t}) (g_t^2 + \varepsilon_1) \tfrac1n 1_n,
        \quad
        c_t = \hat\beta_{2t} c_{t-1} + (1-\hat\beta_{2t}) \tfrac1m 1_m^\top (g_t^2 + \varepsilon_1),
        \quad
        \hat v_t = r_t c_t / \bar r_t, \quad
        u_t = \frac{g_t/\sqrt{\hat v_t}}{\max(1, \mathrm{RMS}(g_t/\sqrt{\hat v_t})/d)}

    with :math:`\hat\beta_{2t} = 1 - t^{-c}`. An m by n matrix needs m + n numbers. For a vector, a
    matrix of one row, :math:`\hat v` is the average of squares itself, as in the form for vectors.
    Each matrix of a stack is factored alone; RMS is that of the whole layer.
    """
    r, c = _means(xp, growing(t, decay), r, c, g, eps1)
    return clipped(xp, _divided(xp, g, r, c), clip), r, c


@rule(
    parent=adafactor_absolute,
    change="measures the step by the size of the layer",
    source="Shazeer & Stern 2018, Algorithm 4, with its step size",
    scope="matrix",
    domains=_ADAFACTOR,
    init=_rows_and_columns,
    traceable=False,
)
def adafactor(xp, t, g, x, r, c, *, decay=0.8, eps1=1e-30, eps2=1e-3, clip=1.0):
    r"""Adafactor: :math:`\max(\varepsilon_2, \mathrm{RMS}(x_{t-1}))` times the direction of
    :func:`adafactor_absolute`.

    The rate is the relative step size :math:`\rho_t`, in the paper
    :math:`\min(10^{-2}, 1/\sqrt t)`.
    """
    u, r, c = adafactor_absolute(xp, t, g, x, r, c, decay=decay, eps1=eps1, clip=clip)
    return size(xp, x, eps2) * u, r, c


@rule(
    parent=adafactor,
    change="keeps eps1 out of the squares, and holds the denominators above it",
    source="PyTorch, torch.optim.Adafactor, without its step size and decay",
    scope="matrix",
    domains=_ADAFACTOR,
    init=_rows_and_columns,
    traceable=False,
)
def adafactor_floored(xp, t, g, x, r, c, *, decay=0.8, eps1=2.0**-52, eps2=1e-3, clip=1.0):
    r"""Adafactor in PyTorch.

    .. math::

        \hat v_t = \frac{r_t c_t}{\max(\bar r_t, \varepsilon_1)}, \qquad
        u_t \propto \frac{g_t}{\sqrt{\max(\hat v_t, \varepsilon_1^2)}}

    with means of :math:`g_t^2` alone. ``eps1`` is the machine epsilon of double precision. Where
    :math:`\bar r_t < \varepsilon_1`, the first floor makes the direction larger and not smaller.
    """
    r, c = _means(xp, growing(t, decay), r, c, g, 0.0)
    v = r / xp.maximum(mean(xp, r, -2), eps1) * c
    u = g / xp.sqrt(xp.maximum(v, eps1 * eps1))
    return size(xp, x, eps2) * clipped(xp, u, clip), r, c


def _with_instability(xp: Any, x: Any, **hyper: Any) -> dict[str, Any]:
    """Means of rows and columns, of the squares and of the surprises."""
    squares, surprises = _rows_and_columns(xp, x), _rows_and_columns(xp, x)
    return squares | {"rows": surprises["r"], "columns": surprises["c"]}


@rule(
    parent=adafactor_absolute,
    change="averages the direction, and divides that by what it usually misses the direction by",
    source="Luo et al. 2023 (arXiv:2307.02047), as in the authors' code",
    scope="matrix",
    domains=_ADAFACTOR | {"eps2": "(0, inf)", "rows": "[0, inf)", "columns": "[0, inf)"},
    init=_with_instability,
    traceable=False,
)
def came(
    xp,
    t,
    g,
    x,
    r,
    c,
    m,
    rows,
    columns,
    *,
    beta1=0.9,
    beta2=0.999,
    beta3=0.9999,
    eps1=1e-30,
    eps2=1e-16,
    clip=1.0,
):
    r"""CAME: :math:`u_t = m_t / \sqrt{S_t}`.

    .. math::

        m_t = \beta_1 m_{t-1} + (1-\beta_1) \hat u_t, \qquad
        S_t \text{ from } R_t, C_t \text{, the averages over rows and columns of }
        (\hat u_t - m_t)^2 + \varepsilon_2

    :math:`\hat u_t` is the direction of :func:`adafactor_absolute` with a constant
    :math:`\beta_2`, and :math:`S_t` is made of means as :math:`\hat v_t` is there. Where an
    average foretells its directions badly, it is trusted less. Nothing is corrected: the first
    step is about :math:`1/\sqrt{1-\beta_3}` times :math:`(1-\beta_1)/\beta_1`, at the defaults
    11 times the rate. The authors' code divides no vector by :math:`S_t`; here a vector is a
    matrix of one row.
    """
    r, c = _means(xp, beta2, r, c, g, eps1)
    u = clipped(xp, _divided(xp, g, r, c), clip)
    m = ema(beta1, m, u)
    rows, columns = _means(xp, beta3, rows, columns, u - m, eps2)
    return _divided(xp, m, rows, columns), r, c, m, rows, columns


@rule(
    parent=rmsprop,
    change="lets the decay grow to 1, and clips the direction of the layer",
    source="Shazeer & Stern 2018, for vectors, without its step size",
    scope="layer",
    domains=_ADAFACTOR,
)
def adafactor_vector_absolute(xp, t, g, x, v, *, decay=0.8, eps1=1e-30, clip=1.0):
    r"""Adafactor for vectors, with the rate as an absolute step size.

    .. math::

        v_t = \hat\beta_{2t} v_{t-1} + (1-\hat\beta_{2t}) (g_t^2 + \varepsilon_1), \qquad
        u_t = \frac{g_t/\sqrt{v_t}}{\max(1, \mathrm{RMS}(g_t/\sqrt{v_t})/d)}
    """
    v = ema(growing(t, decay), v, g * g + eps1)
    u = g / xp.sqrt(v)
    return u / xp.maximum(rms(xp, u) / clip, 1.0), v


@rule(
    parent=adafactor_vector_absolute,
    change="measures the step by the size of the layer",
    source="Shazeer & Stern 2018, for vectors",
    scope="layer",
    domains=_ADAFACTOR,
)
def adafactor_vector(xp, t, g, x, v, *, decay=0.8, eps1=1e-30, eps2=1e-3, clip=1.0):
    r"""Adafactor for vectors: :math:`\max(\varepsilon_2, \mathrm{RMS}(x_{t-1}))` times the
    direction of :func:`adafactor_vector_absolute`.
    """
    u, v = adafactor_vector_absolute(xp, t, g, x, v, decay=decay, eps1=eps1, clip=clip)
    return xp.maximum(rms(xp, x), eps2) * u, v


@rule(
    parent=adafactor_vector,
    change="keeps eps1 out of the squares, and holds their root above it",
    source="PyTorch, torch.optim.Adafactor on vectors, without its step size and decay",
    scope="layer",
    domains=_ADAFACTOR,
)
def adafactor_vector_floored(xp, t, g, x, v, *, decay=0.8, eps1=2.0**-52, eps2=1e-3, clip=1.0):
    r"""Adafactor for vectors in PyTorch.

    .. math:: u_t \propto g_t/\max(\sqrt{v_t}, \varepsilon_1)
    """
    v = ema(growing(t, decay), v, g * g)
    u = g / xp.maximum(xp.sqrt(v), eps1)
    return xp.maximum(rms(xp, x), eps2) * u / xp.maximum(rms(xp, u) / clip, 1.0), v
