"""Bounds that do not hold, each with a point at which the left side is below 0 (or is 0)."""

import sympy as sp
from claims_false import TINY, Claim, R, a, beta, eps, gamma, i, s, t, v, x, y


def polynomials():
    """Claims ``lhs >= 0``."""
    for p in (1, 2, 5):
        yield Claim((x - p) ** 2 - TINY, at={x: p})
        yield Claim(sp.expand((x - p) ** 2) - TINY, at={x: p})
        yield Claim((x - p) * (x - p - TINY), at={x: p + TINY / 2})
        yield Claim(v**2 - p * v, at={v: R(p, 2)})
        yield Claim(x**2 + y**2 - 2 * (1 + TINY) * x * y, at={x: p, y: p})
        yield Claim(v - R(1, 10 ** (3 * p)), at={v: 0})
        yield Claim(eps - R(1, 10 ** (3 * p)), at={eps: R(1, 10 ** (3 * p + 1))})
        yield Claim(t - 1 - R(1, p), at={t: 1})
        yield Claim(t**2 - (p + 2) * t + 1, at={t: 2})
        yield Claim(x ** (2 * p + 1), at={x: -1})
        yield Claim(x**4 - x ** (2 * p) - TINY, at={x: R(1, 2) if p < 5 else 2})
        yield Claim(10 ** (3 * p) - v, at={v: 10 ** (3 * p) + 1})
        yield Claim(v - v**2 / 10 ** (3 * p) + 1, at={v: 10 ** (3 * p) + 2})
        yield Claim(10**p * t - t**2, at={t: 10**p + 1})
    small, large = R(1, 100), R(99, 100)
    for e in (
        beta - gamma,
        1 - beta - gamma - TINY,
        beta * gamma - beta,
        beta + gamma - 1,
        beta**2 - beta + R(1, 4) - TINY,
        1 - 2 * beta,
        1 / (1 - beta) - 1 - TINY - (beta - gamma),
        beta * (1 - gamma) - gamma * (1 - beta),
        gamma**2 - gamma,
        (1 - gamma) * (beta - gamma),
        (beta - 1) * (1 - gamma),
        1 / (beta - gamma),
        (1 - gamma) ** 3 - (1 - beta) ** 3,
        1 - beta - (1 - beta) ** 2 - (1 - beta) * gamma,
    ):
        at = {beta: R(1, 2), gamma: R(1, 2) + TINY / 2}
        for point in (at, {beta: small, gamma: large}, {beta: large, gamma: large}):
            if e.subs(point) < 0:
                yield Claim(e, at=point)
                break


def exponents():
    """Claims ``lhs >= 0``."""
    at = {beta: R(9, 10), gamma: R(1, 2), t: 3, s: 2, x: -2, y: -1, v: 4, a: -1}
    for e in (
        beta**t - beta,
        beta ** (t + 1) - beta**t,
        beta**t - 1,
        gamma**t - beta**t,
        beta**t - beta**s,
        beta ** (2 * t) - beta**t,
        1 - t * beta**t,
        beta ** (t * s) - beta**s,
        1 - beta**t - beta,
        beta - beta ** (-t),
        1 - beta**a,
        beta ** (-a) - 1,
        (1 - beta) ** t - (1 - gamma) ** t,
        x**t,
        x ** (2 * t + 1),
        -sp.exp(x),
        sp.exp(x) - 1 + TINY,
        x * sp.exp(x),
        1 - sp.exp(-x),
        sp.log(v / 5),
        sp.log(gamma),
        sp.log(1 - gamma) + TINY,
        sp.log(1 + gamma) - gamma,
        sp.sqrt(v) - v,
        v - 2 * sp.sqrt(v) + 1 - TINY - sp.sqrt(v),
        sp.sqrt(gamma) - 1,
        gamma - sp.sqrt(gamma),
        sp.sqrt(1 - gamma) - 1,
        1 / sp.sqrt(v) - 1,
        sp.sqrt(1 - gamma**t) - 1,
        gamma**t - R(1, 4),
        2 ** (-t) - R(1, 4),
        5 - 2**t,
        2**t - t**2,
    ):
        yield Claim(e, at=at)
    for p in (2, 6, 9):
        yield Claim(gamma - R(1, 10**p) * (t + 1), at={gamma: R(1, 10**p), t: 1})
        yield Claim(gamma**t - R(1, 2**p), at={gamma: R(1, 2), t: p + 1})
        yield Claim(1 / t - R(1, 10**p), at={t: 10**p + 1})


def functions():
    """Claims ``lhs >= 0``."""
    at = {x: -2, y: 1, v: R(1, 2), beta: R(1, 2), t: 3}
    for e in (
        sp.Abs(x) - 2 - TINY,
        sp.Abs(x) * x,
        -sp.Abs(x),
        sp.Abs(x + y) - sp.Abs(x),
        sp.Max(x, -1),
        sp.Max(x, x**3),
        sp.Min(x, 1),
        sp.Min(v, beta, v - 1),
        sp.Max(x, y) - 2,
        sp.sign(x),
        sp.sign(v) - 1 - TINY,
        sp.Piecewise((x, x < 0), (1, True)),
        sp.Piecewise((1, x > 0), (v, x > -1), (-v, True)),
        sp.floor(x),
        sp.floor(v) - 1,
        sp.Mod(x, -3),
        sp.Mod(t, 2) - 1 - TINY,
        sp.sin(t + R(1, 2)),
        sp.cos(x),
        sp.Abs(x) ** 3 + x**3 * 2,
        sp.Max(v, beta) - 1,
        -sp.Max(v, beta),
        sp.Sum(beta**i - R(1, 3), (i, 1, t)),
        sp.Sum(i - 2, (i, 0, t - 1)) - 1,
        sp.Sum(x**i, (i, 1, t)),
        sp.Sum((-1) ** i, (i, 1, t)),
        sp.Sum(-(beta**i), (i, 0, sp.oo)),
        sp.Sum(i, (i, -4, t)),
        -sp.Sum(i**2, (i, 0, t)),
    ):
        yield Claim(e, at=at)
    yield Claim(sp.floor(x), at={x: -TINY}, domains={"x": "(-0.001, inf)"})
    for p in (6, 12):
        yield Claim(sp.Piecewise((1, t < 10**p), (-1, True)), at={t: 10**p})
        yield Claim(sp.Min(1, 10**p - v), at={v: 10**p + 1})
        yield Claim(sp.Abs(x - 1) - R(1, 10**p), at={x: 1})


ENDS = [
    ("0", "1"),
    ("-1", "1"),
    ("0.125", "0.375"),
    ("-2", "-0.5"),
    ("0.0009765625", "1024"),
    ("7", "8"),
]


def ends():
    """Claims ``lhs >= 0`` beyond the ends of a domain."""
    for low, high in ENDS:
        least, most = R(low), R(high)
        for left, right in ("()", "[]", "(]", "[)"):
            box = {"x": f"{left}{low}, {high}{right}"}
            near_low, near_high = (
                least + TINY * (most - least) / 4,
                most - TINY * (most - least) / 4,
            )
            yield Claim(x - least - TINY * (most - least), at={x: near_low}, domains=box)
            yield Claim(most - x - TINY * (most - least), at={x: near_high}, domains=box)
            yield Claim((x - near_low) * (most - x), at={x: (least + near_low) / 2}, domains=box)
            yield Claim(-(x - least) * (most - x), at={x: (least + most) / 2}, domains=box)


def strict():
    """Claims ``lhs > 0`` that fail because the left side is 0 somewhere."""
    zero = {x: 0, y: 0, v: 0, t: 1}
    for e in (
        x**2,
        x**2 + y**2,
        sp.Abs(x),
        sp.Abs(x) + sp.Abs(y),
        sp.Abs(x * y),
        v,
        v + x**2,
        v * beta,
        v / (1 - beta),
        sp.sqrt(v),
        v ** R(2, 3),
        t - 1,
        (t - 1) * eps,
        sp.log(t),
        sp.log(1 + v),
        sp.Max(v, 0),
        sp.Min(eps, v),
        sp.Min(beta, sp.Abs(x)),
        sp.Max(x, 0),
        sp.Piecewise((v, x < 1), (1, True)),
        sp.Sum(v * i, (i, 0, t)),
        sp.Sum(i, (i, 0, t - 1)),
        beta - beta**t,
        1 - beta ** (t - 1),
        1 - t ** (-2),
        v**2 + 2 * v,
        (x - y) ** 2,
        sp.expand((x - y) ** 2),
        x**2 * beta,
        v * (1 - beta) * (1 - gamma),
        v / (beta - 2) + v**2 / (beta - 2),
        v / (beta - 2) - x**2 / (1 + v),
        x**2 / (beta - 3) + y**2 / (gamma - 2),
    ):
        yield Claim(e, at={**zero, beta: R(1, 2), gamma: R(1, 2), eps: 1})
    for low, high in ENDS:
        box = {"x": f"[{low}, {high}]"}
        for e, end in ((x - R(low), low), (R(high) - x, high)):
            yield Claim(e, at={x: R(end)}, domains=box)
            yield Claim(e * (x + 3), at={x: R(end)}, domains=box)
            yield Claim(sp.sqrt(e), at={x: R(end)}, domains=box)


WEAK = [polynomials, exponents, functions, ends]
WEAK_BOUNDS = {f"{f.__name__}-{k}": claim for f in WEAK for k, claim in enumerate(f())}
STRICT_BOUNDS = {f"strict-{k}": claim for k, claim in enumerate(strict())}
