"""No page and no stored output tells the right answer of a question outside the fold."""

import re
from functools import cache

import notebooks
import pytest
import sympy as sp
from bs4 import BeautifulSoup

from optlib.algebra.latex import latex
from optlib.book import selfcheck

QUESTIONS = selfcheck.load()
SITE = notebooks.ROOT / "_build" / "html"
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


@cache
def outside_the_fold():
    """Return question -> the texts of the outputs of unfolded cells that ask or judge it."""
    found = {}
    for path in notebooks.notebooks():
        folded = False
        for cell in notebooks.read(path).cells:
            if cell.cell_type == "markdown":
                marks = re.findall(r"\{solution-(start|end)\}", cell.source)
                folded = marks[-1] == "start" if marks else folded
            elif not folded:
                for name, how in ASKED.findall(cell.source):
                    told = [t for o in cell.outputs for t in texts(o)] if how == "judge" else []
                    found.setdefault(name, []).extend(told)
    return found


@cache
def on_the_pages():
    """Return question -> what the built pages say where it is asked or judged, unfolded."""
    found = {}
    for path in sorted((SITE / "chapters").glob("*.html")):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for cell in page.select("div.cell"):
            source = cell.select_one(".cell_input")
            if source and not cell.find_parent(class_="dropdown"):
                for name, _ in ASKED.findall(source.get_text()):
                    shown = [o.get_text() for o in cell.select(".cell_output")]
                    found.setdefault(name, []).extend(shown)
        for form in page.select("form.answer[data-question]"):
            # Its own words may hold a number that is the answer, such as a 1.
            for part in form.select("details, script, .answer-question, .answer-misconception"):
                part.decompose()
            found.setdefault(form["data-question"], []).append(form.get_text())
    return {name: texts for name, texts in found.items() if name in QUESTIONS}


def test_every_question_is_asked_outside_the_fold():
    assert sorted(outside_the_fold()) == sorted(on_the_pages()) == sorted(QUESTIONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_stored_output_tells_the_answer(name):
    for text in outside_the_fold()[name]:
        assert not tells(text, QUESTIONS[name].answer), text


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
