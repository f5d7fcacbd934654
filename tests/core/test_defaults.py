"""A variant keeps its parent's defaults, save where its own source gives others."""

import inspect

import pytest

import optlib
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
    "laprop": {"eps": 1e-15},
    "mars": {"beta1": 0.95, "beta2": 0.99, "weight_decay": 0.0},
    "sophia_corrected": {"beta1": 0.965, "eps": 1e-8, "weight_decay": 1e-4},
    "lars_after_momentum": {"weight_decay": 1e-2},
    "lamb": {"eps": 1e-6},
    "adafactor_floored": {"eps1": 2.0**-52},
    "adafactor_vector_floored": {"eps1": 2.0**-52},
    "muon": {"momentum": 0.95},
    "muon_corrected": {"eps": 1e-8},
    "adamuon": {"eps": 1e-8},
    "scion_unconstrained": {"momentum": 0.9},
    "dion": {"eps": 1e-8},
    "shampoo": {"eps": 1e-6},
    "madgrad": {"eps": 1e-6},
    "sm3": {"eps": 1e-8},
    "dowg": {"start": 1e-4, "eps": 1e-4},
    "soap": {"beta1": 0.95, "beta2": 0.95},
    "splus": {"beta1": 0.9, "beta2": 0.999, "every": 100},
}


# What a rule has and its parent has not, as its source gives it.
INTRODUCED = {
    "momentum": {"momentum": 0.9},
    "sgd_dampened": {"dampening": 0.0},
    "adagrad": {"eps": 1e-10},
    "rmsprop": {"beta2": 0.9},
    "rmsprop_momentum": {"momentum": 0.9},
    "rmsprop_centered_momentum": {"momentum": 0.9},
    "adadelta": {"rho": 0.95},
    "adam": {"beta1": 0.9},
    "adam_l2": {"weight_decay": 1e-2},
    "adamw": {"weight_decay": 1e-2},
    "bert_adam": {"weight_decay": 1e-2},
    "adamw_paper": {"alpha": 1e-3},
    "adamc": {"lr_max": 1e-3},
    "nadam": {"momentum_decay": 4e-3},
    "ftrl": {"power": 0.5, "initial": 0.1}
    | dict.fromkeys(["l1", "l2", "shrinkage", "offset"], 0.0),
    "prodigy": {"beta3": 0.999**0.5, "d0": 1e-6, "coefficient": 1.0, "weight_decay": 0.0},
    "radam": {"threshold": 4},
    "adabelief": {"eps_root": 1e-16},
    "adan": {"beta3": 0.99},
    "ademamix": {"beta3": 0.9999, "mix": 5.0},
    "sophia": {"gamma": 0.01, "weight_decay": 0.2, "k": 10},
    "lion": {"beta1": 0.9, "beta2": 0.99},
    "sophia_corrected": {"clip_threshold": 1.0},
    "asgd": {"decay": 1e-4, "power": 0.75, "begin": 1e6},
    "rprop": {"shrink": 0.5, "grow": 1.2, "least": 1e-6, "most": 50.0},
    "lars_plain": {"weight_decay": 0.0, "coefficient": 1e-3, "eps": 0.0},
    "lars": {"weight_decay": 5e-4, "coefficient": 1e-3},
    "lars_after_momentum": {"beta1": 0.9},
    "lamb_bounded": {"lower": 1e-2, "upper": 10.0},
    "novograd": {"weight_decay": 0.0, "beta1": 0.95, "beta2": 0.98, "eps": 1e-8, "eps_root": 0.0},
    "adafactor_absolute": {"decay": 0.8, "eps1": 1e-30, "clip": 1.0},
    "adafactor": {"eps2": 1e-3},
    "came": {"beta1": 0.9, "beta2": 0.999, "beta3": 0.9999, "eps2": 1e-16},
    "adafactor_vector_absolute": {"decay": 0.8, "eps1": 1e-30, "clip": 1.0},
    "adafactor_vector": {"eps2": 1e-3},
    "muon": {"eps": 1e-7, "a": 3.4445, "b": -4.7750, "c": 2.0315, "steps": 5},
    "normuon": {"beta2": 0.95, "size": 0.2},
    "adamuon": {"size": 0.2},
    "scion_unconstrained": {"radius": 1.0},
    "dion": {"fraction": 1.0},
    "soap": {"every": 10},
    "psgd_kron": {"fit": 0.1},
    "lbfgs": {"curvature": 0.0},
    "madgrad": {"momentum": 0.9},
    "sm3": {"momentum": 0.9},
    "cocob": {"alpha": 100.0, "eps": 1e-8},
    "optimistic_sgd": {"scale": 1.0, "optimism": 1.0},
    "optimistic_adam": {"scale": 1.0, "optimism": 1.0},
    "mars": {"gamma": 0.025, "clip": 1.0},
    "fromage": {"least": 1e-6},
    "dog": {"start": 1e-6, "eps": 1e-8},
    "dadapt_adam": {"d0": 1e-6, "weight_decay": 0.0},
    "polyak_sgd": {"least": 0.0, "most": 1.0, "eps": 0.0},
    "momo": {"beta": 0.9, "least": 0.0, "weight_decay": 0.0},
    "momo_adam": {"least": 0.0, "weight_decay": 0.0},
}


@pytest.mark.parametrize("rule", RULES)
def test_what_a_rule_introduces_is_as_its_source_gives_it(rule):
    fn = RULES[rule]
    inherited = fn.parent.hyper if fn.parent else {}
    own = {k: v for k, v in fn.hyper.items() if k not in inherited}
    assert own == INTRODUCED.get(rule, {})


@pytest.mark.parametrize("rule", [name for name, fn in RULES.items() if fn.parent])
def test_a_variant_keeps_its_parents_defaults(rule):
    fn = RULES[rule]
    inherited = {k: v for k, v in fn.parent.hyper.items() if k in fn.hyper}
    assert {k: fn.hyper[k] for k in inherited} == inherited | OWN.get(rule, {})


# What the paper or the library behind a search or an average gives: Nocedal & Wright 2006, PyTorch
# (``_strong_wolfe``, ``get_ema_avg_fn``), Zhang et al. 2019, Defazio et al. 2024.
AROUND = {
    "armijo": {"c1": 1e-4, "shrink": 0.5, "first": 1.0},
    "strong_wolfe": {"c1": 1e-4, "c2": 0.9, "first": 1.0, "limit": 25, "tolerance": 1e-9},
    "weight_ema": {"decay": 0.999},
    "lookahead": {"every": 5, "alpha": 0.5},
    "schedule_free": {"beta": 0.9, "power": 2.0},
    "Optimizer": {"lr": 1e-3},
}


@pytest.mark.parametrize("name", AROUND)
def test_what_stands_around_a_rule_starts_at_what_its_source_gives(name):
    parameters = inspect.signature(getattr(optlib, name)).parameters
    assert {k: parameters[k].default for k in AROUND[name]} == AROUND[name]
