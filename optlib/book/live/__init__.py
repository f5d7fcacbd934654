"""Figures that a reader moves, as data: what the page computes, and the same in NumPy.

Read ``dials`` (what is turned), ``curves`` and ``races`` (the two kinds of figures), then
``declared`` (the figures of the book), ``stories`` (the presets of the playground) and ``printing``
(all of it as JavaScript).
"""

from .declared import FIGURES, find

__all__ = ["FIGURES", "find"]
