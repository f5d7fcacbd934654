"""The directive ``claims``: the ledger of claims as a table.

With the name of a chapter it lists the claims that this chapter settles; without, it lists all,
counted, each row with an anchor such as ``claim-2.15``, and with a filter where scripts run; with
the option ``picked`` those that it names::

    ```{claims} 05-adam
    ```

The role ``claim-count`` says how many there are of a grade, as {claim-count}`proved`.
"""

import re
import sys
from collections import Counter
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective, SphinxRole

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from optlib.book import ledger

LEDGER = "optlib/book/data/claims.toml"
FILTER = (Path(__file__).parent / "claims_filter.html").read_text(encoding="utf-8")


def section(name):
    """Return the section of the notes that a claim stands in: A of A.3, 2 of 2.15."""
    return name.split(".")[0]


def class_name(text):
    return re.sub(r"\W+", "-", text.lower())


class Claims(SphinxDirective):
    optional_arguments = 1
    option_spec = {"picked": str.split}

    def run(self):
        self.env.note_dependency(LEDGER)
        known = ledger.load(Path(self.env.srcdir, LEDGER))
        claims = list(known.values())
        if picked := self.options.get("picked"):
            if unknown := set(picked) - set(known):
                raise self.error(f"{LEDGER} has no claim {', '.join(sorted(unknown))}")
            return self._table([known[name] for name in picked], self._short)
        if not self.arguments:
            return [*self._counts(claims), *self._table(claims, self._long)]
        chosen = [claim for claim in claims if claim.chapter == self.arguments[0]]
        if not chosen:
            raise self.error(f"{LEDGER} has no claim of chapter {self.arguments[0]!r}")
        return self._table(chosen, self._short)

    def _pending(self, claim):
        return bool(claim.chapter) and f"chapters/{claim.chapter}" not in self.env.found_docs

    def _counts(self, claims):
        settled = [claim for claim in claims if not self._pending(claim)]
        count = Counter(claim.verdict for claim in settled)
        rows = [[verdict, str(count[verdict])] for verdict in ledger.VERDICTS]
        rows.append(["**settled**", str(len(settled))])
        grades = Counter(claim.evidence for claim in settled)
        rows += [[f"*{grade}*", str(grades[grade])] for grade in ledger.EVIDENCE]
        if len(settled) < len(claims):
            rows.append(["pending (chapters not yet written)", str(len(claims) - len(settled))])
        table = self._parse(["verdict", "claims"], rows)
        for node in table:
            node["classes"].append("claim-counts")
        return [*table, nodes.raw("", FILTER, format="html")]

    def _table(self, claims, columns):
        header, _ = columns(claims[0])
        table = self._parse(header, [columns(claim)[1] for claim in claims])
        rows = [row for node in table for row in node.findall(nodes.row)][1:]
        whole = columns == self._long
        for row, claim in zip(rows, claims, strict=True):
            if whole:
                row["ids"] = [f"claim-{claim.name}"]
            state = "pending" if self._pending(claim) else claim.verdict
            row["classes"] += [f"in-{class_name(section(claim.name))}", f"is-{class_name(state)}"]
        for node in table:
            node["classes"] += ["claims", *(["all-claims"] if whole else [])]
        return table

    def _short(self, claim):
        row = [self._link(claim), claim.claim, f"**{claim.verdict}.** {claim.right}"]
        return ["claim", "says", "verdict", "evidence"], [*row, claim.evidence]

    def _long(self, claim):
        where = f" *({claim.erratum})*" if claim.erratum else ""
        sources = f" {{cite:p}}`{','.join(claim.sources)}`" if claim.sources else ""
        verdict = f"**{claim.verdict}.** {claim.right}{sources}"
        # Nothing is said before a cell has found it.
        told = ["*pending*", ""] if self._pending(claim) else [verdict, claim.evidence]
        return ["claim", "says", "verdict", "evidence"], [
            self._link(claim),
            claim.claim + where,
            *told,
        ]

    def _link(self, claim):
        if not claim.chapter or self._pending(claim):
            return claim.name
        return f"[{claim.name}](#claim-{claim.name})"

    def _parse(self, header, rows):
        lines = [header, ["---"] * len(header), *rows]
        text = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        return self.parse_text_to_nodes(text)


class Count(SphinxRole):
    """How many verdicts there are of a grade."""

    def run(self):
        if self.text not in ledger.EVIDENCE:
            message = f"claim-count knows {', '.join(ledger.EVIDENCE)}, not {self.text!r}"
            return [], [self.inliner.reporter.error(message, line=self.lineno)]
        self.env.note_dependency(LEDGER)
        claims = ledger.load(Path(self.env.srcdir, LEDGER)).values()
        count = sum(claim.evidence == self.text for claim in claims)
        return [nodes.Text(str(count))], []


def setup(app):
    app.add_directive("claims", Claims)
    app.add_role("claim-count", Count())
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
