"""Optax's optimizers, by Optax's argument names and defaults (optax 0.2.8).

Optax counts the steps of a schedule from 0: any function given as a rate or as a decay is evaluated
at ``t - 1``. The exception is a :class:`~optlib.schedules.binding.Schedule`, which counts from 1 by
itself. Every decay is decoupled and multiplied by the rate.
"""

from __future__ import annotations

from ...rules import adaptive, first_order, layerwise, modifiers, moments, recent, signs, variants
from ..table import NotModelled, entry
from .chain import optimizer, own_decay, rooted, traced, uphill

_TYPE = {"mu_dtype": None}
_MASK = {"mask": None}


@entry(
    "optax", "sgd", fixed={"accumulator_dtype": None}, note="the rate stays outside the momentum"
)
def sgd(*, learning_rate, momentum=None, nesterov=False):
    """Momentum without dampening; ``momentum=None`` keeps no state."""
    if momentum is None:
        return optimizer(first_order.sgd, learning_rate)
    rule = first_order.nesterov if nesterov else first_order.momentum
    return optimizer(rule, learning_rate, momentum=momentum)


@entry("optax", "adagrad", note="eps inside the root, and the sum starts at 0.1")
def adagrad(*, learning_rate, initial_accumulator_value=0.1, eps=1e-7):
    """``1 / sqrt(v + eps)``, where the sum of squares does not start at zero."""
    rule = modifiers.starting(adaptive.adagrad_inside, v=initial_accumulator_value)
    return optimizer(rule, learning_rate, eps=eps)


_RMSPROP = {
    (True, False): adaptive.rmsprop_inside,
    (False, False): adaptive.rmsprop,
    (True, True): adaptive.rmsprop_centered_inside,
    (False, True): adaptive.rmsprop_centered,
}


@entry("optax", "rmsprop", note="eps inside the root, and the rate inside the momentum")
def rmsprop(
    *,
    learning_rate,
    decay=0.9,
    eps=1e-8,
    initial_scale=0.0,
    eps_in_sqrt=True,
    centered=False,
    momentum=None,
    nesterov=False,
    bias_correction=False,
):
    """Corrected RMSprop is Adam with ``beta1 = 0``."""
    rule, hyper = _RMSPROP[bool(eps_in_sqrt), bool(centered)], {"eps": eps}
    if bias_correction:
        if centered:
            raise NotModelled("optax rmsprop: bias_correction with centered is not modelled")
        rule = rooted(moments.adam, eps if eps_in_sqrt else 0.0, decay)
        hyper = {"beta1": 0.0, "eps": 0.0 if eps_in_sqrt else eps}
    if initial_scale:
        rule = modifiers.starting(rule, v=initial_scale)
    if momentum is not None:
        rule, hyper["rolling"] = traced(rule, nesterov), momentum
    return optimizer(rule, learning_rate, beta2=decay, **hyper)


@entry(
    "optax",
    "adadelta",
    fixed={"weight_decay_mask": None},
    note="the one decay of Optax that enters the gradient",
)
def adadelta(*, learning_rate=None, rho=0.9, eps=1e-6, weight_decay=0.0):
    """``learning_rate=None`` leaves out the sign with the rate, and the step goes uphill."""
    rule = modifiers.l2(adaptive.adadelta)
    if learning_rate is None:
        rule, learning_rate = uphill(rule), 1.0
    return own_decay(rule, learning_rate, weight_decay, rho=rho, eps=eps)


@entry("optax", "sign_sgd", note="the sign of 0 is 0")
def sign_sgd(*, learning_rate):
    """The sign of each entry of the gradient."""
    return optimizer(first_order.signsgd, learning_rate)


@entry("optax", "signum", fixed={"accumulator_dtype": None}, note="Lion with both betas alike")
def signum(*, learning_rate, beta=0.9):
    """The sign of a running average."""
    return optimizer(signs.lion, learning_rate, beta1=beta, beta2=beta)


@entry("optax", "adam", fixed=_TYPE, note="a second eps, under the root, 0 by default")
def adam(*, learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, nesterov=False):
    """Algorithm 1 of the paper; Nadam at a constant momentum with ``nesterov``."""
    rule = variants.nadam_constant if nesterov else moments.adam
    return optimizer(rooted(rule, eps_root, b2), learning_rate, beta1=b1, beta2=b2, eps=eps)


@entry("optax", "nadam", fixed=_TYPE, note="the momentum does not grow, unlike Dozat's")
def nadam(*, learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, nesterov=True):
    """Optax's Adam with ``nesterov``."""
    names = {"b1": b1, "b2": b2, "eps": eps, "eps_root": eps_root, "nesterov": nesterov}
    return adam(learning_rate=learning_rate, **names)


@entry("optax", "adamw", fixed=_TYPE | _MASK, note="a decay of 1e-4 by default")
def adamw(
    *, learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, weight_decay=1e-4, nesterov=False
):
    """Decoupled decay, multiplied by the rate."""
    rule = rooted(variants.nadam_constant if nesterov else moments.adam, eps_root, b2)
    return optimizer(rule, learning_rate, weight_decay, beta1=b1, beta2=b2, eps=eps)


@entry("optax", "nadamw", fixed=_TYPE | _MASK, note="the momentum does not grow")
def nadamw(
    *, learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, weight_decay=1e-4, nesterov=True
):
    """Optax's AdamW with ``nesterov``."""
    rate = {"learning_rate": learning_rate, "weight_decay": weight_decay}
    return adamw(b1=b1, b2=b2, eps=eps, eps_root=eps_root, nesterov=nesterov, **rate)


@entry(
    "optax",
    "amsgrad",
    fixed=_TYPE,
    note="corrects v and then takes the maximum; uncorrected, it is the paper's",
)
def amsgrad(
    *,
    learning_rate,
    b1=0.9,
    b2=0.999,
    eps=1e-8,
    eps_root=0.0,
    bias_correction_mu=True,
    bias_correction_nu=True,
):
    """Both moments corrected, or neither."""
    corrected = bool(bias_correction_mu), bool(bias_correction_nu)
    if corrected not in ((True, True), (False, False)) or (eps_root and not all(corrected)):
        raise NotModelled(
            f"optax amsgrad: bias_correction_mu={bias_correction_mu} with bias_correction_nu="
            f"{bias_correction_nu} and eps_root={eps_root} is not modelled; correct both moments, "
            "or neither and without eps_root"
        )
    rule = moments.amsgrad_corrected if all(corrected) else moments.amsgrad
    return optimizer(rooted(rule, eps_root, b2), learning_rate, beta1=b1, beta2=b2, eps=eps)


@entry("optax", "radam", note="adapts from a length of 5 on, where the paper has 4")
def radam(
    *, learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, threshold=5.0, nesterov=False
):
    """Eps stands beside the corrected root, unlike in PyTorch."""
    rule = rooted(recent.radam_nesterov if nesterov else variants.radam, eps_root, b2)
    return optimizer(rule, learning_rate, beta1=b1, beta2=b2, eps=eps, threshold=threshold)


@entry("optax", "adamax", note="eps is added to |g|, inside the maximum")
def adamax(*, learning_rate, b1=0.9, b2=0.999, eps=1e-8):
    """The first moment is corrected; the decaying maximum needs no correction."""
    return optimizer(variants.adamax_inside, learning_rate, beta1=b1, beta2=b2, eps=eps)


@entry("optax", "adamaxw", fixed=_MASK, note="a decay of 1e-4 by default")
def adamaxw(*, learning_rate, b1=0.9, b2=0.999, eps=1e-8, weight_decay=1e-4):
    """Adamax with decoupled decay."""
    hyper = {"beta1": b1, "beta2": b2, "eps": eps}
    return optimizer(variants.adamax_inside, learning_rate, weight_decay, **hyper)


@entry("optax", "adabelief", note="two epsilons where the paper has one; eps_root adds up")
def adabelief(*, learning_rate, b1=0.9, b2=0.999, eps=1e-16, eps_root=1e-16, nesterov=False):
    """``eps_root`` enters the average at every step."""
    rule = recent.adabelief_nesterov if nesterov else recent.adabelief
    return optimizer(rule, learning_rate, beta1=b1, beta2=b2, eps=eps, eps_root=eps_root)


@entry("optax", "yogi", note="both moments start at 1e-6 and are corrected all the same")
def yogi(*, learning_rate, b1=0.9, b2=0.999, eps=1e-3):
    """The paper corrects nothing."""
    return optimizer(recent.yogi_corrected, learning_rate, beta1=b1, beta2=b2, eps=eps)


@entry(
    "optax",
    "adan",
    fixed=_MASK,
    note="weighs the gradient's change by 1 - b2, where the paper's weight is b2 in these letters",
)
def adan(*, learning_rate, b1=0.98, b2=0.92, b3=0.99, eps=1e-8, eps_root=1e-8, weight_decay=0.0):
    """The decay is AdamW's, where the paper has a proximal one."""
    rule = rooted(recent.adan_optax, eps_root, b3, second="n", beta="beta3")
    hyper = {"beta1": b1, "beta2": b2, "beta3": b3, "eps": eps}
    return optimizer(rule, learning_rate, weight_decay, **hyper)


@entry("optax", "lion", fixed=_TYPE | _MASK, note="a decay of 1e-3 by default")
def lion(*, learning_rate, b1=0.9, b2=0.99, weight_decay=1e-3):
    """Algorithm 2 of the paper."""
    return optimizer(signs.lion, learning_rate, weight_decay, beta1=b1, beta2=b2)


@entry(
    "optax",
    "lars",
    fixed={"weight_decay_mask": True, "trust_ratio_mask": True},
    note="the norm of the decayed gradient, and a ratio of 1 where a norm is zero; "
    "where squares overflow, a step of zero or NaN",
)
def lars(
    *,
    learning_rate,
    weight_decay=0.0,
    trust_coefficient=1e-3,
    eps=0.0,
    momentum=0.9,
    nesterov=False,
):
    """The rate sits inside the momentum, as in the paper."""
    rule = traced(layerwise.lars_plain, nesterov)
    hyper = {"coefficient": trust_coefficient, "eps": eps, "rolling": momentum}
    return own_decay(rule, learning_rate, weight_decay, **hyper)


@entry(
    "optax",
    "lamb",
    fixed=_MASK,
    note="no decay by default, and a trust ratio of 1 where a norm is zero; "
    "where squares overflow, a step of zero or NaN",
)
def lamb(*, learning_rate, b1=0.9, b2=0.999, eps=1e-6, eps_root=0.0, weight_decay=0.0):
    """Phi is the identity."""
    rule = rooted(layerwise.lamb, eps_root, b2)
    return own_decay(rule, learning_rate, weight_decay, beta1=b1, beta2=b2, eps=eps)


@entry(
    "optax",
    "novograd",
    note="b2 is 0.25 by default; the decay is summed in the momentum; "
    "where squares overflow, a step of zero or NaN",
)
def novograd(*, learning_rate, b1=0.9, b2=0.25, eps=1e-6, eps_root=0.0, weight_decay=0.0):
    """Algorithm 1 of the paper."""
    hyper = {"beta1": b1, "beta2": b2, "eps": eps, "eps_root": eps_root}
    return own_decay(layerwise.novograd, learning_rate, weight_decay, **hyper)
