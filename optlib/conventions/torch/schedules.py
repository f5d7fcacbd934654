"""PyTorch's schedulers (torch 2.13) that multiply the rate: steps, lines, powers, functions.

PyTorch computes most rates from the rate before; each law here holds that factor and the closed
form of their product, which is followed also where PyTorch's own closed form differs.
"""

from __future__ import annotations

from .recursion import Call, Law
from .schedulers import COUNT, LENGTH, by_epoch, by_factor, pointwise, scheduler

_FACTOR = "[0, inf)"


@scheduler(
    "torch",
    "StepLR",
    domains={"step_size": LENGTH, "gamma": _FACTOR},
    note="resumed where step_size divides the epoch, it multiplies the rate once more",
)
def step_lr(*, step_size, gamma=0.1):
    """A factor whenever ``step_size`` divides k; the half step only guards against rounding."""
    return by_factor(
        lambda xp, k: 1.0 * gamma ** xp.floor((k + 0.5) / step_size),
        lambda k, initial: gamma if k and k % step_size == 0 else 1.0,
    )


@scheduler(
    "torch",
    "MultiStepLR",
    domains={"milestones": COUNT, "gamma": _FACTOR},
    note="a milestone given twice counts twice",
)
def multi_step_lr(*, milestones, gamma=0.1):
    """A factor from every milestone on."""
    milestones = [int(m) for m in milestones]

    def closed(xp, k):
        return 1.0 * gamma ** sum(xp.where(k >= m, 1, 0) for m in milestones)

    def factor(k, initial):
        return gamma ** milestones.count(k)

    return by_factor(closed, factor, gamma ** milestones.count(0))


@scheduler(
    "torch",
    "ConstantLR",
    domains={"factor": "(0, 1]", "total_iters": COUNT},
    note="with total_iters=0 the factor stays for ever, unlike in torch's own closed form; "
    "factor=0 ends in a division by zero in torch itself",
)
def constant_lr(*, factor=1.0 / 3, total_iters=5):
    """A factor for the first ``total_iters`` steps."""

    def closed(xp, k):
        return factor + 0.0 * k if total_iters == 0 else xp.where(k < total_iters, factor, 1.0)

    def change(k, initial):
        return factor if k == 0 else 1.0 / factor if k == total_iters else 1.0

    return by_factor(closed, change, factor if total_iters else 1.0)


@scheduler(
    "torch",
    "LinearLR",
    domains={"start_factor": "(0, 1]", "end_factor": "[0, 1]", "total_iters": COUNT},
    note="with total_iters=0 it stays at start_factor; torch's own closed form divides by zero",
)
def linear_lr(*, start_factor=1.0 / 3, end_factor=1.0, total_iters=5):
    """From one factor to the other in ``total_iters`` steps: k = 0 sees the first."""
    rise = end_factor - start_factor

    def closed(xp, k):
        progress = xp.minimum(k / total_iters, 1.0) if total_iters else 0.0 * k
        return start_factor + rise * progress

    def factor(k, initial):
        if k == 0:
            return start_factor
        if initial or k > total_iters:
            return 1.0
        return 1.0 + rise / (total_iters * start_factor + (k - 1) * rise)

    return by_factor(closed, factor, start_factor if total_iters else None)


@scheduler("torch", "ExponentialLR", domains={"gamma": _FACTOR})
def exponential_lr(*, gamma):
    """A factor at every step."""
    return by_factor(
        lambda xp, k: 1.0 * gamma ** (1.0 * k), lambda k, initial: 1.0 if initial else gamma
    )


@scheduler("torch", "PolynomialLR", domains={"total_iters": COUNT, "power": "[0, inf)"})
def polynomial_lr(*, total_iters=5, power=1.0):
    """To 0 in ``total_iters`` steps, by a power of those that are left."""

    def closed(xp, k):
        left = 1 - xp.minimum(k / total_iters, 1.0) if total_iters else 1.0 + 0.0 * k
        return left**power

    def factor(k, initial):
        if initial or k > total_iters:
            return 1.0
        return ((1.0 - k / total_iters) / (1.0 - (k - 1) / total_iters)) ** power

    return by_factor(closed, factor, 1.0 if total_iters else None)


@scheduler("torch", "LambdaLR", note="a function of the epoch, from 0, times the first rate")
def lambda_lr(*, lr_lambda):
    """The first rate times a person's function of the step."""
    at = pointwise("torch LambdaLR", lr_lambda)
    return by_epoch(lambda xp, k, base: base * at(k))


@scheduler(
    "torch",
    "MultiplicativeLR",
    note="the function gives each step's factor, from k = 1 on; at a milestone of SequentialLR it "
    "goes on from the rate that is held, times its factor for 0",
)
def multiplicative_lr(*, lr_lambda):
    """The rate before times a person's function of the step; it has values at whole steps only."""
    at = pointwise("torch MultiplicativeLR", lr_lambda)

    def find(call: Call) -> float:
        return call.group.lr * (1.0 if call.initial else at(call.epoch))

    def reset(call: Call) -> float:
        return call.group.lr * at(0)

    return Law(None, find, reset)
