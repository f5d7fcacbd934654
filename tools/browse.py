"""Open every page of the built site in headless Chromium and report what would trip a reader.

Each page is shown in light and in dark theme, on a desktop and on a telephone. Reported are
requests to another host, failed requests, messages on the console, formulas that were not set, and
pages that scroll sideways.

    python tools/browse.py _build/html --screenshots shots
"""

import argparse
import base64
import contextlib
import fcntl
import functools
import http.server
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars
    --disable-background-networking --disable-component-update --disable-sync
    --disable-dev-shm-usage --remote-debugging-pipe""".split()
SCREENS = {"desktop": (1280, 900), "phone": (375, 800)}
THEMES = ("light", "dark")
LOUD = ("error", "warning", "assert")
# Chromium captures no taller picture.
MAX_HEIGHT = 16000

SETTLE = """(async () => {
  for (const shut of document.querySelectorAll("details")) shut.open = true;
  for (const shut of document.querySelectorAll("button.toggle-button-hidden")) shut.click();
  if (window.MathJax?.startup) await MathJax.startup.promise;
  await document.fonts.ready;
  await new Promise(done => setTimeout(done, 150));
})()"""

INSPECT = r"""(() => {
  const found = [];
  const article = document.querySelector("article") ?? document.body;
  for (const formula of document.querySelectorAll(".math"))
    if (!formula.querySelector("mjx-container"))
      found.push("formula not set: " + formula.textContent.trim());
  for (const bad of document.querySelectorAll("mjx-merror, [data-mjx-error]"))
    found.push("formula with an error: " + (bad.dataset.mjxError ?? bad.textContent));
  const walk = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (node.parentElement.closest("pre, code, script, style, mjx-container")) continue;
    if (/\\\(|\\\[|\$\$|\\begin\{/.test(node.data)) found.push("raw formula: " + node.data.trim());
  }
  const page = document.documentElement;
  const wide = page.scrollWidth - page.clientWidth;
  if (wide > 0) {
    found.push(`page scrolls sideways by ${wide} px`);
    const scrolls = node => node && node !== document.body &&
      (getComputedStyle(node).overflowX !== "visible" || scrolls(node.parentElement));
    const culprit = [...article.querySelectorAll("*")].find(node =>
      node.getBoundingClientRect().right > page.clientWidth + 1 && !scrolls(node.parentElement));
    if (culprit)
      found.push(`  too wide: <${culprit.localName} class="${culprit.className}">`);
  }
  for (const image of article.querySelectorAll("img"))
    if (!image.complete || !image.naturalWidth) found.push("picture not shown: " + image.src);
  return JSON.stringify({found: found.map(text => text.slice(0, 200)), height: page.scrollHeight});
})()"""


class Chromium:
    """A headless browser spoken to over a pair of pipes in the DevTools protocol."""

    def __init__(self, program):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        # Above 9, so that moving ends to 3 and 4, where Chromium expects them, overwrites none.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (*os.pipe(), *os.pipe())]
        self.process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={self.profile.name}", "about:blank"],
            stderr=subprocess.DEVNULL,
            pass_fds=(3, 4),
            preexec_fn=lambda: (os.dup2(ends[0], 3), os.dup2(ends[3], 4)),
        )
        os.close(ends[0])
        os.close(ends[3])
        self.writer, self.reader = os.fdopen(ends[1], "wb"), os.fdopen(ends[2], "rb")
        self.numbers = itertools.count(1)
        self.events, self.rest = [], b""

    def receive(self):
        while b"\0" not in self.rest:
            data = os.read(self.reader.fileno(), 1 << 20)
            if not data:
                raise RuntimeError("Chromium ended early")
            self.rest += data
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **params):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self.writer.write(json.dumps(message).encode() + b"\0")
        self.writer.flush()
        while True:
            answer = self.receive()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.receive())

    def close(self):
        with contextlib.suppress(RuntimeError):
            self.call("Browser.close")
        self.process.wait(timeout=20)
        self.writer.close()
        self.reader.close()
        self.profile.cleanup()


def complaints(events, base):
    """Yield what the browser's events say against the page."""
    for event in events:
        method, params = event.get("method"), event.get("params", {})
        if method == "Network.requestWillBeSent":
            url = params["request"]["url"]
            if not url.startswith((base, "data:", "blob:")):
                yield f"foreign request: {url}"
        elif method == "Network.responseReceived" and params["response"]["status"] >= 400:
            yield f"{params['response']['status']}: {params['response']['url'].removeprefix(base)}"
        elif method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            yield "exception: " + details.get("exception", {}).get("description", details["text"])
        elif method == "Runtime.consoleAPICalled" and params["type"] in LOUD:
            yield "console: " + " ".join(str(arg.get("value", "")) for arg in params["args"])
        elif method == "Log.entryAdded" and params["entry"]["level"] in LOUD:
            entry = params["entry"]
            yield f"log: {entry['text']} {entry.get('url', '').removeprefix(base)}"


def visit(browser, base, page, theme, screen, screenshot=None):
    """Show one page and return the list of complaints about it."""
    width, height = SCREENS[screen]
    # A context of its own starts with empty storage and an empty cache, like a first visit.
    context = browser.call("Target.createBrowserContext")["browserContextId"]
    blank = browser.call("Target.createTarget", url="about:blank", browserContextId=context)
    session = browser.call("Target.attachToTarget", targetId=blank["targetId"], flatten=True)[
        "sessionId"
    ]
    call = functools.partial(browser.call, session=session)
    for domain in ("Page", "Runtime", "Log", "Network"):
        call(f"{domain}.enable")
    metrics = {"width": width, "deviceScaleFactor": 1, "mobile": screen == "phone"}
    call("Emulation.setDeviceMetricsOverride", height=height, **metrics)
    call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
    browser.events.clear()
    call("Page.navigate", url=base + page)
    browser.wait_for("Page.loadEventFired")
    call("Runtime.evaluate", expression=SETTLE, awaitPromise=True)
    seen = json.loads(call("Runtime.evaluate", expression=INSPECT)["result"]["value"])
    if screenshot:
        area = {"width": width, "height": min(seen["height"], MAX_HEIGHT)}
        clip = {"x": 0, "y": 0, "scale": 1, **area}
        shot = call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        screenshot.write_bytes(base64.b64decode(shot["data"]))
    found = [*complaints(browser.events, base), *seen["found"]]
    browser.call("Target.disposeBrowserContext", browserContextId=context)
    return found


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@contextlib.contextmanager
def served(site):
    handler = functools.partial(Quiet, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def pages_of(site):
    """Yield the pages of a site; a page that only sends the reader on to another is none."""
    for path in site.rglob("*.html"):
        name = path.relative_to(site).as_posix()
        moved = 'http-equiv="refresh"' in path.read_text(encoding="utf-8").lower()
        if not moved and not name.startswith("_static/"):
            yield name


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("--screenshots", type=Path, help="folder for a picture of every view")
    parser.add_argument("--only", default="", help="pages whose path contains this")
    options = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        sys.exit("browse: Chromium is not installed")
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    pages = sorted(page for page in pages_of(options.site) if options.only in page)
    views = list(itertools.product(pages, THEMES, SCREENS))
    failures = 0
    browser = Chromium(program)
    try:
        with served(options.site) as base:
            for page, theme, screen in views:
                name = f"{page.removesuffix('.html').replace('/', '_')}-{theme}-{screen}.png"
                shot = options.screenshots / name if options.screenshots else None
                for complaint in visit(browser, base, page, theme, screen, shot):
                    print(f"{page} ({theme}, {screen}): {complaint}")
                    failures += 1
    finally:
        browser.close()
    print(f"{len(pages)} pages, {len(views)} views, {failures} complaints")
    sys.exit(failures > 0 or not views)


if __name__ == "__main__":
    main()
