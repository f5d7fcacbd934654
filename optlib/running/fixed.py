"""Objects whose attributes are set once: to assign to one later says what to do instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from typing import Any


def fixed(way: str) -> Callable[[type], type]:
    """A class decorator: no attribute of an instance can be set or deleted.

    Parameters
    ----------
    way : str
        What to do instead, for the message.

    Raises
    ------
    dataclasses.FrozenInstanceError
        An ``AttributeError``, from the instances, at every assignment and deletion.
    """

    def decorate(cls: type) -> type:
        def refuse(self: Any, name: str, *value: Any) -> None:
            raise FrozenInstanceError(f"{cls.__name__}.{name} cannot be set or deleted; {way}")

        cls.__setattr__ = cls.__delattr__ = refuse
        return cls

    return decorate
