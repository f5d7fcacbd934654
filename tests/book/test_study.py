"""A student's derivation is judged, and what follows goes on with the book's."""

import json
import sys
import types

import pytest

from optlib.book import study

BEFORE = "import sympy as sp\nfrom optlib import Derivation\nb, t = sp.symbols('beta t')\n"
WORKED = (
    "square = Derivation(1 - b ** (2 * t)).step((1 - b**t) * (1 + b**t), 'factor')\n"
    "square.at_most(1, 'a power')\n"
    "made = square.end\n"
)
START = "square = Derivation(1 - b ** (2 * t))\n"
RIGHT = "square.step((1 + b**t) * (1 - b**t), 'factor')\nsquare.at_most(1, 'a power')\n"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a student's lines like a cell; give the names afterwards and what was shown."""
    cells = [
        {"id": "a", "metadata": {}, "source": WORKED},
        {"id": "b", "metadata": {"tags": [study.SOLUTION]}, "source": ["left = made\n", "b = 2"]},
    ]
    (tmp_path / study.WORKED).mkdir()
    (tmp_path / study.WORKED / "01-x.ipynb").write_text(json.dumps({"cells": cells}))
    monkeypatch.chdir(tmp_path)
    main = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    exec(BEFORE, vars(main))

    def cell(lines):
        with study.attempt("01-x", "a"):
            exec(lines, vars(main))
        return vars(main), capsys.readouterr().out

    return cell


def test_right_lines_are_right(run):
    names, said = run(START + RIGHT)
    assert "Right" in said and "Derivation: 1 - beta**(2*t) <= 1" in said


@pytest.mark.parametrize("blank", ["step(..., 'factor')", "at_most(1, 'a power', slack=[...])"])
def test_a_blank_is_met_with_words(run, blank):
    names, said = run(f"{START}square.{blank}\n")
    assert "blank" in said and "Right" not in said


def test_a_false_line_is_met_with_numbers(run):
    names, said = run(START + "square.step((1 - b**t) ** 2, 'factor')\n")
    assert "not shown" in said.lower() and "at beta" in said


RENAMED = (START + RIGHT).replace("square", "other")


@pytest.mark.parametrize("lines", [START + "square.at_most(2, 'a power')\n", "b = 7\n", RENAMED])
def test_true_lines_that_end_elsewhere_are_not_right(run, lines):
    names, said = run(lines)
    assert "another" in said and "Right" not in said


@pytest.mark.parametrize(
    "lines", [START + RIGHT, START + "square.step(..., 'factor')\n", "b = 7\n"]
)
def test_what_follows_has_the_books_names_whatever_was_written(run, lines):
    names, _ = run(lines)
    assert names["made"] == names["square"].end == 1
    assert names["b"].name == "beta"


def test_an_error_of_another_kind_is_not_swallowed(run):
    with pytest.raises(NameError):
        run(START + "square.step(c, 'factor')\n")


def test_solutions_run_unseen(run, capsys):
    names, _ = run(START)
    study.go_on("01-x")
    assert names["left"] == 1 and names["b"] == 2
    assert not capsys.readouterr().out


def test_a_notebook_alone_says_what_it_lacks(run):
    with pytest.raises(FileNotFoundError, match="folder 'worked' beside the notebook"):
        study.go_on("02-y")
