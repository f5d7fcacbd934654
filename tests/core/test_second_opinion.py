"""The family once more, one number at a time in plain Python, as the papers print it.

Each function takes the gradients of one parameter, its start and the rate, and returns the end.
"""

import math

import pytest
from support import gradients, run, start

from optlib import Optimizer

STEPS, LR, DECAY = 60, 3e-3, 0.1
B1, B2 = 0.9, 0.999


def moments(gs):
    """Yield the step, the gradient and Adam's two averages as plain sums over the past."""
    for t in range(1, len(gs) + 1):
        m = (1 - B1) * math.fsum(B1 ** (t - i) * g for i, g in enumerate(gs[:t], 1))
        v = (1 - B2) * math.fsum(B2 ** (t - i) * g * g for i, g in enumerate(gs[:t], 1))
        yield t, gs[t - 1], m, v


def signsgd(gs, x):
    return x - LR * sum(math.copysign(1, g) for g in gs)


def sgd_dampened(gs, x):
    b = 0
    for t, g in enumerate(gs, 1):
        b = g if t == 1 else 0.9 * b + (1 - 0.3) * g
        x -= LR * b
    return x


def adadelta(gs, x):
    eg = ed = 0
    for g in gs:
        eg = 0.95 * eg + 0.05 * g * g
        dx = -math.sqrt(ed + 1e-6) / math.sqrt(eg + 1e-6) * g
        ed = 0.95 * ed + 0.05 * dx * dx
        x += LR * dx
    return x


def rmsprop_centered(gs, x):
    for t in range(1, len(gs) + 1):
        weights = [0.1 * 0.9 ** (t - i) for i in range(1, t + 1)]
        mean = sum(w * g for w, g in zip(weights, gs, strict=False))
        square = sum(w * g * g for w, g in zip(weights, gs, strict=False))
        x -= LR * gs[t - 1] / (math.sqrt(square - mean**2) + 1e-8)
    return x


def adamd(gs, x):
    for t, _, m, v in moments(gs):
        x -= LR * math.sqrt(1 - B2**t) * m / (math.sqrt(v) + 1e-8)
    return x


def eps_hat_adam(gs, x):
    for t, _, m, v in moments(gs):
        x -= LR * math.sqrt(1 - B2**t) / (1 - B1**t) * m / (math.sqrt(v) + 1e-7)
    return x


def bert_adam(gs, x):
    for _, _, m, v in moments(gs):
        x -= LR * (m / (math.sqrt(v) + 1e-6) + DECAY * x)
    return x


def adamw_paper(gs, x):
    for t, _, m, v in moments(gs):
        step = 1e-3 * (m / (1 - B1**t)) / (math.sqrt(v / (1 - B2**t)) + 1e-8)
        x -= LR * (step + DECAY * x)
    return x


def amsgrad(gs, x):
    largest = 0
    for _, _, m, v in moments(gs):
        largest = max(largest, v)
        x -= LR * m / (math.sqrt(largest) + 1e-8)
    return x


def amsgrad_corrected(gs, x):
    largest = 0
    for t, _, m, v in moments(gs):
        largest = max(largest, v / (1 - B2**t))
        x -= LR * m / (1 - B1**t) / (math.sqrt(largest) + 1e-8)
    return x


def amsgrad_raw_max(gs, x):
    largest = 0
    for t, _, m, v in moments(gs):
        largest = max(largest, v)
        x -= LR * m / (1 - B1**t) / (math.sqrt(largest / (1 - B2**t)) + 1e-8)
    return x


def nadam_constant(gs, x):
    for t, g, m, v in moments(gs):
        top = B1 * m / (1 - B1 ** (t + 1)) + (1 - B1) * g / (1 - B1**t)
        x -= LR * top / (math.sqrt(v / (1 - B2**t)) + 1e-8)
    return x


def radam(gs, x):
    longest = 2 / (1 - B2) - 1
    for t, _, m, v in moments(gs):
        m = m / (1 - B1**t)
        rho = longest - 2 * t * B2**t / (1 - B2**t)
        if rho > 4:
            top = (rho - 4) * (rho - 2) * longest
            r = math.sqrt(top / ((longest - 4) * (longest - 2) * rho))
            x -= LR * r * m / (math.sqrt(v / (1 - B2**t)) + 1e-8)
        else:
            x -= LR * m
    return x


def adamax(gs, x):
    for t, _, m, _ in moments(gs):
        u = max(B2 ** (t - i) * abs(g) for i, g in enumerate(gs[:t], 1))
        x -= LR / (1 - B1**t) * m / (u + 1e-8)
    return x


def adabelief(gs, x):
    s = 0
    for t, g, m, _ in moments(gs):
        s = B2 * s + (1 - B2) * (g - m) ** 2 + 1e-16
        x -= LR * (m / (1 - B1**t)) / (math.sqrt(s / (1 - B2**t)) + 1e-16)
    return x


def yogi(gs, x):
    v = 0
    for _, g, m, _ in moments(gs):
        v -= (1 - B2) * math.copysign(1, v - g * g) * g * g
        x -= LR * m / (math.sqrt(v) + 1e-3)
    return x


def adan(gs, x):
    b1, b2, b3 = 0.02, 0.08, 0.01
    m = d = n = before = 0
    for t, g in enumerate(gs, 1):
        change = 0 if t == 1 else g - before
        m, d = (1 - b1) * m + b1 * g, (1 - b2) * d + b2 * change
        n = (1 - b3) * n + b3 * (g + (1 - b2) * change) ** 2
        top = m / (1 - (1 - b1) ** t) + (1 - b2) * d / (1 - (1 - b2) ** t)
        x -= LR * top / (math.sqrt(n / (1 - (1 - b3) ** t)) + 1e-8)
        before = g
    return x


def ademamix(gs, x):
    slow = 0
    for t, g, m, v in moments(gs):
        slow = 0.9999 * slow + 0.0001 * g
        x -= LR * (m / (1 - B1**t) + 5 * slow) / (math.sqrt(v / (1 - B2**t)) + 1e-8)
    return x


def lion(gs, x):
    m = 0
    for g in gs:
        x -= LR * math.copysign(1, 0.9 * m + 0.1 * g)
        m = 0.99 * m + 0.01 * g
    return x


def adopt(gs, x):
    m, v = 0, gs[0] ** 2
    for t, g in enumerate(gs[1:], 1):
        c = t**0.25
        m = 0.9 * m + 0.1 * min(max(g / max(math.sqrt(v), 1e-6), -c), c)
        x -= LR * m
        v = 0.9999 * v + 0.0001 * g * g
    return x


OPINIONS = [
    signsgd, sgd_dampened, adadelta, rmsprop_centered, adamd, eps_hat_adam, bert_adam, adamw_paper,
    amsgrad, amsgrad_corrected, amsgrad_raw_max, nadam_constant, radam, adamax, adabelief, yogi,
    adan, ademamix, lion, adopt,
]  # fmt: skip
SETTINGS = {
    "sgd_dampened": {"dampening": 0.3},
    "bert_adam": {"weight_decay": DECAY},
    "adamw_paper": {"weight_decay": DECAY},
}


@pytest.mark.parametrize("opinion", OPINIONS, ids=lambda opinion: opinion.__name__)
def test_rules_follow_the_papers_number_by_number(opinion):
    opt = Optimizer(opinion.__name__, lr=LR, **SETTINGS.get(opinion.__name__, {}))
    for seed in range(5):
        x, gs = start((), seed=seed), gradients((), STEPS, seed=seed)
        ours, _ = run(opt, x, gs)
        theirs = opinion([float(g) for g in gs], float(x))
        assert float(ours) == pytest.approx(theirs, rel=1e-11, abs=1e-14)
