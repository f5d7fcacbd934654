"""Train networks of many widths and depths for chapter 12; write ``optlib/book/data/transfer.npz``.

    OMP_NUM_THREADS=1 .venv/bin/python tools/transfer_runs.py

It takes about ten minutes on one core; what the file holds already is not run again. For each
arm, such as ``width/standard/128``, it holds for every seed and every rate (or decay) of the arm's
grid the loss over the training images after ten steps and at the end, and over the test images.

Every arm is one batch of runs: the arrays of parameters have two axes in front, seeds and settings.
"""

from pathlib import Path

import numpy as np

from optlib import Optimizer, schedule
from optlib.problems import datasets

PATH = Path(__file__).resolve().parent.parent / "optlib" / "book" / "data" / "transfer.npz"
SEEDS, STEPS, BATCH, EARLY = 5, 100, 32, 10
WIDTHS, BASE_WIDTH = (32, 64, 128, 256, 512), 32
DEPTHS, BASE_DEPTH, DEEP_WIDTH = (2, 4, 8, 16, 32), 2, 32
RATES = 2.0 ** np.arange(-11, -1)
DEEP_RATES = 2.0 ** np.arange(-11, -2)
DECAY_WIDTHS, DECAY_RATE, DECAY_STEPS = (32, 64, 128, 256), 2.0**-6, 300
FEW, WRONG = 400, 0.3
DECAYS = 2.0 ** np.arange(-5, 7)
"""Weight decay of the hidden matrices."""


def plan(kind, arm, size):
    """What distinguishes an arm: for each layer the factor of its rate; and that of a block.

    Returns
    -------
    rates : dict
        ``in``, ``hidden``, ``out`` -> factor.
    branch : float
        What the output of a residual block is multiplied by.
    read_out : float
        What the start of the last layer is multiplied by.
    """
    if kind == "depth":
        m = size / BASE_DEPTH
        power = {"none": 0.0, "half": 0.5, "complete": 1.0}[arm]
        hidden = 1.0 if arm == "none" else m ** (power - 1)
        return {"in": 1.0, "hidden": hidden, "out": 1.0}, m**-power, 1.0
    m = size / BASE_WIDTH
    if arm == "standard":
        return {"in": 1.0, "hidden": 1.0, "out": 1.0}, 1.0, 1.0
    return {"in": 1.0, "hidden": 1 / m, "out": 1 / m}, 1.0, 1.0 if arm == "layers" else m**-0.5


def begin(kind, size, read_out, settings):
    """Fresh weights of all seeds, repeated for every setting: name -> array."""
    width = DEEP_WIDTH if kind == "depth" else size
    count = 2 * size if kind == "depth" else 2
    names = ["in", *(f"hidden{k}" for k in range(count)), "out"]
    drawn = []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        hidden = [np.sqrt(2 / width) * rng.standard_normal((width, width)) for _ in range(count)]
        drawn.append(
            [
                np.sqrt(1 / 8) * rng.standard_normal((64, width)),
                *hidden,
                read_out * np.sqrt(1 / width) * rng.standard_normal((width, 10)),
            ]
        )
    layers = [np.stack(layer)[:, None] for layer in zip(*drawn, strict=True)]
    return {
        name: np.repeat(layer, settings, axis=1).astype(np.float32)
        for name, layer in zip(names, layers, strict=True)
    }


def normed(x):
    """Each row divided by its root mean square."""
    import autograd.numpy as anp

    return x / anp.sqrt(anp.sum(x * x, axis=-1, keepdims=True) / x.shape[-1] + 1e-5)


def scores(kind, params, x, branch):
    """A perceptron with two hidden matrices, or a residual network with two in each block."""
    import autograd.numpy as anp

    x = x @ params["in"]
    if kind != "depth":
        for k in range(2):
            x = anp.maximum(x, 0) @ params[f"hidden{k}"]
        return anp.maximum(x, 0) @ params["out"]
    for k in range((len(params) - 2) // 2):
        inner = anp.maximum(normed(x) @ params[f"hidden{2 * k}"], 0)
        x = x + np.float32(branch) * (inner @ params[f"hidden{2 * k + 1}"])
    return normed(x) @ params["out"]


def nats(scores, labels):
    """The negative log-likelihood of the labels, along the last axis but one."""
    import autograd.numpy as anp

    shifted = scores - anp.max(scores, axis=-1, keepdims=True)
    truth = np.eye(10, dtype=np.float32)[labels]
    return anp.log(anp.sum(anp.exp(shifted), axis=-1)) - anp.sum(shifted * truth, axis=-1)


def mislabelled(labels):
    """The labels, of which a share is drawn anew."""
    rng = np.random.default_rng(0)
    return np.where(rng.random(labels.shape) < WRONG, rng.integers(0, 10, labels.shape), labels)


def optimizers(kind, arm, size, names, settings, steps):
    """For each layer AdamW with a rate that falls to zero; the settings are a sweep."""
    factors, _, _ = plan(kind, arm, size)
    found = {}
    for name in names:
        factor = factors[name.rstrip("0123456789")]
        peak, decay = factor * settings, 0.0
        if kind == "decay":
            peak = factor * DECAY_RATE
            decay = settings[None] if name.startswith("hidden") else 0.0
        lr = schedule("linear_decay", peak=np.atleast_1d(peak)[None], total=steps)
        found[name] = Optimizer("adamw", lr=lr, weight_decay=decay, eps=1e-12)
    return found


def losses(kind, params, examples, branch):
    """The mean loss over examples, for every seed and setting; infinite where it is no number."""
    x, labels = examples
    found = nats(scores(kind, params, x, branch), labels).mean(axis=-1)
    return np.where(np.isfinite(found), found, np.inf)


def one(kind, arm, size, early_alone=False):
    """Losses on the training images after some steps and at the end, and on the test images.

    Returns
    -------
    dict
        ``early``, ``train`` and ``test``, each of shape (seeds, settings).
    """
    from autograd import grad

    data = datasets.digits()
    few, steps = (FEW, DECAY_STEPS) if kind == "decay" else (len(data.x), STEPS)
    labels = mislabelled(data.y) if kind == "decay" else data.y
    settings = {"width": RATES, "depth": DEEP_RATES, "decay": DECAYS}[kind]
    _, branch, read_out = plan(kind, arm, size)
    params = begin(kind, size, read_out, len(settings))
    tools = optimizers(kind, arm, size, params, settings, steps)
    states = {k: tools[k].init(a, sweep_axes=2) for k, a in params.items()}
    seen, found = (data.x[:few], labels[:few]), {}

    def loss(params, x, labels):
        # Runs share no parameter, so the gradient of the sum is that of each.
        return nats(scores(kind, params, x, branch), labels).sum() / np.float32(BATCH)

    gradient = grad(loss)
    with np.errstate(all="ignore"):
        for t in range(1, steps + 1):
            drawn = [np.random.default_rng([s, t]).integers(0, few, BATCH) for s in range(SEEDS)]
            chosen = np.stack(drawn)[:, None]
            g = gradient(params, data.x[chosen], labels[chosen])
            for k, tool in tools.items():
                params[k], states[k] = tool.step(t, g[k], params[k], states[k], sweep_axes=2)
            if t == EARLY:
                found["early"] = losses(kind, params, seen, branch)
                if early_alone:
                    return found
        found["train"] = losses(kind, params, seen, branch)
        found["test"] = losses(kind, params, (data.x_test, data.y_test), branch)
    return found


def arms():
    """Kind of experiment, parametrization, width or depth."""
    wide = [("width", arm, n) for arm in ("standard", "muP", "layers") for n in WIDTHS]
    deep = [("depth", arm, n) for arm in ("none", "half", "complete") for n in DEPTHS]
    decay = [("decay", "muP", n) for n in DECAY_WIDTHS]
    return [*wide, *deep, *decay]


def main():
    arrays = dict(np.load(PATH)) if PATH.exists() else {}
    for kind, arm, size in arms():
        key = f"{kind}/{arm}/{size}"
        if f"{key}/train" in arrays:
            continue
        found = one(kind, arm, size)
        arrays |= {f"{key}/{part}": ends.astype(np.float32) for part, ends in found.items()}
        print(key, *np.median(found["train"], axis=0).round(3), flush=True)
        np.savez_compressed(PATH, **arrays)


if __name__ == "__main__":
    main()
