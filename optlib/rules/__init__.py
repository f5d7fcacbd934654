"""Every algorithm, in increasing complexity; Adam's line first.

Read ``averages``, ``first_order``, ``adaptive``, ``moments``, ``decay`` and ``variants`` (element
by element), then ``layerwise``, ``factored``, ``muon``, ``after_muon``, ``polar``, ``dion``,
``shampoo``, ``psgd``, ``newton``, ``lbfgs``, ``distance``, ``losses`` and ``sm3`` (a whole layer or
model at once; ``sizes`` has their sums and norms).
``modifiers`` makes a rule from another, ``quantize`` one that keeps its state in few bits.

A rule maps the step ``t >= 1``, the gradient ``g``, the parameter ``x`` and the state to a
direction ``u`` and the new state; its caller does ``x <- x - lr * u``. Every array has the shape of
``x``; ``u`` has the unit that makes ``lr * u`` a displacement. A rule raises nothing: names,
shapes, types and domains are checked by whoever runs it.
"""

from .adaptive import (
    adadelta,
    adagrad,
    adagrad_inside,
    rmsprop,
    rmsprop_centered,
    rmsprop_centered_inside,
    rmsprop_centered_momentum,
    rmsprop_inside,
    rmsprop_momentum,
)
from .averages import debias, ema
from .decay import adamc, adamw_cautious_decay
from .dual import cocob, madgrad
from .first_order import (
    keras_momentum,
    keras_nesterov,
    momentum,
    nesterov,
    nesterov_original,
    sgd,
    sgd_dampened,
    signsgd,
)
from .moments import (
    adam,
    adam_l2,
    adam_uncorrected,
    adamd,
    adamw,
    adamw_paper,
    amsgrad,
    amsgrad_corrected,
    amsgrad_raw_max,
    bert_adam,
    eps_hat_adam,
    eps_hat_amsgrad,
    nadam,
    nadam_keras,
)
from .previous import acprop, mars, optimistic_adam, optimistic_sgd
from .rate_inside import ftrl, prodigy, prodigy_safeguarded, schedule_free_equal
from .recent import (
    adabelief,
    adabelief_nesterov,
    adan,
    adan_optax,
    ademamix,
    radam_nesterov,
    simplified_ademamix,
    sophia,
    yogi,
    yogi_corrected,
)
from .signs import adopt, adopt_unclipped, laprop, lion, sophia_corrected
from .step_sizes import asgd, rprop, rprop_late
from .variants import (
    adamax,
    adamax_inside,
    nadam_constant,
    nadam_simplified,
    radam,
    radam_torch,
    rectification,
    sparse_adam,
)

# isort: off
# Importing a module registers its rules: what builds on the rules above comes after them.
from . import layerwise, factored, muon, after_muon, polar, dion, shampoo
from . import psgd, newton, lbfgs, distance, losses, sm3

# isort: on

__all__ = [
    "acprop",
    "adabelief",
    "adabelief_nesterov",
    "adadelta",
    "adagrad",
    "adagrad_inside",
    "adam",
    "adam_l2",
    "adam_uncorrected",
    "adamax",
    "adamax_inside",
    "adamc",
    "adamd",
    "adamw",
    "adamw_cautious_decay",
    "adamw_paper",
    "adan",
    "adan_optax",
    "ademamix",
    "adopt",
    "adopt_unclipped",
    "after_muon",
    "amsgrad",
    "amsgrad_corrected",
    "amsgrad_raw_max",
    "asgd",
    "bert_adam",
    "cocob",
    "debias",
    "dion",
    "distance",
    "ema",
    "eps_hat_adam",
    "eps_hat_amsgrad",
    "factored",
    "ftrl",
    "keras_momentum",
    "keras_nesterov",
    "laprop",
    "layerwise",
    "lbfgs",
    "lion",
    "losses",
    "madgrad",
    "mars",
    "momentum",
    "muon",
    "nadam",
    "nadam_constant",
    "nadam_keras",
    "nadam_simplified",
    "nesterov",
    "nesterov_original",
    "newton",
    "optimistic_adam",
    "optimistic_sgd",
    "polar",
    "prodigy",
    "prodigy_safeguarded",
    "psgd",
    "radam",
    "radam_nesterov",
    "radam_torch",
    "rectification",
    "rmsprop",
    "rmsprop_centered",
    "rmsprop_centered_inside",
    "rmsprop_centered_momentum",
    "rmsprop_inside",
    "rmsprop_momentum",
    "rprop",
    "rprop_late",
    "schedule_free_equal",
    "sgd",
    "sgd_dampened",
    "shampoo",
    "signsgd",
    "simplified_ademamix",
    "sm3",
    "sophia",
    "sophia_corrected",
    "sparse_adam",
    "yogi",
    "yogi_corrected",
]
