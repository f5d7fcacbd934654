"""Keras' optimizers, by Keras' argument names and defaults (keras 3.15)."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ...domains import number
from ...registry import RULES
from ...rules import factored, modifiers
from ...running import clipping
from ...running.accumulation import Accumulated, accumulate
from ...running.optimizer import Optimizer
from ...running.step import at_step
from .. import wrapping
from ..table import FollowedSchedule, NotModelled, entry

_FIXED = {"loss_scale_factor": None}
_GROUP = "integer [2, inf)"


def keras_entry(name: str, note: str = "", **options: Any) -> Callable[[Callable], Callable]:
    """Enter a function of an optimizer's own arguments; the base class' arguments are added."""

    def register(build: Callable) -> Callable:
        own, base = inspect.signature(build), inspect.signature(with_base)
        more = [p for p in base.parameters.values() if p.kind is p.KEYWORD_ONLY]
        parameters = {p.name: p for p in (*more, *own.parameters.values())}

        def complete(**arguments: Any) -> Any:
            mine = {k: v for k, v in arguments.items() if k in own.parameters}
            rest = {p.name: p.default for p in more if p.name not in own.parameters}
            rest |= {k: v for k, v in arguments.items() if k not in mine}
            return with_base(build(**mine), **rest)

        complete.__signature__ = inspect.Signature(list(parameters.values()))
        complete.__doc__ = build.__doc__
        return entry("keras", name, ignored="name", fixed=_FIXED, note=note)(complete)

    return register


def with_base(
    optimizer: Optimizer,
    *,
    weight_decay=None,
    clipnorm=None,
    clipvalue=None,
    global_clipnorm=None,
    use_ema=False,
    ema_momentum=0.99,
    ema_overwrite_frequency=None,
    gradient_accumulation_steps=None,
) -> Optimizer | Accumulated:
    """The optimizer with what Keras' base class does before and after a step.

    With accumulation, clipping and decay act once for each group of small batches, and the bias
    corrections count groups, but a schedule of the rate counts small batches: a group sees its
    value at the last of them.
    """
    rule, hyper = optimizer.rule, dict(optimizer.hyper)
    if weight_decay is not None:
        rule, hyper["shrink"] = wrapping.decayed_first(rule), weight_decay
    if use_ema:
        rule = wrapping.overwritten(rule, ema_overwrite_frequency)
        hyper["ema_momentum"] = ema_momentum
    before = clip(clipnorm, clipvalue, global_clipnorm)
    if not gradient_accumulation_steps:
        return Optimizer(rule, lr=optimizer.lr, before=before, **hyper)
    if use_ema:
        raise NotModelled("keras: gradient_accumulation_steps with use_ema=True is not modelled")
    steps = number("keras", "gradient_accumulation_steps", gradient_accumulation_steps, _GROUP)
    rate = _of_last_batch(optimizer.lr, steps)
    return accumulate(Optimizer(rule, lr=rate, before=before, **hyper), steps)


def _of_last_batch(lr: Any, steps: int) -> Any:
    """A rate that counts small batches, at the last one of each group; a number as it is."""
    if not callable(lr):
        return lr
    return FollowedSchedule(
        lambda xp, k: at_step(lr, (k + 1) * steps), "keras rate of small batches"
    )


def clip(clipnorm: Any, clipvalue: Any, global_clipnorm: Any) -> Callable | None:
    """The clipping that was asked for; Keras takes one at most, and 0 for none.

    Raises
    ------
    ValueError
        If more than one is given.
    """
    if sum(limit is not None for limit in (clipnorm, clipvalue, global_clipnorm)) > 1:
        raise ValueError("keras: give only one of clipnorm, clipvalue and global_clipnorm")
    if clipnorm:
        return clipping.clip_norm(clipnorm)
    if clipvalue:
        return clipping.clip_value(clipvalue)
    return clipping.clip_global_norm(global_clipnorm) if global_clipnorm else None


@keras_entry("SGD", note="the rate is inside the velocity")
def sgd(*, learning_rate=0.01, momentum=0.0, nesterov=False):
    """Gradient descent, or momentum whose state holds the rate."""
    if not wrapping.given(momentum):
        return Optimizer("sgd", lr=learning_rate)
    rule = "keras_nesterov" if nesterov else "keras_momentum"
    return Optimizer(rule, lr=learning_rate, momentum=momentum)


@keras_entry("Adagrad", note="eps inside the root; the sum starts at 0.1")
def adagrad(*, learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7):
    """``1 / sqrt(v + epsilon)``, where the sum of squares does not start at zero."""
    rule = modifiers.starting(RULES["adagrad_inside"], v=initial_accumulator_value)
    return Optimizer(rule, lr=learning_rate, eps=epsilon)


@keras_entry("Adadelta", note="the rate is 0.001, where the paper has none")
def adadelta(*, learning_rate=0.001, rho=0.95, epsilon=1e-7):
    """Zeiler's algorithm, times a rate."""
    return Optimizer("adadelta", lr=learning_rate, rho=rho, eps=epsilon)


@keras_entry("RMSprop", note="eps inside the root; the rate is inside the momentum")
def rmsprop(*, learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
    """Momentum sums displacements, so a change of the rate acts on new gradients only."""
    rule = "rmsprop_centered_inside" if centered else "rmsprop_inside"
    hyper = {"beta2": rho, "eps": epsilon}
    if momentum:
        rule, hyper["rolling"] = wrapping.rolling(RULES[rule]), momentum
    return Optimizer(rule, lr=learning_rate, **hyper)


@keras_entry("Adam", note="eps beside the uncorrected root")
def adam(*, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False):
    """The efficient form of the paper, whose eps is another one."""
    rule = "eps_hat_amsgrad" if amsgrad else "eps_hat_adam"
    return Optimizer(rule, lr=learning_rate, beta1=beta_1, beta2=beta_2, eps=epsilon)


@keras_entry("AdamW", note="decays by 0.004 before the step; eps beside the uncorrected root")
def adamw(
    *,
    learning_rate=0.001,
    weight_decay=0.004,
    beta_1=0.9,
    beta_2=0.999,
    epsilon=1e-7,
    amsgrad=False,
):
    """Adam with the base class' decay switched on."""
    if weight_decay is None:
        raise ValueError("keras AdamW: weight_decay must be a number")
    plain = adam(
        learning_rate=learning_rate,
        beta_1=beta_1,
        beta_2=beta_2,
        epsilon=epsilon,
        amsgrad=amsgrad,
    )
    return with_base(plain, weight_decay=weight_decay)


@keras_entry("Adamax", note="eps beside the maximum")
def adamax(*, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """Algorithm 2 of the paper, with eps."""
    return Optimizer("adamax", lr=learning_rate, beta1=beta_1, beta2=beta_2, eps=epsilon)


@keras_entry("Nadam", note="momentum grows as 1 - 0.96**t / 2")
def nadam(*, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """Dozat's schedule with a decay of 1 in place of 0.004."""
    rule = "nadam_keras"
    return Optimizer(rule, lr=learning_rate, beta1=beta_1, beta2=beta_2, eps=epsilon)


@keras_entry(
    "Lamb",
    note="decay is not in the direction; the norm is that of the decayed layer; "
    "where squares overflow, a step of zero or NaN",
)
def lamb(*, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """LAMB without decay, so that the base class' decay acts first and outside the trust ratio."""
    hyper = {"weight_decay": 0.0, "beta1": beta_1, "beta2": beta_2, "eps": epsilon}
    return Optimizer("lamb", lr=learning_rate, **hyper)


@keras_entry("Lion", note="as the paper; decay acts before the step")
def lion(*, learning_rate=0.001, beta_1=0.9, beta_2=0.99):
    """Chen et al., Algorithm 2."""
    return Optimizer("lion", lr=learning_rate, beta1=beta_1, beta2=beta_2)


@keras_entry("Ftrl", note="does not keep the start; the penalty l2 counts twice")
def ftrl(
    *,
    learning_rate=0.001,
    learning_rate_power=-0.5,
    initial_accumulator_value=0.1,
    l1_regularization_strength=0.0,
    l2_regularization_strength=0.0,
    l2_shrinkage_regularization_strength=0.0,
    beta=0.0,
):
    """The rate must stay positive: the algorithm divides by it."""
    return Optimizer(
        "ftrl",
        lr=learning_rate,
        power=-learning_rate_power,
        initial=initial_accumulator_value,
        l1=l1_regularization_strength,
        l2=l2_regularization_strength,
        shrinkage=l2_shrinkage_regularization_strength,
        offset=beta,
    )


@keras_entry("ScheduleFreeAdamW", note="equal weights, also during its warmup")
def schedule_free_adamw(
    *, learning_rate=0.0025, beta_1=0.9, beta_2=0.999, epsilon=1e-8, warmup_steps=0
):
    """The parameters are the points y at which gradients are taken."""
    lr = warmed(learning_rate, warmup_steps) if warmup_steps else learning_rate
    rule = "schedule_free_equal"
    return Optimizer(rule, lr=lr, beta1=beta_1, beta2=beta_2, eps=epsilon)


def warmed(lr: Any, steps: int) -> FollowedSchedule:
    """A rate or a schedule times :math:`\\min(t/T, 1)`."""

    def rate(xp: Any, k: Any) -> Any:
        return xp.minimum((k + 1) / steps, 1.0) * (lr(k) if callable(lr) else lr)

    return FollowedSchedule(rate, "warmup")


@keras_entry(
    "Adafactor",
    note="relative_step changes nothing: 1 / sqrt(t) always caps the rate; "
    "where squares overflow, a step of zero or NaN",
)
def adafactor(
    *,
    learning_rate=0.001,
    beta_2_decay=-0.8,
    epsilon_1=1e-30,
    epsilon_2=1e-3,
    clip_threshold=1.0,
    relative_step=True,
):
    """The paper's algorithm with ``learning_rate`` in place of 0.01."""
    return Optimizer(
        wrapping.capped(factored.adafactor),
        lr=learning_rate,
        decay=-beta_2_decay,
        eps1=epsilon_1,
        eps2=epsilon_2,
        clip=clip_threshold,
    )
