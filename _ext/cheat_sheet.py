"""The directive ``cheat-sheet``: every rule, or every schedule, as one table from the registry.

```{cheat-sheet} rules
```
"""

import sys
from pathlib import Path

from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from optlib.book import cheatsheet

TABLES = {"rules": cheatsheet.rules, "schedules": cheatsheet.schedules}


class CheatSheet(SphinxDirective):
    required_arguments = 1

    def run(self):
        if self.arguments[0] not in TABLES:
            raise self.error(f"{self.arguments[0]!r} is none of {', '.join(TABLES)}")
        # The page is made of the package's docstrings; it is read again whenever the site is built.
        self.env.note_reread()
        table = self.parse_text_to_nodes(TABLES[self.arguments[0]]())
        for node in table:
            node["classes"].append("cheat-sheet")
        return table


def setup(app):
    app.add_directive("cheat-sheet", CheatSheet)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
