"""What kind of value each argument of a library takes, so that a wrong one is refused by its name.

An argument is called the same in every library that has it, so its name says its kind. What is not
listed is a number: in an optimizer also a schedule or an array of settings, and None where the
library's default is None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import Parameter
from typing import Any

import numpy as np

from ..namespaces import is_number

_LARGEST = 2**1023


class NotModelled(ValueError):
    """An argument of a library, at a value that the book does not follow."""


def _word(value: Any) -> bool:
    return isinstance(value, str)


def _flag(value: Any) -> bool:
    return isinstance(value, (bool, np.bool_))


def _number(value: Any) -> bool:
    if isinstance(value, (np.generic, np.ndarray)) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool) or not is_number(value):
        return False
    return not isinstance(value, int) or abs(value) < _LARGEST


def _settings(value: Any) -> bool:
    array = isinstance(value, np.ndarray) and value.ndim and value.dtype.kind in "fiu"
    return _number(value) or bool(array) or callable(value)


def _sequence(inside: Callable[[Any], bool], length: int | None = None) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        if not isinstance(value, (list, tuple, np.ndarray)) or np.ndim(value) == 0:
            return False
        return (length is None or len(value) == length) and all(map(inside, value))

    return fits


def _mapping(value: Any) -> bool:
    return isinstance(value, Mapping) and all(_number(k) and _number(v) for k, v in value.items())


def _keywords(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(k, str) for k in value)


def _kind_and_number(value: Any) -> bool:
    return _sequence(_anything, 2)(value) and _word(value[0]) and _number(value[1])


_KINDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "adv_optimizer": ("an Optimizer", lambda value: value is not None),
    "args": ("a list of what like returns", lambda value: isinstance(value, (list, tuple))),
    "base_optimizer": ("an Optimizer", lambda value: value is not None),
    "boundaries": ("a list of numbers", _sequence(_number)),
    "boundaries_and_scales": ("a dict of numbers", _mapping),
    "cosine_kwargs": ("a list of dicts", _sequence(_keywords)),
    "exclude_layers": ("a list of words", _sequence(_word)),
    "fast_optimizer": ("an Optimizer", lambda value: value is not None),
    "init_step": ("a word and a number", _kind_and_number),
    "inner": ("an Optimizer", lambda value: value is not None),
    "interpolate_type": ("a word", _word),
    "lr_lambda": ("a function of the step", callable),
    "milestones": ("a list of numbers", _sequence(_number)),
    "opt": ("an Optimizer", lambda value: value is not None),
    "linesearch": ("None", lambda value: True),
    "ns_coeffs": (
        "three numbers, or three for every pass",
        lambda value: _word(value) or _sequence(_anything)(value),
    ),
    "adjust_lr_fn": ("a word", _word),
    "line_search_fn": ("a word", _word),
    "scale_fn": ("a function", callable),
    "optimizer": ("an Optimizer", lambda value: value is not None),
    "schedulers": ("a list of schedules", _sequence(callable)),
    "schedules": ("a list of schedules", _sequence(callable)),
    "values": ("a list of numbers", _sequence(_number)),
}


# Numbers that are read when the optimizer is made, and so are no schedules.
_PLAIN = frozenset(
    "clipnorm clipvalue global_clipnorm ema_momentum ema_overwrite_frequency max_iter max_eval "
    "history_size tolerance_grad tolerance_change ns_steps muon_a muon_b muon_c adam_lr_ratio "
    "warmup_steps beta2_decay beta_2_decay rms_rate consistent_rms min_dim_size_to_factor "
    "sync_period num_betas memory_size k update_interval every_k_schedule "
    "gradient_accumulation_steps max_consecutive_errors".split()
)


def _anything(value: Any) -> bool:
    return True


def check(owner: str, name: str, value: Any, parameter: Parameter, optimizer: bool) -> None:
    """Refuse a value of another kind than the argument's.

    Parameters
    ----------
    owner : str
        Library and entry, for the message.
    name, value
        The argument.
    parameter : inspect.Parameter
        The library's default; an annotation with None in it says that None is modelled too.
    optimizer : bool
        Whether the entry is an optimizer, whose numbers may be schedules or arrays.

    Raises
    ------
    NotModelled
        For None, which the library may take.
    TypeError
        For anything else, with the kind that is wanted.
    """
    if value is None and (parameter.default is None or "None" in str(parameter.annotation)):
        return
    wanted, fits = _kind(name, parameter.default, optimizer)
    if value is None:
        raise NotModelled(f"{owner}: {name}=None is not modelled; it must be {wanted}")
    if not fits(value):
        raise TypeError(f"{owner}: {name} must be {wanted}, got {value!r:.60}")


def _kind(name: str, default: Any, optimizer: bool) -> tuple[str, Callable[[Any], bool]]:
    if name in _KINDS:
        return _KINDS[name]
    if isinstance(default, bool):
        return "True or False", _flag
    if isinstance(default, str):
        return "a word", _word
    if name in _PLAIN:
        return "a number", _number
    one = ("a number, a schedule or an array", _settings) if optimizer else ("a number", _number)
    if isinstance(default, tuple):
        return f"{len(default)} numbers", _sequence(_or_none(default, one[1]), len(default))
    return one


def _or_none(default: Iterable[Any], fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return (lambda value: value is None or fits(value)) if None in default else fits
