"""How much a reader has to load."""

import gzip

import pytest

FIRST_VISIT = 1_000_000
LATER_CHAPTER = 200_000
PACKED = (".woff", ".woff2", ".png")


@pytest.fixture
def loaded(visit):
    """Open a page; give the address of all that it loads, with the size on the way."""

    def load(address):
        page = visit("search.html")
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(page.url.replace("search.html", address))
        page.wait_for_load_state("networkidle")
        return {url: size(url, page.request.get(url).body()) for url in asked}

    return load


def size(url, body):
    """What a server sends: text packed, fonts and pictures as they are."""
    return len(body if url.split("?")[0].endswith(PACKED) else gzip.compress(body))


@pytest.fixture
def front(loaded):
    return loaded("intro.html")


def test_a_first_visit_is_light(front):
    assert len(front) > 10
    assert sum(front.values()) <= FIRST_VISIT


@pytest.mark.parametrize("chapter", ["01-gradient-descent", "05-adam", "12-hyper-parameters"])
def test_a_later_chapter_is_light_beside_its_figures(front, loaded, chapter):
    more = {
        url: size
        for url, size in loaded(f"chapters/{chapter}.html").items()
        if url not in front and "/_images/" not in url
    }
    assert 0 < sum(more.values()) <= LATER_CHAPTER


def test_no_page_loads_the_whole_of_font_awesome(front):
    assert not [url for url in front if "fontawesome" in url]
