"""What can be set takes effect, checked; all else is refused, and the message says what to do."""

import copy

import numpy as np
import pytest

import optlib
from optlib import NonFiniteError, Optimizer, clip_value, optim, problems
from optlib.conventions import TABLE, like
from optlib.running.train import Training

FREE = {"before", "engine", "nonfinite"}


def objects():
    """One of each public class, by what made it."""
    adam = optlib.trace("adam")
    loops = {name: getattr(optim, name)([np.ones((2, 2))]) for name in dir(optim) if name in LOOPS}
    return loops | {
        "Optimizer": Optimizer("adam"),
        "PerLayer": optlib.per_layer(lambda label, x: Optimizer("adam")),
        "InPlace": optim.InPlace([np.ones(2)], Optimizer("adam")),
        "ParamGroup": loops["Adam"].param_groups[0],
        "FollowedSchedule": like("torch", "StepLR", lr=1.0, step_size=2),
        "Entry": TABLE["torch", "Adam"],
        "LineSearch": optlib.armijo(),
        "Averaging": optlib.polyak(),
        "Run": optlib.minimize(Optimizer("adam"), problems.rosenbrock(), steps=1),
        "Training": Training(np.zeros(3), {"w": np.ones(2)}),
        "Schedule": optlib.schedule("constant", peak=1.0),
        "Domain": optlib.Domain(),
        "Problem": problems.rosenbrock(),
        "Trace": adam,
        "Verdict": optlib.verdict(adam.u, adam.u),
        "Derivation": optlib.Derivation(adam.u),
        "Difference": optlib.explain_difference(("torch", "Adam"), ("torch", "AdamW")),
    }


LOOPS = [name for name in dir(optim) if name != "InPlace"]
NAMES = [*LOOPS, "Optimizer", "PerLayer", "InPlace", "ParamGroup", "FollowedSchedule", "Entry"]
NAMES += [
    "LineSearch",
    "Averaging",
    "Run",
    "Training",
    "Schedule",
    "Domain",
    "Problem",
    "Trace",
    "Verdict",
]
NAMES += ["Difference", "Derivation"]
SAY_WHAT_TO_DO = set(NAMES[: NAMES.index("Run") + 1])


@pytest.fixture(scope="module")
def made():
    return objects()


def public(thing):
    return [name for name in dir(thing) if not name.startswith("_")]


@pytest.mark.parametrize("name", NAMES)
def test_no_attribute_can_be_set_without_an_effect(made, name):
    thing = made[name]
    before = repr(thing)
    for attribute in [*public(thing), "lr", "something_new"]:
        if attribute in FREE and name in [*LOOPS, "InPlace"]:
            continue
        with pytest.raises(AttributeError) as refusal:
            setattr(thing, attribute, 1e-9)
        with pytest.raises(AttributeError):
            delattr(thing, attribute)
        if name in SAY_WHAT_TO_DO:
            assert "cannot be set or deleted; " in str(refusal.value), attribute
    assert repr(thing) == before


@pytest.mark.parametrize("name", NAMES)
def test_any_two_can_be_compared(made, name):
    thing = made[name]
    assert thing == thing and isinstance(thing == copy.copy(thing), bool)


@pytest.mark.parametrize("name", [*LOOPS, "InPlace"])
@pytest.mark.parametrize("attribute", sorted(FREE))
def test_what_can_be_set_is_checked(made, name, attribute):
    thing, held = made[name], getattr(made[name], attribute)
    with pytest.raises((TypeError, ValueError), match=attribute):
        setattr(thing, attribute, "sometimes")
    assert getattr(thing, attribute) is held


@pytest.mark.parametrize("name", [name for name in LOOPS if name != "LBFGS"])
def test_what_can_be_set_takes_effect(name):
    x, y = np.ones((2, 2)), np.ones((2, 2))
    loop = getattr(optim, name)([x])
    fresh = getattr(optim, name)([y], before=clip_value(0.1))
    loop.before = clip_value(0.1)
    loop.step([np.ones((2, 2))])
    fresh.step([np.ones((2, 2))])
    assert np.array_equal(x, y)
    loop.before = None
    with pytest.raises(NonFiniteError):
        loop.step([np.full((2, 2), np.nan)])
    loop.nonfinite = "skip"
    assert loop.step([np.full((2, 2), np.nan)]) is False


def test_an_array_of_settings_that_is_changed_later_changes_nothing_unseen():
    rates = np.array([0.1, 0.2])
    opt = Optimizer("adam", lr=rates, beta1=np.array([0.5, 0.9]))
    rates[:] = -1.0
    assert opt.lr.tolist() == [0.1, 0.2]
    for array in (opt.lr, opt.hyper["beta1"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 2.0


def test_a_loop_shows_its_rate_and_what_was_changed():
    x, y = np.ones(2), np.ones(3)
    assert repr(optim.Adam([x], betas=(0.9, 0.999))) == "Adam(lr=0.001)"
    assert repr(optim.Adam([x], 0.1, eps=1e-3)) == "Adam(lr=0.1, eps=0.001)"
    two = optim.SGD([{"params": [x]}, {"params": [y], "momentum": 0.5}], lr=0.1)
    assert repr(two) == "SGD(lr=0.1 | lr=0.1, momentum=0.5)"
    own = optim.InPlace([x], Optimizer("sgd", lr=0.5))
    assert repr(own) == "InPlace(optimizer=Optimizer(sgd, lr=0.5))"


@pytest.mark.parametrize(
    ("name", "hint"),
    [("zero_grad", "leave the call out"), ("lr", "param_groups"), ("state", "state_dict")],
)
def test_what_pytorch_has_and_a_loop_has_not_is_told(name, hint):
    loop = optim.Adam([np.ones(2)])
    with pytest.raises(AttributeError, match=f"Adam has no attribute '{name}'; .*{hint}"):
        getattr(loop, name)
    with pytest.raises(AttributeError, match="Adam has no attribute 'rate'$"):
        loop.rate  # noqa: B018


@pytest.mark.parametrize("wrong", [None, "adam", optim.Adam])
def test_a_loop_is_made_from_an_optimizer(wrong):
    with pytest.raises(TypeError, match="optimizer must be an Optimizer or what per_layer returns"):
        optim.InPlace([np.ones(2)], wrong)


def test_a_group_of_a_loop_has_an_optimizer_and_nothing_else():
    sgd, adam = Optimizer("sgd", lr=1.0), Optimizer("adam", lr=0.1)
    x, y = np.ones(2), np.ones(2)
    loop = optim.InPlace([{"params": [x]}, {"params": [y], "optimizer": adam}], sgd)
    assert loop.step([[np.ones(2)], [np.ones(2)]])
    assert x.tolist() == [0, 0] and y == pytest.approx(0.9)
    with pytest.raises(TypeError, match="a group of InPlace has no argument 'lr'; it has params"):
        optim.InPlace([{"params": [x], "lr": 0.1}], sgd)


def test_the_package_has_what_it_lists_and_nothing_else():
    for name in optlib.__all__:
        assert getattr(optlib, name) is not None
    with pytest.raises(AttributeError, match="module 'optlib' has no attribute 'adm'"):
        optlib.adm  # noqa: B018
