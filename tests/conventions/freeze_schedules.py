"""Run the libraries' schedules and store them: ``python tests/conventions/freeze_schedules.py``.

The values of every case go to ``frozen/schedules.json``, with the versions that produced them, and
so do the parameters of short runs of optimizers under these schedules.
"""

import json
from pathlib import Path

import oracle_plateaus
import oracle_schedules
import plateau_cases
import scheduled_optimizers
from schedule_cases import CASES

FILE = Path(__file__).parent / "frozen" / "schedules.json"
PLATEAUS = FILE.with_name("plateaus.json")


def freeze():
    keras = [case for case in CASES if case.library == "keras"]
    values = dict(zip(keras, oracle_schedules.run_keras(keras), strict=True))
    values |= {case: oracle_schedules.run(case) for case in CASES if case not in values}
    about = {
        "versions": {name: oracle_schedules.version(name) for name in oracle_schedules.LIBRARIES},
        "cases": {case.key: values[case] for case in CASES},
        "runs": {run.key: scheduled_optimizers.theirs(run) for run in scheduled_optimizers.RUNS},
    }
    FILE.parent.mkdir(exist_ok=True)
    cases = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in about["cases"].items())
    runs = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in about["runs"].items())
    versions = json.dumps(about["versions"])
    text = (
        f'{{\n "versions": {versions},\n "cases": {{\n{cases}\n }},\n "runs": {{\n{runs}\n }}\n}}\n'
    )
    FILE.write_text(text)
    print(f"{len(CASES)} schedules, {len(scheduled_optimizers.RUNS)} runs, {about['versions']}")


def freeze_plateaus():
    """Store the values of the schedules that a metric drives."""
    versions = {name: oracle_schedules.version(name) for name in oracle_schedules.LIBRARIES}
    values = oracle_plateaus.run_all(plateau_cases.CASES)
    rows = ",\n".join(
        f"  {json.dumps(case.key)}: {json.dumps(row)}"
        for case, row in zip(plateau_cases.CASES, values, strict=True)
    )
    PLATEAUS.write_text(
        f'{{\n "versions": {json.dumps(versions)},\n "cases": {{\n{rows}\n }}\n}}\n'
    )
    print(f"{len(plateau_cases.CASES)} schedules driven by a metric")


if __name__ == "__main__":
    freeze()
    freeze_plateaus()
