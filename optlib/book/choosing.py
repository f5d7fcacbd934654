"""Questions that are answered without typing: one choice of several, or lines put in order.

In a file of questions::

    [first - length]
    question = "How long is the first step?"
    choices = [
      {text = "$\\alpha$", right = true, says = "The size of the gradient cancels."},
      {text = "$\\alpha\\,|g|$", says = "That is gradient descent."},
    ]

    [first - proof]
    question = "Put the lines in order."
    lines = [
      "Both averages start at zero.",
      "So $m_1 = (1-\\beta_1)\\,g_1$.",
      {text = "So $v_1 = (1-\\beta_2)\\,g_1^2$.", after = [1]},
      {text = "Divide.", after = [2, 3]},
    ]

The lines stand in the right order. Each needs the one before it; where the order is only partial,
``after`` says which lines a line needs, by their numbers.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from .display import Markdown
from .judgement import Judgement, hinted

_FEWEST_LINES = 3


@dataclass(frozen=True)
class Choice:
    """A question with several answers to choose from.

    Attributes
    ----------
    name, question : str
    choices : tuple of str
        In the order in which they are shown.
    says : tuple of str
        What each choice is met with.
    right : int
        The place of the right one.
    hints : tuple of str
    """

    name: str
    question: str
    choices: tuple[str, ...]
    says: tuple[str, ...]
    right: int
    hints: tuple[str, ...] = ()

    @property
    def letters(self) -> str:
        """The letters by which the choices are called."""
        return string.ascii_lowercase[: len(self.choices)]

    def ask(self) -> Markdown:
        """The question and its choices."""
        rows = [f"- **{k}.** {text}" for k, text in zip(self.letters, self.choices, strict=True)]
        return Markdown(f"{self.question}\n\n" + "\n".join(rows))

    def judge(self, answer: Any, hint: int = 0) -> Judgement:
        """Say whether a choice is the right one, and why.

        Parameters
        ----------
        answer : str
            The letter of a choice.
        hint : int, optional
            The number of the hint that a wrong answer is met with; 0 for none.
        """
        letter = answer.strip().lower() if isinstance(answer, str) else ""
        if len(letter) != 1 or letter not in self.letters:
            return Judgement(False, f"Choose one of the letters {', '.join(self.letters)}.")
        chosen = self.letters.index(letter)
        if chosen == self.right:
            return Judgement(True, self.says[chosen])
        return Judgement(False, self.says[chosen] + hinted(self.hints, hint))


@dataclass(frozen=True)
class Order:
    """A question whose answer is the order of shuffled lines.

    Attributes
    ----------
    name, question : str
    lines : tuple of str
        In a right order.
    after : tuple of frozenset of int
        For each line the places of those that it needs.
    hints : tuple of str
    """

    name: str
    question: str
    lines: tuple[str, ...]
    after: tuple[frozenset[int], ...]
    hints: tuple[str, ...] = ()

    @cached_property
    def shuffled(self) -> tuple[int, ...]:
        """The places of the lines in the order in which they are shown: no line stands right."""
        rng, places = Random(self.name), list(range(len(self.lines)))
        while self.standing(places):
            rng.shuffle(places)
        return tuple(places)

    def standing(self, places: Sequence[int]) -> int:
        """How many lines stand right, from the top, if they are put in this order."""
        for count, place in enumerate(places):
            if not self.after[place] <= set(places[:count]):
                return count
        return len(places)

    @property
    def told(self) -> tuple[str, ...]:
        """What is said if so many lines stand right from the top, from none to all."""
        return (
            *map(self._cannot_stand, range(len(self.lines))),
            "Each line follows from others above it.",
        )

    def _cannot_stand(self, count: int) -> str:
        right = {0: "No line stands right yet.", 1: "The first line stands right."}.get(
            count, f"The first {count} lines stand right."
        )
        return f"{right} Line {count + 1} cannot stand there: it needs a line that is further down."

    def ask(self) -> Markdown:
        """The question and its lines, shuffled."""
        rows = [f"{k}. {self.lines[place]}" for k, place in enumerate(self.shuffled, 1)]
        return Markdown(f"{self.question}\n\n" + "\n".join(rows))

    def judge(self, answer: Any, hint: int = 0) -> Judgement:
        """Say how many lines stand right, from the top.

        Parameters
        ----------
        answer : sequence of int
            The numbers of the lines, as they are shown, in your order.
        hint : int, optional
            The number of the hint that a wrong answer is met with; 0 for none.
        """
        count = len(self.lines)
        if not _is_permutation(answer, count):
            return Judgement(False, f"Give the numbers 1 to {count}, each once, in your order.")
        right = self.standing([self.shuffled[number - 1] for number in answer])
        if right == count:
            return Judgement(True, self.told[right])
        return Judgement(False, self.told[right] + hinted(self.hints, hint))


def _is_permutation(answer: Any, count: int) -> bool:
    if not isinstance(answer, list | tuple) or not all(isinstance(n, int) for n in answer):
        return False
    return sorted(answer) == list(range(1, count + 1))


def choice(name: str, table: dict[str, Any]) -> Choice:
    """The choice that a table of a file of questions declares.

    Raises
    ------
    ValueError
        If there are not two choices, each with its explanation, and one of them right.
    """
    known(table, {"question", "choices"}, {"hints"})
    for entry in table["choices"]:
        known(entry, {"text", "says"}, {"right"}, "a choice")
    right = [k for k, entry in enumerate(table["choices"]) if entry.get("right")]
    if len(table["choices"]) < 2:
        raise ValueError("there must be at least two choices")
    if len(right) != 1:
        raise ValueError(f"one choice must be right, not {len(right)}")
    texts, says = zip(*((entry["text"], entry["says"]) for entry in table["choices"]), strict=True)
    return Choice(name, table["question"], texts, says, right[0], tuple(table.get("hints", ())))


def order(name: str, table: dict[str, Any]) -> Order:
    """The order that a table of a file of questions declares.

    Raises
    ------
    ValueError
        If there are fewer than three lines, a line needs one that does not stand above it, or
        every order is right.
    """
    known(table, {"question", "lines"}, {"hints"})
    lines = [line if isinstance(line, dict) else {"text": line} for line in table["lines"]]
    if len(lines) < _FEWEST_LINES:
        raise ValueError(f"there must be at least three lines, not {len(lines)}")
    after = [_needed(line, number) for number, line in enumerate(lines, 1)]
    if not any(after):
        raise ValueError("every order of the lines is right")
    texts = tuple(line["text"] for line in lines)
    return Order(name, table["question"], texts, tuple(after), tuple(table.get("hints", ())))


def _needed(line: Any, number: int) -> frozenset[int]:
    known(line, {"text"}, {"after"}, "a line")
    after = line.get("after", [number - 1] if number > 1 else [])
    if strange := [k for k in after if k not in range(1, number)]:
        raise ValueError(f"line {number} needs line {strange[0]}, which does not stand above it")
    return frozenset(k - 1 for k in after)


def known(table: Any, needed: set[str], optional: set[str], what: str = "the question") -> None:
    """Raise ValueError if a table lacks something or has something unknown."""
    if not isinstance(table, dict):
        raise ValueError(f"{what} must be a table, not {table!r}")
    missing, unknown = needed - set(table), set(table) - needed - optional
    wrong = [f"lacks {k}" for k in sorted(missing)] + [
        f"has an unknown {k}" for k in sorted(unknown)
    ]
    if wrong:
        raise ValueError(f"{what} {' and '.join(wrong)}")
