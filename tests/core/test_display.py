"""What a chapter shows of the code is the code."""

import ast
import os
import subprocess
import sys

import pytest

from optlib import RULES, trace
from optlib.book import display


def test_the_source_shown_computes_what_the_rule_computes(rule):
    """It is the same program, but for the docstring and the decorator."""
    fn = RULES[rule]
    text = display.source(fn)
    assert text.startswith("```python\ndef ") and text.endswith("\n```")
    shown = ast.parse(text.removeprefix("```python\n").removesuffix("\n```")).body[0]
    with open(fn.__code__.co_filename, encoding="utf-8") as file:
        whole = ast.parse(file.read())
    real = next(n for n in whole.body if getattr(n, "name", None) == rule)
    assert ast.dump(ast.Module(shown.body, [])) == ast.dump(ast.Module(real.body[1:], []))
    assert ast.dump(shown.args) == ast.dump(real.args)
    assert '"""' not in text and "@rule" not in text


def test_tables_are_markdown_and_rows_must_fit():
    shown = display.table(["a", "b"], [["x", 1], ["y", 2.5]])
    assert repr(shown).splitlines() == ["| a | b |", "| :--- | ---: |", "| x | 1 |", "| y | 2.5 |"]
    assert shown._repr_markdown_() == repr(shown)
    with pytest.raises(ValueError, match="3 cells in a row, 2 in the header"):
        display.table(["a", "b"], [[1, 2, 3]])


@pytest.mark.parametrize(
    ("align", "rule"),
    [(None, ":--- | ---: | ---:"), ("lll", ":--- | :--- | :---"), ("rlr", "---: | :--- | ---:")],
)
def test_a_table_is_aligned_as_asked_or_with_its_numbers_to_the_right(align, rule):
    assert display.table("abc", ["123"], align).splitlines()[1] == f"| {rule} |"
    assert display.table("a", ["1"]).splitlines()[1] == "| :--- |"


def bare(x):
    # a remark
    y = x

    return y


def documented(
    x,
    y=(1, 2),
):
    """Say what it does,

    on several lines.
    """
    return x, y


def test_several_functions_are_shown_in_order_without_what_documents_them():
    text = display.source(bare, documented)
    assert text == (
        "```python\ndef bare(x):\n    # a remark\n    y = x\n\n    return y\n\n"
        "def documented(\n    x,\n    y=(1, 2),\n):\n    return x, y\n```"
    )


def test_a_formula_is_in_the_notation_of_the_book():
    adam = trace("adam")
    shown = display.formula(adam.symbols["eps"] / adam.symbols["beta1"])
    assert shown == repr(shown) == r"\frac{\varepsilon}{\beta_1}"
    assert shown._repr_latex_() == rf"$\displaystyle {shown}$"


PRINT = """
import sympy as sp
from optlib.book.display import formula
b, g = sp.Symbol("beta"), sp.Function("g", real=True)
print(formula(sum(b**k * g(4 - k) for k in range(4))))
"""


def test_a_formula_is_the_same_in_every_process():
    """The order of terms must not hang on the seed of Python's hashes."""
    seen = {
        subprocess.run(
            [sys.executable, "-c", PRINT],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(1, 5)
    }
    assert len(seen) == 1
