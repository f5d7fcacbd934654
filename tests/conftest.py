"""What goes to which of the processes that ``pytest -n 2 --dist loadfile`` starts."""

import pytest

PAGES = "tests/book/"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep every file in one process, and the files that read the same pages together."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return PAGES if nodeid.startswith(PAGES) else super()._split_scope(nodeid)

    return Scheduling(config, log)
