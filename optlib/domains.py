"""Where a number may lie: the domains of hyper-parameters, states and symbols.

A domain is written as mathematics writes it, ``"[0, 1)"`` or ``"integer [1, inf)"``. Runs accept
the closed edges that the theory needs (``beta = 0``, ``eps = 0``); statements about symbols use the
open interior of a hyper-parameter's domain, and say so.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .namespaces import is_number

# Every whole number of so many bits is below the largest float.
_LARGEST_BITS = 1023
_PATTERN = re.compile(r"(integer )?([\[(])\s*([^,]+?)\s*,\s*([^,]+?)\s*([\])])")


@dataclass(frozen=True)
class Domain:
    """An interval of the real line or of the integers.

    Parameters
    ----------
    low, high : float
        The ends; infinite ends are allowed.
    closed_low, closed_high : bool
        Whether the end itself belongs to the domain.
    integer : bool
        Whether only whole numbers belong to it.
    """

    low: float = -math.inf
    high: float = math.inf
    closed_low: bool = False
    closed_high: bool = False
    integer: bool = False

    @classmethod
    def parse(cls, text: str | Domain) -> Domain:
        """Read ``"[0, 1)"``, ``"(0, inf)"``, ``"real"`` or ``"integer [1, inf)"``.

        Raises
        ------
        ValueError
            If the text is none of these.
        """
        if isinstance(text, Domain):
            return text
        if text == "real":
            return cls()
        match = _PATTERN.fullmatch(text)
        if not match:
            raise ValueError(
                f"{text!r} is not a domain; write it like '[0, 1)', 'integer [1, inf)' or 'real'"
            )
        whole, left, low, high, right = match.groups()
        return cls(float(low), float(high), left == "[", right == "]", bool(whole))

    @property
    def interior(self) -> Domain:
        """The same interval without its ends (a domain of integers stays as it is)."""
        return self if self.integer else replace(self, closed_low=False, closed_high=False)

    def meet(self, other: Domain) -> Domain:
        """The numbers that lie in both domains."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        closed_low = all(d.closed_low for d in (self, other) if d.low == low)
        closed_high = all(d.closed_high for d in (self, other) if d.high == high)
        return Domain(low, high, closed_low, closed_high, self.integer or other.integer)

    def __contains__(self, value: float) -> bool:
        above = value >= self.low if self.closed_low else value > self.low
        below = value <= self.high if self.closed_high else value < self.high
        whole = not self.integer or (
            isinstance(value, int) or (math.isfinite(value) and value == math.floor(value))
        )
        return bool(above and below and whole)

    def __str__(self) -> str:
        if self == Domain():
            return "real"
        left, right = "(["[self.closed_low], ")]"[self.closed_high]
        ends = f"{left}{spelt(self.low)}, {spelt(self.high)}{right}"
        return f"integer {ends}" if self.integer else ends

    def describe(self, name: str, less: str = "<", at_most: str = "<=") -> str:
        """The domain as a statement about ``name``, such as ``0 <= beta1 < 1``.

        ``less`` and ``at_most`` are the signs to write, so that the same line can be LaTeX.
        """
        text = name
        if self.low > -math.inf:
            text = f"{spelt(self.low)} {at_most if self.closed_low else less} {text}"
        if self.high < math.inf:
            text = f"{text} {at_most if self.closed_high else less} {spelt(self.high)}"
        if text == name:
            text = f"{name} real"
        return f"{text}, whole" if self.integer else text


def spelt(end: float) -> str:
    """An end of a domain as text, with all its digits: ``1``, ``0.001``, ``inf``."""
    end = float(end)
    return f"{end:g}" if float(f"{end:g}") == end else repr(end)


HYPER = {
    name: Domain.parse(text)
    for name, text in {
        "lr": "[0, inf)",
        "beta": "[0, 1)",
        "beta1": "[0, 1)",
        "beta2": "[0, 1)",
        "beta3": "[0, 1)",
        "momentum": "[0, 1)",
        "eps": "[0, inf)",
        "weight_decay": "[0, inf)",
    }.items()
}
"""Domains of the hyper-parameters that mean the same in every rule."""

QUANTITIES = {
    name: Domain.parse(text)
    for name, text in {
        "t": "integer [1, inf)",
        "g": "real",
        "x": "real",
        "m": "real",
        "v": "[0, inf)",
    }.items()
}
"""Domains of the step, the gradient, the parameter and the usual states."""


def standard(name: str) -> Domain | None:
    """The domain a symbol of this name has in every statement, or None for an unknown name."""
    if name in QUANTITIES:
        return QUANTITIES[name]
    return HYPER[name].interior if name in HYPER else None


def checked(
    owner: str, defaults: Mapping[str, Any], domains: Mapping[str, Domain], given: Mapping[str, Any]
) -> dict[str, Any]:
    """The keywords of a rule or schedule, complete and inside their domains.

    Raises
    ------
    TypeError
        For an unknown name (the message lists the known ones), a missing one, or no number.
    ValueError
        For a value outside its domain.
    """
    known = ", ".join(defaults) or "none"
    for name in given:
        if name not in defaults:
            raise TypeError(f"{owner} has no hyper-parameter {name!r}; known are {known}")
    values = {**defaults, **given}
    missing = [k for k, v in values.items() if v is inspect.Parameter.empty]
    if missing:
        raise TypeError(f"{owner} needs {', '.join(missing)}")
    return {name: setting(owner, name, value, domains[name]) for name, value in values.items()}


def setting(owner: str, name: str, value: Any, domain: Domain) -> Any:
    """One value: a number inside its domain, an array of settings, or a schedule."""
    if callable(value):
        return value
    if isinstance(value, (np.generic, np.ndarray)) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool) or not (is_number(value) or hasattr(value, "dtype")):
        raise TypeError(
            f"{owner}: {name} must be a number, an array of settings or a schedule, got {value!r}"
        )
    if hasattr(value, "dtype"):
        value = _own(owner, name, value)
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "fiu":
            raise TypeError(f"{owner}: {name} must hold real numbers, its dtype is {value.dtype}")
        outside = next((v for v in value.ravel().tolist() if v not in domain), None)
    else:
        # Arrays of other libraries may be traced, without a value to look at.
        outside = value if is_number(value) and value not in domain else None
    if outside is not None:
        raise ValueError(f"{owner}: {name} must satisfy {domain.describe(name)}, got {outside!r}")
    if is_number(value):
        _representable(owner, name, value)
    return value


def _own(owner: str, name: str, value: Any) -> Any:
    """A copy that nobody else writes into, so that what was checked is what runs."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{owner}: {name} is a masked array; give its compressed() or filled(...)")
    if not isinstance(value, np.ndarray):
        # Arrays of other libraries cannot be written into, but for torch's.
        return value.clone() if hasattr(value, "clone") else value
    value = np.array(value)
    value.flags.writeable = False
    return value


def together(owner: str, values: Mapping[str, Any]) -> tuple[int, ...]:
    """The shape of a sweep over the arrays among the settings.

    Raises
    ------
    ValueError
        If their shapes do not broadcast.
    """
    shapes = {name: tuple(a.shape) for name, a in values.items() if getattr(a, "shape", ())}
    try:
        return np.broadcast_shapes(*shapes.values())
    except ValueError:
        said = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"{owner}: the arrays of settings do not broadcast: {said}") from None


def number(owner: str, name: str, value: Any, domain: Domain | str) -> float:
    """One number inside its domain: no array, no schedule.

    Raises
    ------
    TypeError
        If it is anything else.
    ValueError
        If it lies outside, or is a whole number too large for a float.
    """
    if isinstance(value, (np.generic, np.ndarray)) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool) or not is_number(value):
        raise TypeError(f"{owner}: {name} must be a number, got {value!r:.60}")
    domain = Domain.parse(domain)
    if value not in domain:
        raise ValueError(f"{owner}: {name} must satisfy {domain.describe(name)}, got {value!r:.60}")
    _representable(owner, name, value)
    return int(value) if domain.integer else value


def _representable(owner: str, name: str, value: float) -> None:
    if isinstance(value, int) and value.bit_length() > _LARGEST_BITS:
        raise ValueError(f"{owner}: {name} is a whole number too large for a float")
