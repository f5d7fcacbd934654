"""Keep the stored outputs of the chapters true to what they were computed from.

A notebook is stale when the hash in its metadata differs from the hash of its code cells, of
``optlib``, of what the cells name among the data of the book and of the pinned versions, or when
its outputs were changed by hand. File times play no part: they say nothing in a fresh clone.

    python tools/notebooks.py status            name the stale notebooks
    python tools/notebooks.py run               execute them
    python tools/notebooks.py run --force       execute all
    python tools/notebooks.py run 05            only those whose name contains 05
    python tools/notebooks.py times             execute all, one by one, and write the page of times
"""

import argparse
import hashlib
import json
import os
import sys
import time
import tomllib
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / "chapters"
DATA = ROOT / "optlib" / "book" / "data"
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
# Without the interpreter's version: the same outputs are right under each of them.
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
HASHES = ("source_hash", "outputs_hash")
CELL_METADATA = {"tags", "mystnb"}
# A cell that has not ended by then hangs; a whole chapter is to take 15 s.
TIMEOUT = 300


def notebooks():
    return sorted(CHAPTERS.glob("*.ipynb"))


def read(path):
    return nbformat.read(path, as_version=4)


def dump(notebook):
    return nbformat.writes(notebook) + "\n"


def pins(text):
    """Return the requirements in `text` without comments and blank lines."""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def package():
    """Return the files of ``optlib``, all but the data of the book, which few chapters name."""
    files = (ROOT / "optlib").rglob("*")
    return [
        path for path in files if path.is_file() and path.suffix != ".pyc" and DATA != path.parent
    ]


def data(code):
    """Return the stored runs and measurements that the code names."""
    stored = [*DATA.glob("*.npz"), *DATA.glob("*.json")]
    return [path for path in stored if f'"{path.stem}"' in code]


def entries(code):
    """Return the questions and the claims that the code names."""
    tables = {}
    for path in DATA.glob("*.toml"):
        tables |= tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: entry for name, entry in tables.items() if f'"{name}"' in code}


def source_hash(notebook):
    """Hash everything that the outputs of `notebook` were computed from."""
    parts = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    code = "\n".join(parts)
    parts.append(json.dumps(entries(code), sort_keys=True))
    parts.append(pins((ROOT / "requirements.txt").read_text(encoding="utf-8")))
    for path in sorted([*package(), *data(code)]):
        parts += [path.relative_to(ROOT).as_posix(), path.read_bytes().hex()]
    # The lengths keep text from moving unseen from one part to the next.
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()


def outputs_hash(notebook):
    """Hash the stored outputs, pictures among them, so that none can be changed by hand unseen."""
    outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256(json.dumps(outputs, sort_keys=True).encode()).hexdigest()


def is_stale(notebook):
    hashes = (source_hash(notebook), outputs_hash(notebook))
    return tuple(notebook.metadata.get(name) for name in HASHES) != hashes


def joined_streams(outputs):
    """Join neighbouring pieces of one stream: where a stream is cut depends on timing."""
    joined = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == "stream" == last.output_type and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def normalise(notebook):
    """Bring ids, metadata and outputs into the one form in which a notebook is stored, in place."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    kept = {key: value for key, value in notebook.metadata.items() if key in HASHES}
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNELSPEC, "language_info": LANGUAGE, **kept}
    )
    seen = {}
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(
            {key: value for key, value in cell.metadata.items() if key in CELL_METADATA}
        )
        # An id made from the text survives a round trip through an editor that knows no ids.
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        if cell.cell_type == "code":
            cell.outputs = joined_streams(cell.outputs)


def tidy(path):
    """Bring a file whose outputs are right into normal form, as after an edit of its prose."""
    notebook = read(path)
    normalise(notebook)
    if dump(notebook) != path.read_text(encoding="utf-8"):
        path.write_text(dump(notebook), encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: tidied")


def warnings_of(notebook):
    """Return what the cells wrote to the error stream, where warnings go; none is let through."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return "".join(output.text for output in outputs if output.get("name") == "stderr")


def execute(path):
    """Execute one notebook; return the seconds it took and the complaint, if any.

    A notebook with a complaint is left as it was.
    """
    notebook = read(path)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--log-level=ERROR", "--HistoryManager.enabled=False"],
    )
    start = time.monotonic()
    try:
        client.execute()
        complaint = warnings_of(notebook)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        complaint = str(error)
    if not complaint:
        normalise(notebook)
        notebook.metadata["source_hash"] = source_hash(notebook)
        notebook.metadata["outputs_hash"] = outputs_hash(notebook)
        path.write_text(dump(notebook), encoding="utf-8")
    return time.monotonic() - start, complaint


def run(paths, force=False):
    """Execute the stale notebooks among `paths`, or all, tidy the rest; return how many failed."""
    chosen = [path for path in paths if force or is_stale(read(path))]
    for path in set(paths) - set(chosen):
        tidy(path)
    if not chosen:
        print("Every notebook is up to date.")
        return 0
    failures = 0
    with ProcessPoolExecutor(min(len(chosen), os.cpu_count() or 1)) as pool:
        for path, (seconds, complaint) in zip(chosen, pool.map(execute, chosen), strict=True):
            outcome = "FAILED" if complaint else "executed"
            print(f"{path.relative_to(ROOT)}: {outcome} in {seconds:.1f} s")
            if complaint:
                failures += 1
                print(complaint, file=sys.stderr)
    return failures


def times(paths):
    """Execute the notebooks one by one and write how long each took; return how many failed."""
    rows, failures = [], 0
    for path in paths:
        notebook = read(path)
        title = next(c.source for c in notebook.cells if c.cell_type == "markdown")
        seconds, complaint = execute(path)
        failures += bool(complaint)
        name = title.splitlines()[0].removeprefix("# ")
        rows.append(f"| [{name}](../{path.relative_to(ROOT).as_posix()}) | {seconds:.0f} |")
        print(rows[-1], complaint)
    page = ROOT / "reference" / "times.md"
    head, _, _ = page.read_text(encoding="utf-8").partition("| chapter |")
    table = ["| chapter | seconds |", "|:---|---:|", *rows]
    page.write_text(head + "\n".join(table) + "\n", encoding="utf-8")
    return failures


def status(paths):
    """Name the stale notebooks among `paths`; return how many there are."""
    stale = [path for path in paths if is_stale(read(path))]
    for path in paths:
        print(f"{path.relative_to(ROOT)}: {'stale' if path in stale else 'up to date'}")
    return len(stale)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["status", "run", "times"])
    parser.add_argument("name", nargs="?", default="", help="only notebooks named like this")
    parser.add_argument("--force", action="store_true", help="execute also what is up to date")
    options = parser.parse_args()
    # Chapters run side by side; more threads in each than one would wait for one another.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    paths = [path for path in notebooks() if options.name in path.name]
    commands = {"run": lambda p: run(p, options.force), "status": status, "times": times}
    failed = commands[options.command](paths)
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
