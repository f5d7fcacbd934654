"""Every public name of the libraries is an entry of the table, or stands among those that are not.

The names are those that were frozen, and those of the libraries where they are installed.
"""

import json

import pytest
from freeze_names import FILE, MODULES, names

from optlib.conventions import TABLE
from optlib.conventions.unmodelled import KINDS, unmodelled

ABOUT = json.loads(FILE.read_text())
LEFT_OUT = unmodelled()
# A callback in Keras, which the walk over its optimizers does not meet.
CALLBACKS = {("keras", "ReduceLROnPlateau")}


def entries(library):
    return {name for of, name in TABLE if of == library and (of, name) not in CALLBACKS}


def left_out(library):
    """The names of the three kinds, a name as often as it stands there."""
    return [name for kind in KINDS for name in LEFT_OUT[library][kind]]


def faults(library, public):
    """What the table does not say of these names, or says of others, or twice."""
    ours, others = entries(library), left_out(library)
    return {
        "neither an entry nor left out": public - ours - set(others),
        "left out, and an entry": ours & set(others),
        "left out twice": {name for name in others if others.count(name) > 1},
        "not public there": (ours | set(others)) - public,
    }


def test_the_libraries_are_those_of_the_table():
    assert set(LEFT_OUT) == set(ABOUT["names"]) == set(MODULES) == {of for of, _ in TABLE}
    assert set(ABOUT["versions"]) == set(MODULES)


@pytest.mark.parametrize("library", MODULES)
def test_every_frozen_name_is_an_entry_or_left_out(library):
    assert not any(faults(library, set(ABOUT["names"][library])).values())


@pytest.mark.parametrize("library", MODULES)
def test_every_name_of_the_installed_library_is_an_entry_or_left_out(library):
    pytest.importorskip(library)
    found = names(library)
    assert not any(faults(library, set(found)).values())
    assert found == ABOUT["names"][library], "run freeze_names.py"


def test_a_name_that_the_table_does_not_know_is_found():
    public = set(ABOUT["names"]["optax"])
    assert faults("optax", public | {"adam2"})["neither an entry nor left out"] == {"adam2"}
    assert faults("optax", public - {"adam"})["not public there"] == {"adam"}


@pytest.mark.parametrize("library", MODULES)
def test_a_piece_is_one_of_something_that_is_there(library):
    wholes = entries(library) | set(LEFT_OUT[library]["optimizers"])
    assert set(LEFT_OUT[library]["pieces"].values()) <= wholes


@pytest.mark.parametrize("library", MODULES)
def test_every_reason_is_a_sentence(library):
    for kind in ("optimizers", "others"):
        for name, reason in LEFT_OUT[library][kind].items():
            assert reason[0].isupper() and reason.endswith(".") and len(reason.split()) > 3, name
