"""A difference is explained in words, measured, and mended where arguments can mend it."""

import doctest

import pytest

from optlib.conventions import compare, like
from optlib.conventions.compare import explain_difference

ADAM = ("torch", "Adam")


def test_the_same_is_the_same():
    found = explain_difference(ADAM, (*ADAM, {"lr": 1e-3}))
    assert found.agree and found.distance == 0 and "agree to rounding" in str(found)


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ({}, {"eps": 1e-3}, "eps is 1e-08"),
        ({"betas": (0.5, 0.9)}, {}, "beta1 is 0.5"),
        ({"lr": 0.1}, {"lr": 0.2}, "lr is 0.1"),
        ({"weight_decay": 0.1}, {"weight_decay": 0.3}, "weight_decay is 0.1"),
        (
            {"weight_decay": 0.1},
            {"weight_decay": 0.1, "decoupled_weight_decay": True},
            "adds weight_decay * x to the gradient",
        ),
    ],
)
def test_differences_are_named_and_the_remedy_works(first, second, words):
    found = explain_difference((*ADAM, first), (*ADAM, second))
    assert words in str(found) and not found.agree and found.distance > 1e-6
    library, name, arguments = found.remedy
    assert explain_difference((*ADAM, first), (library, name, arguments)).agree
    assert repr(like(library, name, **arguments)) == repr(like(*ADAM, **first))


def test_the_example_of_the_docstring_runs():
    failed, tried = doctest.testmod(compare)
    assert tried and not failed


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("keras", "Adam"), ("torch", "Adam")),
        (("torch", "RMSprop"), ("keras", "RMSprop", {"learning_rate": 0.01})),
        (ADAM, (*ADAM, {"eps": 1e-3})),
    ],
)
def test_the_nearest_arguments_leave_what_is_said(first, second):
    found = explain_difference(first, second)
    assert found.left < found.distance
    again = explain_difference(first, found.nearest)
    assert again.distance == pytest.approx(found.left, rel=1e-9, abs=1e-12)
    assert (found.remedy is None) == ("comes nearest" in str(found))
