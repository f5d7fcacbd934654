"""The live figure of chapter 3: a race in a bowl that is scaled and turned."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from ...engines import javascript
from ...problems import Problem
from .dials import Dial, decades
from .races import Race, Racer

_SHAPE = ("condition", "turn", "scale")


def bowl(condition: Any, turn: Any, scale: Any, words: Any = math) -> Problem:
    r"""A bowl, :math:`\tfrac12 \text{scale}\,(a^2 + \text{condition}\; b^2)` along turned axes.

    Parameters
    ----------
    condition, turn, scale : number or symbol
        The turn is in degrees.
    words : module, optional
        That of ``cos`` and ``sin``: ``sympy`` for symbols.
    """
    c, s = words.cos(turn * words.pi / 180), words.sin(turn * words.pi / 180)

    def along(x: Any) -> tuple[Any, Any]:
        return c * x[..., 0] + s * x[..., 1], c * x[..., 1] - s * x[..., 0]

    def value(x: Any, t: int | None = None) -> Any:
        a, b = along(x)
        return scale * (a * a + condition * (b * b)) / 2

    def grad(x: Any, t: int | None = None) -> Any:
        a, b = along(x)
        b = condition * b
        return np.stack([scale * (c * a - s * b), scale * (s * a + c * b)], axis=-1)

    window = ((-1.6, 1.6), (-1.6, 1.6))
    return Problem("bowl", value, grad, np.ones(2), minima=(np.zeros(2),), window=window)


class BowlRace(Race):
    """A race in the bowl that three of the dials shape."""

    def problem_at(self, state: Mapping[str, float]) -> Problem:
        """The bowl, with the dials in this state."""
        return bowl(*(state[name] for name in _SHAPE))

    def functions(self) -> dict[str, str]:
        """The function of the page that gives the bowl for the dials."""
        made = javascript.problem(bowl(*sp.symbols(_SHAPE, positive=True), words=sp))
        return {"at": f"({{{', '.join(_SHAPE)}}}) => ({made})"}


def scale_and_rotation() -> Race:
    """Gradient descent, AdaGrad and RMSprop, each with one rate for all bowls."""
    return BowlRace(
        alt="Contours of a bowl with the paths of gradient descent, AdaGrad and RMSprop, and their "
        "losses and effective rates. Along the coordinate axes both adaptive rules go straight to "
        "the minimum, however steep the bowl is. In a turned bowl they bend and creep.",
        dials=[
            Dial("condition", "condition κ", (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300), 30),
            Dial("turn", "turn, in degrees", range(0, 91, 5), 0),
            decades("scale", "scale of the loss", -2, 2, 1.0),
            decades("lr", "rate of gradient descent", -3, 0, 0.05),
        ],
        problem="bowl",
        steps=60,
        entries=[
            Racer("sgd", "gradient descent", "lr"),
            Racer("adagrad", "AdaGrad", 0.5),
            Racer("rmsprop", "RMSprop", 0.02),
        ],
        start=(1.0, 1.0),
    )
