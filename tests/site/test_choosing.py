"""Questions that are answered without typing, figures that wait, curves that are drawn first."""

import json

import numpy as np
import pytest
from runs import SETTLED

from optlib.book import selfcheck
from optlib.book.live import find

CHAPTER = "chapters/04-bias-correction.html"
NEXT = "chapters/05-adam.html"
WARMUP = "chapters/09-warmup.html"
QUESTIONS = selfcheck.load()
FIGURES = {CHAPTER: "fig-ratio", NEXT: "fig-bound", WARMUP: "fig-first-steps"}


def form(page, name):
    return page.locator(f"form.answer[data-question={name}]")


def verdict(field):
    return field.locator("[role=status]").get_attribute("data-verdict")


def plain(text):
    return "".join(k for k in text.split("$")[0] if k.isalnum())


def said(field):
    return plain(field.locator("[role=status]").inner_text())


def test_a_choice_is_met_with_its_own_sentence(visit):
    field = form(visit(CHAPTER), "root-is-biased")
    question = QUESTIONS["root-is-biased"]
    for k, says in enumerate(question.says):
        field.get_by_role("radio").nth(k).check()
        assert verdict(field) is None
        field.get_by_role("button", name="Check").click()
        assert verdict(field) == ("right" if k == question.right else "wrong")
        assert plain(says) in said(field)


def test_without_a_choice_there_is_no_verdict(visit):
    field = form(visit(CHAPTER), "root-is-biased")
    field.get_by_role("button", name="Check").click()
    assert verdict(field) == "unread"
    assert not field.locator(".answer-solution").is_visible()


def test_a_choice_is_made_by_keyboard_alone(visit):
    page = visit(NEXT)
    question = QUESTIONS["eps-under-the-root"]
    field = form(page, question.name)
    field.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    for _ in range(question.right):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert verdict(field) == "right"
    assert field.locator(".answer-solution").is_visible()


def arrange(field, question, press):
    """Bring the lines into their right order, from the top, one move after the other."""
    now = list(question.shuffled)
    for place in range(len(now)):
        for k in range(now.index(place), place, -1):
            press(field.get_by_role("button", name=f"Move line {k + 1} up"))
            now[k - 1], now[k] = now[k], now[k - 1]


def test_lines_are_arranged_by_mouse(visit):
    field = form(visit(CHAPTER), "prove-the-mean")
    question = QUESTIONS["prove-the-mean"]
    arrange(field, question, lambda button: button.click())
    field.get_by_role("button", name="Check").click()
    assert verdict(field) == "right"
    assert plain(question.told[-1]) in said(field)
    assert field.locator("li.stands").count() == len(question.lines)


def test_lines_are_arranged_by_keyboard_alone(visit):
    page = visit(NEXT)
    question = QUESTIONS["prove-the-bound"]
    field = form(page, question.name)
    now = list(question.shuffled)
    for place in range(len(now)):
        k = now.index(place)
        if k == place:
            continue
        field.get_by_role("button", name=f"Move line {k + 1} up").focus()
        for j in range(k, place, -1):
            # The focus goes with the line, and to its other button at an end.
            page.keyboard.press("ArrowUp")
            now[j - 1], now[j] = now[j], now[j - 1]
            told = field.locator("[aria-live=polite]").inner_text()
            assert told == f"Line {j + 1} is now line {j}."
    field.get_by_role("button", name="Check").press("Enter")
    assert verdict(field) == "right"


def test_a_wrong_order_is_told_how_far_it_stands_and_no_more(visit):
    field = form(visit(CHAPTER), "prove-the-mean")
    question = QUESTIONS["prove-the-mean"]
    first = question.shuffled.index(0)
    for k in range(first, 0, -1):
        field.get_by_role("button", name=f"Move line {k + 1} up").click()
    places = [0, *(place for place in question.shuffled if place)]
    field.get_by_role("button", name="Check").click()
    count = question.standing(places)
    assert verdict(field) == "wrong" and 0 < count < len(places)
    assert plain(question.told[count]) in said(field)
    assert field.locator("li.stands").count() == count
    assert not field.locator(".answer-solution").is_visible()
    field.get_by_role("button", name="Move line 3 down").click()
    assert verdict(field) is None and not field.locator("li.stands").count()


def test_a_line_that_may_stand_in_two_places_is_right_in_both(visit):
    question = QUESTIONS["prove-the-mean"]
    field = form(visit(CHAPTER), question.name)
    arrange(field, question, lambda button: button.click())
    for k in (4, 3):
        field.get_by_role("button", name=f"Move line {k} up").click()
    field.get_by_role("button", name="Check").click()
    assert verdict(field) == "right"


def handles(drawing):
    return drawing.get_by_role("slider")


def true_values(figure, places):
    """The first curve of a figure at these places, its dials where they start."""
    expression = figure.curves[0].value
    state = {dial.name: dial.start for dial in figure.dials}
    names = {symbol.name: symbol for symbol in expression.free_symbols}
    for x in places:
        values = state | {figure.variable: x}
        yield float(expression.subs({names[k]: v for k, v in values.items()}))


def test_a_curve_is_drawn_and_the_true_one_shown_over_it(visit):
    page = visit(CHAPTER)
    drawing = page.locator("form.draw[data-draw=correction-ratio]")
    at = json.loads(drawing.get_attribute("data-at"))
    truth = np.array(list(true_values(find("correction-ratio"), at)))
    assert handles(drawing).count() == len(at)
    assert not page.locator("#fig-ratio").is_visible()
    empty = drawing.locator("canvas").screenshot()
    handles(drawing).first.focus()
    for _ in range(12):
        page.keyboard.press("ArrowUp")
    page.evaluate(SETTLED)
    drawn = drawing.locator("canvas").screenshot()
    assert drawn != empty
    told = [mark.get_attribute("aria-valuetext") for mark in handles(drawing).all()]
    marks = np.array(told, dtype=float)
    assert marks[0] > marks[1] == marks[-1]
    drawing.get_by_role("button", name="Show the curve").press("Enter")
    page.evaluate(SETTLED)
    assert drawing.locator("canvas").screenshot() != drawn
    assert page.locator("#fig-ratio").is_visible()
    off = np.abs(np.log(marks / truth))
    farthest = int(off.argmax())
    words = drawing.locator("[role=status]").inner_text()
    assert f"at step t = {at[farthest]}: you said {told[farthest]}" in words
    assert f"it is {truth[farthest]:.3g}." in words
    factor = float(words.split("by a factor of ")[1].split(". ")[0])
    assert factor == pytest.approx(np.exp(off.mean()), rel=0.01)


def test_a_mark_is_dragged(visit):
    page = visit(NEXT)
    drawing = page.locator("form.draw[data-draw=longest-step]")
    mark = handles(drawing).nth(2)
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    x, middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, middle)
    page.mouse.down()
    page.mouse.move(x, box["y"] + 10, steps=5)
    page.mouse.up()
    page.evaluate(SETTLED)
    # The end of the slider is half a mark above the upper end of the axis.
    assert float(mark.get_attribute("aria-valuetext")) == pytest.approx(8, abs=0.05)


@pytest.mark.parametrize(("address", "figure"), FIGURES.items())
def test_a_waiting_figure_can_be_had_without_a_guess(visit, address, figure):
    page = visit(address)
    assert not page.locator(f"#{figure}").is_visible()
    waiting = page.locator(f".waiting:has(+ .to-come#{figure}), .waiting:has(+ .to-come #{figure})")
    waiting.get_by_role("button", name="Show the figure").press("Enter")
    assert page.locator(f"#{figure}").is_visible() and not waiting.count()
    assert page.evaluate("document.activeElement.id") == figure


def test_a_figure_waits_for_an_answer_right_or_wrong(visit):
    page = visit(WARMUP)
    field, figure = form(page, "one-gradient"), page.locator("#fig-first-steps")
    field.get_by_role("button", name="Check").click()
    assert verdict(field) == "unread" and not figure.is_visible()
    field.get_by_role("radio").first.check()
    field.get_by_role("button", name="Check").click()
    assert verdict(field) == "wrong" and figure.is_visible()


@pytest.mark.parametrize("part", ["fig-ratio", "correction-ratio.beta1=0.5"])
def test_an_address_leads_to_a_waiting_figure(visit, part):
    page = visit(f"{CHAPTER}#{part}")
    assert page.locator("#fig-ratio").is_visible()


@pytest.mark.parametrize("address", FIGURES)
def test_on_paper_no_figure_waits(visit, address):
    page = visit(address)
    page.emulate_media(media="print")
    assert page.locator(f"#{FIGURES[address]}").is_visible()
    for hidden in (".waiting", ".draw-field", ".answer-moves", ".answer-choices input"):
        assert not page.locator(f"{hidden}:visible").count()


@pytest.mark.parametrize("address", FIGURES)
def test_without_scripts_no_figure_waits(visit, address):
    page = visit(address, java_script_enabled=False)
    assert page.locator(f"#{FIGURES[address]}").is_visible()
    for hidden in (".draw-field", ".answer-field", "input[type=radio]"):
        assert not page.locator(f"{hidden}:visible").count()
    for field in page.locator("form.answer:not([hidden])").all():
        solution = field.locator(".answer-solution")
        assert solution.is_visible() and solution.get_attribute("open") is None
    for drawing in page.locator("form.draw").all():
        assert drawing.locator(".answer-question").is_visible()


def test_a_page_loads_the_scripts_of_its_own_questions_alone(visit):
    names = "() => performance.getEntriesByType('resource').map((r) => r.name.split('/').pop())"
    own = {"answer.css", "answer.js", "choice.js", "order.js", "draw.js", "waiting.js"}

    def loaded(address):
        return {name.split("?")[0] for name in visit(address).evaluate(names)}

    assert own < loaded(CHAPTER)
    assert not own & loaded("reference/notation.html")
