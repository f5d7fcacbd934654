"""PyTorch's classes, made from its entries in the table of conventions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from ..conventions import TABLE, like
from ..domains import number
from ..running import checks
from ..running.checks import NonFiniteError
from ..running.closure import Limits, descend
from ..running.compiled import ENGINES
from ..running.linesearch import LineSearch, strong_wolfe
from ..running.stepping import Stepping
from . import InPlace


class Descending(InPlace):
    """PyTorch's L-BFGS: a step takes a closure and several iterations."""

    def _begin(
        self,
        params: Any,
        arguments: Mapping[str, Any],
        before: Any,
        nonfinite: Any,
        engine: Any,
    ) -> None:
        super()._begin(params, arguments, before, nonfinite, engine)
        if self._groups.several:
            raise ValueError(
                f"{type(self).__name__} moves all parameters as one vector, so it takes no groups, "
                "as in PyTorch; give the arrays in one container"
            )

    def step(self, closure: Callable[[], tuple[float, Any]]) -> float:
        """One step of up to ``max_iter`` iterations, all or nothing.

        Parameters
        ----------
        closure : callable
            ``closure()`` returns the loss and the gradients where the parameters are now, the
            gradients in their container; None for one stands for zeros, as in PyTorch.

        Returns
        -------
        float
            The loss before the step.

        Raises
        ------
        TypeError, ValueError
            If ``closure`` is no function, or for what it returns, if it does not fit.
        NonFiniteError
            For NaN or infinite values, unless they are to be skipped; the loss is NaN then.
        """
        if not callable(closure):
            raise TypeError(
                f"{type(self).__name__} evaluates the loss again on the way, so step takes a "
                f"function that returns (loss, gradients); got {closure!r:.60}"
            )
        (group,) = self._groups
        try:
            clock, limits = self._clock + 1, _limits(group)
            loss = descend(group, closure, clock, limits, _search(group), self.before)
        except NonFiniteError:
            if self.nonfinite == "raise":
                raise
            return float("nan")
        self._clock += 1
        return loss

    @property
    def engine(self) -> str:
        """NumPy: there is no kernel of a rule that sees all parameters at once."""
        return "numpy"

    @engine.setter
    def engine(self, value: str) -> None:
        if checks.policy("engine", value, ENGINES) == "kernel":
            raise TypeError(f"{type(self).__name__} has no kernel; leave engine out")
        self._engine = "numpy"

    @property
    def nonfinite(self) -> str:
        """What a step does with NaN and infinite values; it can be set."""
        return self._nonfinite

    @nonfinite.setter
    def nonfinite(self, value: str) -> None:
        # Its iterations look at the values anyway.
        self._nonfinite = checks.policy("nonfinite", value, ("raise", "skip"))


def _limits(group: Mapping[str, Any]) -> Limits:
    iterations = group["max_iter"]
    evaluations = iterations * 5 // 4 if group["max_eval"] is None else group["max_eval"]
    return Limits(iterations, evaluations, group["tolerance_grad"], group["tolerance_change"])


def _search(group: Mapping[str, Any]) -> Callable[[float, int], LineSearch] | None:
    if group["line_search_fn"] is None:
        return None
    return lambda lr, evaluations: strong_wolfe(first=lr, limit=evaluations)


def _iteration(**arguments: Any) -> Stepping:
    """One inner iteration of L-BFGS, without the search that a step puts around it."""
    for name in ("max_iter", "max_eval"):
        if arguments[name] is not None or name == "max_iter":
            number("torch LBFGS", name, arguments[name], "integer [1, inf)")
    like("torch", "LBFGS", **{**arguments, "max_iter": 1})
    return like("torch", "LBFGS", **{**arguments, "max_iter": 1, "line_search_fn": None})


@cache
def made(name: str) -> type[InPlace]:
    """The class of one of PyTorch's optimizers."""
    found = TABLE["torch", name]

    class Made(Descending if name == "LBFGS" else InPlace):
        entry = found

        def __init__(
            self,
            params: Any,
            lr: Any = found.defaults["lr"],
            *,
            before: Callable | None = None,
            nonfinite: str = "raise",
            engine: str = "numpy",
            **arguments: Any,
        ):
            given = {**found.defaults, "lr": lr, **arguments}
            self._begin(params, given, before, nonfinite, engine)

        def _build(self, **arguments: Any) -> Stepping:
            return _iteration(**arguments) if name == "LBFGS" else like("torch", name, **arguments)

        def _tells(self, name: str, value: Any) -> bool:
            unchanged = name in found.defaults and value == found.defaults[name]
            return name == "lr" or (name != "params" and not unchanged)

    shown = ", ".join(f"{key}={value!r}" for key, value in found.defaults.items())
    Made.__name__ = Made.__qualname__ = name
    Made.__doc__ = (
        f"``{name}(params, {shown})``: {found.build.__doc__}\n\n"
        f"In PyTorch: {found.note}. See :class:`InPlace` for ``params``, ``before``, "
        "``nonfinite`` and ``engine``."
    )
    return Made


def names() -> list[str]:
    """PyTorch's optimizers in the table."""
    found = [entry for (library, _), entry in TABLE.items() if library == "torch"]
    return [entry.name for entry in found if not entry.schedule]
