"""Objects whose attributes are set once: to assign to one later says what to do instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np


def fixed(way: str, free: tuple[str, ...] = ()) -> Callable[[type], type]:
    """A class decorator: no public attribute of an instance can be set or deleted.

    Parameters
    ----------
    way : str
        What to do instead, for the message.
    free : tuple of str
        The attributes that can be set, because their properties check what they are given.

    Raises
    ------
    dataclasses.FrozenInstanceError
        An ``AttributeError``, from the instances, at every other assignment and deletion.
    """

    def decorate(cls: type) -> type:
        def refuse(self: Any, name: str) -> None:
            if not name.startswith("_"):
                raise FrozenInstanceError(
                    f"{type(self).__name__}.{name} cannot be set or deleted; {way}"
                )

        def set_(self: Any, name: str, value: Any) -> None:
            if name not in free:
                refuse(self, name)
            object.__setattr__(self, name, value)

        def delete(self: Any, name: str) -> None:
            refuse(self, name)
            object.__delattr__(self, name)

        cls.__setattr__, cls.__delattr__ = set_, delete
        return cls

    return decorate


def settled(value: Any) -> Any:
    """A setting that cannot change any more unseen: a list as a tuple, an array as a copy."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, np.ndarray):
        value = value.copy()
        value.flags.writeable = False
    return value
