"""Writes two zips beside the site, of notebooks that run with nothing but what is in them.

One holds the chapters to study with: derivations, solutions and answers blank. The other holds
them executed. In both are the package and a list of what it needs. The directive ``downloads``
lists them, and the book as a PDF where ``make pdf`` has printed it.
"""

import io
import shutil
import tomllib
import zipfile
from pathlib import Path

import nbformat
import readable
import versions
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from optlib.book.study import WORKED

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "_downloads"
STUDY, EXECUTED = "adam-line-by-line-study", "adam-line-by-line-executed"
PDF = "adam-line-by-line.pdf"
# Where the book lies once it is printed; see tools/pdf.py.
PRINTED = ROOT / "_build" / PDF
LISTED = {
    f"{STUDY}.zip": ("Notebooks to study with", "derivations, answers and solutions are yours"),
    f"{EXECUTED}.zip": ("Notebooks, executed", "every chapter with its outputs"),
    PDF: ("The book as a PDF", "with bookmarks, solutions at the end of each chapter"),
}
# The earliest time that a zip knows: the same bytes whenever it is made.
TIME = (1980, 1, 1, 0, 0, 0)
# What the chapters import, and what runs them, of all that the book pins.
NEEDED = ("numpy", "sympy", "matplotlib", "autograd", "ml_dtypes", "ipykernel")
SHOWS = "jupyterlab>=4"
# The package itself, from the folder.
ITSELF = "."
PYPROJECT = """[build-system]
requires = {requires}
build-backend = "{backend}"

[project]
name = "{name}"
version = "{version}"
description = "{description}"
"""

README = """Adam, Line by Line: {what}

1. Make an environment with Python 3.11 or newer: python -m venv .venv
   and enter it: . .venv/bin/activate (on Windows: .venv\\Scripts\\activate)
2. In this folder: pip install -r requirements.txt
3. In this folder: jupyter lab
   Open a notebook and run its cells in order.

The second step also installs the package optlib, which the notebooks import, from this folder.
{more}
Text and figures: CC BY 4.0. Code: MIT.
"""
TO_STUDY = f"""
Three dots in a derivation stand for a line that is yours to find. Write it and run the cell again:
every line is checked. Write answers between the quotes of judge(""), and solutions in the empty
cells. The book's lines and solutions are in the folder {WORKED}.
"""


def contents(root):
    """Return zip -> path in it -> text or bytes, for both zips."""
    paths = sorted(root.glob("chapters/*.ipynb"))
    notebooks = {path.stem: nbformat.read(path, as_version=4) for path in paths}
    chapters = readable.chapters(notebooks, root / "references.bib")
    shared = package(root) | {
        "requirements.txt": requirements(root),
        "pyproject.toml": project(root),
    }
    study = {"README.txt": README.format(what="to study with", more=TO_STUDY)} | shared
    executed = {"README.txt": README.format(what="executed", more="")} | shared
    for name, notebook in notebooks.items():
        whole = versions.worked(notebook, chapters[name])
        executed[f"{name}.ipynb"] = _dump(whole)
        study[f"{WORKED}/{name}.ipynb"] = _dump(versions.without_outputs(whole))
        study[f"{name}.ipynb"] = _dump(versions.to_study(name, notebook, chapters[name]))
    return {STUDY: study, EXECUTED: executed}


def _dump(notebook):
    return nbformat.writes(notebook) + "\n"


def package(root):
    """Return the files of ``optlib``, by path."""
    files = (path for path in (root / "optlib").rglob("*") if path.is_file())
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in files
        if "__pycache__" not in path.parts
    }


def requirements(root):
    """Return what the chapters need, pinned as it is for the book, and what shows them."""
    pinned = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    lines = [line for line in pinned if line.split("==")[0] in NEEDED]
    return "\n".join([*lines, SHOWS, ITSELF, ""])


def project(root):
    """Return what pip needs to install the package; what it imports is required already."""
    whole = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    system, about = whole["build-system"], whole["project"]
    return PYPROJECT.format(requires=system["requires"], backend=system["build-backend"], **about)


def packed(folder, files):
    """Return a zip with one folder; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{folder}/{path}", TIME)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


class Downloads(SphinxDirective):
    """The list of what can be downloaded."""

    def run(self):
        self.env.note_dependency(str(PRINTED))
        up = "../" * self.env.docname.count("/")
        items = "".join(
            f'<li><a href="{up}{FOLDER}/{name}" download>{title}</a>: {what}.</li>'
            for name, (title, what) in LISTED.items()
            if name != PDF or PRINTED.is_file()
        )
        return [nodes.raw("", f'<ul class="simple downloads">{items}</ul>', format="html")]


def write(app, error):
    if error or app.builder.name != "html":
        return
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(exist_ok=True)
    for name, files in contents(ROOT).items():
        (folder / f"{name}.zip").write_bytes(packed(name, files))
    if PRINTED.is_file():
        shutil.copy(PRINTED, folder / PDF)


def setup(app):
    app.add_directive("downloads", Downloads)
    app.connect("build-finished", write)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
