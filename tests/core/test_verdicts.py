"""Equal forms are shown, near misses are refuted with numbers, and the rest is undecided."""

import math
from functools import cache

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from optlib.algebra.proof.facts import exact
from optlib.algebra.tracing import trace
from optlib.algebra.verdicts import verdict

ADAM = trace("adam")
t, g, m, v, b1, b2, eps = (ADAM.symbols[k] for k in ("t", "g", "m", "v", "beta1", "beta2", "eps"))
M, V = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
B1, B2 = 1 - b1**t, 1 - b2**t
x, y = sp.symbols("x y")
i = sp.Symbol("i", integer=True)
G = sp.Function("g")


def notes_form(eps_prime):
    return M * sp.sqrt(B2) / (B1 * sp.sqrt(V) + eps_prime)


def refuted(lhs, rhs, **options):
    """Whether there is a counterexample, at which the sides really differ."""
    found = verdict(lhs, rhs, **options)
    if found.counterexample is None:
        return False
    point = {sp.Symbol(k): n for k, n in found.counterexample.items() if "(" not in k}
    values = [
        sp.N(side.subs({s: point[sp.Symbol(s.name)] for s in side.free_symbols}), 60)
        for side in map(exact, (lhs, rhs))
    ]
    assert abs(values[0] - values[1]) > 0
    return not found.shown and not found.undecided


ADAM_FORMS = {
    "Algorithm 1": (M / B1) / (sp.sqrt(V / B2) + eps),
    "eps hat": M * sp.sqrt(B2) / (B1 * (sp.sqrt(V) + eps * sp.sqrt(B2))),
    "eps prime": notes_form(eps * B1 * sp.sqrt(B2)),
    "one fraction": sp.together(ADAM.u),
    "multiplied out": sp.expand(ADAM.u),
}

NOT_ADAM = {
    "the notes' eps prime": notes_form(eps * B1 / sp.sqrt(B2)),
    "eps inside the root": (M / B1) / sp.sqrt(V / B2 + eps),
    "a factor 1 + 1e-9": ADAM.u * (1 + sp.Rational(1, 10**9)),
    "a float factor 1 + 1e-9": ADAM.u * (1 + 1e-9),
    "a factor 1 + 1e-25": ADAM.u * (1 + sp.Rational(1, 10**25)),
    "no hat on m": M / (sp.sqrt(V / B2) + eps),
    "no hat on v": (M / B1) / (sp.sqrt(V) + eps),
    "t off by one": ADAM.u.subs(t, t + 1),
}


@pytest.mark.parametrize("form", ADAM_FORMS)
def test_forms_of_adam_are_shown(form):
    found = verdict(ADAM.u, ADAM_FORMS[form])
    assert found.shown and found.counterexample is None and bool(found)


@pytest.mark.parametrize("form", NOT_ADAM)
def test_forms_that_are_not_adam_are_refuted_with_numbers(form):
    assert refuted(ADAM.u, NOT_ADAM[form])


def terms(e):
    """How many terms an expression would have if it were multiplied out, at most."""
    inner = [terms(a) for a in e.args]
    if e.is_Mul:
        return math.prod(inner)
    if e.is_Pow and e.exp.is_Integer:
        return math.comb(inner[0] + abs(int(e.exp)) - 1, abs(int(e.exp)))
    return sum(inner) or 1


@cache
def require_equal_in_every_form(entries):
    """Many rules share a moment: what is required of it is tried once."""
    # what grows too large when it is multiplied out, such as a norm, only is so outside
    small = max(map(terms, entries)) < 5_000_000
    small = small and max(sp.expand(e).count_ops() for e in entries) < 1500
    for reshaped in (sp.expand, sp.together) if small else (lambda e: sp.expand(e, deep=False),):
        assert verdict(entries, [reshaped(e) for e in entries]).shown
    *same, last = entries
    assert verdict(entries, [*same, last * (1 + sp.Rational(1, 10**12))]).counterexample


def test_a_rule_equals_itself_in_every_form(traced_rule):
    traced = trace(traced_rule)
    for expression in [traced.u, *traced.state.values()]:
        require_equal_in_every_form(tuple(np.ravel(np.asarray(expression, dtype=object))))


TRUE = {
    "powers": (sp.sqrt(b1 ** (2 * t)), b1**t),
    "numeric base": (10 * sp.Rational(9, 10) ** (t + 1), 9 * sp.Rational(9, 10) ** t),
    "exp of log": (1 - sp.exp(t * sp.log(b1)), B1),
    "two negative factors under a root": (
        sp.sqrt((b1 - 1) * (b2 - 1)),
        sp.sqrt(1 - b1) * sp.sqrt(1 - b2),
    ),
    "roots of different degree": (v ** sp.Rational(1, 3) * sp.sqrt(v), v ** sp.Rational(5, 6)),
    "roots of numbers": (sp.sqrt(2) * sp.sqrt(3), sp.sqrt(6)),
    "root of a square": (sp.sqrt((1 - b1) ** 2 * g**2), (1 - b1) * sp.Abs(g)),
    "root of a square of a difference": (sp.sqrt((g - m) ** 2), sp.Abs(g - m)),
    "first step": (ADAM.u.subs({t: 1, m: 0, v: 0}), g / (sp.Abs(g) + eps)),
    "sign": (sp.sign(g) * sp.Abs(g), g),
    "sign of a factor": (sp.sign(B1 * g), sp.sign(g)),
    "maximum": (sp.Max(x, y), (x + y + sp.Abs(x - y)) / 2),
    "clip": (sp.Max(-1, sp.Min(1, x)), sp.Piecewise((1, x > 1), (-1, x < -1), (x, True))),
    "branches": (sp.Piecewise((g, t < 5), (0, True)) + sp.Piecewise((0, t < 5), (g, True)), g),
    "cosine": (1 - sp.cos(x) ** 2, sp.sin(x) ** 2),
    "geometric sum": ((1 - b1) * sp.Sum(b1**i, (i, 0, t - 1)), B1),
    "endless sum": ((1 - b1) * sp.Sum(b1**i, (i, 0, sp.oo)), 1),
    "mean lag": ((1 - b1) * sp.Sum(i * b1**i, (i, 0, sp.oo)), b1 / (1 - b1)),
    "sum of squared weights": (
        sp.Sum((1 - b1) ** 2 * b1 ** (2 * i), (i, 0, t - 1)),
        (1 - b1) * (1 - b1 ** (2 * t)) / (1 + b1),
    ),
    "shifted index": (
        sp.Sum(b1 ** (t - i) * G(i), (i, 1, t)),
        sp.Sum(b1**i * G(t - i), (i, 0, t - 1)),
    ),
    "expansion": (
        b1 * sp.Sum(b1**i * G(t - 1 - i), (i, 0, t - 2)) + G(t),
        sp.Sum(b1**i * G(t - i), (i, 0, t - 1)),
    ),
}

FALSE = {
    "root of a square without sign": (sp.sqrt(x**2), x),
    "only at the edge v = 0": (sp.Piecewise((1, v > 0), (2, True)), sp.Integer(1)),
    "only at t = 1": (sp.Piecewise((0, t > 1), (1, True)), sp.Integer(0)),
    "branches that overlap": (
        sp.Piecewise((g, t <= 5), (0, True)) + sp.Piecewise((0, t < 5), (g, True)),
        g,
    ),
    "numbers": (sp.sqrt(2) * sp.sqrt(3), sp.sqrt(6) + sp.Rational(1, 10**20)),
}


@pytest.mark.parametrize("case", TRUE)
def test_true_equalities_are_shown_and_near_misses_refuted(case):
    lhs, rhs = TRUE[case]
    assert verdict(lhs, rhs).shown
    near = verdict(lhs, rhs * (1 + sp.Rational(1, 10**9)))
    assert near.counterexample is not None and not near.shown


@pytest.mark.parametrize("case", FALSE)
def test_false_equalities_are_refuted(case):
    assert refuted(*FALSE[case])


def test_an_expansion_with_a_missing_term_is_refuted():
    lhs, rhs = TRUE["expansion"]
    found = verdict(lhs - G(t), rhs)
    assert any(k.startswith("g(") for k in found.counterexample)


@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [(sp.Max(0, g - 10**12), 0), (sp.sqrt(2), sp.Rational(str(sp.N(sp.sqrt(2), 48))))],
)
def test_equal_at_every_sample_is_not_shown(lhs, rhs):
    found = verdict(lhs, rhs)
    assert not found.shown and found.undecided and found.counterexample is None


def test_a_side_that_is_nowhere_defined_is_undecided():
    found = verdict(sp.sqrt(-1 - g**2), g)
    assert found.undecided and found.nowhere


def test_facts_from_domains_are_listed_for_the_symbols_that_occur():
    found = verdict(ADAM.u, ADAM_FORMS["eps hat"])
    facts = {
        "0 < beta1 < 1",
        "0 < beta2 < 1",
        "eps > 0",
        "t >= 1, whole",
        "v >= 0",
        "1 - beta2**t > 0",
    }
    assert facts <= set(found.hypotheses)
    assert not any("lr" in h or "x" in h.split() for h in found.hypotheses)


def test_a_closed_form_that_needs_a_ratio_other_than_one_says_so():
    r = b1**2 / b2
    found = verdict(sp.Sum(r**i, (i, 0, t - 1)), (1 - r**t) / (1 - r))
    assert found.shown and any("!= 1" in h for h in found.hypotheses)


def test_symbols_are_the_same_by_name():
    assert verdict(sp.Symbol("g") * B1, sp.Symbol("g", real=True) * B1).shown
    assert verdict(sp.Symbol("z", positive=True), sp.Abs(sp.Symbol("z"))).shown


def test_given_domains_replace_the_standard_ones():
    z = sp.Symbol("z")
    assert verdict(sp.Abs(z), z).counterexample is not None
    assert verdict(sp.Abs(z), z, domains={"z": "[0, 1]"}).shown
    found = verdict(sp.Abs(z), z, domains={z: "(-2, -1)"})
    assert -2 < found.counterexample["z"] < -1
    beta = sp.Symbol("beta")
    assert verdict(sp.Abs(1 - beta), 1 - beta).shown
    assert verdict(sp.Abs(1 - beta), 1 - beta, domains={beta: "real"}).counterexample["beta"] > 1


def test_contradictory_facts_are_refused():
    with pytest.raises(ValueError, match="nothing satisfies"):
        verdict(sp.Symbol("v", negative=True), 0)


def test_arrays_are_compared_entry_by_entry():
    assert verdict([g, m], [g, m]).shown
    assert verdict([g, m], np.array([g, m + 1])).counterexample is not None
    with pytest.raises(ValueError, match="shapes"):
        verdict([g, m], g)


def test_the_same_question_gets_the_same_answer():
    assert str(verdict(g, m)) == str(verdict(g, m))


NUMBERS = st.sampled_from([1, 2, 3, sp.Rational(1, 2)])
ATOMS = st.sampled_from([g, m, v, b1, b2, eps, B1, B2, sp.sqrt(v), sp.sqrt(B2), sp.Abs(g)])
TREES = st.recursive(
    ATOMS | NUMBERS,
    lambda e: (
        st.tuples(e, e).map(lambda p: p[0] + p[1]) | st.tuples(e, e).map(lambda p: p[0] * p[1])
    ),
    max_leaves=7,
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(TREES, TREES)
def test_squares_of_sums_expand_and_no_other_way(a, b):
    assert verdict((a + b) ** 2, a**2 + 2 * a * b + b**2).shown
    off = verdict((a + b) ** 2 + 1, a**2 + 2 * a * b + b**2)
    assert not off.shown


@settings(max_examples=40, deadline=None, derandomize=True)
@given(TREES, TREES)
def test_shown_agrees_with_numbers(a, b):
    values = {g: -1.25, m: 0.75, v: 2.5, b1: 0.875, b2: 0.625, eps: 0.25, t: 3}
    equal = abs(sp.N((sp.sympify(a) - b).subs(values), 30)) < 1e-20
    if not equal:
        assert not verdict(a, b).shown


@pytest.mark.parametrize("form", ["eps hat"])
def test_latex_is_one_balanced_formula(form):
    for found in (
        verdict(ADAM.u, ADAM_FORMS[form]),
        verdict(g, m),
        verdict(sp.Max(0, g - 10**12), 0),
    ):
        latex = found._repr_latex_()
        assert latex.count("$") == 2 and latex.count("{") == latex.count("}")


def test_what_was_assumed_of_a_symbol_that_cancels_is_printed():
    h, x = sp.symbols("H x")
    found = verdict(h * x / sp.Abs(h * x), sp.sign(x), domains={"H": "(0, inf)", "x": "(0, inf)"})
    assert found.shown and any("H" in str(fact) for fact in found.hypotheses)


def test_roots_that_cannot_be_factored_leave_a_verdict_and_no_error():
    seen, warm, p = trace("inverse_sqrt"), sp.Symbol("warmup"), sp.Symbol("p")
    later = seen.u.subs(seen.symbols["t"], warm + p)
    found = verdict(
        later, seen.symbols["peak"] * sp.sqrt(warm / (warm + p)), domains={"p": "[0, inf)"}
    )
    assert found.shown or found.undecided
