"""Whole steps of PyTorch's L-BFGS, and its line search on lines of every kind.

``python tests/conventions/lbfgs_loops.py`` stores what PyTorch does in ``frozen/lbfgs_loops.json``.
"""

import json
from importlib import metadata
from pathlib import Path

import numpy as np

from optlib import optim, strong_wolfe

FILE = Path(__file__).parent / "frozen" / "lbfgs_loops.json"
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


def absent(xs):
    """The valley where the last layer never has a gradient."""
    loss, grads = bowl(xs)
    return loss, [*grads[:-1], None]


PROBLEMS = {"bowl": bowl, "saddle": saddle, "absent": absent}
SEARCH = {"line_search_fn": "strong_wolfe"}
LOOPS = [
    {"lr": 0.05, "max_iter": 6},
    {"lr": 0.02, "max_iter": 7, "history_size": 3},
    {"lr": 0.05, "max_iter": 10, "max_eval": 4},
    {"lr": 0.05, "max_iter": 10, "history_size": 3, "tolerance_grad": 2.0},
    {"lr": 0.02, "max_iter": 10, "history_size": 3, "tolerance_change": 0.05},
    SEARCH,
    {**SEARCH, "max_iter": 5, "history_size": 2, "lr": 0.3},
    {**SEARCH, "max_iter": 4, "max_eval": 30},
    {**SEARCH, "max_iter": 8, "max_eval": 3},
    {**SEARCH, "max_iter": 8, "max_eval": 30, "tolerance_change": 0.05},
    {**SEARCH, "max_iter": 8, "max_eval": 30, "tolerance_grad": 2.0},
]
RUNS = {f"{name} {arguments}": (name, arguments) for arguments in LOOPS for name in PROBLEMS}


def steps(name):
    """On the saddle two, since rounding grows up to a millionfold in each."""
    return 2 if name == "saddle" else 4


def recorded(xs, losses):
    return [[*losses], np.concatenate([x.ravel() for x in xs]).tolist()]


def our_run(key):
    """The losses of the steps, and the last point."""
    (name, arguments), xs = RUNS[key], start()
    loop = optim.LBFGS(xs, **arguments)
    losses = [loop.step(lambda: PROBLEMS[name](xs)) for _ in range(steps(name))]
    return recorded(xs, losses)


def torch_path(name, arguments, count):
    """The points after the steps, and the losses."""
    import torch

    parameters = [torch.nn.Parameter(torch.tensor(x)) for x in start()]
    optimizer = torch.optim.LBFGS(parameters, **arguments)

    def closure():
        loss, grads = PROBLEMS[name]([p.detach().numpy() for p in parameters])
        for p, g in zip(parameters, grads, strict=True):
            p.grad = None if g is None else torch.tensor(g)
        return torch.tensor(loss, dtype=torch.float64)

    points, losses = [], []
    for _ in range(count):
        losses.append(float(optimizer.step(closure)))
        points.append([p.detach().numpy().copy() for p in parameters])
    return points, losses


def torch_run(key):
    name, arguments = RUNS[key]
    points, losses = torch_path(name, arguments, steps(name))
    return recorded(points[-1], losses)


NAMES = {"limit": "max_ls", "tolerance": "tolerance_change"}
SEEDS = range(300)
"""One line each."""


def wavy(rng):
    """A bowl with waves in three dimensions, and a point."""
    height, steep, phase = rng.standard_normal((3, 3)) * [[2.0], [3.0], [3.0]]
    bend, steep = 10.0 ** rng.uniform(-4, 1), steep * 10.0 ** rng.uniform(-1, 1)

    def value_and_grad(x):
        value = np.sum(height * np.cos(steep * x + phase)) + bend * x @ x
        return float(value), -height * steep * np.sin(steep * x + phase) + 2 * bend * x

    return value_and_grad, 3 * rng.standard_normal(3)


def whole(rng):
    """A polynomial of whole numbers on a line, where values and slopes are often equal."""
    powers = np.polynomial.Polynomial([*rng.integers(-4, 5, 4), rng.integers(1, 4)])
    slope, x = powers.deriv(), rng.integers(-2, 3, 1).astype(float)
    while not slope(x).any():
        x += 1
    return lambda x: (float(powers(x[0])), slope(x)), x


def deep(rng):
    """A drop that makes every later trial low enough, and waves that grow."""
    steep, height = 10.0 ** rng.uniform([0.5, 0.0], [1.5, 1.5])

    def value_and_grad(x):
        drop, wave = 100 * np.exp(-10 * x), np.sin(steep * x)
        slope = -10 * drop + height * (wave + steep * x * np.cos(steep * x))
        return float((drop + height * x * wave)[0]), slope

    return value_and_grad, np.zeros(1)


def line(seed):
    """A function, a start and a way down, and the options of the search."""
    rng = np.random.default_rng([8, seed])
    kind = (whole, deep, wavy)[seed % 3]
    value_and_grad, x = kind(rng)
    f, g = value_and_grad(x)
    if kind is whole:
        u = np.sign(g)
        options = {"c1": 0.25, "c2": 0.5, "first": 2.0 ** int(rng.integers(-2, 3))}
    elif kind is deep:
        u = np.sign(g)
        options = {"c1": 1e-4, "c2": 1e-3, "first": float(10.0 ** rng.uniform(-2, 0))}
    else:
        u = g * 10.0 ** rng.uniform(-2, 1, 3)
        c2 = float(rng.choice([0.9, 0.3, 0.01]))
        options = {"c1": c2 * 10.0 ** rng.uniform(-4, -0.1), "c2": c2}
        options["first"] = float(10.0 ** rng.uniform(-6, 1))
    options["limit"] = int(rng.choice([0, 1, 2, 5, 25, 25, 25]))
    options["tolerance"] = float(10.0 ** rng.uniform(-9, 1))
    # Every fifth with the defaults, which are PyTorch's.
    return value_and_grad, x, u, f, g, options if seed % 5 else {}


def our_search(seed, trembling=None):
    """The rate, the value and the gradient there, and the evaluations."""
    value_and_grad, x, u, f, g, options = line(seed)
    if trembling:
        value_and_grad = trembled(value_and_grad, trembling)
    lr, f, g, evals = strong_wolfe(**options)(value_and_grad, x, u, f, g)
    return [lr, f, *g.tolist(), evals]


def trembled(value_and_grad, seed):
    """The same function on a processor whose sines and exponentials differ in the last bits."""
    rng = np.random.default_rng(seed)

    def shaken(number):
        return number * (1 + 2.0**-51 * rng.integers(-1, 2, np.shape(number)))

    return lambda x: tuple(map(shaken, value_and_grad(x)))


def steady(seed):
    """Whether the search ends at the same place wherever it is computed."""
    ours = our_search(seed)
    others = (our_search(seed, trembling) for trembling in range(1, 13))
    return all(np.allclose(other, ours, rtol=1e-9) for other in others)


def torch_search(seed):
    import torch
    from torch.optim.lbfgs import _strong_wolfe

    value_and_grad, x, u, f, g, options = line(seed)

    def evaluated(x, t, d):
        f, g = value_and_grad((x + t * d).numpy())
        return torch.tensor(f, dtype=torch.float64), torch.from_numpy(g)

    f, g, lr, evals = _strong_wolfe(
        evaluated,
        torch.from_numpy(x),
        torch.tensor(options.pop("first", 1.0), dtype=torch.float64),
        torch.from_numpy(-u),
        torch.tensor(f, dtype=torch.float64),
        torch.from_numpy(g),
        torch.tensor(-g @ u, dtype=torch.float64),
        **{NAMES.get(name, name): value for name, value in options.items()},
    )
    return [float(lr), float(f), *g.tolist(), evals]


if __name__ == "__main__":
    about = {
        "versions": {"torch": metadata.version("torch")},
        "loops": {key: torch_run(key) for key in RUNS},
        "searches": {seed: torch_search(seed) for seed in SEEDS if steady(seed)},
    }
    FILE.write_text(json.dumps(about) + "\n")
