"""The schedules that are frozen, and run live where a library is installed."""

from schedule_case import cases
from schedule_cases_composed import AGAIN, ALONE, COMPOSED
from schedule_cases_torch import TORCH, TRANSFORMERS

RAMP = {"init_value": 0.3, "end_value": 0.05}
OPTAX = [
    *cases("optax", "constant_schedule", {"value": 0.3}),
    *cases(
        "optax",
        "linear_schedule",
        {"transition_steps": 20},
        {"transition_steps": 20, "transition_begin": 10},
        {"transition_steps": 20, "transition_begin": -3},
        {"transition_steps": 0},
        shared=RAMP,
    ),
    *cases(
        "optax",
        "polynomial_schedule",
        {"power": 2, "transition_steps": 20},
        {"power": 0.5, "transition_steps": 33, "transition_begin": 5},
        shared=RAMP,
    ),
    *cases(
        "optax",
        "exponential_decay",
        {"transition_steps": 10, "decay_rate": 0.5},
        {"transition_steps": 7, "decay_rate": 0.5, "staircase": True, "end_value": 0.02},
        {"transition_steps": 9, "decay_rate": 1.5, "transition_begin": 12, "end_value": 1.0},
        {"transition_steps": 9, "decay_rate": 0.0},
        {"transition_steps": 9, "decay_rate": 0.7, "transition_begin": -4},
        shared={"init_value": 0.3},
    ),
    *cases(
        "optax",
        "cosine_decay_schedule",
        {},
        {"alpha": 0.1, "exponent": 2.0},
        shared={"init_value": 0.3, "decay_steps": 40},
    ),
    *cases(
        "optax",
        "warmup_cosine_decay_schedule",
        {"warmup_steps": 10},
        {"warmup_steps": 0, "end_value": 0.05},
        {"warmup_steps": 15, "end_value": 0.05, "exponent": 1.5},
        shared={"init_value": 0.01, "peak_value": 0.3, "decay_steps": 45},
    ),
    *cases(
        "optax",
        "warmup_constant_schedule",
        {"warmup_steps": 10},
        {"warmup_steps": 0},
        shared={"init_value": 0.0, "peak_value": 0.3},
    ),
    *cases(
        "optax",
        "warmup_exponential_decay_schedule",
        {},
        {"transition_begin": 5, "staircase": True, "end_value": 0.1},
        shared={
            "init_value": 0.0,
            "peak_value": 0.3,
            "warmup_steps": 10,
            "transition_steps": 8,
            "decay_rate": 0.6,
        },
    ),
    *cases(
        "optax",
        "piecewise_constant_schedule",
        {},
        {"boundaries_and_scales": {30: 0.1, 10: 0.5}},
        shared={"init_value": 0.3},
    ),
    *cases(
        "optax",
        "piecewise_interpolate_schedule",
        {"interpolate_type": "linear"},
        {"interpolate_type": "cosine"},
        shared={"init_value": 0.1, "boundaries_and_scales": {10: 3.0, 35: 0.2, 50: 0.5}},
    ),
    *cases(
        "optax",
        "linear_onecycle_schedule",
        {},
        {"pct_start": 0.17, "pct_final": 0.6, "div_factor": 10.0, "final_div_factor": 20.0},
        shared={"transition_steps": 50, "peak_value": 0.3},
    ),
    *cases(
        "optax",
        "cosine_onecycle_schedule",
        {},
        {"pct_start": 0.17, "div_factor": 10.0, "final_div_factor": 20.0},
        shared={"transition_steps": 50, "peak_value": 0.3},
    ),
    *cases(
        "optax",
        "sgdr_schedule",
        {
            "cosine_kwargs": [
                {"init_value": 0.0, "peak_value": 0.3, "decay_steps": 20, "warmup_steps": 5},
                {
                    "init_value": 0.1,
                    "peak_value": 0.2,
                    "decay_steps": 30,
                    "warmup_steps": 3,
                    "end_value": 0.02,
                },
            ]
        },
    ),
    *cases(
        "optax",
        "join_schedules",
        {
            "schedules": [
                (
                    "linear_schedule",
                    {"init_value": 0.0, "end_value": 0.3, "transition_steps": 10},
                ),
                ("constant_schedule", {"value": 0.3}),
                (
                    "exponential_decay",
                    {"init_value": 0.3, "transition_steps": 5, "decay_rate": 0.7},
                ),
            ],
            "boundaries": [10, 30],
        },
    ),
]

DECAY = {"initial_learning_rate": 0.3, "decay_steps": 20}
KERAS = [
    *cases(
        "keras", "ExponentialDecay", {}, {"staircase": True}, shared={**DECAY, "decay_rate": 0.6}
    ),
    *cases(
        "keras", "InverseTimeDecay", {}, {"staircase": True}, shared={**DECAY, "decay_rate": 0.6}
    ),
    *cases(
        "keras",
        "PiecewiseConstantDecay",
        {"boundaries": [10, 30], "values": [0.3, 0.1, 0.02]},
        {"boundaries": [0], "values": [0.3, 0.1]},
    ),
    *cases(
        "keras",
        "PolynomialDecay",
        {},
        {"end_learning_rate": 0.01, "power": 0.5},
        {"cycle": True, "power": 2.0},
        shared=DECAY,
    ),
    *cases(
        "keras",
        "CosineDecay",
        {},
        {"alpha": 0.1},
        {"alpha": 0.1, "warmup_target": 0.7, "warmup_steps": 10},
        {"warmup_steps": 10},
        {"warmup_target": 0.7},
        shared=DECAY,
    ),
    *cases(
        "keras",
        "CosineDecayRestarts",
        {"first_decay_steps": 7},
        {"first_decay_steps": 5, "t_mul": 1.0, "m_mul": 0.8, "alpha": 0.1},
        {"first_decay_steps": 4, "t_mul": 1.5, "m_mul": 0.5},
        shared={"initial_learning_rate": 0.3},
    ),
    *cases(
        "keras",
        "CosineDecayRestarts",
        {"initial_learning_rate": 0.3, "first_decay_steps": 1, "t_mul": 3.0},
        last=130,
    ),
]

CASES = TORCH + ALONE + AGAIN + COMPOSED + OPTAX + KERAS + TRANSFORMERS
