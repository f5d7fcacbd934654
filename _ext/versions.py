"""Versions of a chapter's notebook for plain Jupyter: worked, executed, and one to study with."""

import ast
import re
from copy import deepcopy

import nbformat
from blanks import blanked, names_in

from optlib.book.study import SOLUTION, WORKED

SOLUTIONS = re.compile(r"^(?=(?:`{3,}|:{3,})\{solution-(?:start|end)\})", re.M)
SETTLES = ("claims.settle(", "claims.measure(", "claims.sourced(")
# What the site leaves out or folds, a front end folds.
FOLDED = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
# Of a cell that is in no chapter, until it has its place.
UNNAMED = "unnamed"
# Jupyter does not know the macros of the site.
MACROS = r"$\newcommand{\E}{\operatorname{E}}$"

HOW = """> **To study with.** Run the cells in order, and fill in what is blank. In a derivation,
> put the line that a reason asks for in the place of `...` and run the cell again: every line is
> checked, and a wrong one is met with numbers at which it fails. The notebook goes on with the
> book's derivation, whatever you wrote. Write an answer between the quotes of `judge("")`. All
> lines and solutions are in [{path}]({path})."""
IMPORT = "from optlib.book import study"
YOURS = "**Your solution:**"
GO_ON = 'study.go_on("{name}")  # what follows uses names from the solutions'


def worked(notebook, chapter):
    """Return the chapter as the site has it, its text in plain Markdown, its solutions tagged."""
    cells = []
    for solution, cell in pieces(notebook):
        if isinstance(cell, str):
            cells.append(_text(chapter.text(cell)))
            continue
        own = deepcopy(cell)
        own.metadata = _folded(cell)
        if solution:
            own.metadata["tags"] = [SOLUTION]
        cells.append(own)
        cells += _caption(cell, chapter)
    return _notebook(notebook, cells, MACROS)


def to_study(name, notebook, chapter):
    """Return the chapter with blanks for its derivations, its solutions and its answers."""
    parts = list(pieces(notebook))
    judged = {q for solution, c in parts if not solution for q in _asked(c, "judge")}
    last = max(k for k, (solution, _) in enumerate(parts) if solution)
    goes_on = any(not isinstance(cell, str) for _, cell in parts[last + 1 :])
    cells = []
    for k, (solution, cell) in enumerate(parts):
        if solution:
            cells += [_text(YOURS), _code("")] if _begins(cell) else []
            cells += [_code(GO_ON.format(name=name))] if k == last and goes_on else []
        elif isinstance(cell, str):
            cells.append(_text(chapter.text(cell)))
        else:
            cells += [*_open(name, cell), *_caption(cell, chapter)]
            unjudged = sorted(_asked(cell, "ask") - judged)
            cells += [_code(f'questions["{q}"].judge("")') for q in unjudged]
    how = HOW.format(path=f"{WORKED}/{name}.ipynb")
    study = _notebook(notebook, cells, f"{how}\n\n{MACROS}", _code(IMPORT))
    return without_outputs(study)


def without_outputs(notebook):
    """Return the notebook as before it was run."""
    notebook = deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def pieces(notebook):
    """Yield whether it belongs to a solution, and the text or the code cell, for every piece."""
    solution = False
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            yield solution, cell
            continue
        for text in SOLUTIONS.split(cell["source"]):
            if SOLUTIONS.match(text):
                solution = _begins(text)
            yield solution, text


def _begins(cell):
    """Whether it is a text that begins a solution."""
    return isinstance(cell, str) and cell.lstrip("`:").startswith("{solution-start}")


def _open(name, cell):
    """Return a code cell with its derivations and answers blank."""
    source = cell["source"]
    if any(word in source for word in SETTLES):
        return [_code(source, _folded(cell))]
    if blank := blanked(source):
        body = "\n".join(f"    {line}".rstrip() for line in blank.splitlines())
        return [_code(f'with study.attempt("{name}", "{cell["id"]}"):\n{body}')]
    answered = _unanswered(source)
    return [_code(answered, _folded(cell) if answered == source else {})]


def _asked(cell, how):
    """Return the questions that a cell asks or judges by a call of its own."""
    if isinstance(cell, str):
        return set()
    return {
        statement.value.func.value.slice.value
        for statement in ast.parse(cell["source"]).body
        if _is_call(statement, how)
    }


def _unanswered(source):
    """Return the source with the answers that it has judged left empty."""
    lines = source.encode().splitlines(keepends=True)
    for statement in ast.parse(source).body:
        if _is_call(statement, "judge"):
            given = statement.value.args[0]
            assert given.lineno == given.end_lineno, source
            line = lines[given.lineno - 1]
            lines[given.lineno - 1] = (
                line[: given.col_offset] + b'""' + line[given.end_col_offset :]
            )
    return b"".join(lines).decode()


def _is_call(statement, how):
    """Whether a statement is questions["..."].judge(...), or .ask() likewise."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    called = statement.value.func
    return (
        isinstance(called, ast.Attribute)
        and called.attr == how
        and isinstance(called.value, ast.Subscript)
        and names_in(called.value)[1] == {"questions"}
    )


def _folded(cell):
    hidden = FOLDED & set(cell["metadata"].get("tags", []))
    return {"jupyter": {"source_hidden": True}} if hidden else {}


def _caption(cell, chapter):
    caption = chapter.caption(cell)
    return [_text(caption)] if caption else []


def _text(source):
    return nbformat.v4.new_markdown_cell(source, id=UNNAMED)


def _code(source, metadata=()):
    return nbformat.v4.new_code_cell(source, id=UNNAMED, metadata=dict(metadata))


def _notebook(original, cells, head, *more):
    """Return a notebook of the cells that hold something; below the first stands what is new."""
    cells = [cell for cell in cells if cell.cell_type == "code" or cell.source]
    cells[0].source += f"\n\n{head}"
    cells[1:1] = more
    for k, cell in enumerate(cells):
        if cell.id == UNNAMED:
            cell.id = f"place-{k}"
    metadata = {key: original["metadata"][key] for key in ("kernelspec", "language_info")}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)
