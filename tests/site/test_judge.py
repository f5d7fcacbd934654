"""The judge of the page: right forms are right, misconceptions and near misses are wrong."""

from collections import Counter

import pytest
import sympy as sp

from optlib import verdict
from optlib.book import selfcheck
from optlib.book.points import judged_at

QUESTIONS = {k: q for k, q in selfcheck.load().items() if isinstance(q, selfcheck.Question)}
EXPRESSIONS = {k: q for k, q in QUESTIONS.items() if q.tolerance is None}
ACCEPTED = ("right", "degenerate")
NEAR_MISSES = 20


@pytest.fixture(scope="module")
def judge(chromium, base):
    """``judge(question, texts)``: the judgements of a page with nothing on it but the scripts."""
    page = chromium.new_page()
    page.set_content("<!doctype html><title>judge</title>")
    for script in ("optlib.js", "mathjs/parser.js", "judge.js"):
        page.add_script_tag(url=f"{base}_static/{script}")
    yield lambda question, texts: page.evaluate(
        "([data, texts]) => texts.map((text) => optlib.judge(data, text))",
        [judged_at(question), texts],
    )
    page.close()


def substituted(e):
    """The same with powers of the step written by exp and log."""
    return e.replace(
        lambda p: isinstance(p, sp.Pow) and p.base.is_Symbol and not p.exp.is_number,
        lambda p: sp.exp(p.exp * sp.log(p.base), evaluate=False),
    )


def forms(e):
    """Five ways to write an expression."""
    return [sp.expand(e), sp.factor(e), sp.together(e), sp.powsimp(e), substituted(e)]


def near_misses(question):
    """Expressions that are nearly the right one, and are not equal to it."""
    e, symbols = question.answer, list(question.symbols.values())
    scales = (-1, 1 + 1e-6, 1 - 1e-6, 2, 0.5, 1.1, 0.9)
    made = [e * sp.Rational(str(k)) for k in scales] + [e + 1, 1 - e, e**2, e + sp.Rational(1, 100)]
    made += [] if e == 0 else [1 / e]
    for s in symbols:
        made += [e.subs(s, other) for other in (s + 1, s - 1, 1 - s, 2 * s, s**2)]
    made += [e.subs({a: b, b: a}, simultaneous=True) for a in symbols for b in symbols if a != b]
    for part in sp.preorder_traversal(e):
        if isinstance(part, sp.Add | sp.Mul):
            made += [e.subs(part, part.func(*(a for a in part.args if a != b))) for b in part.args]
        if isinstance(part, sp.Pow):
            made += [e.subs(part, part.base**p) for p in (part.exp + 1, part.exp - 1, 1)]
    found = []
    for miss in dict.fromkeys(made):
        text = str(miss)
        if miss.has(sp.zoo, sp.nan, sp.oo, sp.I) or text in map(str, found):
            continue
        if verdict(miss, e, domains=question.domains).counterexample is not None:
            found.append(miss)
        if len(found) == NEAR_MISSES:
            break
    return found


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_the_right_answer_is_right_in_five_forms(judge, name):
    question = EXPRESSIONS[name]
    texts = [str(form) for form in forms(question.answer)]
    told = judge(question, texts)
    wrong = [(t, j) for t, j in zip(texts, told, strict=True) if j["verdict"] not in ACCEPTED]
    assert not wrong


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_near_misses_are_wrong_and_told_where(judge, name):
    question = EXPRESSIONS[name]
    misses = near_misses(question)
    told = judge(question, [str(miss) for miss in misses])
    right = [(miss, j) for miss, j in zip(misses, told, strict=True) if j["verdict"] != "wrong"]
    assert not right
    assert len(misses) >= 8


@pytest.mark.parametrize("name", [k for k, q in QUESTIONS.items() if q.misconceptions])
def test_a_misconception_is_spoken_to(judge, name):
    question = QUESTIONS[name]
    told = judge(question, [str(wrong.answer) for wrong in question.misconceptions])
    assert [j["verdict"] for j in told] == ["wrong"] * len(told)
    assert [j["misconception"] for j in told] == list(range(len(told)))


@pytest.mark.parametrize("name", [k for k, q in QUESTIONS.items() if q.misconceptions])
def test_the_notebook_speaks_to_the_same_misconceptions(name):
    question = QUESTIONS[name]
    for wrong in question.misconceptions:
        assert wrong.says in str(question.judge(wrong.answer))


def test_a_message_does_not_hold_the_answer(judge):
    for question in EXPRESSIONS.values():
        told = judge(question, ["12345.678"])
        assert told[0]["verdict"] == "wrong"
        if not question.answer.free_symbols:
            assert str(sp.N(question.answer, 4)) not in told[0]["message"]


@pytest.mark.parametrize(
    ("typed", "verdict_"),
    [
        ("sqrt(1-b2^t)*eps", "right"),
        ("ε√(1-β₂^t)", "right"),
        ("eps * (1-beta_2**t)^(1/2)", "right"),
        ("eps (1-beta_2**t)^(1/2)", "unread"),
        ("epsilon*sqrt(1 - \\beta_2^t)", "right"),
        ("eps*sqrt(1-beta2^t)*(t-1)/(t-1)", "degenerate"),
        ("eps*sqrt(1-beta2^t", "unread"),
        ("eps(1-beta2)", "unread"),
        ("eps*foo", "unread"),
        ("", "unread"),
        ("eps = 3", "unread"),
        ("eps*sqrt(1-beta2^t) + 1e17 - 1e17", "unread"),
    ],
)
def test_how_people_type(judge, typed, verdict_):
    assert judge(QUESTIONS["eps-hat"], [typed])[0]["verdict"] == verdict_


def test_forms_that_cancel_are_not_called_wrong(judge):
    question = QUESTIONS["eps-hat"]
    text = "eps*((1 - beta2^t)/sqrt(1 - beta2^t) + 10^9 - 10^9)"
    assert judge(question, [text])[0]["verdict"] in ("right", "unread")


def test_all_kinds_of_answers_are_tried():
    counts = Counter(bool(q.symbols) for q in QUESTIONS.values())
    assert counts[True] > 20 and counts[False] > 5
