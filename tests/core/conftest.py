import pytest
from support import SHAPES

from optlib import RULES
from optlib.book import ledger


@pytest.fixture(params=list(RULES))
def rule(request):
    return request.param


@pytest.fixture(params=[name for name, fn in RULES.items() if fn.traceable])
def traced_rule(request):
    return request.param


@pytest.fixture(params=SHAPES, ids=str)
def shape(request):
    return request.param


@pytest.fixture
def written(tmp_path):
    """Write the tables of claims to a file, and read it."""

    def write(**entries):
        path = tmp_path / "claims.toml"
        path.write_text("\n".join(f'["{name}"]\n{text}' for name, text in entries.items()))
        return ledger.load(path)

    return write
