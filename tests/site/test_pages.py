"""Every page in both themes, on a desktop and on a telephone: nothing in it trips a reader."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import SCREENS, SITE, settle

INSPECT = (Path(__file__).parent / "inspect.js").read_text(encoding="utf-8")
UNFOLD = """() => {
  for (const shut of document.querySelectorAll("details")) shut.open = true;
  for (const shut of document.querySelectorAll("button.toggle-button-hidden")) shut.click();
}"""
# Only the minor ones are passed over.
SEVERE = ("moderate", "serious", "critical")
# Without its preload: it looks for what the styles import in the wrong folder.
# Formulas are nine tenths of the nodes, and all of them made in one way, by MathJax.
READ = {"exclude": [["mjx-container"]]}
AXE = {"resultTypes": ["violations"], "preload": False}


def pages():
    """The pages of the site; a page that only sends the reader on to another is none."""
    for path in sorted(SITE.rglob("*.html")):
        name = path.relative_to(SITE).as_posix()
        moved = 'http-equiv="refresh"' in path.read_text(encoding="utf-8").lower()
        if not moved and not name.startswith("_static/"):
            yield name


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("address", list(pages()))
def test_a_page_is_whole_on_every_screen(visit, address, theme, shots):
    page = visit(address, theme)
    page.evaluate(UNFOLD)
    settle(page)
    found = {}
    for screen, size in SCREENS.items():
        page.set_viewport_size(size)
        page.wait_for_timeout(100)
        found[screen] = page.evaluate(INSPECT)
        shots(page, f"{address}-{theme}-{screen}")
    assert not any(found.values()), found


@pytest.mark.parametrize("view", [("light", "desktop"), ("dark", "desktop"), ("light", "phone")])
@pytest.mark.parametrize("address", [p for p in pages() if not p.startswith("_modules/")])
def test_a_page_can_be_read_without_eyes_or_mouse(visit, address, view):
    page = visit(address, *view)
    faults = Axe().run(page, context=READ, options=AXE).response["violations"]
    severe = [
        f"{fault['id']}: {node['html'][:120]}"
        for fault in faults
        for node in fault["nodes"]
        if fault["impact"] in SEVERE
    ]
    assert not severe


def test_there_are_pages():
    assert {"intro.html", "chapters/05-adam.html", "reference/claims.html"} <= set(pages())
