"""Train the network of chapter 11 at many batch sizes; write ``optlib/book/data/batch.npz``.

    OMP_NUM_THREADS=1 .venv/bin/python tools/batch_runs.py

It takes two minutes on one core; what the file holds already is not run again. For each arm,
such as ``adam/16``, it holds the peak rates and, for each of them and each seed, the loss on the
training digits at the end, that on the test digits, and the root mean square of the weights. The
runs of an arm ``decay/16`` differ in the decay at one rate.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from optlib import Optimizer, batchsize, minimize, schedule
from optlib.problems import datasets
from optlib.problems.classifiers import classifier, starts

PATH = Path(__file__).resolve().parent.parent / "optlib" / "book" / "data" / "batch.npz"
SEEDS, HIDDEN, EXAMPLES = 5, 16, 40_000
BASE = {"adam": 0.04, "sgd": 0.8}
"""The rates of an arm are these, times powers of the root of 2."""
DECAYS = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0)
DECAYED_AT = 0.04 / 2**0.5

_POWERS = {
    "adam": {1: (-10, 0), 4: (-8, 3), 16: (-7, 4), 64: (-7, 4), 256: (-4, 7), 1024: (-4, 8)},
    "sgd": {1: (-11, 0), 4: (-8, 2), 16: (-8, 4), 64: (-6, 5), 256: (-4, 8), 1024: (-4, 9)},
}
_OLD = {"lr": 1.0, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}


@dataclass(frozen=True)
class Arm:
    """Runs at one batch size that differ in their peak rates, or in their decay."""

    rule: str
    batch: int
    rates: np.ndarray
    hyper: dict = field(default_factory=dict)


def _rates(rule, low, high):
    return BASE[rule] * 2.0 ** (np.arange(low, high + 1) / 2)


def arms():
    """Name -> arm."""
    found = {
        f"{rule}/{batch}": Arm(rule, batch, _rates(rule, *powers))
        for rule, of_batch in _POWERS.items()
        for batch, powers in of_batch.items()
    }
    # A beta2 that serves a batch of 256, left alone or with its half-life kept in examples.
    for batch, powers in {256: (-3, 3), 16: (-4, 3), 4: (-6, 1), 1: (-9, -3)}.items():
        for name, beta2 in (("kept", 0.95), ("carried", 0.95 ** (batch / 256))):
            if (name, batch) != ("carried", 256):
                key = f"beta2-{name}/{batch}"
                found[key] = Arm("adam", batch, _rates("adam", *powers), {"beta2": beta2})
    # The same for beta1 = 0.9, between 16 and 256.
    for batch, power in ((16, 1 / 16), (256, 16)):
        hyper = {"beta1": 0.9**power}
        found[f"beta1-carried/{batch}"] = Arm("adam", batch, _rates("adam", -5, 4), hyper)
    whole = batchsize.square_root_paper(4, **_OLD)
    del whole["lr"]
    found["whole-rule/64"] = Arm("adam", 64, _rates("adam", -5, 4), whole)
    for batch in (16, 64, 256):
        decay = {"weight_decay": np.array(DECAYS, np.float32)[:, None]}
        found[f"decay/{batch}"] = Arm("adamw", batch, np.full(len(DECAYS), DECAYED_AT), decay)
    return found


def run(arm, examples=EXAMPLES, seeds=SEEDS):
    """Losses on both halves of the data, and the size of the weights: rates by seeds."""
    data = datasets.digits()
    inputs = data.x.astype(np.float32)
    task = classifier(inputs, data.y, HIDDEN, batch=arm.batch, seeds=seeds)
    begin = starts(task, inputs.shape[1], seeds, HIDDEN)
    steps = examples // arm.batch
    rate = schedule("linear_decay", peak=arm.rates.astype(np.float32)[:, None], total=steps)
    points = np.broadcast_to(begin, (len(arm.rates), *begin.shape)).copy()
    optimizer = Optimizer(arm.rule, lr=rate, **arm.hyper)
    x = minimize(optimizer, task, points, steps=steps, record="last").x[-1]
    test = classifier(data.x_test.astype(np.float32), data.y_test, HIDDEN)
    size = np.sqrt((x.astype(float) ** 2).mean(axis=-1))
    return {"rates": arm.rates, "loss": task.value(x), "test": test.value(x), "size": size}


def main():
    arrays = dict(np.load(PATH)) if PATH.exists() else {}
    for name, arm in arms().items():
        if f"{name}/loss" in arrays:
            continue
        found = run(arm)
        arrays |= {f"{name}/{k}": np.asarray(a, np.float32) for k, a in found.items()}
        middle = np.median(found["loss"], axis=1)
        print(name, f"best {arm.rates[middle.argmin()]:.4g}: {middle.min():.4g}", flush=True)
        np.savez_compressed(PATH, **arrays)


if __name__ == "__main__":
    main()
