"""The icons of the pages are among the few glyphs that are on the site."""

import re
from pathlib import Path

import icons
import pytest
from fontTools.ttLib import TTFont

SITE = Path(__file__).resolve().parents[2] / "_build" / "html"
NOT_ICONS = {"fa-solid", "fa-regular", "fa-brands", "fa-lg", "fa-font-solid", "fa-font-brands"}


@pytest.fixture(scope="module")
def glyphs():
    fonts = icons.FOLDER.glob("*.woff")
    return {code for font in fonts for code in TTFont(font).getBestCmap()}


def test_every_icon_that_a_page_names_is_there():
    styles = (icons.FOLDER / "icons.css").read_text(encoding="utf-8")
    named = set()
    for path in [*SITE.rglob("*.html"), *SITE.glob("_static/scripts/*.js")]:
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"(?<![\w-])fa-[a-z]+(?:-[a-z]+)*", text)) - NOT_ICONS
    assert len(named) > 5
    assert {name for name in named if f".{name}::before" not in styles} == set()


def test_every_glyph_that_a_style_shows_is_there(glyphs):
    shown = set()
    for path in SITE.glob("_static/**/*.css"):
        if "vendor" not in path.parts:
            text = path.read_text(encoding="utf-8")
            shown |= {int(code, 16) for code in re.findall(r'"\\(f[0-9a-f]{3})"', text)}
            shown |= {ord(mark) for mark in re.findall("[\ue000-\uf8ff]", text)}
    assert len(shown) > 10
    assert shown <= glyphs


def test_the_fonts_are_what_the_script_makes(tmp_path, monkeypatch, glyphs):
    monkeypatch.setattr(icons, "FOLDER", tmp_path)
    icons.main()
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    stored = Path(__file__).resolve().parents[2] / "_ext/static/icons"
    assert made == {path.name: path.read_bytes() for path in stored.iterdir()}
