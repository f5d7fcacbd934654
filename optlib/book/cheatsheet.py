"""Every rule and every schedule in one table each, read off the registry."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable

from ..registry import RULES, SCHEDULES
from .cards import card
from .display import Markdown, table

LETTERS = {
    "scale": "S",
    "own scales": "O",
    "signs": "F",
    "order": "P",
    "rotation": "R",
    "shift": "T",
}
"""A letter for each of :data:`optlib.book.cards.SYMMETRIES`."""

_EMPTY = inspect.Parameter.empty


def summary(function: Callable) -> str:
    """The first paragraph of a docstring, as Markdown in one line."""
    paragraph = inspect.getdoc(function).split("\n\n")[0]
    text = " ".join(line.strip() for line in paragraph.splitlines())
    text = re.sub(r":math:`([^`]+)`", r"$\1$", text)
    text = re.sub(r":\w+:`~?([\w.]+)`", r"`\1`", text)
    # A bar would end the cell of a table.
    return text.replace("``", "`").replace(r"\|", r"\Vert ").replace("|", r"\vert ")


def rules() -> Markdown:
    """Every rule: its update, bytes of state, defaults, symmetries and source."""
    return table(
        ["rule", "update", "state", "defaults", "unchanged by", "source"],
        [_rule(name) for name in RULES],
        "llrlll",
    )


def _rule(name: str) -> list[str]:
    found = card(name)
    shown = " ".join(LETTERS[symmetry] for symmetry, holds in found.symmetries.items() if holds)
    return [
        f"`{name}`",
        summary(found.rule),
        f"{found.bytes:.3g}",
        _values(found.rule.hyper),
        shown or "–",
        found.rule.source,
    ]


def schedules() -> Markdown:
    """Every schedule: its value, its arguments and its source."""
    rows = [[f"`{k}`", summary(f), _values(f.hyper), f.source] for k, f in SCHEDULES.items()]
    return table(["schedule", "value", "arguments", "source"], rows, "llll")


def _values(hyper: dict) -> str:
    parts = [f"{k}" if v is _EMPTY else f"{k}={v:.6g}" for k, v in hyper.items()]
    return f"`{', '.join(parts)}`" if parts else "–"
