"""An expectation uses that it is linear, and nothing else."""

import pytest
import sympy as sp

from optlib.algebra.expectation import mean
from optlib.algebra.tracing import trace

ADAM = trace("adam")
m, v, g, b1, b2 = (ADAM.symbols[k] for k in ("m", "v", "g", "beta1", "beta2"))
x, y, E, mu, s = sp.symbols("x y E mu s")


@pytest.mark.parametrize(
    ("expression", "means", "value"),
    [
        (ADAM.state["v"], {v: E, g**2: mu}, b2 * E + (1 - b2) * mu),
        (ADAM.state["m"], {m: E, g: mu}, b1 * E + (1 - b1) * mu),
        (x, {x: mu}, mu),
        (3, {x: mu}, 3),
        (y - 2 * x + 0.5, {x: mu}, y - 2 * mu + sp.Rational(1, 2)),
        ((x + 1) * (y + 1), {x: mu}, (mu + 1) * (y + 1)),
        (x + x**2, {x: mu, x**2: s}, mu + s),
        (sp.sqrt(y) * x, {x: 0.1}, sp.sqrt(y) / 10),
        (x / y, {x: y}, 1),
    ],
)
def test_a_mean_is_taken_term_by_term(expression, means, value):
    assert sp.expand(mean(expression, means) - value) == 0


@pytest.mark.parametrize(
    ("expression", "means"),
    [
        (ADAM.state["v"], {v: E, g: mu}),
        (ADAM.u, {m: E, g: mu}),
        (m * g, {m: E, g: mu}),
        (x**2, {x: mu}),
        (1 / x, {x: mu}),
        (x + sp.Abs(x), {x: mu}),
        (sp.sqrt(x) + x**2, {x**2: s}),
        (x**2 * y, {x**2: s, y: mu}),
        ((x - y) ** 2, {x**2: s, x: 0, y: 0, y**2: s}),
    ],
)
def test_what_is_not_affine_is_refused_with_the_quantities(expression, means):
    with pytest.raises(
        ValueError, match=f"is not affine in {', '.join(map(str, means))}$".replace("**", r"\*\*")
    ):
        mean(expression, means)


@pytest.mark.parametrize("quantity", [x * y, 2 * x, x + y, sp.Integer(1)])
def test_what_is_no_quantity_of_its_own_has_no_mean(quantity):
    """It would be looked for in vain, and what it holds be taken for fixed."""
    with pytest.raises(ValueError, match="is no factor, and so no quantity"):
        mean(x * y + x, {quantity: s, x: mu})
