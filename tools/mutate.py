"""Change the package in small ways, one at a time, and report the changes that no test notices.

A mutant is a file with one node of its syntax tree changed: an operator swapped, a comparison made
strict, a condition dropped or negated, a constant moved by 1, a statement left out, a return put
too early. It is written into a copy of the tree, in which the tests of its folder are run. If they
pass, the mutant survives: a test is missing, or the change has no effect that can be seen.
Changes of the second kind stand in ``tools/mutants-equivalent.toml``, with a reason each.

    python tools/mutate.py --folder proof --folder rules --count 25 --seed 0
"""

import argparse
import difflib
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mutants import Mutant, mutants

ROOT = Path(__file__).resolve().parent.parent
EQUIVALENT = ROOT / "tools" / "mutants-equivalent.toml"
MARKS = ("---", "+++")
LEFT_OUT = (".git", ".venv*", "_build", "__pycache__", ".pytest_cache", ".ruff_cache")

# Where the files of a folder lie, and what pytest is asked, the fastest tests first.
FOLDERS = {
    "proof": (
        "optlib/algebra/proof",
        "test_facts test_signs test_powers test_cases test_sums test_radicals test_sampling"
        " test_needs test_limits test_where_real test_soundness test_limits_soundness"
        " test_derivation test_verdicts",
    ),
    "algebra": (
        "optlib/algebra",
        "test_rendering test_reading test_parts test_tracing_shown test_bounded test_expectation"
        " test_verdicts_shown test_induction test_chain test_where_real test_derivation"
        " test_frozen test_selfcheck test_tracing test_soundness test_verdicts",
    ),
    "rules": (
        "optlib/rules",
        "test_defaults test_debias test_step_sizes test_formulas test_newton test_adam_mini"
        " test_family test_second_opinion test_reference test_muon test_shampoo test_quantize"
        " test_matrix test_modifiers test_damping test_variants test_lbfgs test_recent"
        " test_values test_minimize test_rules test_modelwise test_sizes",
    ),
    "schedules": (
        "optlib/schedules",
        "test_schedules test_schedule_edges test_values ../conventions/test_plateaus"
        " ../conventions/test_schedules_libraries test_optimizer test_averaging",
    ),
    "problems": (
        "optlib/problems",
        "test_problems test_online test_classifiers test_perceptron test_transformer test_networks"
        " test_values test_minimize",
    ),
    "running": (
        "optlib/running",
        "test_clipping test_averaging test_group_arguments test_searches test_doors test_networks"
        " test_minimize test_modelwise test_per_layer test_closure test_accumulation"
        " test_param_groups test_attributes test_edges test_optim test_lbfgs test_checkpoint"
        " test_matrix test_odd_arrays test_newton ../conventions/test_lbfgs_loops test_sizes"
        " test_optimizer",
    ),
    "conventions": (
        "optlib/conventions",
        "../conventions/test_library_defaults ../conventions/test_kinds ../conventions/test_compare"
        " ../conventions/test_refusals ../conventions/test_entries"
        " ../conventions/test_schedule_arguments ../conventions/test_plateaus"
        " ../conventions/test_followed_schedule_edges ../conventions/test_libraries"
        " ../conventions/test_schedules_libraries ../conventions/test_optax_free"
        " ../conventions/test_optax ../conventions/test_torch_arguments"
        " ../conventions/test_lbfgs_library ../conventions/test_lbfgs_loops"
        " ../conventions/test_lower_precision ../conventions/test_ports"
        " ../conventions/test_accumulation_libraries",
    ),
    "book": (
        "optlib/book",
        "test_ledger test_ledger_file test_stored test_frozen test_intervals test_statistics_runs"
        " test_display"
        " test_cheatsheet test_printed test_judgement test_figures test_cards test_selfcheck"
        " test_choosing test_points test_live",
    ),
    "engines": ("optlib/engines", "test_javascript ../site/test_printed_rules"),
    "base": (
        "optlib",
        "test_domains test_namespaces test_registry test_attributes test_notes_class test_optim"
        " test_closure test_param_groups test_layout test_schedules test_optimizer test_rules"
        " test_edges test_tracing",
    ),
}
# What takes longest and decides least for a single mutant.
SKIPPED = (
    "not every_form and not jit and not same_in_every_process and not installed"
    " and not the_site_carries"
)


def chosen(folder: str, count: int, seed: int) -> list[Mutant]:
    """So many mutants of a folder, drawn by a seed; its subfolders with a name of their own not."""
    place = ROOT / FOLDERS[folder][0]
    others = [ROOT / p for p, _ in FOLDERS.values() if ROOT / p != place]
    inner = [p for p in others if place in p.parents]
    files = [f for f in sorted(place.rglob("*.py")) if not any(p in f.parents for p in inner)]
    every = [m for f in files for m in mutants(f.relative_to(ROOT), f.read_text(encoding="utf-8"))]
    return random.Random(f"{folder}/{seed}").sample(every, min(count, len(every)))


def passes(tree: Path, folder: str, first: str = "", limit: float | None = None) -> bool:
    """Whether the tests of a folder pass in a tree, those named after a module first.

    Running out of time is failing.
    """
    names = sorted(FOLDERS[folder][1].split(), key=lambda name: not first or first not in name)
    files = [os.path.normpath(Path("tests", "core", f"{name}.py")) for name in names]
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", SKIPPED]
    # A mutant has often the size and the second of the file before it: stored bytecode would lie.
    env = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, *files],
        cwd=tree,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return run.wait(limit) == 0
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        return False


def survives(mutant: Mutant, folder: str, tree: Path, limit: float) -> bool:
    """Whether the tests pass in a tree with the change made; the tree is then as it was."""
    file, source = tree / mutant.path, (ROOT / mutant.path).read_text(encoding="utf-8")
    file.write_text(mutant.applied(source), encoding="utf-8")
    try:
        return passes(tree, folder, mutant.path.stem, limit)
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
    """Run the mutants of a folder, print what survives and the share killed; whether it is enough.

    Raises
    ------
    SystemExit
        If the tests fail before anything is changed.
    """
    tree, before = trees.get(), time.monotonic()
    if not passes(tree, folder):
        sys.exit(f"{folder}: the tests fail without a change; mend them first")
    trees.put(tree)
    limit = 30 + 4 * (time.monotonic() - before)
    known, counts = listed(), Counter()

    def one(mutant: Mutant) -> tuple[Mutant, str]:
        if equivalent(mutant, known):
            return mutant, "equivalent"
        tree = trees.get()
        try:
            return mutant, "survived" if survives(mutant, folder, tree, limit) else "killed"
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
