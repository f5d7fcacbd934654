"""A derivation as one piece of LaTeX that Jupyter and MathJax show."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from .latex import latex, prose
from .proof.hypotheses import Hypothesis

SIGNS = {"=": "=", "<=": r"\le", ">=": r"\ge", "->": r"\to"}
_PER_ROW = 4
_PAGE, _TEXT = 36, 0.63
_FRACTION = re.compile(r"\\[dt]?frac")
_SMALL = re.compile(r"[_^]")
_COMMAND = re.compile(r"\\([a-zA-Z]+|.)")
_NO_WIDTH = {r"\left", r"\right", r"\text", r"\operatorname", r"\hat", r"\,", r"\sqrt"}


@dataclass(frozen=True)
class Line:
    """One line: its relation to the line before, its expression, its reason and its grade.

    ``left`` is LaTeX that stands before the relation; the first line and definitions have no grade.
    """

    relation: str
    expression: sp.Basic | str
    reason: str
    grade: str | None
    left: str = ""


def named(names: Mapping[Any, str]) -> dict[str, str]:
    """The part of ``names`` that is about symbols."""
    return {k: text for k, text in names.items() if isinstance(k, str)}


def written(expression: Any, names: Mapping[Any, str]) -> str:
    """An expression as LaTeX, with the expressions that have a name of their own written by it."""
    expression = sp.sympify(expression)
    symbols = named(names)
    for k, (old, text) in enumerate(_long(names).items()):
        stand_in = sp.Symbol(f"named{k}")
        expression = expression.subs(old, stand_in)
        symbols[stand_in.name] = text
    return latex(expression, symbols)


def _long(names: Mapping[Any, str]) -> dict[sp.Basic, str]:
    """The expressions that have a name, the longest first."""
    long = [k for k in names if not isinstance(k, str)]
    return {k: names[k] for k in sorted(long, key=sp.count_ops, reverse=True)}


def table(lines: Sequence[Line], hypotheses: Sequence[Hypothesis], names: Mapping[Any, str]) -> str:
    """The lines aligned, each with its reason and grade, and below them what they assume.

    A reason stands beside its line, or below it where the lines are long.
    """
    stacked = _wide(lines, names)
    rows = " \\\\\n".join(_row(line, names, stacked) for line in lines)
    aligned = f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}"
    below = [
        *listed("with ", listed_names(names)),
        *listed("assuming ", [h.latex(named(names)) for h in hypotheses]),
    ]
    if not below:
        return f"$\\displaystyle {aligned}$"
    notes = " \\\\\n".join(below)
    return f"$\\displaystyle \\begin{{array}}{{l}}\n{aligned} \\\\[6pt]\n{notes}\n\\end{{array}}$"


def listed_names(names: Mapping[Any, str]) -> list[str]:
    """What the names of expressions stand for, as LaTeX."""
    return [f"{text} = {latex(e, named(names))}" for e, text in _long(names).items()]


def induction_lines(
    title: str,
    recursion: sp.Basic,
    inserted: sp.Basic,
    closed: sp.Basic,
    step: str,
    start: int,
    initial: Any,
    reason: str,
) -> list[Line]:
    """A proof by induction: the claim, its base case, and its step from the recursion."""
    first = title.replace(f"_{step}", f"_{start}")
    return [
        Line("=", closed, f"the claim for ${step} \\ge {start}$", None, title),
        Line("=", sp.sympify(initial), f"the claim at ${step} = {start}$", "proved", first),
        Line("=", recursion, "the recursion", None, title),
        Line("=", inserted, f"with the claim for ${step} - 1$", "proved"),
        Line("=", closed, reason, "proved"),
    ]


def listed(intro: str, items: Sequence[str]) -> list[str]:
    """Facts in small print, a few to a row, the first row after some words."""
    rows = [r",\ ".join(items[k : k + _PER_ROW]) for k in range(0, len(items), _PER_ROW)]
    first = [rf"\text{{{intro}}}", *[r"\quad "] * len(rows)]
    ends = [","] * (len(rows) - 1) + [""]
    return [rf"\scriptsize {a}{row}{end}" for a, row, end in zip(first, rows, ends, strict=False)]


def _row(line: Line, names: Mapping[Any, str], stacked: bool) -> str:
    row = f"{line.left} &{SIGNS.get(line.relation, '')} {_body(line, names)}"
    if not (line.reason or line.grade):
        return row
    if stacked:
        grade = rf"\text{{, {line.grade}}}" if line.grade else ""
        return row + rf" \\ &\quad {{\scriptsize {prose(line.reason)}{grade}}}"
    row += f" && {prose(line.reason)}"
    return row + (rf" && {{\scriptsize\text{{{line.grade}}}}}" if line.grade else "")


def _body(line: Line, names: Mapping[Any, str]) -> str:
    return (
        prose(line.expression)
        if isinstance(line.expression, str)
        else written(line.expression, names)
    )


def _wide(lines: Sequence[Line], names: Mapping[Any, str]) -> bool:
    """Whether the lines with their reasons beside them would not fit on a page of the site."""
    left = max(width(line.left) for line in lines)
    body = max(width(_body(line, names)) for line in lines)
    reason = max(width(prose(line.reason)) for line in lines)
    return left + body + _TEXT * reason > _PAGE


def width(text: str) -> float:
    """About how wide a piece of LaTeX is, in letters of a formula."""
    total, rest = 0.0, text
    while rest:
        if match := _FRACTION.match(rest):
            top, rest = _group(rest[match.end() :])
            bottom, rest = _group(rest)
            total += max(width(top), width(bottom))
        elif match := _SMALL.match(rest):
            inner, rest = _group(rest[match.end() :])
            total += 0.7 * width(inner)
        elif match := _COMMAND.match(rest):
            total += 0 if match[0] in _NO_WIDTH else 1
            rest = rest[match.end() :]
        else:
            total += 0 if rest[0] in "{}& " else 1
            rest = rest[1:]
    return total


def _group(text: str) -> tuple[str, str]:
    """The first argument of a command, without its braces, and what follows it."""
    if not text.startswith("{"):
        return text[:1], text[1:]
    depth = 0
    for k, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if depth == 0:
            return text[1:k], text[k + 1 :]
    return text[1:], ""
