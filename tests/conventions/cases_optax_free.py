"""Optax's schedule-free optimizers, each with several sets of arguments."""

from harness import Case


def _optax(name, *sets, **options):
    return [
        Case("optax", name, {"learning_rate": 0.01, **arguments}, **options) for arguments in sets
    ]


# The count is int32 and int32 / int is float32 in JAX (optax/schedules/_schedule.py, "frac = 1 -
# count / transition_steps"), so a warmup has 7 digits and entries that pass zero have fewer.
_FLOAT32 = {"tolerance": 1e-5}

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
]
