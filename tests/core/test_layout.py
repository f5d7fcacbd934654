"""The rooms of the package and the arrows between them: what a folder may import."""

import ast
from pathlib import Path

import pytest

import optlib

ROOT = Path(optlib.__file__).parent

BASE = {"registry", "domains", "namespaces"}
# A room, and the rooms below it that it may look into; its own modules are always open to it.
BELOW = {
    "namespaces": set(),
    "domains": {"namespaces"},
    "registry": {"domains"},
    "rules": BASE,
    "schedules": BASE,
    "problems": {"domains", "namespaces"},
    "algebra": BASE,
    "engines": {"registry", "namespaces", "problems", "algebra"},
    "running": BASE | {"rules", "schedules", "problems", "engines"},
    "conventions": BASE | {"rules", "schedules", "running"},
    "optim": BASE | {"rules", "schedules", "running", "conventions"},
    "book": BASE
    | {"rules", "schedules", "problems", "algebra", "engines", "running", "conventions"},
}


def imported(path):
    """Return the modules of the package that a file imports, as paths below the package."""
    package = ("optlib", *path.relative_to(ROOT).parts[:-1])
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            base = (*base, *((node.module or "").split(".") if node.module else ()))
            found |= {(*base, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {tuple(alias.name.split(".")) for alias in node.names}
    return {parts[1:] for parts in found if parts[0] == "optlib"}


def files():
    return [path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py"]


def room(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def test_every_room_is_known_and_says_what_it_is_for():
    rooms = {room(path) for path in files()}
    assert rooms == set(BELOW)
    for name in rooms:
        path = ROOT / name / "__init__.py" if (ROOT / name).is_dir() else ROOT / f"{name}.py"
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_run_downward(path):
    allowed = BELOW[room(path)] | {room(path)}
    outside = {".".join(target) for target in imported(path) if target[0] not in allowed}
    assert not outside


def test_no_two_modules_import_each_other():
    modules = {
        path.relative_to(ROOT).with_suffix("").parts: path
        for path in files()
        if path.name != "__init__.py"
    }

    def targets(path):
        named = imported(path)
        return {m for m in modules for n in named if n[: len(m)] == m}

    graph = {module: targets(path) for module, path in modules.items()}
    done, open_ = set(), []

    def visit(module):
        assert module not in open_, f"a cycle: {open_[open_.index(module) :]}"
        if module in done:
            return
        open_.append(module)
        for target in sorted(graph[module]):
            visit(target)
        open_.pop()
        done.add(module)

    for module in sorted(graph):
        visit(module)
