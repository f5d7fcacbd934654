"""What the package hands out as a record stays what it was."""

import dataclasses
import importlib
import pkgutil

import pytest

import optlib

PLACES = ("algebra", "book")
MODULES = [
    importlib.import_module(found.name)
    for place in PLACES
    for found in pkgutil.iter_modules([f"{optlib.__path__[0]}/{place}"], f"optlib.{place}.")
]
RECORDS = {
    f"{module.__name__}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if dataclasses.is_dataclass(value) and value.__module__ == module.__name__
}


@pytest.mark.parametrize("record", RECORDS)
def test_no_field_of_a_record_can_be_set(record):
    empty = object.__new__(RECORDS[record])
    for field in dataclasses.fields(empty):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(empty, field.name, None)
