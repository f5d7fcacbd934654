"""No argument of a library is taken and left aside though it changes the numbers; resuming."""

import importlib
import inspect

import numpy as np
import pytest
from schedule_cases import CASES

from optlib.conventions import TABLE, like

IMPLEMENTATION = set(
    "foreach fused capturable differentiable name verbose print_win_rate_every_n_steps".split()
)
"""What picks a way to compute, names the optimizer, or prints: none of it changes the numbers."""

MODULES = {
    "torch": ("torch.optim.lr_scheduler", "torch.optim.swa_utils"),
    "transformers": ("transformers.optimization",),
}
FIRST = {(c.library, c.name): c for c in reversed(CASES)}
RESUMABLE = [key for key, e in TABLE.items() if {"last_epoch", "initial_lr"} <= set(e.arguments)]


@pytest.mark.parametrize("key", TABLE, ids=" ".join)
def test_what_is_ignored_picks_an_implementation(key):
    assert TABLE[key].ignored <= IMPLEMENTATION


@pytest.mark.parametrize(
    "key", [k for k, e in TABLE.items() if e.schedule and k[0] in MODULES], ids=" ".join
)
def test_every_argument_of_a_scheduler_is_modelled(key):
    library, name = key
    pytest.importorskip(library)
    modules = [importlib.import_module(m) for m in MODULES[library]]
    theirs = next(getattr(m, name) for m in modules if hasattr(m, name))
    parameters = dict(inspect.signature(theirs).parameters)
    if "kwargs" in parameters:
        torch = importlib.import_module("torch.optim.lr_scheduler")
        parameters = dict(inspect.signature(torch.ReduceLROnPlateau).parameters)
    entry = TABLE[key]
    # The optimizer is stood for by its rates.
    known = {*entry.arguments, *entry.fixed} - {"lr", "initial_lr", "optimizer"}
    assert known == set(parameters) - {"optimizer"}
    for argument, default in entry.defaults.items():
        if argument in parameters:
            assert parameters[argument].default == default, argument


def arguments_of(key):
    return {k: v for k, v in FIRST[key].arguments.items() if k not in ("last_epoch", "initial_lr")}


@pytest.mark.parametrize("key", RESUMABLE, ids=" ".join)
def test_a_schedule_is_resumed_with_both_rates_or_refused(key):
    arguments = arguments_of(key)
    if key[1] in ("OneCycleLR", "CyclicLR"):
        arguments.pop("lr", None)
    else:
        with pytest.raises(ValueError, match="last_epoch=6 resumes, which needs initial_lr"):
            like(*key, **arguments, last_epoch=6)
        arguments["initial_lr"] = arguments["lr"]
    with pytest.raises(ValueError, match="last_epoch must satisfy -1 <= last_epoch, whole"):
        like(*key, **arguments, last_epoch=-2)
    resumed = like(*key, **arguments, last_epoch=6)
    arguments.pop("initial_lr", None)
    whole = like(*key, **arguments)
    if key[0] == "transformers" or key[1] in ("LambdaLR", "OneCycleLR", "CyclicLR"):
        ks = np.arange(20)
        np.testing.assert_allclose(resumed(ks), whole(ks + 7), rtol=1e-12)
        if whole.momentum is not None:
            np.testing.assert_allclose(resumed.momentum(ks), whole.momentum(ks + 7), rtol=1e-12)


@pytest.mark.parametrize(
    "name", ["ExponentialLR", "PolynomialLR", "CosineAnnealingLR", "LinearLR", "MultiplicativeLR"]
)
def test_resumed_with_the_rate_that_was_reached_a_recursion_goes_on(name):
    arguments = arguments_of(("torch", name))
    whole = like("torch", name, **arguments)
    for reached in (1, 3, 8):
        held = {**arguments, "lr": whole(reached), "initial_lr": arguments["lr"]}
        resumed = like("torch", name, **held, last_epoch=reached - 1)
        ks = np.arange(12)
        np.testing.assert_allclose(resumed(ks), whole(ks + reached), rtol=1e-9, atol=1e-17)
