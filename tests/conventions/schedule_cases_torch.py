"""The schedules of PyTorch, and those of transformers, which are built on them."""

from schedule_case import cases

LR = {"lr": 0.3}
TORCH = [
    *cases("torch", "StepLR", {"step_size": 7}, {"step_size": 1, "gamma": 0.9}, shared=LR),
    *cases(
        "torch",
        "MultiStepLR",
        {"milestones": [30, 10]},
        {"milestones": [0, 5, 20, 20], "gamma": 0.7},
        shared=LR,
    ),
    *cases(
        "torch", "ConstantLR", {}, {"factor": 0.7, "total_iters": 20}, {"total_iters": 0}, shared=LR
    ),
    *cases(
        "torch",
        "LinearLR",
        {},
        {"start_factor": 0.9, "end_factor": 0.0, "total_iters": 25},
        {"total_iters": 0},
        shared=LR,
    ),
    *cases("torch", "ExponentialLR", {"gamma": 0.9}, {"gamma": 1.01}, shared=LR),
    *cases(
        "torch",
        "PolynomialLR",
        {},
        {"total_iters": 30, "power": 2.5},
        {"total_iters": 20, "power": 0.5},
        {"total_iters": 0},
        shared=LR,
    ),
    *cases(
        "torch",
        "CosineAnnealingLR",
        {"T_max": 10},
        {"T_max": 17, "eta_min": 0.05},
        {"T_max": 1, "eta_min": 0.1},
        {"T_max": 100},
        shared=LR,
    ),
    *cases(
        "torch",
        "CosineAnnealingWarmRestarts",
        {"T_0": 7},
        {"T_0": 5, "T_mult": 2, "eta_min": 0.01},
        {"T_0": 1, "T_mult": 3},
        shared=LR,
    ),
    *cases(
        "torch",
        "OneCycleLR",
        {"total_steps": 60},
        {"total_steps": 60, "anneal_strategy": "linear", "pct_start": 0.25},
        {"epochs": 6, "steps_per_epoch": 10, "three_phase": True, "final_div_factor": 50.0},
        {"total_steps": 60, "three_phase": True, "pct_start": 0.6, "anneal_strategy": "linear"},
        {"total_steps": 60, "cycle_momentum": False, "pct_start": 0.0, "div_factor": 5.0},
        {"total_steps": 60, "base_momentum": 0.7, "max_momentum": 0.99, "pct_start": 0.9},
        shared={"lr": 0.1, "max_lr": 0.3},
    ),
]

WARM = {"lr": 0.3, "num_warmup_steps": 10, "num_training_steps": 45}
COLD = {"num_warmup_steps": 0}
TRANSFORMERS = [
    *cases("transformers", "get_constant_schedule", {}, shared=LR),
    *cases(
        "transformers",
        "get_constant_schedule_with_warmup",
        {"num_warmup_steps": 10},
        COLD,
        shared=LR,
    ),
    *cases("transformers", "get_linear_schedule_with_warmup", {}, COLD, shared=WARM),
    *cases(
        "transformers",
        "get_cosine_schedule_with_warmup",
        {},
        {"num_cycles": 1.5},
        COLD,
        shared=WARM,
    ),
    *cases(
        "transformers",
        "get_cosine_with_hard_restarts_schedule_with_warmup",
        {},
        {"num_cycles": 3},
        COLD,
        shared=WARM,
    ),
    *cases(
        "transformers",
        "get_polynomial_decay_schedule_with_warmup",
        {},
        {"lr_end": 0.01, "power": 2.0},
        COLD,
        shared=WARM,
    ),
    *cases(
        "transformers",
        "get_inverse_sqrt_schedule",
        {"num_warmup_steps": 10},
        {"num_warmup_steps": 10, "timescale": 40},
        COLD,
        shared=LR,
    ),
    *cases(
        "transformers",
        "get_wsd_schedule",
        {},
        {"warmup_type": "cosine", "decay_type": "linear", "min_lr_ratio": 0.1},
        {"warmup_type": "1-sqrt", "decay_type": "1-sqrt", "num_stable_steps": 12},
        {"num_cycles": 1.0, "min_lr_ratio": 0.2},
        COLD,
        shared={**WARM, "num_decay_steps": 15},
    ),
    *cases(
        "transformers",
        "get_cosine_with_min_lr_schedule_with_warmup",
        {"min_lr": 0.03},
        {"min_lr_rate": 0.2, "num_cycles": 1.0},
        shared=WARM,
    ),
    *cases(
        "transformers",
        "get_cosine_with_min_lr_schedule_with_warmup_lr_rate",
        {"min_lr": 0.03},
        {"min_lr_rate": 0.2, "warmup_lr_rate": 0.1},
        shared=WARM,
    ),
]
