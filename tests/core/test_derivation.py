"""A derivation holds only lines that are true; what is refused leaves it as it was."""

import pytest
import sympy as sp

from optlib.algebra.derivation import Derivation, DerivationError
from optlib.algebra.expectation import mean
from optlib.algebra.latex import prose
from optlib.algebra.rendering import width
from optlib.algebra.tracing import trace

ADAM = trace("adam")
t, g, m, v, b1, b2, eps = (ADAM.symbols[k] for k in ("t", "g", "m", "v", "beta1", "beta2", "eps"))
M, V = ADAM.state["m"], ADAM.state["v"]
B1, B2 = 1 - b1**t, 1 - b2**t
RATIO = B1 / sp.sqrt(B2)
HAT = M * sp.sqrt(B2) / (B1 * (sp.sqrt(V) + eps * sp.sqrt(B2)))
C = sp.Symbol("C", positive=True)
s = sp.Symbol("s", nonnegative=True)
i = sp.Symbol("i", integer=True)
G = sp.Function("g")
EXPANSION = (1 - b1) * sp.Sum(b1**i * G(t - i), (i, 0, t - 1))
NEXT_C = b1**2 / b2 * C + (1 - b1) ** 2 / (1 - b2)
SQUARE = ((1 - b1) * b2 * m - b1 * C * (1 - b2) * g) ** 2 / (b2 * (1 - b2) * C)
GAP = NEXT_C * V.subs(v, m**2 / C + s) - M**2


def unchanged(derivation, refused):
    """Whether the step is refused and nothing of it stays."""
    before = repr(derivation), derivation._repr_latex_(), derivation.relation, derivation.hypotheses
    with pytest.raises(DerivationError):
        refused(derivation)
    after = repr(derivation), derivation._repr_latex_(), derivation.relation, derivation.hypotheses
    return before == after


def test_the_eps_hat_form_is_derived_from_the_trace():
    proof = Derivation(ADAM.u, name="u_t").step(HAT, "multiply by the root")
    assert proof.end == HAT and proof.start == ADAM.u and proof.relation == "="
    assert proof.grades == {"proved": 1}
    assert {"0 < beta2 < 1", "1 - beta2**t > 0"} <= set(proof.hypotheses)


def test_a_false_step_is_refused_with_its_counterexample():
    with pytest.raises(DerivationError, match=r"by eye: .* false at beta1 = ") as refused:
        Derivation(ADAM.u).step(HAT * (1 + sp.Rational(1, 10**9)), "by eye")
    assert set(refused.value.verdict.counterexample) >= {"beta1", "beta2", "t"}


REFUSED = {
    "the same line again": lambda d: d.step(sp.expand(V), ""),
    "a false step": lambda d: d.step(V + 1, ""),
    "an undecided step": lambda d: d.step(V + sp.Max(0, g - 10**12), ""),
    "a false bound": lambda d: d.at_least(g**2, ""),
    "slack that is short": lambda d: d.at_least(b2 * v, "", slack=[(1 - b2) * g**2 / 2]),
    "slack of unknown sign": lambda d: d.at_least(b2 * v - g, "", slack=[g + (1 - b2) * g**2]),
    "the wrong direction": lambda d: d.at_most(0, "", slack=[-V]),
    "a false limit": lambda d: d.limit(b2, 1, v + g, ""),
    "a limit off by 1e-9": lambda d: d.limit(b2, 1, v * (1 + sp.Rational(1, 10**9)), ""),
    "a false audit": lambda d: d.audit(
        "<=", v, {"v": "[0, 1]", "g": "(-9, 9)", "beta2": "(0, 1)"}, ""
    ),
    "an audit that sees nothing": lambda d: d.audit(
        "<=", sp.sqrt(-1 - g**2), {"v": "[0, 1]", "g": "real", "beta2": "(0, 1)"}, ""
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_leaves_the_derivation_as_it_was(case):
    assert unchanged(Derivation(V).step(sp.expand(V), "multiply out"), REFUSED[case])


LIMITS = {
    "R_t": (RATIO, t, sp.oo, 1),
    "a power beats a factor t": (t * b1**t, t, sp.oo, 0),
    "numbers as bases": (
        RATIO.subs({b1: sp.Rational(9, 10), b2: sp.Rational(999, 1000)}),
        t,
        sp.oo,
        1,
    ),
    "eps to 0": (g / (sp.Abs(g) + eps), eps, 0, sp.sign(g)),
    "beta to 1": (B1 / (1 - b1), b1, 1, t),
    "beta to 0": (M, b1, 0, g),
    "a sum": ((1 - b1) * sp.Sum(b1**i, (i, 0, t - 1)), t, sp.oo, 1),
    "an inner point": (g**2, g, 2, 4),
}


@pytest.mark.parametrize("case", LIMITS)
def test_limits_are_proved_and_other_values_refused(case):
    expression, variable, to, value = LIMITS[case]
    proof = Derivation(expression).limit(variable, to, value, "")
    assert proof.relation == "->" and proof.end == value and proof.grades == {"proved": 1}
    assert unchanged(
        Derivation(expression), lambda d: d.limit(variable, to, value + sp.Rational(1, 99), "")
    )


def test_a_limit_is_not_taken_where_a_symbol_may_vanish_and_change_it():
    guard = Derivation(eps / (sp.Abs(g) + eps))
    assert unchanged(guard, lambda d: d.limit(eps, 0, 0, "at g = 0 it is 1"))


def test_a_limit_outside_the_domain_or_holding_the_variable_is_refused():
    with pytest.raises(ValueError, match="away from"):
        Derivation(M).limit(b1, 2, m, "")
    with pytest.raises(ValueError, match="gone"):
        Derivation(M).limit(b1, 1, b1, "")


def test_directions_do_not_mix():
    above = Derivation(V).at_least(b2 * v, "drop a square")
    assert above.relation == ">="
    assert unchanged(above, lambda d: d.at_most(b2 * v + 1, ""))
    assert unchanged(above, lambda d: d.limit(b2, 1, v, ""))
    limit = Derivation(RATIO).limit(t, sp.oo, 1, "")
    assert unchanged(limit, lambda d: d.at_most(2, ""))


def test_an_equality_after_a_bound_keeps_the_bound():
    assert Derivation(V).at_least(b2 * v, "").step(v - (1 - b2) * v, "").relation == ">="


def test_slack_is_found_where_the_difference_shows_its_sign():
    assert Derivation(B2).at_most(1, "a power of a number below 1").relation == "<="
    assert unchanged(
        Derivation(g**2 - 2 * g * m), lambda d: d.at_least(-(m**2), "no square in sight")
    )
    assert Derivation(g**2 - 2 * g * m).at_least(-(m**2), "", slack=[(g - m) ** 2]).end == -(m**2)


def test_the_sharp_bound_is_a_sum_of_squares_at_each_step():
    proof = Derivation(GAP).step(NEXT_C * b2 * s + SQUARE, "complete the square")
    proof.at_least(0, "nothing negative", slack=[NEXT_C * b2 * s, SQUARE])
    assert proof.relation == ">=" and proof.end == 0 and proof.grades == {"proved": 2}


def test_the_constant_of_the_sharp_bound_has_its_closed_form():
    r = sp.Symbol("r")
    first = (1 - b1) ** 2 / (1 - b2)
    closed = first * (1 - r**t) / (1 - r)
    c = sp.Symbol("C", nonnegative=True)
    proof = Derivation.induction(r * c + first, closed, prev=c, n=t, domains={"r": "(0, 1)"})
    assert proof.limit(t, sp.oo, first / (1 - r), "").end == first / (1 - r)


mu, E = sp.symbols("mu E")
INDUCTIONS = {
    "constant gradient": (M, B1 * g, m),
    "second moment": (V, B2 * g**2, v),
    "expectation": (mean(M, {m: E, g: mu}), B1 * mu, E),
    "expansion": (M.subs(g, G(t)), EXPANSION, m),
}


@pytest.mark.parametrize("case", INDUCTIONS)
def test_closed_forms_are_proved_by_induction_on_the_code(case):
    recursion, closed, prev = INDUCTIONS[case]
    proof = Derivation.induction(recursion, closed, prev=prev, n=t)
    assert proof.end == closed and proof.grades == {"proved": 3}
    with pytest.raises(DerivationError, match="step to t"):
        Derivation.induction(recursion, closed * (1 + sp.Rational(1, 10**9)), prev=prev, n=t)
    with pytest.raises(DerivationError, match="base case"):
        Derivation.induction(recursion, closed, prev=prev, n=t, initial=1)


def test_an_induction_can_start_later():
    recursion, closed = b1 * m, b1 ** (t - 3) * g
    assert Derivation.induction(recursion, closed, prev=m, n=t, start=3, initial=g).end == closed


def test_the_symbols_of_an_induction_are_known_by_name():
    k, h = sp.symbols("t g")
    assert Derivation.induction(M, (1 - b1**k) * h, prev=sp.Symbol("m"), n=k).grades == {
        "proved": 3
    }


def test_lower_grades_are_visible_and_counted():
    box = {"v": "[0, 10]", "g": "(-1, 1)", "beta2": "(0, 1)"}
    proof = Derivation(V).step(sp.expand(V), "").audit(">=", b2 * v / 2, box, "half")
    proof.cite("for $t \\ge 1$", "the paper")
    assert proof.grades == {"proved": 1, "sampled": 1, "cited": 1}
    latex = proof._repr_latex_()
    assert all(grade in latex for grade in ("proved", "sampled", "cited")) and r"\le 10" in latex
    assert "[1 proved, 1 sampled, 1 cited]" in repr(proof)


def test_an_audit_needs_a_box_for_every_symbol_and_an_inequality():
    with pytest.raises(ValueError, match="beta2, g"):
        Derivation(V).audit(">=", 0, {"v": "[0, 1]"}, "")
    with pytest.raises(ValueError, match="equality is proved"):
        Derivation(V).audit("=", V, {}, "")


def test_latex_is_one_aligned_formula_with_reasons_and_hypotheses():
    proof = Derivation(ADAM.u, name="u_t", names={M: "m_t", V: "v_t"}).step(
        HAT, r"by $\sqrt{v}$, 5 % & more"
    )
    latex = proof._repr_latex_()
    assert latex.startswith("$") and latex.endswith("$") and latex.count("$") == 2
    assert latex.count("{") == latex.count("}") and latex.count(r"\begin") == latex.count(r"\end")
    assert r"\text{by }\sqrt{v}\text{, 5 \% \& more}" in latex and r"0 < \beta_1 < 1" in latex
    assert r"v_t = \beta_2 v_{t-1}" in latex and latex == proof._repr_latex_()
    assert Derivation(g)._repr_latex_().count("$") == 2


def test_prose_needs_its_dollar_signs_in_pairs():
    with pytest.raises(ValueError, match="dollar"):
        prose("the root $x")


def test_a_derivation_is_about_one_expression():
    with pytest.raises(TypeError, match="one entry"):
        Derivation(trace("lamb").u)


def test_reasons_stand_beside_short_lines_and_below_long_ones():
    a, b = sp.symbols("a b")
    short = Derivation(a * (a + b)).step(a**2 + a * b, "the order is free")._repr_latex_()
    assert "&& \\text{the order is free}" in short and "scriptsize\\text{proved}" in short
    many = sp.Add(*sp.symbols("x:40"))
    long = Derivation(a * many).step(sp.expand(a * many), "the order is free")._repr_latex_()
    assert "&&" not in long and "\\text{the order is free}\\text{, proved}" in long


@pytest.mark.parametrize(
    ("text", "letters"),
    [("a + b", 3), (r"\frac{abc}{d}", 3), (r"x^{2}", 1.7), (r"\beta_1", 1.7), (r"\text{ab}", 2)],
)
def test_width_counts_letters(text, letters):
    assert width(text) == pytest.approx(letters)
