"""Train the networks of chapter 15 with each optimizer; write ``optlib/book/data/comparison.npz``.

    OMP_NUM_THREADS=1 .venv/bin/python tools/comparison_runs.py

It takes about ten minutes on one core; what the file holds already is not run again. For
each arm, such as ``text/muon/0.02``, it holds the smoothed training loss of every seed, its loss on
the test data at the end, and the processor time of a step in milliseconds; for schedule-free the
test loss at its result, at the point of its gradients, and at the point that moves. For each
optimizer, as in ``text/muon/products``, it holds the operations of its matrix products in a step
over those of the gradient.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from optlib import RULES, Optimizer, averaging, per_layer, schedule
from optlib.problems import datasets
from optlib.problems.networks import Network, Params, mlp, smoothed
from optlib.problems.transformer import transformer
from optlib.rules.modifiers import decoupled, derived
from optlib.running.train import train

PATH = Path(__file__).resolve().parent.parent / "optlib" / "book" / "data" / "comparison.npz"
SEEDS, EVERY = 5, 10
SHRINK = 1e-4
"""What decay takes from each weight in a step at the peak: the rate times ``weight_decay``."""
GUESSING = 10.0
"""A loss above this, or none, counts as this."""

BOUND = {
    "sgd": ("momentum", {}),
    "adamw": ("adam", {"beta2": 0.95}),
    "adamw_short": ("adam", {"beta1": 0.7, "beta2": 0.95}),
    "nadamw": ("nadam_constant", {"beta2": 0.95}),
    "lion": ("lion", {}),
    "muon": ("muon", {}),
    "soap": ("soap", {}),
    "schedule_free": ("adam", {"beta1": 0.0, "beta2": 0.95}),
}
MATRIX = ("muon", "soap")

MIDDLE = {
    "digits": {
        "sgd": 0.1,
        "adamw": 0.04,
        "adamw_short": 0.02,
        "nadamw": 0.02,
        "lion": 0.004,
        "muon": 0.02,
        "soap": 0.02,
        "schedule_free": 0.04,
        "muon@ndim": 0.02,
        "soap@ndim": 0.02,
    },
    "text": {
        "adamw": 0.01,
        "muon": 0.02,
        "adamw_short": 0.02,
        "nadamw": 0.02,
        "schedule_free": 0.02,
        "muon@ndim": 0.04,
        "sgd": 0.3,
        "lion": 0.004,
        "soap": 0.01,
    },
}
"""The middle of three rates, each twice the one before. Of them it was the best."""


@dataclass(frozen=True)
class Task:
    """A network, its data, how long it trains, and which of its parameters are hidden matrices.

    Attributes
    ----------
    outside : tuple of str
        The matrices that look up inputs and multiply no signal.
    predictions : int
        In a batch.
    """

    network: Network
    data: Any
    steps: int
    hidden: tuple[str, ...]
    outside: tuple[str, ...]
    predictions: int

    @property
    def warmup(self) -> int:
        return self.steps // 10

    def start(self, seed: int) -> Params:
        return self.network.init(np.random.default_rng(seed))

    def batches(self, seed: int) -> Any:
        if isinstance(self.data, datasets.Text):
            return datasets.windows(self.data.train, batch=16, context=16, seed=seed)
        return datasets.samples(self.data.x, self.data.y, batch=self.predictions, seed=seed)

    def test(self, params: Params) -> float:
        """The loss on the test data, of a point that may be no number."""
        batch = (
            pieces(self.data.test)
            if isinstance(self.data, datasets.Text)
            else (self.data.x_test, self.data.y_test)
        )
        with np.errstate(all="ignore"):
            loss = float(self.network.loss(params, batch))
        return min(loss, GUESSING) if loss == loss else GUESSING


def pieces(characters, context=16):
    whole = len(characters) // context * context
    inputs, targets = characters[: whole - context], characters[1 : whole - context + 1]
    return inputs.reshape(-1, context), targets.reshape(-1, context)


def tasks() -> dict[str, Task]:
    text = datasets.text()
    language = transformer(len(text.alphabet), layers=2, norm="pre")
    inside = tuple(f"{part}{k}" for part in ("qkv", "mix", "up", "down") for k in range(2))
    return {
        "digits": Task(mlp((64, 64, 64, 10)), datasets.digits(), 200, ("W2",), (), 64),
        "text": Task(language, text, 300, inside, ("characters", "places"), 256),
    }


class Skipping:
    """Words for arrays, without the eigenvectors that SOAP computes and does not use."""

    def __init__(self, xp):
        self.xp = xp
        self.linalg = SimpleNamespace(eigh=lambda a: (a[..., 0], a))

    def __getattr__(self, name):
        return getattr(self.xp, name)


def unhurried(rule):
    """SOAP with the same steps, computing eigenvectors only when it changes its bases."""

    def changed(xp, t, *args, every, **hyper):
        seen = Skipping(xp) if t % every else xp
        return rule(seen, t, *args, every=every, **hyper)

    return derived(rule, changed, "unhurried", "computes eigenvectors where they are used")


def lone(name, rate, task, factor=1.0):
    """One rule with decay and its schedule; its rate is ``factor`` times that of the arm."""
    rule, hyper = BOUND[name]
    rule = unhurried(RULES[rule]) if rule == "soap" else RULES[rule]
    peak = factor * rate
    shape = {"peak": peak, "warmup": task.warmup}
    if name == "schedule_free":
        rates = schedule("linear_warmup", **shape)
    else:
        rates = schedule("linear_to_zero", **shape, total=task.steps)
    return Optimizer(decoupled(rule), lr=rates, weight_decay=SHRINK / peak, **hyper)


def optimizer(name, rate, task):
    """An optimizer; Muon and SOAP for the hidden matrices by name, or ``@ndim`` for all."""
    name, _, by = name.partition("@")
    if name not in MATRIX:
        return lone(name, rate, task)

    def choose(label, x):
        if not (x.ndim == 2 if by == "ndim" else label in task.hidden):
            return lone("adamw", rate, task)
        # Steps of Muon as large as AdamW's, by Liu et al. 2025: so one rate serves both.
        factor = 0.2 * max(x.shape) ** 0.5 if name == "muon" else 1.0
        return lone(name, rate, task, factor)

    return per_layer(choose)


def schedule_free(tool, task, seed, steps):
    """The losses, and three points: the mean, that of the gradients, that of the rule."""
    free, z, batches = averaging.schedule_free(beta=0.9), task.start(seed), task.batches(seed)
    kept, state = {k: free.init(a) for k, a in z.items()}, tool.init(z)
    losses = []

    def look():
        return {k: free.point(a, kept[k]).astype(a.dtype) for k, a in z.items()}

    for t in range(1, steps + 1):
        y = look()
        loss, gradient = task.network.value_and_grad(y, batches(t))
        losses.append(loss)
        moved, state = tool.step(t, gradient, y, state)
        for k in z:
            z[k] = z[k] - (y[k] - moved[k])
            z[k], kept[k] = free.update(t, z[k], kept[k], float(tool.lr(t)))
    mean = {k: free.result(a, kept[k]).astype(a.dtype) for k, a in z.items()}
    return np.array(losses), (mean, look(), z)


def one(task, name, rate, seed, steps=None):
    """Smoothed losses, test losses and milliseconds a step; ``steps`` ends the run early."""
    tool, steps, began = optimizer(name, rate, task), steps or task.steps, time.process_time()
    if name == "schedule_free":
        losses, points = schedule_free(tool, task, seed, steps)
    else:
        run = train(tool, task.network, task.start(seed), task.batches(seed), steps)
        losses, points = run.losses, (run.params,)
    spent = 1000 * (time.process_time() - began) / steps
    curve = smoothed(np.minimum(losses, GUESSING))[EVERY - 1 :: EVERY]
    return {"curve": curve, "test": [task.test(point) for point in points], "time": spent}


class Counting:
    """NumPy, counting the operations of its matrix products."""

    def __init__(self):
        self.operations = 0

    def matmul(self, a, b):
        self.operations += 2 * a.shape[-2] * a.shape[-1] * b.shape[-1]
        return np.matmul(a, b)

    def __getattr__(self, name):
        return getattr(np, name)


def products(task, name):
    """Operations in the matrix products of the optimizer, over those of the gradient."""
    xp, params = Counting(), task.start(0)
    multiplied = [a.size for k, a in params.items() if a.ndim == 2 and k not in task.outside]
    for label, x in params.items():
        if name.partition("@")[0] in MATRIX:
            chosen = optimizer(name, 0.01, task).choose(label, x)
            if chosen.rule.scope == "matrix":
                state, hyper = chosen.init(x), dict(chosen.hyper)
                chosen.rule(xp, 1, x, x, *state.values(), **hyper)
    # Forward once and backward twice, with two operations for a weight and a prediction.
    return xp.operations / (6 * sum(multiplied) * task.predictions)


def arms():
    """Task, optimizer, rate."""
    for about, middles in MIDDLE.items():
        for name, middle in middles.items():
            yield from ((about, name, middle * 2.0**k) for k in (0, -1, 1))


def main():
    known = tasks()
    arrays = dict(np.load(PATH)) if PATH.exists() else {}
    for about, name, rate in arms():
        key = f"{about}/{name}/{rate:g}"
        if f"{key}/test" in arrays:
            continue
        runs = [one(known[about], name, rate, seed) for seed in range(SEEDS)]
        for part in runs[0]:
            stacked = np.array([run[part] for run in runs])
            arrays[f"{key}/{part}"] = np.round(stacked, 4).astype(np.float32)
        arrays[f"{about}/{name}/products"] = np.float32(products(known[about], name))
        print(key, *arrays[f"{key}/test"][:, 0], arrays[f"{key}/time"].mean(), flush=True)
        PATH.parent.mkdir(exist_ok=True)
        np.savez_compressed(PATH, **arrays)


if __name__ == "__main__":
    main()
