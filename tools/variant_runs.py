"""Train the digits classifier by Adam and its variants; write ``optlib/book/data/variants.npz``.

    OMP_NUM_THREADS=1 .venv/bin/python tools/variant_runs.py

It takes about three minutes on one core. For each arm, such as ``noisy/adam/0.9``, it holds the
loss of every rate and seed at the end, on the examples of training and on those for the test.
"""

from pathlib import Path

import numpy as np

from optlib import Optimizer, minimize, rules, schedule
from optlib.problems import classifiers, datasets
from optlib.rules.modifiers import decoupled

PATH = Path(__file__).resolve().parent.parent / "optlib" / "book" / "data" / "variants.npz"
SEEDS, HIDDEN, STEPS = 16, 16, 300
KINDS = {"noisy": (16, 30), "calm": (256, 30), "cold": (16, 1)}
"""How many examples a step sees, and the steps of warmup, before the rate falls along a line."""
RATES = tuple(float(f"{0.02 * 2.0**k:.3g}") for k in range(-2, 7))
BETA1 = {"beta1": (0.6, 0.8, 0.9, 0.95)}
DECAY = {"weight_decay": (0.001, 0.003, 0.01, 0.03)}
SETTINGS = {
    "adam": BETA1,
    "nadam": BETA1,
    "nadam_constant": BETA1,
    "amsgrad_raw_max": BETA1,
    "radam": BETA1,
    "adabelief": BETA1,
    "yogi": BETA1,
    "adopt": BETA1,
    "adan": {"beta1": (0.8, 0.9, 0.95, 0.98)},
    "ademamix": {"beta3": (0.98, 0.99, 0.999, 0.9999)},
    "adamw": DECAY,
    "nadamw": DECAY,
}
"""For each optimizer the one number that is tuned beside the rate, four values for all."""
COLD = ("adam", "nadam_constant", "radam")
"""What is tried without warmup too."""
OWN = {"nadamw": decoupled(rules.nadam_simplified)}
"""NadamW as in the baselines of AlgoPerf: the simplified look-ahead, and AdamW's decay."""


def network(kind, seeds):
    """The classifier, and its starts for the seeds."""
    digits = datasets.digits()
    net = classifiers.classifier(
        digits.x, digits.y, hidden=HIDDEN, batch=KINDS[kind][0], seeds=seeds
    )
    return net, classifiers.starts(net, digits.x.shape[1], seeds, HIDDEN)


def arms():
    """Kind of gradient, optimizer, name of the setting, value."""
    return [
        (kind, name, key, value)
        for kind in KINDS
        for name, setting in SETTINGS.items()
        if kind != "cold" or name in COLD
        for key, values in setting.items()
        for value in values
    ]


def one(kind, name, key, value, seeds=SEEDS, steps=STEPS):
    """The points at the end, shape (rates, seeds, parameters)."""
    net, start = network(kind, seeds)
    peak = np.array(RATES, dtype=np.float32)[:, None]
    rate = schedule("linear_to_zero", peak=peak, warmup=KINDS[kind][1], total=STEPS)
    optimizer = Optimizer(OWN.get(name, name), lr=rate, **{key: value})
    return minimize(optimizer, net, start, steps=steps, record="last").x[-1]


def losses(points):
    """The loss of each point on the examples of training and on those for the test."""
    digits = datasets.digits()
    parts = {"train": (digits.x, digits.y), "test": (digits.x_test, digits.y_test)}
    with np.errstate(over="ignore", invalid="ignore"):
        return {
            part: classifiers.classifier(x, y, hidden=HIDDEN).value(points)
            for part, (x, y) in parts.items()
        }


def main():
    arrays = {}
    for arm in arms():
        kind, name, _, value = arm
        for part, values in losses(one(*arm)).items():
            arrays[f"{kind}/{name}/{value}/{part}"] = values.astype(np.float32)
            print(kind, name, value, part, np.median(values, axis=1).round(4), flush=True)
    PATH.parent.mkdir(exist_ok=True)
    np.savez_compressed(PATH, **arrays)


if __name__ == "__main__":
    main()
