"""What an expression needs to be real: at every point, it is real where that holds."""

from itertools import product

import pytest
import sympy as sp
from claims_false import DOMAINS, R, beta, i, s, t, v, x, y

from optlib.algebra.proof.defined import follows, needs, where_real
from optlib.algebra.proof.facts import canonical
from optlib.algebra.proof.hypotheses import Hypothesis
from optlib.algebra.proof.sampling import Point, Undefined

k = sp.Symbol("k", integer=True)
GRID = {
    "x": [-2, -1, R(-1, 2), 0, R(1, 2), 1, R(3, 2), 2, 3],
    "y": [-1, 0, R(1, 2), 1, 2],
    "v": [0, 2],
    "beta": [R(1, 2)],
    "t": [1, 2, 3, 5],
    "s": [1, 4],
}
# Expressions that are real exactly where what they need holds.
EXACT = [
    sp.sqrt(x),
    1 / x,
    x**-2,
    sp.log(x),
    x ** R(1, 3),
    x ** R(-1, 3),
    x**t,
    x ** (-t),
    sp.sqrt(x - 1) * sp.sqrt(2 - x),
    sp.sqrt(x**2 - 1),
    sp.sqrt(1 + x**2),
    sp.sqrt(x * y),
    sp.sqrt(x / y),
    sp.log((x - 1) ** 2),
    sp.log(x**3 * (x - 1) ** 2),
    sp.sqrt(x**3 * (x - 1) ** 2),
    sp.sqrt(-1 - x**2),
    sp.log(-v),
    sp.log(-x * (1 + v)),
    sp.log((x - 1) * (beta - 2)),
    sp.sqrt((x - 1) * (beta - 2)),
    sp.log((x - 1) ** 2 * (beta - 2) * y),
    sp.sqrt(v * x * (x - 1)),
    1 / sp.Abs(x - 1) ** 3,
    1 / sp.sqrt(x),
    1 / (x**2 - y**2),
    1 / (v * x),
    1 / (v + x**2),
    1 / (1 + v),
    1 / (1 - beta**t),
    1 / sp.sqrt(x**2 + y**2),
    1 / (beta - 1),
    sp.Mod(x, y),
    sp.Mod(x, 2),
    sp.log(sp.sqrt(x) - 1),
    x / (2 * x - 3),
    sp.Piecewise((1 / x, x > 0), (0, True)),
    sp.Piecewise((0, x > 0), (1 / x, True)),
    sp.Piecewise((sp.sqrt(x), x >= 0), (sp.sqrt(-x), True)),
    sp.Piecewise((1, x > 0), (2, x < -1)),
    sp.Piecewise((1, x > 0), (2, x <= 0)),
    *(sp.Piecewise((x, r(x, y))) for r in (sp.Lt, sp.Le, sp.Gt, sp.Ge, sp.Eq, sp.Ne)),
    *(sp.Piecewise((x, r(x, 1))) for r in (sp.Lt, sp.Le, sp.Gt, sp.Ge, sp.Eq, sp.Ne)),
    sp.Piecewise((sp.log(x) / (y - 1), sp.And(x > 0, y > 1)), (0, True)),
    sp.Piecewise((1, sp.sqrt(x) > 1), (2, True)),
    sp.Piecewise((0, sp.Eq(v, 0)), (1 / v, True)),
    sp.Piecewise((1 / (x - y), sp.Ne(x, y)), (0, True)),
    sp.Sum(1 / i, (i, 1, t)),
    sp.Sum(i, (i, 3, t)),
    sp.Sum(i, (i, s, t)),
    sp.Sum(i * x, (i, 1, 5 - t)),
    sp.Sum(i * k, (i, 1, k), (k, 2, t)),
    sp.Sum(sp.sqrt(i), (i, 0, t)),
    sp.Sum(i * x, (i, sp.Piecewise((1, y > 0)), t)),
]
# Expressions that are real in more places, never in fewer.
LONGER = [
    x**y,
    x ** (t - 3),
    sp.sqrt(x**3 - 3 * x + 1),
    1 / (x**2 - x + 1),
    sp.Piecewise((sp.sqrt(x), sp.Or(x > 0, y > 0)), (0, True)),
    sp.Piecewise((1, sp.And(x > 0, y > 0)), (sp.sqrt(x), True)),
    sp.sqrt(sp.cos(x) + 1),
    sp.log(sp.Max(x, 1)),
    sp.Sum(sp.sqrt(x + i), (i, 2, t + 1)),
    sp.Piecewise((x, x > 0), (sp.Piecewise((1, y > 0)), True)),
    sp.Piecewise((sp.sqrt(x), x > -1), (0, True)),
    sp.Piecewise((1 / y, x > 0), (1 / (y - 1), x > 1), (0, True)),
    1 / sp.expand((x - y) ** 3 * (x + 2 * y - 1) + 1),
]
SENSE = {
    "@ > 0": lambda a: a > 0,
    "@ >= 0": lambda a: a >= 0,
    "@ != 0": lambda a: a != 0,
    "@ = 0": lambda a: a == 0,
    "@ real": lambda a: False,
}


def holds(fact, point):
    try:
        return bool(SENSE[fact.pattern](point.evaluate(fact.expression)))
    except Undefined:
        return False


def real(expression, point):
    try:
        point.evaluate(expression)
    except Undefined:
        return False
    return True


def grid(known):
    names = sorted(known, key=str)
    for values in product(*(GRID[q.name] for q in names)):
        yield Point({q: sp.sympify(a) for q, a in zip(names, values, strict=True)})


@pytest.mark.parametrize("expression", EXACT + LONGER, ids=str)
def test_an_expression_is_real_where_what_it_needs_holds(expression):
    (e,), known = canonical([expression], DOMAINS)
    found = needs(e, known)
    for point in grid(known):
        enough, here = all(holds(fact, point) for fact in found), real(e, point)
        assert here == enough if expression in EXACT else here >= enough


def test_what_is_needed_is_named_from_the_inside_as_it_is_written():
    (e, other), known = canonical([sp.log(sp.sqrt(x * (y + 1) - 2) - 3), x * (y + 1) - 2])
    inner, outer = needs(e, known)
    assert (inner.expression, inner.pattern) == (other, "@ >= 0")
    assert (outer.expression, outer.pattern) == (sp.sqrt(other) - 3, "@ > 0")
    (e, below), known = canonical([1 / (1 - x), 1 - x])
    assert [n.expression for n in needs(e, known)] == [below]


def test_a_power_with_a_named_whole_number_is_needed_as_it_is():
    n = sp.Symbol("n", integer=True, nonnegative=True)
    (e, power), known = canonical([1 / (x**n + x**n * y**2), x**n], DOMAINS)
    assert [(f.expression, f.pattern) for f in needs(e, known)] == [(power, "@ != 0")]


def test_that_some_branch_is_taken_is_a_fact_about_a_number_that_is_real_everywhere():
    (e,), known = canonical([sp.Piecewise((1, x > 0), (2, x < -1))])
    (fact,) = needs(e, known)
    assert not needs(fact.expression, known)


@pytest.mark.parametrize("expression", [sp.I * x, sp.oo, sp.nan, x + sp.zoo], ids=str)
def test_what_is_no_real_number_is_real_nowhere(expression):
    (e,), known = canonical([expression])
    assert any(fact.pattern == "@ real" for fact in needs(e, known))
    with pytest.raises(ValueError, match="real nowhere"):
        where_real([e], known)


INDICES = {
    "positive": lambda n: n > 0,
    "nonnegative": lambda n: n >= 0,
    "negative": lambda n: n < 0,
    "nonpositive": lambda n: n <= 0,
}


@pytest.mark.parametrize("fact", INDICES)
@pytest.mark.parametrize("ends", [(-3, 3), (0, 3), (1, 3), (-3, 0), (-3, -1), (2, 4), (-4, -2)])
def test_what_an_index_assumes_holds_of_the_numbers_it_runs_over(fact, ends):
    own = sp.Symbol("k", integer=True, **{fact: True})
    low, high = ends
    true = all(INDICES[fact](n) for n in range(low, high + 1))
    assert (needs(sp.Sum(own**2, (own, low, high)), {}) == ()) == true
    (shift,), known = canonical([sp.Symbol("s")], DOMAINS)
    moved = needs(sp.Sum(own**2, (own, low - 1 + shift, high - 1 + shift)), known)
    for n in (1, 2, 3, 5):
        true = all(INDICES[fact](m) for m in range(low - 1 + n, high + n))
        assert all(holds(f, Point({shift: sp.Integer(n)})) for f in moved) == true


ALONE = [
    sp.sqrt(x),
    sp.sqrt(x - 1) * sp.log(3 - x),
    sp.log(x) * sp.sqrt(sp.log(x) ** 2),
    sp.sqrt(1 - 2 * x) + 1 / (x**2 + 1),
    sp.Piecewise((x, x > 1)),
    sp.sqrt(sp.sqrt(x) + 1),
]


@pytest.mark.parametrize("expression", ALONE, ids=str)
def test_the_narrower_domain_is_where_the_expression_is_real(expression):
    (e, _), known = canonical([expression, y])
    (again,), narrower, left = where_real([e], known)
    assert not left and not needs(again, narrower)
    assert {q.name for q in narrower} == {"x", "y"}
    (domain,) = (d for q, d in narrower.items() if q.name == "x")
    for number in GRID["x"]:
        (own,) = e.free_symbols
        assert (number in domain) == real(e, Point({own: sp.sympify(number)}))


def test_expressions_that_are_real_nowhere_together_are_refused():
    (one, other), known = canonical([sp.sqrt(x - 1), sp.sqrt(-x)])
    with pytest.raises(ValueError, match="nothing satisfies"):
        where_real([one, other], known)


FOLLOWS = [
    (x - y, "@ > 0", x - y, "@ > 0", True),
    (x - y, "@ >= 0", x - y, "@ > 0", True),
    (x - y, "@ != 0", x - y, "@ > 0", True),
    (x - y, "@ > 0", x - y, "@ >= 0", False),
    (x - y, "@ != 0", x - y, "@ >= 0", False),
    (x - y, "@ >= 0", x - y, "@ != 0", False),
    (x - y, "@ != 0", y - x, "@ != 0", True),
    (x - y, "@ != 0", y - x, "@ > 0", True),
    (x - y, "@ > 0", y - x, "@ > 0", False),
    (x - y, "@ >= 0", y - x, "@ >= 0", False),
    (x - y, "@ = 0", y - x, "@ = 0", True),
    (x - y, "@ = 0", x - y, "@ >= 0", False),
    ((x + y) ** 2, "@ > 0", x**2 + 2 * x * y + y**2, "@ > 0", True),
    (x**2 + y**2, "@ != 0", y, "@ != 0", True),
    (x**2 + v, "@ != 0", v, "@ > 0", True),
    (x**2 + y**2, "@ != 0", x + y, "@ != 0", False),
    (x**2 + y, "@ != 0", x, "@ != 0", False),
    (x + y, "@ != 0", x, "@ != 0", False),
    (x**2 + y**2, "@ > 0", y, "@ != 0", False),
    (x, "@ > 0", y, "@ > 0", False),
]


@pytest.mark.parametrize("case", FOLLOWS, ids=str)
def test_a_fact_follows_from_one_that_says_as_much(case):
    (fact, known), domains = canonical([case[0], case[2]], DOMAINS)
    found = follows(Hypothesis(fact, case[1]), [Hypothesis(known, case[3])], domains)
    assert found == case[4]
    assert not follows(Hypothesis(fact, case[1]), [], domains)


def test_of_a_difference_of_squares_only_the_factor_of_unknown_sign_is_needed():
    (e,), known = canonical([sp.sqrt(v**2 - beta**2)], DOMAINS)
    assert [str(needed) for needed in needs(e, known)] == ["-beta + v >= 0"]
