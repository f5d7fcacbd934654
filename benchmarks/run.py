"""Time steps against PyTorch and Optax, print the table, write ``optlib/book/data/steps.json``.

    make bench
    .venv/bin/python benchmarks/run.py --only overhead --no-write

It needs the libraries of ``tests/requirements-oracles.txt`` and a machine on which nothing else
runs. All ratios are of medians taken in turn in one process.
"""

import argparse
import json
from pathlib import Path

import curves
from cases import GROUPS
from timing import machine, versions

PATH = Path(__file__).resolve().parent.parent / "optlib" / "book" / "data" / "steps.json"


def shown(name, row):
    met = "met" if row["ratio"] <= row["bar"] else "missed"
    return f"{name:70} {row['ratio']:8.2f} {row['bar']:6.1f}  {met}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [group.__name__ for group in GROUPS]
    parser.add_argument("--only", action="append", choices=names, help="these groups of rows alone")
    parser.add_argument("--no-write", action="store_true", help="print, and leave the file alone")
    options = parser.parse_args()
    rows = {}
    print(f"{'case':70} {'ratio':>8} {'bar':>6}")
    for group in GROUPS:
        if not options.only or group.__name__ in options.only:
            for name, row in group():
                rows[name] = row
                print(shown(name, row), flush=True)
    if options.only or options.no_write:
        return
    found = {"machine": machine(), "versions": versions(), "rows": rows, **curves.every()}
    PATH.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
