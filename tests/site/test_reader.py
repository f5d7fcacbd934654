"""Used like a reader would: by mouse and by keyboard, with scripts and without."""

CHAPTER = "chapters/04-bias-correction.html"


def form(page, name):
    return page.locator(f"form.answer[data-question={name}]")


def status(field):
    return field.locator("[role=status]")


def verdict(field):
    return status(field).get_attribute("data-verdict")


def test_a_wrong_answer_is_met_with_a_point_and_a_word_to_the_mistake(visit):
    page = visit(CHAPTER)
    field = form(page, "step-ratio")
    field.locator("input").fill("(1-b1^t)*sqrt(1-b2^t)")
    field.get_by_role("button", name="Check").click()
    assert verdict(field) == "wrong"
    said = status(field).inner_text()
    assert "beta1 =" in said and "the true value is" in said
    assert field.locator(".answer-misconception:visible").count() == 1
    assert not field.locator(".answer-solution").is_visible()


def test_the_answer_may_be_seen_after_two_attempts(visit):
    page = visit(CHAPTER)
    field = form(page, "step-ratio")
    for attempt in ("1", "2"):
        field.locator("input").fill(attempt)
        field.locator("input").press("Enter")
    assert field.locator(".answer-solution").is_visible()
    assert not field.locator(".answer-solution").get_attribute("open")


def test_what_cannot_be_read_is_no_attempt(visit):
    page = visit(CHAPTER)
    field = form(page, "step-ratio")
    for text in ("1-(", "foo", ""):
        field.locator("input").fill(text)
        field.locator("input").press("Enter")
        assert verdict(field) == "unread"
    assert not field.locator(".answer-solution").is_visible()


def test_what_is_typed_is_set_as_a_formula(visit):
    page = visit(CHAPTER)
    field = form(page, "step-ratio")
    field.locator("input").fill("sqrt(1-β₂^t)")
    field.locator(".answer-preview mjx-container").wait_for(timeout=5000)
    assert field.locator(".answer-preview mjx-sqrt, .answer-preview mjx-msqrt").count()


def test_by_keyboard_alone(visit):
    page = visit(CHAPTER)
    field = form(page, "step-ratio")
    field.locator("input").focus()
    page.keyboard.type("(1-b1^t)/sqrt(1-b2^t)")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert verdict(field) == "right"


def test_a_derivation_is_revealed_line_by_line(visit):
    page = visit(CHAPTER)
    steps = page.locator("section.steps[data-derivation=constant]")
    lines = steps.locator(".steps-line")
    assert lines.count() == 5
    assert lines.locator("visible=true").count() == 1
    steps.get_by_role("button", name="Next line").press("Enter")
    assert lines.locator("visible=true").count() == 2
    steps.get_by_role("button", name="All lines").press("Enter")
    assert lines.locator("visible=true").count() == 5
    assert "proved" in steps.inner_text()


def test_the_next_line_can_be_tried(visit):
    page = visit(CHAPTER)
    steps = page.locator("section.steps[data-derivation=ratio]")
    steps.get_by_role("button", name="Try the next line yourself").click()
    field = steps.locator("form.answer").locator("visible=true")
    field.locator("input").fill("1 - b1^t")
    field.locator("input").press("Enter")
    assert verdict(field) == "wrong"
    assert steps.locator(".steps-line").locator("visible=true").count() == 1
    field.locator("input").fill("(1-b1^t)/sqrt(1-b2^t)")
    field.locator("input").press("Enter")
    assert steps.locator(".steps-line").locator("visible=true").count() == 2


def test_on_a_telephone_a_reason_stands_under_its_line_where_it_must(visit):
    page = visit(CHAPTER, screen="phone")
    for steps in page.locator("section.steps").all():
        steps.get_by_role("button", name="All lines").click()
        assert steps.evaluate("s => s.scrollWidth <= s.clientWidth")


def test_without_scripts_all_is_there_but_the_field(visit):
    page = visit(CHAPTER, java_script_enabled=False)
    lines = page.locator("section.steps[data-derivation=constant] .steps-line")
    assert lines.locator("visible=true").count() == lines.count() == 5
    field = form(page, "step-ratio")
    assert field.locator(".answer-question").is_visible()
    assert not field.locator("input").is_visible()
    assert field.locator(".answer-solution").is_visible()
    assert field.locator(".answer-solution").get_attribute("open") is None


def test_on_paper_all_lines_are_there(visit):
    page = visit(CHAPTER)
    page.emulate_media(media="print")
    lines = page.locator("section.steps[data-derivation=constant] .steps-line")
    assert lines.locator("visible=true").count() == 5


def test_a_page_without_questions_loads_no_parser(visit):
    loaded = "() => performance.getEntriesByType('resource').map((r) => r.name)"
    assert any("mathjs" in name for name in visit(CHAPTER).evaluate(loaded))
    assert not any("mathjs" in name for name in visit("reference/notation.html").evaluate(loaded))
