"""What README.md and the front page show is what happens."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

import optlib
from optlib.algebra import derivation
from optlib.running import by_layer, optimizer
from optlib.schedules import binding

ROOT = Path(__file__).parents[2]


def blocks_of(page):
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


def test_the_front_page_runs_and_says_what_happens():
    names = {}
    for block in blocks_of("intro.md"):
        exec(block, names)
    verdict, adam = names["verdict"], optlib.trace("adam")
    assert verdict(adam.u, names["copied"]).counterexample
    assert verdict(adam.u, names["right"])
    assert names["run"].f.shape == (501, 1000)


def test_the_readme_runs():
    blocks = blocks_of("README.md")
    runner = doctest.DocTestRunner()
    for number, block in enumerate(blocks):
        name = f"README block {number}"
        runner.run(doctest.DocTestParser().get_doctest(block, {}, name, "README.md", 0))
    assert runner.tries > 10 and runner.failures == 0


@pytest.mark.parametrize("module", [by_layer, binding, derivation, optimizer])
def test_the_examples_of_docstrings_run(module):
    failed, tried = doctest.testmod(module)
    assert tried > 0 and failed == 0


def test_the_package_imports_neither_sympy_nor_matplotlib():
    code = "import optlib, sys; print([m for m in ('sympy', 'matplotlib') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_every_public_name_exists():
    assert all(getattr(optlib, name) is not None for name in optlib.__all__)


def test_the_counts_of_the_readme_hold():
    assert len(optlib.RULES) > 100 and 17 <= len(optlib.SCHEDULES) <= 23
    assert len(optlib.conventions.TABLE) > 150


def test_the_counts_of_the_changelog_are_those_of_the_package():
    text = (ROOT / "reference/changelog.md").read_text(encoding="utf-8")
    counts = re.search(r"(\d+) rules and (\d+) schedules .*?; (\d+) optimizers", text, re.DOTALL)
    found = [len(optlib.RULES), len(optlib.SCHEDULES), len(optlib.conventions.TABLE)]
    assert list(map(int, counts.groups())) == found
