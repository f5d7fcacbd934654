"""How formulas and facts are set: what stands where, and how wide it is."""

import pytest
import sympy as sp

from optlib.algebra.latex import latex, name, of_step
from optlib.algebra.rendering import Line, induction_lines, listed, table, width, written

FACTS = [f"f_{{{k}}}" for k in range(11)]


@pytest.mark.parametrize("count", range(12))
def test_facts_stand_in_rows_after_some_words_with_commas_between(count):
    rows = listed("assuming ", FACTS[:count])
    text = " ".join(rows)
    places = [text.index(fact) for fact in FACTS[:count]]
    assert places == sorted(places) and all(text.count(fact) == 1 for fact in FACTS[:count])
    assert all(row.endswith(",") for row in rows[:-1])
    assert not rows or not rows[-1].endswith(",")
    assert [r"\text{assuming }" in row for row in rows] == [k == 0 for k in range(len(rows))]
    assert [r"\quad " in row for row in rows] == [k > 0 for k in range(len(rows))]
    assert text.count(",") == max(count - 1, 0)


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("", 0),
        ("abc", 3),
        ("a b", 2),
        ("{ab}", 2),
        (r"\alpha b", 2),
        (r"\frac{abc}{d}", 3),
        (r"\frac{a}{bcde}", 4),
        (r"\frac{\frac{ab}{c}}{d}", 2),
        ("a_b", 1.7),
        ("a^{bc}", 2.4),
        (r"x\frac{abc}{d}y", 5),
    ],
)
def test_a_formula_is_as_wide_as_its_letters(text, letters):
    assert width(text) == pytest.approx(letters)
    assert width(text + "z") == pytest.approx(letters + 1)


def test_a_state_after_the_step_has_the_date_of_the_step():
    assert name("m") == "m_{t-1}" and name("m", new=True) == of_step("m", "t") == "m_t"
    assert of_step("w", "t") == "w_t" and of_step("w", "n") == "w_n"
    assert of_step("S", "k") == "S_k"


def test_an_expression_with_a_name_is_written_by_it_the_longest_first():
    x, y = sp.symbols("x_ y_")
    names = {x + y: "S", (x + y) ** 2 + 1: "T", "x_": r"\xi"}
    assert written((x + y) ** 2 + 1, names) == "T"
    assert written(sp.sqrt(x + y), names) == r"\sqrt{S}"
    assert written(x, names) == r"\xi"
    assert latex(x, {"x_": r"\xi"}) == r"\xi"


def test_a_table_holds_its_lines_their_reasons_and_what_they_assume():
    x = sp.Symbol("x_")
    short = [Line("=", x, "as given", "proved", "f"), Line("=", x + 0, "again", "cited")]
    text = table(short, (), {})
    assert text.count(r"\\") == 1 and text.count("&&") == 4 and "array" not in text
    assert "proved" in text and "cited" in text and "as given" in text
    long = [Line("=", x, "because of " + "many words " * 20, "proved", "f")]
    assert r"\\ &\quad" in table(long, (), {}) and "&&" not in table(long, (), {})
    noted = table(short, (), {x + 1: "S"})
    assert r"\text{with }S = " in noted and noted.count(r"\begin{array}") == 1


def test_an_induction_shows_claim_base_and_step():
    n, prev = sp.symbols("n prev")
    lines = induction_lines("a_n", prev + 1, n - 1 + 1, n, "n", 0, 0, "which is the claim")
    assert [line.grade for line in lines] == [None, "proved", None, "proved", "proved"]
    assert [line.left for line in lines] == ["a_n", "a_0", "a_n", "", ""]
    assert [line.expression for line in lines] == [n, 0, prev + 1, n, n]
    assert r"n \ge 0" in lines[0].reason and "n = 0" in lines[1].reason
    assert "n" in lines[3].reason and lines[4].reason == "which is the claim"
