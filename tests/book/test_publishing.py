"""What is said of the book elsewhere, and that it appears with the address and not without."""

import re
import sys

import notebooks
import pytest
import yaml
from pages import SITE, soup

sys.path.insert(0, str(notebooks.ROOT / "_ext"))
import publishing
from sphinx.application import Sphinx

ENTRIES = sorted(notebooks.ROOT.glob("chapters/*.ipynb")) + sorted(
    notebooks.ROOT.glob("reference/**/*.md")
)
PAGES = [path.relative_to(notebooks.ROOT).with_suffix(".html").as_posix() for path in ENTRIES]


def described(path):
    return {
        tag.get("name") or tag["property"]: tag["content"]
        for tag in soup(path).select("meta[name][content], meta[property]")
    }


def test_every_page_describes_itself_in_words():
    told = [described(SITE / name)["description"] for name in [*PAGES, "intro.html"]]
    for text in told:
        assert publishing.TOO_SHORT < len(text) <= publishing.LENGTH
        assert not re.search(r"[\\$`{}]", text)
    assert len(set(told)) == len(told)


@pytest.fixture
def built(tmp_path):
    """Build a book of one page and give its folder."""
    (tmp_path / "index.rst").write_text("Title\n=====\n\n" + "A sentence about Adam. " * 3 + "\n")

    def build(repository, **settings):
        confoverrides = {
            "extensions": ["publishing"],
            "html_theme": "basic",
            "book_repository": repository,
            **settings,
        }
        folder = tmp_path / "html"
        app = Sphinx(tmp_path, None, folder, tmp_path / "trees", "html", confoverrides, None, None)
        app.build()
        return app, folder

    return build


def test_without_an_address_nothing_points_anywhere(built):
    app, folder = built("")
    assert not (folder / "sitemap.xml").exists()
    assert not {"og:url", "og:image"} & set(described(folder / "index.html"))
    assert "launch_buttons" not in app.config.html_theme_options


@pytest.mark.parametrize("settings", [{}, {"html_baseurl": "https://book.example/"}])
def test_one_setting_gives_the_address_everywhere(built, settings):
    app, folder = built("someone/book", html_theme_options={}, **settings)
    base = settings.get("html_baseurl", "https://someone.github.io/book/")
    assert f"<loc>{base}index.html</loc>" in (folder / "sitemap.xml").read_text(encoding="utf-8")
    told = described(folder / "index.html")
    assert told["og:url"] == f"{base}index.html"
    assert told["og:image"] == base + publishing.CARD
    assert told["og:title"] == "Title"
    assert app.config.html_theme_options["repository_url"] == "https://github.com/someone/book"
    assert set(app.config.html_theme_options["launch_buttons"]) >= {"colab_url", "binderhub_url"}


def test_the_card_is_there():
    assert (notebooks.ROOT / publishing.CARD).read_bytes().startswith(b"\x89PNG")


def test_the_workflow_runs_what_make_knows():
    workflow = yaml.safe_load((notebooks.ROOT / ".github/workflows/book.yml").read_text())
    targets = set(re.findall(r"^([a-z-]+):", (notebooks.ROOT / "Makefile").read_text(), re.M))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    runs = [step["run"] for step in steps if "run" in step]
    called = {word for run in runs for word in re.findall(r"make ([a-z-]+)", run)}
    assert {"core", "test", "test-site", "links"} <= called <= targets
