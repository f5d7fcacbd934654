"""What each library really does: its names, its defaults, and the rule it follows.

:func:`~optlib.conventions.table.like` takes the arguments that a library takes and returns what
follows it exactly. Each entry is a function in its library's folder; its signature holds the
library's argument names and defaults, and its body says which rule they come to. Read ``table``,
one folder, then ``compare``; ``wrapping`` and ``shapes`` are what several libraries put around a
rule.
"""

from . import keras, optax, torch, transformers
from .compare import Difference, explain_difference
from .porting import Port, port
from .table import TABLE, FollowedSchedule, NotModelled, like

__all__ = [
    "TABLE",
    "Difference",
    "FollowedSchedule",
    "NotModelled",
    "Port",
    "explain_difference",
    "keras",
    "like",
    "optax",
    "port",
    "torch",
    "transformers",
]
