"""The ledger of claims: what is said about Adam, and the verdict that a computation gives.

A file of claims holds one TOML table per claim. A cell of a chapter settles it, and the verdict
follows from what the cell found; but where the evidence is a report or an opinion, the verdict is
ours, and the cell only names what it rests on::

    ["2.13"]
    chapter = "04-bias-correction"
    claim = "The bias correction vanishes as $t$ grows."
    verdict = "holds"
    evidence = "proved"

Optional keys are ``right`` (the right statement, or the condition), ``sources`` (keys of the
bibliography), ``side`` (for an empirical claim: where the samples lie) and ``erratum`` (for an
error found in another text than the notes: where it stands).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .deciding import (
    COMPUTED,
    PROVED,
    SIDES,
    Finding,
    LedgerError,
    decided,
    finding,
    of_one_mind,
    require_control,
    side_of,
    weakest,
)
from .display import Markdown
from .stored import DATA

HOLDS, CONDITION = "holds", "holds with a condition"
CONVENTION, WRONG, EMPIRICAL = "convention differs", "wrong", "empirical"
VERDICTS = (HOLDS, CONDITION, CONVENTION, WRONG, EMPIRICAL)
"""The verdicts a claim may have."""
REPORTED, OPINION = "reported", "opinion"
EVIDENCE = (PROVED, COMPUTED, REPORTED, OPINION)
"""The grades of evidence, from the strongest to the weakest."""

_REQUIRED = {"claim", "verdict", "evidence"}
_OPTIONAL = {"chapter", "right", "sources", "side", "erratum"}


@dataclass(frozen=True)
class Claim:
    """One statement with its verdict.

    Attributes
    ----------
    name : str
        Section and number, such as ``"2.15"``.
    chapter : str
        The chapter that settles it, such as ``"05-adam"``; empty if it speaks of the notes' layout.
    claim, right : str
        The statement, and the right one or the condition, as Markdown.
    verdict : str
        One of :data:`VERDICTS`.
    evidence : str
        One of :data:`EVIDENCE`.
    sources : tuple of str
        Keys of the bibliography.
    side : str or mapping
        For an empirical claim that is computed: where the samples lie, or problem -> where.
    erratum : str
        Where the statement stands, if it is not one of the notes.
    """

    name: str
    claim: str
    verdict: str
    evidence: str
    chapter: str = ""
    right: str = ""
    sources: tuple[str, ...] = ()
    side: str | Mapping[str, str] = ""
    erratum: str = ""

    @property
    def computed(self) -> bool:
        """Whether the verdict follows from what a cell found, and not from a report."""
        return self.evidence in (PROVED, COMPUTED)


class Ledger(dict[str, Claim]):
    """Name -> :class:`Claim`, in the order of the file."""

    def settle(
        self,
        name: str,
        decide: Callable[[Any], Any],
        *,
        of: Any = None,
        cases: Mapping[str, Any] | None = None,
        libraries: Mapping[str, Any] | None = None,
        control: Mapping[str, Any] | None = None,
        right: Any = None,
    ) -> Markdown:
        """Compare what a decision finds with the verdict that is written down.

        Exactly one of ``of``, ``cases`` and ``libraries`` is given.

        Parameters
        ----------
        name : str
            The claim.
        decide : callable
            Whether the statement is true of what it is given: a verdict, a derivation, a bool that
            was computed, or a list of them. See :func:`~optlib.book.deciding.finding`.
        of : object
            What the statement is about. If it is true of it, it holds, else it is wrong.
        cases : mapping
            Condition -> what it is about under it. True only of some, it holds with a condition.
        libraries : mapping
            Library or text -> what it is about there. True only of some, the convention differs.
        control : mapping
            What is changed -> something of which the opposite must be found: the rule without the
            line in question, the other formula, the dropped hypothesis. Cases that are not of one
            mind need none.
        right : verdict, derivation, bool or a list of them, optional
            Whether the right statement is true.

        Returns
        -------
        Markdown
            The claim, the verdict, the right statement, what was found, and the control.

        Raises
        ------
        LedgerError
            If the claim is unknown or to be reported, if the verdict or the grade written down is
            another one, the right statement is not true, something is undecided, or the decision
            comes out the same for a control.
        """
        entry = self._entry(name)
        if not entry.computed:
            raise LedgerError(f"{name} is {entry.evidence}: use sourced({name!r}, ...)")
        if sum(given is not None for given in (of, cases, libraries)) != 1:
            raise TypeError("settle takes exactly one of of, cases and libraries")
        judged = {"": of} if of is not None else cases if cases is not None else libraries
        if of is None and isinstance(judged, Mapping) and len(judged) < 2:
            raise TypeError("Give at least two cases, or of=")
        found = decided(decide, judged)
        controlled = decided(decide, control) if control else {}
        require_control(name, found, controlled)
        mixed = CONDITION if libraries is None else CONVENTION
        outcome = HOLDS if all(f.true for f in found.values()) else WRONG
        self._require(entry, outcome if of_one_mind(found) else mixed)
        stated = finding(right) if right is not None else None
        if stated is not None and not stated.true:
            raise LedgerError(f"{name}: the right statement is false")
        grade = weakest([*found.values(), *([stated] if stated else [])])
        if grade != entry.evidence:
            raise LedgerError(f"{name}: the ledger says {entry.evidence!r}, it is {grade}")
        return _shown(entry, _listed(found) if of is None else "", _controls(controlled))

    def measure(self, name: str, samples: Any, *, reference: float = 0.0) -> Markdown:
        """Compare where samples lie with what is written down of an empirical claim.

        Parameters
        ----------
        name : str
            The claim.
        samples : array_like or mapping
            One number per seed, or per other independent repetition: a statistic such as the
            advantage of one method over another; or problem -> such samples, since repetitions on
            different problems are no samples of one statistic.
        reference : float
            The value of the statistic that would speak neither for the claim nor against it.

        Raises
        ------
        LedgerError
            If the claim is unknown, not empirical or not computed, or if the interval of the median
            lies on another side of the reference than the ledger says.
        """
        entry = self._entry(name)
        if entry.evidence != COMPUTED:
            raise LedgerError(f"{name} is {entry.evidence}, not computed")
        self._require(entry, EMPIRICAL)
        problems = samples if isinstance(samples, Mapping) else {"": samples}
        found = {case: side_of(one, reference) for case, one in problems.items()}
        sides = {case: side for case, (side, _) in found.items()}
        said = entry.side if isinstance(entry.side, Mapping) else dict.fromkeys(sides, entry.side)
        if sides != said:
            raise LedgerError(f"{name}: the ledger says {dict(said)}, the samples {sides}")
        return _shown(entry, _listed({case: text for case, (_, text) in found.items()}))

    def sourced(self, name: str, *sources: str) -> Markdown:
        """State a claim whose verdict is ours and rests on what others report.

        Parameters
        ----------
        name : str
            The claim.
        *sources : str
            Keys of the bibliography, as the ledger has them; the paragraph before the cell cites
            them.

        Raises
        ------
        LedgerError
            If the claim is unknown, is to be computed, or has other sources in the ledger.
        """
        entry = self._entry(name)
        if entry.computed:
            raise LedgerError(f"{name} is to be computed: use settle or measure")
        if sources != entry.sources:
            raise LedgerError(
                f"{name}: the ledger has the sources {list(entry.sources)}, "
                f"the cell {list(sources)}"
            )
        return _shown(entry, "")

    def _entry(self, name: str) -> Claim:
        if name not in self:
            raise LedgerError(f"There is no claim {name!r} in the ledger")
        return self[name]

    def _require(self, entry: Claim, verdict: str) -> None:
        if verdict != entry.verdict:
            raise LedgerError(
                f"{entry.name}: the ledger says {entry.verdict!r}, the computation {verdict!r}"
            )


def _listed(found: Mapping[str, Any]) -> str:
    return "\n".join(f"- {case}: {what}" if case else f"- {what}" for case, what in found.items())


def _controls(found: Mapping[str, Finding]) -> str:
    return "\n".join(f"- Control, {what}: {other}." for what, other in found.items())


def _shown(entry: Claim, *found: str) -> Markdown:
    head = f"**Claim {entry.name}** · **{entry.verdict}** · *{entry.evidence}* · {entry.claim}"
    parts = [head, entry.right, *found, _rests_on(entry)]
    lines = "\n\n".join(part for part in parts if part).splitlines()
    return Markdown("\n".join(f"> {line}".rstrip() for line in lines))


def _rests_on(entry: Claim) -> str:
    if entry.computed:
        return ""
    return "Settled by a source, not by a cell."


def load(path: str | Path | None = None) -> Ledger:
    """Read a file of claims.

    Parameters
    ----------
    path : str or Path, optional
        A TOML file, one table per claim; by default the ledger of the book.

    Raises
    ------
    LedgerError
        If a table lacks a key, has an unknown one, or a verdict or a grade that does not exist.
    """
    with (DATA / "claims.toml" if path is None else Path(path)).open("rb") as file:
        tables = tomllib.load(file)
    return Ledger({name: _claim(name, table) for name, table in tables.items()})


def _claim(name: str, table: Any) -> Claim:
    keys = set(table) if isinstance(table, dict) else set()
    if wrong := (_REQUIRED - keys) | (keys - _REQUIRED - _OPTIONAL):
        raise LedgerError(f"{name}: missing or unknown keys {sorted(wrong)}")
    for key, allowed in (("verdict", VERDICTS), ("evidence", EVIDENCE)):
        if table[key] not in allowed:
            raise LedgerError(f"{name}: the {key} {table[key]!r} is none of {', '.join(allowed)}")
    if table["verdict"] != HOLDS and not table.get("right"):
        raise LedgerError(f"{name}: say what is right, or the condition")
    if table["evidence"] in (REPORTED, OPINION):
        # What the notes look like can be read off them alone.
        if bool(table.get("chapter")) != bool(table.get("sources")):
            raise LedgerError(f"{name}: a claim that a chapter reports needs sources")
    elif not table.get("chapter"):
        raise LedgerError(f"{name}: say which chapter settles it")
    if (table["verdict"], table["evidence"]) == (EMPIRICAL, COMPUTED):
        said = table.get("side")
        if not set(said.values() if isinstance(said, dict) else [said]) <= set(SIDES):
            raise LedgerError(f"{name}: say on which side the samples lie: {', '.join(SIDES)}")
    return Claim(name, **{**table, "sources": tuple(table.get("sources", ()))})
