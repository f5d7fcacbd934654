"""Optax's optimizers that are free of a schedule or a rate, each with several arguments."""

from harness import SHAPES, Case


def _optax(name, *sets, **options):
    return [
        Case("optax", name, {"learning_rate": 0.01, **arguments}, **options) for arguments in sets
    ]


# The count is int32 and int32 / int is float32 in JAX (optax/schedules/_schedule.py, "frac = 1 -
# count / transition_steps"), so a warmup has 7 digits and entries that pass zero have fewer.
_FLOAT32 = {"tolerance": 1e-5}
# On gradients that do not depend on the point, Prodigy's estimate only grows in small models or by
# a large coefficient.
_SMALL = {"shapes": SHAPES[:4]}

CASES = [
    *_optax(
        "schedule_free_sgd",
        {},
        {"b1": 0.5, "weight_decay": 0.1},
        {"b1": 1.0, "weight_lr_power": 0.0},
    ),
    *_optax(
        "schedule_free_sgd",
        {"warmup_steps": 30, "weight_lr_power": 1.0, "weight_decay": 0.1},
        **_FLOAT32,
    ),
    *_optax("schedule_free_sgd", {"b1": 0.7}, {"weight_lr_power": 0.0}, warm=True),
    *_optax(
        "schedule_free_adamw",
        {},
        {"b1": 0.7, "b2": 0.95, "eps": 1e-3, "learning_rate": 0.1},
        {"weight_decay": 0.1, "weight_lr_power": 0.5},
    ),
    *_optax("schedule_free_adamw", {"warmup_steps": 30, "weight_decay": 0.1}, **_FLOAT32),
    *_optax("schedule_free_adamw", {"weight_decay": 0.1, "b1": 0.95}, warm=True),
    *_optax(
        "prodigy",
        {"learning_rate": 1.0},
        {"learning_rate": 1.0, "estim_lr0": 1e-2, "estim_lr_coef": 2.0, "weight_decay": 0.1},
        {"betas": (0.7, 0.95), "eps": 1e-3, "estim_lr0": 1e-3, "estim_lr_coef": 0.5},
        {"learning_rate": 1.0, "beta3": 0.5, "estim_lr0": 1e-3},
        {"learning_rate": 0.5, "safeguard_warmup": True, "estim_lr0": 1e-2, "weight_decay": 0.1},
    ),
    *_optax(
        "prodigy",
        {"learning_rate": 1.0, "estim_lr_coef": 3.0},
        {"learning_rate": 1.0, "beta3": 0.5, "estim_lr_coef": 3.0, "weight_decay": 0.1},
        {"learning_rate": 0.5, "beta3": 0.9, "estim_lr_coef": 10.0, "safeguard_warmup": True},
        **_SMALL,
    ),
    *_optax("prodigy", {"learning_rate": 1.0, "safeguard_warmup": True}, warm=True),
    *_optax("prodigy", {"estim_lr0": 1e-2, "safeguard_warmup": True}, warm=True),
]
