"""``optax.chain``, and the parts of Optax' optimizers that are chained by hand (optax 0.2.8)."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from ...rules import first_order, modifiers
from ...running.by_layer import PerLayer
from ...running.optimizer import Optimizer
from .. import wrapping
from ..table import TABLE, NotModelled, entry
from .chain import uphill

_WIDTH = {"element": 0, "layer": 1, "model": 2}


def joint_scope(name: str, rules: Sequence[Callable]) -> str:
    """The scope that sees enough for every one of these rules."""
    scopes = {rule.scope for rule in rules}
    if len(scopes) == 1:
        return scopes.pop()
    if "matrix" in scopes or {"layer", "model"} <= scopes:
        raise NotModelled(
            f"optax {name}: parts that see {' and '.join(sorted(scopes))} are not modelled together"
        )
    return max(scopes, key=_WIDTH.__getitem__)


def chained(parts: Sequence[Optimizer]) -> Optimizer:
    """Each part changes what the part before it made of the gradient; the last one's is added."""
    rules = [part.rule for part in parts]
    if any(rule.inputs for rule in rules):
        raise NotModelled("optax chain: a part that takes more than the gradient is not modelled")
    scope = joint_scope("chain", rules)
    places, hyper, domains = [], {}, {}
    for i, part in enumerate(parts):
        places.append({k: f"{k}_{i}" for k in part.hyper})
        hyper |= {f"{k}_{i}": value for k, value in part.hyper.items()} | {f"lr_{i}": part.lr}
        domains |= {f"{k}_{i}": part.rule.domains[k] for k in part.hyper}
        domains |= {f"lr_{i}": "[0, inf)"}

    def changed(xp, t, g, x, *state, **numbers):
        new = []
        for i, rule in enumerate(rules):
            own, state = state[: len(rule.state)], state[len(rule.state) :]
            given = {k: numbers[name] for k, name in places[i].items()}
            moved, kept = wrapping.displacement(rule, xp, t, g, x, own, numbers[f"lr_{i}"], given)
            g, new = -moved, [*new, *kept]
        return -g, *new

    def init(xp, x, **numbers):
        found = {}
        for i, rule in enumerate(rules):
            own = {k: numbers[name] for k, name in places[i].items() if name in numbers}
            found |= {f"{k}_{i}": value for k, value in rule.init(xp, x, **own).items()}
        return found

    bounds = {k: (0.0, domain) for k, domain in domains.items()}
    rule = modifiers.derived(first_order.sgd, changed, "chained", "joins several", hyper=bounds)
    rule.hyper = {
        **{f"{k}_{i}": v for i, part in enumerate(parts) for k, v in part.rule.hyper.items()},
        **{f"lr_{i}": 1.0 for i in range(len(parts))},
    }
    rule.state = tuple(f"{k}_{i}" for i, own in enumerate(rules) for k in own.state)
    rule.domains |= {f"{k}_{i}": r.domains[k] for i, r in enumerate(rules) for k in r.state}
    rule.scope, rule.init = scope, init
    return Optimizer(rule, lr=1.0, **hyper)


def _started(befores: Sequence[Callable]) -> Callable | None:
    """What is done to the gradients first, one after the other."""
    if not befores:
        return None

    def before(gradients, sweep_axes):
        for change in befores:
            gradients = change(gradients, sweep_axes)
        return gradients

    return before


def _passes(part: Any) -> bool:
    """Whether all that a part does, it does to the gradients before a rule sees them."""
    bare = isinstance(part, Optimizer) and part.rule.__name__ == "sgd_uphill"
    return bare and part.before is not None and part.lr == 1.0


@entry(
    "optax",
    "chain",
    note="args is a list of what like returns, parts or whole optimizers; clipping stands first",
)
def chain(*, args):
    """Parts one after the other, the first one nearest to the gradient."""
    if not all(isinstance(part, (Optimizer, PerLayer)) for part in args) or not args:
        raise NotModelled(
            f"optax chain: args={args!r:.60} is not modelled, only what like('optax', ...) returns"
        )
    first = 0
    while first < len(args) - 1 and _passes(args[first]):
        first += 1
    befores, parts = [part.before for part in args[:first]], args[first:]
    if parts[0].before is not None:
        befores.append(parts[0].before)
    if any(part.before is not None for part in parts[1:]):
        raise NotModelled("optax chain: clipping after another part is not modelled")
    if all(isinstance(part, Optimizer) for part in parts):
        whole = chained(parts)
        return Optimizer(whole.rule, lr=1.0, before=_started(befores), **whole.hyper)

    def choose(label, x):
        own = [p.choose(label, x) if isinstance(p, PerLayer) else p for p in parts]
        if any(part.rule.scope == "model" for part in own):
            raise NotModelled("optax chain: a part that sees all layers is not modelled here")
        return chained(own)

    return PerLayer(choose, _started(befores))


# A part -> the optimizer that it is the rule of, and the defaults that differ.
_SMOOTH = {"mode": "hard", "smooth_beta": 1.0}
_PARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "scale_by_acprop": ("acprop", {}),
    "scale_by_adadelta": ("adadelta", {}),
    "scale_by_adam": ("adam", {}),
    "scale_by_adamax": ("adamax", {}),
    "scale_by_adan": ("adan", {"eps_root": 0.0}),
    "scale_by_ademamix": ("ademamix", {"alpha": 6.0}),
    "scale_by_adopt": ("adopt", {}),
    "scale_by_amsgrad": ("amsgrad", {}),
    "scale_by_belief": ("adabelief", {}),
    "scale_by_lion": ("lion", {}),
    "scale_by_optimistic_gradient": ("optimistic_gradient_descent", {}),
    "scale_by_radam": ("radam", {}),
    "scale_by_rss": ("adagrad", {}),
    "scale_by_sign": ("sign_sgd", {}),
    "scale_by_simplified_ademamix": ("simplified_ademamix", {}),
}
_DROPPED = {"learning_rate", "weight_decay", "weight_decay_mask", "mask"}


def _enter(name: str, of: str, changed: dict[str, Any], more: dict[str, Any]) -> None:
    """Enter the rule of an optimizer as a part: no rate, no decay, uphill."""
    whole = TABLE["optax", of]
    signature = inspect.signature(whole.build)
    fixed = {k: v for k, v in whole.fixed.items() if k not in _DROPPED} | more

    def build(**arguments):
        none = {"weight_decay": 0.0} if "weight_decay" in whole.arguments else {}
        found = whole.build(learning_rate=1.0, **none, **{**changed, **arguments})
        return Optimizer(uphill(found.rule), lr=1.0, **found.hyper)

    kept = [p for k, p in signature.parameters.items() if k not in _DROPPED]
    kept = [p.replace(default=changed.get(p.name, p.default)) for p in kept]
    build.__signature__ = signature.replace(parameters=kept)
    build.__doc__ = f"What :func:`{of}` makes of the gradient."
    entry("optax", name, part=True, fixed=fixed, note=whole.note)(build)


for _name, (_of, _changed) in _PARTS.items():
    _enter(_name, _of, _changed, _SMOOTH if _of == "lion" else {})
