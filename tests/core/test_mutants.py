"""The mutants: each is one change that Python can read, at a place where code runs."""

import ast
import tomllib
from functools import cache
from pathlib import Path
from textwrap import dedent

import mutate
import pytest
import reached
from mutants import mutants

ROOT = Path(mutate.__file__).resolve().parent.parent


def changes(source):
    return {m.change for m in mutants(Path("a.py"), dedent(source))}


CASES = {
    "a + b": {"a + b -> (a - b)"},
    "a ** b": {"a ** b -> (a * b)"},
    "a & b": {"a & b -> (a | b)"},
    "a < b": {"a < b -> (a <= b)"},
    "a <= b": {"a <= b -> (a < b)"},
    "a == b": {"a == b -> (a != b)"},
    "a not in b": {"a not in b -> (a in b)"},
    "a is None": {"a is None -> (a is not None)"},
    "a < b <= c": {"a < b <= c -> (a <= b <= c)", "a < b <= c -> (a < b < c)"},
    "a and b": {"a and b -> (a or b)", "a and b -> a", "a and b -> b"},
    "not a": {"not a -> a"},
    "-a": {"-a -> a"},
    "abs(a)": {"abs(a) -> a"} | {"abs(a) -> pass"},
    "sp.Max(a, b)": {"sp.Max(a, b) -> sp.Min(a, b)"} | {"sp.Max(a, b) -> pass"},
    "any(a)": {"any(a) -> all(a)"} | {"any(a) -> pass"},
    "a if b else c": {"a if b else c -> (a if not b else c)"},
    "[a for a in b if a]": {"a -> (not a)", "a -> True"},
    "2": {"2 -> 3", "2 -> 1"},
    "0.5": {"0.5 -> 1.5", "0.5 -> (-0.5)"},
    "True": {"True -> False"},
    "a += b": {"a += b -> a -= b", "a += b -> pass"},
    "def f():\n    if a: b": {"a -> (not a)", "if a: b -> return"},
    "if a: b": set(),
    "while a: b": {"a -> (not a)"},
    "raise a": {"raise a -> pass"},
    "def f(x: 3 = a): b = a": {"b = a -> return"},
    '"""Text of 3."""': set(),
    'f"{1 + a}"': set(),
    "a": set(),
}


@pytest.mark.parametrize("source", CASES)
def test_every_change_is_made_and_no_other(source):
    assert changes(source) == CASES[source]


FILES = sorted(p.relative_to(ROOT) for p in (ROOT / "optlib" / "rules").glob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_mutant_is_read_by_python_and_is_another_program(path):
    source = (ROOT / path).read_text(encoding="utf-8")
    tree = ast.dump(ast.parse(source))
    for mutant in mutants(path, source):
        changed = mutant.applied(source)
        assert ast.dump(ast.parse(changed)) != tree
        assert mutant.old in source and mutant.key(source)[1] in source


@pytest.mark.parametrize("folder", mutate.FOLDERS)
def test_the_same_seed_draws_the_same_mutants_of_a_folder_alone(folder):
    drawn = mutate.chosen(folder, 30, seed=4)
    assert drawn == mutate.chosen(folder, 30, seed=4) != mutate.chosen(folder, 30, seed=5)
    place = Path(mutate.FOLDERS[folder][0])
    others = [Path(p) for p, _ in mutate.FOLDERS.values() if Path(p) != place]
    for mutant in drawn:
        assert place in mutant.path.parents
        assert not any(p in mutant.path.parents for p in others if place in p.parents)


@pytest.mark.parametrize("folder", mutate.FOLDERS)
def test_the_tests_of_a_folder_exist(folder):
    for name in mutate.FOLDERS[folder][1].split():
        assert (ROOT / "tests" / "core" / f"{name}.py").resolve().is_file()


# What is said of the repository or of a page, not of a folder of the package.
ELSEWHERE = {"test_mutants", "test_readme", "test_recipes"}


@pytest.mark.parametrize("place", ["core", "conventions"])
def test_every_test_is_asked_about_a_folder(place):
    asked = {file for folder in mutate.FOLDERS for file in mutate.tests(folder)}
    there = {p.relative_to(ROOT) for p in (ROOT / "tests" / place).glob("test_*.py")}
    assert {p.stem for p in there if str(p) not in asked} == ELSEWHERE & {p.stem for p in there}


@cache
def keys(file):
    source = (ROOT / file).read_text(encoding="utf-8")
    found = {m.key(source) for m in mutants(Path(file), source)}
    return found | {(file, line, None) for file, line, _ in found}


def test_every_mutant_listed_as_without_effect_is_one():
    """A line that has changed since leaves the list."""
    assert not [entry for entry in mutate.listed() if entry not in keys(entry[0])]


def test_no_mutant_is_listed_twice():
    """Where every change of a line is listed, none of them is listed by itself."""
    entries = tomllib.loads(mutate.EQUIVALENT.read_text(encoding="utf-8"))["mutant"]
    every = [(e["file"], e["line"], e.get("change")) for e in entries]
    assert len({*every}) == len(every)
    assert not [e for e in every if e[2] is not None and (*e[:2], None) in every]


def test_a_line_may_be_listed_with_every_change():
    first, second = mutate.chosen("rules", 2, seed=0)
    source = (ROOT / first.path).read_text(encoding="utf-8")
    file, line, change = first.key(source)
    for known in ({(file, line, change)}, {(file, line, None)}):
        assert mutate.equivalent(first, known) and not mutate.equivalent(second, known)


SOURCE = dedent(
    """
    from __future__ import annotations

    def outer(a=1 + 1):
        'Text.'
        def inner(b):
            return b + a
        return inner(2) * (lambda c: c - 3)(a)
    """
)


def test_every_function_tells_that_it_is_called_and_does_the_same(monkeypatch):
    called = []
    monkeypatch.setattr(reached.builtins, reached.TOLD, called.append, raising=False)
    plain, told = {}, {}
    exec(SOURCE, plain)
    exec(reached.telling(Path("a.py"), SOURCE), told)
    assert not called and told["outer"].__doc__ == "Text."
    assert told["outer"](5) == plain["outer"](5)
    assert called == ["a.py:4:0", "a.py:6:4", "a.py:8:23"]


@pytest.mark.parametrize(
    ("part", "function"),
    [("b + a", "a.py:6:4"), ("c - 3", "a.py:8:23"), ("inner(2)", "a.py:4:0"), ("1 + 1", "")],
)
def test_a_change_is_in_the_innermost_function_that_runs_it(part, function):
    start = SOURCE.index(part)
    assert reached.around(Path("a.py"), SOURCE, start, start + len(part)) == function


def test_the_tests_that_call_a_function_are_asked_file_by_file_the_quickest_first():
    tests = {"a::1": (3, ["f"]), "b::1": (2, ["f", "g"]), "b::2": (1, ["f"]), "c::1": (0, ["g"])}
    known = reached.Reach(tests, [])
    assert known.of("f") == ["b::2", "b::1", "a::1"] and known.of("") == []
    assert known.limit(["a::1", "b::1"]) > 5
