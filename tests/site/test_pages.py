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
# So are the entries of the reference: a page of them has hundreds.
READ = {"exclude": [["mjx-container"], ["dl.py ~ " * 20 + "dl.py"]]}
# A telephone has the colours of a desktop, and they are nine tenths of the time.
RULES = {"desktop": {}, "phone": {"color-contrast": {"enabled": False}}}
# What a page holds besides its colours is the same in both themes.
READ_ON = {"light": ("desktop", "phone"), "dark": ("desktop",)}
AXE = {"resultTypes": ["violations"], "preload": False}


def pages():
    """The pages of the site; a page that only sends the reader on to another is none."""
    for path in sorted(SITE.rglob("*.html")):
        name = path.relative_to(SITE).as_posix()
        moved = 'http-equiv="refresh"' in path.read_text(encoding="utf-8").lower()
        if not moved and not name.startswith("_static/"):
            yield name


def on(page, screen):
    """Turn a page that is open to a screen of this size."""
    page.set_viewport_size(SCREENS[screen])
    page.wait_for_timeout(100)


def severe(page, screen):
    """What axe finds on a page for readers without eyes or mouse."""
    options = {**AXE, "rules": RULES[screen]}
    faults = Axe().run(page, context=READ, options=options).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:120]}"
        for fault in faults
        for node in fault["nodes"]
        if fault["impact"] in SEVERE
    ]


def views():
    """Every page with each theme; source code is laid out alike in both, and is not read."""
    for address in pages():
        yield from ((address, t) for t in READ_ON if t == "light" or "_modules/" not in address)


@pytest.mark.parametrize(("address", "theme"), list(views()))
def test_a_page_is_whole_and_can_be_read_without_eyes_or_mouse(visit, address, theme, shots):
    page = visit(address, theme)
    found = {}
    for screen in READ_ON[theme] if not address.startswith("_modules/") else ():
        on(page, screen)
        found[f"read on a {screen}"] = severe(page, screen)
    page.evaluate(UNFOLD)
    settle(page)
    for screen in SCREENS:
        on(page, screen)
        found[f"whole on a {screen}"] = page.evaluate(INSPECT)
        shots(page, f"{address}-{theme}-{screen}")
    assert not any(found.values()), found


def test_there_are_pages():
    assert {"intro.html", "chapters/05-adam.html", "reference/claims.html"} <= set(pages())
