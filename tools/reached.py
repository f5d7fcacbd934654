"""Which functions each test calls: a plugin of pytest, and the sources that tell it.

In a copy of the tree every function of a folder is made to say that it was called. One run of the
tests then gives for each of them its time and the functions that it calls. So what is tried first
on a changed function are the tests that call it, the quickest first.
"""

import ast
import builtins
import json
import os
import resource
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

WRITE, SECONDS = "REACHED_WRITE", "REACHED_SECONDS"
ONLY, WITHOUT = "REACHED_ONLY", "REACHED_WITHOUT"
TOLD = "__reached__"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def key(path: Path, node: ast.AST) -> str:
    """How a function is called by: its file, line and column."""
    return f"{path.as_posix()}:{node.lineno}:{node.col_offset}"


def telling(path: Path, source: str) -> str:
    """A source in which every function says first that it was called."""
    tree = ast.parse(source)
    for node in [n for n in ast.walk(tree) if isinstance(n, FUNCTIONS)]:
        call = ast.parse(f"{TOLD}({key(path, node)!r})").body[0]
        if isinstance(node, ast.Lambda):
            both = ast.Tuple([call.value, node.body], ast.Load())
            node.body = ast.Subscript(both, ast.Constant(1), ast.Load())
        else:
            node.body.insert(ast.get_docstring(node) is not None, call)
    names = f"import builtins\n{TOLD} = getattr(builtins, {TOLD!r}, lambda key: None)"
    first = [n for n in tree.body if getattr(n, "module", None) == "__future__"]
    place = tree.body.index(first[-1]) + 1 if first else ast.get_docstring(tree) is not None
    tree.body[place:place] = ast.parse(names).body
    return ast.unparse(ast.fix_missing_locations(tree))


def around(path: Path, source: str, start: int, stop: int) -> str:
    """The innermost function with these bytes in its body; empty if they run on import."""
    lengths = [0]
    for line in source.encode().splitlines(keepends=True):
        lengths.append(lengths[-1] + len(line))
    found, length = "", len(source.encode()) + 1
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, FUNCTIONS):
            body = node.body if isinstance(node.body, list) else [node.body]
            low = lengths[body[0].lineno - 1] + body[0].col_offset
            high = lengths[body[-1].end_lineno - 1] + body[-1].end_col_offset
            if low <= start and stop <= high and high - low < length:
                found, length = key(path, node), high - low
    return found


@dataclass(frozen=True)
class Reach:
    """What one run told.

    Attributes
    ----------
    tests : dict
        Test -> its seconds of a processor, and the functions that it calls.
    failed : list of str
        What fails in the copy, where the sources are not as they are written.
    """

    tests: dict[str, tuple[float, list[str]]]
    failed: list[str]

    def of(self, function: str) -> list[str]:
        """The tests that call a function, file by file, the quickest first."""
        found = [test for test, (_, calls) in self.tests.items() if function in calls]
        times: dict[str, list[float]] = {}
        for test in found:
            times.setdefault(_file(test), []).append(self.tests[test][0])
        mean = {file: sum(seconds) / len(seconds) for file, seconds in times.items()}
        return sorted(found, key=lambda t: (mean[_file(t)], _file(t), self.tests[t][0]))

    def limit(self, tests: Iterable[str]) -> float:
        """The seconds of a processor that these tests may take: what they took, and far more."""
        return 20 + 4 * sum(self.tests[test][0] for test in tests)


def _file(test: str) -> str:
    return test.partition("::")[0]


def read(path: Path) -> Reach:
    """What a run has written."""
    return Reach(**json.loads(path.read_text(encoding="utf-8")))


class _Run:
    """The functions called so far, and by which test."""

    def __init__(self, path: Path):
        self.path, self.now, self.tests, self.failed = path, set(), {}, []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.now, start = set(), time.process_time()
        try:
            return (yield)
        finally:
            self.tests[item.nodeid] = time.process_time() - start, sorted(self.now)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        told = {"tests": self.tests, "failed": self.failed}
        self.path.write_text(json.dumps(told), encoding="utf-8")


class _Some:
    """Some tests alone, in a given order, or all but some."""

    def __init__(self, tests: list[str], only: bool):
        self.places, self.only = {test: k for k, test in enumerate(tests)}, only

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if (item.nodeid in self.places) == self.only]
        if self.only:
            items.sort(key=lambda item: self.places[item.nodeid])


def pytest_configure(config: pytest.Config) -> None:
    """Record, keep to some tests, or to so many seconds of a processor, as the environment says."""
    if seconds := os.environ.get(SECONDS):
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    if path := os.environ.get(WRITE):
        run = _Run(Path(path))
        setattr(builtins, TOLD, lambda function: run.now.add(function))
        config.pluginmanager.register(run)
    for name in (ONLY, WITHOUT):
        if path := os.environ.get(name):
            tests = json.loads(Path(path).read_text(encoding="utf-8"))
            config.pluginmanager.register(_Some(tests, name == ONLY))
