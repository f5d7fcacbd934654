"""Every argument of every entry takes values of its kind, and refuses others by its name."""

import numpy as np
import pytest
from test_entries import NEEDED

from optlib.conventions import TABLE, NotModelled, like

ARGUMENTS = [(*key, name) for key, entry in TABLE.items() for name in entry.defaults]
WRONG = {
    bool: ["yes", 1, None, np.ones(1, bool)],
    str: [3, b"word", ("a",)],
    float: ["fast", True, np.bool_(True), 10**400, 1j, np.array("a"), np.array(None), {}],
    tuple: [0.9, "ab", np.float64(0.9), {0.9: 1, 0.99: 2}],
}
WRONG[int] = WRONG[float]
# A word, a function or a dict, or else numbers that are read when they are used.
OTHER = {"interpolate_type", "scale_fn", "adjust_lr_fn", "line_search_fn", "ns_coeffs", "init_step"}


def wrong(name, default):
    if name in OTHER:
        return [1.5, ["a"], {}]
    if name == "boundaries_and_scales":
        return [1.5, [3, 0.1], {"a": 0.1}, {3: "a"}]
    found = list(WRONG.get(type(default), WRONG[float]))
    if isinstance(default, tuple):
        found += [default[:-1], (*default, default[-1]), ["a"] * len(default)]
    return found


@pytest.mark.parametrize(("library", "name", "argument"), ARGUMENTS, ids=str)
def test_a_value_of_another_kind_is_refused(library, name, argument):
    entry = TABLE[library, name]
    for value in wrong(argument, entry.defaults[argument]):
        needed = {k: NEEDED.get(k, "linear") for k in entry.arguments if k not in entry.defaults}
        with pytest.raises((TypeError, NotModelled), match=f"{library} {name}: {argument}"):
            like(library, name, **{argument: value, **needed})


@pytest.mark.parametrize("make", [tuple, list, np.array], ids=["tuple", "list", "array"])
def test_numbers_in_any_sequence_are_taken(make):
    assert like("torch", "Adam", betas=make([0.5, 0.25])).hyper["beta2"] == 0.25


@pytest.mark.parametrize("value", [0, np.int64(0), np.array(0), np.float32("nan")], ids=repr)
def test_numbers_of_numpy_are_held_to_the_domain_of_a_schedule_too(value):
    with pytest.raises(ValueError, match="step_size must satisfy"):
        like("torch", "StepLR", lr=0.1, step_size=value)
    with pytest.raises(ValueError, match="milestones must satisfy"):
        like("torch", "MultiStepLR", lr=0.1, milestones=[np.float64(-0.5), 3])


@pytest.mark.parametrize("value", [3, np.int64(3), np.array(3)], ids=repr)
def test_numbers_of_numpy_are_numbers(value):
    assert like("torch", "StepLR", lr=0.1, step_size=value)(3) == pytest.approx(0.01)
