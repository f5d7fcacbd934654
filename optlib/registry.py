"""The registry: what a signature says about a rule or a schedule, kept with the function.

Between ``x`` and ``*`` of a rule's signature stand its state variables. After ``*``, a keyword with
a default is a hyper-parameter, one without a default is an extra input of every step, and ``lr``
says that the rule needs the rate itself and returns the finished displacement.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from .domains import HYPER, QUANTITIES, Domain

RULES: dict[str, Callable] = {}
"""Every rule by its name, in increasing complexity."""

SCHEDULES: dict[str, Callable] = {}
"""Every schedule by its name."""

SCOPES = ("element", "layer", "matrix", "model")

_FIRST = ("xp", "t", "g", "x")


def rule(
    *,
    source: str,
    parent: Callable | None = None,
    change: str = "",
    scope: str = "element",
    domains: Mapping[str, str] | None = None,
    init: Callable[..., dict[str, Any]] | None = None,
    square: tuple[str, ...] = (),
    invariants: tuple[str, ...] = (),
    traceable: bool = True,
) -> Callable[[Callable], Callable]:
    """Register a rule and read its specification off its signature.

    The function gets the attributes ``scope``, ``parent``, ``change``, ``source``, ``domains``
    (name ->
    :class:`~optlib.domains.Domain`, for hyper-parameters and states), ``state`` (names), ``hyper``
    (name -> default), ``inputs`` (names), ``takes_lr``, ``init``, ``square``, ``invariants`` and
    ``traceable``; also ``axes``, how many axes a layer must have, which is None for any number.

    Parameters
    ----------
    source : str
        Where the algorithm is defined, with the number of the equation or algorithm.
    parent : callable, optional
        The rule this one modifies.
    change : str
        The one thing that differs from the parent.
    scope : {"element", "layer", "matrix", "model"}
        How much the rule must see at once: any block, a layer as one vector, its last two axes, or
        all layers together.
    domains : mapping, optional
        Domains of names that the book does not use in the same sense everywhere.
    init : callable, optional
        ``init(xp, x, **hyper) -> dict`` for states that do not start as zeros like ``x``.
    square : tuple of str, optional
        The extra inputs that are not shaped like ``x`` but are square matrices over its entries,
        such as a Hessian.
    invariants : tuple of str, optional
        What ties the state variables together in every state that a run can reach, as
        inequalities between their names and those of the hyper-parameters: ``"vmax >= v"``.
    traceable : bool
        Whether the rule can run on symbols; matrix functions cannot.

    Raises
    ------
    TypeError
        If the signature is not that of a rule.
    ValueError
        If the scope is unknown or a hyper-parameter has no domain.
    """
    if scope not in SCOPES:
        raise ValueError(f"scope {scope!r} is unknown; it is one of {', '.join(SCOPES)}")

    def register(fn: Callable) -> Callable:
        positional, keywords = _parameters(fn)
        if tuple(positional[:4]) != _FIRST:
            raise TypeError(f"rule {fn.__name__}: the arguments must start with xp, t, g, x")
        free = {k for k, v in keywords.items() if v is inspect.Parameter.empty}
        fn.state = tuple(positional[4:])
        fn.hyper = {k: v for k, v in keywords.items() if k not in free}
        fn.inputs = tuple(k for k in keywords if k in free and k != "lr")
        fn.takes_lr = "lr" in free
        fn.scope, fn.parent, fn.change, fn.source = scope, parent, change, source
        fn.square, fn.invariants, fn.traceable, fn.axes = square, invariants, traceable, None
        fn.domains = _domains(fn.__name__, fn.hyper, domains or {})
        for name in fn.state + fn.inputs:
            given = (domains or {}).get(name) or QUANTITIES.get(name) or "real"
            fn.domains[name] = Domain.parse(given)
        fn.init = _initialiser(fn.state, init)
        RULES[fn.__name__] = fn
        return fn

    return register


def schedule_rule(
    *,
    source: str,
    domains: Mapping[str, str] | None = None,
    requires: tuple[str, ...] = (),
    steps: str = "[0, inf)",
) -> Callable[[Callable], Callable]:
    """Register a schedule ``(xp, t, *, ...)``.

    The function gets the attributes ``hyper``, ``domains``, ``source``, ``requires`` and ``steps``.

    Parameters
    ----------
    source : str
        Where the schedule was introduced.
    domains : mapping, optional
        Domains of its keywords, beyond those of every schedule.
    requires : tuple of str, optional
        What must hold between its keywords, sums on both sides: ``"warmup + cooldown <= total"``.
    steps : str, optional
        The domain of ``t``. Step 0, before the first one, is where decays start.
    """

    def register(fn: Callable) -> Callable:
        positional, keywords = _parameters(fn)
        if positional != ["xp", "t"]:
            raise TypeError(f"schedule {fn.__name__}: the arguments must be xp, t and keywords")
        fn.hyper, fn.source = keywords, source
        fn.requires, fn.steps = requires, Domain.parse(steps)
        fn.domains = _domains(fn.__name__, keywords, domains or {})
        SCHEDULES[fn.__name__] = fn
        return fn

    return register


def find(kind: str, known: Mapping[str, Callable], given: Any) -> Callable:
    """The registered function that ``given`` is or names.

    Raises
    ------
    TypeError
        If there is none; the message lists the names that are known.
    """
    found = known.get(given) if isinstance(given, str) else given
    if found is None:
        raise TypeError(f"unknown {kind} {given!r}; known are {', '.join(known)}")
    if not callable(found) or not hasattr(found, "domains"):
        raise TypeError(
            f"{given!r} is not a registered {kind}; decorate the function, or name one of "
            f"{', '.join(known)}"
        )
    return found


def _parameters(fn: Callable) -> tuple[list[str], dict[str, Any]]:
    parameters = inspect.signature(fn).parameters.values()
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    keywords = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
    return positional, keywords


def _domains(name: str, hyper: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Domain]:
    domains = {k: Domain.parse(given[k]) if given.get(k) else HYPER.get(k) for k in hyper}
    missing = [k for k, d in domains.items() if d is None]
    if missing:
        raise ValueError(f"{name}: no domain is given for {', '.join(missing)}")
    return domains


def _initialiser(names: tuple[str, ...], special: Callable | None) -> Callable:
    def init(xp: Any, x: Any, **hyper: Any) -> dict[str, Any]:
        """The state before the first step: zeros like ``x`` but for what the rule says."""
        own = special(xp, x, **hyper) if special else {}
        return {name: own[name] if name in own else xp.zeros_like(x) for name in names}

    return init
