"""A notebook that was downloaded runs alone in a folder, where the package is installed."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib

import notebooks
import pytest

from optlib.book.stored import stored_runs

PATHS = notebooks.notebooks()
READERS = {"load", "open", "loadtxt", "genfromtxt", "read_text", "read_bytes", "fromfile"}
# In one process, because importing what a chapter needs takes longer than anything else in it.
FIRST_CELLS = """
import json, pathlib, sys, traceback
import matplotlib
matplotlib.use("Agg")
failed = {}
for path in sorted(pathlib.Path().glob("*.ipynb")):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    first = next(cell for cell in cells if cell["cell_type"] == "code")
    try:
        exec("".join(first["source"]), {"__name__": "__main__"})
    except Exception:
        failed[path.name] = traceback.format_exc()
import optlib
print(json.dumps([optlib.__file__, failed]))
"""


def imported():
    """Return the packages that the cells of the chapters import."""
    found = set()
    for path in PATHS:
        cells = [cell.source for cell in notebooks.read(path).cells if cell.cell_type == "code"]
        for node in (n for source in cells for n in ast.walk(ast.parse(source))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(node.module.split(".")[0])
    return found


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder that holds the package as a wheel does, and nothing of the repository."""
    # flit packs the folder of the package with all that is in it.
    folder = tmp_path_factory.mktemp("site-packages")
    leave_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(notebooks.ROOT / "optlib", folder / "optlib", ignore=leave_out)
    return folder


def test_first_cells_run_in_an_empty_folder(installed, tmp_path):
    for path in PATHS:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FIRST_CELLS],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    used, failed = json.loads(done.stdout.splitlines()[-1])
    assert used.startswith(str(installed))
    assert not failed, "\n".join(failed.values())


@pytest.mark.parametrize("path", PATHS, ids=[path.stem for path in PATHS])
def test_no_cell_reads_a_file_beside_the_notebook(path):
    for cell in notebooks.read(path).cells:
        if cell.cell_type != "code":
            continue
        for call in (n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Call)):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            named = [a.value for a in call.args if isinstance(a, ast.Constant)]
            assert name not in READERS or not any(isinstance(a, str) for a in named), cell.source


def test_the_readme_installs_what_the_chapters_import():
    readme = (notebooks.ROOT / "README.md").read_text(encoding="utf-8")
    ((extras, others),) = re.findall(r"pip install '\.\[(plots,[\w,]+)\]' ([\w ]+)`", readme)
    project = tomllib.loads((notebooks.ROOT / "pyproject.toml").read_text())["project"]
    declared = list(project["dependencies"])
    for extra in extras.split(","):
        declared += project["optional-dependencies"][extra]
    installed = {re.match(r"\w+", name)[0] for name in declared} | {*others.split(), "optlib"}
    assert imported() - sys.stdlib_module_names <= installed


def test_runs_that_are_not_stored_are_named():
    with pytest.raises(ValueError, match="'cooldown'; there are .*warmup"):
        stored_runs("cooldown")
