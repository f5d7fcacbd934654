"""A cell that derives, with its lines left blank for a student to fill in.

Of the cell only the derivations are kept, and what they are built from: a name that served a line
which is now blank would give the line away.
"""

import ast

# Where a method of a derivation takes its line.
LINES = {"step": 0, "limit": 2, "at_most": 0, "at_least": 0}
BOUNDS = {"at_most", "at_least"}
CLOSED = 1
SLACK = 2
BLANK, BLANK_SLACK = "...", "[...]"


def blanked(source):
    """Return the cell with its lines blank, or None if it builds no derivation."""
    statements = ast.parse(source).body
    calls = {}
    for statement in statements:
        for name, call in lines_of(statement, calls):
            calls.setdefault(name, []).append(call)
    holes = {hole: blank for chain in calls.values() for hole, blank in holes_in(chain)}
    if not holes:
        return None
    built = [s for s in statements if root(s) in calls and not _shows(s)]
    text = source.splitlines(keepends=True)
    for hole in sorted(holes, key=_start, reverse=True):
        _cut(text, hole, holes[hole])
    parts = _parts(text, sliced(statements, built, holes))
    return "\n".join(parts)


def root(statement):
    """The name whose derivation a statement makes or goes on with, if any."""
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        start = _unchained(statement.value)[0]
        return statement.targets[0].id if _makes(start) else None
    if isinstance(statement, ast.Expr):
        start = _unchained(statement.value)[0]
        return start.id if isinstance(start, ast.Name) else None
    return None


def lines_of(statement, known):
    """Yield name and call for every line that a statement adds to a derivation with a name."""
    name = root(statement)
    if name is None or (isinstance(statement, ast.Expr) and name not in known):
        return
    start, *methods = _unchained(statement.value)
    yield from ((name, call) for call in [start, *methods] if isinstance(call, ast.Call))


def holes_in(chain):
    """Return what is left blank of a derivation, and by what: all but where it starts and ends."""
    first, *lines = chain
    inductive = isinstance(first.func, ast.Attribute)
    holes = [(first.args[CLOSED], BLANK)] if inductive else []
    for call in lines:
        slack = _slack(call)
        if slack is not None:
            holes.append((slack, BLANK_SLACK))
        else:
            holes.append((call.args[LINES[call.func.attr]], BLANK))
    # An end that is a bound is known already: what is blank is why it is one.
    known = not lines or holes[-1][1] == BLANK_SLACK
    return holes if known or len(holes) == 1 else holes[:-1]


def sliced(statements, built, holes):
    """Return the statements that are built, and those that make what they need."""
    needed, kept = set(), []
    for statement in reversed(statements):
        stores, loads = names_in(statement, holes)
        if statement in built or (stores & needed and not isinstance(statement, ast.Assert)):
            needed = needed - stores | loads
            kept.append(statement)
    return kept[::-1]


def names_in(statement, holes=()):
    """Return the names that a statement binds, and those that it reads outside of the holes."""
    stores, loads = set(), set()
    if isinstance(statement, ast.FunctionDef):
        stores.add(statement.name)
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and not any(_within(node, hole) for hole in holes):
            (loads if isinstance(node.ctx, ast.Load) else stores).add(node.id)
        elif isinstance(node, ast.AugAssign):
            loads.update(n.id for n in ast.walk(node.target) if isinstance(n, ast.Name))
    return stores, loads


def _shows(statement):
    """Whether a statement is a name alone; a derivation is shown when it is judged."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Name)


def _makes(node):
    """Whether an expression makes a derivation: Derivation(...) or Derivation.induction(...)."""
    maker = node.func if isinstance(node, ast.Call) else None
    if isinstance(maker, ast.Attribute) and maker.attr == "induction":
        maker = maker.value
    return isinstance(maker, ast.Name) and maker.id == "Derivation"


def _unchained(node):
    """Return the parts of a.step(...).limit(...): what it starts from, and the calls."""
    calls = []
    while not _makes(node) and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr not in LINES:
            break
        calls.append(node)
        node = node.func.value
    return [node, *reversed(calls)]


def _slack(call):
    if call.func.attr not in BOUNDS:
        return None
    given = {k.arg: k.value for k in call.keywords}
    return given.get("slack") or (call.args[SLACK] if len(call.args) > SLACK else None)


def _start(node):
    return node.lineno, node.col_offset


def _end(node):
    return node.end_lineno, node.end_col_offset


def _within(inner, outer):
    return _start(outer) <= _start(inner) and _end(inner) <= _end(outer)


def _cut(lines, hole, blank):
    """Put a blank in the place of a node; the lines it took are left empty, so that none moves."""
    (first, start), (last, end) = _start(hole), _end(hole)
    head = lines[first - 1].encode()[:start].decode()
    tail = lines[last - 1].encode()[end:].decode()
    lines[first - 1 : last] = [head + blank + tail, *[""] * (last - first)]


def _parts(lines, statements):
    """Yield the text of every statement, with the comments that stand directly above it."""
    for statement in statements:
        decorators = getattr(statement, "decorator_list", [])
        first = min(node.lineno for node in [statement, *decorators]) - 1
        while first and lines[first - 1].startswith("#"):
            first -= 1
        yield "".join(lines[first : statement.end_lineno]).rstrip("\n")
