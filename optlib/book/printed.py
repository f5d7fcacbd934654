"""Numbers that the prose prints, each checked by the cell that computes it."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import sympy as sp

# Thin spaces and commas group digits.
_GROUPS = re.compile(r"(?<=\d)[\s,\u202f\u2009](?=\d{3})")
_NUMBER = re.compile(r"(?P<sign>[-+\u2212]?)(?P<digits>\d+(?:\.\d+)?)(?:e(?P<power>[-+]?\d+))?")


class StatedError(ValueError):
    """A printed number is not the one that was computed."""


def stated(text: str, value: Any, *, digits: int | None = None) -> None:
    """Say that the prose prints a number, and check it to the digits that are printed.

    Parameters
    ----------
    text : str
        The number as it is printed, such as ``"6.57"``, ``"1 448"``, ``"2.3e-4"`` or ``"63 %"``.
    value : number
        What a cell computed: a Python, NumPy or SymPy number; for a percentage, the share.
    digits : int, optional
        How many of the printed digits count, where the last ones are zeros that only hold the
        place: two of ``"1500"``.

    Raises
    ------
    StatedError
        If the value, rounded to the printed digits, is another number.
    """
    printed, unit = _printed(text, digits)
    number = _number(value) * (100 if text.rstrip().endswith("%") else 1)
    # Half a unit in the last place, and a little for the rounding of the halves themselves.
    if not abs(number - printed) <= 0.5 * unit * (1 + 1e-9):
        raise StatedError(f"the prose prints {text}, computed is {number:.12g}")


def _printed(text: str, digits: int | None) -> tuple[float, float]:
    """The number that a text prints, and the unit of the last digit that counts."""
    plain = _GROUPS.sub("", text.strip().removesuffix("%").rstrip())
    found = _NUMBER.fullmatch(plain)
    if not found:
        raise StatedError(f"{text!r} is no printed number")
    power = int(found["power"] or 0)
    whole, _, fraction = found["digits"].partition(".")
    place = -len(fraction)
    if digits is not None:
        significant = (whole + fraction).lstrip("0")
        dropped = len(significant) - digits
        if digits < 1 or dropped < 0 or significant[digits:].strip("0"):
            raise StatedError(f"{text!r} has no {digits} digits followed by zeros alone")
        place += dropped
    sign = -1 if found["sign"] in ("-", "\u2212") else 1
    return sign * float(found["digits"]) * 10.0**power, 10.0 ** (place + power)


def _number(value: Any) -> float:
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"A number is stated, not {value!r}")
    number = float(sp.N(value, 30) if isinstance(value, sp.Basic) else value)
    if not math.isfinite(number):
        raise StatedError(f"computed is {number}")
    return number
