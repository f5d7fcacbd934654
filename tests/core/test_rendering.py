"""How formulas and facts are set: what stands where, and how wide it is."""

import itertools
from dataclasses import replace

import pytest
import sympy as sp

from optlib.algebra.latex import latex, name, of_step, prose
from optlib.algebra.proof.hypotheses import of_domains
from optlib.algebra.rendering import Line, induction_lines, listed, table, width, written
from optlib.domains import Domain

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


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("g_2", "g_{t,2}", "g_{t,2}"),
        ("m_2", "m_{t-1,2}", "m_{t,2}"),
        ("vmax_12", r"v^{\max}_{t-1,12}", r"v^{\max}_{t,12}"),
        ("beta1_2", r"\beta_{1,2}", r"\beta_{1,2}"),
        ("lr_2", r"\alpha_{2}", r"\alpha_{2}"),
        ("w_2", "w_{2}", "w_{2}"),
    ],
)
def test_an_entry_of_a_vector_has_its_number_after_the_step(key, before, after):
    assert name(key) == before and name(key, new=True) == after


@pytest.mark.parametrize("other", ["w", "omega", "w_2", "a_b", "a_b_2", "k1_2"])
def test_a_name_that_is_not_of_the_book_is_written_as_sympy_does(other):
    assert name(other) == name(other, new=True) == sp.latex(sp.Symbol(other))


LR, B1, EPS, G, V = sp.symbols("lr beta1 eps g v")
T, J = sp.symbols("t j", integer=True)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (1 + G, "1 + g_t"),
        (1 - B1**T, r"1 - \beta_1^{t}"),
        (1 + T, "t + 1"),
        (1 + B1 * T, r"1 + \beta_1 t"),
        (EPS + sp.sqrt(V), r"\sqrt{v_{t-1}} + \varepsilon"),
        (EPS + 1 / G, r"\frac{1}{g_t} + \varepsilon"),
        (EPS + 1, r"1 + \varepsilon"),
        (G - EPS, r"g_t - \varepsilon"),
        (EPS - G, r"\varepsilon - g_t"),
    ],
)
def test_numbers_come_first_epsilon_behind_its_root_and_what_is_subtracted_last(expression, text):
    assert latex(expression) == text


def test_other_terms_stand_in_the_order_of_sympy():
    for terms in itertools.combinations(
        [sp.Symbol("A"), sp.sqrt(sp.Symbol("B")), sp.Symbol("C") ** 2, 1 / sp.Symbol("D")], 2
    ):
        assert latex(sp.Add(*terms)) == sp.latex(sp.Add(*terms))


FACTORS = {LR: r"\alpha", 1 - B1: r"\left(1 - \beta_1\right)", G: "g_t"}
COEFFICIENTS = {1: "", -1: "- ", 2: "2 ", sp.Rational(-2, 3): r"- \frac{2}{3} "}


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
@pytest.mark.parametrize("chosen", [(0, 1), (0, 2), (1, 2), (0, 1, 2)])
def test_settings_come_first_then_brackets_then_what_they_multiply(coefficient, chosen):
    factors = [list(FACTORS)[k] for k in chosen]
    text = latex(sp.Mul(coefficient, *factors))
    wanted = " ".join(FACTORS[f] for f in factors)
    if chosen[-2:] == (1, 2):
        wanted = wanted.replace(" g_t", r" \, g_t")
    assert text == COEFFICIENTS[coefficient] + wanted


def test_a_power_of_a_bracket_is_a_bracket_and_a_quotient_one_fraction():
    assert latex(G * (1 - B1) ** 2) == r"\left(1 - \beta_1\right)^{2} \, g_t"
    assert latex(LR * (1 - B1) / G) == r"\frac{\alpha \left(1 - \beta_1\right)}{g_t}"
    assert latex(LR * B1 * EPS) == latex(sp.Mul(EPS, B1, LR)) and r"\," not in latex(LR * B1 * EPS)


@pytest.mark.parametrize(
    ("index", "text"),
    [(T - J, "t-j"), (T + 1 - J, "t+1-j"), (-J, "-j"), (2 * J + 1, "2j+1"), (T - 1, "t-1")],
)
def test_a_member_of_a_sequence_has_its_index_with_what_is_subtracted_last(index, text):
    g, h = sp.Function("g"), sp.Function("h")
    assert latex(g(index)) == f"g_{{{text}}}"
    assert latex(g(J, index)) == f"g_{{j,{text}}}"
    assert latex(g(T) * h(index)) == f"g_{{t}} h_{{{text}}}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("a & b", r"\text{a \& b}"),
        ("$x$", "x"),
        ("as $x$, so $y_1$", r"\text{as }x\text{, so }y_1"),
        (r"50 % of \alpha", r"\text{50 \% of \backslash alpha}"),
    ],
)
def test_prose_is_text_but_for_what_stands_between_dollar_signs(text, shown):
    assert prose(text) == shown


@pytest.mark.parametrize("reason", ["", "why"])
@pytest.mark.parametrize("grade", [None, "proved"])
@pytest.mark.parametrize("relation", ["", "=", "<=", ">=", "->"])
@pytest.mark.parametrize("stacked", [False, True])
def test_a_line_has_its_relation_and_what_there_is_of_reason_and_grade(
    reason, grade, relation, stacked
):
    sign = {"": "", "=": "=", "<=": r"\le", ">=": r"\ge", "->": r"\to"}[relation]
    line = Line(relation, sp.Symbol("x_"), reason, grade, "f")
    other = [Line("=", sp.Symbol("x_"), "many words " * 20, None, "h")] if stacked else []
    row = table([line, *other], (), {}).partition("\n")[2].partition(r" \\" + "\n")[0]
    row = row.partition("\n\\end")[0]
    assert row.startswith(f"f &{sign} x_")
    assert (r"\text{why}" in row) == bool(reason) and ("proved" in row) == bool(grade)
    assert row.count("&&") == (0 if stacked else bool(reason or grade) + bool(grade))
    assert (r"\quad" in row) == (stacked and bool(reason or grade)) and "None" not in row


LONG = {
    "left": Line("=", sp.Symbol("x_"), "", None, "f" * 40),
    "body": Line("=", sp.Symbol("x" * 40), "", None, "f"),
    "reason": Line("=", sp.Symbol("x_"), "w" * 60, None, "f"),
}
SHORT = Line("=", sp.Symbol("x_"), "w", "proved", "f")


@pytest.mark.parametrize("part", LONG)
def test_one_long_part_of_one_line_puts_all_reasons_below(part):
    assert "&&" in table([SHORT, SHORT], (), {})
    for lines in ([SHORT, LONG[part]], [LONG[part], SHORT]):
        assert "&&" not in table(lines, (), {})


def test_parts_that_are_long_together_put_the_reasons_below():
    some = Line("=", sp.Symbol("x" * 14), "w" * 20, None, "f" * 14)
    assert "&&" not in table([some], (), {})
    for part in ("left", "reason"):
        assert "&&" in table([replace(some, **{part: "a"})], (), {})
    assert "&&" in table([replace(some, expression=sp.Symbol("x_"))], (), {})


def test_a_remark_is_prose_and_a_table_without_facts_has_no_second_part():
    remark = Line("", "for $t \\ge 1$", "the paper", "cited")
    text = table([remark], (), {})
    assert r"\text{for }t \ge 1" in text and "[6pt]" not in text
    noted = table([remark], of_domains({sp.Symbol("g"): Domain(0)}), {"g": "G"})
    assert r"\text{assuming }G > 0" in noted and r"\\[6pt]" in noted and "with" not in noted


@pytest.mark.parametrize(
    ("text", "letters"),
    [(r"\frac{ab", 2), (r"\frac12", 1), (r"\dfrac{a}{{bc}d}", 3)]
    + [(r"\left(a\right)", 3), (r"\text{ab} \le \hat c", 4), (r"\{a\}", 3), (r"a^{b_{c}}", 2.19)],
)
def test_arguments_count_with_and_without_braces(text, letters):
    assert width(text) == pytest.approx(letters)
