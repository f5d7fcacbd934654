"""Adafactor and Muon of PyTorch and Optax; both see a layer as a matrix."""

from harness import SHAPES, Case


def _cases(library, name, *sets, **options):
    return [Case(library, name, arguments, **options) for arguments in sets]


# Newton-Schulz runs in bfloat16 (torch/optim/_muon.py, "ortho_grad = grad.bfloat16()"), which has
# 8 bits: the direction is off by up to a few per cent. See test_lower_precision.py.
_BFLOAT16 = {"shapes": ((3, 4), (4, 3), (130, 140)), "tolerance": 5e-2}

TORCH = [
    *_cases(
        "torch",
        "Adafactor",
        {},
        {"lr": 0.1, "beta2_decay": -0.5, "eps": (1e-2, 2.0), "weight_decay": 0.1},
        {"lr": 0.1, "d": 1.5, "maximize": True},
    ),
    *_cases("torch", "Adafactor", {"lr": 0.1, "weight_decay": 0.1}, warm=True),
    *_cases(
        "torch",
        "Muon",
        {},
        {"lr": 0.01, "adjust_lr_fn": "match_rms_adamw", "momentum": 0.8},
        {"lr": 0.01, "nesterov": False, "weight_decay": 0.0, "adjust_lr_fn": "original"},
        {"ns_steps": 3, "ns_coefficients": (2.0, -1.5, 0.5)},
        **_BFLOAT16,
    ),
    *_cases("torch", "Muon", {"lr": 0.01}, warm=True, **_BFLOAT16),
]

_LARGE = {"shapes": (*SHAPES, (140, 130))}
# The decay of the second moment is computed in float32 (optax/_src/factorized.py, _decay_rate_pow:
# "jnp.array(i + 1, jnp.float32)"); 1 minus it loses another two digits. The error of a step is
# relative to the rate, which is 1 by default.
_FLOAT32 = {**_LARGE, "tolerance": 1e-6}
_RATE = {"learning_rate": 0.01}

OPTAX = [
    *_cases(
        "optax",
        "adafactor",
        _RATE,
        {**_RATE, "min_dim_size_to_factor": 3},
        {**_RATE, "factored": False, "decay_rate": 0.5, "eps": 1e-3},
        {**_RATE, "multiply_by_parameter_scale": False, "clipping_threshold": None},
        {**_RATE, "clipping_threshold": 0.3, "weight_decay_rate": 0.01},
        {**_RATE, "momentum": 0.9, "dtype_momentum": "float64", "weight_decay_rate": 0.01},
        **_FLOAT32,
    ),
    *_cases("optax", "adafactor", {}, **_LARGE, tolerance=1e-4),
    *_cases("optax", "adafactor", {**_RATE, "weight_decay_rate": 0.01}, warm=True, **_FLOAT32),
    *_cases(
        "optax",
        "muon",
        _RATE,
        {**_RATE, "consistent_rms": 0.2, "weight_decay": 0.1, "adam_weight_decay": 0.05},
        {**_RATE, "nesterov": False, "beta": 0.8, "eps": 1e-3},
        {**_RATE, "ns_coeffs": (2.0, -1.5, 0.5), "ns_steps": 3, "adam_learning_rate": 0.1},
        {**_RATE, "adam_b1": 0.7, "adam_b2": 0.95, "adam_eps_root": 1e-3},
        {**_RATE, "ns_coeffs": "dion"},
        {**_RATE, "ns_coeffs": ((2.0, -1.5, 0.5), (1.5, -0.6, 0.1)), "nesterov": False},
        **_LARGE,
    ),
    *_cases("optax", "muon", {**_RATE, "weight_decay": 0.1}, warm=True, **_LARGE),
]
CASES = [*TORCH, *OPTAX]
