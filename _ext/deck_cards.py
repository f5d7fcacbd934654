"""The cards of the deck, collected from where the book keeps what they say.

Definitions come from the glossary, notation from the page of that name, formulas and numbers from
the questions, verdicts from the ledger, and what a library does from the table of conventions. All
text is Markdown still.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from ports import LIBRARIES
from recall import ABOUT_THE_NOTES

from optlib.algebra.latex import latex
from optlib.book import ledger, selfcheck
from optlib.conventions import TABLE
from optlib.domains import QUANTITIES

GLOSSARY = "reference/glossary.md"
NOTATION = "reference/notation.md"
# What a library multiplies its moving average of weights by, which is off by default.
NOT_IN_USE = {"ema_momentum"}


@dataclass(frozen=True)
class Card:
    """One card; ``kind`` and ``name`` say for ever which it is, whatever becomes of its text.

    Attributes
    ----------
    kind, name : str
    front, back : str
        Markdown.
    chapter : str
        The stem of the chapter that it belongs to, or nothing.
    """

    kind: str
    name: str
    front: str
    back: str
    chapter: str = ""


def cards(root):
    """All cards of the book in the folder ``root``, kind by kind."""
    root = Path(root)
    glossary = (root / GLOSSARY).read_text(encoding="utf-8")
    notation = (root / NOTATION).read_text(encoding="utf-8")
    chapters = {p.stem: source(p) for p in sorted((root / "chapters").glob("*.ipynb"))}
    return [
        *definitions(glossary),
        *symbols(notation),
        *formulas(chapters),
        *libraries(),
        *verdicts(),
    ]


def source(notebook):
    """The cells of a notebook as text."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells)


def definitions(glossary):
    (listed,) = re.findall(r"```\{glossary\}\n(.*?)```", glossary, re.DOTALL)
    for entry in listed.strip().split("\n\n"):
        term, *lines = entry.splitlines()
        text = " ".join(line.strip() for line in lines)
        where = re.search(r" \[Chapter \d+\]\(\.\./chapters/(.+?)\.ipynb\)\.$", text)
        front, back = f"What is meant by **{term}**?", text[: where.start()]
        yield Card("definition", term, front, back, where[1])


def tables(text):
    """Yield header and rows of every table of a page."""
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        head, _, *rows = (
            [cell.strip() for cell in line.strip().strip("|").split("|")]
            for line in table.splitlines()
        )
        yield head, rows


def symbols(notation):
    (_, here), ((_, *others), elsewhere), (_, grades) = tables(notation)
    for symbol, code, meaning, domain in here:
        asked = f"{symbol} ({code} in code)" if code else symbol
        told = sentence(meaning) + (f" Domain: {domain}." if domain else "")
        yield Card("notation", symbol, f"What does {asked} stand for?", told)
    for symbol, *names in elsewhere:
        front = f"How do papers and libraries write {symbol}?"
        told = [f"- {who}: {name}" for who, name in zip(others, names, strict=True) if name]
        yield Card("notation", f"elsewhere {symbol}", front, "\n".join(told))
    for grade, means in grades:
        front = f"What does the grade *{grade}* say of a line of a derivation?"
        yield Card("notation", f"grade {grade}", front, sentence(means))


def sentence(text):
    return f"{text[0].upper()}{text[1:]}."


def formulas(chapters):
    """A card for each question whose answer is an expression."""
    plain = {k: k for k in QUANTITIES}
    questions = selfcheck.load().items()
    for name, question in ((k, q) for k, q in questions if isinstance(q, selfcheck.Question)):
        asked = re.compile(rf"""\{{answer\}} {name}\n|questions\[\s*"{name}"\s*\]""")
        chapter = next(stem for stem, text in chapters.items() if asked.search(text))
        answer = f"$${latex(question.answer, plain)}$$"
        yield Card("formula", name, str(question.ask()), answer, chapter)


def libraries():
    """A card for each optimizer that several libraries have, each in its own way."""
    families = {}
    for entry in TABLE.values():
        if entry.note and not entry.schedule:
            families.setdefault(entry.name.lower(), []).append(entry)
    for name, family in families.items():
        if len(family) > 1:
            known = {entry.library: LIBRARIES[entry.library] for entry in family}
            front = (
                f"Which library does what with **{family[0].name}**: {', '.join(known.values())}?"
            )
            told = [f"- {known[e.library]}: {as_is(e.note)}. {numbers(e)}" for e in family]
            back = "\n".join(told)
            yield Card("library", name, front, back, "16-conventions")


def as_is(text):
    """Markdown of a text that is none."""
    return re.sub(r"([\\`*_$\[\]<])", r"\\\1", text)


def numbers(entry):
    """The numbers that a library sets by default."""
    given = [f"{k}={v!r}" for k, v in entry.defaults.items() if is_number(k, v)]
    return f"`{', '.join(given)}`" if given else ""


def is_number(name, value):
    """Whether a default is a number, or some, of the update."""
    parts = value if isinstance(value, tuple) else (value,)
    numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in parts)
    return numbers and name not in NOT_IN_USE


def verdicts():
    for claim in ledger.load().values():
        if claim.name.split(".")[0] not in ABOUT_THE_NOTES:
            front = f"{claim.claim}\n\nDoes it hold, is it wrong, or does it depend?"
            back = f"**{claim.verdict.capitalize()}.** {claim.right} *({claim.evidence})*"
            yield Card("claim", claim.name, front, back, claim.chapter)
