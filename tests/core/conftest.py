import pytest
from support import SHAPES

from optlib import RULES


@pytest.fixture(params=list(RULES))
def rule(request):
    return request.param


@pytest.fixture(params=[name for name, fn in RULES.items() if fn.traceable])
def traced_rule(request):
    return request.param


@pytest.fixture(params=SHAPES, ids=str)
def shape(request):
    return request.param
