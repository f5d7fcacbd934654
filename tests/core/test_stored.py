"""The runs that ship with the package: named, and refused under any other name."""

import numpy as np
import pytest

from optlib.book.stored import DATA, stored_runs

NAMES = [file.name.removesuffix(".npz") for file in DATA.iterdir() if file.suffix == ".npz"]


@pytest.mark.parametrize("name", NAMES)
def test_stored_runs_are_arrays_by_name(name):
    runs = stored_runs(name)
    assert runs and all(isinstance(run, np.ndarray) and run.size for run in runs.values())


@pytest.mark.parametrize("name", ["", "claims", "claims.toml", "warmup.npz"])
def test_another_name_is_refused_with_those_that_are_stored(name):
    with pytest.raises(ValueError, match=f"'{name}'; there are {', '.join(sorted(NAMES))}$"):
        stored_runs(name)
