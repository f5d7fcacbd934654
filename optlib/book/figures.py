"""The look of every figure: one style, one colour for each optimizer, contours and paths.

Needs matplotlib.
"""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes

from ..problems import Problem
from ..running.minimize import Run
from .colors import CYCLE, INK, LINES, QUIET


def style() -> None:
    """Set the style for all figures that follow; a chapter calls it once."""
    mpl.rcParams.update(
        {
            "figure.figsize": (6.4, 3.6),
            "figure.dpi": 200,
            "figure.constrained_layout.use": True,
            "savefig.facecolor": "white",
            "font.size": 11.5,
            "axes.titlesize": 11.5,
            "axes.titlelocation": "left",
            "axes.edgecolor": QUIET,
            "axes.labelcolor": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": cycler(color=CYCLE),
            "axes.grid": True,
            "grid.color": "#e4e4e4",
            "grid.linewidth": 0.8,
            "lines.linewidth": 1.9,
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "legend.frameon": False,
            "mathtext.fontset": "cm",
        }
    )


def contours(ax: Axes, problem: Problem, levels: int = 14, points: int = 240) -> None:
    """Draw the level lines of a problem in the plane, closer together near its minimum.

    Parameters
    ----------
    ax : Axes
    problem : Problem
        With a window.
    levels, points : int
        The number of lines, and of grid points along each axis.

    Raises
    ------
    ValueError
        If the problem has no window.
    """
    if problem.window is None:
        raise ValueError(f"{problem.name} has no window to draw")
    (left, right), (bottom, top) = problem.window
    x, y = np.meshgrid(np.linspace(left, right, points), np.linspace(bottom, top, points))
    f = problem.value(np.stack([x, y], axis=-1))
    lowest = min((float(problem.value(m)) for m in problem.minima), default=float(f.min()))
    height = np.sqrt(np.maximum(f - lowest, 0))
    steps = np.linspace(0, height.max() ** 0.5, levels + 1)[1:] ** 2
    ax.contourf(x, y, height, [0, *steps], cmap="Greys", alpha=0.35, vmax=1.6 * height.max())
    ax.contour(x, y, height, steps, colors="#9a9a9a", linewidths=0.6)
    for m in problem.minima:
        ax.plot(*m, marker="*", color=INK, markersize=11, linestyle="none", zorder=5)
    ax.set(xlim=(left, right), ylim=(bottom, top), xlabel="$x_1$", ylabel="$x_2$")
    ax.grid(False)


def path(ax: Axes, run: Run, rule: str, label: str | None = None) -> None:
    """Draw the path of a single run in the plane, in the colour of its rule.

    Parameters
    ----------
    ax : Axes
    run : Run
        Of one run: ``run.x`` has shape (records, 2).
    rule : str
        A name in :data:`LINES`.
    label : str, optional
        For the legend; the rule's name by default.
    """
    ax.plot(*run.x.T, **LINES[rule], label=label or rule, zorder=3)
    ax.plot(*run.x[0], "o", color=INK, markersize=5, zorder=6)
    ax.plot(*run.x[-1], "o", color=LINES[rule]["color"], markersize=6, zorder=6)
