"""PyTorch's schedulers that are resumed, or stand beside others on one optimizer."""

from schedule_case import Wave, cases

LR = {"lr": 0.3}
WARM = ("LinearLR", {**LR, "start_factor": 0.1, "total_iters": 7})
COSINE = ("CosineAnnealingLR", {**LR, "T_max": 20, "eta_min": 0.01})
STEPS_ = ("StepLR", {**LR, "step_size": 4, "gamma": 0.8})
FALL = ("ExponentialLR", {**LR, "gamma": 0.95})
WAVES = ("LambdaLR", {**LR, "lr_lambda": Wave(0.4)})
FACTORS = ("MultiplicativeLR", {**LR, "lr_lambda": Wave(0.1)})
SWA = ("SWALR", {**LR, "swa_lr": 0.05, "anneal_epochs": 9})
RESTARTS = ("CosineAnnealingWarmRestarts", {**LR, "T_0": 5, "T_mult": 2})
ONE = ("OneCycleLR", {"max_lr": 0.5, "total_steps": 70})
CYCLE = ("CyclicLR", {"base_lr": 0.02, "max_lr": 0.4, "step_size_up": 6})
CONSTANT = ("ConstantLR", {**LR, "factor": 0.4, "total_iters": 6})
POWER = ("PolynomialLR", {**LR, "total_iters": 25, "power": 1.5})
MARKS = ("MultiStepLR", {**LR, "milestones": [0, 3, 9], "gamma": 0.7})

ALONE = [
    *cases("torch", "LambdaLR", {"lr_lambda": Wave(0.5)}, shared=LR),
    *cases("torch", "MultiplicativeLR", {"lr_lambda": Wave(0.2)}, shared=LR, stepwise=True),
    *cases(
        "torch",
        "SWALR",
        {},
        {"anneal_epochs": 25, "anneal_strategy": "linear"},
        {"anneal_epochs": 0},
        shared={**LR, "swa_lr": 0.05},
    ),
    *cases(
        "torch",
        "CyclicLR",
        {"step_size_up": 7},
        {"step_size_up": 5, "step_size_down": 9, "mode": "triangular2"},
        {"step_size_up": 4.5, "mode": "exp_range", "gamma": 0.97, "cycle_momentum": False},
        {"step_size_up": 6, "step_size_down": 0},
        {"step_size_up": 6, "scale_fn": Wave(0.3), "base_momentum": 0.5, "max_momentum": 0.99},
        {"step_size_up": 6, "scale_fn": Wave(0.3), "scale_mode": "iterations", "lr": 0.7},
        shared={"base_lr": 0.01, "max_lr": 0.3},
    ),
]

RESUMED = {"last_epoch": 6, "initial_lr": 0.3}
AGAIN = [
    *cases("torch", "LambdaLR", {"lr_lambda": Wave(0.5)}, shared={"lr": 0.2, **RESUMED}),
    *cases(
        "torch",
        "OneCycleLR",
        {"max_lr": 0.4, "total_steps": 80, "cycle_momentum": False},
        shared={"lr": 0.2, "initial_lr": 0.4, "last_epoch": -1},
        stepwise=True,
    ),
    *(
        case
        for name, arguments in (WARM, COSINE, STEPS_, FALL, FACTORS, SWA, RESTARTS, CONSTANT, POWER)
        for case in cases(
            "torch",
            name,
            {},
            {"last_epoch": 3},
            {"last_epoch": -1},
            {"last_epoch": 18, "lr": 0.3},
            shared={**arguments, "lr": 0.2, **RESUMED},
            stepwise=True,
        )
    ),
    *cases("torch", "MultiStepLR", {}, shared={**MARKS[1], "lr": 0.2, **RESUMED}, stepwise=True),
    *cases(
        "torch",
        "CyclicLR",
        {},
        shared={**CYCLE[1], "lr": 0.2, **RESUMED, "cycle_momentum": False},
        stepwise=True,
    ),
    *(
        case
        for name, more in (
            ("get_linear_schedule_with_warmup", {}),
            ("get_polynomial_decay_schedule_with_warmup", {"power": 2.0, "lr_end": 0.01}),
            ("get_cosine_with_min_lr_schedule_with_warmup", {"min_lr": 0.03}),
        )
        for case in cases(
            "transformers",
            name,
            {"last_epoch": 5, "initial_lr": 0.2},
            {"last_epoch": 30, "initial_lr": 0.3},
            shared={"lr": 0.3, "num_warmup_steps": 10, "num_training_steps": 45, **more},
        )
    ),
]

COMPOSED = [
    *cases(
        "torch",
        "SequentialLR",
        {"schedulers": [WARM, COSINE], "milestones": [7]},
        {"schedulers": [WARM, FALL, STEPS_], "milestones": [5, 20]},
        {"schedulers": [WAVES, FACTORS, SWA], "milestones": [10, 25]},
        {"schedulers": [FALL, RESTARTS], "milestones": [12]},
        {"schedulers": [CONSTANT, ONE], "milestones": [8]},
        {"schedulers": [CYCLE, ONE], "milestones": [15]},
        {"schedulers": [ONE, COSINE, CYCLE], "milestones": [12, 30]},
        {"schedulers": [POWER, MARKS, CONSTANT], "milestones": [9, 30]},
        {"schedulers": [WARM, COSINE, FALL], "milestones": [0, 10]},
        {"schedulers": [WARM, COSINE, FALL], "milestones": [8, 8]},
        {"schedulers": [WARM, COSINE], "milestones": [7], "last_epoch": 4},
        {"schedulers": [WARM, COSINE], "milestones": [7], "last_epoch": 9},
        {"schedulers": [FALL], "milestones": []},
        {
            "schedulers": [
                ("SequentialLR", {"schedulers": [WARM, COSINE], "milestones": [5]}),
                FALL,
            ],
            "milestones": [20],
        },
        {
            "schedulers": [("ChainedScheduler", {"schedulers": [FALL, STEPS_]}), COSINE],
            "milestones": [11],
        },
        stepwise=True,
    ),
    *cases(
        "torch",
        "ChainedScheduler",
        {"schedulers": [WARM, FALL]},
        {"schedulers": [FALL, COSINE]},
        {"schedulers": [COSINE, STEPS_, CONSTANT]},
        {"schedulers": [FALL, WAVES, FACTORS]},
        {"schedulers": [CYCLE, FALL]},
        {"schedulers": [FALL, ONE]},
        {"schedulers": [RESTARTS, SWA]},
        {"schedulers": [POWER, MARKS]},
        {
            "schedulers": [
                ("SequentialLR", {"schedulers": [WARM, COSINE], "milestones": [5]}),
                FALL,
            ]
        },
        stepwise=True,
    ),
]
