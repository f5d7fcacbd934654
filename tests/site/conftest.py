"""The built site on a local server, and the system's Chromium to open it with."""

import functools
import http.server
import shutil
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

SITE = Path(__file__).resolve().parents[2] / "_build" / "html"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
SCREENS = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 375, "height": 800}}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def site():
    """The folder of the built site."""
    assert (SITE / "index.html").is_file(), "build the site first: make site"
    return SITE


@pytest.fixture(scope="session")
def base(site):
    """The address of the site, with a slash at its end."""
    handler = functools.partial(Quiet, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def chromium():
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "Chromium is not installed"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, base):
    """Open pages of the site like a reader who comes for the first time.

    ``visit(address, theme="light", screen="desktop")`` gives a page of Playwright once its formulas
    are set. At the end of the test no page may have asked another host for anything, or complained.
    """
    contexts, complaints = [], []

    def open_page(address, theme="light", screen="desktop", **options):
        context = chromium.new_context(
            viewport=SCREENS[screen],
            color_scheme=theme,
            has_touch=screen == "phone",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{address}: {error}"))
        page.on("console", lambda said: _console(said, address, complaints))
        page.on("request", lambda asked: _request(asked, base, address, complaints))
        page.on("response", lambda got: _response(got, address, complaints))
        page.goto(base + address)
        if options.get("java_script_enabled", True):
            settle(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


def settle(page):
    """Wait until the formulas are set, the fonts are there, and colours no longer change."""
    page.evaluate(
        """async () => {
          await window.MathJax?.startup?.promise;
          await document.fonts.ready;
          const passing = (moving) => moving.effect.getComputedTiming().endTime < Infinity;
          const moving = document.getAnimations().filter(passing);
          await Promise.allSettled(moving.map(({ finished }) => finished));
        }"""
    )


def _console(said, address, complaints):
    if said.type in ("error", "warning", "assert"):
        complaints.append(f"{address}: console: {said.text}")


def _request(asked, base, address, complaints):
    if not asked.url.startswith((base, "data:", "blob:")):
        complaints.append(f"{address}: foreign request: {asked.url}")


def _response(got, address, complaints):
    if got.status >= 400:
        complaints.append(f"{address}: {got.status}: {got.url}")


def pytest_addoption(parser):
    parser.addoption("--shots", type=Path, help="a folder for pictures of every view")


@pytest.fixture
def shots(request):
    """Take a picture of the whole page, if pictures are asked for."""
    folder = request.config.getoption("--shots")

    def take(page, name):
        if folder:
            path = folder / f"{name.replace('/', '_')}.png"
            page.screenshot(path=path, full_page=True)

    return take
