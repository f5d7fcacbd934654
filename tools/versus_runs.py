"""Train small networks by SGD and by Adam; write ``optlib/book/data/versus.npz`` for chapter 17.

    OMP_NUM_THREADS=1 .venv/bin/python tools/versus_runs.py

It takes some ten minutes on one core; what the file holds already is not run again. All rates and
seeds of an arm are trained at once, as copies along the first axis of every array. For each arm,
such as ``text/64/64/adam`` (data, batch, steps, rule), the file holds its rates and, for every rate
and seed, the mean loss of the last eighth of the steps (``train``) and the loss on new data
(``test``); for two arms also that of four groups of characters, from the most to the least frequent
(``groups``).
"""

from pathlib import Path

import autograd.numpy as anp
import numpy as np
from autograd import value_and_grad

from optlib import RULES, rules
from optlib.problems import datasets
from optlib.problems.transformer import transformer

PATH = Path(__file__).resolve().parent.parent / "optlib" / "book" / "data" / "versus.npz"
SEEDS = 5
CONTEXT, WIDTH, HEADS = 16, 32, 4
EXAMPLES = 4096
GROUPS = 4
GROUPED = (("text", 64, 64, "momentum"), ("text", 64, 64, "adam"))
"""The arms of which the loss of each group is kept."""
ADAPTIVE = 10**-1.75
"""The rate of Adam for the arrays that it moves in a mixture: its best for all of them."""
GUESSED = {"text": np.log(70), "image": np.log(10)}
"""The loss of a network that knows nothing; what diverges counts as this much."""


def quarters(low, high):
    """Rates from ``10**(low/4)`` to ``10**(high/4)``, a factor of 1.8 apart."""
    return 10 ** (np.arange(low, high + 1) / 4)


def arms():
    """Data, batch, steps, rule -> rates; a mixture names the arrays that Adam moves."""
    return {
        ("text", 64, 64, "momentum"): quarters(-5, 0),
        ("text", 64, 64, "adam"): quarters(-9, -4),
        ("image", 64, 256, "momentum"): quarters(-7, -2),
        ("image", 64, 256, "adam"): quarters(-9, -4),
        ("text", 64, 64, "signum"): quarters(-10, -5),
        ("text", 64, 64, "adam_mini"): quarters(-11, -6),
        ("text", 64, 64, "momentum, adam for characters"): quarters(-5, 0),
        ("text", 64, 64, "momentum, adam for scores"): quarters(-5, 0),
        ("text", 64, 64, "momentum, adam for characters+scores"): quarters(-7, -2),
        ("text", 8, 64, "momentum"): quarters(-5, 0),
        ("text", 8, 64, "adam"): quarters(-9, -4),
        ("text", 8, 512, "momentum"): quarters(-5, 0),
        ("text", 8, 512, "adam"): quarters(-11, -6),
        ("text", 1, 64, "momentum"): quarters(-7, -2),
        ("text", 1, 64, "adam"): quarters(-9, -4),
        ("text", 1, 4096, "momentum"): quarters(-8, -4),
        ("text", 1, 4096, "adam"): quarters(-12, -8),
    }


def text_scores(params, x):
    """The scores of one-layer pre-LN Transformers, one for each copy of the parameters.

    ``x`` has the shape (copies, batch, places); the scores have one axis more.
    """
    copies, batch, places = x.shape
    each = np.arange(copies)[:, None, None]
    h = params["characters"][each, x] + params["places"][:, None, :places]
    h = anp.reshape(h, (copies, batch * places, WIDTH))

    def normed(h, name):
        centred = h - anp.mean(h, axis=-1, keepdims=True)
        variance = anp.mean(centred * centred, axis=-1, keepdims=True)
        scaled = centred / anp.sqrt(variance + 1e-5)
        return scaled * params[f"{name}.gain"][:, None] + params[f"{name}.bias"][:, None]

    size = WIDTH // HEADS
    split = (copies, batch, places, 3, HEADS, size)
    qkv = anp.reshape(normed(h, "norm0a") @ params["qkv0"], split)
    q, key, value = anp.transpose(qkv, (3, 0, 1, 4, 2, 5))
    future = np.triu(np.full((places, places), -1e9, h.dtype), 1)
    alike = q @ anp.swapaxes(key, -1, -2) / np.sqrt(size).astype(h.dtype) + future
    weights = anp.exp(alike - anp.max(alike, axis=-1, keepdims=True))
    weights = weights / anp.sum(weights, axis=-1, keepdims=True)
    mixed = anp.reshape(anp.swapaxes(weights @ value, -2, -3), (copies, batch * places, WIDTH))
    h = h + mixed @ params["mix0"]
    inner = normed(h, "norm0b") @ params["up0"] + params["up_bias0"][:, None]
    h = h + anp.maximum(inner, 0) @ params["down0"] + params["down_bias0"][:, None]
    scores = normed(h, "norm_end") @ params["scores"]
    return anp.reshape(scores, (copies, batch, places, -1))


# Where the 3x3 windows of an image of some side lie.
def _windows(side):
    corner = np.arange(side - 2)
    top = (corner[:, None] * side + corner).ravel()
    return top[:, None] + (np.arange(3)[:, None] * side + np.arange(3)).ravel()


def image_scores(params, x):
    """The scores of convolutional networks: 3x3 windows twice, 8 and 16 channels; then a map."""
    copies, batch, _ = x.shape
    seen = anp.reshape(x[..., _windows(8)], (copies, batch * 36, 9))
    h = anp.maximum(seen @ params["first"] + params["first_bias"][:, None], 0)
    h = anp.reshape(h, (copies, batch, 36, 8))[:, :, _windows(6)]
    h = anp.reshape(h, (copies, batch * 16, 72))
    h = anp.maximum(h @ params["second"] + params["second_bias"][:, None], 0)
    h = anp.reshape(h, (copies, batch, 256)) @ params["scores"]
    return h + params["scores_bias"][:, None]


def image_start(rng):
    """Normal weights of variance 2 over the number of inputs, as in ``optlib``'s perceptron."""
    shapes = {"first": (9, 8), "second": (72, 16), "scores": (256, 10)}
    params = {}
    for name, (inputs, outputs) in shapes.items():
        params[name] = np.sqrt(2 / inputs) * rng.standard_normal((inputs, outputs))
        params[f"{name}_bias"] = np.zeros(outputs)
    return params


def nats(scores, labels):
    """The negative log-likelihood of every label."""
    shifted = scores - anp.max(scores, axis=-1, keepdims=True)
    one_hot = labels[..., None] == np.arange(scores.shape[-1])
    return anp.log(anp.sum(anp.exp(shifted), axis=-1)) - anp.sum(shifted * one_hot, axis=-1)


class Text:
    """Pieces of the book; the last tenth is new."""

    scores = staticmethod(text_scores)

    def __init__(self, batch):
        book = datasets.text()
        self.network = transformer(len(book.alphabet), layers=1, width=WIDTH, norm="pre")
        self.batches = [datasets.windows(book.train, batch, CONTEXT, s) for s in range(SEEDS)]
        whole = len(book.test) // CONTEXT * CONTEXT
        self.new = (
            book.test[: whole - CONTEXT].reshape(-1, CONTEXT),
            book.test[1 : whole - CONTEXT + 1].reshape(-1, CONTEXT),
        )
        counts = np.bincount(book.train, minlength=len(book.alphabet))
        order = np.argsort(-counts)
        group = np.empty(len(counts), int)
        before = counts[order].cumsum() - counts[order]
        group[order] = before * GROUPS // counts.sum()
        self.group = group[self.new[1]]

    def start(self, seed):
        return self.network.init(np.random.default_rng(seed))

    def batch(self, seed, t):
        return self.batches[seed](t)


class Image:
    """The digits; 360 of them are new."""

    scores = staticmethod(image_scores)

    def __init__(self, batch):
        digits = datasets.digits()
        self.batches = [datasets.samples(digits.x, digits.y, batch, s) for s in range(SEEDS)]
        self.new = digits.x_test, digits.y_test
        self.group = np.zeros(len(digits.y_test), int)

    def start(self, seed):
        return image_start(np.random.default_rng(seed))

    def batch(self, seed, t):
        return self.batches[seed](t)


def rule_of(name, part, batch):
    """The rule that moves one array of the parameters, as a function of t, g and the state."""
    rule, _, adaptive = name.partition(", adam for ")
    if part in adaptive.split("+"):
        rule = "adam"
    if rule == "momentum":
        return lambda t, g, m, v: (*rules.momentum(np, t, g, None, m), v)
    if rule == "signum":
        return lambda t, g, m, v: (*rules.lion(np, t, g, None, m, beta1=0.9, beta2=0.9), v)
    # The memory of the second average is the same in examples for every batch.
    beta2 = 0.95 ** (batch / 64)
    return lambda t, g, m, v: RULES[rule](np, t, g, None, m, v, beta2=beta2)


def rate_of(name, part, rates):
    """The peak rate of one array, for every copy: what is adaptive in a mixture has its own."""
    own = part in name.partition(", adam for ")[2].split("+")
    return np.full_like(rates, ADAPTIVE) if own else rates


def started(task, rates):
    """Every rate with every seed: the parameters of all copies, and the seed of each."""
    seeds = np.tile(np.arange(SEEDS), len(rates))
    drawn = [task.start(seed) for seed in range(SEEDS)]
    return {k: np.stack([drawn[s][k] for s in seeds]).astype(np.float32) for k in drawn[0]}, seeds


def trained(task, name, batch, steps, rates):
    """The parameters at the end, and the loss of every step's batch, for all copies."""
    params, seeds = started(task, rates)
    peaks = np.repeat(rates, SEEDS).astype(np.float32)
    state = {k: (0 * a.reshape(len(seeds), -1),) * 2 for k, a in params.items()}
    parts = {k: (rule_of(name, k, batch), rate_of(name, k, peaks)) for k in params}

    def total(params, x, y):
        losses = anp.mean(anp.reshape(nats(task.scores(params, x), y), (len(seeds), -1)), axis=1)
        return anp.sum(losses), losses

    def differentiated(params, x, y):
        kept = []

        def alone(params):
            value, losses = total(params, x, y)
            kept.append(getattr(losses, "_value", losses))
            return value

        return value_and_grad(alone)(params)[1], kept[0]

    history = []
    for t in range(1, steps + 1):
        seen = [task.batch(seed, t) for seed in range(SEEDS)]
        x, y = (np.stack([one[k] for one in seen])[seeds] for k in (0, 1))
        with np.errstate(all="ignore"):
            gradient, losses = differentiated(params, x, y)
            history.append(losses)
            for k, (rule, rate) in parts.items():
                g = gradient[k].reshape(len(seeds), -1)
                u, *state[k] = rule(t, g, *state[k])
                falling = (rate * np.float32(1 - (t - 1) / steps))[:, None]
                params[k] = params[k] - (falling * u).reshape(params[k].shape)
    return params, np.array(history)


def tested(task, params):
    """The loss on new data, for all copies: of all labels, then of each group."""
    x, y = task.new
    copies = len(params["scores"])
    losses = []
    for k in range(copies):
        one = {name: a[k : k + 1] for name, a in params.items()}
        with np.errstate(all="ignore"):
            each = nats(task.scores(one, x[None]), y[None])[0]
        groups = [each[task.group == q].mean() for q in range(task.group.max() + 1)]
        losses.append([each.mean(), *groups])
    return np.array(losses)


def bounded(losses, worst):
    """What is not finite, or worse than guessing, counts as guessing."""
    return np.minimum(np.nan_to_num(losses, nan=worst, posinf=worst), worst)


def one(arm, rates, steps=None):
    """What the file holds of an arm."""
    data, batch, length, name = arm
    task = {"text": Text, "image": Image}[data](batch)
    params, history = trained(task, name, batch, steps or length, rates)
    shape, worst = (len(rates), SEEDS), GUESSED[data]
    last = history[-max(1, len(history) // 8) :].mean(axis=0)
    new = tested(task, params).reshape(*shape, -1)
    found = {
        "rates": rates,
        "train": bounded(last, worst).reshape(shape),
        "test": bounded(new[..., 0], worst),
    }
    return found | ({"groups": new[..., 1:]} if arm in GROUPED else {})


def main():
    arrays = dict(np.load(PATH)) if PATH.exists() else {}
    for arm, rates in arms().items():
        key = "/".join(map(str, arm))
        if f"{key}/test" in arrays:
            continue
        found = one(arm, rates)
        arrays |= {f"{key}/{k}": np.round(a, 4).astype(np.float32) for k, a in found.items()}
        print(key, *np.median(found["test"], axis=1).round(3), flush=True)
        np.savez_compressed(PATH, **arrays)


if __name__ == "__main__":
    main()
