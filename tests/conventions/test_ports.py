"""A port follows if it says so, comes nearer than copied numbers if not, and else says why."""

import ast
import doctest
import importlib.util
import json
import random
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from optlib import Optimizer, port
from optlib.algebra.proof.drawing import draw
from optlib.conventions import TABLE, like, porting
from optlib.conventions.aligning import RATES, full, settings
from optlib.conventions.apart import SAME, Yardstick, built
from optlib.domains import HYPER

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("ports_script", ROOT / "tools" / "ports.py")
script = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(script)
STORED = json.loads(script.OUT.read_text(encoding="utf-8"))
LIBRARIES = ("torch", "optax", "keras", "transformers")
SOURCES = [
    key
    for key, entry in TABLE.items()
    if not (entry.schedule or entry.part or porting.WRAPPERS & {*entry.arguments})
]
# Ports that are exact, with the arguments that lead from the one to the other.
EXACT = [
    ("torch", "SGD", {"momentum": 0.9, "nesterov": True}, "keras"),
    ("torch", "SGD", {"momentum": 0.9, "weight_decay": 0.1}, "optax"),
    ("torch", "RMSprop", {"centered": True, "momentum": 0.5}, "optax"),
    ("torch", "Adam", {"weight_decay": 0.1, "decoupled_weight_decay": True}, "optax"),
    ("torch", "Adam", {"weight_decay": 0.1, "maximize": True}, "optax"),
    ("torch", "Adadelta", {"weight_decay": 0.1}, "keras"),
    ("torch", "Adamax", {"weight_decay": 0.1}, "optax"),
    ("keras", "SGD", {"momentum": 0.9, "weight_decay": 0.1, "clipnorm": 1.0}, "torch"),
    ("keras", "RMSprop", {"momentum": 0.9, "weight_decay": 0.1}, "optax"),
    ("keras", "Nadam", {}, "torch"),
    ("keras", "Lion", {"weight_decay": 0.1}, "optax"),
    ("optax", "sgd", {"momentum": 0.9, "nesterov": True}, "torch"),
    ("optax", "rmsprop", {"bias_correction": True, "eps_in_sqrt": False}, "torch"),
    ("optax", "sign_sgd", {}, "keras"),
    ("optax", "signum", {"beta": 0.8}, "keras"),
    ("optax", "adamaxw", {}, "torch"),
    ("transformers", "Adafactor", {}, "keras"),
]


def with_rate(library, name, arguments, rate=0.01):
    """The arguments, and a rate where the entry has none to start with."""
    needed = {k for k in RATES if k in TABLE[library, name].arguments}
    needed = {k for k in needed if TABLE[library, name].defaults.get(k) is None}
    given = {} if library == "transformers" else dict.fromkeys(needed, rate)
    return {**given, **arguments}


def ends(optimizer, seed):
    """Where it comes on gradients that no search has seen."""
    rng = np.random.default_rng(seed)
    x = [rng.standard_normal((3, 4)), rng.standard_normal(4)]
    state, path = optimizer.init(x), []
    for t in range(1, 41):
        g = [10 ** rng.uniform(-4, 1, a.shape) * rng.standard_normal(a.shape) for a in x]
        x, state = optimizer.step(t, g, x, state)
        path.append(np.concatenate([a.ravel() for a in x]))
    return np.array(path)


def legal(library, name, arguments, seed):
    """Other legal numbers for the rate and the settings that are given or on by default."""
    rng, spec = random.Random(seed), (library, name, with_rate(library, name, arguments))
    changed = dict(spec[2])
    for key, value in full(spec).items():
        if isinstance(value, float) and 0 < value < 1 and "clip" not in key:
            domain = HYPER["beta1"] if value > 0.3 else HYPER["lr"]
            drawn = float(draw(domain.interior, rng, plain=True))
            changed[key] = drawn if value > 0.3 else value * (0.5 + drawn % 1)
    return changed


@cache
def exact_port(case, seed):
    """The port of a case, by its place, with other legal numbers."""
    library, name, arguments, target = EXACT[case]
    return port(library, name, target, **legal(library, name, arguments, seed))


def shown(case):
    library, name, _, target = EXACT[case]
    return f"{case}-{library}-{name}-{target}"


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("case", range(len(EXACT)), ids=shown)
def test_what_has_an_exact_port_has_it_with_any_arguments(case, seed):
    found = exact_port(case, seed)
    assert found.exact and found.distance < SAME and found.target[0] == EXACT[case][3]
    penalties = [said for said in found.around if "to each gradient" in said]
    linked = {"optax.add_decayed_weights(" in said for said in penalties}
    assert linked <= {found.target[0] == "optax"}


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "case", [k for k, (library, *_) in enumerate(EXACT) if library != "transformers"], ids=shown
)
def test_an_exact_port_walks_the_same_path_on_new_gradients(case, seed):
    found = exact_port(case, seed)
    if found.around:
        pytest.skip("what is around the call is not part of the target")
    paths = [ends(built(spec), seed) for spec in (found.source, found.target)]
    assert np.allclose(*paths, rtol=1e-10, atol=1e-12)


def named(call):
    """The arguments of a call as it is written."""
    (expression,) = ast.parse(call).body
    return {k.arg: ast.literal_eval(k.value) for k in expression.value.keywords}


@pytest.mark.parametrize(("library", "name"), SOURCES)
def test_every_pair_has_an_answer_or_a_reason(library, name):
    first = STORED["entries"][library][name]["variants"][0]
    wanted = {k for k in LIBRARIES if k not in (library, "transformers")}
    assert wanted <= set(first["ports"])
    yard = Yardstick(built((library, name, with_rate(library, name, {}, 1e-3))))
    for target, found in first["ports"].items():
        if "name" not in found:
            assert not found["exact"] and target in found["words"][0]
            continue
        assert found["distance"] <= min(porting.FAR, found["copied"] or np.inf)
        if found["around"] or "<" in found["call"]:
            continue
        other = like(target, found["name"], **named(found["call"]))
        assert yard.follows(other) == found["exact"]
        assert yard.distance(other) == pytest.approx(found["distance"], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("place", range(8))
def test_what_is_stored_is_what_the_script_makes(place):
    rng = random.Random(place)
    library, name = rng.choice([s for s in SOURCES if s[1].lower() not in ("muon", "adafactor")])
    target = rng.choice([k for k in ("torch", "optax", "keras") if k != library])
    specs = list(script.variants(library, name))
    chosen = rng.randrange(len(specs))
    made = json.loads(json.dumps(script.ported(specs[chosen], target, {}), default=repr))
    assert made == STORED["entries"][library][name]["variants"][chosen]["ports"][target]


@pytest.mark.parametrize("target", ["torch", "optax"])
def test_epsilon_comes_nearer_and_set_anew_at_every_step_it_is_exact(target):
    found = port("keras", "Adam", target, epsilon=1e-6)
    assert not found.exact and found.distance < 0.5 * found.copied
    assert "1e-06 / (1 - 0.999**t)**0.5" in str(found)
    moving = {**found.target[2], "eps": lambda t: 1e-6 / (1 - 0.999**t) ** 0.5}
    assert Yardstick(built(found.source)).follows(like(target, found.target[1], **moving))


def test_what_stands_around_the_call_makes_it_follow():
    found = port("torch", "Adam", "optax", weight_decay=0.1, maximize=True)
    assert found.exact and len(found.around) == 2
    uphill = like("torch", "Adam", weight_decay=0.1, maximize=True)
    plain = like("optax", "adam", **found.target[2])
    x, rng = [np.array([0.5, -2.0])], np.random.default_rng(0)
    state, other, y = uphill.init(x), plain.init(x), x
    for t in range(1, 20):
        g = rng.standard_normal(2)
        x, state = uphill.step(t, [g], x, state)
        y, other = plain.step(t, [-g + 0.1 * y[0]], y, other)
        assert np.allclose(x[0], y[0], rtol=1e-12)


@pytest.mark.parametrize("name", ["Rprop", "Muon"])
def test_without_kin_there_is_no_port_and_it_says_so(name):
    found = port("torch", name, "transformers")
    assert found.target is None and found.call == "" and not found.exact
    assert str(found).startswith(f"No optimizer of transformers is akin to torch {name}.")


def test_a_share_of_all_divides_no_rate():
    found = port("torch", "SGD", "keras", lr=0.1, momentum=0.9, dampening=1.0)
    assert found.target is None and "no port" in str(found)


def test_a_rate_that_is_a_schedule_goes_along():
    found = port("torch", "SGD", "optax", lr=lambda t: 0.1 / t, momentum=0.9)
    assert callable(found.target[2]["learning_rate"])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("torch", "Adam", "jax"), TypeError),
        (("jax", "Adam", "torch"), TypeError),
        (("torch", "Adam2", "keras"), ValueError),
        (("torch", "StepLR", "optax"), TypeError),
    ],
)
def test_what_is_unknown_is_refused(arguments, error):
    with pytest.raises(error):
        port(*arguments)


def test_settings_know_what_does_the_same_by_one_name():
    rolling = like("keras", "RMSprop", momentum=0.9, weight_decay=0.1)
    assert isinstance(rolling, Optimizer)
    assert {"momentum", "weight_decay"} <= set(settings(rolling))


def test_the_example_of_the_docstring_runs():
    failed, tried = doctest.testmod(porting)
    assert tried and not failed
