"""PyTorch's optimizers, each with several sets of arguments."""

from harness import SHAPES, Case


def _torch(name, *sets, **options):
    return [Case("torch", name, arguments, **options) for arguments in sets]


L2 = {"weight_decay": 0.1}
DECOUPLED = {"weight_decay": 0.1, "decoupled_weight_decay": True}
ASCENT = {"maximize": True}

CASES = [
    *_torch(
        "SGD",
        {},
        {"lr": 0.01, "momentum": 0.9},
        {"lr": 0.01, "momentum": 0.8, "dampening": 0.3, **L2},
        {"lr": 0.01, "momentum": 0.9, "nesterov": True, **L2},
        {"lr": 0.01, "momentum": 0.5, "dampening": 0.5, **ASCENT},
        {"lr": 0.01, **L2, **ASCENT},
    ),
    *_torch(
        "SGD",
        {"lr": 0.01, **L2},
        {"lr": 0.01, "momentum": 0.9, **L2},
        {"lr": 0.01, "momentum": 0.9, "nesterov": True},
        {"lr": 0.01, "momentum": 0.9, "dampening": 0.5},
        warm=True,
    ),
    *_torch(
        "Adagrad",
        {},
        {"lr": 0.1, "lr_decay": 0.02, "eps": 1e-3},
        {"initial_accumulator_value": 0.1, **L2},
        {"lr": 0.1, "lr_decay": 0.5, "initial_accumulator_value": 3.0, **L2, **ASCENT},
    ),
    *_torch("Adagrad", {"lr": 0.1, "lr_decay": 0.02, **L2}, warm=True),
    *_torch(
        "Adadelta",
        {},
        {"lr": 0.5, "rho": 0.95, "eps": 1e-3},
        {**L2, **ASCENT},
    ),
    *_torch("Adadelta", {"lr": 1.0, **L2}, warm=True),
    *_torch(
        "RMSprop",
        {},
        {"lr": 0.1, "alpha": 0.9, "eps": 1e-3},
        {"momentum": 0.9, **L2},
        {"centered": True},
        {"centered": True, "alpha": 0.8, "eps": 1e-2, **L2, **ASCENT},
        {"centered": True, "momentum": 0.7, "alpha": 0.9, **ASCENT},
    ),
    *_torch(
        "RMSprop",
        {"lr": 0.01, **L2},
        {"lr": 0.01, "momentum": 0.9},
        {"lr": 0.01, "centered": True, "momentum": 0.9, **L2},
        warm=True,
    ),
    *_torch(
        "Adam",
        {},
        {"lr": 0.1, "betas": (0.7, 0.95), "eps": 1e-3},
        {"lr": 0.01, **L2},
        {"lr": 0.01, **DECOUPLED, **ASCENT},
        {"lr": 0.1, "amsgrad": True, "betas": (0.9, 0.9), "eps": 1e-3},
        {"lr": 0.01, "amsgrad": True, **L2},
        {"lr": 0.01, "amsgrad": True, **DECOUPLED, **ASCENT},
        {"betas": (0.0, 0.9)},
    ),
    *_torch("Adam", {"lr": 0.01, **L2}, {"lr": 0.01, "amsgrad": True, **DECOUPLED}, warm=True),
    *_torch(
        "AdamW",
        {},
        {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-3, **L2},
        {"lr": 0.01, "amsgrad": True, **L2, **ASCENT},
        {"weight_decay": 0.0},
    ),
    *_torch("AdamW", {"lr": 0.01, **L2}, warm=True),
    *_torch(
        "NAdam",
        {},
        {"lr": 0.1, "betas": (0.7, 0.95), "eps": 1e-3, "momentum_decay": 0.1},
        {"lr": 0.01, **L2, **ASCENT},
        {"lr": 0.01, "momentum_decay": 0.0, **DECOUPLED},
    ),
    *_torch("NAdam", {"lr": 0.01, **L2}, {"lr": 0.01, **DECOUPLED}, warm=True),
    *_torch(
        "RAdam",
        {},
        {"lr": 0.1, "betas": (0.7, 0.95), "eps": 1e-3},
        # An average so short that its variance never becomes known.
        {"betas": (0.9, 0.5)},
        {"lr": 0.01, **L2, **ASCENT},
        {"lr": 0.01, "betas": (0.9, 0.99), **DECOUPLED},
    ),
    *_torch("RAdam", {"lr": 0.01, **L2}, {"lr": 0.01, **DECOUPLED}, warm=True),
    *_torch(
        "Adamax",
        {},
        {"lr": 0.1, "betas": (0.7, 0.95), "eps": 1e-3},
        {**L2, **ASCENT},
    ),
    *_torch("Adamax", {"lr": 0.01, **L2}, warm=True),
    *_torch(
        "ASGD",
        {},
        {"lr": 0.1, "lambd": 0.1, "alpha": 0.5, "t0": 3.0},
        {"lr": 0.1, "lambd": 0.01, "t0": 0.0, **L2, **ASCENT},
    ),
    *_torch("ASGD", {"lr": 0.1, "lambd": 0.1, **L2}, warm=True),
    *_torch(
        "Rprop",
        {},
        {"lr": 0.1, "etas": (0.4, 1.5), "step_sizes": (0.01, 0.3)},
        {"lr": 0.003, **ASCENT},
    ),
    *_torch(
        "SparseAdam",
        {},
        {"lr": 0.1, "betas": (0.7, 0.95), "eps": 1e-3, **ASCENT},
        shapes=SHAPES[1:],
        sparse=True,
    ),
    *_torch("SparseAdam", {"lr": 0.01}, shapes=SHAPES[1:], sparse=True, warm=True),
]
