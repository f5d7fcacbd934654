"""What holds arrays or functions is compared by identity and stays as it is; states are apart."""

import copy
import dataclasses

import numpy as np
import pytest
from support import SHAPES, start

from optlib import RULES, Optimizer, problems, schedule
from optlib.conventions import like
from optlib.problems import datasets
from optlib.problems.networks import mlp
from optlib.problems.perceptron import perceptron
from optlib.rules.quantize import linear_code, quantize

VALUES = {
    "problem": problems.beale(),
    "perceptron": perceptron(np.ones((2, 3)), np.ones((2, 1)), (2,)),
    "network": mlp(),
    "digits": datasets.digits(),
    "text": datasets.text(),
    "packed": quantize(np.ones(8), linear_code()),
    "schedule": schedule("constant", peak=0.1),
    "plateau": like("torch", "ReduceLROnPlateau", lr=0.1),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_itself_alone_and_stays_as_it_is(name):
    value = VALUES[name]
    assert value == value != copy.copy(value) and hash(value) == hash(value)
    field = dataclasses.fields(value)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, field, None)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rule", RULES)
def test_no_state_starts_as_the_parameter_or_as_another_state(rule, shape):
    x = start(shape)
    arrays = [x, *Optimizer(rule).init(x).values()]
    for k, a in enumerate(arrays):
        assert not any(np.shares_memory(a, b) for b in arrays[:k])
