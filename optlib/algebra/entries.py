"""A rule of a whole layer, seen by one entry: what is summed over the layer is a symbol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from ..namespaces import Symbols
from .tracing import Trace, quantities


class Sums(Symbols):
    """The words over the expressions of one entry; every sum becomes a symbol of its own.

    Attributes
    ----------
    found : dict
        Symbol -> what it sums over the entries.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[sp.Symbol, sp.Expr] = {}

    def sum(self, a: Any, axis: int = -1, keepdims: bool = False) -> sp.Symbol:
        """The symbol of a sum over the layer, the same for the same summand."""
        for symbol, summand in self.found.items():
            if summand == a:
                return symbol
        sign = {"nonnegative": True} if a.is_nonnegative else {"real": True}
        symbol = sp.Symbol(f"sum{len(self.found)}", **sign)
        self.found[symbol] = a
        return symbol


def entry_of(rule: Callable, numbers: tuple[str, ...]) -> tuple[Trace, dict[sp.Symbol, sp.Expr]]:
    """What a rule does to one entry of a layer, and the sums over the layer that it needs.

    Parameters
    ----------
    rule : callable
        A rule of scope ``element`` or ``layer``.
    numbers : tuple of str
        The states that are one number for the layer.

    Raises
    ------
    TypeError
        If the rule does more with a layer than to sum over it.
    """
    domains, values = quantities(rule)
    first = (values[k] for k in ("t", "g", "x", *rule.state))
    keywords = {k: values[k] for k in values if k not in ("t", "g", "x", *rule.state)}
    words = Sums()
    try:
        u, *new = rule(words, *first, **keywords)
    except (AttributeError, TypeError) as reason:
        raise TypeError(f"{rule.__name__} does more with a layer than to sum over it") from reason
    if any(e.free_symbols & words.found.keys() for e in words.found.values()):
        raise TypeError(f"{rule.__name__} needs sums of what depends on sums")
    spread = [k for k in rule.state if k not in numbers]
    state = dict(zip(rule.state, new, strict=True))
    entry = {values[k] for k in ("g", "x", *spread, *rule.inputs)}
    if any(sp.sympify(state[k]).free_symbols & entry for k in numbers):
        raise TypeError(f"{rule.__name__}: {', '.join(numbers)} would depend on a single entry")
    return Trace(u, state, values, domains, rule), words.found
