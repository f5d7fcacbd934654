"""The small changes that can be made to a Python file: what becomes of which node of its tree."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BINARY = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
COMPARE = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
NAMES = {
    "min": "max",
    "minimum": "maximum",
    "Min": "Max",
    "any": "all",
    "ceil": "floor",
    "sin": "cos",
    "zeros_like": "ones_like",
}
NAMES |= {new: old for old, new in NAMES.items()}
ABSOLUTE = ("abs", "Abs")


@dataclass(frozen=True)
class Mutant:
    """One change: the lines of a file, and the text that takes the place of a part of them."""

    path: Path
    line: int
    start: int
    stop: int
    old: str
    new: str

    @property
    def change(self) -> str:
        """What becomes of what, on one line."""
        return " -> ".join(" ".join(text.split()) for text in (self.old, self.new))

    def key(self, source: str) -> tuple[str, str, str]:
        """How the list of equivalent mutants names it: file, line and change."""
        return str(self.path), source.splitlines()[self.line - 1].strip(), self.change

    def applied(self, source: str) -> str:
        """The source with the change made."""
        data = source.encode()
        return (data[: self.start] + self.new.encode() + data[self.stop :]).decode()


def variants(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that may stand in the place of a node."""
    if isinstance(node, ast.BinOp) and type(node.op) in BINARY:
        yield _with(node, op=BINARY[type(node.op)]())
    elif isinstance(node, ast.AugAssign) and type(node.op) in BINARY:
        yield _with(node, op=BINARY[type(node.op)]())
        yield ast.Pass()
    elif isinstance(node, ast.Compare):
        for k, op in enumerate(node.ops):
            yield _with(node, ops=[*node.ops[:k], COMPARE[type(op)](), *node.ops[k + 1 :]])
    elif isinstance(node, ast.BoolOp):
        yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        yield from (_without(node, k) for k in range(len(node.values)))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.Raise | ast.Continue) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ):
        yield ast.Pass()
    if isinstance(node, ast.Assign | ast.For | ast.If | ast.With):
        yield ast.Return()


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _without(node: ast.BoolOp, k: int) -> ast.AST:
    left = [*node.values[:k], *node.values[k + 1 :]]
    return left[0] if len(left) == 1 else _with(node, values=left)


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    name = getattr(node.func, "attr", getattr(node.func, "id", None))
    if name in ABSOLUTE and len(node.args) == 1:
        yield node.args[0]
    if name in NAMES:
        field = "attr" if isinstance(node.func, ast.Attribute) else "id"
        yield _with(node, func=_with(node.func, **{field: NAMES[name]}))


def _constants(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield from (ast.Constant(node.value + d) for d in (1, -1) if node.value + d != node.value)


def _visited(node: ast.AST, inside: bool = False) -> Iterator[ast.AST]:
    """The nodes that run: no annotation, no text; outside of functions no assignment, no branch."""
    if isinstance(node, ast.JoinedStr):
        return
    if inside or not isinstance(node, ast.Assign | ast.For | ast.If | ast.With):
        yield node
    inside = inside or isinstance(node, ast.FunctionDef)
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _visited(child, inside)


def _conditions(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """The tests of statements and comprehensions, and each of them negated or dropped."""
    tests = [node.test] if isinstance(node, ast.If | ast.While) else getattr(node, "ifs", [])
    for test in tests:
        yield test, ast.UnaryOp(ast.Not(), test)
    yield from ((test, ast.Constant(True)) for test in getattr(node, "ifs", []))


def mutants(path: Path, source: str) -> list[Mutant]:
    """Every mutant of a file, in the order of its lines."""
    data, lengths = source.encode(), [0]
    for line in data.splitlines(keepends=True):
        lengths.append(lengths[-1] + len(line))
    found = {}
    for node in _visited(ast.parse(source)):
        pairs = [*((node, new) for new in variants(node)), *_conditions(node)]
        for old, new in pairs:
            start = lengths[old.lineno - 1] + old.col_offset
            stop = lengths[old.end_lineno - 1] + old.end_col_offset
            text = ast.unparse(ast.fix_missing_locations(new))
            text = f"({text})" if isinstance(new, ast.expr) and not _closed(new) else text
            before = data[start:stop].decode()
            mutant = Mutant(path, old.lineno, start, stop, before, text)
            found[mutant.start, mutant.stop, mutant.new] = mutant
    return sorted(found.values(), key=lambda m: (m.start, m.stop, m.new))


def _closed(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, int | float) or node.value >= 0
    return isinstance(node, ast.Call | ast.Name | ast.Attribute | ast.Subscript)
