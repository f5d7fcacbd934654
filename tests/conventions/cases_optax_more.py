"""More of Optax' optimizers, each with several sets of arguments."""

from harness import SHAPES, Case


def _optax(name, *sets, **options):
    """Cases with a rate of 0.01 unless they say otherwise."""
    return [
        Case("optax", name, {"learning_rate": 0.01, **arguments}, **options) for arguments in sets
    ]


_BETAS = {"b1": 0.7, "b2": 0.95, "eps": 1e-3}
_DECAY = {"weight_decay": 0.1}
# The root of the count, an int32, is float32 in JAX (optax/contrib/_madgrad.py, "lr_stable *
# jnp.sqrt(count + 1)"). See test_lower_precision.py.
_FLOAT32 = {"tolerance": 1e-5}

# In large models the estimate does not grow and steps by the loss are short, on gradients that do
# not depend on the point.
_SMALL = {"shapes": SHAPES[:4]}


def _polyak(*sets):
    return [Case("optax", "polyak_sgd", arguments, **_SMALL) for arguments in sets]


CASES = [
    *_optax("optimistic_gradient_descent", {}, {"alpha": 0.7, "beta": 0.3}),
    *_optax("optimistic_gradient_descent", {"beta": 2.0}, warm=True),
    *_optax(
        "optimistic_adam_v2",
        {},
        {**_BETAS, "nesterov": False, "alpha": 0.5, "beta": 0.8},
        {**_BETAS, "eps_root": 1e-3},
    ),
    *_optax("optimistic_adam_v2", {"beta": 0.5}, warm=True),
    *_optax("optimistic_adam", {}, {**_BETAS, "nesterov": False, "optimism": 0.03}),
    *_optax(
        "rprop",
        {},
        {"eta_minus": 0.3, "eta_plus": 1.5, "min_step_size": 1e-3, "max_step_size": 0.5},
        {"learning_rate": 3.0, "max_step_size": 0.5},
    ),
    *_optax("fromage", {}, {"learning_rate": 0.3, "min_norm": 2.0}, {"min_norm": 0.0}),
    *_optax("fromage", {"learning_rate": 0.1}, warm=True),
    *_optax("acprop", {}, {**_BETAS, **_DECAY, "eps_root": 1e-4}),
    *_optax("acprop", {**_DECAY, "eps": 1e-3}, warm=True),
    *_optax("madgrad", {}, {"momentum": 0.0, "eps": 1e-3, **_DECAY}, {"momentum": 0.5}, **_FLOAT32),
    *_optax("madgrad", {"learning_rate": 0.1}, warm=True, **_FLOAT32),
    *_optax("cocob", {}, {"learning_rate": 1.0, "alpha": 5.0, "eps": 1e-3, **_DECAY}),
    *_optax("cocob", {"alpha": 20.0}, warm=True),
    *_optax(
        "dog",
        {"learning_rate": 1.0},
        {"learning_rate": 0.5, "init_step": ("distance", 0.3), "eps": 1e-3, "weight_decay": 0.1},
        {"learning_rate": 1.0, "init_step": ("learning_rate", 1e-4)},
    ),
    *_optax("dog", {"learning_rate": 1.0, "init_step": ("heuristic", 1e-2)}, warm=True),
    *_optax("dog", {"init_step": ("heuristic", 0.1)}, **_SMALL),
    *_optax(
        "dowg",
        {"learning_rate": 1.0},
        {"learning_rate": 0.5, "init_estim_sq_dist": 0.1, "eps": 1e-2, "weight_decay": 0.1},
    ),
    *_optax("dowg", {"learning_rate": 1.0}, warm=True),
    *_optax("dowg", {"learning_rate": 1.0, "init_estim_sq_dist": 0.1}, **_SMALL),
    *_optax(
        "dadapt_adamw",
        {"learning_rate": 1.0},
        {"learning_rate": 0.3, "betas": (0.7, 0.95), "eps": 1e-3, "estim_lr0": 1e-2, **_DECAY},
    ),
    *_optax("dadapt_adamw", {"learning_rate": 1.0, "betas": (0.5, 0.9)}, **_SMALL),
    *_polyak({}, {"scaling": 0.3, "f_min": 100.0, "eps": 1.0, "max_learning_rate": 1e-4}),
    *_polyak({"variant": "sps+", "f_min": 100.0, "max_learning_rate": 0.01}),
    *_optax(
        "momo",
        {},
        {"learning_rate": 1.0, "lower_bound": 10.0},
        {"learning_rate": 1e-5, "beta": 0.5, **_DECAY},
        **_SMALL,
    ),
    *_optax("momo", _DECAY, warm=True),
    *_optax("momo_adam", {}, {**_BETAS, **_DECAY, "lower_bound": 10.0}, {"learning_rate": 1.0}),
    *_optax("momo_adam", _DECAY, warm=True),
]
