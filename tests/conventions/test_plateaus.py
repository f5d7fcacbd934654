"""Rates that a metric drives follow the libraries: as they were frozen, and as installed."""

import dataclasses
import importlib.util
import json

import numpy as np
import oracle_plateaus
import pytest
from freeze_schedules import PLATEAUS
from plateau_cases import CASES

from optlib import Plateau
from optlib.conventions import NotModelled, like

FROZEN = json.loads(PLATEAUS.read_text())
KEYS = {(case.library, case.name): case for case in reversed(CASES)}


def test_the_frozen_data_are_those_of_the_cases():
    assert list(FROZEN["cases"]) == [case.key for case in CASES], "run freeze_schedules.py"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_we_follow_the_frozen_plateau(case):
    theirs = FROZEN["cases"][case.key]
    assert case.ours() == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("library", ["torch", "transformers", "optax", "keras"])
def test_we_follow_the_installed_plateau(library):
    if not all(importlib.util.find_spec(name) for name in (library, "torch")):
        pytest.skip(f"{library} is not installed")
    seed = int(np.random.SeedSequence().entropy % 2**31)
    cases = [dataclasses.replace(c, seed=seed + c.seed) for c in CASES if c.library == library]
    for case, theirs in zip(cases, oracle_plateaus.run_all(cases), strict=True):
        assert case.ours() == pytest.approx(theirs, rel=1e-12), case.key


def first_reductions(plateau, metrics):
    """The steps at which the value falls."""
    state, value, falls = plateau.init(), plateau.init()["value"], []
    for t, metric in enumerate(metrics, 1):
        new, state = plateau.update(t, metric, state)
        falls += [t] if new < value else []
        value = new
    return falls


@pytest.mark.parametrize("patience", [0, 1, 2, 5])
@pytest.mark.parametrize("cooldown", [0, 1, 4])
def test_patience_and_cooldown_are_counted_as_the_notes_say(patience, cooldown):
    """On a metric that never gets better after the first."""
    options = {"factor": 0.5, "patience": patience, "cooldown": cooldown}
    flat = [1.0] * 60
    torch = first_reductions(like("torch", "ReduceLROnPlateau", lr=1.0, **options), flat)
    assert torch[0] == patience + 2 and torch[1] - torch[0] == patience + 1 + cooldown
    keras = first_reductions(like("keras", "ReduceLROnPlateau", learning_rate=1.0, **options), flat)
    gap = max(patience, 1)
    assert keras[0] == 1 + gap and keras[1] - keras[0] == gap + max(cooldown - 1, 0)
    optax = first_reductions(like("optax", "reduce_on_plateau", **options), flat)
    if patience == 0:
        assert optax == [1]
    else:
        assert optax[0] == 1 + patience and optax[1] - optax[0] == patience + cooldown


@pytest.mark.parametrize("key", KEYS, ids=" ".join)
def test_an_update_is_pure_and_resumes_from_its_state(key):
    case = KEYS[key]
    plateau = like(*key, **case.arguments)
    assert isinstance(plateau, Plateau)
    state = plateau.init()
    for t, metric in enumerate(case.metrics[:20], 1):
        before = dict(state)
        first, second = (plateau.update(t, metric, state) for _ in range(2))
        assert repr(first) == repr(second) and repr(state) == repr(before)
        state = first[1]
        assert first[0] == state["value"] and state["t"] == t
    again = like(*key, **case.arguments).update(30, 1.0, state)
    assert again == plateau.update(30, 1.0, state)


@pytest.mark.parametrize("key", KEYS, ids=" ".join)
@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"t": 5}, ValueError, "t=5 must come after t=5"),
        ({"t": 1.5}, TypeError, "t must be an int"),
        ({"t": True}, TypeError, "t must be an int"),
        ({"metric": None}, TypeError, "metric must be a number"),
        ({"metric": True}, TypeError, "metric must be a number"),
        ({"metric": np.ones(2)}, TypeError, "metric must be a number"),
        ({"state": {}}, TypeError, "state must be a dict with t, value"),
        ({"state": ("t", "value")}, TypeError, "state must be a dict with t, value"),
    ],
)
def test_what_does_not_fit_is_refused(key, changed, error, words):
    plateau = like(*key, **KEYS[key].arguments)
    _, state = plateau.update(5, 1.0, plateau.init())
    with pytest.raises(error, match=words):
        plateau.update(**{"t": 6, "metric": 1.0, "state": state, **changed})


@pytest.mark.parametrize("key", KEYS, ids=" ".join)
@pytest.mark.parametrize("number", [np.float64, np.float32, np.array, int])
def test_a_metric_may_be_a_number_of_numpy(key, number):
    plateau = like(*key, **KEYS[key].arguments)
    state = plateau.init()
    assert plateau.update(1, number(2), state) == plateau.update(1, 2.0, state)
    assert repr(plateau) == f"<{plateau.name}>"


@pytest.mark.parametrize(
    ("library", "name", "arguments", "words"),
    [
        ("torch", "ReduceLROnPlateau", {"lr": 1, "factor": 1.0}, "factor must satisfy"),
        ("torch", "ReduceLROnPlateau", {"lr": 1, "mode": "least"}, "mode must be 'min' or 'max'"),
        ("torch", "ReduceLROnPlateau", {"lr": 1, "patience": 2.5}, "patience must satisfy"),
        ("optax", "reduce_on_plateau", {"rtol": 0.0}, "at least one of rtol and atol"),
        ("optax", "reduce_on_plateau", {"accumulation_size": 0}, "accumulation_size must satisfy"),
        (
            "keras",
            "ReduceLROnPlateau",
            {"learning_rate": 1.0, "monitor": "val_accuracy"},
            "give mode='min' or mode='max'",
        ),
    ],
)
def test_what_a_library_refuses_or_guesses_is_refused(library, name, arguments, words):
    with pytest.raises((ValueError, NotModelled), match=words):
        like(library, name, **arguments)


def test_a_run_under_a_plateau_is_followed_from_end_to_end():
    """The state of the optimizer belongs to the rule: a new rate is a new Optimizer."""
    torch = pytest.importorskip("torch")
    x = np.array([1.0, -2.0])
    p = torch.nn.Parameter(torch.tensor(x))
    theirs = torch.optim.Adam([p], lr=0.3)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(theirs, factor=0.5, patience=1)
    plateau = like("torch", "ReduceLROnPlateau", lr=0.3, factor=0.5, patience=1)
    state, kept = like("torch", "Adam").init(x), plateau.init()
    for t in range(1, 41):
        optimizer = like("torch", "Adam", lr=kept["value"])
        x, state = optimizer.step(t, 2 * x, x, state)
        _, kept = plateau.update(t, float(np.sum(x**2)), kept)
        theirs.zero_grad()
        (p**2).sum().backward()
        theirs.step()
        scheduler.step(float((p.detach() ** 2).sum()))
    assert kept["value"] == theirs.param_groups[0]["lr"] < 0.3
    np.testing.assert_allclose(x, p.detach().numpy(), rtol=1e-9)
