"""The colours of every figure, drawn by matplotlib or in the page.

They are close to those of Okabe and Ito, which people with any colour vision can tell apart; where
lines are many, a dash pattern is the second cue.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INK = "#222222"
QUIET = "#6b6b6b"

LINES: Mapping[str, dict[str, Any]] = {
    "sgd": {"color": "#555555", "linestyle": "-"},
    "momentum": {"color": "#0072B2", "linestyle": "-"},
    "nesterov": {"color": "#0072B2", "linestyle": "--"},
    "keras_momentum": {"color": "#0072B2", "linestyle": ":"},
    "adagrad": {"color": "#AA4499", "linestyle": "-"},
    "rmsprop": {"color": "#009E73", "linestyle": "-"},
    "adam": {"color": "#D55E00", "linestyle": "-"},
    "adam_uncorrected": {"color": "#D55E00", "linestyle": ":"},
    "adam_l2": {"color": "#B8860B", "linestyle": "--"},
    "adamw": {"color": "#B8860B", "linestyle": "-"},
    "nadam": {"color": "#D55E00", "linestyle": "--"},
    "lamb": {"color": "#332288", "linestyle": "-"},
    "sophia": {"color": "#117733", "linestyle": "--"},
}
"""How each optimizer is drawn, throughout the book."""

CYCLE = ["#D55E00", "#0072B2", "#009E73", "#AA4499", "#B8860B", "#332288", "#555555"]
"""Colours for lines that are not optimizers."""
