"""A card for every rule: its update, its state, its defaults, and the symmetries it shows when run.

Everything on a card is read off the rule or found by running it; nothing is typed a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from ..registry import RULES, find
from ..running.optimizer import Optimizer
from .display import Markdown, table

_STEPS = 12
_SIDE = 64
_BYTES = 4
_CLOSE = 1e-7
# As good as no epsilon, also for the rules that need one above 0.
_TINY = 1e-30
_PAGE = 42

SYMMETRIES = {
    "scale": "all gradients times one positive number, epsilon 0: the same path",
    "own scales": "each gradient times its own positive number, epsilon 0: the same path",
    "signs": "flipping coordinates flips their paths",
    "order": "permuting coordinates permutes their paths",
    "rotation": "rotating the coordinates of a layer rotates the path",
    "shift": "a start elsewhere, with the same gradients: the same steps",
}
"""What is tried on every rule, without weight decay."""


@dataclass(frozen=True)
class Card:
    """What the book knows of a rule.

    Attributes
    ----------
    rule : callable
    numbers : float
        Numbers of state per parameter, for a square matrix of 4096 parameters.
    symmetries : dict
        Name in :data:`SYMMETRIES` -> whether runs show it; None if it was not tried.
    """

    rule: Callable
    numbers: float
    symmetries: dict[str, bool | None]

    @property
    def bytes(self) -> float:
        """Bytes of state per parameter in float32."""
        return _BYTES * self.numbers

    def _repr_markdown_(self) -> str:
        rule = self.rule
        shown = [name for name, holds in self.symmetries.items() if holds]
        defaults = ", ".join(f"`{k}={v!r}`" for k, v in rule.hyper.items()) or "none but `lr`"
        parent = (
            f"`{rule.parent.__name__}`, but {rule.change}" if rule.parent else "nothing before it"
        )
        rows = [
            ["comes from", parent],
            ["source", rule.source],
            ["defaults", defaults],
            ["state per parameter", f"{self.numbers:.3g} of float32, {self.bytes:.3g} bytes"],
            ["sees", {"element": "each parameter alone"}.get(rule.scope, f"a whole {rule.scope}")],
            *(["always", f"`{invariant}`"] for invariant in rule.invariants),
            ["unchanged by", ", ".join(shown) or "none of the changes tried"],
        ]
        facts = table(
            [f"`{rule.__name__}`", "read off the rule, or found by running it"], rows, "ll"
        )
        return f"{self.formula}\n\n{facts}"

    @property
    def formula(self) -> str:
        """The update as display math; empty where it is not traced, or too long to be read."""
        if not self.rule.traceable or self.rule.scope != "element":
            return ""
        from ..algebra.rendering import width
        from ..algebra.tracing import trace

        update = trace(self.rule).latex()
        if max(width(row) for row in update.splitlines()) > _PAGE:
            return ""
        return f"$$\n{update}\n$$"

    def __repr__(self) -> str:
        return f"Card({self.rule.__name__})"


def card(rule: Callable | str) -> Card:
    """The card of a rule, or of its name in ``optlib.RULES``.

    Raises
    ------
    TypeError
        If there is no such rule.
    """
    rule = find("rule", RULES, rule)
    state = Optimizer(rule).init(np.zeros((_SIDE, _SIDE)))
    numbers = sum(np.size(a) for a in state.values()) / _SIDE**2
    return Card(rule, numbers, {name: _shows(rule, name) for name in SYMMETRIES})


def overview(rules: Iterable[Callable | str]) -> Markdown:
    """The symmetries and the state of several rules, side by side."""
    marks = {True: "yes", False: "–", None: "?"}
    cards = [card(rule) for rule in rules]
    return table(
        ["rule", *SYMMETRIES, "state per parameter"],
        [
            [f"`{c.rule.__name__}`", *(marks[v] for v in c.symmetries.values()), f"{c.numbers:.3g}"]
            for c in cards
        ],
    )


def _shows(rule: Callable, symmetry: str) -> bool | None:
    """Whether a run shows a symmetry; rules that ask for more than a gradient are not tried."""
    if rule.inputs:
        return None
    rng = np.random.default_rng(0)
    x, gs = rng.standard_normal(4), rng.standard_normal((_STEPS, 4))
    scales, order = rng.uniform(0.5, 2.0, 4), rng.permutation(4)
    flips, (q, _) = np.array([1.0, -1.0, -1.0, 1.0]), np.linalg.qr(rng.standard_normal((4, 4)))
    exact = symmetry in ("scale", "own scales")
    plain = _moves(rule, x, gs, exact)
    changed = {
        "scale": lambda: (_moves(rule, x, 3 * gs, exact), plain),
        "own scales": lambda: (_moves(rule, x, scales * gs, exact), plain),
        "signs": lambda: (_moves(rule, flips * x, flips * gs), flips * plain),
        "order": lambda: (_moves(rule, x[order], gs[:, order]), plain[:, order]),
        "rotation": lambda: (_moves(rule, x @ q, gs @ q), plain @ q),
        "shift": lambda: (_moves(rule, x + 1, gs), plain),
    }
    got, wanted = changed[symmetry]()
    return bool(np.abs(got - wanted).max() <= _CLOSE * np.abs(wanted).max())


def _moves(rule: Callable, x: np.ndarray, gs: np.ndarray, exact: bool = False) -> np.ndarray:
    """The displacement after every step, without decay, and without epsilon if asked."""
    off = {k: 0.0 for k in ("weight_decay",) if k in rule.hyper}
    if exact:
        off |= {k: _TINY for k in ("eps",) if k in rule.hyper}
    optimizer, start, path = Optimizer(rule, lr=1e-2, **off), x, []
    state = optimizer.init(x)
    for t, g in enumerate(gs, 1):
        x, state = optimizer.step(t, g, x, state)
        path.append(x - start)
    return np.array(path)
