"""A variant keeps its parent's defaults, save where its own source gives others."""

import pytest

from optlib import RULES

# What the paper or the library named as the rule's source gives in place of the parent's default.
OWN = {
    "adagrad_inside": {"eps": 1e-7},
    "rmsprop": {"eps": 1e-8},
    "rmsprop_centered_inside": {"beta2": 0.95, "eps": 1e-4},
    "adadelta": {"eps": 1e-6},
    "adam": {"beta2": 0.999},
    "adam_uncorrected": {"eps": 1e-6},
    "eps_hat_adam": {"eps": 1e-7},
    "adamd": {"eps": 1e-8},
    "eps_hat_amsgrad": {"eps": 1e-7},
    "nadam_keras": {"eps": 1e-7},
    "radam_nesterov": {"threshold": 5},
    "adabelief": {"eps": 1e-16},
    "sparse_adam": {"eps": 1e-8},
    "yogi": {"eps": 1e-3},
    "adan": {"beta1": 0.98, "beta2": 0.92},
    "simplified_ademamix": {"beta1": 0.99, "beta2": 0.95, "mix": 0.0},
    "sophia": {"beta1": 0.96, "beta2": 0.99, "eps": 1e-12},
    "adopt_unclipped": {"beta2": 0.9999, "eps": 1e-6},
    "sophia_corrected": {"beta1": 0.965, "eps": 1e-8, "weight_decay": 1e-4},
    "lars_after_momentum": {"weight_decay": 1e-2},
    "lamb": {"eps": 1e-6},
    "adafactor_floored": {"eps1": 2.0**-52},
    "adafactor_vector_floored": {"eps1": 2.0**-52},
    "muon": {"momentum": 0.95},
    "muon_corrected": {"eps": 1e-8},
    "shampoo": {"eps": 1e-6},
    "soap": {"beta1": 0.95, "beta2": 0.95},
}


@pytest.mark.parametrize("rule", [name for name, fn in RULES.items() if fn.parent])
def test_a_variant_keeps_its_parents_defaults(rule):
    fn = RULES[rule]
    inherited = {k: v for k, v in fn.parent.hyper.items() if k in fn.hyper}
    assert {k: fn.hyper[k] for k in inherited} == inherited | OWN.get(rule, {})
