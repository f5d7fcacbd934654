"""Real data that ship with the package: images of digits, and a book.

``data/SOURCES.md``, beside the files, says where they come from and under which licences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

_DATA = files(__package__) / "data"
_TESTED = 10


@dataclass(frozen=True, eq=False)
class Digits:
    """Images of digits, one flattened image a row, with values from 0 to 1.

    Attributes
    ----------
    x, y : array
        1437 images of 64 pixels, float32, and their labels from 0 to 9.
    x_test, y_test : array
        The other 360.
    """

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


@dataclass(frozen=True, eq=False)
class Text:
    """A text as numbers.

    Attributes
    ----------
    train, test : array
        Each character as its place in the alphabet, uint8. The test text is the last tenth.
    alphabet : str
        The characters that occur, sorted.
    """

    train: np.ndarray
    test: np.ndarray
    alphabet: str

    def decode(self, characters: np.ndarray) -> str:
        """The characters that the numbers stand for."""
        return "".join(self.alphabet[k] for k in characters)


@cache
def digits() -> Digits:
    """The 1797 handwritten digits that scikit-learn carries, split once and for all.

    The split is a fixed permutation and mixes the 13 writers, so it says nothing of new ones.

    Source: Alpaydin and Kaynak 1998, doi 10.24432/C50P49, CC BY 4.0.
    """
    with (_DATA / "digits.npz").open("rb") as file, np.load(file) as stored:
        images, labels = stored["images"], stored["labels"]
    order = np.random.default_rng(0).permutation(len(labels))
    x = (images.reshape(len(labels), -1)[order] / 16).astype(np.float32)
    y = labels[order].astype(np.int64)
    cut = len(labels) * 4 // 5
    return Digits(*(_fixed(a) for a in (x[:cut], y[:cut], x[cut:], y[cut:])))


@cache
def text() -> Text:
    """*Alice's Adventures in Wonderland*, 148 303 characters, 70 different ones.

    Source: Carroll 1865, public domain.
    """
    book = (_DATA / "alice.txt").read_text(encoding="ascii")
    alphabet = "".join(sorted(set(book)))
    places = np.array([alphabet.index(c) for c in book], dtype=np.uint8)
    cut = len(book) - len(book) // _TESTED
    return Text(_fixed(places[:cut]), _fixed(places[cut:]), alphabet)


def windows(
    characters: np.ndarray, batch: int, context: int, seed: int
) -> Callable[[int], tuple[np.ndarray, np.ndarray]]:
    """Batches of pieces of a text, each with the same piece one character further on.

    Parameters
    ----------
    characters : array of int
        Such as ``text().train``.
    batch, context : int
        How many pieces a batch has, and how many characters a piece.
    seed : int
        Step ``t`` draws from ``default_rng([seed, t])``, so a restart sees the same.

    Returns
    -------
    callable
        ``t`` -> inputs and targets, both of shape ``(batch, context)``.
    """

    def at(t: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng([seed, t])
        starts = rng.integers(0, len(characters) - context, batch)
        pieces = characters[starts[:, None] + np.arange(context + 1)]
        return pieces[:, :-1], pieces[:, 1:]

    return at


def samples(
    x: np.ndarray, y: np.ndarray, batch: int, seed: int
) -> Callable[[int], tuple[np.ndarray, np.ndarray]]:
    """Batches drawn with replacement from examples; ``seed`` as for :func:`windows`."""

    def at(t: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = np.random.default_rng([seed, t]).integers(0, len(x), batch)
        return x[chosen], y[chosen]

    return at


def _fixed(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
