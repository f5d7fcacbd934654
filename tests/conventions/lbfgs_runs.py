"""L-BFGS in PyTorch and here, on Rosenbrock's function and a quadratic.

``python tests/conventions/lbfgs_runs.py`` stores what PyTorch does in ``frozen/lbfgs.json``.
"""

import json
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np

from optlib import minimize, problems
from optlib.conventions import like

FILE = Path(__file__).parent / "frozen" / "lbfgs.json"
PROBLEMS = {
    "rosenbrock": problems.rosenbrock(),
    "quadratic": problems.quadratic(100.0, dim=6),
}
SEARCH = {"max_iter": 1, "line_search_fn": "strong_wolfe"}


@dataclass(frozen=True)
class Searched:
    """PyTorch's L-BFGS with these arguments on a problem."""

    problem: str
    arguments: dict
    steps: int

    @property
    def key(self):
        return f"{self.problem} {self.arguments} {self.steps}"


RUNS = [
    Searched("rosenbrock", {**SEARCH, "max_eval": 26}, 45),
    Searched("rosenbrock", {**SEARCH, "max_eval": 26, "history_size": 2, "lr": 0.5}, 25),
    Searched("rosenbrock", {**SEARCH, "max_eval": 3}, 12),
    Searched("rosenbrock", SEARCH, 12),
    Searched("quadratic", {**SEARCH, "max_eval": 26}, 25),
    Searched("quadratic", {**SEARCH, "max_eval": 26, "history_size": 3}, 40),
    Searched("quadratic", {"max_iter": 1, "lr": 0.7}, 40),
    Searched("quadratic", {"max_iter": 1, "lr": 0.3, "history_size": 4}, 60),
]


def ours(run):
    optimizer = like("torch", "LBFGS", **run.arguments)
    return minimize(optimizer, PROBLEMS[run.problem], steps=run.steps).x[1:].tolist()


def theirs(run):
    import torch

    problem = PROBLEMS[run.problem]
    x = torch.nn.Parameter(torch.tensor(problem.start, dtype=torch.float64))
    optimizer = torch.optim.LBFGS([x], **run.arguments)

    def closure():
        here = x.detach().numpy()
        x.grad = torch.tensor(problem.grad(here), dtype=torch.float64)
        return torch.tensor(float(problem.value(here)), dtype=torch.float64)

    path = []
    for _ in range(run.steps):
        optimizer.step(closure)
        path.append(x.detach().numpy().copy().tolist())
    return path


def distance(one, other, run):
    """The largest difference relative to the size of the problem, step by step."""
    size = np.abs(PROBLEMS[run.problem].start).max()
    return float(np.abs(np.subtract(one, other)).max() / size)


if __name__ == "__main__":
    about = {
        "versions": {"torch": metadata.version("torch")},
        "runs": {run.key: theirs(run) for run in RUNS},
    }
    FILE.write_text(json.dumps(about) + "\n")
