"""What differs between two optimizers of libraries, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..registry import RULES
from ..running.optimizer import Optimizer
from .apart import Spec, Yardstick, built, one
from .table import TABLE


def differences(first: Spec, second: Spec) -> list[str]:
    """What the second does otherwise, a sentence each: the rule, then the numbers."""
    a, b = (one(built(spec)) for spec in (first, second))
    return [*_rules(first, a, second, b), *_settings(first, a, second, b)]


def percent(distance: float) -> str:
    """A distance in percent, without more digits than it has."""
    return f"{100 * distance:.0f} %" if distance > 0.02 else f"{100 * distance:.1g} %"


_MODULES = {
    "torch": "torch.optim",
    "optax": "optax",
    "keras": "keras.optimizers",
    "transformers": "transformers.optimization",
}


_CONTRIBUTED = [
    ("optax", name)
    for name in "acprop adopt ademamix cocob dadapt_adamw dog dowg madgrad mechanize momo "
    "momo_adam muon normalize prodigy reduce_on_plateau sam scale_by_acprop scale_by_ademamix "
    "scale_by_adopt scale_by_simplified_ademamix simplified_ademamix sophia schedule_free "
    "schedule_free_sgd schedule_free_adamw".split()
]


def written(spec: Spec) -> str:
    """The call as it is written in the library."""
    library, name, arguments = spec
    module = "optax.contrib" if spec[:2] in _CONTRIBUTED else _MODULES[library]
    given = [f"{k}={v!r}" for k, v in arguments.items()]
    if library in ("torch", "transformers"):
        given.insert(0, "params")
    return f"{module}.{name}({', '.join(given)})"


def called(spec: Spec) -> str:
    """Library, name and arguments, as a call."""
    library, name, arguments = spec
    return f"{library} {name}({', '.join(f'{k}={v!r}' for k, v in arguments.items())})"


_BESIDE_CORRECTED = ("adam", "amsgrad_raw_max")
_BESIDE_UNCORRECTED = ("eps_hat_adam", "eps_hat_amsgrad")


def epsilon_anew(source: Spec, target: Spec) -> Iterator[str]:
    """How to move epsilon at every step so that a target follows, where nothing else differs."""
    a, b = (_named(one(built(spec)).rule) for spec in (source, target))
    if (a, b) in zip(_BESIDE_UNCORRECTED, _BESIDE_CORRECTED, strict=True):
        sign, power = "/", -0.5
    elif (a, b) in zip(_BESIDE_CORRECTED, _BESIDE_UNCORRECTED, strict=True):
        sign, power = "*", 0.5
    else:
        return
    hyper = one(built(source)).hyper
    eps, beta2 = hyper["eps"], hyper["beta2"]
    key = next(k for k in TABLE[target[:2]].arguments if k in ("eps", "epsilon"))
    moving = *target[:2], {**target[2], key: lambda t: eps * (1 - beta2**t) ** power}
    if Yardstick(built(source)).follows(built(moving)):
        yield (
            f"It follows to rounding if {key} is set before each step t, from 1 on, to "
            f"{eps!r} {sign} (1 - {beta2!r}**t)**0.5."
        )


def _named(rule: Callable) -> str:
    """The rule without what a library puts around it."""
    return rule.__name__ if rule.__name__ in RULES else _named(rule.parent)


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
