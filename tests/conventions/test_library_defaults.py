"""Every default of the table is the library's: as it was frozen, and as it is installed."""

import json

import pytest
from freeze_defaults import FILE, as_json, theirs

from optlib.conventions import TABLE

FROZEN = json.loads(FILE.read_text())["defaults"]
# What the optimizer holds there; the rate of a cycle is its own.
HELD = {"lr", "initial_lr"}


@pytest.mark.parametrize("key", TABLE, ids=" ".join)
def test_the_defaults_are_the_frozen_ones(key):
    frozen, entry = FROZEN[key[0]][key[1]], TABLE[key]
    ours = as_json(entry.defaults)
    assert set(ours) <= set(frozen) | HELD
    assert {k: ours[k] for k in ours if k in frozen} == {k: frozen[k] for k in ours if k in frozen}
    fixed = {k: v for k, v in entry.fixed.items() if k in frozen}
    assert as_json(fixed) == {k: frozen[k] for k in fixed}


@pytest.mark.parametrize("key", TABLE, ids=" ".join)
def test_the_defaults_are_those_of_the_installed_library(key):
    pytest.importorskip(key[0])
    assert as_json(theirs(*key)) == FROZEN[key[0]][key[1]]
