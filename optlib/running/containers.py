"""One array, or a list, tuple or dict of arrays: the same thing seen as a dict of layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def as_layers(x: Any) -> dict[Any, Any]:
    """The layers by their label: a key, a position, or None for a single array."""
    if isinstance(x, Mapping):
        return dict(x)
    if isinstance(x, (list, tuple)):
        return dict(enumerate(x))
    return {None: x}


def like(x: Any, layers: Mapping[Any, Any]) -> Any:
    """Put values that are labelled as the layers of ``x`` into a container of the same kind."""
    if isinstance(x, Mapping):
        return {label: layers[label] for label in x}
    if isinstance(x, (list, tuple)):
        return type(x)(layers.values())
    return layers[None]


def matched(x: Any, other: Any, what: str) -> dict[Any, Any]:
    """The layers of ``other``, which must be labelled as those of ``x``.

    Raises
    ------
    TypeError
        If one is a container and the other is not, or they are containers of different kinds.
    ValueError
        If there are too few or too many, or other labels.
    """
    if not isinstance(x, (Mapping, list, tuple)):
        return {None: other}
    kind = Mapping if isinstance(x, Mapping) else (list, tuple)
    if not isinstance(other, kind):
        raise TypeError(
            f"{what}: the parameters are a {type(x).__name__}, so give a {type(x).__name__} of "
            f"{len(x)}, not {type(other).__name__}"
        )
    ours, theirs = as_layers(x), as_layers(other)
    if len(ours) != len(theirs):
        raise ValueError(
            f"{what}: {len(theirs)} given for {len(ours)} parameters; give one for each"
        )
    if ours.keys() != theirs.keys():
        missing = ", ".join(repr(k) for k in ours if k not in theirs)
        unknown = ", ".join(repr(k) for k in theirs if k not in ours)
        raise ValueError(f"{what}: missing for {missing}; no parameter is called {unknown}")
    return {label: theirs[label] for label in ours}


def named(what: str, label: Any) -> str:
    """How a message names one layer: ``parameter``, ``parameter 2`` or ``parameter 'bias'``."""
    return what if label is None else f"{what} {label!r}"
