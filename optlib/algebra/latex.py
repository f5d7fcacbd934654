"""How the book writes names and expressions: one table for every page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

from ..domains import HYPER

NAMES = {
    "t": "t",
    "g": "g_t",
    "x": "x_{t-1}",
    "m": "m_{t-1}",
    "v": "v_{t-1}",
    "h": "h_{t-1}",
    "mu_product": r"\Pi_{t-1}",
    "hess": r"\hat h_t",
    "lr": r"\alpha",
    "lr_max": r"\alpha_{\max}",
    "beta": r"\beta",
    "beta1": r"\beta_1",
    "beta2": r"\beta_2",
    "beta3": r"\beta_3",
    "momentum": r"\mu",
    "eps": r"\varepsilon",
    "weight_decay": r"\lambda",
    "momentum_decay": r"\psi",
    "gamma": r"\gamma",
    "peak": r"\alpha",
    "floor": r"\alpha_{\min}",
    "warmup": "T_w",
    "total": "T",
    "g_before": "g_{t-1}",
    "eps_root": r"\bar\varepsilon",
    "mix": "a",
    "coefficient": r"\eta",
    "clip_threshold": r"\varrho",
    "lower": r"\gamma_l",
    "upper": r"\gamma_u",
    "vmax": r"v^{\max}_{t-1}",
    "mean": r"\bar g_{t-1}",
    "alpha": r"\alpha_0",
    "dampening": r"\tau",
    "threshold": r"\rho_{\min}",
    "rho": r"\rho",
    "period": "P",
    "power": "p",
    "cooldown": "T_c",
    "rise": "T_r",
    "multiplier": "q",
    "width": "d",
    "first": "T_1",
    "second": "T_2",
}
"""The LaTeX of the names that mean the same everywhere; a state's name stands for its old value."""

_ENTRY = re.compile(r"(.+)_(\d+)")


def name(symbol: str, *, new: bool = False) -> str:
    """The LaTeX of a name; ``new`` writes a state's value after the step instead of before it.

    An entry ``g_2`` of a vector is written with the entry after the step, :math:`g_{t,2}`.
    """
    if (entry := _ENTRY.fullmatch(symbol)) and entry[1] in NAMES:
        stem, _, index = name(entry[1], new=new).partition("_")
        return f"{stem}_{{{index.strip('{}')},{entry[2]}}}" if index else f"{stem}_{{{entry[2]}}}"
    text = NAMES.get(symbol) or sp.latex(sp.Symbol(symbol))
    return text.replace("{t-1}", "t") if new else text


def of_step(state: str, step: str) -> str:
    """The LaTeX of a state after the step: of its new value, or its name indexed by the step."""
    new = name(state, new=True)
    return new if new != name(state) else f"{new}_{step}"


def latex(expression: object, names: Mapping[str, str] | None = None) -> str:
    """An expression in the notation of the book.

    Parameters
    ----------
    expression : SymPy expression or number
        What to write.
    names : mapping, optional
        LaTeX for names that are to be written differently here.
    """
    expression = sp.sympify(expression)
    table = {s: (names or {}).get(s.name) or name(s.name) for s in _symbols(expression)}
    # Sorted, for the numbers given below decide the order in which terms are printed.
    members = sorted(expression.atoms(AppliedUndef), key=sp.default_sort_key)
    indexed = {f: _subscripted(f, table) for f in members}
    shown = expression.xreplace(
        {f: sp.Symbol(f"{f.func.__name__}({k})") for k, f in enumerate(indexed)}
    )
    for k, (f, text) in enumerate(indexed.items()):
        table[sp.Symbol(f"{f.func.__name__}({k})")] = text
    return _Printer({"symbol_names": table}).doprint(shown)


class _Printer(LatexPrinter):
    """Sums and products in the order in which papers write them."""

    def _as_ordered_terms(self, expr: sp.Add, order: str | None = None) -> list[sp.Basic]:
        """Numbers first (but t + 1), epsilon behind its root, and what is subtracted last."""
        counted = all(s.is_integer for s in expr.free_symbols)
        return sorted(
            super()._as_ordered_terms(expr, order),
            key=lambda a: (
                a.could_extract_minus_sign(),
                not a.is_number and not counted,
                a.is_Symbol and a.name == "eps",
            ),
        )

    def _print_Mul(self, expr: sp.Mul) -> str:
        """Hyper-parameters first, then brackets, then what they multiply."""
        coefficient, factors = expr.as_coeff_mul()
        sums = [a for a in factors if a.is_Add or (a.is_Pow and a.base.is_Add)]
        others = [a for a in factors if a not in sums]
        settings = [a for a in others if all(s.name in HYPER for s in a.free_symbols)]
        rest = [a for a in others if a not in settings]
        parted = (bool(sums), bool(settings), bool(rest))
        if sum(parted) < 2 or any(a.as_numer_denom()[1] != 1 for a in factors):
            return super()._print_Mul(expr)
        number = {1: "", -1: "- "}.get(coefficient, f"{self._print(coefficient)} ")
        front = self._print(sp.Mul(*settings)) + " " if settings else ""
        brackets = " ".join(self.parenthesize(a, PRECEDENCE["Mul"]) for a in sums)
        gap = r" \, " if sums else ""
        return number + front + brackets + (gap + self._print(sp.Mul(*rest)) if rest else "")


def _symbols(expression: sp.Basic) -> Iterable[sp.Symbol]:
    return expression.atoms(sp.Symbol)


def _subscripted(call: AppliedUndef, table: Mapping[sp.Symbol, str]) -> str:
    """A sequence's member ``g(t - i)`` as :math:`g_{t-i}`."""
    index = ",".join(_index(a, table) for a in call.args)
    return f"{sp.latex(sp.Symbol(call.func.__name__))}_{{{index}}}"


def _index(index: sp.Basic, table: Mapping[sp.Symbol, str]) -> str:
    """An index with what is subtracted last: :math:`t-i`."""
    terms = sorted(
        sp.Add.make_args(index), key=lambda a: (a.could_extract_minus_sign(), a.is_number)
    )
    text = "+".join(sp.latex(a, symbol_names=table) for a in terms)
    return text.replace(" ", "").replace("+-", "-")


def prose(text: str) -> str:
    r"""Text with pieces of math between dollar signs, as math: the words go into ``\text``."""
    pieces = text.split("$")
    if len(pieces) % 2 == 0:
        raise ValueError(f"a dollar sign is missing in {text!r}")
    words = [rf"\text{{{_escape(p)}}}" if k % 2 == 0 else p for k, p in enumerate(pieces) if p]
    return "".join(words)


def _escape(text: str) -> str:
    text = text.replace("\\", r"\backslash ")
    return re.sub(r"([%#&_{}])", r"\\\1", text)
