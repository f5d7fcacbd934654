"""How two libraries differ: in words, by a number, and what to pass so that they agree."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..namespaces import is_number
from ..running.by_layer import PerLayer
from ..running.optimizer import Optimizer
from .table import TABLE, NotModelled, like

Spec = tuple[str, str, Mapping[str, Any]]

_STEPS = 50
_SAME = 1e-9
_FLIPS = 2


@dataclass(frozen=True)
class Difference:
    """What :func:`explain_difference` found.

    Attributes
    ----------
    distance : float
        How far apart the two end on a shared sequence of gradients, relative to the way gone.
    words : tuple of str
        What differs, a sentence each.
    remedy : tuple or None
        Library, name and arguments, in place of the second, that follow the first exactly.
    """

    distance: float
    words: tuple[str, ...]
    remedy: Spec | None

    @property
    def agree(self) -> bool:
        """Whether the two are the same to rounding."""
        return self.distance < _SAME

    def __str__(self) -> str:
        return "\n".join(self.words)

    def _repr_markdown_(self) -> str:
        return "\n".join(f"- {sentence}" for sentence in self.words)


def explain_difference(first: Spec, second: Spec) -> Difference:
    """Say how two optimizers of libraries differ.

    Parameters
    ----------
    first, second : tuple
        ``(library, name)`` or ``(library, name, arguments)``, as
        :func:`~optlib.conventions.table.like` takes them.

    Returns
    -------
    Difference

    Raises
    ------
    NotModelled, TypeError
        As :func:`~optlib.conventions.table.like` does.

    Examples
    --------
    >>> print(explain_difference(("torch", "Adam"), ("torch", "Adam", {"eps": 1e-3})))
    Both follow the rule adam.
    eps is 1e-08 in torch Adam and 0.001 in torch Adam.
    On a shared sequence of gradients they end 100 % of the way apart.
    torch Adam(eps=1e-08) follows the first exactly.
    """
    one, two = _spec("first", first), _spec("second", second)
    a, b = _built(one), _built(two)
    distance = _distance(a, b)
    words = [*_rules(one, _one(a), two, _one(b)), *_settings(one, _one(a), two, _one(b))]
    if distance < _SAME:
        return Difference(distance, (*words, "They agree to rounding."), two)
    words.append(
        f"On a shared sequence of gradients they end {_percent(distance)} of the way apart."
    )
    remedy = next(_remedies(a, two), None)
    words.append(
        f"{_called(remedy)} follows the first exactly."
        if remedy
        else f"No arguments of {two[0]} {two[1]} that were tried make it follow the first."
    )
    return Difference(distance, tuple(words), remedy)


def _spec(which: str, given: Any) -> Spec:
    """The library, the name and the arguments, which may be left out."""
    fits = isinstance(given, tuple) and len(given) in (2, 3)
    if not fits or not isinstance((*given, {})[2], Mapping):
        raise TypeError(
            f"explain_difference: {which} must be (library, name) or (library, name, arguments), "
            f"got {given!r:.60}"
        )
    return (*given, {})[:3]


def _built(spec: Spec) -> Optimizer | PerLayer:
    library, name, arguments = spec
    found = like(library, name, **arguments)
    if not isinstance(found, (Optimizer, PerLayer)):
        raise TypeError(f"explain_difference compares optimizers; {library} {name} is {found!r}")
    return found


def _one(optimizer: Optimizer | PerLayer) -> Optimizer:
    """The optimizer of a matrix, where layers have optimizers of their own."""
    return optimizer.choose(None, np.ones((2, 3))) if isinstance(optimizer, PerLayer) else optimizer


def _percent(distance: float) -> str:
    return f"{100 * distance:.0f} %" if distance > 0.02 else f"{100 * distance:.1g} %"


def _called(spec: Spec) -> str:
    library, name, arguments = spec
    return f"{library} {name}({', '.join(f'{k}={v!r}' for k, v in arguments.items())})"


def _rules(one: Spec, a: Optimizer, two: Spec, b: Optimizer) -> Iterator[str]:
    if a.rule.__name__ == b.rule.__name__:
        yield f"Both follow the rule {a.rule.__name__}."
        return
    for (library, name, _), optimizer in ((one, a), (two, b)):
        rule = optimizer.rule
        parent = f", which is {rule.parent.__name__} but {rule.change}" if rule.parent else ""
        note = TABLE[library, name].note
        yield f"{library} {name} follows the rule {rule.__name__}{parent}" + (
            f" ({note})." if note else "."
        )


def _settings(one: Spec, a: Optimizer, two: Spec, b: Optimizer) -> Iterator[str]:
    ours, theirs = {"lr": a.lr, **a.hyper}, {"lr": b.lr, **b.hyper}
    for key in ours:
        if key in theirs and ours[key] != theirs[key]:
            yield (
                f"{key} is {ours[key]!r} in {one[0]} {one[1]} and {theirs[key]!r} in "
                f"{two[0]} {two[1]}."
            )


def _distance(a: Optimizer, b: Optimizer) -> float:
    """On gradients of sizes from 1e-6 to 100, in a layer of two rows and one of one.

    The latter is a vector, or a matrix where one of the two takes matrices alone.
    """
    last = (2,) if all(_one(o).rule.axes is None for o in (a, b)) else (1, 2)
    rng = np.random.default_rng(0)
    scales = np.geomspace(1e-6, 1e2, 8)
    start = [rng.standard_normal((2, 3)), rng.standard_normal(last)]
    ends = []
    for optimizer in (a, b):
        x, state = start, optimizer.init(start)
        for t in range(1, _STEPS + 1):
            g = scales * np.random.default_rng([1, t]).standard_normal(8)
            layers = [g[:6].reshape(2, 3), g[6:].reshape(last)]
            # Any positive numbers serve as the Hessian that some rules ask for.
            inputs = {name: [abs(a) + 1 for a in layers] for name in _one(optimizer).rule.inputs}
            x, state = optimizer.step(t, layers, x, state, **inputs)
        ends.append(np.concatenate([layer.ravel() for layer in x]))
    origin = np.concatenate([layer.ravel() for layer in start])
    gone = np.maximum(np.abs(ends[0] - origin), np.abs(ends[1] - origin))
    return float(np.max(np.abs(ends[0] - ends[1]) / np.maximum(gone, 1e-300)))


def _remedies(target: Optimizer, spec: Spec) -> Iterator[Spec]:
    """Arguments of the second library with which it follows the target."""
    library, name, arguments = spec
    full = {**TABLE[library, name].defaults, **arguments}
    switches = [k for k, v in full.items() if isinstance(v, bool)]
    for count in range(min(_FLIPS, len(switches)) + 1):
        for flipped in itertools.combinations(switches, count):
            changed = {**arguments, **{k: not full[k] for k in flipped}}
            aligned = _aligned(target, (library, name, changed))
            if aligned and _distance(target, like(library, name, **aligned[2])) < _SAME:
                yield aligned


def _aligned(target: Optimizer, spec: Spec) -> Spec | None:
    """The arguments with every number set so that the settings are those of the target."""
    library, name, arguments = spec
    try:
        current = _one(like(library, name, **arguments))
    except (NotModelled, ValueError, TypeError):
        return None
    wanted = _one(target)
    if current.rule.__name__ != wanted.rule.__name__:
        return None
    wanted = {"lr": wanted.lr, **wanted.hyper}
    full = {**TABLE[library, name].defaults, **arguments}
    for key, value in full.items():
        if _quantity(value):
            new = _fed(spec, key, lambda v: v, wanted, value)
        elif isinstance(value, tuple) and all(map(_quantity, value)):
            new = tuple(
                _fed(spec, key, lambda v, k=k, value=value: _put(value, k, v), wanted, part)
                for k, part in enumerate(value)
            )
        else:
            continue
        if new != value:
            arguments = {**arguments, key: new}
    return library, name, arguments


def _quantity(value: Any) -> bool:
    return is_number(value) and not isinstance(value, bool)


def _put(values: tuple, place: int, value: float) -> tuple:
    return (*values[:place], value, *values[place + 1 :])


def _fed(spec: Spec, key: str, wrap: Any, wanted: Mapping[str, Any], value: float) -> float:
    """The wanted value of the setting that an argument feeds, or the argument's own value."""
    library, name, arguments = spec
    probe = value / 2 if value else 0.125
    try:
        probed = _one(like(library, name, **{**arguments, key: wrap(probe)}))
    except (NotModelled, ValueError, TypeError):
        return value
    settings = {"lr": probed.lr, **probed.hyper}
    fed = [k for k, v in settings.items() if k in wanted and isinstance(v, float) and v == probe]
    return float(wanted[fed[0]]) if len(fed) == 1 else value
