"""Where the squares of the entries overflow: the library as its note says, and what we do."""

import importlib

import harness
import numpy as np
import pytest
from harness import Case, start

from optlib import NonFiniteError
from optlib.conventions import TABLE, like

SHAPES = ((130, 140),)
NOTE = "where squares overflow, a step of zero or NaN"
TOLD = [key for key, entry in TABLE.items() if NOTE in entry.note]

# What is required, and no decay, which would move the layer however wrong the direction is.
ARGUMENTS = {
    "optax": {"learning_rate": 0.1},
    "keras": {"weight_decay": 0.0},
    "torch": {"weight_decay": 0.0},
    "transformers": {},
}


ORDINARY = harness.gradients


def steep(*given):
    return [1e200 * g for g in ORDINARY(*given)]


@pytest.fixture
def case(request):
    library, name = request.param
    return Case(library, name, ARGUMENTS[library], shapes=SHAPES)


@pytest.mark.parametrize("case", TOLD, ids=map(" ".join, TOLD), indirect=True)
def test_the_library_takes_a_step_of_zero_or_nan(case, monkeypatch):
    pytest.importorskip(case.library)
    oracle = importlib.import_module(f"oracle_{case.library}")
    for module in (oracle, harness):
        monkeypatch.setattr(module, "gradients", steep, raising=module is harness)
    ((moved,),) = oracle.run(case, 0, 1)
    (before,) = start(SHAPES, 0)
    assert np.isnan(moved).any() or np.array_equal(moved, before)


@pytest.mark.parametrize("case", TOLD, ids=map(" ".join, TOLD), indirect=True)
def test_our_step_is_refused_or_not_zero(case):
    (x,), (g,) = start(SHAPES, 0), steep(SHAPES, 0, 1)
    optimizer = like(case.library, case.name, **case.arguments)
    before, state = x.copy(), optimizer.init(x)
    try:
        optimizer.step_(1, g, x, state)
    except NonFiniteError:
        assert np.array_equal(x, before)
    else:
        assert np.isfinite(x).all() and not np.array_equal(x, before)
