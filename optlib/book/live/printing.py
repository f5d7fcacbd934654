"""The live figures as JavaScript."""

from __future__ import annotations

import json
from typing import Any

from ..colors import CYCLE
from .declared import FIGURES, find
from .stories import NUMBERS, PARTS, PROBLEMS, RATES, STORIES


def library() -> str:
    """A file that adds the live figures and the parts of the playground to a page."""
    figures = [f"{json.dumps(name)}: {_printed(find(name))}," for name in FIGURES]
    playground = {
        "problems": PROBLEMS,
        "parts": PARTS,
        "numbers": NUMBERS,
        "rates": RATES,
        "colors": CYCLE[:4],
        "stories": {name: story.facts() for name, story in STORIES.items()},
    }
    lines = [
        '"use strict";',
        "/* Printed by optlib.book.live. */",
        "optlib.figures = {",
        *figures,
        "};",
        f"optlib.playground = {json.dumps(playground)};",
    ]
    return "\n".join(lines) + "\n"


def _printed(figure: Any) -> str:
    dials = [
        {"name": d.name, "label": d.label, "stops": list(d.stops), "start": d.start}
        for d in figure.dials
    ]
    facts = {"kind": figure.kind, "alt": figure.alt, "dials": dials, **figure.facts()}
    entries = [f"{k}: {json.dumps(v)}" for k, v in facts.items()]
    return f"{{{', '.join(entries + [f'{k}: {v}' for k, v in figure.functions().items()])}}}"
