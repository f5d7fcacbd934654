"""What a rule asks for beyond the gradient, as far as a problem can give it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..problems import Problem


def asked(rule: Callable, problem: Problem, t: int, x: np.ndarray, runs: int) -> dict[str, Any]:
    """The extra inputs of step ``t`` at the points ``x``, of which the first axes are runs.

    Raises
    ------
    TypeError
        If the rule asks for something else, or the problem has no Hessian.
    """
    unknown = [name for name in rule.inputs if name not in _GIVEN]
    if unknown:
        raise TypeError(f"minimize cannot give {', '.join(unknown)}; call step yourself")
    return {name: _GIVEN[name](rule, problem, t, x, runs) for name in rule.inputs}


def _hessian(rule: Callable, problem: Problem, t: int, x: np.ndarray, runs: int) -> np.ndarray:
    """The Hessian, or its diagonal."""
    if problem.hess is None:
        raise TypeError(f"{rule.__name__} needs hess, which {problem.name} does not have")
    hess = problem.hess(x)
    return hess if "hess" in rule.square else np.diagonal(hess, axis1=-2, axis2=-1)


def _loss(rule: Callable, problem: Problem, t: int, x: np.ndarray, runs: int) -> np.ndarray:
    """The value that step ``t`` sees, in every entry of its run."""
    value = np.asarray(problem.value(x, t), dtype=x.dtype)
    return np.broadcast_to(value.reshape(x.shape[:runs] + (1,) * (x.ndim - runs)), x.shape)


_GIVEN = {"hess": _hessian, "loss": _loss}
