"""Signs that follow from domains: all that are shown hold, and the plain ones are shown."""

import pytest
import sympy as sp
from claims_false import DOMAINS, R, eps, x, y

from optlib.algebra.proof.facts import canonical
from optlib.algebra.proof.signs import nonnegative, positive
from optlib.domains import Domain

ENDS = [("0", "1"), ("-1", "2"), ("1", "3"), ("-3", "-1"), ("-2", "0"), ("0", "inf"), ("2", "inf")]
ENDS += [("-2", "inf"), ("-inf", "inf"), ("-inf", "0"), ("-inf", "-1"), ("-inf", "3")]
INTERVALS = [
    f"{left}{low}, {high}{right}"
    for low, high in ENDS
    for left in ("[(" if low != "-inf" else "(")
    for right in ("])" if high != "inf" else ")")
]


def signs(expression, domains=()):
    """Whether the expression is shown to be >= 0, and to be > 0."""
    (e,), known = canonical([expression], {**DOMAINS, **dict(domains)})
    return nonnegative(e, known), positive(e, known)


@pytest.mark.parametrize("text", INTERVALS)
def test_a_line_is_shown_to_stay_above_zero_exactly_if_it_does(text):
    domain = Domain.parse(text)
    both_closed = domain.closed_low and domain.closed_high
    for slope, edge in [(s, e) for s in (1, -2) for e in range(-3, 4)]:
        end, attained = (
            (domain.low, domain.closed_low) if slope > 0 else (domain.high, domain.closed_high)
        )
        least = slope * (end - edge)
        weak, strict = signs(slope * (x - edge), {"x": text})
        assert weak == (least >= 0)
        above = least > 0 or (least == 0 and not attained)
        assert strict == above or (both_closed and not strict)


VALUES = {
    "(0, inf)": [R(1, 9), R(1, 2), 1, 3],
    "[0, inf)": [0, R(1, 2), 1, 3],
    "(-inf, 0)": [-3, -1, R(-1, 2), R(-1, 9)],
    "(-inf, 0]": [-3, -1, R(-1, 2), 0],
    "real": [-3, -1, R(-1, 2), 0, R(1, 2), 1, 3],
    "(0, 1)": [R(1, 9), R(1, 2), R(8, 9)],
    "[0, 1)": [0, R(1, 2), R(8, 9)],
    "(-1, 0]": [R(-8, 9), R(-1, 2), 0],
    "(1, inf)": [R(9, 8), 2, 5],
    "[1, inf)": [1, R(9, 8), 2, 5],
}
# Functions whose sign is shown exactly where it is one.
EXACT = [
    x,
    -x,
    x**2,
    x**3,
    -(x**3),
    x**4,
    sp.sqrt(x),
    sp.Abs(x),
    -sp.Abs(x),
    sp.exp(x),
    -sp.exp(x),
    -sp.log(x),
    sp.log(1 + x),
    sp.Max(x, 0),
    sp.Max(x, -1),
    sp.Min(x, 1),
    sp.Min(x, -1),
    sp.Piecewise((x, x >= -2), (1, True)),
    x + 2,
    x * (1 + x),
    x * (1 - x),
    1 / (1 + x),
    1 / (1 - x),
    1 - x**2,
    sp.sign(x),
    1 - sp.sqrt(x),
]
# Functions whose sign is not always shown.
OTHERS = [
    1 / x,
    -1 / x,
    x**-2,
    x / (x - 1),
    x ** R(1, 3),
    x ** R(2, 3),
    x ** R(-2, 3),
    -sp.sqrt(-x),
    sp.log(x),
    -sp.Min(x, -1),
    sp.Abs(x) + x,
    x - sp.sqrt(x),
    2**x - 1,
    1 - 2**x,
    sp.exp(x) - 1,
    sp.floor(x),
]


@pytest.mark.parametrize("text", VALUES)
def test_what_is_shown_of_a_function_holds_and_what_holds_of_a_plain_one_is_shown(text):
    for function in EXACT + OTHERS:
        values = [function.subs(x, a) for a in VALUES[text]]
        values = [a for a in values if a.is_real and a.is_finite]
        if not values:
            continue
        holds = all(a >= 0 for a in values), all(a > 0 for a in values)
        shown = signs(function, {"x": text})
        assert shown == holds if function in EXACT else shown <= holds and shown[1] <= holds[1]


TERMS = sp.Add(*((x + k) ** 2 * (y - k) ** 2 for k in range(1, 31)))


def test_a_sum_too_long_to_be_multiplied_out_is_judged_term_by_term():
    assert signs(TERMS) == (True, False)
    assert signs(TERMS + eps) == (True, True)
    assert signs(TERMS + x) == (False, False)
    assert signs(TERMS - eps) == (False, False)


TOGETHER = [
    (sp.Abs(x * y), {"x": "(-inf, 0)", "y": "(0, inf)"}, (True, True)),
    (sp.Abs(x * y), {"x": "(-inf, 0]", "y": "(0, inf)"}, (True, False)),
    (sp.Abs(x * y), {"x": "(0, inf)", "y": "(0, inf)"}, (True, True)),
    (sp.log(1 + x * y), {"x": "(-inf, 0)", "y": "(-inf, 0)"}, (True, True)),
    (sp.log(1 - x * y), {"x": "(-inf, 0)", "y": "(0, inf)"}, (True, True)),
    (x + 1 / y**2 - 1, {"x": "[1, inf)"}, (True, True)),
    (x + y**2 - 1, {"x": "[1, inf)"}, (True, False)),
    (x - 1 + 1 / (y - 1) - 1 / y, {"x": "[1, inf)", "y": "(1, inf)"}, (True, True)),
]


@pytest.mark.parametrize(("expression", "domains", "shown"), TOGETHER, ids=str)
def test_signs_of_products_and_of_fractions_are_shown(expression, domains, shown):
    assert signs(expression, domains) == shown
