"""PyTorch's optimizers, each with several sets of arguments."""

from harness import Case


def _torch(name, *sets, **options):
    return [Case("torch", name, arguments, **options) for arguments in sets]


CASES = [
    *_torch(
        "Adam",
        {},
        {"lr": 0.1, "betas": (0.7, 0.95), "eps": 1e-3},
        {"lr": 0.01, "weight_decay": 0.1},
        {"lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True},
    ),
    *_torch("Adam", {"lr": 0.01, "weight_decay": 0.1}, warm=True),
]
