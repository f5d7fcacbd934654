"""Rules, schedules and problems as JavaScript, printed from their symbolic traces.

A printed rule is an object: ``factors(t, hyper)`` is an array of what is the same for every entry,
``step(factors, g, x, state, hyper)`` returns ``[u, ...state]``. A rule of a whole layer takes and
gives arrays of the length it was printed for. Extra inputs, and the rate where a rule needs it, are
taken from ``hyper``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from .. import problems
from ..algebra.tracing import Trace, trace
from ..problems.online import linear_cycle
from ..registry import RULES, SCHEDULES, find
from .program import apart, destructured, function, precise

PLANE = ("quadratic", "rosenbrock", "beale", "himmelblau", "rastrigin", "ravine", "saddle")
CYCLES = {"reddi": (3.0, -1.0, -1.0), "spike": (100.0, *[1.0] * 499)}
"""Linear losses in turn, by their slopes: the example of Reddi et al., and one large gradient."""


def rule(fn: Callable | str, n: int = 2) -> str:
    """A rule as JavaScript.

    Parameters
    ----------
    fn : callable or str
        A registered rule, or its name.
    n : int
        The length of the vectors on which a rule of a whole layer or model runs.

    Raises
    ------
    TypeError
        If the rule is unknown or cannot be printed; the message says why.
    """
    fn = find("rule", RULES, fn)
    found = trace(fn, n=n if fn.scope in ("layer", "model") else None)
    rate = ["lr"] if fn.takes_lr else []
    loop = frozenset(found.symbols[k] for k in ("t", *fn.hyper, *rate))
    outputs = [_each(precise, value) for value in (found.u, *found.state.values())]
    parts, names, outputs = apart(outputs, loop)
    numbers = {k: k for k in (*fn.hyper, *rate)}
    inputs = {k: _pattern(found.symbols[k]) for k in fn.inputs}
    g, x, *state = (_pattern(found.symbols[k]) for k in ("g", "x", *fn.state))
    head = f"[{', '.join(map(str, names))}], {g}, {x}, [{', '.join(state)}]"
    facts = {
        "scope": fn.scope,
        "state": list(fn.state),
        "start": [_start(fn, k, found, n) for k in fn.state],
        "hyper": fn.hyper,
        "inputs": list(fn.inputs),
        "lr": fn.takes_lr,
    }
    return _object(
        facts,
        factors=function(f"t, {destructured(numbers, fn.hyper)}", parts),
        step=function(f"{head}, {destructured(numbers | inputs, fn.hyper)}", outputs),
    )


def _each(change: Callable, value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.array([change(v) for v in value], dtype=object)
    return change(value)


def _pattern(value: Any) -> str:
    """The names of a symbol or of an array of symbols, as JavaScript takes an array apart."""
    return f"[{', '.join(map(str, value))}]" if isinstance(value, np.ndarray) else str(value)


def _object(facts: dict[str, Any], **functions: str) -> str:
    entries = [f"{k}: {json.dumps(v)}" for k, v in facts.items()]
    return f"{{{', '.join(entries + [f'{k}: {v}' for k, v in functions.items()])}}}"


def _start(fn: Callable, name: str, found: Trace, n: int) -> Any:
    """What a state starts at: "x", or a number, for every entry where it is a vector."""
    points = [np.linspace(0.25, 0.75, n), np.linspace(-3.0, 5.0, n)]
    starts = [fn.init(np, x, **fn.hyper)[name] for x in points]
    if all(np.array_equal(*pair) for pair in zip(starts, points, strict=True)):
        return "x"
    values = {float(v) for start in starts for v in np.ravel(start)}
    if len(values) != 1:
        raise TypeError(f"{fn.__name__}: the start of {name} is neither x nor one number")
    value, symbols = values.pop(), found.symbols[name]
    return [value] * len(symbols) if isinstance(symbols, np.ndarray) else value


def schedule(fn: Callable | str) -> str:
    """A schedule as a function ``(t, hyper)`` of JavaScript.

    Raises
    ------
    TypeError
        If the schedule is unknown or cannot be printed; the message says why.
    """
    fn = find("schedule", SCHEDULES, fn)
    given = {k: v for k, v in fn.hyper.items() if isinstance(v, int | float)}
    names = destructured({k: k for k in fn.hyper}, given)
    facts = {"names": list(fn.hyper), "hyper": given}
    return _object(facts, value=function(f"t, {names}", precise(trace(fn).u)))


def problem(given: Any, period: int | None = None) -> str:
    """A problem as JavaScript: ``value(x, t)`` and ``grad(x, t)``, with its start and so on.

    It has ``project(x)`` and ``hess(x)``, the diagonal, where the problem has them.

    Parameters
    ----------
    given : Problem
        Whose functions run on an array of symbols.
    period : int, optional
        After how many steps its functions come again, if they change with the step.

    Raises
    ------
    TypeError
        If they do not run on symbols.
    """
    names = [f"x_{k + 1}" for k in range(given.start.size)]
    x = np.array([sp.Symbol(k, real=True) for k in names], dtype=object)
    facts = {
        "name": given.name,
        "start": given.start.tolist(),
        "minima": [point.tolist() for point in given.minima],
        "window": given.window,
    }
    steps = [None, *range(1, period + 1)] if period else [None]
    values = [function(_pattern(x), sp.sympify(given.value(x, t))) for t in steps]
    grads = [function(_pattern(x), list(given.grad(x, t))) for t in steps]
    parts = {}
    if given.project is not None:
        parts["project"] = function(_pattern(x), list(given.project(x)))
    if given.hess is not None:
        parts["hess"] = function(_pattern(x), list(np.diagonal(given.hess(x))))
    if not period:
        (value,), (grad,) = values, grads
        return _object(facts, value=value, grad=grad, **parts)
    kinds = list(dict.fromkeys(zip(values, grads, strict=True)))
    facts["order"] = [kinds.index(pair) for pair in zip(values[1:], grads[1:], strict=True)]
    values, grads = (f"[{', '.join(texts)}]" for texts in zip(*kinds, strict=True))
    return f"optlib.cycle({_object(facts, values=values, grads=grads, **parts)})"


def drawn(name: str) -> Any:
    """The problem that the pages know by this name: one of the plane, or of the cycles.

    Raises
    ------
    KeyError
        If there is none.
    """
    return linear_cycle(CYCLES[name]) if name in CYCLES else _PLANE[name]()


_PLANE = {k: getattr(problems, k) for k in PLANE}


def printed() -> dict[str, str]:
    """Every rule and schedule that can be printed: name -> JavaScript."""
    return {k: v for k, v in _tried().items() if not isinstance(v, TypeError)}


def unprinted() -> dict[str, str]:
    """Every rule and schedule that cannot be printed: name -> the reason."""
    return {k: str(v) for k, v in _tried().items() if isinstance(v, TypeError)}


@cache
def _tried() -> dict[str, str | TypeError]:
    makers = {k: rule for k in RULES} | {k: schedule for k in SCHEDULES}
    return {name: _attempt(maker, name) for name, maker in makers.items()}


def _attempt(maker: Callable, name: str) -> str | TypeError:
    try:
        return maker(name)
    except TypeError as reason:
        return reason


def library() -> str:
    """A file that adds what can be printed to ``optlib.rules`` and so on of a page."""
    both = {
        k: problem(drawn(k), len(CYCLES[k]) if k in CYCLES else None) for k in (*PLANE, *CYCLES)
    }
    rooms = {
        "rules": {k: f"optlib.rule({v})" for k, v in printed().items() if k in RULES},
        "schedules": {k: v for k, v in printed().items() if k in SCHEDULES},
        "problems": both,
    }
    lines = [
        '"use strict";',
        "/* Printed by optlib.engines.javascript from the traces of the code. */",
    ]
    for room, entries in rooms.items():
        lines += [
            f"Object.assign(optlib.{room}, {{",
            *(f"{k}: {v}," for k, v in entries.items()),
            "});",
        ]
    return "\n".join(lines) + "\n"
