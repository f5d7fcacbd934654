"""Make the sick runs of chapter 18 and their cures; write ``optlib/book/data/doctor.npz``.

    OMP_NUM_THREADS=1 .venv/bin/python tools/doctor_runs.py

It takes some minutes on one core. Each case trains a network of the book twice, with a fault
planted and without it, everything else alike. For ``case/arm``, such as ``frozen/sick``, the file
holds the loss of each step's batch, the loss on test data, and the columns of the run log.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from optlib import Optimizer, schedule
from optlib.problems import datasets
from optlib.problems.networks import Network, mlp
from optlib.problems.transformer import transformer
from optlib.running.runlog import RunLog
from optlib.running.train import train

PATH = Path(__file__).resolve().parent.parent / "optlib" / "book" / "data" / "doctor.npz"
SEED, STEPS, HALF, EVERY = 0, 300, 150, 5
ARMS = ("sick", "cured")


@dataclass(frozen=True)
class Case:
    """A network, its data, and the optimizer of either arm."""

    network: Network
    batches: Callable[[int], Any]
    test: Any
    optimizer: Callable[[str], Any]
    part: Callable[[str], str]


class Rounded:
    """An optimizer whose parameters are rounded to bfloat16 after each step."""

    def __init__(self, optimizer):
        self.optimizer, self.hyper, self.lr = optimizer, optimizer.hyper, optimizer.lr

    def init(self, params):
        return self.optimizer.init(params)

    def step_(self, t, gradient, params, state):
        taken = self.optimizer.step_(t, gradient, params, state)
        for array in params.values():
            array[...] = array.astype(ml_dtypes.bfloat16).astype(array.dtype)
        return taken


class Forgetful(Rounded):
    """An optimizer that after some steps goes on without its averages."""

    def step_(self, t, gradient, params, state):
        if t == HALF:
            for layer in state.values():
                for array in layer.values():
                    array[...] = 0
        return self.optimizer.step_(t, gradient, params, state)


class Without(Rounded):
    """An optimizer that was not given one of the layers."""

    def __init__(self, optimizer, name):
        super().__init__(optimizer)
        self.name = name

    def step_(self, t, gradient, params, state):
        kept = params[self.name].copy()
        taken = self.optimizer.step_(t, gradient, params, state)
        params[self.name][...] = kept
        return taken


def layer_of(name):
    """Input, hidden or output of a perceptron of three maps."""
    return {"1": "input", "2": "hidden", "3": "output"}[name[-1]]


def part_of(name):
    """The part of the Transformer that an array belongs to."""
    kinds = {"characters": "embeddings", "places": "embeddings", "scores": "head"}
    kinds |= {"qkv": "attention", "mix": "attention", "up": "perceptrons", "down": "perceptrons"}
    return next((part for kind, part in kinds.items() if name.startswith(kind)), "norms")


def reading(optimizer, norm):
    """A Transformer that reads Alice."""
    text = datasets.text()
    whole = len(text.test) // 16 * 16
    test = text.test[: whole - 16].reshape(-1, 16), text.test[1 : whole - 15].reshape(-1, 16)
    network = transformer(len(text.alphabet), norm=norm)
    batches = datasets.windows(text.train, batch=16, context=16, seed=SEED)
    return Case(network, batches, test, optimizer, part_of)


def digits(optimizer, examples=None, redrawn=0.0):
    """A perceptron that learns digits, of which some may have a wrong label."""
    data, rng = datasets.digits(), np.random.default_rng(SEED)
    x, y = data.x[:examples], data.y[:examples]
    labels = np.where(rng.random(y.size) < redrawn, rng.integers(0, 10, y.size), y)
    batches = datasets.samples(x, labels, batch=32, seed=SEED)
    return Case(mlp((64, 32, 32, 10)), batches, (data.x_test, data.y_test), optimizer, layer_of)


WARM = schedule("linear_warmup", peak=5e-3, warmup=100)


def plateau(arm):
    """A post-LN Transformer, without and with warmup."""
    return Optimizer("adam", lr=5e-3 if arm == "sick" else WARM)


def frozen(arm):
    """Weights in bfloat16, and in float32."""
    adam = Optimizer("adam", lr=3e-4)
    return Rounded(adam) if arm == "sick" else adam


def hurried(arm):
    """A schedule stepped for each of four parts of a batch, and once for each batch."""
    length = STEPS // 4 if arm == "sick" else STEPS
    return Optimizer("adam", lr=schedule("linear_to_zero", peak=2e-3, warmup=2, total=length))


def missing(arm):
    """The last layer not among the parameters, and among them."""
    adam = Optimizer("adam", lr=2e-3)
    return Without(adam, "scores") if arm == "sick" else adam


def resumed(arm):
    """Half-way the averages are lost and the step number is not; and nothing is lost."""
    adam = Optimizer("adam", lr=WARM)
    return Forgetful(adam) if arm == "sick" else adam


def by_heart(arm):
    """Two hundred examples, some with a wrong label; without decay, and with a strong one."""
    return Optimizer("adamw", lr=1e-2, weight_decay=0.0 if arm == "sick" else 0.2)


def cases():
    """The six cases by name."""
    return {
        "plateau": reading(plateau, "post"),
        "frozen": digits(frozen),
        "hurried": digits(hurried),
        "missing": reading(missing, "pre"),
        "resumed": reading(resumed, "post"),
        "by heart": digits(by_heart, examples=200, redrawn=0.2),
    }


def one(case: Case, arm: str) -> dict[str, np.ndarray]:
    """The log of one arm: losses, and the columns of the run log at every fifth step."""
    log, tested = RunLog(case.optimizer(arm), case.part), []

    def watch(t, params, gradient, state):
        if t % EVERY == 0:
            tested.append(case.network.loss(params, case.test))

    start = case.network.init(np.random.default_rng(SEED))
    run = train(log, case.network, start, case.batches, STEPS, watch)
    found = {"train": run.losses, "test": np.array(tested), "norm": log.column("norm")[4::EVERY]}
    for column in ("move", "still"):
        for part in log.rows[0][column]:
            found[f"{column}/{part}"] = log.column(column, part)[EVERY - 1 :: EVERY]
    return found


def main():
    """Run what the file does not hold yet."""
    arrays = dict(np.load(PATH)) if PATH.exists() else {}
    for name, case in cases().items():
        for arm in ARMS:
            if f"{name}/{arm}/train" in arrays:
                continue
            found = one(case, arm)
            print(name, arm, found["train"][-20:].mean(), found["test"][-1], flush=True)
            arrays |= {f"{name}/{arm}/{k}": a.astype(np.float32) for k, a in found.items()}
            np.savez_compressed(PATH, **arrays)


if __name__ == "__main__":
    main()
