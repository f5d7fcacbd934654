"""Scripts and styles that only some pages need.

A directive says ``need(self.env, "live.js")``; the pages that it stands on then load this script,
after what it builds on. At every build ``rules.js`` is printed by
:mod:`optlib.engines.javascript`, and ``figures.js`` by :mod:`optlib.book.live`.
"""

import json
import sys
from pathlib import Path

from port_words import in_words

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from optlib.book.live import printing
from optlib.engines import javascript

PORTS = "optlib/book/data/ports.json"

# A script after those that it calls and the styles that it needs.
BUILDS_ON = {
    "optlib.js": [],
    "rules.js": ["optlib.js"],
    "mathjs/parser.js": [],
    "judge.js": ["optlib.js", "mathjs/parser.js"],
    "answer.css": [],
    "answer.js": ["optlib.js", "answer.css"],
    "expression.js": ["judge.js", "answer.js"],
    "choice.js": ["answer.js"],
    "order.js": ["answer.js"],
    "waiting.js": ["optlib.js", "answer.css"],
    "ports_data.js": ["optlib.js"],
    "ports.js": ["ports_data.js"],
    "steps.js": ["expression.js"],
    "figures.js": ["optlib.js"],
    "plot.js": ["optlib.js"],
    "live.js": ["plot.js", "figures.js"],
    "draw.js": ["live.js", "answer.css"],
    "contours.js": ["plot.js"],
    "race.js": ["rules.js", "contours.js", "live.js"],
    "map.js": ["race.js"],
    "settings.js": ["race.js"],
    "playground.js": ["settings.js"],
    "progress.js": ["optlib.js"],
    "recall.js": ["progress.js"],
    "overview.js": ["progress.js"],
}


def need(env, script):
    """Let the page that is being read load a script of ``static``, and what it builds on."""
    if script not in BUILDS_ON:
        raise ValueError(f"{script} is not listed in _ext/scripts.py")
    _needed(env).setdefault(env.docname, set()).add(script)


def in_order(scripts):
    """The scripts and what they build on, each after its own."""
    found = []
    for script in sorted(scripts):
        for name in [*in_order(BUILDS_ON[script]), script]:
            if name not in found:
                found.append(name)
    return found


def _needed(env):
    if not hasattr(env, "scripts_of_pages"):
        env.scripts_of_pages = {}
    return env.scripts_of_pages


def forget(app, env, docname):
    _needed(env).pop(docname, None)


def merge(app, env, docnames, other):
    _needed(env).update({k: v for k, v in _needed(other).items() if k in docnames})


def add_scripts(app, pagename, templatename, context, doctree):
    for name in in_order(_needed(app.env).get(pagename, ())):
        if name.endswith(".css"):
            app.add_css_file(name)
        else:
            app.add_js_file(name, loading_method="defer")


def print_rules(app):
    """Put the printed rules and figures where Sphinx copies static files from."""
    folder = Path(app.outdir).parent / "printed"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rules.js").write_text(javascript.library(), encoding="utf-8")
    (folder / "figures.js").write_text(printing.library(), encoding="utf-8")
    ports = json.loads(Path(app.srcdir, PORTS).read_text(encoding="utf-8"))
    (folder / "ports_data.js").write_text(ports_script(ports), encoding="utf-8")
    app.config.html_static_path.append(str(folder))


def ports_script(ports):
    """The stored ports, their rules as functions."""
    in_words(ports["entries"])
    rules = ", ".join(f"{k}: {v}" for k, v in ports.pop("programs").items())
    return f'"use strict";\noptlib.ports = {{...{json.dumps(ports)}, programs: {{{rules}}}}};\n'


def setup(app):
    app.connect("builder-inited", print_rules)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("html-page-context", add_scripts)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
