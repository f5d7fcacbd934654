"""Compare schedules for chapter 10; write ``optlib/book/data/schedules.npz``.

    OMP_NUM_THREADS=1 .venv/bin/python tools/schedule_runs.py

It takes about fifteen minutes on one core; what the file holds already is not run again. An arm,
such as ``text/sqrt 0.2``, is a task and a schedule. It is run at every peak of the task, from every
seed, with one warmup and one number of steps. The file holds its loss on examples of the training
data and on held-out data after the last step, with shape (peaks, seeds), and for the Transformer
the losses of its first steps.

Tasks: images of digits; the same with a fifth of the labels drawn at random; the next character of
a text from the last three, by a network with one hidden layer; that text by a small Transformer.
"""

from pathlib import Path

import numpy as np

from optlib import Optimizer, minimize, schedule
from optlib.problems import Problem, classifiers, datasets
from optlib.problems.transformer import transformer
from optlib.running.averaging import polyak, weight_ema
from optlib.running.train import train

PATH = Path(__file__).resolve().parent.parent / "optlib" / "book" / "data" / "schedules.npz"
WARMUP = 0.05
"""The share of the run that every arm warms up for."""
STEPS = {"digits": 600, "noisy": 600, "text": 1000, "transformer": 300}
SEEDS = {"digits": 9, "noisy": 9, "text": 7, "transformer": 5}
PEAKS = {
    "digits": np.round(1e-3 * 2 ** (np.arange(3, 18) / 2), 5),
    "noisy": np.round(1e-3 * 2 ** (np.arange(15) / 2), 5),
    "text": np.round(1e-3 * 2 ** (np.arange(4, 17) / 2), 5),
    "transformer": np.round(2.5e-3 * 2.0 ** np.arange(5), 5),
}
HIDDEN, BATCH, FLIPPED = 32, {"digits": 16, "noisy": 16, "text": 32}, 0.2
LETTERS, READ, HELD = 3, 60_000, 6000
"""Letters that the network sees, characters it is trained on, and examples that are held out."""
LAYERS, CONTEXT, PIECES, FIRST = 2, 16, 16, 5

SOME = ("constant", "cosine 0.1", "linear")
ALL = (
    "constant",
    "cosine",
    "cosine 0.1",
    "linear",
    "linear 0.1",
    "root",
    *(f"{kind} {share}" for kind in ("wsd", "sqrt") for share in (0.1, 0.2, 0.4, 0.7)),
    *(f"exponential {end}" for end in (0.3, 0.1, 0.03, 0.01, 0.001)),
    *(f"stretched {factor}" for factor in (1.1, 1.25, 1.5, 2.0, 5.0)),
    *(f"tail {share}" for share in (0.1, 0.2, 0.4, 0.7)),
    *(f"ema {decay}" for decay in (0.9, 0.97, 0.99, 0.997)),
    "linear+ema 0.97",
)
ARMS = {"digits": ALL, "noisy": ALL, "text": ALL, "transformer": SOME}


def shape(name, steps):
    """The schedule of an arm, with the peak 1, from step 1 to ``steps``.

    What falls to zero would be zero one step after the last, so that no step is wasted.
    """
    kind, _, number = name.partition(" ")
    number = float(number or 0)
    end = steps + 1
    if kind in ("linear", "cosine"):
        fall = {"linear": "linear_decay", "cosine": "cosine"}[kind]
        return schedule(fall, peak=1.0, total=end, floor=number)
    if kind in ("wsd", "sqrt"):
        fall = {"wsd": "wsd", "sqrt": "wsd_sqrt"}[kind]
        cooldown = round(number * steps)
        return schedule(fall, peak=1.0, warmup=1, cooldown=cooldown, total=end)
    if kind == "exponential":
        return schedule("exponential_decay", peak=1.0, gamma=number, period=steps)
    if kind == "stretched":
        return schedule("cosine", peak=1.0, total=round(number * end))
    if kind == "root":
        return schedule("inverse_sqrt", peak=1.0, warmup=round(WARMUP * steps))
    return shape("linear", steps) if kind == "linear+ema" else schedule("constant", peak=1.0)


def warmed(name, steps):
    """The schedule of an arm after the common warmup."""
    fall = shape(name, steps)
    if name == "root":
        return fall
    warm = schedule("linear_warmup", peak=1.0, warmup=round(WARMUP * steps))
    return lambda t: warm(t) * fall(t)


def averaging(name, steps):
    """The average that an arm returns in place of its last point, if it does."""
    kind, _, number = name.partition(" ")
    if kind == "tail":
        return polyak(start=steps - round(float(number) * steps))
    return weight_ema(float(number)) if kind.endswith("ema") else None


def examples(task):
    """Training and held-out examples; for ``noisy`` a fifth of the labels is random."""
    if task == "text":
        text = datasets.text()
        train_set = letters(text.train[:READ], text.alphabet)
        return train_set, letters(text.test[: HELD + LETTERS], text.alphabet)
    data = datasets.digits()
    labels, held = data.y, data.y_test
    if task == "noisy":
        rng = np.random.default_rng(0)
        labels, held = (flipped(rng, part) for part in (labels, held))
    return (data.x.astype(np.float32), labels), (data.x_test.astype(np.float32), held)


def flipped(rng, labels):
    """Labels of which a fifth is drawn anew."""
    random = rng.random(labels.size) < FLIPPED
    return np.where(random, rng.integers(0, 10, labels.size), labels)


def letters(characters, alphabet):
    """Each character, and those before it as one vector of zeros and ones."""
    size, count = len(alphabet), len(characters) - LETTERS
    before = np.stack([characters[k : k + count] for k in range(LETTERS)], axis=1)
    hot = np.zeros((count, LETTERS * size), np.float32)
    hot[np.arange(count)[:, None], before + size * np.arange(LETTERS)] = 1
    return hot, characters[LETTERS:]


def classified(task, name):
    """Losses of an arm (peaks, seeds) on training and held-out data, all in one run."""
    seeds, (train_set, held) = SEEDS[task], examples(task)
    net = classifiers.classifier(*train_set, hidden=HIDDEN, batch=BATCH[task], seeds=seeds)
    on_train, on_held = (
        classifiers.classifier(x[:HELD], y[:HELD], hidden=HIDDEN).value
        for x, y in (train_set, held)
    )
    peaks = PEAKS[task].astype(np.float32)[:, None]
    starts = classifiers.starts(net, train_set[0].shape[1], seeds, HIDDEN)
    start = np.broadcast_to(starts, (peaks.size, *starts.shape)).copy()
    rate = warmed(name, STEPS[task])
    run = minimize(
        Optimizer("adam", lr=lambda t: np.float32(rate(t)) * peaks),
        Problem(task, lambda x, t=None: on_train(x), net.grad, net.start),
        start,
        steps=STEPS[task],
        record="last",
        averaging=averaging(name, STEPS[task]),
    )
    if run.diverged.any():
        raise ArithmeticError(f"{task}/{name} diverged")
    return {"train": run.f[-1], "held": on_held(run.x[-1])}


def pieces(characters):
    whole = len(characters) // CONTEXT * CONTEXT
    inputs, targets = characters[: whole - CONTEXT], characters[1 : whole - CONTEXT + 1]
    return inputs.reshape(-1, CONTEXT), targets.reshape(-1, CONTEXT)


def one_text(name, peak, seed, steps):
    """Losses of a pre-LN Transformer: the mean of its last batches, and that on the test text."""
    text = datasets.text()
    network = transformer(len(text.alphabet), layers=LAYERS, context=CONTEXT, norm="pre")
    params = network.init(np.random.default_rng(seed))
    batches = datasets.windows(text.train, batch=PIECES, context=CONTEXT, seed=seed)
    rate = warmed(name, STEPS["transformer"])
    optimizer = Optimizer("adam", lr=lambda t: float(peak * rate(t)))
    run = train(optimizer, network, params, batches, steps)
    return run.losses, network.loss(run.params, pieces(text.test))


def found(task, name):
    """What an arm brings (peaks, seeds); for a Transformer its first losses as well."""
    if task != "transformer":
        return classified(task, name)
    runs = [
        [one_text(name, peak, seed, STEPS[task]) for seed in range(SEEDS[task])]
        for peak in PEAKS[task]
    ]
    losses = np.array([[losses for losses, _ in row] for row in runs])
    held = np.array([[held for _, held in row] for row in runs])
    return {"train": losses[..., -20:].mean(axis=-1), "held": held, "first": losses[..., :FIRST]}


def main():
    arrays = dict(np.load(PATH)) if PATH.exists() else {}
    for task, names in ARMS.items():
        for name in names:
            key = f"{task}/{name}"
            if f"{key}/held" in arrays:
                continue
            parts = found(task, name)
            arrays |= {f"{key}/{k}": np.round(a, 5).astype(np.float32) for k, a in parts.items()}
            print(key, *np.round(np.median(arrays[f"{key}/held"], axis=1), 4), flush=True)
            np.savez_compressed(PATH, **arrays)


if __name__ == "__main__":
    main()
