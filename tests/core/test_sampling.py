"""The points at which statements are tried lie in their domains and reach what is easily missed."""

from itertools import product

import pytest
import sympy as sp

from optlib.algebra.proof.sampling import Point, Undefined, contradiction, differ, points
from optlib.domains import Domain

x, y = sp.symbols("x y")
t, i = sp.symbols("t i", integer=True)
INTERVALS = [
    f"{whole}{left}{low}, {high}{right}"
    for whole, left, right in product(["", "integer "], "[(", "])")
    for low, high in [("0", "1"), ("-3", "4"), ("2", "inf"), ("-inf", "-2"), ("-inf", "inf")]
    if not (low == "-inf" and left == "[" or high == "inf" and right == "]")
    and not (whole and (low, high) == ("0", "1") and "(" in left and ")" in right)
]


def drawn(domain, count=400):
    return [point.given[x] for point in points({x: Domain.parse(domain)}, count)]


@pytest.mark.parametrize("text", INTERVALS)
def test_points_lie_in_the_domain_and_at_its_closed_ends(text):
    domain = Domain.parse(text)
    values = drawn(text)
    assert all(value in domain for value in values)
    for end, closed in ((domain.low, domain.closed_low), (domain.high, domain.closed_high)):
        if closed:
            assert sp.Integer(int(end)) in values


@pytest.mark.parametrize("text", ["(-inf, inf)", "integer (-inf, inf)"])
def test_points_of_a_line_have_either_sign(text):
    assert min(drawn(text)) < 0 < max(drawn(text))


def test_points_of_a_line_are_zero_at_times_and_of_any_size():
    sizes = {abs(value) for value in drawn("real")}
    assert 0 in sizes and max(sizes) > 100 and 0 < min(sizes - {0}) < sp.Rational(1, 10**6)


@pytest.mark.parametrize("text", ["(0, 1)", "[0, 1)", "(2, 3)"])
def test_points_of_an_interval_come_close_to_both_ends(text):
    domain, values = Domain.parse(text), drawn(text)
    open_ones = [value for value in values if domain.low < value < domain.high]
    assert min(open_ones) - sp.Rational(domain.low) < sp.Rational(1, 10**3)
    assert sp.Rational(domain.high) - max(open_ones) < sp.Rational(1, 10**3)


def test_the_first_half_of_the_points_is_easily_read():
    first = drawn("real", 48)[:24]
    assert all(max(abs(value.p), value.q) <= 100 for value in first)


def test_points_are_the_same_at_every_call_and_differ_by_the_seed():
    one, again, other = (
        [p.given for p in points({x: Domain()}, 20, seed=seed)] for seed in ("a", "a", "b")
    )
    assert one == again != other


AT = {x: sp.Rational(-7, 3), y: sp.Rational(5, 2), t: sp.Integer(4)}
EVALUATED = [
    x + y - 3,
    x * y / t,
    y**x,
    x**t,
    sp.sqrt(y),
    sp.Abs(x),
    sp.sign(x) + sp.sign(y) + sp.sign(t - 4),
    sp.floor(x) + 10 * sp.ceiling(x),
    sp.exp(x) + sp.log(y),
    sp.cos(x) + 2 * sp.sin(x),
    sp.Max(x, y, t) + 10 * sp.Min(x, y, t),
    sp.Mod(x, 2) + 10 * sp.Mod(t, 3) + 100 * sp.Mod(x, -2),
    sp.Sum(i * x**i, (i, 1, t)),
    sp.pi + sp.E,
    sp.Piecewise((1, x > -2), (2, x >= -3), (3, True)),
    sp.Piecewise((sp.log(t - 4), t > 4), (7, True)),
    sp.Piecewise((1, sp.And(x < 0, y < 0)), (2, sp.Or(x > 0, y > 0)), (3, True)),
    sp.Piecewise((1, sp.Not(sp.Or(x > 0, y > 0))), (2, True)),
    *(sp.Piecewise((1, r), (2, True)) for r in (t < 4, t <= 4, t > 4, t >= 4)),
    *(sp.Piecewise((1, r(t, 4)), (2, True)) for r in (sp.Eq, sp.Ne)),
]


@pytest.mark.parametrize("expression", EVALUATED, ids=str)
def test_values_agree_with_sympys_own(expression):
    value = sp.Float(Point(AT).evaluate(expression), 50)
    assert abs(value - sp.N(expression.subs(AT).doit(), 60)) < 1e-45 * (1 + abs(value))


UNDEFINED = [
    1 / (t - 4),
    sp.log(t - 4),
    sp.log(x),
    sp.sqrt(x),
    sp.sqrt(x) + sp.Rational(10**9),
    sp.Piecewise((1, x > 0)),
    sp.Piecewise((1, sp.sqrt(x) > 0), (2, True)),
    sp.Max(sp.sqrt(x), 1),
    sp.Sum(i, (i, 1, y)),
    sp.Sum(i, (i, 1, 10**6)),
    sp.gamma(y),
]


@pytest.mark.parametrize("expression", UNDEFINED, ids=str)
def test_what_has_no_finite_real_value_is_undefined(expression):
    with pytest.raises(Undefined):
        Point(AT).evaluate(expression)


def test_an_imaginary_part_of_rounding_alone_is_left_out():
    near = Point({x: sp.Integer(-1), y: 2 + sp.Rational(1, 10**58)})
    assert abs(near.evaluate(x**y) - 1) < 1e-50


def test_named_functions_have_one_value_for_each_argument():
    g, point = sp.Function("g"), Point(AT, seed="s")
    value = point.evaluate(g(t) - g(4))
    assert value == 0 and point.evaluate(g(t)) != point.evaluate(g(t - 1))
    assert point.evaluate(g(t)) == Point(AT, seed="s").evaluate(g(t), digits=80)
    assert point.values.keys() == {"x", "y", "t", "g(4)", "g(3)"}
    assert point.given == AT


@pytest.mark.parametrize("digits", [25, 28])
def test_sides_differ_by_more_than_rounding_alone(digits):
    near = 1 + sp.Rational(1, 10**digits)
    found = differ(y, y * near, Point(AT))
    assert found and found[0] < found[1]
    assert differ(sp.sqrt(2) * sp.sqrt(3), sp.sqrt(6), Point(AT)) is None
    assert differ(y, y * (1 + sp.Rational(1, 10**40)), Point(AT)) is None
    assert differ(-y, -y * near, Point(AT)) and differ(0 * y, y, Point(AT))


@pytest.mark.parametrize(("relation", "sign"), [("<=", 1), (">=", -1)])
def test_a_contradiction_is_a_point_at_which_the_bound_fails(relation, sign):
    where = {x: Domain.parse("[0, 1]")}
    point, (a, b) = contradiction(sign * x, relation, sp.Rational(sign, 2), where, 100)
    assert point["x"] > sp.Rational(1, 2) and sign * (a - b) > 0
    assert contradiction(sign * x, relation, sp.Integer(sign), where, 100) is None
    with pytest.raises(Undefined, match="every sampled point"):
        contradiction(sp.sqrt(-1 - x), relation, sp.Integer(sign), where, 100)
