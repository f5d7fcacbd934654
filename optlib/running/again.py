"""The short path: a step on the same arrays as the step before, of which only the values are new.

What was decided at the step before (names, shapes, types, memory, settings that are numbers) is
not decided again; what may have changed since is looked at. Whatever is not as it was, or is not
finite, goes the long way, which has every check and every message.
"""

from __future__ import annotations

import math
import weakref
from typing import Any

import numpy as np

from ..engines import kernels
from ..namespaces import arrays, is_number
from .moves import SMALL
from .step import Layer, setting_at

SHORT = ("numpy", "kernel")
"""The engines that have a short path."""

_WORDS = arrays(np)


def suits(optimizer: Any, layers: list[Layer]) -> bool:
    """Whether there is a short path for layers that were moved: small ones, of a rule of elements.

    Parameters
    ----------
    optimizer : Stepping
        What moved them.
    layers : list of Layer
    """
    rule = getattr(optimizer, "rule", None)
    if rule is None or rule.scope != "element" or rule.inputs or optimizer.before or not layers:
        return False
    first = layers[0]
    return 0 < sum(layer.x.size for layer in layers) <= 4 * SMALL and all(
        layer.x.dtype is first.x.dtype
        and layer.t == first.t
        and all(a.shape == layer.x.shape for a in layer.state.values())
        for layer in layers
    )


class Again:
    """Layers of one optimizer that were moved, and may be moved again; they are not kept alive.

    Parameters
    ----------
    optimizer : Optimizer
    container
        What holds the parameters.
    layers : list of Layer
        As they were opened for the step before.
    """

    def __init__(self, optimizer: Any, container: Any, layers: list[Layer]):
        self.optimizer, self.kind = optimizer, type(container)
        self.labels = [layer.label for layer in layers]
        self.names = list(layers[0].state)
        self.known = [tuple(map(weakref.ref, (layer.x, *layer.state.values()))) for layer in layers]
        self.shapes, self.dtype = [layer.x.shape for layer in layers], layers[0].x.dtype
        self.settings = dict(optimizer.hyper)
        if optimizer.rule.takes_lr:
            self.settings["lr"] = optimizer.lr
        self.changing = {k: v for k, v in self.settings.items() if not is_number(v)}
        self.written: list[list[np.ndarray]] = []
        self.moved: list[np.ndarray] = []
        self.kernel: kernels.Kernel | None = None

    def begin(
        self, t: int, grads: Any, params: Any, states: Any, clock: int, engine: str = "numpy"
    ) -> bool:
        """Compute the next step; False if it must go the long way. Nothing is written.

        Parameters
        ----------
        t : int
            The number of the step, that of all layers.
        grads, params, states
            In the container of the parameters; a None in place of the states says that nobody can
            have replaced them.
        clock : int
            The step that schedules see.
        engine : {"numpy", "kernel"}
        """
        xs, gs = self._listed(params), self._listed(grads)
        if xs is None or gs is None or not self._as_before(xs, gs):
            return False
        if states is not None and not self._same(states):
            return False
        parts = (gs, *zip(*self.written, strict=True))
        given = [a[0] if len(xs) == 1 else _end_to_end(a) for a in parts]
        if engine == "kernel":
            return self._by_kernel(t, given, clock)
        with np.errstate(all="ignore"):
            self.moved = self._moved(t, given, clock)
            return self._plain(self.moved, given)

    def finish(self) -> None:
        """Write what was computed."""
        if len(self.written) == 1:
            for old, new in zip(self.written[0], self.moved, strict=True):
                old[...] = new
            return
        start = 0
        for written, shape in zip(self.written, self.shapes, strict=True):
            start, cut = start + written[0].size, slice(start, start + written[0].size)
            for old, new in zip(written, self.moved, strict=True):
                old[...] = new[cut].reshape(shape)

    def _listed(self, container: Any) -> Any:
        """The parts of a container, in the order of the layers; None if it is another kind."""
        if type(container) is not self.kind:
            return None
        if self.kind is np.ndarray:
            return (container,)
        if len(container) != len(self.labels):
            return None
        if self.kind is dict:
            return [container.get(label) for label in self.labels]
        return container if self.kind in (list, tuple) else None

    def _as_before(self, xs: Any, gs: Any) -> bool:
        """Whether parameters and gradients are what they were, but for their values."""
        self.written = [[ref() for ref in known] for known in self.known]
        for written, shape, x, g in zip(self.written, self.shapes, xs, gs, strict=True):
            if x is not written[0] or type(g) is not np.ndarray or g.dtype is not self.dtype:
                return False
            if g.shape != shape or x.shape != shape or not x.flags.writeable:
                return False
        return True

    def _same(self, states: Any) -> bool:
        """Whether the states are the arrays they were, and can be written."""
        given = (states,) if self.kind is np.ndarray else self._listed(states)
        return given is not None and all(
            type(state) is dict
            and len(state) == len(self.names)
            and all(
                state.get(name) is a and a.flags.writeable and a.shape == written[0].shape
                for name, a in zip(self.names, written[1:], strict=True)
            )
            for state, written in zip(given, self.written, strict=True)
        )

    def _moved(self, t: int, given: list[Any], clock: int) -> list[Any]:
        """The new parameters and states."""
        rule, lr, ndim = self.optimizer.rule, self.optimizer.lr, given[0].ndim
        for name, value in self.changing.items():
            self.settings[name] = setting_at(rule, name, value, clock, 0, ndim)
        u, *new = rule(_WORDS, t, *given, **self.settings)
        if not rule.takes_lr:
            u = (lr if is_number(lr) else setting_at(rule, "lr", lr, clock, 0, ndim)) * u
        return [given[1] - u, *new]

    def _by_kernel(self, t: int, given: list[Any], clock: int) -> bool:
        """The same by a kernel, into arrays of its own."""
        rule, shape = self.optimizer.rule, given[1].shape
        if self.kernel is None:
            if self.dtype not in (np.float32, np.float64) or kernels.lacking(rule):
                return False
            self.kernel = kernels.kernel(rule, (), str(self.dtype))
            self.moved = [np.empty(shape, self.dtype) for _ in given[1:]]
        hyper = self.optimizer.hyper.items()
        settings = [setting_at(rule, k, v, clock, 0, 1) for k, v in hyper]
        lr = setting_at(rule, "lr", self.optimizer.lr, clock, 0, 1)
        constants, _ = self.kernel.constants([float(t), float(lr), *settings], given)
        kind = self.dtype.type
        arrays = [a.reshape(-1) for a in (*given, *self.moved)]
        return not self.kernel.fresh(*arrays, *map(kind, constants))

    def _plain(self, moved: list[Any], given: list[Any]) -> bool:
        """Whether results are finite, as they are to be written, and in memory of their own."""
        shape, taken = given[0].shape, set(map(id, given))
        for a in moved:
            if type(a) is not np.ndarray or a.dtype is not self.dtype or a.shape != shape:
                return False
            if a.base is not None or id(a) in taken:
                return False
        # What is not finite in one of two arrays makes their product so, and a sum of products.
        flat = [a if a.ndim == 1 else a.reshape(-1) for a in (given[0], *moved)]
        pairs = zip(flat[::2], [*flat[1::2], flat[-1]], strict=False)
        return all(math.isfinite(np.dot(a, b)) for a, b in pairs)


def _end_to_end(parts: Any) -> np.ndarray:
    return np.concatenate([a.reshape(-1) for a in parts])
