"""Runs a case in PyTorch itself."""

import torch
from harness import RECORDED, STEPS, of_case, start, warm_rate

VERSION = {"torch": torch.__version__}


def run(case, seed=0, steps=STEPS):
    """The parameters after the recorded steps."""
    # Some states are kept in torch's default type, float32 unless told otherwise.
    torch.set_default_dtype(torch.float64)
    try:
        parameters = [torch.nn.Parameter(torch.tensor(x)) for x in start(case.shapes, seed)]
        optimizer = getattr(torch.optim, case.name)(parameters, **case.arguments)
        return recorded(optimizer, parameters, case, seed, steps)
    finally:
        torch.set_default_dtype(torch.float32)


def recorded(optimizer, parameters, case, seed, steps):
    """Take the steps; return the parameters after the recorded ones."""
    lr = optimizer.param_groups[0]["lr"]
    records = []
    for t in range(1, steps + 1):
        if case.warm:
            optimizer.param_groups[0]["lr"] = warm_rate(lr, t - 1)
        for p, g in zip(parameters, of_case(case, seed, t), strict=True):
            p.grad = torch.tensor(g).to_sparse() if case.sparse else torch.tensor(g)
        optimizer.step()
        if t in RECORDED:
            records.append([p.detach().numpy().copy() for p in parameters])
    return records
