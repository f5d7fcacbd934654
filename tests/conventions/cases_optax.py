"""Optax's optimizers, each with several sets of arguments."""

from harness import Case


def _optax(name, *sets, **options):
    """Cases with a rate of 0.01 unless they say otherwise."""
    return [
        Case("optax", name, {"learning_rate": 0.01, **arguments}, **options) for arguments in sets
    ]


_BETAS = {"b1": 0.7, "b2": 0.95, "eps": 1e-3}
_DECAY = {"weight_decay": 0.1}

CASES = [
    *_optax("sgd", {}, {"momentum": 0.9}, {"momentum": 0.7, "nesterov": True}),
    *_optax("sgd", {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}, warm=True),
    *_optax("adagrad", {}, {"initial_accumulator_value": 0.0, "eps": 1e-3, "learning_rate": 0.1}),
    *_optax("adagrad", {"initial_accumulator_value": 2.0}, warm=True),
    *_optax(
        "rmsprop",
        {},
        {"decay": 0.7, "eps": 1e-3, "initial_scale": 1.0},
        {"eps_in_sqrt": False, "eps": 1e-3},
        {"centered": True, "eps": 1e-3},
        {"centered": True, "eps_in_sqrt": False, "eps": 1e-3, "initial_scale": 0.5},
        {"momentum": 0.9},
        {"momentum": 0.7, "nesterov": True, "eps_in_sqrt": False},
        {"momentum": 0.7, "centered": True, "eps": 1e-2},
        {"bias_correction": True, "decay": 0.99},
        {"bias_correction": True, "eps_in_sqrt": False, "eps": 1e-3, "momentum": 0.5},
    ),
    *_optax("rmsprop", {}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}, warm=True),
    *_optax("adadelta", {"learning_rate": 1.0}, {"rho": 0.7, "eps": 1e-3, **_DECAY}),
    *_optax("adadelta", _DECAY, warm=True),
    *_optax("sign_sgd", {}),
    *_optax("signum", {}, {"beta": 0.5}),
    *_optax("signum", {}, warm=True),
    *_optax(
        "adam",
        {},
        {**_BETAS, "learning_rate": 0.1},
        {"eps_root": 1e-2},
        {"nesterov": True, "eps_root": 1e-4},
    ),
    *_optax("adam", {"b1": 0.7}, {"nesterov": True}, warm=True),
    *_optax("nadam", {}, {**_BETAS, "eps_root": 1e-3}),
    *_optax("nadam", {}, warm=True),
    *_optax(
        "adamw",
        {},
        {**_BETAS, **_DECAY},
        {**_DECAY, "eps_root": 1e-3},
        {**_DECAY, "nesterov": True},
    ),
    *_optax("adamw", _DECAY, warm=True),
    *_optax("nadamw", {}, {**_BETAS, **_DECAY, "eps_root": 1e-4}),
    *_optax("nadamw", _DECAY, warm=True),
    *_optax(
        "amsgrad", {}, _BETAS, {"bias_correction_mu": False, "bias_correction_nu": False, "b2": 0.9}
    ),
    *_optax("amsgrad", {"b2": 0.9, "eps_root": 1e-3}, warm=True),
    *_optax("radam", {}, _BETAS, {"threshold": 6}, {"nesterov": True, "b2": 0.99}),
    *_optax("radam", {"b2": 0.99, "eps_root": 1e-2}, warm=True),
    *_optax("adamax", {}, _BETAS),
    *_optax("adamax", {}, warm=True),
    *_optax("adamaxw", {}, {**_BETAS, **_DECAY}),
    *_optax("adamaxw", _DECAY, warm=True),
    *_optax("adabelief", {}, {**_BETAS, "eps_root": 1e-4}, {"nesterov": True, "b2": 0.99}),
    *_optax("adabelief", {"eps_root": 1e-8}, warm=True),
    *_optax("yogi", {}, {**_BETAS, "learning_rate": 0.1}),
    *_optax("yogi", {}, warm=True),
    *_optax("adan", {}, {"b1": 0.9, "b2": 0.8, "b3": 0.95, "eps": 1e-3, "eps_root": 1e-3}, _DECAY),
    *_optax("adan", _DECAY, warm=True),
    *_optax("lion", {}, {"b1": 0.95, "b2": 0.8, **_DECAY}),
    *_optax("lion", _DECAY, warm=True),
    *_optax(
        "lars",
        {"learning_rate": 1.0},
        {**_DECAY, "trust_coefficient": 0.1, "eps": 1e-2},
        {**_DECAY, "momentum": 0.5, "nesterov": True, "trust_coefficient": 0.5},
        {"momentum": 0.0, "trust_coefficient": 1.0},
    ),
    *_optax(
        "lars",
        {"trust_coefficient": 0.5},
        {**_DECAY, "trust_coefficient": 0.5, "nesterov": True},
        warm=True,
    ),
    *_optax("lamb", {}, {**_BETAS, **_DECAY, "eps_root": 1e-3}),
    *_optax("lamb", _DECAY, warm=True),
    *_optax("novograd", {}, {**_BETAS, **_DECAY}, {"b2": 0.9, "eps_root": 1e-2}),
    *_optax("novograd", _DECAY, warm=True),
    *_optax(
        "ademamix",
        {},
        {**_BETAS, **_DECAY, "b3": 0.99, "alpha": 2.0, "eps_root": 1e-3},
        {"b3": 0.95, "alpha": 8.0},
    ),
    *_optax("ademamix", {**_DECAY, "b3": 0.99}, warm=True),
    *_optax("simplified_ademamix", {}, {**_BETAS, **_DECAY, "alpha": 3.0, "eps_root": 1e-3}),
    *_optax("simplified_ademamix", {"alpha": 10.0}, warm=True),
    *_optax("adopt", {}, {**_BETAS, "use_clipping": False}, {"b1": 0.5, "b2": 0.9}),
    *_optax("adopt", {"b2": 0.99}, warm=True),
]
