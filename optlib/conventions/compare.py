"""How two libraries differ: in words, by a number, and what to pass so that they agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .apart import SAME, Spec, Yardstick, built
from .fitting import fit
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
    nearest : tuple or None
        Those that come nearest; the remedy if there is one.
    left : float
        The distance of the nearest.
    """

    distance: float
    words: tuple[str, ...]
    remedy: Spec | None
    nearest: Spec | None
    left: float

    @property
    def agree(self) -> bool:
        """Whether the two are the same to rounding."""
        return self.distance < SAME

    def __str__(self) -> str:
        return "\n".join(self.words)

    def _repr_markdown_(self) -> str:
        return "\n".join(f"- {sentence}" for sentence in self.words)


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
        return Difference(distance, (*words, same), two, two, distance)
    words.append(
        f"On a shared sequence of gradients they end {percent(distance)} of the way apart."
    )
    found = fit(one, two)
    if found.exact:
        words.append(f"{called(found.spec)} follows the first exactly.")
        return Difference(distance, tuple(words), found.spec, found.spec, found.distance)
    words.append(f"No arguments of {two[0]} {two[1]} that were tried make it follow the first.")
    if found.distance < distance:
        words.append(f"{called(found.spec)} comes nearest: {percent(found.distance)} are left.")
        return Difference(distance, tuple(words), None, found.spec, found.distance)
    return Difference(distance, tuple(words), None, two, distance)


def _spec(which: str, given: Any) -> Spec:
    """The library, the name and the arguments, which may be left out."""
    fits = isinstance(given, tuple) and len(given) in (2, 3)
    if not fits or not isinstance((*given, {})[2], Mapping):
        raise TypeError(
            f"explain_difference: {which} must be (library, name) or (library, name, arguments), "
            f"got {given!r:.60}"
        )
    return (*given, {})[:3]
