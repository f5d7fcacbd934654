"""Train the Transformers of chapter 9 from several seeds; write ``optlib/book/data/warmup.npz``.

    OMP_NUM_THREADS=1 .venv/bin/python tools/warmup_runs.py

It takes most of an hour on one core; what the file holds already is not run again. For each
arm, such as ``post/none/0.005``, it holds the smoothed training loss of every seed and its loss on
the test text at the end; and, for two arms, the preconditioned curvature on the way.
"""

from pathlib import Path

import numpy as np

from optlib import Optimizer, schedule
from optlib.problems import datasets
from optlib.problems.curvature import sharpness
from optlib.problems.networks import Network, smoothed
from optlib.problems.transformer import transformer
from optlib.running.train import train

PATH = Path(__file__).resolve().parent.parent / "optlib" / "book" / "data" / "warmup.npz"
SEEDS = range(6)
STEPS, WARMUP, EVERY = 300, 100, 5
PEAK = 0.005
"""The rate of the text."""
RATES = {
    "post": {
        "none": (0.000625, 0.00125, 0.0025, 0.005, 0.01),
        "warmup30": (0.0025, 0.005),
        "warmup": (0.00125, 0.0025, 0.005, 0.01),
        "warmup200": (0.0025, 0.005, 0.01, 0.02),
        "warmup10": (PEAK,),
        "radam": (PEAK,),
        "none@0.95": (0.0025, 0.005),
        "warmup40@0.95": (0.0025, 0.005),
        "warmup@0.95": (0.005,),
    },
    "pre": {
        "none": (0.0025, 0.005, 0.01, 0.02, 0.04, 0.08),
        "warmup30": (0.01, 0.02, 0.04),
        "warmup": (0.0025, 0.005, 0.01, 0.02, 0.04, 0.08),
    },
    "unplaced": {"none": (PEAK,)},
}
"""For each kind of network and each optimizer, the rates. With 0.95 for beta2, the rule of thumb of
``2 / (1 - beta2)`` steps is a warmup of 40."""
MEASURED = (1, 2, 3, 5, 10, 20, 40, 70, 100, 150, 200)


def optimizer(name, rate):
    """Adam without warmup, with one over some steps (``warmup``, ``warmup10``), or RAdam.

    What follows an ``@`` is the value of ``beta2``, as in ``warmup40@0.95``.
    """
    name, _, beta2 = name.partition("@")
    hyper = {"beta2": float(beta2)} if beta2 else {}
    if name.startswith("warmup"):
        length = int(name.removeprefix("warmup") or WARMUP)
        rate = schedule("linear_warmup", peak=rate, warmup=length)
    return Optimizer("radam" if name == "radam" else "adam", lr=rate, **hyper)


def network_of(kind, classes):
    """Post-LN, pre-LN, or post-LN without position embeddings (``unplaced``)."""
    if kind != "unplaced":
        return transformer(classes, norm=kind)
    whole = transformer(classes, norm="post")

    def scores(params, x):
        return whole.scores({**params, "places": 0 * params["places"]}, x)

    return Network("Transformer without places", whole.init, scores)


def pieces(characters, context=16):
    whole = len(characters) // context * context
    inputs, targets = characters[: whole - context], characters[1 : whole - context + 1]
    return inputs.reshape(-1, context), targets.reshape(-1, context)


def scale(optimizer, t, params, gradient, state):
    """The denominators of the step that is about to be taken."""
    _, after = optimizer.step(t, gradient, params, state)
    correction = 1 - optimizer.hyper["beta2"] ** t
    return {k: np.sqrt(s["v"] / correction) + optimizer.hyper["eps"] for k, s in after.items()}


def one(kind, name, rate, seed, text, measure):
    network = network_of(kind, len(text.alphabet))
    start = network.init(np.random.default_rng(seed))
    batches = datasets.windows(text.train, batch=16, context=16, seed=seed)
    tool, curvature = optimizer(name, rate), []

    def watch(t, params, gradient, state):
        if t in MEASURED:
            scales = scale(tool, t, params, gradient, state)
            curvature.append(sharpness(network, params, batches(t), scales))

    run = train(tool, network, start, batches, STEPS, watch if measure else None)
    test = network.loss(run.params, pieces(text.test))
    return smoothed(run.losses)[EVERY - 1 :: EVERY], test, curvature


def arms():
    """Kind of network, optimizer, rate."""
    return [(k, name, r) for k, own in RATES.items() for name, rs in own.items() for r in rs]


def main():
    text = datasets.text()
    arrays = dict(np.load(PATH)) if PATH.exists() else {}
    for kind, name, rate in arms():
        key = f"{kind}/{name}/{rate}"
        if f"{key}/test" in arrays:
            continue
        measure = kind == "post" and rate == PEAK and name in ("none", "warmup")
        runs = [one(kind, name, rate, seed, text, measure) for seed in SEEDS]
        curves, tests, curvatures = (np.array(part) for part in zip(*runs, strict=True))
        found = {"curve": curves, "test": tests}
        if measure:
            found["curvature"] = curvatures
        arrays |= {f"{key}/{k}": np.round(a, 3).astype(np.float32) for k, a in found.items()}
        print(key, *arrays[f"{key}/test"], flush=True)
        PATH.parent.mkdir(exist_ok=True)
        np.savez_compressed(PATH, **arrays)


if __name__ == "__main__":
    main()
