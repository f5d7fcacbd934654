"""What each library really does: its names, its defaults, and the rule it follows.

:func:`like` takes the arguments that a library takes and returns what follows it exactly. Each
entry of the table is a function in a module of the library's name; its signature holds the
library's argument names and defaults, and its body says which rule they come to.
"""

from . import torch
from .table import TABLE, FollowedSchedule, NotModelled, like

__all__ = ["TABLE", "FollowedSchedule", "NotModelled", "like", "torch"]
