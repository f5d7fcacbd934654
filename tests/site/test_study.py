"""Learning with the page: goals to tick, the quiz, and what the browser remembers of both."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import expect
from test_pages import AXE, READ

CHAPTER = "chapters/04-bias-correction.html"
FRONT = "intro.html"
PARTS = ["section.recall", "ul.goals", ".answered-before", "section.overview"]
BLOCKED = """Object.defineProperty(window, "localStorage", {
  configurable: true, get() { throw new DOMException("no", "SecurityError"); }
});"""


def quiz(page):
    return page.locator("section.recall")


def asked(page):
    return quiz(page).locator("li.recall-claim:visible")


def answer(page, right=5):
    """Take a round: so many answers are right, the others are not."""
    for k, claim in enumerate(asked(page).all()):
        wanted = claim.get_attribute("data-answer")
        said = wanted if k < right else "wrong" if wanted != "wrong" else "holds"
        claim.get_by_role("button", name=said, exact=True).click()


def statements(page):
    return [row.locator("p").first.text_content() for row in asked(page).all()]


def overview(page, base):
    """What the front page says of chapter 4."""
    page.goto(base + FRONT)
    row = page.locator("section.overview tr:visible", has_text="4. Bias correction")
    return row.locator("td").all_inner_texts()[1:]


def right_answer(page):
    field = page.locator("form.answer[data-question=step-ratio]")
    field.locator("input").fill("(1-b1^t)/sqrt(1-b2^t)")
    field.locator("input").press("Enter")
    expect(field.locator("[data-verdict=right]")).to_be_visible()


def test_a_round_of_the_quiz(visit, base):
    page = visit(CHAPTER)
    assert asked(page).count() == 5
    assert not quiz(page).locator(".recall-told:visible").count()
    answer(page, right=3)
    claims = asked(page).all()
    for k, claim in enumerate(claims):
        said = claim.get_by_role("status").inner_text()
        assert said.startswith("✓ Yes" if k < 3 else "✗ No")
        assert claim.locator(".recall-told strong").is_visible()
        assert claim.locator("button[aria-pressed=true]").count() == 1
        assert claim.locator("button:disabled").count() == 2
    score = quiz(page).locator(".recall-score")
    expect(score.get_by_role("status")).to_have_text("3 of 5 right.")
    claims[0].locator(".recall-told a").click()
    assert re.search(r"#claim-[\w.-]+$", page.url)
    page.reload()
    expect(score.get_by_role("status")).to_have_text("Last time 3 of 5 were right.")
    assert overview(page, base)[1] == "3 of 5"


def test_another_round_has_other_claims_and_the_rounds_come_again(visit):
    page = visit(CHAPTER)
    first = statements(page)
    answer(page)
    again = quiz(page).get_by_role("button", name="Another round")
    again.click()
    second = statements(page)
    assert len(second) == 5 and not set(first) & set(second)
    assert not quiz(page).locator("[data-said], [aria-pressed=true], button:disabled").count()
    answer(page)
    again.click()
    assert statements(page) == first


def test_one_claim_is_a_quiz_too(visit):
    page = visit("chapters/13-precision.html")
    answer(page, right=1)
    expect(quiz(page).locator(".recall-score [role=status]")).to_have_text("1 of 1 right.")


def test_the_quiz_by_keyboard_alone(visit):
    page = visit(CHAPTER)
    asked(page).first.locator("button").first.focus()
    for _ in range(5):
        # What was said is told beside the button, which keeps the focus; then comes the link.
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.ariaPressed") == "true"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent").startswith(("The cell", "What"))
        page.keyboard.press("Tab")
    assert quiz(page).locator("[data-said]").count() == 5
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('li').dataset.said") is None
    assert asked(page).count() == 5


def test_goals_are_ticked_and_stay_so(visit, base):
    page = visit(CHAPTER)
    goals = page.locator("ul.goals")
    goals.get_by_text("Read code that leaves").click()
    boxes = goals.get_by_role("checkbox")
    boxes.first.focus()
    page.keyboard.press("Space")
    page.reload()
    expect(boxes.first).to_be_checked()
    assert [box.is_checked() for box in boxes.all()] == [True, False, False, False, True]
    assert overview(page, base) == ["2 of 5", "", ""]
    page.goto(base + CHAPTER)
    boxes.first.uncheck()
    boxes.last.uncheck()
    page.goto(base + FRONT)
    expect(page.locator("section.overview")).to_be_hidden()


def test_a_tick_belongs_to_a_goal_and_not_to_its_place(visit):
    page = visit(CHAPTER)
    first = page.locator("input.goal").first
    first.check()
    text = first.input_value()

    def turned(route):
        soup = BeautifulSoup(route.fetch().text(), "html.parser")
        goals = soup.select_one("ul.goals")
        for item in goals.find_all("li"):
            goals.insert(0, item.extract())
        route.fulfill(body=str(soup), content_type="text/html; charset=utf-8")

    page.route(f"**/{CHAPTER}", turned)
    page.reload()
    checked = page.locator("input.goal:checked")
    assert checked.count() == 1 and checked.input_value() == text
    expect(page.locator("input.goal").last).to_be_checked()


def test_answers_that_were_right_are_counted(visit, base):
    page = visit(CHAPTER)
    field = page.locator("form.answer[data-question=equal-betas-ratio]")
    field.locator("input").fill("1")
    field.locator("input").press("Enter")
    expect(field.locator("[data-verdict=wrong]")).to_be_visible()
    for _ in range(2):
        right_answer(page)
    count = page.locator("form.answer:not(.steps form)").count()
    page.reload()
    note = page.locator(".answered-before")
    assert note.count() == 1
    assert note.locator("xpath=..").get_attribute("data-question") == "step-ratio"
    assert overview(page, base) == ["", "", f"1 of {count}"]


def test_a_line_of_a_derivation_is_no_question(visit, base):
    page = visit(CHAPTER)
    steps = page.locator("section.steps[data-derivation=ratio]")
    steps.get_by_role("button", name="Try the next line yourself").click()
    field = steps.locator("form.answer").locator("visible=true").locator("input")
    field.fill("(1-b1^t)/sqrt(1-b2^t)")
    field.press("Enter")
    assert steps.locator(".steps-line").locator("visible=true").count() == 2
    page.goto(base + FRONT)
    expect(page.locator("section.overview")).to_be_hidden()


def test_all_can_be_forgotten(visit, base):
    page = visit(CHAPTER)
    page.locator("input.goal").first.check()
    answer(page)
    page.goto(base + FRONT)
    forget = page.get_by_role("button", name="Forget all")
    page.once("dialog", lambda dialog: dialog.dismiss())
    forget.click()
    expect(page.locator("section.overview table")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    forget.click()
    expect(page.locator("section.overview [role=status]")).to_have_text("All is forgotten.")
    expect(page.locator("section.overview table")).to_be_hidden()
    page.reload()
    expect(page.locator("section.overview")).to_be_hidden()
    page.goto(base + CHAPTER)
    assert not page.locator("input.goal:checked").count()
    assert not quiz(page).locator(".recall-score [role=status]").inner_text()


def test_nothing_leaves_the_machine(visit):
    page = visit(CHAPTER)
    page.wait_for_load_state("networkidle")
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.locator("input.goal").first.check()
    answer(page)
    right_answer(page)
    assert page.evaluate("Object.keys(localStorage)").count("progress") == 1
    assert not page.context.cookies()
    assert not [url for url in sent if "/mathjax/" not in url]


def test_where_nothing_can_be_kept_all_works_the_same(visit, base):
    page = visit(FRONT)
    page.add_init_script(BLOCKED)
    page.goto(base + CHAPTER)
    page.locator("input.goal").first.check()
    answer(page, right=4)
    expect(quiz(page).locator(".recall-score [role=status]")).to_have_text("4 of 5 right.")
    right_answer(page)
    page.locator(".code-switch input[value=all]").check()
    page.reload()
    assert not page.locator("input.goal:checked").count()
    page.goto(base + FRONT)
    expect(page.locator("section.overview")).to_be_hidden()


def test_what_someone_else_kept_under_this_name_does_no_harm(visit):
    page = visit(CHAPTER)
    page.evaluate("localStorage.setItem('progress', 'not ours')")
    page.reload()
    page.locator("input.goal").first.check()
    page.reload()
    expect(page.locator("input.goal").first).to_be_checked()


def test_without_scripts_the_quiz_is_a_list_with_folds(visit):
    page = visit(CHAPTER, java_script_enabled=False)
    assert asked(page).count() == 5
    folds = asked(page).locator("details.recall-told:not([open])")
    assert folds.locator("visible=true").count() == 5
    assert not quiz(page).locator("button").locator("visible=true").count()
    folds.first.locator("summary").click()
    expect(asked(page).first.locator(".recall-told strong")).to_be_visible()
    assert page.locator("ul.goals > li").locator("visible=true").count() == 5
    assert not page.locator("input.goal").locator("visible=true").count()


def test_without_scripts_the_front_page_has_no_overview(visit):
    page = visit(FRONT, java_script_enabled=False)
    expect(page.locator("section.overview")).to_be_hidden()


@pytest.mark.parametrize("scripts", [True, False])
def test_on_paper_the_words_are_there_to_be_crossed(visit, scripts):
    page = visit(CHAPTER, java_script_enabled=scripts)
    page.emulate_media(media="print")
    assert asked(page).count() == 5
    assert asked(page).locator("button:visible").count() == 15
    assert not quiz(page).locator("details:visible, .recall-score:visible").count()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_what_is_shown_in_the_end_can_be_read_by_everyone(visit, base, theme, screen):
    page = visit(CHAPTER, theme, screen)
    page.locator("input.goal").first.check()
    right_answer(page)
    page.reload()
    answer(page, right=2)
    for address in (CHAPTER, FRONT):
        if address == FRONT:
            page.goto(base + FRONT)
            expect(page.locator("section.overview")).to_be_visible()
        here = {"include": [[part] for part in PARTS if page.locator(part).count()], **READ}
        faults = Axe().run(page, context=here, options=AXE).response["violations"]
        assert not [f"{f['id']}: {f['nodes'][0]['target']}" for f in faults]
        width = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert page.evaluate(width)
        for part in page.locator("section.recall, section.overview table").all():
            assert part.evaluate("p => p.scrollWidth <= p.parentElement.clientWidth")
