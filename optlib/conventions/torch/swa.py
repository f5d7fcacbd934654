"""PyTorch's ``SWALR`` (torch 2.13), towards the rate at which weights are averaged."""

from __future__ import annotations

from ...namespaces import words
from .cycles import curve_of
from .recursion import Call, Law
from .schedulers import COUNT, RATE, scheduler


@scheduler(
    "torch",
    "SWALR",
    domains={"swa_lr": RATE, "anneal_epochs": COUNT},
    note="counts its own calls, so that resuming begins the line anew; with anneal_epochs=0 the "
    "rate is swa_lr at once; it starts from the rate that it finds in the optimizer",
)
def swa_lr(*, swa_lr, anneal_epochs=10, anneal_strategy="cos"):
    """From the rate that is held to ``swa_lr``, along a line or half a cosine."""
    curve = curve_of("SWALR", anneal_strategy)

    def part(xp, step):
        gone = xp.maximum(xp.minimum(step / max(1, anneal_epochs), 1.0), 0.0)
        return curve(xp, 0.0, 1.0, gone)

    def closed(xp, k, base):
        alpha = part(xp, k) if anneal_epochs else 1.0 + 0.0 * k
        return swa_lr * alpha + base * (1 - alpha)

    def find(call: Call) -> float:
        step = call.calls - 1 if anneal_epochs else max(1, call.calls - 1)
        before, now = (part(words(0), n) for n in (step - 1, step))
        start = swa_lr if before == 1 else (call.group.lr - before * swa_lr) / (1 - before)
        return swa_lr * now + start * (1 - now)

    return Law(closed, find, find)
