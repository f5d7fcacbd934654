"""What the recipes of ``reference/start.md`` say: their fields, their settings and their snippets.

    python tools/recipes.py                     what the tests read of each recipe

A recipe is a heading of the section "Recipes", a list of fields, each a term and a definition, and
code. A setting is written as code, such as ``lr = 3e-4`` or ``lr * weight_decay = 3e-5``, once in a
recipe.
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "reference" / "start.md"
PARTS = PAGE.with_name("recipe_parts.py")
_SETTING = re.compile(r"`([a-z_]+(?: \* [a-z_]+)?) = ([^`]+)`")
_FIELD = re.compile(r"^(\S[^\n]*)\n: (.*)$", re.MULTILINE)
_CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^\(([\w-]+)\)=\n### (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Recipe:
    """One recipe: its label, its title, its fields by name, and its snippets."""

    label: str
    title: str
    fields: dict
    snippets: tuple

    @property
    def settings(self):
        """The values that the fields give, by name."""
        found = [pair for text in self.fields.values() for pair in _SETTING.findall(text)]
        values = {name: ast.literal_eval(value) for name, value in found}
        assert len(values) == len(found), f"{self.title} gives a setting twice"
        return values

    @property
    def optimizer(self):
        """The name of the optimizer: the first word of its field."""
        return re.match(r"`(\w+)`", self.fields["Optimizer"])[1]

    @property
    def source(self):
        """The snippets as one program."""
        return "\n".join(self.snippets)


def text():
    """The page as it is written."""
    return PAGE.read_text(encoding="utf-8")


def section(title):
    """The text of a section of the page."""
    _, _, rest = text().partition(f"\n## {title}\n")
    assert rest, f"{PAGE} has no section {title!r}"
    return re.split(r"^(?:\([\w-]+\)=\n)?## ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def recipes():
    """The recipes of the page, in its order."""
    _, *parts = _HEADING.split(section("Recipes"))
    triples = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return [
        Recipe(label, title, dict(_FIELD.findall(body)), tuple(_CODE.findall(body)))
        for label, title, body in triples
    ]


def main():
    """Print each recipe in a few lines."""
    for recipe in recipes():
        print(f"{recipe.title} ({recipe.optimizer})")
        for name, value in recipe.settings.items():
            print(f"    {name} = {value!r}")


if __name__ == "__main__":
    main()
