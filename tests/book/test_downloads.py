"""The zips of notebooks: what they hold, what they do not give away, and that they run."""

import ast
import io
import os
import re
import subprocess
import sys
import tomllib
import zipfile

import nbformat
import notebooks
import pytest
from test_alone import imported

import optlib

sys.path.insert(0, str(notebooks.ROOT / "_ext"))
import downloads
import versions
from blanks import blanked

NAMES = [path.stem for path in notebooks.notebooks()]
# What only the site shows: directives, roles and labels.
OF_THE_SITE = re.compile(r"^(?:`{3,}|:{3,})\{|\{[\w:-]+\}`|^\([\w.-]+\)=$", re.M)
RUN = """
import sys, nbformat
from nbclient import NotebookClient
for name in sys.argv[1:]:
    notebook = nbformat.read(name, as_version=4)
    code = "import optlib; print(optlib.__file__)"
    notebook.cells.append(nbformat.v4.new_code_cell(code))
    arguments = ["--log-level=ERROR", "--HistoryManager.enabled=False"]
    NotebookClient(notebook, kernel_name="python3", extra_arguments=arguments).execute()
    nbformat.write(notebook, name)
"""


@pytest.fixture(scope="module")
def contents():
    return downloads.contents(notebooks.ROOT)


@pytest.fixture(scope="module")
def studies(contents):
    """Name -> study version of a chapter."""
    files = contents[downloads.STUDY]
    return {name: nbformat.reads(files[f"{name}.ipynb"], as_version=4) for name in NAMES}


def code(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def solutions(name):
    """Return what is text and what is code in the solutions of a chapter."""
    parts = versions.pieces(notebooks.read(notebooks.CHAPTERS / f"{name}.ipynb"))
    inside = [part for solution, part in parts if solution]
    text = "\n".join(part for part in inside if isinstance(part, str))
    return text, [part.source for part in inside if not isinstance(part, str)]


DERIVES = re.compile(r"\bDerivation(?:\.\w+)?\(")


def attempts(notebook):
    return [source for source in code(notebook) if "study.attempt(" in source]


def test_every_chapter_is_in_every_version(contents):
    study, executed = contents[downloads.STUDY], contents[downloads.EXECUTED]
    for name in NAMES:
        assert {f"{name}.ipynb", f"{downloads.WORKED}/{name}.ipynb"} <= set(study)
        assert f"{name}.ipynb" in executed
    for files in contents.values():
        assert {"README.txt", "requirements.txt", "optlib/book/data/questions.toml"} <= set(files)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_solution_is_left_to_study(studies, name):
    text, cells = solutions(name)
    left = "\n".join(cell.source for cell in studies[name].cells)
    prose = [line for line in text.splitlines() if len(line) > 40 and "{" not in line]
    assert prose and not [line for line in prose if line in left]
    assert cells and not [source for source in cells if source in left]


@pytest.mark.parametrize("name", NAMES)
def test_what_there_is_to_study_is_open(studies, name):
    notebook = studies[name]
    assert all(not cell.outputs for cell in notebook.cells if cell.cell_type == "code")
    for source in code(notebook):
        for call in (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)):
            if getattr(call.func, "attr", "") == "judge":
                assert ast.literal_eval(call.args[0]) == "", source
    assert all("..." in source and "assert" not in source for source in attempts(notebook))
    exercises = sum(cell.source.count("### Exercise") for cell in notebook.cells)
    assert exercises == sum(cell.source == versions.YOURS for cell in notebook.cells) > 4


def test_most_derivations_are_left_to_the_student(studies):
    left, kept = 0, 0
    for notebook in studies.values():
        left += len(attempts(notebook))
        kept += sum(
            bool(DERIVES.search(source)) and "study.attempt(" not in source
            for source in code(notebook)
            if not any(word in source for word in versions.SETTLES)
        )
    assert left > 0.9 * (left + kept)
    assert all(attempts(studies[name]) for name in NAMES[:13])


def test_a_blank_keeps_the_start_the_reason_and_the_end():
    source = (
        "# A comment on what follows.\n"
        "helper = x**2\n"
        "mu, nu = sp.symbols('mu nu')\n"
        "d = Derivation(mu * nu, name='d')\n"
        "other = helper + 1\n"
        "d.step(helper + other, 'expand')\n"
        "assert d.end == helper\n"
        "d.at_most(nu, 'drop', slack=[other])\n"
        "d\n"
    )
    assert blanked(source) == (
        "mu, nu = sp.symbols('mu nu')\n"
        "d = Derivation(mu * nu, name='d')\n"
        "d.step(..., 'expand')\n"
        "d.at_most(nu, 'drop', slack=[...])"
    )
    line = "d = Derivation.induction(new, (1 - b) * g, prev=m, n=t)\nd.limit(t, oo, g, 'end')"
    assert blanked(line) == line.replace("(1 - b) * g", "...")
    assert blanked("x = optimizer.step(1, g, x)\nplt.plot(x)") is None


@pytest.mark.parametrize("name", NAMES)
def test_plain_jupyter_can_show_the_text(contents, name):
    paths = [(downloads.STUDY, f"{name}.ipynb"), (downloads.EXECUTED, f"{name}.ipynb")]
    for folder, path in paths:
        notebook = nbformat.reads(contents[folder][path], as_version=4)
        texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
        assert not [text for text in texts if OF_THE_SITE.search(text)]
        linked = {p for text in texts for p in re.findall(r"\]\(([\w./-]+\.ipynb)\)", text)}
        assert linked <= set(contents[folder])


def test_the_executed_version_has_the_stored_outputs(contents):
    for name in NAMES:
        stored = notebooks.read(notebooks.CHAPTERS / f"{name}.ipynb")
        shown = nbformat.reads(contents[downloads.EXECUTED][f"{name}.ipynb"], as_version=4)
        assert code(shown) == code(stored)
        assert [c.outputs for c in shown.cells if c.cell_type == "code"] == [
            c.outputs for c in stored.cells if c.cell_type == "code"
        ]


def test_a_zip_has_the_same_bytes_whenever_it_is_made():
    files = {"b.txt": "b", "a/c.txt": b"c"}
    once = downloads.packed("x", files)
    assert once == downloads.packed("x", dict(reversed(files.items())))
    with zipfile.ZipFile(io.BytesIO(once)) as archive:
        assert archive.namelist() == ["x/a/c.txt", "x/b.txt"]
        assert {entry.date_time for entry in archive.infolist()} == {downloads.TIME}


def test_the_zips_are_on_the_site(contents):
    for name, files in contents.items():
        path = notebooks.ROOT / "_build" / "html" / downloads.FOLDER / f"{name}.zip"
        with zipfile.ZipFile(path) as archive:
            assert archive.namelist() == sorted(f"{name}/{file}" for file in files)


def test_what_is_required_is_what_is_imported():
    lines = downloads.requirements(notebooks.ROOT).split()
    named = {re.split("[=>]", line)[0] for line in lines}
    assert imported() - sys.stdlib_module_names - {"optlib"} <= named
    assert named == {*downloads.NEEDED, "jupyterlab", downloads.ITSELF}


def test_pip_can_install_the_package_of_a_zip(contents):
    for files in contents.values():
        told = tomllib.loads(files["pyproject.toml"])
        assert (told["project"]["name"], told["project"]["version"]) == (
            "optlib",
            optlib.__version__,
        )
        assert "flit_core" in told["build-system"]["build-backend"]


def test_the_zips_run_where_nothing_else_is(contents, tmp_path):
    """One as it is, one with the book's lines for a student's: every attempt is then right."""
    files = contents[downloads.STUDY]
    with zipfile.ZipFile(io.BytesIO(downloads.packed("x", files))) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "x"
    blank, filled = "02-momentum.ipynb", "01-gradient-descent.ipynb"
    _fill(folder / filled)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    subprocess.run(
        [sys.executable, "-c", RUN, blank, filled], cwd=folder, env=environment, check=True
    )
    for name, said in ((blank, "Still blank"), (filled, "✓ **Right.**")):
        cells = nbformat.read(folder / name, as_version=4).cells
        assert str(folder) in cells[-1].outputs[0].text
        judged = [str(c.outputs) for c in cells if "study.attempt(" in c.source]
        assert judged and all(said in text for text in judged)


def _fill(path):
    """Write the book's own lines in the place of a student's."""
    worked = nbformat.read(path.parent / downloads.WORKED / path.name, as_version=4)
    sources = {cell.id: cell.source for cell in worked.cells}
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if found := re.match(r'(with study.attempt\(".*", "(.*)"\):)\n', cell.source):
            lines = sources[found[2]].replace("\n", "\n    ")
            cell.source = f"{found[1]}\n    {lines}"
    nbformat.write(notebook, path)
