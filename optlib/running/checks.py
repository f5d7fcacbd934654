"""Checks at the door: what is given, what is allowed, what to do; before anything is written."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..namespaces import array_namespace, is_number
from .containers import named


class NonFiniteError(FloatingPointError, ValueError):
    """A gradient, an update or a state is NaN or infinite; nothing was changed."""


@contextmanager
def quiet() -> Iterator[None]:
    """No warning about numbers: what it would say of them, a policy says of the whole step."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


def typed(name: str, value: Any, kind: type) -> None:
    """``value`` is of this type.

    Raises
    ------
    TypeError
        If it is of another.
    """
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be of type {kind.__name__}, got {value!r:.60}")


def step_number(t: Any) -> Any:
    """``t`` as a Python int >= 1; an array of another library (traced) is passed on."""
    if type(t) is int and 1 <= t < 2**53:
        return t
    if isinstance(t, (np.generic, np.ndarray)) and t.ndim == 0:
        t = t.item()
    if hasattr(t, "dtype") and not isinstance(t, np.ndarray):
        return t
    if isinstance(t, bool) or not isinstance(t, int):
        raise TypeError(f"t is the number of the step, an int starting at 1; got {t!r}")
    # From 2**53 on a float no longer holds every whole number, so t and t + 1 would be one step.
    if not 1 <= t < 2**53:
        raise ValueError(f"t is the number of the step, from 1 to below 2**53; got {t!r:.60}")
    return t


def parameter(label: Any, x: Any) -> Any:
    """The namespace of a parameter that can be trained.

    Raises
    ------
    TypeError
        If it is no array, or a masked one, or not of real floating-point numbers.
    """
    if _ordinary(x):
        return np
    name = named("parameter", label)
    unmasked(name, x)
    if isinstance(x, np.generic) or is_number(x) or isinstance(x, complex):
        raise TypeError(
            f"{name} is a scalar ({type(x).__name__}), which cannot be updated; give an "
            f"array, such as numpy.asarray({x})"
        )
    try:
        xp = array_namespace(x)
    except TypeError:
        raise TypeError(f"{name} must be an array, got {type(x).__name__}") from None
    _floating(name, xp, x)
    return xp


def unmasked(name: str, a: Any) -> None:
    """``a`` has no mask, which a step would not look at.

    Raises
    ------
    TypeError
        If it is a masked array.
    """
    if isinstance(a, np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a masked array, and a step moves every entry; give its filled(0.0), or "
            "what else is to stand for the masked entries"
        )


def plain(a: Any) -> Any:
    """The same memory as an array of NumPy's own class, whose arithmetic no subclass changes."""
    return np.asarray(a) if isinstance(a, np.ndarray) else a


def _ordinary(a: Any) -> bool:
    """Whether this is NumPy's own array of floating-point numbers, of which no more is asked."""
    return type(a) is np.ndarray and a.dtype.kind == "f"


def array_for(label: Any, what: str, value: Any, x: Any, xp: Any) -> Any:
    """A gradient or another array that must have the shape of ``x``, in the type of ``x``.

    Raises
    ------
    TypeError
        If it is no array of real floating-point numbers.
    ValueError
        If its shape is another.
    """
    if _ordinary(value) and value.dtype is x.dtype and value.shape == x.shape:
        return value
    return _shaped(named(what, label), value, tuple(x.shape), x, xp)


def square_for(label: Any, what: str, value: Any, x: Any, xp: Any, sweep_axes: int) -> Any:
    """A matrix over the entries of ``x``, such as a Hessian, for every run; as for array_for."""
    runs, own = tuple(x.shape)[:sweep_axes], math.prod(tuple(x.shape)[sweep_axes:])
    return _shaped(named(what, label), value, (*runs, own, own), x, xp)


def _shaped(name: str, value: Any, shape: tuple[int, ...], x: Any, xp: Any) -> Any:
    if value is None or isinstance(value, (str, bytes, list, tuple, dict)):
        raise TypeError(f"{name} must be an array of shape {shape}, got {value!r:.60}")
    unmasked(name, value)
    value = xp.asarray(value)
    _floating(name, xp, value)
    if tuple(value.shape) != shape:
        wanted = f"its parameter has shape {shape}" if shape == tuple(x.shape) else f"not {shape}"
        raise ValueError(f"{name} has shape {tuple(value.shape)}, {wanted}")
    return value if value.dtype == x.dtype else xp.astype(value, x.dtype)


def axes(label: Any, sweep_axes: Any, x: Any) -> None:
    """``sweep_axes`` is a whole number of axes that ``x`` has.

    Raises
    ------
    ValueError
        If it is not.
    """
    if type(sweep_axes) is int and 0 <= sweep_axes <= x.ndim:
        return
    whole = isinstance(sweep_axes, (int, np.integer)) and not isinstance(sweep_axes, bool)
    if not whole or not 0 <= sweep_axes <= x.ndim:
        raise ValueError(
            f"sweep_axes must be a whole number from 0 to {x.ndim}, the axes of "
            f"{named('parameter', label)}; got {sweep_axes!r:.60}"
        )


def number_of_axes(rule: Callable, label: Any, shape: tuple[int, ...]) -> None:
    """A layer of this shape is one that the rule takes.

    Raises
    ------
    ValueError
        If it has another number of axes.
    """
    if rule.axes is not None and len(shape) != rule.axes:
        raise ValueError(
            f"{named('parameter', label)} has shape {shape}, but {rule.__name__} takes layers of "
            f"{rule.axes} axes alone; per_layer gives the others to another optimizer"
        )


def state_for(
    label: Any, state: Any, fresh: Mapping[str, Any], sweeping: bool = False
) -> dict[str, Any]:
    """The state of one layer: for every name an array of the shape and type it starts with.

    Raises
    ------
    TypeError
        If it is not a dict of arrays by these names, or an array is masked or has another type.
    ValueError
        If an array has another shape.
    """
    if _fits(state, fresh):
        return {key: state[key] for key in fresh}
    name = named("state", label)
    if not isinstance(state, Mapping) or set(state) != set(fresh):
        got = ", ".join(map(str, state)) if isinstance(state, Mapping) else type(state).__name__
        raise TypeError(f"{name} must be a dict with {', '.join(fresh) or 'no entry'}; got {got}")
    for key, start in fresh.items():
        given = state[key]
        if not hasattr(given, "dtype") or not hasattr(given, "shape"):
            raise TypeError(f"{name}: {key} must be an array, got {type(given).__name__}")
        unmasked(f"{name}: {key}", given)
        if given.dtype != start.dtype:
            raise TypeError(f"{name}: {key} is {given.dtype}, expected {start.dtype}")
        # In a sweep, what is one number per layer becomes one for each run.
        grown = sweeping and math.prod(tuple(start.shape)) == 1
        if tuple(given.shape) != tuple(start.shape) and not grown:
            raise ValueError(
                f"{name}: {key} has shape {tuple(given.shape)}, expected {tuple(start.shape)}"
            )
    return {key: plain(state[key]) for key in fresh}


def _fits(state: Any, fresh: Mapping[str, Any]) -> bool:
    """Whether these are NumPy's own arrays, of exactly the names, types and shapes of a start."""
    return (
        type(state) is dict
        and state.keys() == fresh.keys()
        and all(
            type(a := state[key]) is np.ndarray
            and a.dtype is start.dtype
            and a.shape == start.shape
            for key, start in fresh.items()
        )
    )


def finite(values: Iterable[np.ndarray]) -> bool:
    """Whether no value is NaN or infinite."""
    return all(map(_finite, values))


def _finite(a: np.ndarray) -> bool:
    # The sum of squares is finite only if every entry is, and is the fastest thing to read off it.
    if a.dtype.char in "fd" and (a.ndim == 1 or a.flags.forc):
        flat = a if a.ndim == 1 else a.ravel("K")
        if math.isfinite(np.dot(flat, flat)):
            return True
    return bool(np.isfinite(a).all())


def inputs_for(owner: str, known: tuple[str, ...], given: Mapping[str, Any]) -> None:
    """The extra inputs of a step are those the rule asks for.

    Raises
    ------
    TypeError
        If one is missing or unknown.
    """
    for name in known:
        if name not in given:
            raise TypeError(f"{owner} needs {name}=... at every step")
    for name in given:
        if name not in known:
            wanted = ", ".join(known) or "none"
            raise TypeError(f"{owner} takes no input {name!r}; its inputs are: {wanted}")


def policy(name: str, given: str, known: Mapping[str, Callable] | tuple[str, ...]) -> str:
    """One of the known words for ``name``.

    Raises
    ------
    ValueError
        For another word.
    """
    if not isinstance(given, str) or given not in known:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, known))}, got {given!r:.60}")
    return given


def _floating(name: str, xp: Any, a: Any) -> None:
    # Types that were added to NumPy, such as bfloat16, are void to it.
    foreign = isinstance(a.dtype, np.dtype) and a.dtype.kind == "V" and xp is np
    if foreign or not xp.isdtype(a.dtype, "real floating"):
        raise TypeError(
            f"{name} must hold real floating-point numbers, its dtype is {a.dtype}; "
            "give it in float32 or float64"
        )
