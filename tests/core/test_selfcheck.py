"""A self-check judges the reader's own expression, whatever its form, and never runs it as code."""

import pytest
import sympy as sp

from optlib.algebra.reading import AnswerError, parse
from optlib.book.selfcheck import load

g, eps = sp.symbols("g eps", real=True)
ROOT = sp.sqrt(2)
SIZE = sp.Abs(g) / (sp.Abs(g) + eps)
TEXT = """
[first-moment]
question = "The gradient is $g$ at every step. What is $m_t$?"
answer = "(1 - beta1**t) * g"
hints = ["Write out $m_1$.", "Add the weights."]

[first-moment.symbols]
beta1 = "(0, 1)"
t = "integer [1, inf)"
g = "real"

[size]
question = "How long is the first step?"
answer = "Abs(g) / (Abs(g) + eps)"

[size.symbols]
g = "real"
eps = "(0, inf)"

[number]
question = "What is the edge of stability of Adam with beta1 = 0.95?"
answer = "78"
[number.symbols]

[constant]
question = "What becomes of the bound?"
answer = "78"

[constant.symbols]
beta1 = "(0, 1)"
"""


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.toml"
    path.write_text(TEXT)
    return load(path)


@pytest.fixture
def question(questions):
    return questions["first-moment"]


@pytest.mark.parametrize(
    "answer",
    [
        "g - g*beta1**t",
        "-g*(beta1**t - 1)",
        sp.Symbol("g") * (1 - sp.Symbol("beta1") ** sp.Symbol("t")),
        lambda t, g, beta1: g * (1 - beta1**t),
        lambda beta1, g, t: sp.Symbol("g") - g * beta1 ** (2 * t) / beta1**t,
    ],
)
def test_right_answers_are_right_in_any_form(question, answer):
    assert question.judge(answer).right is True and question.judge(answer)


@pytest.mark.parametrize("answer", ["g*(1-beta1)", "(1-beta1**t)*g*(1+1e-9)", 3, lambda g: g])
def test_wrong_answers_meet_a_counterexample_and_the_asked_hint(question, answer):
    judged = question.judge(answer, hint=2)
    assert judged.right is False and not judged
    assert "beta1 = " in judged.message and "t = " in judged.message
    assert "Add the weights" in judged.message and "Write out" not in judged.message
    assert "beta1**t" not in judged.message
    assert "Hint" not in question.judge(answer).message


def test_the_counterexample_is_true(question):
    message = question.judge("g*(1-beta1)").message
    values = dict(p.split(" = ") for p in message.split("At ")[1].split(" your")[0].split(", "))
    beta1, g, t = (sp.Rational(values[k]) for k in ("beta1", "g", "t"))
    yours, right = message.split("gives ")[1].rstrip(".").split("; the right value is ")
    assert float(yours) == pytest.approx(float(g * (1 - beta1)), rel=1e-5)
    assert float(right) == pytest.approx(float(g * (1 - beta1**t)), rel=1e-5)


@pytest.mark.parametrize(
    "answer",
    [
        "__import__('os').system('true')",
        "g.free_symbols",
        "(lambda: g)()",
        "[g for g in (1,)]",
        "foo * g",
        "g if t else 1",
        "Max(g, key=t)",
        "9**9**9",
        "g; t",
        "1 - beta1**t)",
        "",
        "'g'",
        "True",
        "g^2",
        "sqrt(g, 1, 2, 3)",
        "1e9999",
        "(" * 300 + "g" + ")" * 300,
    ],
)
def test_anything_but_an_expression_is_not_read(question, answer):
    with pytest.raises(AnswerError):
        parse(answer, question.symbols)
    assert question.judge(answer).right is False


@pytest.mark.parametrize(
    "answer", [None, True, [1, 2], sp.Symbol("z"), lambda z: z, lambda g: open(g)]
)
def test_answers_that_are_no_expressions_are_told_what_is_allowed(question, answer):
    judged = question.judge(answer)
    assert judged.right is False and ("Use " in judged.message or "Your function" in judged.message)


def test_a_power_written_with_a_caret_is_explained(question):
    assert "**" in question.judge("g^2").message


def test_an_answer_that_is_nowhere_defined_is_wrong(question):
    assert "no finite real value" in question.judge("log(0)").message


def test_what_is_not_proved_is_not_called_right(question):
    judged = question.judge("g - g*beta1**t + Max(0, g - 10**12)")
    assert judged.right is None and not judged and "could not be proved" in judged.message


def test_the_declared_domains_are_the_ones_that_count(questions):
    assert questions["size"].judge("1 - eps/(Abs(g) + eps)").right
    assert not questions["size"].judge("g / (g + eps)").right


@pytest.mark.parametrize(
    "answer",
    [
        "1/(1 + eps/Abs(g))",
        "g**2 / (Abs(g) * (Abs(g) + eps))",
        sp.Piecewise((SIZE, g > 100)),
        sp.Piecewise((SIZE, g > 100), (sp.sqrt(-1 - g**2), True)),
    ],
)
def test_an_answer_has_a_value_wherever_the_right_one_has(questions, answer):
    judged = questions["size"].judge(answer)
    assert judged.right is False and "no finite real value" in judged.message
    assert "g = " in judged.message and "Abs" not in judged.message


@pytest.mark.parametrize(
    "answer",
    [sp.Piecewise((SIZE, sp.Ne(g, 12345))), SIZE * (g**2 - 2) / ((g - ROOT) * (g + ROOT))],
)
def test_an_answer_that_may_lack_a_value_is_not_called_right(questions, answer):
    judged = questions["size"].judge(answer)
    assert judged.right is not True


@pytest.mark.parametrize(
    "answer",
    [
        sp.Piecewise((SIZE, g > 100), (SIZE, True)),
        sp.Piecewise((g / (sp.Abs(g) + eps), g > 0), (-g / (sp.Abs(g) + eps), True)),
        "Abs(g) * (Abs(g) + eps)**-1",
    ],
)
def test_an_answer_by_cases_can_be_right(questions, answer):
    assert questions["size"].judge(answer).right


@pytest.mark.parametrize("name", ["number", "constant"])
@pytest.mark.parametrize(
    ("answer", "told"), [("40", "too small"), ("80.5", "too large"), ("-78", "wrong sign")]
)
def test_the_right_number_is_not_told(questions, name, answer, told):
    message = questions[name].judge(answer).message
    assert told in message and answer in message and "78" not in message.replace(answer, "")


def test_the_question_names_its_symbols(question):
    asked = question.ask()._repr_markdown_()
    assert question.question in asked and all(f"`{k}`" in asked for k in question.symbols)
    assert asked.count("$") % 2 == 0 and "Not yet" in question.judge("g")._repr_markdown_()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('answer = "(1', 'reply = "(1', "lacks answer and has an unknown reply"),
        ("beta1**t)", "beta9**t)", "beta9"),
        ('"(0, 1)"', '"(0 1)"', "not a domain"),
        ("(1 - beta1**t) * g", "(1 - beta1**t", "not an expression"),
    ],
)
def test_a_wrong_declaration_names_its_question(tmp_path, old, new, message):
    path = tmp_path / "questions.toml"
    path.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(ValueError, match=message) as refused:
        load(path)
    assert str(refused.value).startswith("first-moment")
