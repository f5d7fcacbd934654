"""What the package hands out as a record stays what it was."""

import dataclasses
import importlib
import pkgutil

import pytest

import optlib

MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(optlib.__path__, "optlib.")
]
RECORDS = {
    f"{module.__name__.removeprefix('optlib.')}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if dataclasses.is_dataclass(value) and value.__module__ == module.__name__
}
# What is written into while a step, a search, a proof or a scheduler is under way.
WORKED_ON = {
    "algebra.proof.radicals.Roots",
    "conventions.torch.recursion.Group",
    "running.linesearch._Line",
    "running.minimize._Now",
    "running.moves.Move",
    "running.step.Layer",
}


@pytest.mark.parametrize("record", sorted({*RECORDS} - WORKED_ON))
def test_no_field_of_a_record_can_be_set(record):
    empty = object.__new__(RECORDS[record])
    for field in dataclasses.fields(empty):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(empty, field.name, None)
    assert RECORDS[record].__hash__, "what cannot change can be a key"


def test_what_is_worked_on_are_records():
    assert {*RECORDS} >= WORKED_ON
