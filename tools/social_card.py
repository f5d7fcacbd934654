"""Draw what other sites show beside a link to the book: `python tools/social_card.py`."""

import io
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from optlib import Optimizer, minimize, problems

TARGET = Path(__file__).resolve().parents[1] / "_static" / "card.png"
WIDTH, HEIGHT, DPI = 1200, 630, 100
COLOURS = 64


def draw():
    """The title, and beside it runs of Adam on Beale's function."""
    problem = problems.beale()
    run = minimize(Optimizer("adam", lr=np.geomspace(0.01, 0.5, 12)), problem, steps=400)
    (left, right), (low, high) = problem.window
    grid = np.meshgrid(np.linspace(left, right, 300), np.linspace(low, high, 200))
    values = problem.value(np.stack(grid, axis=-1))

    figure = plt.figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI)
    axes = figure.add_axes((0.4, 0, 0.6, 1), xlim=(left, right), ylim=(low, high))
    axes.set_axis_off()
    levels = np.geomspace(0.01, values.max(), 18)
    axes.contour(*grid, values, levels=levels, colors="#c9d3e0", linewidths=1)
    for k, colour in enumerate(plt.cm.viridis(np.linspace(0, 0.85, run.x.shape[1]))):
        axes.plot(*run.x[:, k].T, color=colour, linewidth=2.2)
    for place, size, weight, text in (
        (0.66, 58, "bold", "Adam,"),
        (0.53, 58, "bold", "Line by Line"),
        (0.40, 22, "normal", "Executable notes: every formula,"),
        (0.34, 22, "normal", "figure and number is computed."),
    ):
        figure.text(0.04, place, text, size=size, weight=weight, color="#1f2d3d")
    return figure


def main():
    drawn = io.BytesIO()
    draw().savefig(drawn, dpi=DPI)
    Image.open(drawn).convert("RGB").quantize(COLOURS).save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
