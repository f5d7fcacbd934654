"""What Numba compiles: the text of a module around one printed function, kept on disk."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class MissingError(ImportError):
    """What compiles kernels is not installed."""


def installed() -> bool:
    """Whether there is Numba, which compiles kernels."""
    import importlib.util

    return importlib.util.find_spec("numba") is not None


TEXT = '''"""The kernel of {name} in {dtype}, printed from its trace by optlib."""

import numpy as np
from numba import njit, prange

T, sqrt, cbrt, exp, log, fabs = np.{dtype}, np.sqrt, np.cbrt, np.exp, np.log, np.abs


@njit
def square(a):
    return a * a


@njit
def where(condition, a, b):
    return a if condition else b


@njit
def both(a, b):
    return a and b


@njit
def either(a, b):
    return a or b


@njit
def maximum(a, b):
    return a if a >= b or a != a else b


@njit
def minimum(a, b):
    return a if a <= b or a != a else b


@njit
def sign(a):
    return T(1.0) if a > 0 else (T(-1.0) if a < 0 else a)


@njit(error_model="numpy")
{entry}

@njit(parallel=True, nogil=True, cache=True, error_model="numpy")
def move({parameters}):
    for i in prange(x.size):
        {targets} = entry({values})


@njit(nogil=True, cache=True, error_model="numpy")
def fresh({parameters_and_results}):
    found = 0
    for i in range(x.size):
        {results} = entry({values})
        {stored}
        found += 0 if np.isfinite(g[i]) and {finite} else 1
    return found


{sums}@njit(parallel=True, nogil=True, cache=True)
def largest(bits, sizes):
    # Of sizes of floating-point numbers, their bits in order are the sizes in order.
    found = bits.dtype.type(0)
    for i in prange(bits.size):
        found = max(found, bits[i] & sizes)
    return found


@njit(parallel=True, nogil=True, cache=True, error_model="numpy")
def count({parameters}):
    found = 0
    for i in prange(x.size):
        {results} = entry({values})
        found += 0 if {finite} else 1
    return found
'''


SUMS = """@njit(error_model="numpy")
{summand}

@njit(parallel=True, nogil=True, cache=True, error_model="numpy", fastmath={{"reassoc"}})
def sums({parameters}):
    {zeros}
    for i in prange(x.size):
        {parts} = summand({values})
        {added}
    return {totals}


"""


def text(rule: Callable, numbers: tuple[str, ...], dtype: str, printed: Any) -> str:
    """A module with what is compiled.

    Parameters
    ----------
    rule : callable
    numbers : tuple of str
        The states that are one number for the layer.
    dtype : {"float32", "float64"}
    printed : Printed
        The functions of its kernel.
    """
    written = ("x", *(k for k in rule.state if k not in numbers))
    results = [f"new_{k}" for k in written]
    return TEXT.format(
        name=rule.__name__,
        dtype=dtype,
        entry=printed.entry,
        sums=_sums(printed) if printed.summand else "",
        targets=_tuple(f"{k}[i]" for k in written),
        results=_tuple(results),
        stored="; ".join(f"to_{k}[i] = {k}" for k in results),
        finite=" and ".join(f"np.isfinite({k})" for k in results),
        **_signature(printed.entry, printed.arrays, [f"to_{k}" for k in results]),
    )


def _sums(printed: Any) -> str:
    count = printed.summand.rpartition("return (")[2].count(", ")
    names = [f"total{k}" for k in range(count)]
    return SUMS.format(
        summand=printed.summand,
        zeros="; ".join(f"{k} = 0.0" for k in names),
        parts=_tuple(f"part{k}" for k in range(count)),
        added="; ".join(f"total{k} += part{k}" for k in range(count)),
        totals=_tuple(names),
        **_signature(printed.summand, printed.arrays),
    )


def _signature(function: str, arrays: Sequence[str], results: Sequence[str] = ()) -> dict[str, str]:
    """The parameters of a function over arrays, and what it gives to that of one entry."""
    parameters = function[function.index("(") + 1 : function.index(")")].split(", ")
    # The parameters of one entry begin with the arrays.
    constants = parameters[len(arrays) :]
    return {
        "parameters": ", ".join([*arrays, *constants]),
        "parameters_and_results": ", ".join([*arrays, *results, *constants]),
        "values": ", ".join([*(f"{k}[i]" for k in arrays), *constants]),
    }


def _tuple(names: Iterable[str]) -> str:
    return "".join(f"{k}, " for k in names).rstrip()


def cache_folder() -> Path:
    """Where compiled kernels are kept: ``OPTLIB_CACHE``, or a folder for caches of the user."""
    from pathlib import Path

    given = os.environ.get("OPTLIB_CACHE")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "optlib"


def module(name: str, source: str) -> ModuleType:
    """The module of a text, in a file, beside which Numba keeps what it compiled."""
    if not installed():
        raise MissingError("kernels need Numba: pip install 'optlib[fast]', or engine='numpy'")
    # What only the first use of a kernel needs is not imported with the package.
    import importlib.util
    from hashlib import sha256

    label = f"kernel_{name}_{sha256(source.encode()).hexdigest()[:16]}"
    if label in sys.modules:
        return sys.modules[label]
    path = cache_folder() / f"{label}.py"
    if not path.exists() or path.read_text(encoding="utf-8") != source:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Complete or not at all, whoever else writes it.
        own = path.with_suffix(f".{os.getpid()}")
        own.write_text(source, encoding="utf-8")
        own.replace(path)
    spec = importlib.util.spec_from_file_location(label, path)
    found = sys.modules[label] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found
