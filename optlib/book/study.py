"""Derivations that a student fills in, in the study versions of the notebooks.

Beside a study version lies the book's own, in the folder ``worked``, where a cell has the same id.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sympy as sp

from ..algebra.bounds import DerivationError
from ..algebra.derivation import Derivation
from ..algebra.verdicts import verdict
from .display import Markdown

WORKED = "worked"
SOLUTION = "solution"

_BLANK = "**Still blank.** Put the line in the place of `...` and run the cell again."
_RIGHT = "✓ **Right.** Every line is proved, and the last is the one the book ends with."
_ELSEWHERE = "✗ **Not there yet.** Every line holds, but the book ends with another one."


@contextlib.contextmanager
def attempt(chapter: str, cell: str) -> Iterator[None]:
    """Judge the derivations that are written below it, then go on with the book's.

    Parameters
    ----------
    chapter : str
        The name of the notebook, such as ``04-bias-correction``.
    cell : str
        The id of the cell in the book's own version.
    """
    names = vars(sys.modules["__main__"])
    before = dict(names)
    complaint = None
    try:
        yield
    except DerivationError as error:
        complaint = f"✗ **Not shown.** {error}"
    except sp.SympifyError as error:
        if "ellipsis" not in str(error):
            raise
        complaint = _BLANK
    finally:
        own = {name: d for name, d in _derivations(names).items() if d is not before.get(name)}
        # The book's cell starts from what stood before, as it does in the book.
        for name in names.keys() - before.keys():
            del names[name]
        names.update(before)
        _run(_source(chapter, cell), names)
    # Only a notebook calls this: the package does not ask for IPython.
    from IPython.display import display

    for derivation in own.values():
        display(derivation)
    display(Markdown(complaint or _judged(own, _derivations(names))))


def go_on(chapter: str) -> None:
    """Run the book's solutions unseen, for what the rest of the chapter takes from them."""
    names = vars(sys.modules["__main__"])
    for cell in _cells(chapter):
        if SOLUTION in cell["metadata"].get("tags", []):
            _run("".join(cell["source"]), names)


def _judged(own: dict[str, Derivation], books: dict[str, Derivation]) -> str:
    """What is said of derivations without a blank whose every line is shown."""
    same = (
        name in books
        and mine.relation == books[name].relation
        and verdict(mine.end, books[name].end).shown
        for name, mine in own.items()
    )
    return _RIGHT if own and all(same) else _ELSEWHERE


def _derivations(names: dict[str, Any]) -> dict[str, Derivation]:
    return {name: value for name, value in names.items() if isinstance(value, Derivation)}


def _run(source: str, names: dict[str, Any]) -> None:
    from IPython.utils.capture import capture_output

    with capture_output():
        exec(source, names)


def _source(chapter: str, cell: str) -> str:
    return next("".join(found["source"]) for found in _cells(chapter) if found["id"] == cell)


def _cells(chapter: str) -> list[dict[str, Any]]:
    path = Path(WORKED, f"{chapter}.ipynb")
    try:
        return json.loads(path.read_text(encoding="utf-8"))["cells"]
    except FileNotFoundError as reason:
        raise FileNotFoundError(
            f"{path} is not here: keep the folder '{WORKED}' beside the notebook, as in the zip"
        ) from reason
