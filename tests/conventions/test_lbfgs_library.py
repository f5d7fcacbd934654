"""One step of ``like("torch", "LBFGS")`` is one inner iteration of PyTorch's."""

import json

import lbfgs_runs
import numpy as np
import pytest
from lbfgs_runs import RUNS, distance

from optlib.conventions import NotModelled, like

FROZEN = json.loads(lbfgs_runs.FILE.read_text())


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.key)
def test_we_follow_the_frozen_runs(run):
    assert distance(lbfgs_runs.ours(run), FROZEN["runs"][run.key], run) < 1e-9


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.key)
def test_we_follow_the_installed_torch(run):
    pytest.importorskip("torch")
    assert distance(lbfgs_runs.ours(run), lbfgs_runs.theirs(run), run) < 1e-9


def test_a_search_with_the_default_budget_never_leaves_the_start_of_rosenbrock():
    """``max_iter=1`` allows one evaluation, and the gradient step from there is not lower."""
    for run in RUNS:
        path, problem = np.array(FROZEN["runs"][run.key]), lbfgs_runs.PROBLEMS[run.problem]
        starved = "max_eval" not in run.arguments and "line_search_fn" in run.arguments
        assert np.all(path == problem.start) == starved, run.key
        assert starved or problem.value(path[-1]) < 0.3 * problem.value(problem.start)


def test_a_search_over_several_inner_iterations_is_not_modelled():
    with pytest.raises(NotModelled, match="max_iter=20 is not modelled with a search, only 1"):
        like("torch", "LBFGS", line_search_fn="strong_wolfe")
    with pytest.raises(NotModelled, match="line_search_fn='armijo'"):
        like("torch", "LBFGS", max_iter=1, line_search_fn="armijo")
    with pytest.raises(ValueError, match="max_iter must satisfy"):
        like("torch", "LBFGS", max_iter=0)
