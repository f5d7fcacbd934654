"""Questions answered by a choice or by an order: what is right, what is told, what is refused."""

from itertools import permutations

import pytest

from optlib.book import selfcheck
from optlib.book.choosing import Choice, Order

QUESTIONS = selfcheck.load()
CHOICES = {k: q for k, q in QUESTIONS.items() if isinstance(q, Choice)}
ORDERS = {k: q for k, q in QUESTIONS.items() if isinstance(q, Order)}
LINES = ["A.", "So B.", {"text": "So C.", "after": [1]}, {"text": "So D.", "after": [2, 3]}]
FOUR = {"question": "In which order?", "lines": LINES, "hints": ["A is first."]}
YES = {"text": "yes", "right": True, "says": "It is."}
NO = {"text": "no", "says": "It is not."}
TWO = {"question": "Is it?", "choices": [NO, YES], "hints": ["Look."]}


def declared(table):
    return selfcheck.declared("asked", table)


@pytest.fixture
def four():
    return declared(FOUR)


def as_shown(question, places):
    """The answer that puts these lines in this order, by the numbers that are shown."""
    return [question.shuffled.index(place) + 1 for place in places]


def test_there_are_choices_and_orders():
    assert len(CHOICES) >= 3 and len(ORDERS) >= 2


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_is_met_with_its_explanation(name):
    question = CHOICES[name]
    for k, (letter, says) in enumerate(zip(question.letters, question.says, strict=True)):
        for typed in (letter, f" {letter.upper()} "):
            judged = question.judge(typed)
            assert (judged.right, judged.message) == (k == question.right, says)


@pytest.mark.parametrize("answer", ["", "c", "ab", "yes", None, 1, ["a"]])
def test_what_is_no_letter_is_no_choice(answer):
    judged = declared(TWO).judge(answer)
    assert judged.right is False and "a, b" in judged.message


def test_a_hint_is_told_when_it_is_asked_for():
    for question, wrong in ((declared(TWO), "a"), (declared(FOUR), [1, 2, 3, 4])):
        assert "Hint" not in question.judge(wrong).message
        assert question.judge(wrong, hint=1).message.endswith(question.hints[0])


def test_a_choice_is_asked_with_its_letters_and_without_the_explanations():
    asked = declared(TWO).ask()
    assert "**a.** no" in asked and "**b.** yes" in asked
    assert "It is" not in asked


def test_the_right_orders_are_those_in_which_each_line_follows(four):
    right = [p for p in permutations(range(4)) if four.judge(as_shown(four, p)).right]
    assert right == [(0, 1, 2, 3), (0, 2, 1, 3)]


@pytest.mark.parametrize(
    ("places", "standing"),
    [((3, 0, 1, 2), 0), ((0, 3, 1, 2), 1), ((0, 2, 3, 1), 2), ((0, 1, 2, 3), 4)],
)
def test_it_is_told_how_many_lines_stand_right(four, places, standing):
    assert four.standing(places) == standing
    assert four.judge(as_shown(four, places)).message == four.told[standing]


def test_the_first_line_that_cannot_stand_is_named(four):
    assert "No line" in four.told[0] and "Line 1 cannot" in four.told[0]
    assert "The first line stands" in four.told[1] and "Line 2 cannot" in four.told[1]
    assert "The first 3 lines stand" in four.told[3] and "Line 4 cannot" in four.told[3]
    assert "cannot" not in four.told[4]


@pytest.mark.parametrize(
    "answer", ["1234", None, [1, 2, 3], [1, 2, 3, 3], [0, 1, 2, 3], [1, 2, 3, 4.0], [[1], 2, 3, 4]]
)
def test_what_is_no_order_of_the_lines_is_told_what_is(four, answer):
    judged = four.judge(answer)
    assert judged.right is False and "1 to 4, each once" in judged.message


@pytest.mark.parametrize("name", ORDERS)
def test_lines_are_shown_with_none_standing_right_and_always_alike(name):
    question = ORDERS[name]
    assert sorted(question.shuffled) == list(range(len(question.lines)))
    assert question.standing(question.shuffled) == 0
    assert question.standing(range(len(question.lines))) == len(question.lines)
    assert question.shuffled == selfcheck.load()[name].shuffled
    asked = question.ask()
    for number, place in enumerate(question.shuffled, 1):
        assert f"\n{number}. {question.lines[place]}" in asked


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (TWO | {"choices": [YES]}, "at least two choices"),
        (TWO | {"choices": [NO, NO]}, "one choice must be right, not 0"),
        (TWO | {"choices": [YES, YES]}, "one choice must be right, not 2"),
        (TWO | {"choices": [YES, {"text": "no"}]}, "a choice lacks says"),
        (TWO | {"choices": [YES, NO | {"wrong": True}]}, "a choice has an unknown wrong"),
        (TWO | {"choices": [YES, "no"]}, "a choice must be a table, not 'no'"),
        (TWO | {"answer": "1"}, "the question has an unknown answer"),
        (FOUR | {"lines": LINES[:2]}, "at least three lines, not 2"),
        (FOUR | {"lines": [*LINES, {"text": "E.", "after": [6]}]}, "line 5 needs line 6"),
        (FOUR | {"lines": [*LINES, {"text": "E.", "after": [0]}]}, "line 5 needs line 0"),
        (FOUR | {"lines": [*LINES, {"after": [1]}]}, "a line lacks text"),
        (FOUR | {"lines": [{"text": k, "after": []} for k in "abc"]}, "every order"),
        ({"lines": LINES}, "the question lacks question"),
    ],
)
def test_a_wrong_declaration_speaks(table, message):
    with pytest.raises(ValueError, match=message) as refused:
        declared(table)
    assert str(refused.value).startswith("asked: ")
