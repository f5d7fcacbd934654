"""PyTorch's optimizers under PyTorch's schedulers, from end to end, here and there."""

from dataclasses import dataclass

import numpy as np

from optlib.conventions import like

STEPS = 40
RECORDED = (1, 2, 10, 25, 40)


@dataclass(frozen=True)
class ScheduledRun:
    """An optimizer with a scheduler; ``optimizer.step()`` comes before ``scheduler.step()``."""

    optimizer: str
    options: dict
    scheduler: str
    arguments: dict

    @property
    def key(self):
        return f"{self.optimizer}({self.options}) under {self.scheduler}({self.arguments})"


RUNS = [
    ScheduledRun("Adam", {}, "CosineAnnealingLR", {"lr": 0.05, "T_max": 15, "eta_min": 1e-3}),
    ScheduledRun("Adam", {"weight_decay": 0.1}, "StepLR", {"lr": 0.05, "step_size": 7}),
    ScheduledRun("Adam", {}, "OneCycleLR", {"lr": 0.1, "max_lr": 0.05, "total_steps": 41}),
    ScheduledRun(
        "SGD", {"momentum": 0.9}, "OneCycleLR", {"lr": 0.1, "max_lr": 1e-3, "total_steps": 41}
    ),
    ScheduledRun("Adam", {}, "CosineAnnealingWarmRestarts", {"lr": 0.05, "T_0": 6, "T_mult": 2}),
]


def start():
    return np.random.default_rng(5).standard_normal((3, 4))


def gradient(t):
    rng = np.random.default_rng([5, t])
    return 10.0 ** np.random.default_rng(6).uniform(-3, 3, (3, 4)) * rng.standard_normal((3, 4))


def ours(run):
    rate = like("torch", run.scheduler, **run.arguments)
    options = dict(run.options)
    if rate.momentum is not None:
        cycled = {"Adam": {"betas": (rate.momentum, 0.999)}, "SGD": {"momentum": rate.momentum}}
        options |= cycled[run.optimizer]
    optimizer = like("torch", run.optimizer, lr=rate, **options)
    x = start()
    state, records = optimizer.init(x), []
    for t in range(1, STEPS + 1):
        x, state = optimizer.step(t, gradient(t), x, state)
        if t in RECORDED:
            records.append(x.ravel().tolist())
    return records


def theirs(run):
    import torch

    torch.set_default_dtype(torch.float64)
    try:
        x = torch.nn.Parameter(torch.tensor(start()))
        arguments = dict(run.arguments)
        lr = arguments.pop("lr")
        optimizer = getattr(torch.optim, run.optimizer)([x], lr=lr, **run.options)
        scheduler = getattr(torch.optim.lr_scheduler, run.scheduler)(optimizer, **arguments)
        records = []
        for t in range(1, STEPS + 1):
            x.grad = torch.tensor(gradient(t))
            optimizer.step()
            scheduler.step()
            if t in RECORDED:
                records.append(x.detach().numpy().ravel().tolist())
        return records
    finally:
        torch.set_default_dtype(torch.float32)
