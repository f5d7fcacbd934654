"""A rule or a schedule run on symbols: the algebra of the code itself, not of a retyped formula."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from ..domains import HYPER, QUANTITIES, Domain
from ..namespaces import Symbols
from ..registry import RULES, SCHEDULES, find
from .latex import latex, name
from .proof.facts import exact, symbol

# A body that says math.pi means the number, not its 16 digits.
_PI = exact(math.pi)


@dataclass(frozen=True)
class Trace:
    """What a rule or a schedule does to symbols.

    Attributes
    ----------
    u : expression, or object array of expressions
        The direction (of a rule that takes ``lr``, the displacement; of a schedule, its value).
    state : dict
        Name -> expression of the state after the step.
    symbols : dict
        Name -> symbol, for everything that was not fixed; a rule of scope ``layer`` has an array of
        symbols ``g_1, ..., g_n`` for what is a vector.
    domains : dict
        Name -> :class:`~optlib.domains.Domain` of every symbol.
    """

    u: Any
    state: dict[str, Any]
    symbols: dict[str, Any]
    domains: dict[str, Domain]
    function: Callable

    def latex(self) -> str:
        """The update as aligned equations, in the notation of the book."""
        rows = [(_new(k), e) for k, e in self._rows(self.state)]
        rows += [(name_u, self._shorter(e)) for name_u, e in self._rows({self._title: self.u})]
        old = {k: rf"{name(k)}_{{t-1}}" for k, _ in self._rows(self.state) if not _dated(k)}
        rows = [f"{_u(left)} &= {latex(e, old)}" for left, e in rows]
        if hasattr(self.function, "state"):
            step = "u_t" if self.function.takes_lr else r"\alpha\,u_t"
            rows.append(rf"x_t &= x_{{t-1}} - {step}")
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def __repr__(self) -> str:
        return f"Trace({self.function.__name__}: {', '.join(self.symbols)})"

    @property
    def _title(self) -> str:
        return "u" if hasattr(self.function, "state") else r"\alpha_t"

    @staticmethod
    def _rows(values: Mapping[str, Any]) -> list[tuple[str, sp.Basic]]:
        rows: list[tuple[str, sp.Basic]] = []
        for key, value in values.items():
            if isinstance(value, np.ndarray):
                rows += [(f"{key}_{k + 1}", e) for k, e in enumerate(value)]
            else:
                rows.append((key, value))
        return rows

    def _shorter(self, expression: sp.Basic) -> sp.Basic:
        """The expression with the new state written by its letter wherever it occurs whole."""
        new = {e: sp.Symbol(_new(k)) for k, e in self._rows(self.state) if not e.is_Atom}
        for old in sorted(new, key=sp.count_ops, reverse=True):
            expression = expression.subs(old, new[old])
        return expression


def _dated(state: str) -> bool:
    """Whether the book's name of a state tells its value before the step from that after it."""
    return name(state, new=True) != name(state)


def _new(state: str) -> str:
    return name(state, new=True) if _dated(state) else f"{name(state)}_t"


def _u(left: str) -> str:
    if left == "u":
        return "u_t"
    return f"u_{{t,{left[2:]}}}" if left.startswith("u_") else left


def trace(rule: Callable | str, n: int | None = None, **fixed: Any) -> Trace:
    """Run a rule or a schedule on symbols.

    Parameters
    ----------
    rule : callable or str
        A registered rule or schedule, or its name.
    n : int, optional
        The length of the vectors on which a rule of a whole layer or model is run; 2 by default.
    **fixed
        Values instead of symbols, by name. A float is taken as the decimal it prints as.

    Returns
    -------
    Trace
        Expressions in exact numbers.

    Raises
    ------
    TypeError
        If the rule is unknown or cannot be traced, if a name in ``fixed`` is not one of its names,
        or if ``n`` is given for a rule that acts element by element.
    ValueError
        If a fixed number lies outside its domain.
    """
    fn = find("rule or schedule", {**RULES, **SCHEDULES}, rule)
    if not getattr(fn, "traceable", True):
        raise TypeError(f"{fn.__name__} cannot run on symbols")
    layer = getattr(fn, "scope", "element") in ("layer", "model")
    if n is not None and not layer:
        raise TypeError(f"{fn.__name__} acts element by element; n is for rules of a whole layer")
    state = getattr(fn, "state", ())
    domains = _domains(fn)
    unknown = set(fixed) - set(domains)
    if unknown:
        raise TypeError(
            f"{fn.__name__} has no {', '.join(sorted(unknown))}; it has {', '.join(domains)}"
        )
    vectors = _vectors(fn, n or 2) if layer else {}
    values = {
        k: _fixed(fn, k, fixed[k], d) if k in fixed else _symbols(k, d, vectors.get(k))
        for k, d in domains.items()
    }
    first = ["t", "g", "x", *state] if hasattr(fn, "state") else ["t"]
    keywords = {k: v for k, v in values.items() if k not in first}
    result = fn(Symbols(), *(values[k] for k in first), **keywords)
    u, *new = result if hasattr(fn, "state") else (result,)
    free = {k: v for k, v in values.items() if k not in fixed}
    return Trace(
        _exactly(u),
        {k: _exactly(e) for k, e in zip(state, new, strict=True)},
        free,
        {k: domains[k] for k in free},
        fn,
    )


def quantities(rule: Callable) -> tuple[dict[str, Domain], dict[str, sp.Symbol]]:
    """The domain and the symbol of everything that a rule is given, by name, as for one entry."""
    domains = _domains(rule)
    return domains, {k: symbol(k, d) for k, d in domains.items()}


def _domains(fn: Callable) -> dict[str, Domain]:
    """The domains of a trace's symbols, in the order of the signature."""
    if not hasattr(fn, "state"):
        return {"t": QUANTITIES["t"], **{k: fn.domains[k].interior for k in fn.hyper}}
    names = {k: QUANTITIES[k] for k in ("t", "g", "x")}
    names |= {k: fn.domains[k] for k in (*fn.state, *fn.inputs)}
    rate = {"lr": HYPER["lr"].interior} if fn.takes_lr else {}
    return names | rate | {k: fn.domains[k].interior for k in fn.hyper}


def _vectors(fn: Callable, n: int) -> dict[str, int]:
    """The length of each name of a layer's rule that is a vector."""
    start = fn.init(np, np.zeros(n), **fn.hyper)
    whole = [k for k in fn.state if np.ndim(start[k]) == 1]
    return {k: n for k in ("g", "x", *fn.inputs, *whole)}


def _symbols(key: str, domain: Domain, length: int | None) -> Any:
    if length is None:
        return symbol(key, domain)
    return np.array([symbol(f"{key}_{k + 1}", domain) for k in range(length)], dtype=object)


def _fixed(fn: Callable, key: str, value: Any, interior: Domain) -> Any:
    if isinstance(value, (np.ndarray, list, tuple)):
        return np.array([exact(v) for v in value], dtype=object)
    value = exact(value)
    domain = fn.domains.get(key) or HYPER.get(key) or interior
    if value.is_number and value.is_real and value not in domain:
        raise ValueError(f"{fn.__name__}: {key} must lie in {domain}, got {value}")
    return value


def _exactly(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.array([_exactly(v) for v in value.ravel()], dtype=object).reshape(value.shape)
    return exact(value).xreplace({_PI: sp.pi})
