"""The directive ``library-names``: what the book follows of a library, and what not and why.

```{library-names} torch
```
"""

import sys
from pathlib import Path

from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from optlib.book import libraries


class LibraryNames(SphinxDirective):
    required_arguments = 1

    def run(self):
        library = self.arguments[0]
        if library not in libraries.unmodelled():
            raise self.error(f"{library!r} is none of {', '.join(libraries.unmodelled())}")
        # Like the cheat sheet, the page is read again whenever the site is built.
        self.env.note_reread()
        tables = (libraries.followed(library), libraries.left_out(library))
        return [node for text in tables for node in self.parse_text_to_nodes(text)]


def setup(app):
    app.add_directive("library-names", LibraryNames)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
