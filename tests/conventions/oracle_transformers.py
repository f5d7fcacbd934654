"""Runs a case in transformers itself."""

import torch
import transformers
from harness import RECORDED, STEPS, gradients, start, warm_rate
from transformers.optimization import Adafactor

VERSION = {"transformers": transformers.__version__, "torch": torch.__version__}
KNOWN = {"Adafactor": Adafactor}


def run(case, seed=0, steps=STEPS):
    """The parameters after the recorded steps."""
    parameters = [torch.nn.Parameter(torch.tensor(x)) for x in start(case.shapes, seed)]
    optimizer = KNOWN[case.name](parameters, **case.arguments)
    lr = optimizer.param_groups[0]["lr"]
    records = []
    for t in range(1, steps + 1):
        if case.warm:
            optimizer.param_groups[0]["lr"] = warm_rate(lr, t - 1)
        for p, g in zip(parameters, gradients(case.shapes, seed, t), strict=True):
            p.grad = torch.tensor(g)
        optimizer.step()
        if t in RECORDED:
            records.append([p.detach().numpy().copy() for p in parameters])
    return records
