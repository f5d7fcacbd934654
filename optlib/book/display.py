"""What a chapter shows besides figures and derivations: source code, formulas and tables."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any


class Markdown(str):
    """Text that a notebook renders as Markdown."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return str(self)


class Formula(str):
    """LaTeX that a notebook renders as a formula."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self}$"


def formula(expression: Any, names: Mapping[str, str] | None = None) -> Formula:
    """An expression in the notation of the book.

    ``names`` are as for :func:`optlib.algebra.latex.latex`.
    """
    from ..algebra.latex import latex

    return Formula(latex(expression, names))


def source(*functions: Callable) -> Markdown:
    """The source of functions as it stands in the package, without decorators and docstrings.

    Parameters
    ----------
    *functions : callable
        Such as ``optlib.rules.adam``.
    """
    code = "\n\n".join(_definition(function) for function in functions)
    return Markdown(f"```python\n{code}\n```")


def _definition(function: Callable) -> str:
    text = textwrap.dedent(inspect.getsource(function))
    lines = text.splitlines()
    definition = ast.parse(text).body[0]
    first = definition.body[0]
    documented = ast.get_docstring(definition) is not None
    body = first.end_lineno if documented else first.lineno - 1
    head = lines[definition.lineno - 1 : first.lineno - 1]
    return "\n".join([*head, *lines[body:]])


def table(
    header: Sequence[str], rows: Iterable[Sequence[Any]], align: str | None = None
) -> Markdown:
    """A table; numbers are written as they are given, so round them first.

    Parameters
    ----------
    header : sequence of str
    rows : iterable of sequences
        One cell for every column; Markdown and formulas are rendered.
    align : str, optional
        A letter for every column, ``l`` or ``r``; by default the first is ``l`` and the rest ``r``.

    Raises
    ------
    ValueError
        If a row has another number of cells than the header.
    """
    align = align or "l" + "r" * (len(header) - 1)
    rules = {"l": ":---", "r": "---:"}
    lines = [list(header), [rules[letter] for letter in align]]
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"{len(row)} cells in a row, {len(header)} in the header")
        lines.append([str(cell) for cell in row])
    return Markdown("\n".join(f"| {' | '.join(cells)} |" for cells in lines))
