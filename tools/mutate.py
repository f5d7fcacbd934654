"""Change the package in small ways, one at a time, and report the changes that no test notices.

A mutant is a file with one node of its syntax tree changed: an operator swapped, a comparison made
strict, a condition dropped or negated, a constant moved by 1, a statement left out, a return put
too early. It is written into a copy of the tree, in which the tests of its folder are run, first
those that call the changed function. If they pass, the mutant survives: a test is missing, or the
change has no effect that can be seen.
Changes of the second kind stand in ``tools/mutants-equivalent.toml``, with a reason each.

    python tools/mutate.py --folder proof --folder rules --count 25 --seed 0
"""

import argparse
import difflib
import json
import math
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import reached
from mutant_folders import FOLDERS
from mutants import Mutant, mutants

ROOT = Path(__file__).resolve().parent.parent
EQUIVALENT = ROOT / "tools" / "mutants-equivalent.toml"
MARKS = ("---", "+++")
LEFT_OUT = (".git", ".venv*", "_build", "__pycache__", ".pytest_cache", ".ruff_cache")

# What takes longest and decides least for a single mutant.
SKIPPED = (
    "not every_form and not jit and not same_in_every_process and not installed"
    " and not the_site_carries"
)
OPTIONS = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "reached", "-k", SKIPPED]
# What pytest returns.
PASSED, FAILED, NOTHING_RUN = 0, 1, 5
# How often the time that a run may take of a processor may pass before it counts as stuck.
WAITED = 20


def files(folder: str) -> list[Path]:
    """The files of a folder; its subfolders with a name of their own not."""
    place = ROOT / FOLDERS[folder][0]
    others = [ROOT / p for p, _ in FOLDERS.values() if ROOT / p != place]
    inner = [p for p in others if place in p.parents]
    return [f for f in sorted(place.rglob("*.py")) if not any(p in f.parents for p in inner)]


def chosen(folder: str, count: int, seed: int) -> list[Mutant]:
    """So many mutants of a folder, drawn by a seed."""
    every = [
        m
        for file in files(folder)
        for m in mutants(file.relative_to(ROOT), file.read_text(encoding="utf-8"))
    ]
    return random.Random(f"{folder}/{seed}").sample(every, min(count, len(every)))


def tests(folder: str, first: str = "") -> list[str]:
    """The files of tests of a folder, those named after a module first."""
    names = sorted(FOLDERS[folder][1].split(), key=lambda name: not first or first not in name)
    return [os.path.normpath(Path("tests", "core", f"{name}.py")) for name in names]


def pytest(tree: Path, files: list[str], seconds: float | None = None, **options: str) -> int:
    """What pytest says of these files in a tree; it may take so many seconds of a processor."""
    # A mutant has often the size and the second of the file before it: stored bytecode would lie.
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    env |= {"PYTHONPATH": f"{tree}{os.pathsep}{ROOT / 'tools'}", **options}
    if seconds is not None:
        env[reached.SECONDS] = str(math.ceil(seconds))
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", *OPTIONS, *([] if seconds is None else ["-x"]), *files],
        cwd=tree,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        # What waits takes no time of a processor.
        return run.wait(seconds and WAITED * seconds)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        return run.wait()


def named(tree: Path, names: list[str]) -> str:
    """A file that names these tests."""
    path = tree.with_suffix(".json")
    path.write_text(json.dumps(names), encoding="utf-8")
    return str(path)


def only(tree: Path, names: list[str], seconds: float) -> int:
    """What pytest says of these tests alone, in this order."""
    places = [*dict.fromkeys(name.partition("::")[0] for name in names)]
    return pytest(tree, places, seconds, **{reached.ONLY: named(tree, names)})


def reach(folder: str, tree: Path) -> reached.Reach:
    """Which functions of a folder its tests call.

    Raises
    ------
    SystemExit
        If a test fails before anything is changed.
    """
    sources = {f.relative_to(ROOT): f.read_text(encoding="utf-8") for f in files(folder)}
    for path, source in sources.items():
        (tree / path).write_text(reached.telling(path, source), encoding="utf-8")
    told = tree.with_suffix(".reach.json")
    ran = pytest(tree, tests(folder), **{reached.WRITE: str(told)}) in (PASSED, FAILED)
    for path, source in sources.items():
        (tree / path).write_text(source, encoding="utf-8")
    found = reached.read(told) if ran else None
    if not found or (found.failed and only(tree, found.failed, found.limit(found.failed))):
        sys.exit(f"{folder}: the tests fail without a change; mend them first")
    return found


def survives(mutant: Mutant, folder: str, tree: Path, known: reached.Reach) -> bool:
    """Whether the tests pass in a tree with the change made; the tree is then as it was.

    The tests that call the changed function are asked first. Running out of time is failing.
    """
    file, source = tree / mutant.path, (ROOT / mutant.path).read_text(encoding="utf-8")
    calling = known.of(reached.around(mutant.path, source, mutant.start, mutant.stop))
    file.write_text(mutant.applied(source), encoding="utf-8")
    try:
        if calling and only(tree, calling, known.limit(calling)) not in (PASSED, NOTHING_RUN):
            return False
        others = {reached.WITHOUT: named(tree, calling)}
        found = pytest(tree, tests(folder, mutant.path.stem), known.limit(known.tests), **others)
        return found in (PASSED, NOTHING_RUN)
    finally:
        file.write_text(source, encoding="utf-8")


def listed() -> set[tuple[str, str, str | None]]:
    """The mutants known to have no effect that a test could see; None stands for every change."""
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("mutant", [])
    return {(e["file"], e["line"], e.get("change")) for e in entries}


def equivalent(mutant: Mutant, known: set[tuple[str, str, str | None]]) -> bool:
    """Whether a mutant is listed, by itself or with its line."""
    file, line, change = mutant.key((ROOT / mutant.path).read_text(encoding="utf-8"))
    return not known.isdisjoint({(file, line, change), (file, line, None)})


def difference(mutant: Mutant) -> str:
    """A mutant as file, line and the lines that change."""
    source = (ROOT / mutant.path).read_text(encoding="utf-8")
    sides = (source.splitlines(), mutant.applied(source).splitlines())
    lines = [d for d in difflib.unified_diff(*sides, n=0, lineterm="") if d[:3] not in MARKS]
    return "\n  ".join([f"{mutant.path}:{mutant.line}  [{mutant.change}]", *lines[1:]])


def folder_of_trees(count: int, parent: Path) -> "queue.Queue[Path]":
    """Copies of the tree, to be taken and given back."""
    trees: queue.Queue[Path] = queue.Queue()
    for k in range(count):
        shutil.copytree(ROOT, parent / str(k), ignore=shutil.ignore_patterns(*LEFT_OUT))
        trees.put(parent / str(k))
    return trees


def judged(folder: str, options: argparse.Namespace, trees: "queue.Queue[Path]") -> bool:
    """Run the mutants of a folder, print survivors and the share killed; whether it is enough."""
    tree = trees.get()
    calls = reach(folder, tree)
    trees.put(tree)
    known, counts = listed(), Counter()

    def one(mutant: Mutant) -> tuple[Mutant, str]:
        if equivalent(mutant, known):
            return mutant, "equivalent"
        tree = trees.get()
        try:
            return mutant, "survived" if survives(mutant, folder, tree, calls) else "killed"
        finally:
            trees.put(tree)

    with ThreadPoolExecutor(options.jobs) as pool:
        for mutant, fate in pool.map(one, chosen(folder, options.count, options.seed)):
            counts[fate] += 1
            if fate == "survived":
                print(difference(mutant), flush=True)
    tried = counts["killed"] + counts["survived"]
    share = 100 * counts["killed"] / tried if tried else 100.0
    print(
        f"{folder}: {counts['killed']} of {tried} killed ({share:.0f} %),"
        f" {counts['equivalent']} without effect left out",
        flush=True,
    )
    return share >= options.least


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", action="append", choices=FOLDERS, help="default: all")
    parser.add_argument("--count", type=int, default=25, help="mutants of each folder")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="trees in which tests run side by side")
    parser.add_argument("--least", type=float, default=95, help="per cent that must be killed")
    return parser.parse_args()


def main() -> None:
    """Judge the folders asked for; fail if too few of the mutants are noticed."""
    options = arguments()
    with tempfile.TemporaryDirectory() as parent:
        trees = folder_of_trees(options.jobs, Path(parent))
        enough = [judged(folder, options, trees) for folder in options.folder or FOLDERS]
    sys.exit(not all(enough))


if __name__ == "__main__":
    main()
