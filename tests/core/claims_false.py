"""Equalities that do not hold, each with a point at which it fails."""

from dataclasses import dataclass, field
from itertools import product
from random import Random

import sympy as sp

x, y, z, a, beta, gamma, v, eps = sp.symbols("x y z a beta gamma v eps")
t, s, i = sp.symbols("t s i", integer=True)
R = sp.Rational
TINY = R(1, 10**6)
UNIT, WHOLE = "(0, 1)", "integer [1, inf)"
DOMAINS = {"beta": UNIT, "gamma": UNIT, "t": WHOLE, "s": WHOLE, "v": "[0, inf)", "eps": "(0, inf)"}


@dataclass(frozen=True)
class Claim:
    """That two sides are equal, or that the left one is >= 0 or > 0, and where it fails."""

    lhs: sp.Basic
    rhs: sp.Basic = sp.Integer(0)
    at: dict = field(default_factory=dict)
    domains: dict = field(default_factory=dict)


def radicals():
    for p, q in product(range(4), repeat=2):
        below = {x: p - 1, y: q - 1}
        yield Claim(sp.sqrt((x - p) * (y - q)), sp.sqrt(x - p) * sp.sqrt(y - q), below)
        yield Claim(sp.sqrt((x - p) ** 2 * (y + q)), (x - p) * sp.sqrt(y + q), {x: p - 1, y: 1})
        yield Claim(sp.sqrt((x - p) * (y - q) / 2), sp.sqrt((x - p) / 2) * sp.sqrt(y - q), below)
    for p in range(4):
        yield Claim(sp.sqrt((x - p) ** 2), x - p, {x: p - 1})
        yield Claim(sp.sqrt(x - p) * sp.sqrt(1 / (x - p)), sp.Integer(1), {x: p - 1})
        yield Claim(((x - p) ** 6) ** R(1, 6), x - p, {x: p - R(1, 3)})
        yield Claim(sp.sqrt(x**2 + (p + 1) ** 2), x + p + 1, {x: 1})
        yield Claim(sp.sqrt(v + p + 1), sp.sqrt(v) + sp.sqrt(p + 1), {v: 1})
        yield Claim(sp.sqrt((beta - R(p + 1, 4)) ** 2), beta - R(p + 1, 4), {beta: R(1, 100)})
        yield Claim(sp.sqrt((x - p) * (x - p - 1)) ** 2, (x - p) ** 2, {x: p - 1})
    yield Claim(sp.sqrt(beta * gamma), beta * sp.sqrt(gamma), {beta: R(1, 2), gamma: R(1, 2)})
    yield Claim(1 / (sp.sqrt(v) + eps), 1 / sp.sqrt(v + eps**2), {v: 1, eps: 1})
    yield Claim(sp.sqrt(v) * v ** R(1, 3), v ** R(2, 3), {v: 2})
    yield Claim(sp.sqrt(1 - beta**2), 1 - beta, {beta: R(1, 2)})


def hidden_squares():
    """Radicands multiplied out, in which a prover has to find the squares itself."""
    for p, q in product(range(1, 4), repeat=2):
        square, at = sp.expand((x - p) ** 2 * (y + q)), {x: p - 2, y: 1}
        yield Claim(sp.sqrt(square), sp.sqrt(y + q), at)
        yield Claim(sp.sqrt(square), (x - p) * sp.sqrt(y + q), at)
        yield Claim(
            sp.sqrt(sp.expand((x - p) * (y - q))),
            sp.sqrt(x - p) * sp.sqrt(y - q),
            {x: p - 1, y: q - 1},
        )
    for p in (1, 2):
        below = {x: p - 2}
        yield Claim(sp.sqrt(sp.expand((x - p) ** 2)), x - p, below)
        yield Claim(sp.sqrt(sp.expand((x - p) ** 2)), sp.Integer(1), below)
        yield Claim(sp.sqrt(sp.expand((x - p) ** 4)), sp.Abs(x - p), below)
        yield Claim(sp.expand((x - p) ** 4) ** R(1, 4), x - p, below)
        yield Claim(sp.expand((x - p) ** 2) ** R(3, 2), (x - p) ** 3, below)
        yield Claim(1 / sp.sqrt(sp.expand((x - p) ** 2)), 1 / (x - p), below)
    half = {beta: R(1, 2), gamma: R(1, 3), v: 2}
    yield Claim(sp.sqrt(sp.expand((1 - beta) * (1 - gamma))), sp.sqrt(1 - beta), half)
    yield Claim(sp.sqrt(sp.expand((1 - beta) * (1 - gamma))), sp.sqrt(1 - gamma), half)
    yield Claim(sp.sqrt(sp.expand((beta - 2) ** 2 * (3 - gamma))), sp.sqrt(3 - gamma), half)
    yield Claim(sp.sqrt(sp.expand((beta - 2) * (gamma - 3))), sp.sqrt(3 - gamma), half)
    yield Claim(sp.sqrt(sp.expand(v * (1 - beta))), sp.sqrt(v), half)
    yield Claim(sp.sqrt(sp.expand((1 + v) ** 2)), v, half)


def powers():
    for outer, inner in ((R(1, 2), 2), (R(3, 2), 2), (R(1, 4), 4), (R(3, 4), 4), (R(1, 2), 6)):
        for p in (0, 1, 5):
            yield Claim(((x - p) ** inner) ** outer, (x - p) ** (inner * outer), {x: p - 2})
    yield Claim((x**2) ** a, x ** (2 * a), {x: -1, a: R(1, 2)})
    yield Claim((x**2) ** (a / 2), x**a, {x: -2, a: 1})
    yield Claim((x * y) ** a, x**a * y**a, {x: -1, y: -1, a: R(1, 2)})
    yield Claim((x**4) ** a, (x**2) ** a * x ** (2 * a), {x: -1, a: R(1, 2)})
    yield Claim((-x) ** t, -(x**t), {x: 2, t: 2})
    yield Claim((-x) ** t, x**t, {x: 2, t: 1})
    yield Claim((-1) ** t, sp.Integer(1), {t: 1})
    yield Claim(sp.Integer(-1) ** (2 * t + 1), sp.Integer(1), {t: 1})
    yield Claim(sp.Abs(x) ** t, x**t, {x: -2, t: 3})
    half = {beta: R(1, 2), gamma: R(1, 3), t: 3, s: 4}
    wrong = {
        beta ** (t + 1): beta**t,
        beta ** (2 * t): 2 * beta**t,
        beta ** (t * s): beta**t * beta**s,
        beta ** (t + s): beta**t + beta**s,
        (beta**t) ** s: beta ** (t + s),
        (beta + gamma) ** t: beta**t + gamma**t,
        (1 - beta) ** t: 1 - beta**t,
        beta ** (t**2): beta ** (2 * t),
        beta ** (-t): -(beta**t),
        sp.sqrt(beta**t): beta ** (2 * t),
        sp.sqrt(beta ** (t + 1)): beta ** (t / 2),
        beta**t * gamma**s: (beta * gamma) ** (t + s),
        beta**t - beta ** (t + 1): 1 - beta,
        beta**t / (1 - beta**t): beta ** (t - 1) / (1 - beta ** (t - 1)),
        (1 - beta ** (2 * t)) / (1 - beta**t): 1 - beta**t,
        sp.exp(x * sp.log(2)): 2 ** (x + 1),
        sp.exp(x) * sp.exp(y): sp.exp(x * y),
        sp.exp(x) ** 2: sp.exp(x**2),
        sp.exp(-t * sp.log(beta)): beta**t,
    }
    yield from (Claim(lhs, rhs, {**half, x: 3, y: 5}) for lhs, rhs in wrong.items())


def logarithms():
    for p in (0, 1, 2, 7):
        below = {x: p - 1}
        yield Claim(sp.log((x - p) ** 2) ** 2, 4 * sp.log(x - p) ** 2, below)
        yield Claim(sp.log(x + p + 2), sp.log(x) + sp.log(p + 2), {x: 3})
        yield Claim(sp.log((x - p) ** 4), 2 * sp.log((x - p) ** 2) + TINY, below)
    at = {x: 3, y: 5, beta: R(1, 2), v: 2}
    wrong = {
        sp.log(x + y): sp.log(x) + sp.log(y),
        sp.log(x) * sp.log(y): sp.log(x * y),
        sp.log(x / y): sp.log(x) / sp.log(y),
        sp.log(1 / x): 1 / sp.log(x),
        sp.log(x**2): sp.log(x) ** 2,
        sp.log(1 + v): v,
        sp.log(1 - beta): -beta,
        sp.exp(sp.log(x) * sp.log(y)): x * y,
        sp.exp(-sp.log(x)): -x,
        sp.log(sp.sqrt(x)): sp.sqrt(sp.log(x)),
    }
    yield from (Claim(lhs, rhs, at) for lhs, rhs in wrong.items())


def absolute_values():
    at = {x: -2, y: 3, z: -1}
    wrong = {
        sp.Abs(x + y): sp.Abs(x) + sp.Abs(y),
        sp.Abs(x - y): sp.Abs(x) - sp.Abs(y),
        sp.Abs(x * y): x * sp.Abs(y),
        x * sp.Abs(x): x**2,
        sp.Abs(x) ** 3: x**3,
        sp.sign(x) * x: x,
        sp.sign(x * y): sp.sign(x) + sp.sign(y) + 1,
        sp.sign(x + y): sp.sign(x) + sp.sign(y),
        sp.Abs(x) / x: sp.Integer(1),
        sp.Abs(x + y + z): sp.Abs(x + y) + sp.Abs(z),
    }
    yield from (Claim(lhs, rhs, at) for lhs, rhs in wrong.items())
    yield Claim(sp.sign(x) ** 2, sp.Integer(1), {x: 0})
    yield Claim(sp.sign(v), sp.Integer(1), {v: 0})
    for p in (1, 2, 5):
        yield Claim(sp.Abs(x - p), x - p, {x: 0})
        yield Claim(sp.Abs(x - p), sp.Abs(x) - p, {x: 0})
        yield Claim(sp.Abs(x - p) + sp.Abs(x + p), sp.Abs(2 * x), {x: 0})
        yield Claim(sp.sign(x - p), sp.sign(x), {x: R(p, 2)})
        yield Claim(sp.Abs(v - p), v - p, {v: 0})


def extrema():
    at = {x: -2, y: -1, z: -3}
    wrong = {
        sp.Max(x, y): x,
        sp.Min(x, y): y,
        sp.Max(x, y) + x: 2 * x + sp.Abs(x - y) / 2,
        sp.Max(x, y) - x: sp.Abs(x - y) / 2,
        z * sp.Max(x, y): sp.Max(x * z, y * z),
        sp.Max(x, -x): x,
        sp.Max(x, 0) * sp.Max(y, 0): sp.Max(x * y, 0),
        sp.Max(x, 1) ** 2: sp.Max(x**2, 1),
        sp.Max(x, y) + sp.Min(x, z): x + y,
        sp.Max(x, y, z): sp.Max(x, z),
        sp.Min(1, sp.Max(-1, x)): x,
        sp.Max(x, y): (x + y - sp.Abs(x - y)) / 2,
        sp.Max(x, 0) - sp.Min(x, 0): x,
        sp.sqrt(sp.Max(x, 0)) ** 2: x,
        sp.Max(x + z, y + z): sp.Max(x, y) - z,
    }
    yield from (Claim(lhs, rhs, at) for lhs, rhs in wrong.items())
    for p in (1, 3, 9):
        yield Claim(sp.Max(x - p, 0), x - p, {x: 0})
        yield Claim(sp.Max(v, p), v, {v: 0})
        yield Claim(sp.Min(t, p), t, {t: p + 1})
        yield Claim(sp.Max(beta, R(1, p + 1)), beta, {beta: R(1, 20)})


def branches():
    for p in (-2, 0, 1, 4):
        strict, weak = (sp.Piecewise((1, r), (0, True)) for r in (x > p, x >= p))
        yield Claim(strict, weak, {x: p})
        yield Claim(strict + sp.Piecewise((1, x < p), (0, True)), sp.Integer(1), {x: p})
        yield Claim(weak + sp.Piecewise((1, x <= p), (0, True)), sp.Integer(1), {x: p})
        yield Claim(sp.Piecewise((x - p, x > p), (p - x, True)), x - p, {x: p - 1})
        yield Claim(sp.Piecewise((0, sp.Ne(x, p)), (1, True)), sp.Integer(0), {x: p})
        yield Claim(sp.Piecewise((1, x > p + TINY), (0, True)), strict, {x: p + TINY / 2})
        both = sp.And(x > p, x < p + 1)
        yield Claim(sp.Piecewise((1, both), (0, True)), sp.Integer(0), {x: p + R(1, 2)})
        yield Claim(sp.Piecewise((x, x > y), (y, True)) + p, x + p, {x: 0, y: 1})
    ring = x**2 + y**2 - 1
    for one, other in ((ring > 0, ring >= 0), (ring < 0, ring <= 0)):
        yield Claim(*(sp.Piecewise((1, r), (0, True)) for r in (one, other)), {x: 1, y: 0})
    for p in (1, 2, 7):
        yield Claim(sp.Piecewise((1, t > p), (0, True)), sp.Integer(1), {t: p})
        yield Claim(sp.Piecewise((beta, t <= p), (0, True)), beta, {t: p + 1, beta: R(1, 2)})
        yield Claim(sp.Piecewise((1, v > 0), (p + 1, True)), sp.Integer(1), {v: 0})


def rounding():
    at = {x: R(-3, 4), y: R(3, 4)}
    wrong = {
        sp.floor(x + y): sp.floor(x) + sp.floor(y),
        sp.floor(x * y): sp.floor(x) * sp.floor(y) + 1,
        sp.floor(-x): -sp.floor(x),
        sp.floor(x): x,
        sp.ceiling(x): sp.floor(x),
        sp.floor(sp.Abs(x)): sp.Abs(sp.floor(x)),
        sp.floor(x) ** 2: sp.floor(x**2),
        sp.Mod(x, 1): x,
        sp.floor(x + R(1, 2)) + 1: sp.floor(x),
    }
    yield from (Claim(lhs, rhs, at) for lhs, rhs in wrong.items())
    yield Claim(sp.ceiling(x), sp.floor(x) + 1, {x: 2})
    for p in (2, 3, 5):
        yield Claim(sp.floor(p * x), p * sp.floor(x), {x: R(p - 1, p)})
        yield Claim(p * sp.floor(t / p), t, {t: 1})
        yield Claim(sp.Mod(t, p), t, {t: p})
        yield Claim(sp.floor(x / 10**p), sp.Integer(0), {x: 10**p}, {"x": "[0, inf)"})
        yield Claim(sp.floor(x + 1 - R(1, 10**p)), sp.floor(x) + 1, {x: 0})


def sums():
    at = {beta: R(1, 2), t: 4}

    def power(low, high):
        return sp.Sum(beta**i, (i, low, high))

    for p in range(4):
        closed = (beta**p - beta ** (t + 1)) / (1 - beta)
        yield Claim(power(p, t + 1), closed, at)
        yield Claim(power(p + 1, t), closed, at)
        yield Claim(power(p, t - 1), closed, at)
        yield Claim((1 - beta) * power(p + 1, sp.oo), beta**p, at)
        yield Claim(sp.Sum(i**p, (i, 1, t)), sp.Sum(i**p, (i, 1, t - 1)), at)
        yield Claim(sp.Sum(i**p, (i, p, t)), sp.summation(i**p, (i, p, t + 1)), at)
        yield Claim(sp.Sum(x * i + p, (i, 1, t)), x * t * (t - 1) / 2 + p * t, {**at, x: 1})
        yield Claim(sp.Sum(beta ** (t - i), (i, p, t)), power(0, t - p + 1), at)
        yield Claim(sp.Sum(i * beta**i, (i, 0, sp.oo)), beta / (1 - beta) ** 2 + TINY * p + 1, at)
        yield Claim(sp.Sum(beta ** (2 * i + p), (i, 0, t)), power(p, 2 * t + p), at)
    yield Claim(sp.Sum(i * beta**i, (i, 0, sp.oo)), beta / (1 - beta), at)
    yield Claim(*(sp.Sum(beta ** (i * s), (i, 1, t), (s, 1, last)) for last in (2, 3)), at)
    yield Claim(sp.Sum((1 / beta) ** i, (i, 2, sp.oo)), 1 / (beta * (beta - 1)), at)
    yield Claim(power(0, t) ** 2, sp.Sum(beta ** (2 * i), (i, 0, t)), at)
    yield Claim(
        sp.Sum(beta**i * gamma**i, (i, 0, t)), power(0, t) * power(0, t), {**at, gamma: R(1, 3)}
    )


def slips():
    """Products multiplied out, with the sign of one term turned."""
    rng = Random(0)
    for _ in range(45):
        factors = [
            rng.randint(1, 4) * x + rng.choice([-1, 1]) * rng.randint(1, 4) * other
            for other in rng.choices([y, v, beta, sp.Integer(1)], k=rng.randint(2, 4))
        ]
        terms = list(sp.Add.make_args(sp.expand(sp.Mul(*factors))))
        k = rng.randrange(len(terms))
        slipped = sp.Add(*terms[:k], -terms[k], *terms[k + 1 :])
        yield Claim(sp.Mul(*factors), slipped, {x: 2, y: 3, v: 5, beta: R(1, 7)})


def far_or_narrow():
    """What fails beyond a million alone, or within a millionth of one point."""
    for p in (6, 9, 15):
        far = 10**p
        yield Claim(sp.Max(0, x - far), sp.Integer(0), {x: far + 1})
        yield Claim(sp.Min(v, far), v, {v: far + 1})
        yield Claim(sp.Piecewise((1, t > far), (0, True)), sp.Integer(0), {t: far + 1})
        yield Claim(sp.Abs(x + far), x + far, {x: -far - 1})
        yield Claim(sp.Max(0, 1 / R(far) - sp.Abs(x - 1)), sp.Integer(0), {x: 1})
        yield Claim(sp.Max(0, beta - 1 + 1 / R(far)), sp.Integer(0), {beta: 1 - 1 / R(2 * far)})
        yield Claim(sp.Max(1 / R(far), beta), beta, {beta: 1 / R(2 * far)})
        yield Claim(sp.sign(eps - 1 / R(far)), sp.Integer(1), {eps: 1 / R(2 * far)})
        yield Claim(sp.sqrt((x - far) ** 2), sp.Integer(far) - x, {x: far + 1})


FAMILIES = [
    radicals,
    hidden_squares,
    powers,
    logarithms,
    absolute_values,
    extrema,
    branches,
    rounding,
    sums,
    slips,
    far_or_narrow,
]
EQUALITIES = {f"{f.__name__}-{k}": claim for f in FAMILIES for k, claim in enumerate(f())}
