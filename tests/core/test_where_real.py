"""Lines are about the set on which they are real: it is printed, and it does not shrink unsaid."""

import pytest
import sympy as sp

from optlib.algebra.derivation import Derivation, DerivationError
from optlib.algebra.proof.limits import limit_verdict
from optlib.algebra.verdicts import apart, verdict

x, y, n, g = sp.symbols("x y n g")
t = sp.Symbol("t", integer=True, positive=True)
v = sp.Symbol("v", nonnegative=True)
b, c = sp.symbols("beta c")
j, k = sp.symbols("j k", integer=True)
UNIT = {"beta": "(0, 1)", "c": "(0, 1)"}
ROOTS = (sp.sqrt(x) - 1 / sp.sqrt(x)) ** 2

# A false or partly defined line, and the set on which it is real.
SMALLER = {
    "a bound through roots of negatives": (
        lambda d, **o: d(2).at_most(x + 1 / x, "", slack=[ROOTS], **o),
        {"x > 0"},
    ),
    "a product of two roots": (
        lambda d, **o: d(0).at_most(sp.sqrt(x) * sp.sqrt(x - 1), "", **o),
        {"x >= 1"},
    ),
    "the square of a logarithm": (
        lambda d, **o: d(0).at_most(sp.log(x) ** 2, "", **o),
        {"x > 0"},
    ),
    "one branch": (lambda d, **o: d(x).step(sp.Piecewise((x, x > 0)), "", **o), {"x > 0"}),
    "a factor that may vanish": (
        lambda d, **o: d(x + y).step((x**2 - y**2) / (x - y), "", **o),
        {"x - y != 0"},
    ),
    "a root of the line before": (
        lambda d, **o: d(y).step(sp.sqrt(y**3) / sp.sqrt(y), "", **o),
        {"y > 0"},
    ),
}


@pytest.mark.parametrize("case", SMALLER)
def test_a_line_that_is_real_on_a_smaller_set_is_refused_or_says_so(case):
    line, facts = SMALLER[case]
    with pytest.raises(DerivationError, match="larger set|false at"):
        line(Derivation)
    assert facts <= set(line(Derivation, narrower=True).hypotheses)


def test_equality_is_not_carried_through_an_expression_that_is_partly_defined():
    half = Derivation(x).step(sp.Piecewise((x, x > 0)), "where x is positive", narrower=True)
    whole = half.step(sp.Abs(x), "there it is its absolute value")
    assert "x > 0" in whole.hypotheses and "x real" not in whole.hypotheses
    assert r"x_{t-1} > 0" in whole._repr_latex_()


def test_a_start_that_is_partly_real_names_its_set_and_goes_on():
    proof = Derivation(sp.sqrt(x) * sp.sqrt(y)).step(sp.sqrt(x * y), "both are real")
    assert {"x >= 0", "y >= 0"} <= set(proof.hypotheses)


def test_a_refused_line_leaves_the_set_as_it_was():
    proof = Derivation(x)
    with pytest.raises(DerivationError):
        proof.step(sp.Piecewise((x, x > 0)), "")
    assert proof.step(sp.Max(x, -x) * sp.sign(x), "").hypotheses == ("x real",)


PARTLY = {
    "x/x": ("x/x", 1, "x != 0"),
    "a cancelled root": ("sqrt(x)**2", x, "x >= 0"),
    "nothing times a logarithm": ("0*log(x)", 0, "x > 0"),
    "a power of a quotient": ("(x/y)**2", x**2 / y**2, "y != 0"),
    "a logarithm of a square": (sp.log(x) * 2, sp.log(x**2), "x > 0"),
    "an empty sum": (sp.Sum(j, (j, 1, 200 - t)), (200 - t) * (201 - t) / 2, "1 <= t <= 200, whole"),
    "a guarded quotient": (sp.Piecewise((0, sp.Eq(v, 0)), (g / sp.sqrt(v), True)), None, None),
}


@pytest.mark.parametrize("case", PARTLY)
def test_a_verdict_names_the_set_on_which_it_holds(case):
    left, right, fact = PARTLY[case]
    found = verdict(left, left if right is None else right)
    assert found.shown and (fact is None or fact in found.hypotheses)
    assert fact or not any("!=" in h for h in found.hypotheses)


def test_texts_run_no_code():
    with pytest.raises(ValueError, match="not understood"):
        verdict("__import__('os').getcwd()", "1")
    assert verdict("(a + b)**2", "a**2 + 2*a*b + b**2")


def test_an_index_that_assumes_more_than_its_range_is_noticed():
    positive = sp.Symbol("j", integer=True, positive=True)
    found = verdict(sp.Sum(sp.Abs(positive), (positive, -3, 3)), 0)
    assert not found.shown


INDUCTIONS = {
    "prev is nonnegative and the claim is not": (
        sp.Abs(v) - 2,
        3 - 2 * t,
        {"start": 1, "initial": 1},
    ),
    "half a step": (v + 1, t, {"start": 0.5, "initial": 0.5}),
    "no initial value": (v + 1, t, {"initial": sp.nan}),
    "an infinite initial value": (v + 1, t, {"initial": sp.oo}),
}


@pytest.mark.parametrize("case", INDUCTIONS)
def test_an_induction_uses_nothing_unsaid(case):
    recursion, closed, given = INDUCTIONS[case]
    with pytest.raises(ValueError, match="is assumed to lie|whole number|finite real"):
        Derivation.induction(recursion, closed, prev=v, n=t, **given)
    assert Derivation.induction(v + 1, t, prev=v, n=t).end == t


def test_numbers_are_exact_at_any_size():
    assert verdict(sp.Float(1e-200) ** 2 * x, 0).counterexample
    assert verdict("x + 1e-400", "x").counterexample
    third = {"x": "(0, 0.3333333333333333)"}
    edge = sp.Rational("0.3333333333333333")
    assert Derivation(x, domains=third).at_most(edge, "").relation == "<="
    inside = Derivation(
        x + (sp.Rational(1, 3) - edge) / 2, domains={"x": "(0, 0.3333333333333334)"}
    )
    with pytest.raises(DerivationError):
        inside.at_most(sp.Rational(1, 3), "")
    assert "0.3333333333333333" in str(verdict(x, x, domains=third).hypotheses)


def test_what_is_no_number_is_not_equal_to_itself():
    for strange in (sp.nan, sp.zoo, sp.oo, sp.I, sp.sqrt(-1 - x**2)):
        assert not verdict(strange, strange).shown
    with pytest.raises(ValueError, match="nothing to compare"):
        verdict([], [])


def test_two_dummies_are_two_symbols():
    with pytest.raises(ValueError, match="two different symbols"):
        verdict(sp.Dummy("x"), sp.Dummy("x"))


@pytest.mark.parametrize("fact", ["even", "odd", "prime", "irrational", "zero", "imaginary"])
def test_a_symbol_assumes_only_what_a_domain_can_say(fact):
    with pytest.raises(ValueError, match="no domain says"):
        verdict(sp.Symbol("x", **{fact: True}), 0)


DECIDED = {
    "one logarithm or four": (
        sp.log((1 - c**2) / (3 * c**2)) / sp.log(1 / b),
        -(sp.log(1 - c) + sp.log(1 + c) - sp.log(3) - 2 * sp.log(c)) / sp.log(b),
    ),
    "a difference of logarithms": (
        sp.log((1 - c**2) / (3 * c**2)) / sp.log(1 / b),
        (sp.log(1 - c**2) - sp.log(3 * c**2)) / sp.log(1 / b),
    ),
    "a root in a root": (
        sp.sqrt((1 + sp.sqrt(b)) / (1 - sp.sqrt(b))),
        (1 + sp.sqrt(b)) / sp.sqrt(1 - b),
    ),
    "the logarithm of a root": (sp.log(sp.sqrt(b) * c**t), sp.log(b) / 2 + t * sp.log(c)),
}


@pytest.mark.parametrize("case", DECIDED)
def test_logarithms_and_nested_roots_are_decided(case):
    left, right = DECIDED[case]
    assert verdict(left, right, domains=UNIT).shown
    assert verdict(left, right * (1 + sp.Rational(1, 10**9)), domains=UNIT).counterexample


HALF = {"x": "[0, inf)"}
TENDS = {
    "from one side": (sp.sqrt(x), x, 0, 0, HALF),
    "a jump seen from one side": (sp.sign(x), x, 0, 1, {"x": "[0, 1)"}),
    "slowly": (1 / sp.log(t + 1), t, sp.oo, 0, None),
    "more slowly": (sp.log(sp.log(t + 1)) / sp.log(t + 1), t, sp.oo, 0, None),
    "a root in an exponent": (x * 2 ** (-sp.sqrt(x)), x, sp.oo, 0, HALF),
    "a double sum": (sp.Sum(j * k, (j, 1, k), (k, 1, t)) / t**4, t, sp.oo, sp.Rational(1, 8), None),
}


@pytest.mark.parametrize("case", TENDS)
def test_limits_are_found_and_others_are_not_shown(case):
    e, variable, to, value, domains = TENDS[case]
    assert limit_verdict(e, variable, to, value, domains=domains).shown
    assert not limit_verdict(e, variable, to, value + 1, domains=domains).shown


ELSEWHERE = {
    "below": (1 / t, t, sp.oo, 1),
    "above": (1 - 1 / t, t, sp.oo, 0),
    "without end": (sp.sqrt(t), t, sp.oo, 5),
    "at a point": (x**2, x, 0, sp.Rational(1, 99)),
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_a_limit_is_false_where_the_values_come_to_rest_elsewhere(case):
    assert limit_verdict(*ELSEWHERE[case]).counterexample


UNDECIDED = {
    "a whole part": (sp.floor(x) / x, x, sp.oo, 1),
    "a double sum left over": (sp.Sum(1 / (j**2 + k**2), (j, 1, t), (k, 1, t)), t, sp.oo, 1),
    "a function that is not supported": (sp.tan(x) / x, x, 0, 1),
    "another one": (sp.factorial(t) / t**t, t, sp.oo, 0),
    "no limit": (sp.sin(t), t, sp.oo, 0),
    "a slow one at a wrong value": (1 / sp.log(t + 1), t, sp.oo, 1),
}


@pytest.mark.parametrize("case", UNDECIDED)
def test_undecided_is_not_false(case):
    found = limit_verdict(*UNDECIDED[case], domains=None if t in UNDECIDED[case] else HALF)
    assert found.undecided and found.reason


def test_a_limit_that_takes_too_long_is_undecided(monkeypatch):
    def endless(*_):
        while True:
            pass

    monkeypatch.setattr("optlib.algebra.proof.limits._SECONDS", 1)
    monkeypatch.setattr(sp, "limit", endless)
    found = limit_verdict(sp.sin(x) / x, x, 0, 1)
    assert found.undecided and "longer than" in found.reason


@pytest.mark.parametrize("function", [sp.tan, sp.factorial, sp.gamma, sp.asin])
def test_a_function_that_is_not_supported_is_named(function):
    found = verdict(function(x), x)
    assert found.undecided and function.__name__ in found.reason


def test_a_chain_that_is_real_nowhere_does_not_begin():
    for start in (sp.nan, sp.zoo, sp.I * x, sp.oo):
        with pytest.raises(DerivationError, match="real nowhere"):
            Derivation(start)


def test_values_are_told_with_six_digits_and_as_many_as_tell_them_apart():
    assert apart(sp.Float("1.2345678"), sp.Float("2")) == ("1.23457", "2")
    assert apart(sp.Float("1.23456789", 30), sp.Float("1.23456788", 30)) == (
        "1.23456789",
        "1.23456788",
    )
