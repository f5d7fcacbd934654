"""A step of ``optim.LBFGS`` is one of PyTorch's, and the line search is PyTorch's."""

import json

import lbfgs_loops
import numpy as np
import pytest
from lbfgs_loops import RUNS, SEEDS, our_run, our_search

from optlib.conventions import like

FROZEN = json.loads(lbfgs_loops.FILE.read_text())


def close(run, other):
    for ours, theirs in zip(run, other, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("key", RUNS)
def test_a_loop_follows_the_frozen_runs(key):
    close(our_run(key), FROZEN["loops"][key])


@pytest.mark.parametrize("key", RUNS)
def test_a_loop_follows_the_installed_torch(key):
    pytest.importorskip("torch")
    close(our_run(key), lbfgs_loops.torch_run(key))


@pytest.mark.parametrize("seed", FROZEN["searches"])
def test_the_search_is_that_of_the_frozen_runs(seed):
    np.testing.assert_allclose(our_search(int(seed)), FROZEN["searches"][seed], rtol=1e-8)


def test_most_searches_do_not_hang_on_the_last_bit():
    """Those that do are compared with PyTorch where both run, and not stored."""
    assert 0.85 * len(SEEDS) < len(FROZEN["searches"]) < len(SEEDS)


def test_the_search_is_that_of_the_installed_torch():
    pytest.importorskip("torch")
    for seed in SEEDS:
        np.testing.assert_allclose(our_search(seed), lbfgs_loops.torch_search(seed), rtol=1e-8)


@pytest.mark.parametrize("problem", ["bowl", "saddle"])
def test_without_a_search_a_step_of_the_installed_torch_is_so_many_of_ours(problem):
    pytest.importorskip("torch")
    arguments = {"lr": 0.05, "max_iter": 8}
    points, _ = lbfgs_loops.torch_path(problem, arguments, 3)
    opt, xs = like("torch", "LBFGS", **arguments), lbfgs_loops.start()
    state = opt.init(xs)
    for t in range(1, 25):
        xs, state = opt.step(t, lbfgs_loops.PROBLEMS[problem](xs)[1], xs, state)
        if t % 8 == 0:
            for x, y in zip(xs, points[t // 8 - 1], strict=True):
                np.testing.assert_allclose(x, y, rtol=1e-8, atol=1e-8)
