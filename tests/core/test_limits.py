"""The parts of a limit: from where it is approached, what rests there, and what SymPy is asked."""

from itertools import pairwise

import pytest
import sympy as sp
from claims_false import DOMAINS, R, beta, eps, gamma, t, v, x, y

from optlib.algebra.proof.facts import canonical
from optlib.algebra.proof.limits import (
    _places,
    _powers_gone,
    _require_known_growth,
    _rests,
    _sides,
    limit_verdict,
)
from optlib.algebra.proof.radicals import Undecided
from optlib.domains import Domain

z, p, q = sp.symbols("z p q", positive=True)


@pytest.mark.parametrize(
    ("end", "text", "sides"),
    [
        (0, "[0, 1]", "+"),
        (0, "(0, 1)", "+"),
        (1, "[0, 1]", "-"),
        (R(1, 2), "[0, 1]", "+-"),
        (0, "real", "+-"),
        (0, "(-inf, 0)", "-"),
        (sp.oo, "[0, inf)", "-"),
        (sp.oo, "real", "-"),
        (-sp.oo, "real", "+"),
    ],
)
def test_an_end_is_approached_from_inside_the_domain(end, text, sides):
    assert "".join(_sides(x, sp.sympify(end), Domain.parse(text))) == sides


@pytest.mark.parametrize("end", [0, 2, R(-1, 3)])
@pytest.mark.parametrize("side", ["+", "-"])
def test_places_come_ever_closer_to_an_end_from_one_side(end, side):
    away = [(place - end) * (1 if side == "+" else -1) for place in _places(sp.sympify(end), side)]
    assert len(away) >= 3 and 0 < away[0] < R(1, 10**9)
    assert all(0 < b < a / 10**9 for a, b in pairwise(away))


@pytest.mark.parametrize(("end", "side", "sign"), [(sp.oo, "-", 1), (-sp.oo, "+", -1)])
def test_places_grow_without_end(end, side, sign):
    far = [sign * place for place in _places(end, side)]
    assert far[0] > 10**9 and all(b > 10**9 * a for a, b in pairwise(far))
    assert all(place.is_Integer for place in far)


@pytest.mark.parametrize(
    ("values", "limit", "rests"),
    [
        ([1, 1, 1], 0, True),
        ([5, 4, 4], 0, True),
        ([1, 1, 1], 1, False),
        ([1, 1, 1 + 5e-7], 1, False),
        ([1 + 1e-5] * 3, 1, True),
        ([1e-6] * 3, 0, False),
        ([-(1e-6)] * 3, 0, False),
        ([-1e-5] * 3, 0, True),
        ([1e6 + 0.5] * 3, 1e6, False),
        ([1e6 + 3] * 3, 1e6, True),
        ([3 - 1e6] * 3, -1e6, True),
        ([1, 2, 4, 8], 0, True),
        ([-1, -2, -4, -8], 0, True),
        ([9, 10, 11.9], 8, False),
        ([1, 1.9, 3.8, 8], 0, False),
        ([1, 3, 5, 20], 0, False),
        ([0, 1, 2, 4], 0, False),
        ([1, 0.5, 0.25, 0.125], 0, False),
        ([3, 1 + 1e-12, 1], 0, True),
        ([3, 1 + 1e-6, 1], 0, False),
        ([3, 1 + 1e-6, 1], 1e6, True),
        ([3, 1.001, 1], 10.0**7, True),
    ],
)
def test_values_are_at_rest_elsewhere_or_still_on_their_way(values, limit, rests):
    assert _rests(values, limit) == rests


GROWTH = [
    (sp.exp(-p * z) + sp.exp(-q * z), {}, True),
    (sp.exp(-p * z) / (1 + sp.exp(-q * z)), {}, True),
    (sp.exp(p * z) + 1, {}, True),
    (sp.exp((p - q) * z), {}, False),
    (sp.exp(p * z) / (1 + sp.exp(q * z)), {}, False),
    (sp.exp(-p * z) / (sp.exp(-p * z) + sp.exp(-q * z)), {}, False),
    (sp.exp(p * z) / (1 + sp.exp(q * z)), {"p": "(0, 1)", "q": "(2, 3)"}, True),
    (sp.exp(p * z) / (1 + sp.exp(q * z)), {"q": "(0, 1)", "p": "(2, 3)"}, True),
    (sp.exp(p * z) / (1 + sp.exp(q * z)), {"p": "(0, 2)", "q": "(1, 3)"}, False),
    (2**z / (1 + 3**z), {}, True),
    (z**2 * sp.exp(-p * z), {}, True),
    (sp.exp(z**2 + p * z) / sp.exp(q * z), {}, False),
]


@pytest.mark.parametrize(("expression", "domains", "known"), GROWTH, ids=str)
def test_which_of_two_powers_grows_faster_is_known_or_the_limit_is_left(expression, domains, known):
    usual = {"p": "(0, inf)", "q": "(0, inf)", "z": "(0, inf)"}
    (e, moving), domains = canonical([expression, z], {**usual, **domains})
    if known:
        _require_known_growth(e, moving, domains)
    else:
        with pytest.raises(Undecided, match="sign of"):
            _require_known_growth(e, moving, domains)


GONE = [
    (beta**t, 0),
    (1 - beta**t, 1),
    (x * (1 - beta ** (2 * t + 1)) / (1 - gamma**t), x),
    (beta ** (t * eps), 0),
    (1 / (2 + beta**t) + sp.sqrt(v), R(1, 2) + sp.sqrt(v)),
    (beta**t * gamma**3, 0),
    (beta**3, None),
    (t * beta**t, None),
    (2**t, None),
    (beta**-t, None),
    (1 / beta**t, None),
    (gamma / (beta**t + gamma**t), None),
    (beta ** (t * v), None),
    (beta ** (t * x), None),
    (beta ** (t**2), None),
    (beta ** (1 / t), None),
    (sp.sign(beta**t), None),
    (sp.floor(1 - beta**t), None),
    (sp.Piecewise((1, beta**t > 0), (0, True)), None),
    (sp.log(beta**t + 0 * x), None),
]


@pytest.mark.parametrize(("expression", "left"), GONE, ids=str)
def test_vanishing_powers_are_set_to_zero_where_nothing_else_moves(expression, left):
    (e, moving, rest), known = canonical([expression, t, 0 if left is None else left], DOMAINS)
    found = _powers_gone(e, moving, known)
    assert (found is None) == (left is None)
    assert left is None or sp.simplify(found - rest) == 0


FROM_THE_LEFT = [(sp.exp(x), 0, True), (1 / x, 0, True), (sp.exp(x), 1, False), (1 / x, 1, False)]


@pytest.mark.parametrize(("expression", "value", "true"), FROM_THE_LEFT, ids=str)
def test_a_limit_far_down_is_found_or_refuted_there(expression, value, true):
    found = limit_verdict(expression, x, -sp.oo, value)
    assert found.shown == true
    assert true or found.counterexample["x"] < -(10**9)


REFUTED = [
    (sp.Abs(x), x, 0, 1, {}),
    (y / (1 + x**2), x, 2, y, {"y": "[1, 2]"}),
    (sp.sign(x), x, 0, 1, {"x": "[-1, 0]"}),
    (1 / x, x, 0, 0, {"x": "(0, 1)"}),
    (1 / t, t, sp.oo, 1, {}),
    (sp.Abs(x) * y, x, 0, y, {"y": "real"}),
]


@pytest.mark.parametrize("case", REFUTED, ids=str)
def test_a_refuted_limit_has_a_point_close_to_its_end_where_it_is_missed(case):
    e, variable, to, value, domains = case
    found = limit_verdict(e, variable, to, value, domains=domains)
    here = found.counterexample[variable.name]
    assert here > 10**9 if to == sp.oo else 0 < abs(here - to) < R(1, 10**9)
    if variable.name in domains:
        assert here in Domain.parse(domains[variable.name])
    at = {s: found.counterexample[s.name] for s in sp.sympify(e).free_symbols | {variable}}
    values = [sp.N(sp.sympify(side).subs(at), 30) for side in (e, value)]
    assert all(abs(a - b) < 1e-20 * (1 + abs(a)) for a, b in zip(values, found.values, strict=True))
    assert abs(values[0] - values[1]) > R(1, 10**4)


@pytest.mark.parametrize("domain", ["real", "[0, inf)", "(-inf, 0]", "(0, inf)", "(-inf, 0)"])
def test_where_a_symbol_may_vanish_its_limit_must_be_the_same_at_zero(domain):
    expression, domains = t * x**2 / (1 + t * x**2), {**DOMAINS, "x": domain}
    found = limit_verdict(expression, t, sp.oo, 1, domains=domains)
    assert found.shown == (0 not in Domain.parse(domain))
    assert limit_verdict(expression / t, t, sp.oo, 0, domains=domains).shown
