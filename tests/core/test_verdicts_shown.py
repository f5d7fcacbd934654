"""What a verdict says: of entries, of endless sums, of what cancelled, in text and in formulas."""

import pytest
import sympy as sp

from optlib.algebra import verdicts
from optlib.algebra.latex import latex
from optlib.algebra.verdicts import Verdict, apart, verdict, where

x, y, h, g, b = sp.symbols("x y h g beta")
i = sp.Symbol("i", integer=True)
UNDECIDED = sp.Max(0, g - 10**12)
CASES = {
    "shown": (x, x, "shown, assuming x real", r"\text{shown, assuming }x_{t-1}"),
    "shown without facts": (1, 1, "shown", r"\scriptsize \text{shown}"),
    "false": (x, x + 1, "false at x = ", r"\text{false at }x_{t-1} = "),
    "false without symbols": (1, 2, "false: 1 against 2", r"\scriptsize \text{false}"),
    "undecided": (UNDECIDED, 0, "undecided: equal at every", r"\text{undecided, assuming }g_t"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_verdict_says_what_it_found_and_where_or_under_what(case):
    lhs, rhs, text, head = CASES[case]
    found = verdict(lhs, rhs)
    shown = found._repr_latex_()
    assert str(found) == repr(found) and str(found).startswith(text)
    assert found.undecided == case.startswith("undecided") and bool(found) == ("shown" in case)
    assert head in shown and shown.count("$") == 2 and shown.count("{") == shown.count("}")
    assert (r"\text{there } 1 \ne 2" in shown) == (case == "false without symbols")
    assert ("assuming" in shown) == (case in ("shown", "undecided"))
    assert (found.reason == "") == (not found.undecided) and not found.nowhere
    assert dict(found.items) == (found.counterexample or {})


@pytest.mark.parametrize(
    ("rhs", "relation"), [(x**2 + 2 * x + 1, "="), (x**2, r"\ne"), (UNDECIDED, r"\ne")]
)
def test_the_page_shows_what_is_equal_or_not(rhs, relation):
    head = verdict((x + 1) ** 2, rhs)._repr_latex_().splitlines()[1]
    assert head.startswith(rf"\displaystyle {latex((x + 1) ** 2)} {relation} {latex(rhs)}")


@pytest.mark.parametrize("sides", [("x/x", 1), ([x, x], [x, x]), ("x", x)])
def test_what_is_no_pair_of_expressions_is_told_in_a_word(sides):
    assert verdict(*sides).sides is None
    assert r"\text{shown}" in verdict(*sides)._repr_latex_().splitlines()[1]


def test_a_point_is_told_with_all_its_digits_unless_they_are_many():
    digits = sp.Rational(10**23 - 1, 1), sp.Rational(10**24 - 1, 1), sp.Rational(10**24 + 1, 1)
    assert where({}) == ""
    assert where({"x": sp.Rational(1, 3), "y": digits[0]}) == f" at x = 1/3, y = {digits[0]}"
    assert where({"y": digits[1]}) == f" at y = {digits[1]}"
    assert where({"y": digits[2]}) == " at y = 1e+24"
    long = Verdict(False, {"x": digits[2]}, (sp.Float(1), sp.Float(2)), ())
    assert "x_{t-1} = 1e+24" in long._repr_latex_()


@pytest.mark.parametrize("first", range(1, 30))
def test_two_values_are_told_with_at_least_six_digits_and_as_many_as_tell_them_apart(first):
    """They differ at one digit, and end with threes however many are told."""
    third = sp.Rational(1, 3)
    pair = apart(*(sp.Float(v, 60) for v in (third, third + sp.Rational(1, 10**first))))
    told, other = (v.removeprefix("0.") for v in pair)
    assert told != other and other[:first] == "3" * (first - 1) + "4"
    assert max(6, first) <= len(told) <= max(6, 2 * first)


@pytest.mark.parametrize(
    ("value", "text"),
    [("0.5", "0.5"), ("-2", "-2"), ("100000", "100000"), ("1.5e-10", "1.5e-10"), ("2e20", "2e+20")],
)
def test_a_value_has_no_zeros_at_its_end(value, text):
    assert apart(sp.Float(value, 30), sp.Float(7, 30))[0] == text


def test_of_several_entries_the_refuted_one_counts_then_the_undecided_one():
    assert verdict([x, UNDECIDED, x], [x, 0, x + 1]).counterexample
    assert verdict([x, UNDECIDED, y], [x, 0, y]).undecided
    found = verdict([x, x + y, y], [x, y + x, y])
    assert found.shown and sorted(found.hypotheses) == ["x real", "y real"]


def test_an_endless_sum_is_closed_also_beside_one_that_ends():
    start, known = 1 / (1 - b), {"beta": "(0, 1)"}
    endless, ends = sp.Sum(b**i, (i, 0, sp.oo)), sp.Sum(b**i, (i, 0, 3))
    for lhs, rhs in ((endless, start), (endless + ends, start + 1 + b + b**2 + b**3)):
        assert verdict(lhs, rhs, domains=known).shown
        assert verdict(lhs, rhs + b, domains=known).counterexample


@pytest.mark.parametrize(
    ("domain", "facts"), [("(0, inf)", ("h > 0", "x real")), ("real", ("x real",))]
)
def test_of_a_symbol_that_cancels_it_is_said_what_was_assumed(domain, facts):
    found = verdict(h**2 * x / sp.Abs(h) ** 2, x, domains={"h": domain})
    assert found.shown and found.hypotheses == facts


def test_a_side_that_is_real_at_no_point_is_nowhere():
    found = verdict(sp.log(-1 - x**2), x)
    assert found.nowhere and found.undecided and found.reason


@pytest.mark.parametrize("error", [TypeError("other"), KeyError("non-real")])
def test_an_error_of_the_prover_is_no_verdict(monkeypatch, error):
    def raises(*_):
        raise error

    monkeypatch.setattr(verdicts, "prove_equal", raises)
    with pytest.raises(type(error)):
        verdict(x, x)


def test_numbers_that_cannot_be_compared_leave_it_undecided(monkeypatch):
    def raises(*_):
        raise TypeError("Invalid comparison of non-real I")

    monkeypatch.setattr(verdicts, "prove_equal", raises)
    assert "not proved (Invalid comparison" in verdict(x, x).reason
