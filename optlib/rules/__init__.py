"""Every algorithm, in increasing complexity; Adam's line first.

Read ``averages``, ``first_order``, ``adaptive``, ``moments`` and ``variants`` (element by element),
then ``layerwise``, ``factored``, ``muon``, ``shampoo``, ``newton`` and ``lbfgs`` (a whole layer or
model at once; ``sizes`` has their sums and norms). ``modifiers`` makes a rule from another,
``quantize`` one that keeps its state in few bits.

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
from .signs import adopt, adopt_unclipped, lion, sophia_corrected
from .step_sizes import asgd, rprop
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
from . import layerwise, factored, muon, shampoo, newton, lbfgs

# isort: on

__all__ = [
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
    "adamd",
    "adamw",
    "adamw_paper",
    "adan",
    "adan_optax",
    "ademamix",
    "adopt",
    "adopt_unclipped",
    "amsgrad",
    "amsgrad_corrected",
    "amsgrad_raw_max",
    "asgd",
    "bert_adam",
    "debias",
    "ema",
    "eps_hat_adam",
    "eps_hat_amsgrad",
    "factored",
    "ftrl",
    "keras_momentum",
    "keras_nesterov",
    "layerwise",
    "lbfgs",
    "lion",
    "momentum",
    "muon",
    "nadam",
    "nadam_constant",
    "nadam_keras",
    "nadam_simplified",
    "nesterov",
    "nesterov_original",
    "newton",
    "prodigy",
    "prodigy_safeguarded",
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
    "schedule_free_equal",
    "sgd",
    "sgd_dampened",
    "shampoo",
    "signsgd",
    "simplified_ademamix",
    "sophia",
    "sophia_corrected",
    "sparse_adam",
    "yogi",
    "yogi_corrected",
]
