"""No page and no stored output tells the right answer of a question outside the fold."""

import re
from copy import copy
from functools import cache

import notebooks
import pytest
import sympy as sp
from pages import SITE, soup

from optlib.algebra.latex import latex
from optlib.book import selfcheck
from optlib.book.choosing import Choice, Order

ALL = selfcheck.load()
QUESTIONS = {name: q for name, q in ALL.items() if isinstance(q, selfcheck.Question)}
CHOICES = [name for name, q in ALL.items() if isinstance(q, Choice)]
ORDERS = [name for name, q in ALL.items() if isinstance(q, Order)]
# The chapters in the form of the book.
MODELS = [path.stem for path in notebooks.notebooks() if path.stem < "09"]
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?:/\d+)?")
ASKED = re.compile(r'questions\[\s*"([\w-]+)"\s*\]\s*\.(judge|ask)\(')


def texts(output):
    """Yield the texts of one output."""
    yield output.get("text", "")
    yield from (value for kind, value in output.get("data", {}).items() if kind.startswith("text/"))


def close(text, right):
    """Whether a number as it is printed is the right one, rounded to its digits."""
    number = sp.Rational(text)
    digits = len(re.sub(r"e.*|\D", "", text).strip("0"))
    near = abs(number - right) <= abs(right) * sp.Rational(1, 10 ** max(digits - 1, 1))
    return bool(number == right or (digits > 2 and near))


def spellings(answer):
    """The ways in which the book writes an answer."""
    if not answer.free_symbols:
        yield str(sp.N(answer, 6))
    yield str(answer)
    if not answer.is_Rational:
        yield from (sp.latex(answer), latex(answer))


def tells(text, answer):
    """Whether a text holds the right answer, its number or its formula."""
    if not answer.free_symbols and any(close(n, answer) for n in NUMBER.findall(text)):
        return True
    flat = re.sub(r"\s", "", text)
    # A name or a number alone stands in many a harmless text.
    return not answer.is_Atom and any(re.sub(r"\s", "", f) in flat for f in spellings(answer))


def flat(text):
    """The letters and digits of a text, however its formulas are marked."""
    return re.sub(r"[\W_]", "", text)


def order_in(text, question):
    """The lines of an order, by where they stand in a text."""
    return sorted(
        range(len(question.lines)), key=lambda k: flat(text).index(flat(question.lines[k]))
    )


@cache
def outside_the_fold():
    """Return question -> how (by asking or judging) and text, of the outputs of unfolded cells."""
    found = {}
    for path in notebooks.notebooks():
        folded = False
        for cell in notebooks.read(path).cells:
            if cell.cell_type == "markdown":
                marks = re.findall(r"\{solution-(start|end)\}", cell.source)
                folded = marks[-1] == "start" if marks else folded
            elif not folded:
                for name, how in ASKED.findall(cell.source):
                    told = [(how, text) for o in cell.outputs for text in texts(o) if text]
                    found.setdefault(name, []).extend(told)
    return found


def pages():
    """Return chapter -> its page."""
    return {path.stem: soup(path) for path in sorted((SITE / "chapters").glob("*.html"))}


@cache
def on_the_pages():
    """Return question -> what the built pages say where it is asked or judged, unfolded."""
    found = {}
    for page in pages().values():
        for cell in page.select("div.cell"):
            source = cell.select_one(".cell_input")
            if source and not cell.find_parent(class_="dropdown"):
                for name, _ in ASKED.findall(source.get_text()):
                    shown = [o.get_text() for o in cell.select(".cell_output")]
                    found.setdefault(name, []).extend(shown)
        for form in map(copy, page.select("form.answer[data-question]")):
            # Its own words may hold a number that is the answer, such as a 1.
            for part in form.select("details, script, .answer-question, .answer-misconception"):
                part.decompose()
            found.setdefault(form["data-question"], []).append(form.get_text())
    return {name: texts for name, texts in found.items() if name in ALL}


def test_every_question_is_asked_outside_the_fold():
    assert sorted(outside_the_fold()) == sorted(on_the_pages()) == sorted(ALL)


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_stored_output_tells_the_answer(name):
    for how, text in outside_the_fold()[name]:
        assert how == "ask" or not tells(text, QUESTIONS[name].answer), text


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_page_tells_the_answer(name):
    for text in on_the_pages()[name]:
        assert not tells(text, QUESTIONS[name].answer), text


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_wrong_answer_is_not_met_with_the_right_one(name):
    question = QUESTIONS[name]
    right = question.answer
    wrong_ones = (3 * right,) if question.tolerance else (right + 1, right - 5)
    for wrong in (*wrong_ones, right * sp.Rational(3, 7)):
        judged = question.judge(wrong)
        assert judged.right is False and not tells(judged.message, question.answer), judged


@pytest.mark.parametrize("name", [n for n, q in QUESTIONS.items() if not q.answer.is_Symbol])
def test_an_answer_that_is_told_would_be_seen(name):
    answer = QUESTIONS[name].answer
    assert all(tells(f"It is {form}.", answer) for form in spellings(answer))


@pytest.mark.parametrize("name", [n for n, q in QUESTIONS.items() if q.answer.free_symbols])
def test_no_word_of_a_question_tells_the_answer(name):
    asked = QUESTIONS[name]
    for text in (asked.question, *(wrong.says for wrong in asked.misconceptions)):
        assert not tells(text, asked.answer)


@pytest.mark.parametrize("name", CHOICES)
def test_no_choice_is_explained_outside_the_fold(name):
    question = ALL[name]
    stored = [text for _, text in outside_the_fold()[name]]
    assert stored and on_the_pages()[name]
    for text in [*stored, *on_the_pages()[name]]:
        assert all(flat(choice) in flat(text) for choice in question.choices)
        assert not any(flat(says) in flat(text) for says in question.says)


@pytest.mark.parametrize("name", ORDERS)
def test_no_line_stands_right_outside_the_fold(name):
    question = ALL[name]
    stored = [text for _, text in outside_the_fold()[name]]
    assert stored and on_the_pages()[name]
    for text in [*stored, *on_the_pages()[name]]:
        assert question.standing(order_in(text, question)) == 0


def forms(name):
    """The forms of a question on all pages."""
    return [f for page in pages().values() for f in page.select(f"form[data-question={name}]")]


@pytest.mark.parametrize("name", CHOICES)
def test_the_fold_explains_each_choice_and_nothing_marks_the_right_one(name):
    question = ALL[name]
    for form in forms(name):
        said = [flat(part.get_text()) for part in form.select("details .answer-says")]
        assert said == [flat(says) for says in question.says]
        marks = [button.attrs | {"value": ""} for button in form.select("[type=radio]")]
        assert len(marks) == len(question.choices) and all(mark == marks[0] for mark in marks)
        assert not any(label.attrs for label in form.select("label"))


@pytest.mark.parametrize("name", ORDERS)
def test_the_fold_has_the_lines_in_order(name):
    question = ALL[name]
    for form in forms(name):
        right = form.select_one("details.answer-solution").get_text()
        assert order_in(right, question) == list(range(len(question.lines)))


@pytest.mark.parametrize("chapter", MODELS)
def test_a_model_chapter_has_questions_of_every_kind_and_lines_of_derivations_to_try(chapter):
    asked = pages()[chapter].select("form.answer")
    lines = [form for form in asked if form.find_parent("section", class_="steps")]
    wanted = 3 if chapter in ("04-bias-correction", "05-adam") else 2
    assert len(lines) >= wanted and len(asked) - len(lines) >= 6
    assert {form["data-kind"] for form in asked} == {"expression", "choice", "order"}
