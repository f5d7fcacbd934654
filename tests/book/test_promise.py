"""The prose prints no number that no cell states, and the page shows little code."""

import notebooks
import promise
import pytest

LONG = ("16", "18")


@pytest.mark.parametrize("path", notebooks.notebooks(), ids=lambda path: path.stem)
def test_every_number_of_the_prose_is_stated_by_a_cell(path):
    assert not list(promise.unstated(path))


@pytest.mark.parametrize("path", notebooks.notebooks(), ids=lambda path: path.stem)
def test_little_code_is_open(path):
    lines = promise.visible(path)
    assert sum(lines) <= (150 if path.stem.startswith(LONG) else 120)
    assert max(lines, default=0) <= 15


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("It is 6.57 at step 12, or 63 % of $\\alpha$.", ["6.57", "12", "63"]),
        ("All 38 400 runs, each with $7.27\\,\\alpha$.", ["38 400", "7.27"]),
        ("It falls to -0.75, about \u22122.5.", ["0.75", "2.5"]),
        ("| a | 0.165 |\n|---|---|\n| b | 21 |", ["0.165", "21"]),
        ("$\\sqrt{10} = 3.16$ times.", ["3.16"]),
        # One digit is no claim to precision.
        ("It takes 100 steps of 0.1, or 2 of 10 000.", []),
        ("With $\\beta_2 = 0.999$ and $\\lambda \\ge 0.25$.", []),
        ("As {cite:t}`kingma2015adam` found, 95 %. And 96 % here.", ["96"]),
        ("In 2015, see [this](https://a.b/1234) and `x = 3.14`.", []),
        ("```python\nx = 3.14\n```\nThen 2.72.", ["2.72"]),
        ("```{answer} fifty-25\n```", []),
        ("See claim 2.15, Theorem 4.1, chapter 12 and {numref}`fig-25`.", []),
        ("In float32, with 16-bit states and $x_{12}$ and $0.9^{30}$.", []),
        ("For $(0.9, 0.999)$.", []),
        ("# 11. Batch size", []),
        ("| [8.7](#claim-8.7) | [11](11-batch-size.ipynb) | [6.57 times](#there) |", ["6.57"]),
        ("Below $2^{-25}$ and $0.9^{-30}$ it is $1.8\\cdot10^{-19}$.", ["1.8"]),
    ],
)
def test_numbers_are_found_where_they_are_results(text, numbers):
    assert promise.printed(text) == numbers


def test_a_cell_states_what_it_checks():
    source = 'stated("6.57", x)\nstated("1 448", y)\nstated("-63 %", z)\nother("5.5", w)'
    assert list(promise.stated(source)) == ["6.57", "1448", "63"]


@pytest.mark.parametrize("path", notebooks.notebooks(), ids=lambda path: path.stem)
def test_what_is_stated_is_computed(path):
    cells = [c for c in notebooks.read(path).cells if c.cell_type == "code"]
    assert not [number for cell in cells for number in promise.typed(cell.source)]


def test_a_number_that_is_only_typed_is_found():
    source = 'stated("12", 12)\nstated("-1.5", -1.5)\nstated("6.57", x)\nstated("10", 2 * 5)'
    assert list(promise.typed(source)) == ["12", "1.5"]


def test_every_chapter_that_states_uses_the_function_that_checks():
    for path in notebooks.notebooks():
        cells = [c for c in notebooks.read(path).cells if c.cell_type == "code"]
        if any(list(promise.stated(cell.source)) for cell in cells):
            imports = [c for c in cells if "from optlib.book.printed import stated" in c.source]
            assert len(imports) == 1
            assert not any("def stated" in c.source for c in cells)
