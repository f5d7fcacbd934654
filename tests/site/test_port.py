"""The page that ports optimizers gives what Python gives, for any numbers, by keyboard too."""

import ast

import pytest

from optlib import port
from optlib.conventions.apart import Yardstick, built

PAGE = "reference/port.html"
CASES = [
    ("keras", "Adam", "torch", {}),
    ("keras", "Adam", "torch", {"epsilon": 1e-4, "beta_1": 0.5}),
    ("torch", "Adam", "keras", {"eps": 1e-6, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("torch", "RMSprop", "keras", {"alpha": 0.9, "eps": 1e-5}),
    ("torch", "SGD", "keras", {"momentum": 0.8, "nesterov": True}),
    ("optax", "adamw", "torch", {"learning_rate": 0.02, "b2": 0.95, "weight_decay": 0.3}),
    ("keras", "Nadam", "torch", {"learning_rate": 0.01}),
]


def choose(page, library, name, target, arguments):
    page.select_option("select[name=from]", library)
    page.select_option("select[name=name]", name)
    page.select_option("select[name=to]", target)
    for key, value in arguments.items():
        field = page.locator(f'input[name="argument-{key}"]')
        field.check() if value is True else field.fill(str(value))
    return page.locator("form.port [role=status]")


def keywords(call):
    """The arguments of a call as it is written."""
    (expression,) = ast.parse(call).body
    return {k.arg: ast.literal_eval(k.value) for k in expression.value.keywords}


@pytest.mark.parametrize(("library", "name", "target", "arguments"), CASES)
def test_the_page_gives_the_port_of_python(visit, library, name, target, arguments):
    page = visit(PAGE)
    status = choose(page, library, name, target, arguments)
    rate = {"learning_rate": 1e-3} if library == "optax" else {}
    found = port(library, name, target, **rate | arguments)
    call = status.locator("pre").inner_text()
    assert call.split("(")[0] == found.call.split("(")[0]
    given = keywords(call)
    distance = float(status.get_attribute("data-distance"))
    yard = Yardstick(built(found.source))
    measured = yard.distance(built((target, found.target[1], given)))
    assert distance == pytest.approx(measured, rel=1e-6, abs=1e-9)
    assert (status.get_attribute("data-exact") == "true") == found.exact
    assert distance <= 1.1 * found.distance + 1e-9


def test_the_window_comes_back_from_its_address(visit):
    page = visit(PAGE)
    status = choose(page, "torch", "Adam", "optax", {"eps": 1e-5, "amsgrad": True})
    said, address = status.inner_text(), page.url.rsplit("/", 1)[-1]
    again = visit(f"reference/{address}")
    assert again.locator("form.port [role=status]").inner_text() == said


def test_what_is_no_number_or_refused_is_said(visit):
    page = visit(PAGE)
    status = choose(page, "torch", "Adam", "keras", {"eps": "tiny"})
    assert "eps must be a number" in status.inner_text()
    status = choose(page, "torch", "SGD", "keras", {"nesterov": True})
    assert "refuses" in status.inner_text()


def test_a_port_by_keyboard_alone(visit):
    page = visit(PAGE)
    page.locator("select[name=from]").focus()
    page.keyboard.press("o")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("0.5")
    assert "=0.5" in page.locator("form.port pre").inner_text()


def test_without_scripts_every_port_at_the_defaults_is_there(visit):
    page = visit(PAGE, java_script_enabled=False)
    assert not page.locator("form.port").is_visible()
    assert page.locator("details.port-still").count() == 4
    assert "torch.optim.Adam(" in page.locator("details.port-still").nth(2).text_content()
