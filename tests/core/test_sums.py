"""Sums in normal form: of the same value, closed where they can be, and nothing assumed unsaid."""

import pytest
import sympy as sp
from claims_false import DOMAINS, R, beta, gamma, i, s, t, x, y

from optlib.algebra.proof.facts import canonical
from optlib.algebra.proof.sums import normal_sums

G, H = sp.Function("g"), sp.Function("h")
k = sp.Symbol("k", integer=True)
AT = {"beta": R(1, 2), "gamma": R(1, 3), "x": R(-3, 2), "y": 3, "s": 2}
SEQUENCES = {G: lambda n: n**3 - 5 * n, H: lambda n: 1 / (1 + n**2)}


def normal(expression):
    """The normal form, and what it assumes, as text."""
    (e,), known = canonical([expression], DOMAINS)
    used = []
    return normal_sums(e, known, used), {str(fact) for fact in used}


def value(expression, steps):
    """The value at numbers, the sums written out by SymPy."""
    at = {q: AT.get(q.name, steps) for q in expression.free_symbols}
    e = expression.subs(at)
    for function, meaning in SEQUENCES.items():
        e = e.replace(function, meaning)
    return sp.N(e.doit(), 40)


def total(term, low, high, index=i):
    return sp.Sum(term, (index, low, high))


# Sums that are closed, and what that assumes.
CLOSED = [
    (total(beta**i, 0, t), set()),
    (total(beta**i, 3, t + 2), set()),
    (total(5 * beta**i * x, 1, t), set()),
    (total(beta ** (2 * i + 1), 0, t - 1), set()),
    (total(beta ** (t - i), 0, t), set()),
    (total((beta * gamma) ** i, 0, t), set()),
    (total(beta ** (-i), 0, t), set()),
    (total(3**i, 0, t), set()),
    (total(beta**i + 2 * gamma**i, 0, t), set()),
    (total(x**i, 0, t), {"x != 1"}),
    (total((beta / gamma) ** i, 0, t), {"beta/gamma != 1"}),
    (total((R(3, 2) * beta) ** i, 0, t), {"3*beta/2 != 1"}),
    (total((beta + R(3, 4)) ** i, 0, t), {"beta + 3/4 != 1"}),
    (total(sp.Integer(7), 1, t), set()),
    (total(i**3 - i + y, 2, t), set()),
    (total(i * beta**i, 0, t), set()),
    (total(i * beta**i, 4, t + 1), set()),
    (total(3 * i * beta ** (2 * i), 1, t), set()),
    (total(G(i), 2, 5), set()),
    (total(total(beta**i, 0, k, i), 0, t, k), set()),
    (sp.Sum(beta**i * gamma**k, (i, 0, k), (k, 0, t)), set()),
    (total(G(i), 1, t) - total(G(i), 0, t + 2), set()),
    (total(G(i), 1, t + 1) + total(G(k), 2, t, k) - 2 * total(G(i), 0, t), set()),
    (total(G(i), s, t + 3) - total(G(i), s + 1, t + 5), set()),
    (sp.Sum(i * k, (i, 1, k), (k, 1, t)), set()),
]
# Sums that stay, in whatever form.
OPEN = [
    total(x * G(i) + y, 1, t),
    total(beta ** (t - i) * G(i), 1, t),
    total(beta**i * G(t - i), 0, t - 1),
    total(G(i + 2) * H(i), 0, t),
    total(G(2 * i), 1, t),
    total(sp.gamma(i + 1) / (i * sp.gamma(i)), 1, t),
    total(G(i + i**2), 1, t),
    total(G(i**2 - i), 1, t),
    total(G(3 - i) * i, 0, t),
    total(i**2 * beta**i, 0, t),
    total(beta ** (i**2), 0, t),
    total(i * x**i, 0, t),
    total(i * beta ** (-i), 0, t),
    total(1 / (i + 1), 0, t),
    total(G(i) * H(i), 1, t) - total(G(i), 1, t),
    total(G(i), t, 2 * t) + total(G(i), t + 1, 2 * t),
    sp.Sum(G(i) * k, (i, 1, k), (k, 1, t)),
    x * total(G(i), 1, t) ** 2,
]


@pytest.mark.parametrize(("expression", "assumed"), CLOSED, ids=str)
def test_a_sum_is_closed_and_says_what_that_assumes(expression, assumed):
    form, used = normal(expression)
    assert not form.has(sp.Sum) and used == assumed
    for steps in (3, 4, 7):
        assert abs(value(form, steps) - value(expression, steps)) < 1e-30


@pytest.mark.parametrize("expression", OPEN, ids=str)
def test_a_sum_that_is_not_closed_keeps_its_value(expression):
    form, used = normal(expression)
    assert form.has(sp.Sum) and not used
    for steps in (3, 4, 7):
        assert abs(value(form, steps) - value(expression, steps)) < 1e-30


ENDLESS = [
    (total(beta**i, 0, sp.oo), 1 / (1 - beta)),
    (total(beta**i, 2, sp.oo), beta**2 / (1 - beta)),
    (total(3 * beta ** (2 * i + 1), 1, sp.oo), 3 * beta**3 / (1 - beta**2)),
    (total(i * beta**i, 0, sp.oo), beta / (1 - beta) ** 2),
    (total(i * beta**i, 3, sp.oo), beta**3 * (3 - 2 * beta) / (1 - beta) ** 2),
]
DIVERGENT = [
    beta ** (-i),
    x**i,
    2**i,
    (-beta) ** i,
    i * beta ** (-i),
    i * x**i,
    i**2,
    i,
    1 / (i + 1),
]


@pytest.mark.parametrize(("expression", "closed"), ENDLESS, ids=str)
def test_an_endless_sum_that_converges_is_closed(expression, closed):
    form, used = normal(expression)
    (same,), _ = canonical([closed], DOMAINS)
    assert sp.simplify(form - same) == 0 and not used


@pytest.mark.parametrize("term", DIVERGENT, ids=str)
def test_an_endless_sum_that_may_diverge_stays(term):
    form, used = normal(total(term, 1, sp.oo))
    assert form.has(sp.Sum) and not used


SAME = [
    total(beta ** (t - i) * G(i), 1, t) - total(beta**i * G(t - i), 0, t - 1),
    total(G(i + 1), 0, t) - total(G(k), 1, t + 1, k),
    total(G(i), 0, t) - total(G(i), 2, t - 1) - G(0) - G(1) - G(t),
    total(x * G(i) + H(i), 1, t) - x * total(G(i), 1, t) - total(H(i), 1, t),
    total(G(t + s - i), s, t) - total(G(i), s, t),
    total(G(i), s, t) - total(G(i), s + 1, t + 1) - G(s) + G(t + 1),
    total(G(i), 0, sp.oo) - total(G(i), 2, sp.oo) - G(0) - G(1),
]


@pytest.mark.parametrize("difference", SAME, ids=str)
def test_equal_sums_look_equal(difference):
    assert sp.expand(normal(difference)[0]) == 0


def test_a_nested_sum_is_closed_beside_one_that_stays():
    form, _ = normal(total(G(i), 1, t) + total(1 + total(beta**i, 0, k, i), 0, t, k))
    assert len(form.atoms(sp.Sum)) == 1
    assert (
        abs(value(form, 5) - value(total(G(i), 1, 5) + total((3 - R(1, 2) ** k), 0, 5, k), 5))
        < 1e-30
    )


@pytest.mark.parametrize("ends", [(2, sp.oo), (-sp.oo, 3), (-sp.oo, sp.oo)], ids=str)
def test_an_endless_sum_of_a_sequence_keeps_its_ends(ends):
    form, _ = normal(x * total(G(i), *ends))
    ((_, low, high),) = (form / sp.Symbol("x", real=True)).limits
    assert (low, high) == ends


def test_what_holds_no_sum_stays_as_it_is():
    (e,), known = canonical([(x + y) ** 2], DOMAINS)
    assert normal_sums(e, known) is e
