"""A log by which a sick run is told from a well one: what each step did, part by part.

Examples
--------
>>> from optlib import Optimizer
>>> log = RunLog(Optimizer("adamw", lr=0.1, weight_decay=0.1))
>>> params = {"moves": np.ones(2), "rests": np.zeros(2)}
>>> state = log.init(params)
>>> log.step_(1, {"moves": np.ones(2), "rests": np.zeros(2)}, params, state)
True
>>> row = log.rows[0]
>>> row["move"]["moves"].round(3), row["still"]["rests"], row["decay"]["moves"].round(3)
(np.float64(0.11), np.float64(1.0), np.float64(0.091))
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .containers import as_layers, like
from .step import at_step


class RunLog:
    r"""An optimizer that writes down what its steps did; it takes the same steps.

    Each row is a dict. ``t`` is the step and ``norm`` the length of the whole gradient. The others
    have a number for each part of the network. With :math:`\Delta` for the move of the part's
    entries :math:`x`, and the root mean square as their size:

    ``move``
        :math:`|\Delta| / |x|`, how far the part moves in units of its own size.
    ``still``
        The share of entries that are after the step what they were before.
    ``eps``
        The median (of two, the lower) of :math:`\sqrt{v} / \varepsilon`, where the rule has
        both: below 10, :math:`\varepsilon` is deciding.
    ``decay``
        :math:`\alpha \lambda |x| / |\Delta|`, for rules with decoupled decay: its share of the
        move.

    Parameters
    ----------
    optimizer : Optimizer
    part : callable, optional
        ``part(name)``, the part of the network to which a layer belongs; else each is its own.

    Attributes
    ----------
    rows : list of dict
    """

    def __init__(self, optimizer: Any, part: Callable[[Any], Any] = lambda name: name) -> None:
        self.optimizer, self.part = optimizer, part
        self.rows: list[dict[str, Any]] = []

    def init(self, x: Any) -> Any:
        """The fresh state of the optimizer; see :meth:`optlib.running.optimizer.Optimizer.init`."""
        return self.optimizer.init(x)

    def step_(self, t: int, g: Any, x: Any, state: Any) -> bool:
        """The optimizer's step in place, and its row; a refused step leaves none."""
        before = like(x, {k: np.array(a) for k, a in as_layers(x).items()})
        norm = math.sqrt(sum(float((_wide(a) ** 2).sum()) for a in as_layers(g).values()))
        taken = self.optimizer.step_(t, g, x, state)
        parts: dict[Any, list[Any]] = {}
        for k, old in as_layers(before).items():
            held = _of_layer(state, k, x)
            parts.setdefault(self.part(k), []).append((old, as_layers(x)[k], held))
        row: dict[str, Any] = {"t": t, "norm": norm}
        for name, layers in parts.items():
            for column, value in self._measured(t, layers).items():
                row.setdefault(column, {})[name] = value
        self.rows.append(row)
        return taken

    def _measured(self, t: int, layers: list[Any]) -> dict[str, Any]:
        old, new = (_joined([layer[k] for layer in layers]) for k in (0, 1))
        size, move = _rms(old), _rms(new - old)
        found = {"move": _over(move, size), "still": np.mean(new == old)}
        hyper = getattr(self.optimizer, "hyper", {})
        if hyper.get("eps") and all("v" in layer[2] for layer in layers):
            roots = np.sqrt(_joined([layer[2]["v"] for layer in layers]))
            found["eps"] = np.quantile(roots, 0.5, method="lower") / hyper["eps"]
        if "weight_decay" in hyper:
            lr = self.optimizer.lr
            rate = at_step(lr, t) if callable(lr) else lr
            found["decay"] = _over(float(rate) * hyper["weight_decay"] * size, move)
        return found

    def column(self, name: str, part: Any = None) -> np.ndarray:
        """A column over all rows: of one part, or a number that belongs to the whole."""
        return np.array([row[name] if part is None else row[name][part] for row in self.rows])


def _of_layer(state: Any, label: Any, x: Any) -> Any:
    return state[label] if isinstance(x, (dict, list, tuple)) else state


def _wide(a: Any) -> np.ndarray:
    return np.asarray(a).astype(np.float64)


def _joined(arrays: list[Any]) -> np.ndarray:
    return np.concatenate([_wide(a).ravel() for a in arrays])


def _rms(a: np.ndarray) -> np.float64:
    return np.sqrt(np.mean(a**2))


def _over(part: float, whole: float) -> np.float64:
    return np.float64(part / whole if whole else math.inf if part else 0.0)
