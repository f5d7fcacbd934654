"""The run log: it changes no step, and its columns are what they say."""

import numpy as np
import pytest

from optlib import Optimizer, schedule
from optlib.problems import datasets
from optlib.problems.networks import mlp
from optlib.running.checks import NonFiniteError
from optlib.running.runlog import RunLog
from optlib.running.train import train

RULES = ("adam", "adamw", "sgd", "momentum", "lion", "adafactor")


def trained(optimizer, steps=12):
    data, network = datasets.digits(), mlp((64, 8, 10))
    start = network.init(np.random.default_rng(0))
    batches = datasets.samples(data.x, data.y, batch=16, seed=0)
    return train(optimizer, network, start, batches, steps)


@pytest.mark.parametrize("name", RULES)
def test_the_log_changes_no_step(name):
    plain = trained(Optimizer(name, lr=0.01))
    log = RunLog(Optimizer(name, lr=0.01))
    logged = trained(log)
    assert all(np.array_equal(a, logged.params[k]) for k, a in plain.params.items())
    assert np.array_equal(plain.losses, logged.losses)
    assert [row["t"] for row in log.rows] == list(range(1, 13))


def test_the_columns_against_their_definition():
    rng = np.random.default_rng(1)
    x = {"a": rng.standard_normal((3, 2)), "b": np.zeros(4), "c": np.full(2, 1e8)}
    g = {"a": rng.standard_normal((3, 2)), "b": rng.standard_normal(4), "c": np.zeros(2)}
    rate, old = schedule("linear_warmup", peak=0.1, warmup=4), {k: a.copy() for k, a in x.items()}
    log = RunLog(Optimizer("adamw", lr=rate, weight_decay=0.5, eps=1e-3))
    state = log.init(x)
    log.step_(1, g, x, state)
    row, lr = log.rows[0], rate(1)
    assert row["norm"] == pytest.approx(np.sqrt(sum((a**2).sum() for a in g.values())))
    for k in "ac":
        move, size = (np.sqrt(np.mean(a**2)) for a in (x[k] - old[k], old[k]))
        assert row["move"][k] == pytest.approx(move / size)
        assert row["decay"][k] == pytest.approx(lr * 0.5 * size / move)
        assert row["eps"][k] == pytest.approx(
            np.sort(np.sqrt(state[k]["v"]).ravel())[(x[k].size - 1) // 2] / 1e-3
        )
    assert row["decay"]["c"] == pytest.approx(1)
    assert row["move"]["b"] == np.inf and row["decay"]["b"] == 0


def test_parts_are_measured_as_one_array():
    x = {"W1": np.array([3.0, 4.0]), "W2": np.array([0.0]), "b": np.array([2.0])}
    log = RunLog(Optimizer("sgd", lr=1.0), part=lambda name: name[0])
    log.step_(1, {"W1": np.array([1.0, 0.0]), "W2": np.zeros(1), "b": np.zeros(1)}, x, log.init(x))
    assert log.column("move", "W")[0] == pytest.approx(1 / 5)
    assert log.column("still", "W")[0] == pytest.approx(2 / 3)
    assert log.column("still", "b")[0] == 1 and log.column("norm")[0] == 1
    assert "eps" not in log.rows[0] and "decay" not in log.rows[0]


def test_one_array_is_a_part_too():
    x = np.ones(3)
    log = RunLog(Optimizer("adam", lr=0.1))
    log.step_(1, np.ones(3), x, log.init(x))
    (moved,) = log.rows[0]["move"].values()
    assert moved == pytest.approx(0.1)


def test_a_refused_step_leaves_no_row():
    x = {"a": np.ones(2)}
    log = RunLog(Optimizer("adam"))
    with pytest.raises(NonFiniteError):
        log.step_(1, {"a": np.array([1.0, np.nan])}, x, log.init(x))
    assert not log.rows
