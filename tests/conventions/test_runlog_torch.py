"""The log that a reader pastes beside a PyTorch model measures what the package's log measures."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from optlib import Optimizer
from optlib.running.runlog import RunLog

FILE = Path(__file__).resolve().parents[2] / "reference" / "runlog.py"
STEPS, LR, DECAY, EPS = 8, 0.01, 0.1, 1e-4


def test_it_is_short_enough_to_paste():
    assert len(FILE.read_text(encoding="utf-8").splitlines()) <= 40


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.fixture
def pasted(torch):
    spec = importlib.util.spec_from_file_location("runlog", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def network(torch, kind=None):
    torch.manual_seed(0)
    layers = torch.nn.Linear(5, 4), torch.nn.Tanh(), torch.nn.Linear(4, 3)
    return torch.nn.Sequential(*layers).to(kind or torch.float64)


def batch(torch, t, kind=None):
    rng = np.random.default_rng(t)
    x, y = rng.standard_normal((16, 5)), rng.integers(0, 3, 16)
    return torch.tensor(x).to(kind or torch.float64), torch.tensor(y)


def trained(torch, pasted, model, optimizer, max_norm=1e9, kind=None):
    log, gradients = pasted.RunLog(model, optimizer), []
    for t in range(1, STEPS + 1):
        x, y = batch(torch, t, kind)
        scores = model(x)
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(scores, y).backward()
        log.before(max_norm=max_norm, logits=scores)
        torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        found = {n: p.grad.numpy().copy() for n, p in model.named_parameters()} if not kind else {}
        gradients.append(found)
        optimizer.step()
        log.after()
    return log, gradients


def test_it_agrees_with_the_log_of_the_package(torch, pasted):
    model = network(torch)
    params = {n: p.detach().numpy().copy() for n, p in model.named_parameters()}
    adamw = torch.optim.AdamW(model.parameters(), lr=LR, weight_decay=DECAY, eps=EPS)
    theirs, gradients = trained(torch, pasted, model, adamw)
    ours = RunLog(Optimizer("adamw", lr=LR, weight_decay=DECAY, eps=EPS))
    state = ours.init(params)
    for t, g in enumerate(gradients, 1):
        ours.step_(t, g, params, state)
    assert theirs.missing == [] and not any(row["clipped"] for row in theirs.rows)
    for a, b in zip(theirs.rows, ours.rows, strict=True):
        assert a["norm"] == pytest.approx(b["norm"], rel=1e-5)
        for name in params:
            found = a["layers"][name]
            assert set(found) == {"move", "still", "eps", "decay"}
            for column, value in found.items():
                assert value == pytest.approx(float(b[column][name]), rel=1e-4), (name, column)


def test_it_names_what_the_optimizer_does_not_hold(torch, pasted):
    model = network(torch)
    log, _ = trained(torch, pasted, model, torch.optim.Adam(model[0].parameters(), lr=LR))
    assert log.missing == ["2.weight", "2.bias"]
    layers = log.rows[-1]["layers"]
    assert layers["2.weight"] == {"move": 0.0, "still": 1.0} and layers["0.weight"]["move"] > 0


def test_it_sees_weights_that_bfloat16_holds_fast(torch, pasted):
    shares = []
    for kind in (torch.bfloat16, torch.float32):
        model = network(torch, kind)
        adam = torch.optim.Adam(model.parameters(), lr=1e-4)
        log, _ = trained(torch, pasted, model, adam, kind=kind)
        shares.append(log.rows[-1]["layers"]["0.weight"]["still"])
    assert shares[0] > 0.7 and shares[1] == 0


def test_it_counts_what_is_clipped_and_sees_the_largest_logit(torch, pasted):
    model = network(torch)
    sgd = torch.optim.SGD(model.parameters(), lr=LR)
    log, _ = trained(torch, pasted, model, sgd, max_norm=1e-3)
    assert all(row["clipped"] and row["norm"] > 1e-3 for row in log.rows)
    before = network(torch)(batch(torch, 1)[0]).detach().abs().max()
    assert log.rows[0]["logit"] == pytest.approx(float(before), rel=1e-6)
