"""From one library to another: the call to write there, and what is left between the two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..namespaces import is_number
from ..rules import modifiers
from ..running.optimizer import Optimizer
from . import wrapping
from .aligning import RATES, full, settings, tried
from .apart import SAME, STEPS, Spec, Yardstick, built, one
from .fitting import Fit, exactly, fit, kin_of
from .table import TABLE
from .wording import called, differences, epsilon_anew, percent, written

FAR = 0.5
"""Whoever ends half of the way apart is no port."""

WRAPPERS = frozenset("opt optimizer base_optimizer fast_optimizer inner args linesearch".split())
"""Arguments of what goes around an optimizer, or searches along its direction."""

_TRIED = 4
_FITTED = 2
_RELATED = 4


@dataclass(frozen=True)
class Port:
    """What :func:`port` found.

    Attributes
    ----------
    source : tuple
        Library, name and arguments of what was to be ported.
    target : tuple or None
        The same of what comes nearest in the other library; None if nothing comes near.
    exact : bool
        Whether the target follows the source to rounding, with what is ``around`` it: on two random
        sequences of gradients, one of them with zeros and with steps after ten million others.
    distance : float
        What is left: the largest distance of eight entries after 50 steps on the same random
        gradients, of sizes from 1e-6 to 100, relative to the way gone.
    copied : float
        The same for the target's optimizer with the numbers of the source, or infinity where that
        was not tried, because another way is exact.
    around : tuple of str
        What must be done beside the call, a sentence each.
    words : tuple of str
        What differs, a sentence each.
    """

    source: Spec
    target: Spec | None
    exact: bool
    distance: float
    copied: float
    around: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def call(self) -> str:
        """The call to write in the other library; empty if there is none."""
        return written(self.target) if self.target else ""

    def __str__(self) -> str:
        return "\n".join(filter(None, (self.call, *self.around, *self.words)))

    def _repr_markdown_(self) -> str:
        sentences = "\n".join(f"- {sentence}" for sentence in (*self.around, *self.words))
        return f"`{self.call}`\n\n{sentences}" if self.call else sentences


def port(library: str, name: str, target_library: str, **arguments: Any) -> Port:
    """Carry an optimizer with its arguments from one library to another.

    Parameters
    ----------
    library, name, **arguments
        As :func:`~optlib.conventions.table.like` takes them.
    target_library : str
        The library to go to.

    Returns
    -------
    Port

    Raises
    ------
    NotModelled, TypeError, ValueError
        As :func:`~optlib.conventions.table.like` does; TypeError also for a schedule.

    Examples
    --------
    >>> print(port("torch", "RMSprop", "optax", lr=0.01, momentum=0.9))
    optax.rmsprop(learning_rate=0.01, decay=0.99, eps_in_sqrt=False, momentum=0.9)
    It follows torch RMSprop to rounding.
    """
    libraries = sorted({library for library, _ in TABLE})
    if target_library not in libraries:
        raise TypeError(f"unknown library {target_library!r:.60}; known are {', '.join(libraries)}")
    source = library, name, arguments
    built(source)
    bare, before = _without_gradient_options(source)
    found, around = _best(bare, target_library), ()
    if not (found and found.exact):
        found, around = _with_decay_by_hand(bare, target_library, found)
    alike = _without_decay(bare) if around else bare
    port = _told(alike, target_library, found, around)
    return replace(port, source=source, around=(*before, *port.around))


def _without_gradient_options(source: Spec) -> tuple[Spec, tuple[str, ...]]:
    """The source without what acts on gradients before the rule, and how to do that by hand."""
    library, name, arguments = source
    said = {
        "maximize": lambda v: "Give it the negative of the gradients.",
        "clipnorm": lambda v: f"First scale the gradient of each layer down to a norm of {v!r}.",
        "clipvalue": lambda v: f"First clip every entry of the gradient to ±{v!r}.",
        "global_clipnorm": lambda v: f"First scale all gradients together down to a norm of {v!r}.",
    }
    used = {k: v for k, v in arguments.items() if k in said and v}
    rest = {k: v for k, v in arguments.items() if k not in said}
    return (library, name, rest), tuple(said[k](v) for k, v in used.items())


def _best(source: Spec, library: str) -> Fit | None:
    """An exact fit among the kin in the other library, else the nearest of the nearest kin."""
    near = _kin(source, library)
    exact = next(filter(None, (exactly(source, (library, name, {})) for name in near)), None)
    if exact:
        return _shortened(source, exact)
    best = None
    for name in near[:_FITTED]:
        found = fit(source, (library, name, {}))
        if found and (best is None or found.distance < best.distance):
            best = found
        if best and best.distance <= FAR:
            break
    return _shortened(source, best) if best and np.isfinite(best.distance) else None


def _kin(source: Spec, library: str) -> list[str]:
    """The entries of a library by their kinship with the source, that of the same name first."""
    ranks = {}
    for target in (key for key in TABLE if key[0] == library and _may_be(source, key)):
        rank = kin_of(source, _default(target))
        other = target[1].lower() != source[1].lower()
        if rank[0] <= _RELATED or not other:
            ranks[target[1]] = other, rank
    near = sorted(ranks, key=ranks.get)
    return near[:_TRIED]


def _may_be(source: Spec, target: tuple[str, str]) -> bool:
    """Whether an entry is an optimizer that can stand for the source on dense gradients."""
    entry = TABLE[target]
    if entry.schedule or entry.part or WRAPPERS & set(entry.arguments):
        return False
    wider = one(built(_default(target))).rule.scope == "model"
    return target != ("torch", "SparseAdam") and (
        not wider or one(built(source)).rule.scope == "model"
    )


def _default(target: tuple[str, str]) -> Spec:
    missing = {"lr", "learning_rate"} & set(TABLE[target].arguments) - set(TABLE[target].defaults)
    return *target, dict.fromkeys(missing, 1e-3)


def _shortened(source: Spec, found: Fit) -> Fit:
    """The fit without arguments that are the library's defaults."""
    library, name, _ = found.spec
    now, defaults = full(found.spec), TABLE[library, name].defaults
    kept = {k: v for k, v in now.items() if v != defaults.get(k, ...)}
    kept |= {k: now[k] for k in RATES if now.get(k) is not None}
    order = sorted(kept, key=lambda k: (k not in RATES, [*TABLE[library, name].arguments].index(k)))
    yard, spec = Yardstick(built(source)), (library, name, {k: kept[k] for k in order})
    for key in order:
        less = library, name, {k: v for k, v in spec[2].items() if k != key}
        if key not in RATES and spec[2][key] == 0 and _as_near(yard, less, found):
            spec = less
    return replace(found, spec=spec)


def _as_near(yard: Yardstick, spec: Spec, found: Fit) -> bool:
    other = tried(spec)
    if other is None:
        return False
    return yard.distance(other) == found.distance and (not found.exact or yard.follows(other))


def _with_decay_by_hand(
    source: Spec, library: str, found: Fit | None
) -> tuple[Fit | None, tuple[str, ...]]:
    """The port of the rule without its decay, which then stands beside the call, if that is better.

    Otherwise what was found, with nothing beside it.
    """
    as_it_is = found, ()
    rule = one(built(source)).rule
    decay = full(source).get("weight_decay")
    kind = next((k for k in _BY_HAND if rule.__name__.endswith(k)), None)
    if not kind or not is_number(decay) or not decay:
        return as_it_is
    plain = _best(_without_decay(source), library)
    target = plain and built(plain.spec)
    if not isinstance(target, Optimizer) or "weight_decay" in settings(target):
        return as_it_is
    wrap, sentence = _BY_HAND[kind]
    wrapped = wrap(target.rule)
    added = dict.fromkeys(set(wrapped.hyper) - set(target.hyper), decay)
    whole, yard = (
        Optimizer(wrapped, lr=target.lr, **target.hyper, **added),
        Yardstick(built(source)),
    )
    distance, exact = yard.distance(whole), yard.follows(whole)
    if found and not exact and distance > 0.9 * found.distance:
        return as_it_is
    around = sentence.format(decay=decay)
    if library == "optax" and wrap is modifiers.l2:
        around += f" In Optax: optax.add_decayed_weights({decay!r}) before it, in optax.chain."
    return replace(plain, distance=distance, exact=exact), (around,)


def _without_decay(source: Spec) -> Spec:
    return *source[:2], {**source[2], "weight_decay": 0.0}


_SHRINK = (
    wrapping.decayed_first,
    "Before each step multiply the parameters by 1 - rate * {decay!r}.",
)
_BY_HAND = {
    "_l2": (modifiers.l2, "Add {decay!r} * x to each gradient."),
    "_decoupled": _SHRINK,
    "_decayed_first": _SHRINK,
}


def _told(source: Spec, library: str, found: Fit | None, around: tuple[str, ...]) -> Port:
    name = f"{source[0]} {source[1]}"
    nothing = source, None, False
    if found is None:
        words = (f"No optimizer of {library} is akin to {name}.", *_note(source))
        return Port(*nothing, np.inf, np.inf, (), words)
    numbers = found.distance, found.copied
    if found.exact:
        return Port(
            source, found.spec, True, *numbers, around, (f"It follows {name} to rounding.",)
        )
    words = differences(source, found.spec)
    left = f"after {STEPS} steps on the same gradients they are {percent(found.distance)} apart"
    if found.distance > FAR:
        near = f"The nearest that {library} has is {called(found.spec)}; {left}: no port."
        return Port(*nothing, *numbers, (), (near, *words))
    told = f"It comes near {called(source)}: {left}."
    if found.distance < SAME:
        told = f"It follows {name} for long, but not where gradients are zero or steps late."
    words = (told, *words, *epsilon_anew(source, found.spec))
    return Port(source, found.spec, False, *numbers, around, words)


def _note(source: Spec) -> tuple[str, ...]:
    note = TABLE[source[:2]].note
    return (f"{source[0]} {source[1]}: {note}.",) if note else ()
