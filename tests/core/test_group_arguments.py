"""The arguments of a group go into a checkpoint and come back as they were."""

import numpy as np
import pytest

from optlib import load, save
from optlib.running.stored import entries, read, stored, whole_number

ARGUMENTS = [
    None,
    True,
    False,
    0,
    3,
    -2,
    0.0,
    0.25,
    float("inf"),
    "",
    "strong_wolfe",
    "ñandú",
    (0.9, 0.999),
    (1e-30, None),
    (True, "a", (2, 0.5)),
]
OF_NUMPY = [np.bool_(True), np.float32(0.25), np.int64(3), np.array(0.5), np.array(2)]


@pytest.mark.parametrize("value", ARGUMENTS, ids=repr)
def test_an_argument_comes_back_also_through_a_file(value, tmp_path):
    save(tmp_path / "c", {}, {"value": stored(value)}, 1)
    for held in (stored(value), load(tmp_path / "c")[1]["value"]):
        assert repr(read("lr", held)) == repr(value)


@pytest.mark.parametrize("value", OF_NUMPY, ids=repr)
def test_a_number_of_numpy_comes_back_as_pythons_own(value):
    back = read("lr", stored(value))
    assert back == value and type(back) in (bool, int, float)


@pytest.mark.parametrize("value", [abs, object(), (0.5, abs), np.ones(2), {}, 1j], ids=str)
def test_what_no_file_can_hold_is_left_out(value):
    assert stored(value) is None


@pytest.mark.parametrize(
    "value", [0.5, True, "word", {}, None, np.ones(2), np.ones(2, int)], ids=repr
)
def test_what_was_not_stored_is_refused(value):
    with pytest.raises(ValueError, match="lr of a group is not what state_dict"):
        read("lr", value)
    with pytest.raises(ValueError, match="lr of a group is not what state_dict"):
        read("lr", (1, value))


@pytest.mark.parametrize("count", [0, 7, np.int32(7), 2**53 - 2], ids=repr)
def test_a_count_is_a_whole_number_with_another_after_it(count):
    assert whole_number("t", count) == count and type(whole_number("t", count)) is int


@pytest.mark.parametrize("count", [-1, 2**53 - 1, 1.0, True, None, np.array([1])], ids=repr)
def test_no_other_count_is_taken(count):
    with pytest.raises(ValueError, match="t must be a whole number >= 0"):
        whole_number("t", count)


@pytest.mark.parametrize("given", [{"a": 1}, {"a": 1, "b": 2, "c": 3}, ["a", "b"], None], ids=repr)
def test_entries_are_these_and_no_others(given):
    entries("it", {"b": 1, "a": 2}, ("a", "b"))
    with pytest.raises(TypeError, match="it is a dict with a, b"):
        entries("it", given, ("a", "b"))
