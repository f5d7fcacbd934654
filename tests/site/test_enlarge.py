"""On a telephone a figure can be looked at in its own size, by finger and by keyboard."""

PAGE = "chapters/05-adam.html"


def test_a_figure_is_enlarged_and_left_again(visit):
    page = visit(PAGE, screen="phone")
    figure = page.locator("#fig-training")
    before = figure.locator("img").bounding_box()["width"]
    figure.get_by_role("button", name="Enlarge").click()
    shown = page.get_by_role("dialog")
    image = shown.locator("img")
    assert image.bounding_box()["width"] > 2 * before
    assert image.get_attribute("alt") == figure.locator("img").get_attribute("alt")
    group = shown.get_by_role("group")
    group.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert group.evaluate("part => part.scrollLeft") > 0
    page.keyboard.press("Escape")
    shown.wait_for(state="hidden")


def test_where_there_is_room_or_the_figure_moves_nothing_is_to_be_enlarged(visit):
    desktop = visit(PAGE)
    assert desktop.get_by_role("button", name="Enlarge").count() == 0
    phone = visit(PAGE, screen="phone")
    assert phone.locator("figure.live").get_by_role("button", name="Enlarge").count() == 0
