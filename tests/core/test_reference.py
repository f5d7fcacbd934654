"""Second opinions: the papers in plain Python, number by number, and torch where installed."""

import math

import numpy as np
import pytest
from support import gradients, run, start

from optlib import Optimizer

STEPS = 60


def _adam_step(m, v, g, t, b1, b2, eps):
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    return m, v, (m / (1 - b1**t)) / (math.sqrt(v / (1 - b2**t)) + eps)


def naive(name, x, gs, lr):
    """The algorithms as their papers print them, on Python floats."""
    b = m = v = s = 0.0
    product = 1.0
    for t, g in enumerate(gs, 1):
        if name == "sgd":
            x -= lr * g
        elif name == "momentum":
            b = 0.9 * b + g
            x -= lr * b
        elif name == "nesterov":
            b = 0.9 * b + g
            x -= lr * (g + 0.9 * b)
        elif name == "keras_momentum":
            b = 0.9 * b - lr * g
            x += b
        elif name == "adagrad":
            s += g**2
            x -= lr * g / (math.sqrt(s) + 1e-10)
        elif name == "rmsprop":
            s = 0.9 * s + 0.1 * g**2
            x -= lr * g / (math.sqrt(s) + 1e-8)
        elif name == "adam":
            m, v, u = _adam_step(m, v, g, t, 0.9, 0.999, 1e-8)
            x -= lr * u
        elif name == "adam_uncorrected":
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            x -= lr * m / (math.sqrt(v) + 1e-6)
        elif name == "adam_l2":
            m, v, u = _adam_step(m, v, g + 0.1 * x, t, 0.9, 0.999, 1e-8)
            x -= lr * u
        elif name == "adamw":
            m, v, u = _adam_step(m, v, g, t, 0.9, 0.999, 1e-8)
            x = (1 - lr * 0.1) * x - lr * u
        elif name == "nadam":
            mu, ahead = (0.9 * (1 - 0.5 * 0.96 ** (k * 0.004)) for k in (t, t + 1))
            product *= mu
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            top = ahead * m / (1 - product * ahead) + (1 - mu) * g / (1 - product)
            x -= lr * top / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
        elif name == "sophia":
            m = 0.96 * m + 0.04 * g
            if t % 10 == 1:
                v = 0.99 * v + 0.01 * (abs(g) + 1)
            x -= lr * 0.1 * x + lr * min(max(m / max(0.01 * v, 1e-12), -1.0), 1.0)
        elif name == "lamb":
            m, v, u = _adam_step(m, v, g, t, 0.9, 0.999, 1e-6)
            r = u + 0.1 * x
            x -= lr * abs(x) / abs(r) * r
        else:
            raise ValueError(f"no second opinion on {name}")
    return x


CORE = """sgd momentum nesterov keras_momentum adagrad rmsprop adam adam_uncorrected adam_l2 adamw
    nadam sophia lamb""".split()


@pytest.mark.parametrize("rule", CORE)
def test_rules_follow_the_papers_number_by_number(rule):
    """A layer of one number: there LAMB's norms are absolute values."""
    hyper = {"weight_decay": 0.1} if rule in ("adam_l2", "adamw", "sophia", "lamb") else {}
    opt = Optimizer(rule, lr=3e-3, **hyper)
    for seed in range(5):
        x, gs = start((1,), seed=seed), gradients((1,), STEPS, seed=seed)
        ours, _ = run(opt, x, gs)
        theirs = naive(rule, float(x[0]), [float(g[0]) for g in gs], 3e-3)
        assert ours[0] == pytest.approx(theirs, rel=1e-12, abs=1e-15)


TORCH = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "adagrad": ("Adagrad", {}),
    "rmsprop": ("RMSprop", {"alpha": 0.9}),
    "adam": ("Adam", {}),
    "adam_l2": ("Adam", {"weight_decay": 0.1}),
    "adamw": ("AdamW", {"weight_decay": 0.1}),
    "nadam": ("NAdam", {}),
}


@pytest.fixture
def torch():
    torch = pytest.importorskip("torch")
    # NAdam keeps its product of momenta in torch's default type, float32 unless told otherwise.
    torch.set_default_dtype(torch.float64)
    yield torch
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("name", TORCH)
def test_rules_follow_torch(name, torch):
    theirs, options = TORCH[name]
    hyper = {"weight_decay": 0.1} if name in ("adam_l2", "adamw") else {}
    x, gs = start((3, 4)), gradients((3, 4), 200)
    ours, _ = run(Optimizer(name, lr=3e-3, **hyper), x, gs)
    parameter = torch.nn.Parameter(torch.tensor(x))
    optimizer = getattr(torch.optim, theirs)([parameter], lr=3e-3, **options)
    for g in gs:
        parameter.grad = torch.tensor(g)
        optimizer.step()
    scale = np.abs(ours - x) + np.abs(ours)
    assert np.max(np.abs(parameter.detach().numpy() - ours) / scale) < 1e-12


def test_defaults_are_torchs(torch):
    """The numbers that chapter 5 gives for PyTorch."""
    model = torch.nn.Linear(2, 1)
    theirs = torch.optim.Adam(model.parameters()).defaults
    ours = Optimizer("adam")
    assert (theirs["lr"], *theirs["betas"], theirs["eps"]) == (ours.lr, *ours.hyper.values())
    assert theirs["weight_decay"] == 0
    decayed = torch.optim.AdamW(model.parameters(), lr=1e-4).defaults
    assert decayed["weight_decay"] == Optimizer("adamw").hyper["weight_decay"] == 0.01


def test_the_training_loop_of_torch_is_ours(torch):
    """zero_grad, backward, step; without zero_grad the gradients pile up."""
    rng = np.random.default_rng(0)
    data, target, w0 = rng.standard_normal((20, 3)), rng.standard_normal(20), start(3)

    def in_torch(clear):
        w = torch.nn.Parameter(torch.tensor(w0))
        optimizer = torch.optim.Adam([w], lr=0.05)
        for _ in range(30):
            loss = ((torch.tensor(data) @ w - torch.tensor(target)) ** 2).mean() / 2
            if clear:
                optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return w.detach().numpy()

    ours, opt = w0.copy(), Optimizer("adam", lr=0.05)
    state = opt.init(ours)
    for t in range(1, 31):
        opt.step_(t, data.T @ (data @ ours - target) / 20, ours, state)
    np.testing.assert_allclose(in_torch(clear=True), ours, rtol=1e-12)
    assert np.abs(in_torch(clear=False) - ours).max() > 1e-2
