"""What is known of symbols: no more than their domains say, and no less than SymPy can hold."""

import math

import pytest
import sympy as sp

from optlib.algebra.proof.facts import assumptions, canonical, exact, put, symbol
from optlib.algebra.proof.hypotheses import Hypothesis, of_domain, of_domains
from optlib.domains import Domain

TEXTS = [
    f"{whole}{left}{low}, {high}{right}"
    for whole in ("", "integer ")
    for low, high in [("-inf", "inf"), ("-3", "-1"), ("-2", "0"), ("-1", "2"), ("0", "3")]
    + [("1", "4"), ("-inf", "0"), ("-inf", "-1"), ("0", "inf"), ("2", "inf"), ("-1", "inf")]
    + [("-2", "1")]
    for left in ("[(" if low != "-inf" else "(")
    for right in ("])" if high != "inf" else ")")
]
SIGNS = {
    "positive": lambda v: v > 0,
    "negative": lambda v: v < 0,
    "nonnegative": lambda v: v >= 0,
    "nonpositive": lambda v: v <= 0,
}


def members(domain):
    numbers = [sp.Rational(k, 8) for k in range(-80, 81)]
    return [v for v in numbers if v in domain]


@pytest.mark.parametrize("text", TEXTS)
def test_a_symbol_has_the_sign_that_all_its_values_have(text):
    domain = Domain.parse(text)
    s = symbol("s", domain)
    for sign, holds in SIGNS.items():
        assert (getattr(s, f"is_{sign}") is True) == all(map(holds, members(domain)))
    assert s.is_real and (s.is_integer is True) == domain.integer
    assert all(assumptions(domain).values())


@pytest.mark.parametrize("text", TEXTS)
def test_what_a_symbol_assumes_of_itself_is_its_domain(text):
    domain = Domain.parse(text)
    own = symbol("unnamed", domain)
    ((e,), known) = canonical([own + 1])
    (one,) = e.free_symbols
    for sign, holds in SIGNS.items():
        if getattr(own, f"is_{sign}"):
            assert all(map(holds, members(known[one])))
    assert set(members(domain)) <= set(members(known[one]))


def test_one_symbol_for_each_name_with_all_that_is_said_of_it():
    a, b = sp.Symbol("z", nonnegative=True), sp.Symbol("z", nonpositive=True)
    (e,), known = canonical([a - b])
    assert e == 0
    (e,), known = canonical([a * sp.Symbol("w")], {"z": "[-1, 5)", sp.Symbol("w"): "(0, 1)"})
    assert {s.name: str(d) for s, d in known.items()} == {"z": "[0, 5)", "w": "(0, 1)"}
    (e,), known = canonical([sp.Symbol("beta1") * sp.Symbol("t") * sp.Symbol("unknown")])
    found = {s.name: str(d) for s, d in known.items()}
    assert found == {"beta1": "(0, 1)", "t": "integer [1, inf)", "unknown": "real"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(1, 1)", "nothing satisfies"),
        ("[1, 1)", "nothing satisfies"),
        ("(1, 1]", "nothing satisfies"),
        ("[2, 1]", "nothing satisfies"),
        ("integer (1, 2)", "no whole number"),
        ("integer [0.25, 0.75]", "no whole number"),
    ],
)
def test_what_nothing_satisfies_is_refused(text, said):
    with pytest.raises(ValueError, match=said):
        canonical([sp.Symbol("z")], {"z": text})


@pytest.mark.parametrize("text", ["[1, 1]", "integer [1, 2)", "integer (0.5, 1.5)", "(0, 1)"])
def test_what_one_number_satisfies_is_accepted(text):
    assert canonical([sp.Symbol("z")], {"z": text})[1]


def test_floats_are_the_decimals_they_print_as():
    assert exact(0.1) == sp.Rational(1, 10) and exact(1e-9) == sp.Rational(1, 10**9)
    assert exact(sp.Float("0.1", 40)) == sp.Rational(1, 10)
    x = sp.Symbol("x")
    assert exact(0.9 * x + 0.25) == sp.Rational(9, 10) * x + sp.Rational(1, 4)
    assert exact(0.0) == exact(-0.0) == 0


@pytest.mark.parametrize("power", [-400, 400])
def test_what_no_double_can_hold_keeps_its_size(power):
    assert exact(sp.Float(f"1e{power}")) == sp.Integer(10) ** power


def test_a_value_is_put_for_every_symbol_of_a_name_at_once():
    a, b, y = sp.Symbol("x"), sp.Symbol("x", positive=True), sp.Symbol("y")
    assert put(a + 2 * b + y, "x", y) == 4 * y
    (e,), _ = canonical([sp.IndexedBase("g")[y]])
    assert e.func.__name__ == "g" and e.args[0].name == "y"


STATEMENTS = {
    "(0, 1)": ("0 < s < 1", "0 < s < 1"),
    "[0, 1)": ("0 <= s < 1", r"0 \le s < 1"),
    "[0, 1]": ("0 <= s <= 1", r"0 \le s \le 1"),
    "(0, inf)": ("s > 0", "s > 0"),
    "[2, inf)": ("s >= 2", r"s \ge 2"),
    "integer [1, inf)": ("s >= 1, whole", r"s \ge 1\text{ whole}"),
    "integer [1, 5]": ("1 <= s <= 5, whole", r"1 \le s \le 5\text{ whole}"),
    "(-inf, 3)": ("s < 3", "s < 3"),
    "real": ("s real", r"s \in \mathbb{R}"),
}


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_hypothesis_reads_as_mathematics(text):
    found = of_domain(sp.Symbol("s"), Domain.parse(text))
    assert (str(found), found.latex()) == STATEMENTS[text]
    assert r"\sigma" in found.latex({"s": r"\sigma"})


def test_hypotheses_are_ordered_by_name():
    b, a = sp.symbols("b a")
    line, unit = Domain(low=0), Domain(0, math.inf, True)
    assert [str(h) for h in of_domains({b: line, a: unit})] == ["a >= 0", "b > 0"]
    assert str(Hypothesis(a**2, "@ != 1")) == "a**2 != 1"
    assert Hypothesis(a**2, "@ != 1").latex() == r"a^{2} \ne 1"
