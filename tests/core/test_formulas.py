"""Rules as their formulas are printed, as sums over all steps, with no setting at its default."""

import numpy as np
import pytest
from support import gradients, run, start

from optlib import RULES, Optimizer

LR = 0.07


def length(a):
    return np.sqrt(np.sum(a * a))


def average(beta, values):
    """The running average that started at zero, after the last of the values."""
    weights = (1 - beta) * beta ** np.arange(len(values) - 1, -1, -1.0)
    return np.tensordot(weights, np.array(values), 1)


def corrected(beta, values):
    return average(beta, values) / (1 - beta ** len(values))


def ahead(beta, gs):
    t = len(gs)
    return beta * average(beta, gs) / (1 - beta ** (t + 1)) + (1 - beta) * gs[-1] / (1 - beta**t)


def lars_plain(gs, xs, weight_decay, coefficient, eps):
    d = gs[-1] + weight_decay * xs[-1]
    return coefficient * length(xs[-1]) / (length(d) + eps) * d


def novograd(gs, xs, weight_decay, beta1, beta2, eps, eps_root):
    squares = [length(g) ** 2 for g in gs]
    v = [squares[0]]
    for s in squares[1:]:
        v.append(beta2 * v[-1] + (1 - beta2) * s)
    ratios = [
        g / (np.sqrt(k + eps_root) + eps) + weight_decay * x
        for g, k, x in zip(gs, v, xs, strict=True)
    ]
    return sum(beta1**k * ratio for k, ratio in enumerate(ratios[::-1]))


def radam_nesterov(gs, xs, beta1, beta2, eps, threshold):
    t, longest = len(gs), 2 / (1 - beta2) - 1
    rho = longest - 2 * t * beta2**t / (1 - beta2**t)
    if rho <= threshold:
        return ahead(beta1, gs)
    r = np.sqrt((rho - 4) * (rho - 2) * longest / ((longest - 4) * (longest - 2) * rho))
    return r * ahead(beta1, gs) / (np.sqrt(corrected(beta2, [g * g for g in gs])) + eps)


def surprise(gs, beta1, beta2, eps_root):
    pairs = [(g - average(beta1, gs[: k + 1])) for k, g in enumerate(gs)]
    gathered = eps_root * sum(beta2**k for k in range(len(gs)))
    return (average(beta2, [p * p for p in pairs]) + gathered) / (1 - beta2 ** len(gs))


def adabelief(gs, xs, beta1, beta2, eps, eps_root):
    return corrected(beta1, gs) / (np.sqrt(surprise(gs, beta1, beta2, eps_root)) + eps)


def adabelief_nesterov(gs, xs, beta1, beta2, eps, eps_root):
    return ahead(beta1, gs) / (np.sqrt(surprise(gs, beta1, beta2, eps_root)) + eps)


def simplified_ademamix(gs, xs, beta1, beta2, mix, eps):
    m = sum(beta1**k * g for k, g in enumerate(gs[::-1]))
    return (m + mix * gs[-1]) / (np.sqrt(corrected(beta2, [g * g for g in gs])) + eps)


def adan_optax(gs, xs, beta1, beta2, beta3, eps):
    changes = [0 * gs[0], *np.diff(gs, axis=0)]
    looks = [g + (1 - beta2) * c for g, c in zip(gs, changes, strict=True)]
    root = np.sqrt(corrected(beta3, [a * a for a in looks])) + eps
    return (corrected(beta1, gs) + (1 - beta2) * corrected(beta2, changes)) / root


def adam(gs, beta1, beta2, eps):
    return corrected(beta1, gs) / (np.sqrt(corrected(beta2, [g * g for g in gs])) + eps)


def adam_mini(gs, xs, beta1, beta2, eps):
    return corrected(beta1, gs) / (np.sqrt(corrected(beta2, [np.mean(g * g) for g in gs])) + eps)


def lars_after_momentum(gs, xs, weight_decay, beta1):
    m = average(beta1, [g + weight_decay * x for g, x in zip(gs, xs, strict=True)])
    return length(xs[-1]) / length(m) * m


def adamw_cautious_decay(gs, xs, weight_decay, beta1, beta2, eps):
    a = adam(gs, beta1, beta2, eps)
    return a + weight_decay * np.array(
        [x if (k > 0) == (x > 0) else 0 for k, x in zip(a, xs[-1], strict=True)]
    )


def laprop(gs, xs, beta1, beta2, eps):
    roots = [np.sqrt(corrected(beta2, [g * g for g in gs[: k + 1]])) + eps for k in range(len(gs))]
    return corrected(beta1, [g / root for g, root in zip(gs, roots, strict=True)])


def mars(gs, xs, gamma, clip, weight_decay, beta1, beta2, eps):
    changes = np.diff([0 * gs[0], *gs], axis=0)
    cs = [g + gamma * beta1 / (1 - beta1) * k for g, k in zip(gs, changes, strict=True)]
    cs = [c if length(c) <= clip else clip * c / length(c) for c in cs]
    return adam(cs, beta1, beta2, eps) + weight_decay * xs[-1]


def adamc(gs, xs, lr_max, weight_decay, beta1, beta2, eps):
    return LR * adam(gs, beta1, beta2, eps) + LR**2 / lr_max * weight_decay * xs[-1]


def schedule_free_equal(gs, xs, beta1, beta2, eps):
    """By the points themselves: x is between the last z and the average of all."""
    z = [xs[0]]
    for k, g in enumerate(gs, 1):
        root = np.sqrt(corrected(beta2, [g * g for g in gs[:k]]))
        z.append(z[-1] - LR * g / (root + eps))
    return xs[-1] - ((1 - beta1) * z[-1] + beta1 * np.mean(z[1:], axis=0))


def prodigy(gs, xs, beta1, beta2, beta3, eps, d0, coefficient, weight_decay, safeguarded=False):
    n, q, r, s, fed = len(gs), [1.0], 0.0, 0.0, []
    for t, (g, x) in enumerate(zip(gs, xs, strict=True), 1):
        a = LR * np.sqrt(1 - beta2**t) / (1 - beta1**t)
        fed.append(q[-1] * g)
        r = beta3 * r + a * q[-1] ** 2 * np.sum(g * (xs[0] - x))
        s = beta3 * s + (1 if safeguarded else a) * q[-1] ** 2 * g
        q.append(max(q[-1], coefficient * r / np.sum(np.abs(s)) / d0))
    root = np.sqrt(average(beta2, [f * f for f in fed])) + q[n] * eps
    return a * d0 * q[n - 1] * (average(beta1, fed) / root + weight_decay * xs[-1])


def prodigy_safeguarded(*given, **hyper):
    return prodigy(*given, **hyper, safeguarded=True)


def asgd(gs, xs, decay, power, begin):
    rate = LR if len(gs) == 1 else LR / (1 + decay * LR * (len(gs) - 1)) ** power
    return rate * (gs[-1] + decay * xs[-1])


BETAS = {"beta1": 0.8, "beta2": 0.95}
BELIEF = {**BETAS, "eps": 0.02, "eps_root": 0.03}
PRODIGY = {**BETAS, "beta3": 0.9, "eps": 0.01, "d0": 0.05, "coefficient": 0.7, "weight_decay": 0.3}
CASES = [
    (lars_plain, {"weight_decay": 0.3, "coefficient": 0.2, "eps": 0.5}),
    (novograd, {**BETAS, "weight_decay": 0.2, "eps": 0.1, "eps_root": 0.3}),
    (radam_nesterov, {**BETAS, "eps": 0.1, "threshold": 5.5}),
    (adabelief, BELIEF),
    (adabelief_nesterov, BELIEF),
    (simplified_ademamix, {**BETAS, "mix": 0.6, "eps": 0.1}),
    (adan_optax, {**BETAS, "beta3": 0.85, "eps": 0.1}),
    (adam_mini, {**BETAS, "eps": 0.1}),
    (lars_after_momentum, {"weight_decay": 0.3, "beta1": 0.8}),
    (adamw_cautious_decay, {**BETAS, "weight_decay": 0.3, "eps": 0.1}),
    (adamc, {**BETAS, "lr_max": 0.2, "weight_decay": 0.3, "eps": 0.1}),
    (laprop, {**BETAS, "eps": 0.1}),
    (mars, {**BETAS, "gamma": 0.4, "clip": 9.0, "weight_decay": 0.3, "eps": 0.1}),
    (schedule_free_equal, {**BETAS, "eps": 0.1}),
    (prodigy, PRODIGY),
    (prodigy_safeguarded, PRODIGY),
    (asgd, {"decay": 0.4, "power": 0.6, "begin": 3.0}),
]


@pytest.mark.parametrize(("formula", "hyper"), CASES, ids=[case[0].__name__ for case in CASES])
def test_a_step_is_the_formula_over_all_steps_before_it(formula, hyper):
    name, x = formula.__name__, start(5)
    assert set(hyper) == set(RULES[name].hyper)
    opt, gs = Optimizer(name, lr=LR, **hyper), gradients(5, 14)
    gs = [g / 10 ** np.round(np.log10(np.abs(g))) for g in gs]
    state, xs = opt.init(x), []
    for t, g in enumerate(gs, 1):
        xs.append(x)
        x, state = run(opt, x, [g], t0=t - 1, state=state)
        wanted = formula(gs[:t], xs, **hyper)
        finished = RULES[name].takes_lr or name == "asgd"
        np.testing.assert_allclose(
            xs[-1] - x, wanted if finished else LR * wanted, rtol=1e-9, atol=1e-13
        )
