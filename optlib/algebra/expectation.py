"""The expectation of a traced update."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from .proof.facts import exact


def mean(expression: Any, means: Mapping[Any, Any]) -> sp.Basic:
    """The expectation of an expression that is affine in random quantities.

    Only linearity is used, so nothing is assumed about independence.

    Parameters
    ----------
    expression : expression
        Typically a traced recursion.
    means : mapping
        Random quantity -> its mean. A power such as ``g**2`` is a quantity of its own.

    Raises
    ------
    ValueError
        If the expression is not affine in these quantities, or one of them is a sum, a product or a
        number.
    """
    quantities = {exact(k): sp.Dummy(f"E{i}") for i, k in enumerate(means)}
    for quantity in quantities:
        if quantity.is_Mul or quantity.is_Add or quantity.is_number:
            raise ValueError(f"{quantity} is no factor, and so no quantity, of its own")
    flat = sp.Add(
        *(_replaced(t, quantities) for t in sp.Add.make_args(sp.expand(exact(expression))))
    )
    random = {q.base if isinstance(q, sp.Pow) else q for q in quantities}
    dummies = tuple(quantities.values())
    if flat.has(*random) or sp.Poly(flat, *dummies).total_degree() > 1:
        raise ValueError(f"{expression} is not affine in {', '.join(map(str, means))}")
    constant = flat.xreplace(dict.fromkeys(dummies, sp.Integer(0)))
    weighted = [
        sp.factor(flat.coeff(d)) * exact(m) for d, m in zip(dummies, means.values(), strict=True)
    ]
    return sp.Add(constant, *weighted)


def _replaced(term: sp.Basic, quantities: Mapping[sp.Basic, sp.Symbol]) -> sp.Basic:
    """The term with each factor that is one of the quantities, exactly, replaced."""
    return sp.Mul(*(quantities.get(f, f) for f in sp.Mul.make_args(term)))
