"""What a reader is told of an answer, and how questions and answers are read."""

import pytest
import sympy as sp

from optlib.book import selfcheck
from optlib.book.judgement import compare
from optlib.book.selfcheck import load
from optlib.domains import Domain

a, b = sp.symbols("a b", real=True)
TEXT = """
[{name}]
question = "How large is $a$?"
answer = "{answer}"
hints = ["The first.", "The second."]
[{name}.symbols]
{symbols}
"""


@pytest.fixture
def asked(tmp_path):
    def ask(answer, **symbols):
        lines = "\n".join(f'{k} = "{d}"' for k, d in symbols.items())
        path = tmp_path / "questions.toml"
        path.write_text(TEXT.format(name="one", answer=answer, symbols=lines))
        return load(path)["one"]

    return ask


@pytest.mark.parametrize(
    ("right", "answer", "told"),
    [
        ("78", "0", "is too small"),
        ("78", "77.9", "is too small"),
        ("78", "79", "is too large"),
        ("78", "-1", "has the wrong sign"),
        ("-78", "1/2", "has the wrong sign"),
        ("-78", "-79", "is too small"),
        ("0", "3", "is too large"),
        ("0", "-3", "is too small"),
    ],
)
def test_of_a_wrong_number_it_is_told_on_which_side_it_lies(asked, right, answer, told):
    value = float(sp.sympify(answer))
    assert asked(right).judge(answer).message == f"You answer {value:g}, which {told}."
    elsewhere = asked(right, a="(0, 1)").judge(f"{answer} + a - a").message
    assert elsewhere == f"You answer {value:g}, which {told}."
    moving = asked(right, a="(0, 1)").judge(f"{answer} + a*0.001").message
    assert moving.startswith("At a = ") and "your expression gives" in moving and told in moving


def test_of_a_wrong_expression_the_right_value_is_told_at_a_point(asked):
    message = asked("2*a", a="(0, 1)").judge("a").message
    assert message.startswith("At a = ") and "; the right value is " in message


def test_a_missing_value_is_told_with_the_point(asked):
    for right, answer in (("a", "a**2/a"), ("a + b", "(a**2 - b**2)/(a - b)")):
        given, wanted = sp.sympify(answer, {"a": a, "b": b}), sp.sympify(right)
        found = compare(given, wanted, {"a": Domain(), "b": Domain()})
        assert found.right is not False or found.message.startswith("At a = ")


@pytest.mark.parametrize(
    ("right", "answer"),
    [("log(a)", "log(2*a) - log(2)"), ("sqrt(a)", "sqrt(4*a)/2"), ("1/a", "1/a")],
)
def test_no_value_is_missed_where_the_right_one_has_none(asked, right, answer):
    assert asked(right, a="real").judge(answer).right


@pytest.mark.parametrize(
    ("hint", "told"), [(0, None), (1, "The first."), (2, "The second."), (3, None), (-1, None)]
)
def test_a_hint_is_told_by_its_number(asked, hint, told):
    question = asked("2*a", a="(0, 1)")
    message = question.judge("a", hint=hint).message
    assert message.endswith(f"*Hint.* {told}") if told else "Hint" not in message


def test_each_outcome_has_its_mark_and_only_a_wrong_answer_its_hint(asked):
    question = asked("2*a", a="real")
    for answer, mark in (
        ("a + a", "✓ **Right.** Shown"),
        ("a", "✗ **Not yet.** At a = "),
        ("2*a + Max(0, a - 10**12)", "**Undecided.** Your expression"),
    ):
        judged = question.judge(answer, hint=1)
        assert judged._repr_markdown_().startswith(mark)
        assert ("Hint" in judged.message) == (answer == "a")
        assert str(judged) == judged.message


def test_a_question_names_the_domains_of_its_symbols_or_asks_for_a_number(asked):
    assert asked("3").ask().endswith("\n\nAnswer with a number.")
    text = asked("a", a="(0, 1)", t="integer [1, inf)", g="real").ask()
    assert "in terms of `a` ($0 < a < 1$), `t` (" in text and "g_t" not in text


@pytest.mark.parametrize(
    "answer", [sp.Eq(a, 1), sp.Lambda(a, a), sp.true, {1: 2}, [a], "a b", a > 1, lambda: None]
)
def test_only_expressions_are_answers(asked, answer):
    judged = asked("a", a="real").judge(answer)
    assert judged.right is False and "Use a, pi, numbers" in judged.message


def test_a_function_is_called_with_the_symbols_it_names(asked):
    question = asked("a - b", a="real", b="real")
    assert question.judge(lambda b, a: a - b) and not question.judge(lambda a, b: b - a)
    assert question.judge(lambda: sp.Symbol("a") - sp.Symbol("b"))
    strange = question.judge(lambda a, c, d: a)
    assert strange.message == "Your function takes c, d; name its arguments a, b"
    assert "does not run on symbols (TypeError: " in question.judge(lambda a: float(a)).message
    assert "c is not understood" in question.judge(sp.Symbol("c") + a).message


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("one = 1", "^one: a question is a table$"),
        ('[one]\nquestion = "?"\nanswer = "1"', "^one: the question lacks symbols$"),
        ("[one]", "^one: the question lacks answer and lacks question and lacks symbols$"),
        (
            '[one]\nquestion = "?"\nanswer = "1"\nhint = 1\nnote = 2\n[one.symbols]',
            "^one: the question has an unknown hint and has an unknown note$",
        ),
    ],
)
def test_a_question_has_what_it_needs_and_nothing_else(tmp_path, table, message):
    path = tmp_path / "questions.toml"
    path.write_text(table)
    with pytest.raises(ValueError, match=message):
        load(path)


def test_hints_can_be_left_out_and_the_book_has_its_questions(tmp_path):
    path = tmp_path / "questions.toml"
    path.write_text('[one]\nquestion = "?"\nanswer = "1"\n[one.symbols]')
    assert load(path)["one"].hints == ()
    assert load() and set(load()) == set(load(selfcheck.DATA / "questions.toml"))
