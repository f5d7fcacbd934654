"""What a page gets to judge an answer by."""

import json

import pytest
import sympy as sp
from mpmath import mpf

from optlib.book import selfcheck
from optlib.book.points import COUNT, FEWEST, judged_at

QUESTIONS = {k: q for k, q in selfcheck.load().items() if isinstance(q, selfcheck.Question)}


def question(**table):
    return selfcheck.declared("asked", {"question": "?", "symbols": {}, **table})


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_points_lie_in_the_domains_and_the_values_are_those_of_the_answer(name):
    asked = QUESTIONS[name]
    data = judged_at(asked)
    assert FEWEST <= len(data["points"]) <= COUNT or not asked.symbols
    assert len({tuple(p) for p in data["points"]}) == len(data["points"])
    answer = sp.lambdify(list(asked.symbols.values()), asked.answer, "mpmath")
    for point, truth in zip(data["points"], data["truth"], strict=True):
        assert all(v in asked.domains[k] for k, v in zip(asked.symbols, point, strict=True))
        assert float(answer(*map(mpf, point))) == pytest.approx(truth, rel=1e-9)


@pytest.mark.parametrize("name", [k for k, q in QUESTIONS.items() if q.symbols])
def test_the_answer_itself_is_not_on_the_page(name):
    asked = QUESTIONS[name]
    text = json.dumps(judged_at(asked))
    assert asked.answer.is_Atom or str(asked.answer) not in text


def test_closed_ends_and_zeros_are_marked():
    data = judged_at(
        question(answer="x/t", symbols={"x": "real", "t": "integer [1, inf)", "b": "(0, 1)"})
    )
    for (x, t, _), edge in zip(data["points"], data["edges"], strict=True):
        assert edge == (x == 0 or t == 1)
    assert any(data["edges"]) and not all(data["edges"])


@pytest.mark.parametrize("answer", ["Max(x - 1, 0)", "x**50", "1/x**50"])
def test_values_that_no_double_holds_well_are_left_out_and_zero_is_not(answer):
    data = judged_at(question(answer=answer, symbols={"x": "(0, inf)"}))
    assert all(t == 0 or 1e-200 < abs(t) < 1e200 for t in data["truth"])
    assert (0 in data["truth"]) == (answer == "Max(x - 1, 0)")


def test_negative_values_count_as_positive_ones_do():
    one, other = (
        judged_at(question(answer=a, symbols={"x": "(0, inf)"}))["truth"] for a in ("x", "-x")
    )
    assert other == [-value for value in one]


def test_a_misconception_that_is_right_is_refused():
    wrong = {"answer": "x + x", "says": "No."}
    with pytest.raises(ValueError, match="is right, and no misconception"):
        judged_at(question(answer="2*x", symbols={"x": "real"}, misconceptions=[wrong]))


def test_an_answer_with_too_few_values_is_refused():
    with pytest.raises(ValueError, match="has a value at 0 points alone"):
        judged_at(question(answer="sqrt(-1 - x**2)", symbols={"x": "real"}))


def test_as_many_values_as_are_asked_for_are_enough_and_one_less_is_not():
    enough = question(answer="k", symbols={"k": f"integer [1, {FEWEST}]"})
    assert sorted(judged_at(enough)["points"]) == [[k] for k in range(1, FEWEST + 1)]
    with pytest.raises(ValueError, match=f"has a value at {FEWEST - 1} points alone"):
        judged_at(question(answer="k", symbols={"k": f"integer [1, {FEWEST - 1}]"}))


def test_the_first_half_of_the_points_is_read_easily_and_the_second_is_of_any_size():
    points = judged_at(question(answer="x*y", symbols={"x": "(0, inf)", "y": "(0, inf)"}))["points"]
    easy = [all(v == float(f"{v:.2g}") for v in point) for point in points]
    assert easy == [k < COUNT // 2 for k in range(COUNT)]


def test_where_a_misconception_has_no_value_there_is_none():
    wrong = {"answer": "sqrt(x)", "says": "No."}
    data = judged_at(question(answer="x", symbols={"x": "real"}, misconceptions=[wrong]))
    for (x,), value in zip(data["points"], data["misconceptions"][0], strict=True):
        assert (value is None) == (x < 0)


@pytest.mark.parametrize(("typed", "right"), [("5.6", True), ("6.2", False), ("5.3", True)])
def test_a_number_need_only_come_near(typed, right):
    asked = question(answer="5.5", tolerance=0.05)
    assert asked.judge(typed).right is right
    assert "to 5 %" in asked.ask()


def test_a_misconception_is_spoken_to_in_the_notebook():
    wrong = {"answer": "x**2", "says": "That is its square."}
    asked = question(answer="x", symbols={"x": "real"}, misconceptions=[wrong])
    assert "That is its square." in asked.judge("x*x").message
    assert "square" not in asked.judge("x + 1").message


@pytest.mark.parametrize(
    "table", [{"misconceptions": [{"answer": "1"}]}, {"misconceptions": [{"says": "No."}]}]
)
def test_half_a_misconception_is_refused(table):
    with pytest.raises(ValueError, match="asked: "):
        question(answer="2", **table)
