"""The public names of the libraries that are no entry of the table, each with the reason."""

from __future__ import annotations

import tomllib
from pathlib import Path

KINDS = ("optimizers", "pieces", "others")
"""What moves parameters, a part of something that does, and what is neither."""

_FILE = Path(__file__).with_suffix(".toml")


def unmodelled() -> dict[str, dict[str, dict[str, str]]]:
    """Library -> one of :data:`KINDS` -> name -> a sentence; for a piece, what it is a piece of."""
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {library: {kind: own.get(kind, {}) for kind in KINDS} for library, own in found.items()}
