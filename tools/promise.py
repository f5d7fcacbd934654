"""What a chapter promises: its prose prints no number that no cell states, and shows little code.

    python tools/promise.py                     for each chapter, what is missing
    python tools/promise.py 06                  the numbers of one that no cell states

A cell states a number by ``stated("6.57", value)``, which checks it. Not looked at are code, links,
the values given to a symbol, dates, and sentences with a citation, whose numbers are reported.
"""

import ast
import re
import sys

import notebooks

# What is open on the page: cells without one of these tags.
_FOLDED = {"hide-cell", "hide-input", "remove-cell", "remove-input"}

# What is no prose: code, comments, directives' options and labels, addresses, roles, footnotes.
_NOT_PROSE = [
    re.compile(r"^(`{3,}|~{3,}).*?^\1`*\s*$", re.MULTILINE | re.DOTALL),
    re.compile(r"^:::.*$|^:\w[\w-]*:.*$|^\([\w.-]+\)=\s*$|^%.*$", re.MULTILINE),
    re.compile(r"\{[\w:-]+\}`[^`]*`"),
    re.compile(r"`[^`]*`"),
    # A link by a number, such as [8.7](#claim-8.7), is a name.
    re.compile(r"\[\d[\d.]*\]\([^)\s]*\)|(?<=\])\([^)\s]*\)|https?://\S+|<[^>\s]+>"),
    # The number of a chapter or a section.
    re.compile(r"^#+ \d[\d.]*", re.MULTILINE),
    # What is raised to it stays a formula.
    re.compile(r"(?<=\^)\{[^{}]*\}"),
]
_SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=[A-Z$*\[(])|\n\s*\n|^\s*[-*|]\s|\|", re.MULTILINE)
_CITES = re.compile(r"\{cite")
# Numbers that name a place or a date, not a quantity.
_NAMES = re.compile(
    r"\b(?:[Cc]hapters?|[Cc]laims?|[Ss]ections?|[Ff]igures?|[Ee]quations?|[Tt]ables?|[Tt]heorems?"
    r"|[Ll]emmas?|[Aa]lgorithms?|[Ee]xercises?|[Ll]ines?|[Pp]ages?|[Vv]ersions?|PyTorch|Optax|Keras"
    r"|Transformers|NumPy|SymPy|Python|JAX|torch)\s+[A-Z]?\d[\d.]*"
    r"(?:(?:,| and| to|\u2013|-)\s*\d[\d.]*)*"
    r"|\b(?:19|20)\d\d\b(?:\.\d{4,5}\b)?"
    # A pair of betas.
    r"|\(0\.\d+,\s*0\.\d+\)"
)
# A symbol that is given a value, such as \beta_2 = 0.999.
_GIVEN = re.compile(
    r"(?:\\(?:beta|alpha|lambda|varepsilon|epsilon|mu|sigma|kappa|gamma|tau|rho|eta)|[a-zA-Z])"
    r"(?:_(?:\{[^}]*\}|\w|\\\w+))?\s*(?:=|\\in|\\to|\\ge|\\le|>|<)\s*"
    r"(?:\(|\[|\\\{)?-?\d[\d.]*(?:(?:,|,\\?\s|;)\s*-?\d[\d.]*)*"
)
_DIGITS = r"\d{1,3}(?:[ \u202f\u2009](?=\d{3}\b)\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
# A number stands alone: float32, 2-D, x_{12}, 0.9^{30} are names and formulas.
_NUMBER = re.compile(rf"(?<![\w^_.{{])(?<!\w-)(?:{_DIGITS})(?![\w^-]|\.\d|\}}\^)")


def printed(markdown):
    """The numbers of two or more significant digits that a Markdown cell states as results."""
    text = markdown
    for pattern in _NOT_PROSE[:2]:
        text = pattern.sub("", text)
    found = []
    for sentence in _SENTENCE.split(text):
        if not sentence or _CITES.search(sentence):
            continue
        for pattern in [*_NOT_PROSE[2:], _GIVEN, _NAMES]:
            sentence = pattern.sub(" ", sentence)
        found += [n for n in _NUMBER.findall(sentence) if significant(n) >= 2]
    return found


def significant(number):
    """How many significant digits a printed number has; the zeros that end a whole one are none."""
    whole, dot, fraction = re.sub(r"\s", "", number).partition(".")
    digits = (whole + fraction).lstrip("0")
    return len(digits if dot else digits.rstrip("0"))


def stated(source):
    """The numbers that a cell states, as the prose prints them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "stated":
            yield bare(ast.literal_eval(node.args[0]))


def typed(source):
    """The numbers that a cell states without computing anything: ``stated("12", 12)``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "stated":
            value = node.args[1]
            while isinstance(value, ast.UnaryOp):
                value = value.operand
            if isinstance(value, ast.Constant):
                yield bare(ast.literal_eval(node.args[0]))


def bare(number):
    """A printed number without its sign, its groups and its per cent."""
    return re.sub(r"[\s,\u202f\u2009]", "", number).strip("+-\u2212%")


def unstated(path):
    """Yield the cell and the number, for every number of the prose that no cell states."""
    cells = notebooks.read(path).cells
    known = {n for c in cells if c.cell_type == "code" for n in stated(c.source)}
    for k, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            yield from ((k, n) for n in printed(cell.source) if bare(n) not in known)


def visible(path):
    """How many lines each code cell shows when the page opens, for those that show any."""
    cells = [c for c in notebooks.read(path).cells if c.cell_type == "code"]
    shown = [c for c in cells if not _FOLDED & set(c.metadata.get("tags", ()))]
    return [len(c.source.splitlines()) for c in shown]


def main():
    """Print what is missing."""
    for path in notebooks.notebooks():
        missing = list(unstated(path))
        if sys.argv[1:] and path.stem.startswith(sys.argv[1]):
            cells = notebooks.read(path).cells
            for k, number in missing:
                around = cells[k].source.partition(number)
                print(
                    f"cell {k}: ...{around[0][-50:]}[{number}]{around[2][:30]}...".replace(
                        "\n", " "
                    )
                )
        lines = visible(path)
        print(
            f"{path.stem}: {len(missing)} numbers not stated, {sum(lines)} visible lines of code,"
            f" at most {max(lines, default=0)} in a cell"
        )


if __name__ == "__main__":
    main()
