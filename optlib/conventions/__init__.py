"""What each library really does: its names, its defaults, and the rule it follows.

:func:`~optlib.conventions.table.like` takes the arguments that a library takes and returns what
follows it exactly. Each entry of the table is a function in a module of the library's name; its
signature holds the library's argument names and defaults, and its body says which rule they come
to.
"""

from . import (
    keras,
    keras_muon,
    lbfgs_torch,
    matrix_entries,
    optax,
    optax_contrib,
    optax_schedule_free,
    schedules_keras,
    schedules_optax,
    schedules_torch,
    schedules_transformers,
    torch,
    transformers,
)
from .compare import Difference, explain_difference
from .table import TABLE, FollowedSchedule, NotModelled, like

__all__ = [
    "TABLE",
    "Difference",
    "FollowedSchedule",
    "NotModelled",
    "explain_difference",
    "keras",
    "keras_muon",
    "lbfgs_torch",
    "like",
    "matrix_entries",
    "optax",
    "optax_contrib",
    "optax_schedule_free",
    "schedules_keras",
    "schedules_optax",
    "schedules_torch",
    "schedules_transformers",
    "torch",
    "transformers",
]
