"""What a comparison of outputs cannot see in a stored notebook.

Re-running a notebook and comparing passes over outputs that were cleared and over pictures; these
tests do not.
"""

import re
import subprocess
import sys
from base64 import b64decode
from functools import cache

import notebooks
import pytest
import yaml

PATHS = notebooks.notebooks()
ON_ANOTHER_MACHINE = re.compile(
    r"0x[0-9a-f]{6,}|(?<![\w.])/(?:home|root|tmp|usr|opt|var|Users|work)/|[A-Z]:\\\\"
)
SWITCHES = re.compile(r"NBVAL_|PYTEST_VALIDATE|nbval-|raises-exception", re.IGNORECASE)

pytestmark = pytest.mark.parametrize("path", PATHS, ids=[path.stem for path in PATHS])


def code_cells(path):
    return [cell for cell in notebooks.read(path).cells if cell.cell_type == "code"]


def texts(output):
    """Yield the texts of one output."""
    yield output.get("text", "")
    yield from (value for kind, value in output.get("data", {}).items() if kind.startswith("text/"))


def test_every_cell_was_executed_in_order(path):
    counts = [cell.execution_count for cell in code_cells(path)]
    assert counts == list(range(1, len(counts) + 1))


def test_outputs_are_fresh(path):
    assert not notebooks.is_stale(notebooks.read(path)), "stale: run 'make notebooks'"


def test_outputs_are_those_of_the_last_execution(path):
    notebook = notebooks.read(path)
    assert notebook.metadata["outputs_hash"] == notebooks.outputs_hash(notebook)


def test_no_error_and_no_warning_is_stored(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", cell.source


def test_every_picture_has_a_caption_a_name_and_an_alternative_text(path):
    for cell in code_cells(path):
        pictures = [output.data for output in cell.outputs if "image/png" in output.get("data", {})]
        settings = cell.metadata.get("mystnb", {})
        if not pictures:
            assert "figure" not in settings and "image" not in settings, cell.source
            continue
        assert len(pictures) == 1, cell.source
        assert b64decode(pictures[0]["image/png"]).startswith(b"\x89PNG"), cell.source
        assert len(settings["image"]["alt"]) > 20, cell.source
        assert len(settings["figure"]["caption"]) > 20, cell.source
        assert re.fullmatch(r"fig-[a-z0-9-]+", settings["figure"]["name"]), cell.source


def test_cells_assert_what_the_prose_states(path):
    assert any(re.search(r"^\s*assert ", cell.source, re.MULTILINE) for cell in code_cells(path))


def test_five_exercises_with_folded_solutions(path):
    cells = notebooks.read(path).cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    exercises = re.findall(r"\{exercise(?:-start)?\}[^\n]*\n:label: (\S+)", text)
    solutions = re.findall(r"\{solution(?:-start)?\} (\S+)\n((?::.*\n)*)", text)
    assert len(exercises) >= 5
    assert sorted(exercises) == sorted(label for label, _ in solutions)
    assert all(":class: dropdown" in options for _, options in solutions)


def test_stored_in_normal_form(path):
    notebook = notebooks.read(path)
    notebooks.normalise(notebook)
    assert notebooks.dump(notebook) == path.read_text(encoding="utf-8"), "run 'make notebooks'"


def test_outputs_hold_nothing_of_the_machine(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            for text in texts(output):
                assert not ON_ANOTHER_MACHINE.search(text), text


def test_no_cell_is_exempt_from_comparison(path):
    for cell in code_cells(path):
        assert not SWITCHES.search(cell.source), cell.source
        assert not SWITCHES.search(" ".join(cell.metadata.get("tags", []))), cell.source


@cache
def listing():
    """What pytest finds to compare in all the chapters."""
    options = "--nbval --collect-only -q -p no:cacheprovider".split()
    command = [sys.executable, "-m", "pytest", *options, *map(str, PATHS)]
    return subprocess.run(command, capture_output=True, text=True, cwd=notebooks.ROOT).stdout


def test_every_cell_is_compared(path):
    compared = listing().count(f"{path.relative_to(notebooks.ROOT).as_posix()}::Cell ")
    assert compared == len(code_cells(path)) > 0, listing()


def test_chapter_is_in_the_table_of_contents(path):
    parts = yaml.safe_load((notebooks.ROOT / "_toc.yml").read_text())["parts"]
    files = [chapter["file"] for part in parts for chapter in part["chapters"]]
    assert f"chapters/{path.stem}" in files
