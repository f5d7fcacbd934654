"""What moves layers in place by NumPy: whole, small ones as one, or large ones in blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engines import blocks
from ..engines.intervals import extent, keeps_finite, never_negative
from . import checks, modelwise
from .step import Layer, rate, setting_at

Result = tuple[Any, dict[str, Any]]

SMALL = 1 << 13
"""Layers of fewer entries that go by one rule and one step are moved as one."""


@dataclass
class Move:
    """Layers that move together.

    Attributes
    ----------
    layers : list of Layer
    parts : callable
        The parts of the layers, each with where it goes; each may be written before the next.
    size : int
        The bytes of the results.
    certain : callable
        Whether it is known without them that the results are finite.
    """

    layers: list[Layer]
    parts: Callable[[], Iterable[tuple[Layer, Result]]]
    size: int
    certain: Callable[[], bool] = bool
    kept: list[tuple[Layer, Result]] | None = None

    def fault(self, keep: bool) -> tuple[str, Layer] | None:
        """What is NaN or infinite: a gradient, or else an update or a state, and of which layer.

        Parameters
        ----------
        keep : bool
            Whether the results are kept, to be written.
        """
        if not keep and self.certain():
            return None
        for layer in self.layers:
            if not checks.finite((layer.g,)):
                return "gradient", layer
        if keep:
            self.kept = list(self.parts())
        found = None
        for layer, (x, state) in self.kept if keep else self.parts():
            if not checks.finite((x,)):
                return "update", layer
            if found is None and not checks.finite(state.values()):
                found = "state", layer
        return found

    def write(self) -> None:
        """Overwrite parameters and state."""
        for layer, (x, state) in self.parts() if self.kept is None else self.kept:
            layer.x[...] = x
            for name, value in state.items():
                layer.state[name][...] = value


def whole(layers: list[Layer], results: list[Result]) -> Move:
    """Layers whose rule must see all of them, or of one, at once."""
    return Move(layers, lambda: zip(layers, results, strict=True), 0)


def by_element(optimizer: Any, layers: list[Layer]) -> Iterator[Move]:
    """Layers that go by a rule of scope ``element``: small ones as one, large ones in blocks."""
    small: dict[tuple, list[Layer]] = {}
    for layer in layers:
        if _joins(optimizer, layer):
            small.setdefault((layer.x.dtype, layer.t, layer.clock), []).append(layer)
        elif layer.x.size > SMALL and blocks.divisible(layer):
            yield _in_blocks(optimizer, layer)
        else:
            yield whole([layer], [optimizer.advance(layer, 0)])
    for group in small.values():
        yield from _as_one(optimizer, group)


def _joins(optimizer: Any, layer: Layer) -> bool:
    alike = all(a.shape == layer.x.shape for a in (*layer.state.values(), *layer.inputs.values()))
    return alike and 0 < layer.x.size <= SMALL


def _bytes(layer: Layer) -> int:
    return layer.x.nbytes + sum(a.nbytes for a in layer.state.values())


def _as_one(optimizer: Any, layers: list[Layer]) -> Iterator[Move]:
    """Small layers, a few blocks of them at a time."""
    group: list[Layer] = []
    for layer in layers:
        if group and sum(a.x.size for a in group) + layer.x.size > 4 * SMALL:
            yield _joined(optimizer, group)
            group = []
        group.append(layer)
    yield _joined(optimizer, group)


def _joined(optimizer: Any, layers: list[Layer]) -> Move:
    def parts() -> Iterator[tuple[Layer, Result]]:
        if len(layers) == 1:
            yield layers[0], optimizer.advance(layers[0], 0)
            return
        one = modelwise.joined(optimizer.rule, layers, 0)
        x, state = optimizer.advance(one, 0)
        start = 0
        for layer in layers:
            part, start = slice(start, start + layer.x.size), start + layer.x.size
            shape = layer.x.shape
            new = {k: a[part].reshape(shape) for k, a in state.items()}
            yield layer, (x[part].reshape(shape), new)

    return Move(layers, parts, sum(map(_bytes, layers)))


def _in_blocks(optimizer: Any, layer: Layer) -> Move:
    flat, rule = blocks.flattened(layer), optimizer.rule

    def certain() -> bool:
        settings = {
            name: setting_at(rule, name, value, layer.clock, 0, 1)
            for name, value in optimizer.hyper.items()
        }
        lr = rate(optimizer, flat, 0, 1)
        if rule.takes_lr:
            settings["lr"], lr = lr, None
        arrays = {"g": flat.g, "x": flat.x, **flat.state, **flat.inputs}
        ranges = {k: extent(np.atleast_1d(a), never_negative(rule, k)) for k, a in arrays.items()}
        return keeps_finite(rule, layer.t, ranges, layer.x.dtype, settings, lr)

    return Move(
        [layer],
        lambda: blocks.moves(lambda block: optimizer.advance(block, 0), flat),
        _bytes(layer),
        certain,
    )
