"""Keras' optimizers, each with several sets of arguments."""

import os

from harness import Case

# Read when Keras is first imported, by whichever test that is; its default is TensorFlow.
os.environ.setdefault("KERAS_BACKEND", "jax")


def _keras(name, *sets, **options):
    return [Case("keras", name, arguments, **options) for arguments in sets]


_WARM = {"learning_rate": 0.01}
_DECAY = {"learning_rate": 0.01, "weight_decay": 0.1}
# ops.norm and ops.mean compute in float32 also on float64: the result type of float64 and float32,
# or Python's float, is float32 (keras/src/backend/jax/linalg.py, norm, and numpy.py, mean).
# Muon divides by such a norm, Adafactor by such means; see test_lower_precision.py.
_FLOAT32 = {"Muon": 1e-6, "Adafactor": 3e-6}

CASES = [
    *_keras(
        "SGD",
        {},
        {"momentum": 0.9},
        {"momentum": 0.8, "nesterov": True},
        {"weight_decay": 0.1, "clipnorm": 0.5},
        {"momentum": 0.9, "global_clipnorm": 2.0},
        {"clipvalue": 0.1},
        {"momentum": 0.9, "use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 3},
        {"momentum": 0.5, "use_ema": True},
    ),
    *_keras("SGD", *({**_DECAY, "momentum": 0.9, "nesterov": n} for n in (False, True)), warm=True),
    *_keras("Adagrad", {}, {"learning_rate": 0.1, "initial_accumulator_value": 0.0}, _DECAY),
    *_keras("Adagrad", {"learning_rate": 0.1, "epsilon": 1e-3}, _DECAY, warm=True),
    *_keras("Adadelta", {}, {"learning_rate": 1.0, "rho": 0.8, "epsilon": 1e-4}, _DECAY),
    *_keras("Adadelta", _DECAY, warm=True),
    *_keras(
        "RMSprop",
        {},
        {"rho": 0.8, "epsilon": 1e-3},
        {"momentum": 0.9},
        {"centered": True, "epsilon": 1e-2},
        {"momentum": 0.8, "centered": True, "epsilon": 1e-2, "weight_decay": 0.1},
    ),
    *_keras("RMSprop", {**_DECAY, "momentum": 0.9}, warm=True),
    *_keras(
        "Adam",
        {},
        {"learning_rate": 0.1, "beta_1": 0.7, "beta_2": 0.95, "epsilon": 1e-3},
        {"amsgrad": True, "epsilon": 1e-3},
        {"weight_decay": 0.1, "global_clipnorm": 1.0},
        {"use_ema": True, "ema_momentum": 0.9, "ema_overwrite_frequency": 5, "weight_decay": 0.1},
    ),
    *_keras("Adam", _DECAY, {**_WARM, "amsgrad": True}, warm=True),
    *_keras("AdamW", {}, {"weight_decay": 0.1, "epsilon": 1e-3}, {"amsgrad": True}),
    *_keras("AdamW", _DECAY, warm=True),
    *_keras("Adamax", {}, {"beta_1": 0.7, "beta_2": 0.95, "epsilon": 1e-2}, _DECAY),
    *_keras("Adamax", _DECAY, warm=True),
    *_keras("Nadam", {}, {"beta_1": 0.7, "beta_2": 0.95, "epsilon": 1e-2}, _DECAY),
    *_keras("Nadam", _DECAY, warm=True),
    *_keras("Lamb", {}, {"beta_1": 0.7, "beta_2": 0.95, "epsilon": 1e-2}, _DECAY),
    *_keras("Lamb", _DECAY, warm=True),
    *_keras("Lion", {}, {"beta_1": 0.7, "beta_2": 0.95}, _DECAY, {"clipvalue": 0.1}),
    *_keras("Lion", _DECAY, warm=True),
    *_keras(
        "Ftrl",
        {},
        {"learning_rate": 0.1, "learning_rate_power": -0.7, "initial_accumulator_value": 0.5},
        {"learning_rate": 0.1, "l1_regularization_strength": 1.0, "beta": 0.5},
        {
            "learning_rate": 0.1,
            "l2_regularization_strength": 0.3,
            "l2_shrinkage_regularization_strength": 0.2,
        },
        _DECAY,
    ),
    *_keras("ScheduleFreeAdamW", {}, {"beta_1": 0.7, "warmup_steps": 10, "epsilon": 1e-3}, _DECAY),
    *_keras("ScheduleFreeAdamW", _DECAY, warm=True),
    *_keras(
        "Adafactor",
        {},
        {"learning_rate": 0.1, "relative_step": False, "weight_decay": 0.1},
        {"learning_rate": 0.1, "beta_2_decay": -0.5, "epsilon_1": 1e-3, "epsilon_2": 2.0},
        {"learning_rate": 0.1, "clip_threshold": 0.3, "clipnorm": 1.0},
        tolerance=_FLOAT32["Adafactor"],
    ),
    *_keras("Adafactor", _DECAY, warm=True, tolerance=_FLOAT32["Adafactor"]),
    *_keras(
        "Muon",
        {},
        {"learning_rate": 0.01, "nesterov": False, "momentum": 0.8, "rms_rate": None},
        {"weight_decay": None, "adam_weight_decay": 0.1, "adam_lr_ratio": 0.5, "ns_steps": 3},
        {"weight_decay": 0.1, "adam_weight_decay": None, "epsilon": 1e-2, "global_clipnorm": 1.0},
        {"muon_a": 2.0, "muon_b": -1.5, "muon_c": 0.5, "adam_beta_1": 0.7, "adam_beta_2": 0.95},
        tolerance=_FLOAT32["Muon"],
    ),
    *_keras("Muon", _DECAY, warm=True, tolerance=_FLOAT32["Muon"]),
]
