"""One step of ``like("torch", "LBFGS")`` is one inner iteration of PyTorch's."""

import json

import lbfgs_runs
import numpy as np
import pytest
from lbfgs_runs import RUNS, distance

from optlib import optim
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


SHAPES = [(3, 2), (), (4,)]


def start():
    rng = np.random.default_rng(3)
    return [np.asarray(rng.standard_normal(s)) for s in SHAPES]


def bowl(xs):
    """A curved valley over all layers together, and its gradients."""
    v = np.concatenate([x.ravel() for x in xs])
    bent, scale = v[1:] - v[:-1] ** 2, np.geomspace(1.0, 30.0, v.size - 1)
    g = 0.2 * v
    g[1:] += 2 * scale * bent
    g[:-1] -= 4 * scale * bent * v[:-1]
    return float(scale @ bent**2 + 0.1 * v @ v), cut(g, xs)


def saddle(xs):
    """Negative curvature, so that the first pairs are not stored."""
    v = np.concatenate([x.ravel() for x in xs])
    return float(np.sum(np.cos(v))), cut(-np.sin(v), xs)


def cut(v, xs):
    parts = np.split(v, np.cumsum([x.size for x in xs])[:-1])
    return [part.reshape(x.shape) for part, x in zip(parts, xs, strict=True)]


def absent(problem):
    """The same where the last layer never has a gradient."""

    def changed(xs):
        loss, grads = problem(xs)
        return loss, [*grads[:-1], None]

    return changed


def torch_path(problem, arguments, steps):
    import torch

    parameters = [torch.nn.Parameter(torch.tensor(x)) for x in start()]
    optimizer = torch.optim.LBFGS(parameters, **arguments)

    def closure():
        loss, grads = problem([p.detach().numpy() for p in parameters])
        for p, g in zip(parameters, grads, strict=True):
            p.grad = None if g is None else torch.tensor(g)
        return torch.tensor(loss, dtype=torch.float64)

    points, losses = [], []
    for _ in range(steps):
        losses.append(float(optimizer.step(closure)))
        points.append([p.detach().numpy().copy() for p in parameters])
    return points, losses


LOOPS = [
    {"lr": 0.05},
    {"lr": 0.02, "max_iter": 7, "history_size": 3},
    {"lr": 0.05, "max_iter": 10, "max_eval": 4},
    {"line_search_fn": "strong_wolfe"},
    {"line_search_fn": "strong_wolfe", "max_iter": 5, "history_size": 2, "lr": 0.3},
    {"line_search_fn": "strong_wolfe", "max_iter": 4, "max_eval": 30},
]


@pytest.mark.parametrize("arguments", LOOPS, ids=str)
@pytest.mark.parametrize("problem", [bowl, saddle, absent(bowl)], ids=["bowl", "saddle", "absent"])
def test_a_loop_follows_the_installed_torch(problem, arguments):
    """On the saddle for two steps, since rounding grows up to a millionfold in each."""
    pytest.importorskip("torch")
    points, losses = torch_path(problem, arguments, 2 if problem is saddle else 6)
    xs = start()
    loop = optim.LBFGS(xs, **arguments)
    for theirs, loss in zip(points, losses, strict=True):
        assert loop.step(lambda: problem(xs)) == pytest.approx(loss, rel=1e-9, abs=1e-12)
        for x, y in zip(xs, theirs, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("problem", [bowl, saddle], ids=["bowl", "saddle"])
def test_without_a_search_a_step_of_torch_is_so_many_of_ours(problem):
    pytest.importorskip("torch")
    arguments = {"lr": 0.05, "max_iter": 8}
    points, _ = torch_path(problem, arguments, 3)
    opt, xs = like("torch", "LBFGS", **arguments), start()
    state = opt.init(xs)
    for t in range(1, 25):
        xs, state = opt.step(t, problem(xs)[1], xs, state)
        if t % 8 == 0:
            for x, y in zip(xs, points[t // 8 - 1], strict=True):
                np.testing.assert_allclose(x, y, rtol=1e-8, atol=1e-8)
