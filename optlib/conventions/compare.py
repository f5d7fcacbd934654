"""How two libraries differ: in words, by a number, and what to pass so that they agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .apart import SAME, Spec, Yardstick, built
from .fitting import Fit, exactly, fit, measured
from .wording import called, differences, percent


@dataclass(frozen=True)
class Difference:
    """What :func:`explain_difference` found; remedies are looked for when they are asked for.

    Attributes
    ----------
    distance : float
        How far apart the two end on a shared sequence of gradients, relative to the way gone.
    between : tuple
        The two that were compared.
    """

    distance: float
    between: tuple[Spec, Spec]

    @property
    def agree(self) -> bool:
        """Whether the two are the same to rounding."""
        return self.distance < SAME

    @cached_property
    def remedy(self) -> Spec | None:
        """Library, name and arguments, in place of the second, that follow the first exactly."""
        if self.agree:
            return self.between[1]
        found = exactly(*self.between)
        return found and found.spec

    @property
    def nearest(self) -> Spec:
        """Those that come nearest; the remedy if there is one."""
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

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What differs and what to do about it, a sentence each."""
        return *differences(*self.between), *self._advice()

    def _advice(self) -> Iterator[str]:
        first, second = self.between
        if self.agree:
            everywhere = Yardstick(built(first)).follows(built(second))
            but = "" if everywhere else " here, but not where gradients are zero or steps late"
            yield f"They agree to rounding{but}."
            return
        far = percent(self.distance)
        yield f"On a shared sequence of gradients they end {far} of the way apart."
        if self.remedy:
            yield f"{called(self.remedy)} follows the first exactly."
            return
        yield f"No arguments of {second[0]} {second[1]} that were tried make it follow the first."
        if self.left < self.distance:
            yield f"{called(self.nearest)} comes nearest: {percent(self.left)} are left."

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
    return Difference(Yardstick(built(one)).distance(built(two)), (one, two))


def _spec(which: str, given: Any) -> Spec:
    """The library, the name and the arguments, which may be left out."""
    fits = isinstance(given, tuple) and len(given) in (2, 3)
    if not fits or not isinstance((*given, {})[2], Mapping):
        raise TypeError(
            f"explain_difference: {which} must be (library, name) or (library, name, arguments), "
            f"got {given!r:.60}"
        )
    return (*given, {})[:3]
