"""The directive ``chapter-figure``: a figure of a chapter, shown on another page.

The picture, its alternative text and its classes are those stored in the chapter's notebook, so the
two pages cannot disagree::

    ```{chapter-figure} chapters/05-adam.ipynb fig-race
    :name: fig-race-front

    The caption on this page.
    ```
"""

import hashlib
import json
from base64 import b64decode
from os.path import relpath
from pathlib import Path

from docutils.parsers.rst.directives.images import Figure
from sphinx.util.docutils import SphinxDirective


def find_figure(path, name):
    """Return the PNG bytes and the image settings of the figure `name` of a notebook."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        settings = cell["metadata"].get("mystnb", {})
        if settings.get("figure", {}).get("name") == name:
            for output in cell.get("outputs", []):
                if picture := output.get("data", {}).get("image/png"):
                    return b64decode("".join(picture)), settings["image"]
    raise LookupError(f"{path.name} has no stored figure {name!r}")


def placed(directive, notebook, name):
    """Put the stored picture where the page can show it: its address and the image settings."""
    env = directive.env
    env.note_dependency(notebook)
    try:
        picture, image = find_figure(Path(env.srcdir, notebook), name)
    except (LookupError, OSError) as error:
        raise directive.error(str(error)) from error
    folder = Path(env.app.outdir).parent / "jupyter_execute"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{hashlib.sha256(picture).hexdigest()}.png"
    target.write_bytes(picture)
    page = Path(env.doc2path(env.docname)).parent
    return Path(relpath(target, page)).as_posix(), image


class ChapterFigure(Figure, SphinxDirective):
    required_arguments = 2
    final_argument_whitespace = False

    def run(self):
        address, image = placed(self, *self.arguments)
        self.arguments = [address]
        self.options.setdefault("alt", image["alt"])
        self.options.setdefault("class", image.get("classes", "").split())
        return super().run()


def setup(app):
    app.add_directive("chapter-figure", ChapterFigure)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
