"""How two libraries differ: in words, by a number, and what to pass so that they agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .apart import SAME, Spec, Yardstick, built
from .fitting import Fit, exactly, fit, measured
from .wording import called, differences, percent


@dataclass(frozen=True)
class Difference:
    """What :func:`explain_difference` found.

    Attributes
    ----------
    distance : float
        How far apart the two end on a shared sequence of gradients, relative to the way gone.
    words : tuple of str
        What differs, a sentence each.
    remedy : tuple or None
        Library, name and arguments, in place of the second, that follow the first exactly.
    between : tuple
        The two that were compared.
    """

    distance: float
    words: tuple[str, ...]
    remedy: Spec | None
    between: tuple[Spec, Spec]

    @property
    def agree(self) -> bool:
        """Whether the two are the same to rounding."""
        return self.distance < SAME

    @cached_property
    def nearest(self) -> Spec:
        """Arguments, in place of the second, that come nearest; the remedy if there is one."""
        return self.remedy or self._fit.spec

    @property
    def left(self) -> float:
        """The distance of the nearest."""
        return self._fit.distance

    @cached_property
    def _fit(self) -> Fit:
        first, second = self.between
        if self.remedy:
            return measured(Yardstick(built(first)), self.remedy)
        found = fit(first, second)
        return found if found and found.distance < self.distance else Fit(second, self.distance)

    def _sentences(self) -> tuple[str, ...]:
        """The words, and which arguments come nearest where none is exact."""
        if self.remedy or self.left == self.distance:
            return self.words
        near = f"{called(self.nearest)} comes nearest: {percent(self.left)} are left."
        return (*self.words, near)

    def __str__(self) -> str:
        return "\n".join(self._sentences())

    def _repr_markdown_(self) -> str:
        return "\n".join(f"- {sentence}" for sentence in self._sentences())


def explain_difference(first: Spec, second: Spec) -> Difference:
    """Say how two optimizers of libraries differ.

    Parameters
    ----------
    first, second : tuple
        ``(library, name)`` or ``(library, name, arguments)``, as
        :func:`~optlib.conventions.table.like` takes them.

    Returns
    -------
    Difference

    Raises
    ------
    NotModelled, TypeError
        As :func:`~optlib.conventions.table.like` does.

    Examples
    --------
    >>> print(explain_difference(("torch", "Adam"), ("torch", "Adam", {"eps": 1e-3})))
    Both follow the rule adam.
    eps is 1e-08 in torch Adam and 0.001 in torch Adam.
    On a shared sequence of gradients they end 100 % of the way apart.
    torch Adam(eps=1e-08) follows the first exactly.
    """
    one, two = _spec("first", first), _spec("second", second)
    yard, other = Yardstick(built(one)), built(two)
    distance, words = yard.distance(other), differences(one, two)
    if distance < SAME:
        same = "They agree to rounding."
        if not yard.follows(other):
            same = "They agree to rounding here, but not where gradients are zero or steps late."
        return Difference(distance, (*words, same), two, (one, two))
    words.append(
        f"On a shared sequence of gradients they end {percent(distance)} of the way apart."
    )
    found = exactly(one, two)
    words.append(
        f"{called(found.spec)} follows the first exactly."
        if found
        else f"No arguments of {two[0]} {two[1]} that were tried make it follow the first."
    )
    return Difference(distance, tuple(words), found and found.spec, (one, two))


def _spec(which: str, given: Any) -> Spec:
    """The library, the name and the arguments, which may be left out."""
    fits = isinstance(given, tuple) and len(given) in (2, 3)
    if not fits or not isinstance((*given, {})[2], Mapping):
        raise TypeError(
            f"explain_difference: {which} must be (library, name) or (library, name, arguments), "
            f"got {given!r:.60}"
        )
    return (*given, {})[:3]
