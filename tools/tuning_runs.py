"""Train small models with many settings for chapter 12; write ``optlib/book/data/tuning.npz``.

    OMP_NUM_THREADS=1 .venv/bin/python tools/tuning_runs.py

It takes some minutes on one core; what the file holds already is not run again. It holds, for every
seed: ``grid/TASK/...``, losses of three tasks over a grid of rate, decay and both betas;
``map/DIAL/...``, the loss of a network over a rate and one dial; ``batch/SIZE/...``, that of a
table of pairs of characters over a rate and ``beta2``. Each has a part after a few steps as well.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from optlib import Optimizer, minimize, schedule
from optlib.problems import Problem, classifiers, datasets

PATH = Path(__file__).resolve().parent.parent / "optlib" / "book" / "data" / "tuning.npz"
SEEDS, EARLY, HIDDEN = 5, 10, 32
RATES = 2.0 ** np.arange(-12, -1)
PAIR_RATES = 2.0 ** np.arange(-8, 3)
REMEMBERED = np.array([0.0, 0.3, 1.0, 3.0, 10.0])
"""Rate times decay, in units of one over the number of steps."""
BETA1S, BETA2S = np.array([0.8, 0.9, 0.95]), np.array([0.95, 0.98, 0.99, 0.999])
MAP_RATES = np.geomspace(1e-3, 10, 20)
MAP_EPS_RATES = np.geomspace(1e-3, 1e5, 20)
DIALS = {
    "beta1": 1 - np.geomspace(1, 1e-2, 14),
    "beta2": 1 - np.geomspace(0.5, 1e-4, 14),
    "eps": np.geomspace(1e-10, 1e4, 14),
}
BATCHES, BATCH_STEPS = (16, 64, 256, 1024, 4096), 300
BATCH_RATES = 2.0 ** np.arange(-7, 3)
BATCH_BETA2S = np.array([0.9, 0.95, 0.98, 0.99, 0.999, 0.9999])


@dataclass(frozen=True)
class Task:
    """What is trained on, where it is judged, from where, how long, and with which rates."""

    problem: Problem
    judged: dict
    start: np.ndarray
    steps: int
    rates: np.ndarray


def images(count, wrong, steps):
    """A network on some of the digits, of which a share has labels drawn anew."""
    data = datasets.digits()
    rng = np.random.default_rng(0)
    labels = data.y[:count].copy()
    anew = rng.random(count) < wrong
    labels[anew] = rng.integers(0, 10, anew.sum())
    problem = classifiers.classifier(data.x[:count], labels, HIDDEN, batch=32, seeds=SEEDS)
    judged = {
        "val": classifiers.classifier(data.x[1000:], data.y[1000:], HIDDEN),
        "test": classifiers.classifier(data.x_test, data.y_test, HIDDEN),
    }
    start = classifiers.starts(problem, 64, SEEDS, HIDDEN)
    return Task(problem, judged, start, steps, RATES)


def counts(characters):
    """How often each character follows each; a little more than never for those that do not."""
    size = len(datasets.text().alphabet)
    table = np.full((size, size), 1e-6)
    np.add.at(table, (characters[:-1], characters[1:]), 1)
    return table


def pairs(batch, steps, rates):
    """The table of pairs of characters of the book, whose rare characters are seldom seen."""
    text = datasets.text()
    half = len(text.test) // 2
    problem = classifiers.bigram(counts(text.train), batch=batch, seeds=SEEDS)
    judged = {
        "val": classifiers.bigram(counts(text.test[:half])),
        "test": classifiers.bigram(counts(text.test[half:])),
    }
    start = np.zeros((SEEDS, *problem.start.shape))
    return Task(problem, judged, start, steps, rates)


def task_of(name):
    """The tasks of the grid."""
    if name == "pairs":
        return pairs(64, 150, PAIR_RATES)
    return images(*{"clean": (1000, 0.0, 300), "mislabelled": (400, 0.3, 300)}[name])


def run(task, rule, lr, early_alone, **hyper):
    """Losses after a few steps, and at the end where the task is judged; the seeds are last."""
    hyper = {k: np.asarray(value)[..., None] for k, value in hyper.items()}
    optimizer = Optimizer(rule, lr=lr, **hyper)
    early = minimize(optimizer, task.problem, task.start, steps=EARLY, record="last")
    found = {"early": early.f[-1]}
    if not early_alone:
        whole = minimize(optimizer, task.problem, task.start, steps=task.steps, record="last")
        found |= {name: judge.value(whole.x[-1]) for name, judge in task.judged.items()}
    return {k: np.where(np.isfinite(f), f, np.inf) for k, f in found.items()}


def falling(task, peak):
    """A rate that falls to zero, for every peak; the last axis is for the seeds."""
    return schedule("linear_decay", peak=np.asarray(peak)[..., None], total=task.steps)


def on_grid(name, early_alone=False):
    """Losses of a task over rate, remembered part, beta1, beta2 and seed."""
    task, found = task_of(name), []
    # One rate at a time, so that the runs fit into the cache.
    for rate in task.rates:
        decay = REMEMBERED[:, None, None] / (rate * task.steps)
        hyper = {"weight_decay": decay, "beta1": BETA1S[:, None], "beta2": BETA2S}
        peak = np.full((REMEMBERED.size, BETA1S.size, BETA2S.size), rate)
        found.append(run(task, "adamw", falling(task, peak), early_alone, **hyper))
    return {part: np.stack([one[part] for one in found]) for part in found[0]}


def on_map(dial, early_alone=False):
    """Losses on the training images over the values of a dial, a constant rate, and the seed."""
    task = images(1437, 0.0, 200)
    task = replace(task, judged={"train": task.problem})
    rates = MAP_EPS_RATES if dial == "eps" else MAP_RATES
    hyper = {dial: DIALS[dial][:, None]}
    return run(task, "adam", rates[:, None], early_alone, **hyper)


def on_batch(size, early_alone=False):
    """Losses on the test text over the rate, beta2 and the seed."""
    task = pairs(size, BATCH_STEPS, BATCH_RATES)
    lr = falling(task, BATCH_RATES[:, None])
    return run(task, "adam", lr, early_alone, beta2=BATCH_BETA2S)


def arms():
    """Kind of sweep and its argument."""
    grids = [("grid", task) for task in ("clean", "mislabelled", "pairs")]
    maps = [("map", dial) for dial in DIALS]
    return [*maps, *(("batch", size) for size in BATCHES), *grids]


SWEEPS = {"grid": on_grid, "map": on_map, "batch": on_batch}


def main():
    arrays = dict(np.load(PATH)) if PATH.exists() else {}
    for kind, which in arms():
        key = f"{kind}/{which}"
        if f"{key}/early" in arrays:
            continue
        found = SWEEPS[kind](which)
        arrays |= {f"{key}/{part}": losses.astype(np.float32) for part, losses in found.items()}
        print(
            key,
            {part: round(float(np.median(f, axis=-1).min()), 4) for part, f in found.items()},
            flush=True,
        )
        np.savez_compressed(PATH, **arrays)


if __name__ == "__main__":
    main()
