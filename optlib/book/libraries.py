"""Which public names of a library the book follows, and which not and why, as tables."""

from __future__ import annotations

from ..conventions import TABLE
from ..conventions.unmodelled import unmodelled
from .display import Markdown, table


def followed(library: str) -> Markdown:
    """The entries of the table of conventions: name, arguments, and what is peculiar there."""
    rows = [
        [f"`{name}`", _code(", ".join(entry.arguments)), _cell(entry.note) or "–"]
        for (of, name), entry in TABLE.items()
        if of == library
    ]
    return table(["followed", "arguments", "peculiar"], rows, "lll")


def left_out(library: str) -> Markdown:
    """The public names that are no entry, each with the reason."""
    kinds = unmodelled()[library]
    reasons = {
        **kinds["optimizers"],
        **{name: f"A part of `{whole}`." for name, whole in kinds["pieces"].items()},
        **kinds["others"],
    }
    rows = [[f"`{name}`", _cell(reason)] for name, reason in reasons.items()]
    return table(["not followed", "why"], rows, "ll")


def _code(text: str) -> str:
    return f"`{text}`" if text else "–"


def _cell(text: str) -> str:
    """A bar would end the cell of a table, and a star begin an emphasis."""
    return text.replace("|", r"\|").replace("*", r"\*")
