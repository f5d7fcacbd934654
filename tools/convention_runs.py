"""Train a network with RMSprop as two libraries have it; write ``book/data/conventions.npz``.

    OMP_NUM_THREADS=1 .venv/bin/python tools/convention_runs.py

It takes half a minute on one core. The settings are those of EfficientNet's code, in which epsilon
stands under the root: decay 0.9, momentum 0.9, epsilon 0.001. For each arm and each rate it holds,
by seed, the mean training loss of the first 20 steps and that of the last 100, and of the steps
from 100 on the root mean square of the displacements over the rate.
"""

from pathlib import Path

import numpy as np

from optlib import minimize
from optlib.conventions import like
from optlib.problems import datasets
from optlib.problems.classifiers import classifier, starts

PATH = Path(__file__).resolve().parent.parent / "optlib" / "book" / "data" / "conventions.npz"
SEEDS, HIDDEN, BATCH, STEPS = 5, 32, 32, 400
EPSILON = 1e-3
RATES = 1e-3 * 2.0 ** np.arange(-2, 6)
ARMS = ("under the root", "copied", "root taken")
FIRST, LAST = 20, 100


def optimizer(arm, rates):
    """Keras' RMSprop, or PyTorch's with the same epsilon, or with its root."""
    rates = np.asarray(rates, np.float32)[:, None]
    if arm == "under the root":
        names = {"rho": 0.9, "momentum": 0.9, "epsilon": EPSILON}
        return like("keras", "RMSprop", learning_rate=rates, **names)
    eps = EPSILON if arm == "copied" else EPSILON**0.5
    return like("torch", "RMSprop", lr=rates, alpha=0.9, momentum=0.9, eps=eps)


def run(arm, steps=STEPS, rates=RATES):
    """Losses and lengths of steps: rates by seeds."""
    data = datasets.digits()
    inputs = data.x.astype(np.float32)
    task = classifier(inputs, data.y, HIDDEN, batch=BATCH, seeds=SEEDS)
    begin = starts(task, inputs.shape[1], SEEDS, HIDDEN)
    made = minimize(optimizer(arm, rates), task, begin, steps=steps)
    found = {"first": made.f[1 : FIRST + 1].mean(axis=0), "last": made.f[-LAST:].mean(axis=0)}
    moved = np.diff(made.x[-min(steps, 301) :], axis=0)
    length = np.sqrt((moved.astype(float) ** 2).mean(axis=(0, -1)))
    return {**found, "length": length / np.asarray(rates)[:, None]}


def main():
    arrays = {"rates": RATES}
    for arm in ARMS:
        found = run(arm)
        arrays |= {f"{arm}/{k}": np.asarray(a, np.float32) for k, a in found.items()}
        print(arm, np.median(found["last"], axis=1).round(3), flush=True)
    np.savez_compressed(PATH, **arrays)


if __name__ == "__main__":
    main()
