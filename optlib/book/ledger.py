"""The ledger of claims: what is said about Adam, and the verdict that a computation gives.

A file of claims holds one TOML table per claim. A cell of a chapter settles it, and the verdict
follows from what the cell found; but where the evidence is a report, the verdict is ours, and the
cell only names what it rests on::

    ["2.13"]
    chapter = "04-bias-correction"
    claim = "The bias correction vanishes as $t$ grows."
    verdict = "holds"
    evidence = "theorem"

Optional keys are ``right`` (the right statement, or the condition), ``sources`` (keys of the
bibliography) and ``erratum`` (for an error found in another text than the notes: where it stands).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .display import Markdown
from .statistics import median_interval
from .stored import DATA

HOLDS, CONDITION = "holds", "holds with a condition"
CONVENTION, WRONG, EMPIRICAL = "convention differs", "wrong", "empirical"
VERDICTS = (HOLDS, CONDITION, CONVENTION, WRONG, EMPIRICAL)
"""The verdicts a claim may have."""
COMPUTED = ("theorem", "computed", "experiment")
READING = "reading"
REPORTED = ("literature", READING, "opinion")
EVIDENCE = COMPUTED + REPORTED
"""The grades of evidence, from the strongest to the weakest."""

_REQUIRED = {"chapter", "claim", "verdict", "evidence"}
_OPTIONAL = {"right", "sources", "erratum"}


class LedgerError(ValueError):
    """A claim that is unknown, badly written down, or does not agree with what was computed."""


@dataclass(frozen=True)
class Claim:
    """One statement with its verdict.

    Attributes
    ----------
    name : str
        Section and number, such as ``"2.15"``.
    chapter : str
        The chapter that settles it, such as ``"05-adam"``.
    claim, right : str
        The statement, and the right one or the condition, as Markdown.
    verdict : str
        One of :data:`VERDICTS`.
    evidence : str
        One of :data:`EVIDENCE`.
    sources : tuple of str
        Keys of the bibliography.
    erratum : str
        Where the statement stands, if it is not one of the notes.
    """

    name: str
    chapter: str
    claim: str
    verdict: str
    evidence: str
    right: str = ""
    sources: tuple[str, ...] = ()
    erratum: str = ""

    @property
    def computed(self) -> bool:
        """Whether the verdict follows from what a cell found, and not from a report."""
        return self.evidence in COMPUTED


class Ledger(dict[str, Claim]):
    """Name -> :class:`Claim`, in the order of the file."""

    def settle(
        self,
        name: str,
        claim: bool | Mapping[str, bool] | None = None,
        right: bool | None = None,
        *,
        libraries: Mapping[str, bool] | None = None,
        samples: Any = None,
        reference: float = 0.0,
    ) -> Markdown:
        """Compare what a cell found with the verdict that is written down.

        Exactly one of ``claim``, ``libraries`` and ``samples`` is given.

        Parameters
        ----------
        name : str
            The claim.
        claim : bool or mapping, optional
            Whether the statement is true; or condition -> whether it is true under it. True holds,
            true only under some conditions holds with a condition, false is wrong.
        right : bool, optional
            Whether the right statement is true. A claim can be wrong only if it is given.
        libraries : mapping, optional
            Library or text -> whether the statement is true of it. If they are not of one mind, the
            convention differs.
        samples : array_like or mapping, optional
            One number per seed, or per other independent repetition: a statistic such as the
            advantage of one method over another; or problem -> such samples, since repetitions on
            different problems are no samples of one statistic. The claim is empirical.
        reference : float, optional
            The value of the statistic that would speak neither for the claim nor against it.

        Returns
        -------
        Markdown
            The claim, the verdict, the right statement and what was found.

        Raises
        ------
        LedgerError
            If the claim is unknown, the verdict written down is another one, the right statement
            is false, or the ledger grades the claim as reported and not computed.
        """
        entry = self._entry(name)
        if not entry.computed:
            raise LedgerError(f"{name} is a matter of {entry.evidence}: use sourced({name!r}, ...)")
        if sum(given is not None for given in (claim, libraries, samples)) != 1:
            raise TypeError("settle takes exactly one of claim, libraries and samples")
        right = None if right is None else _truth("right", right)
        if samples is not None:
            verdict, found = EMPIRICAL, _measured(samples, reference)
        elif libraries is not None:
            verdict, found = _judge(libraries, CONVENTION)
        elif isinstance(claim, Mapping):
            verdict, found = _judge(claim, CONDITION)
        else:
            verdict, found = HOLDS if _truth("claim", claim) else WRONG, ""
        if verdict != entry.verdict:
            raise LedgerError(
                f"{name}: the ledger says {entry.verdict!r}, the computation {verdict!r}"
            )
        if right is False or (verdict == WRONG and right is None):
            reason = "is false" if right is False else "must be computed too: give right="
            raise LedgerError(f"{name}: the right statement {reason}")
        return _shown(entry, found)

    def sourced(self, name: str, *sources: str) -> Markdown:
        """State a claim whose verdict rests on a report, of others or of our reading.

        Parameters
        ----------
        name : str
            The claim.
        *sources : str
            Keys of the bibliography, as the ledger has them; the paragraph before the cell cites
            them. What we read off the notes themselves needs none.

        Raises
        ------
        LedgerError
            If the claim is unknown, is to be computed, or has other sources in the ledger.
        """
        entry = self._entry(name)
        if entry.computed:
            raise LedgerError(f"{name} is to be computed: use settle({name!r}, ...)")
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


def _truth(what: str, value: Any) -> bool:
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    raise TypeError(f"{what} must be a computed bool, not {value!r}")


def _judge(cases: Mapping[str, bool], mixed: str) -> tuple[str, str]:
    if len(cases) < 2:
        raise TypeError("Give at least two cases, or a plain bool")
    truths = {case: _truth(case, value) for case, value in cases.items()}
    found = "\n".join(f"- {case}: {'yes' if true else 'no'}" for case, true in truths.items())
    if len(set(truths.values())) > 1:
        return mixed, found
    return (HOLDS if all(truths.values()) else WRONG), found


def _measured(samples: Any, reference: float) -> str:
    if isinstance(samples, Mapping):
        return "\n".join(f"- {case}: {_side(one, reference)}" for case, one in samples.items())
    return f"- {_side(samples, reference)}"


def _side(samples: Any, reference: float) -> str:
    low, median, high, coverage = median_interval(samples)
    side = "above" if low > reference else "below" if high < reference else "on both sides of"
    return (
        f"median of {np.size(samples)} samples {median:.3g}, between {low:.3g} and {high:.3g} "
        f"({coverage:.0%} interval): {side} {reference:g}"
    )


def _shown(entry: Claim, found: str) -> Markdown:
    head = f"**Claim {entry.name}** · **{entry.verdict}** · *{entry.evidence}* · {entry.claim}"
    parts = [head, entry.right, found, _rests_on(entry)]
    lines = "\n\n".join(part for part in parts if part).splitlines()
    return Markdown("\n".join(f"> {line}".rstrip() for line in lines))


def _rests_on(entry: Claim) -> str:
    if entry.computed:
        return ""
    report = "our reading of the notes" if entry.evidence == READING else "a source"
    return f"Settled by {report}, not by a cell."


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
    if table["evidence"] in ("literature", "opinion") and not table.get("sources"):
        raise LedgerError(f"{name}: a matter of {table['evidence']} needs sources")
    return Claim(name, **{**table, "sources": tuple(table.get("sources", ()))})
