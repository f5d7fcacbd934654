"""Limits without the hunt for counterexamples: no false one is shown, many true ones are."""

import pytest
import sympy as sp
from claims_false import DOMAINS, R, beta, eps, gamma, t, v, x, y

from optlib.algebra import verdicts
from optlib.algebra.proof import limits

k = sp.Symbol("k", integer=True)
SMALL, LATE = R(1, 10**12), 10**6 + 1

# The expression, what moves where, a value that is not the limit, and a point close to the end at
# which the expression is far from it.
FALSE = [
    (sp.sign(x), x, 0, 0, {x: SMALL}),
    (sp.sign(x), x, 0, 1, {x: -SMALL}),
    (sp.sign(x), x, 0, -1, {x: SMALL}),
    (sp.Abs(x) / x, x, 0, 1, {x: -SMALL}),
    (sp.floor(x), x, 1, 1, {x: 1 - SMALL}),
    (sp.floor(x), x, 1, 0, {x: 1 + SMALL}),
    (sp.Piecewise((1, x > 0), (0, True)), x, 0, 1, {x: -SMALL}),
    (sp.Piecewise((1, x > 0), (0, True)), x, 0, 0, {x: SMALL}),
    ((beta / gamma) ** t, t, sp.oo, 0, {t: LATE, beta: R(3, 4), gamma: R(1, 2)}),
    (t * (beta / gamma) ** t, t, sp.oo, 0, {t: LATE, beta: R(3, 4), gamma: R(1, 2)}),
    (beta**t / (beta**t + gamma**t), t, sp.oo, 1, {t: 1000, beta: R(1, 2), gamma: R(3, 4)}),
    (beta**t / (beta**t + gamma**t), t, sp.oo, 0, {t: 1000, beta: R(3, 4), gamma: R(1, 2)}),
    (gamma**t / (2 * beta**t + gamma**t), t, sp.oo, 0, {t: 1000, beta: R(1, 2), gamma: R(3, 4)}),
    (sp.Mod(x, 1), x, 2, 0, {x: 2 - SMALL}),
    (beta**t, t, sp.oo, 1, {t: LATE, beta: R(1, 2)}),
    (beta**t, t, sp.oo, beta, {t: LATE, beta: R(1, 2)}),
    (1 - beta**t, t, sp.oo, 1 - beta, {t: LATE, beta: R(1, 2)}),
    ((1 - beta**t) / (1 - beta), t, sp.oo, 1, {t: LATE, beta: R(1, 2)}),
    (x * (1 - beta**t), t, sp.oo, 1, {t: LATE, beta: R(1, 2), x: 2}),
    (y**t, t, sp.oo, 0, {t: LATE, y: 1}),
    ((2 * beta) ** t, t, sp.oo, 0, {t: LATE, beta: R(3, 4)}),
    (beta ** (t * y), t, sp.oo, 0, {t: LATE, beta: R(1, 2), y: -SMALL}),
    (beta ** (t * v), t, sp.oo, 0, {t: LATE, beta: R(1, 2), v: 0}),
    (beta ** (v / t), t, sp.oo, 0, {t: LATE, beta: R(1, 2), v: 1}),
    (sp.exp(-v * t), t, sp.oo, 0, {t: LATE, v: 0}),
    (v / (v + 1 / t), t, sp.oo, 1, {t: LATE, v: 0}),
    (1 / (1 + t * v), t, sp.oo, 0, {t: LATE, v: 0}),
    ((-1) ** t, t, sp.oo, 0, {t: LATE}),
    ((-1) ** t, t, sp.oo, 1, {t: LATE}),
    (sp.sin(t), t, sp.oo, 0, {t: LATE}),
    (sp.cos(sp.pi * t), t, sp.oo, 1, {t: LATE}),
    (sp.floor(t / 2) * 2 / t + sp.Mod(t, 2), t, sp.oo, 1, {t: LATE}),
    (sp.log(t) / sp.log(2 * t + 1), t, sp.oo, R(1, 2), {t: LATE}),
    (sp.sqrt(t + 1) - sp.sqrt(t), t, sp.oo, 1, {t: LATE}),
    (t * (beta ** (1 / t) - 1), t, sp.oo, 0, {t: LATE, beta: R(1, 2)}),
    (sp.sqrt(x**2 + eps), eps, 0, x, {eps: SMALL, x: -1}),
    (x / (sp.Abs(x) + eps), eps, 0, 1, {eps: SMALL, x: -1}),
    (x / (sp.Abs(x) + eps), eps, 0, x, {eps: SMALL, x: 2}),
    (sp.Max(x, eps), eps, 0, x, {eps: SMALL, x: -1}),
    (v / (v + eps), eps, 0, 1, {eps: SMALL, v: 0}),
    (eps / (eps + v), eps, 0, 0, {eps: SMALL, v: 0}),
    ((x**2 - 1) / (x - 1), x, 1, 1, {x: 1 + SMALL}),
    (sp.sin(x) / x, x, 0, 0, {x: SMALL}),
    (x * y, x, 0, y, {x: SMALL, y: 1}),
    ((1 - beta**2) / (1 - beta), beta, 1, 1, {beta: 1 - SMALL}),
]

# The true value stands last.
VANISHING = ((beta**t + t * gamma**t) / (2 + beta**t), t, sp.oo, 0)
TRUE = [
    (beta**t, t, sp.oo, 0),
    (beta ** (2 * t), t, sp.oo, 0),
    (x * (1 - beta**t), t, sp.oo, x),
    ((1 - beta**t) / (1 - beta), t, sp.oo, 1 / (1 - beta)),
    ((beta * gamma) ** t, t, sp.oo, 0),
    VANISHING,
    (1 / t, t, sp.oo, 0),
    ((t + 1) / (2 * t), t, sp.oo, R(1, 2)),
    (t * beta**t, t, sp.oo, 0),
    (x / (sp.Abs(x) + eps), eps, 0, sp.sign(x)),
    (sp.sqrt(x**2 + eps), eps, 0, sp.Abs(x)),
    ((x**2 - 1) / (x - 1), x, 1, 2),
    (sp.sin(x) / x, x, 0, 1),
    ((1 - beta**2) / (1 - beta), beta, 1, 2),
    (sp.Abs(x), x, 0, 0),
]


@pytest.fixture(autouse=True)
def nothing_is_sampled(monkeypatch):
    """The limits stand or fall by their proofs: no point close to the end, no point at all."""
    monkeypatch.setattr(limits, "points", lambda *args, **options: iter(()))
    monkeypatch.setattr(verdicts, "differ", lambda lhs, rhs, point: None)


def shown(expression, variable, to, value):
    return limits.limit_verdict(expression, variable, to, value, domains=DOMAINS).shown


@pytest.mark.parametrize("case", FALSE, ids=lambda case: f"{case[0]} to {case[3]}")
def test_no_false_limit_is_shown(case):
    expression, variable, to, value, at = case
    gap = sp.N(sp.sympify(expression) - value, 30, subs=at)
    assert abs(gap) > R(1, 100)
    assert not shown(expression, variable, to, value)


@pytest.mark.parametrize("case", TRUE, ids=lambda case: f"{case[0]} to {case[3]}")
def test_true_limits_are_shown_and_their_near_misses_are_not(case):
    expression, variable, to, value = case
    if case == VANISHING and sp.__version__.startswith("1.13"):
        pytest.skip("SymPy 1.13 is not sure of a sign, so the limit is undecided")
    assert shown(expression, variable, to, value)
    assert not shown(expression, variable, to, value + R(1, 10**6))


SEQUENCE = sp.Function("g")
MANY = sum(sp.symbols("a1:5"), sp.Integer(0))
REASONS = [
    (sp.sign(x), x, 0, 0, "the sides disagree"),
    (sp.sin(t), t, sp.oo, 0, "SymPy finds none"),
    (sp.Sum(SEQUENCE(k), (k, 1, t)) / t, t, sp.oo, 0, "a sum is left"),
    (MANY * x, x, 0, 0, "too many symbols may vanish"),
    (1 / x**2, x, 0, 0, "the limit found is oo"),
    (beta**t + 1, t, sp.oo, 0, "the limit found is 1"),
]


@pytest.mark.parametrize("case", REASONS, ids=lambda case: f"{case[0]} to {case[3]}")
def test_a_limit_that_is_not_shown_says_why(case):
    *limit, reason = case
    found = limits.limit_verdict(*limit, domains=DOMAINS)
    assert found.undecided and reason in found.reason


def test_as_many_symbols_may_vanish_as_can_be_tried():
    assert shown(sum(sp.symbols("a1:4"), sp.Integer(0)) * x, x, 0, 0)


def test_the_value_of_a_limit_does_not_hold_what_moves():
    with pytest.raises(ValueError, match="which is gone in the limit"):
        shown(x * y, x, 0, x)


@pytest.mark.parametrize(("end", "domain"), [(2, "[0, 1]"), (-1, "[0, inf)")])
def test_an_end_outside_the_domain_is_refused(end, domain):
    with pytest.raises(ValueError, match="stays in"):
        limits.limit_verdict(x**2, x, end, end**2, domains={"x": domain})
