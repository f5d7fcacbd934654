"""What the recipes share: which parameters decay, and the rate of each step."""

import math

from torch.optim.lr_scheduler import LambdaLR


def groups(model, weight_decay, spared=("norm",)):
    """Two groups: matrices decay; vectors, and what has a spared word in its name, do not."""
    decays, rest = [], []
    for name, p in model.named_parameters():
        spare = p.ndim < 2 or any(word in name.lower() for word in spared)
        if p.requires_grad:
            (rest if spare else decays).append(p)
    return [
        {"params": decays, "weight_decay": weight_decay},
        {"params": rest, "weight_decay": 0.0},
    ]


def schedule(optimizer, steps, warmup=0, shape="cosine", floor=0.0):
    """A linear warmup, then a cosine or a line to a share of the peak.

    The first step has the rate ``peak / warmup``; the step after the last one would see the floor.
    """
    top = max(warmup, 1)

    def share(done):
        t = done + 1
        if t < warmup:
            return t / warmup
        left = max(steps + 1 - t, 0) / (steps + 1 - top)
        if shape == "cosine":
            left = (1 - math.cos(math.pi * left)) / 2
        return floor + (1 - floor) * left

    return LambdaLR(optimizer, share)
