"""The directions and states of a rule, step by step, for tests of what papers claim."""

import numpy as np

from optlib import RULES
from optlib.namespaces import Arrays

XP = Arrays(np)


def directions(rule, gs, **hyper):
    """The direction of every step, and the state after it."""
    fn = RULES[rule]
    x = np.zeros(np.shape(gs[0]))
    state, seen = tuple(fn.init(np, x, **hyper).values()), []
    for t, g in enumerate(gs, 1):
        u, *state = fn(XP, t, g, x, *state, **hyper)
        seen.append((u, dict(zip(fn.state, state, strict=True))))
    return seen


def numbers(rule, gs, **hyper):
    return np.array([u for u, _ in directions(rule, gs, **hyper)])
