"""A chapter's text as any Jupyter shows it: without directives, roles and labels of the site."""

import ast
import re
from html import escape
from pathlib import Path

from pybtex.database import parse_file

# A label, an exercise or a theorem, and the word that its number follows.
NUMBERED = {
    "exercise-start": "Exercise",
    "prf:theorem": "Theorem",
    "prf:lemma": "Lemma",
}
# What only the site can do: a cell beside it shows the question, derivation, figure or verdicts.
LEFT_OUT = {"answer", "draw", "steps", "live", "recall", "claims", "exercise-end", "solution-end"}
OPENS = re.compile(r"^(`{3,}|:{3,})\{([\w:-]+)\} *(.*)$")
OPTION = re.compile(r"^:([\w-]+):(?: +(.*))?$")
LABEL = re.compile(r"^\([\w.-]+\)=\n", re.M)
ROLE = re.compile(r"\{([\w:+-]+)\}`([^`]*)`")
TITLED = re.compile(r"^(.*?)\s*<(.*)>$", re.S)
# Links to places that are no notebook.
ELSEWHERE = re.compile(r"\[([^\]]*)\]\((?:#|\.\./)[^)]*\)")
EQUATION = re.compile(r"^\$\$ *\(([\w-]+)\)$", re.M)
CHAPTERS = Path(__file__).parents[1] / "chapters"
ARXIV = re.compile(r"arXiv:(\d{4}\.\d{4,5})")


class Citations:
    """Authors and years, with links where the entry has an address."""

    def __init__(self, path):
        self.entries = parse_file(str(path)).entries

    def textual(self, keys):
        """As a part of the sentence: Kingma and Ba (2015)."""
        return " and ".join(
            self._linked(key, "{} ({})".format(*self._names(key))) for key in keys.split(",")
        )

    def in_brackets(self, keys):
        """In brackets: (Kingma and Ba, 2015)."""
        listed = (self._linked(key, "{}, {}".format(*self._names(key))) for key in keys.split(","))
        return f"({'; '.join(listed)})"

    def _names(self, key):
        entry = self.entries[key.strip()]
        people = [_plain(" ".join([*p.prelast_names, *p.last_names])) for p in _people(entry)]
        if len(people) > 2:
            return f"{people[0]} et al.", entry.fields["year"]
        return " and ".join(people), entry.fields["year"]

    def _linked(self, key, text):
        fields = self.entries[key.strip()].fields
        arxiv = ARXIV.search(fields.get("note", ""))
        if "doi" in fields:
            address = f"https://doi.org/{fields['doi']}"
        elif arxiv:
            address = f"https://arxiv.org/abs/{arxiv[1]}"
        else:
            address = fields.get("url")
        return f"[{text}]({address})" if address else text


def _people(entry):
    return entry.persons.get("author") or entry.persons["editor"]


def _plain(name):
    return re.sub(r"[{}]", "", name).replace("~", " ")


class Chapter:
    """The numbers of a chapter's figures, exercises, theorems and equations, and its text.

    Parameters
    ----------
    name : str
        Such as ``04-bias-correction``.
    cells : list
        The cells of its notebook.
    citations : Citations
    labels : dict
        Label -> what it is called, for the whole book; this chapter adds its own.
    """

    def __init__(self, name, cells, citations, labels):
        self.number = int(name.split("-")[0])
        self.citations = citations
        self.labels = labels
        self._counts = {}
        for cell in cells:
            if cell["cell_type"] == "markdown":
                self._number_text("".join(cell["source"]))
            # On the site a figure that moves stands in the place of such a still one.
            elif (figure := _figure(cell)) and "remove-output" not in _tags(cell):
                self._count("Figure", figure["name"])

    def text(self, source):
        """Return a piece of the chapter's text in plain Markdown."""
        lines = self._blocks(LABEL.sub("", source).split("\n"))
        return re.sub(r"\n{3,}", "\n\n", self._inline("\n".join(lines))).strip()

    def caption(self, cell):
        """The caption of the figure that a cell draws, or None."""
        figure = _figure(cell)
        if not figure:
            return None
        return self._inline(f"*{self.labels[figure['name']]}.* {figure['caption']}")

    def _count(self, kind, label):
        self._counts[kind] = self._counts.get(kind, 0) + 1
        self.labels[label] = f"{kind} {self.number}.{self._counts[kind]}"

    def _number_text(self, source):
        lines = source.split("\n")
        for k, line in enumerate(lines):
            if not (opening := OPENS.match(line)):
                continue
            options = _options(lines[k + 1 :])[0]
            if opening[2] == "live":
                self._count("Figure", options["name"])
            elif opening[2] in NUMBERED:
                self._count(NUMBERED[opening[2]], options["label"])
        for label in EQUATION.findall(source):
            self._count("", label)
            self.labels[label] = f"({self.labels[label].strip()})"

    def _blocks(self, lines):
        """Return the lines with every directive in words."""
        out, rest = [], list(lines)
        while rest:
            line = rest.pop(0)
            opening = OPENS.match(line)
            if not opening:
                out.append(line)
                continue
            end = rest.index(opening[1])
            options, body = _options(rest[:end])
            rest = rest[end + 1 :]
            out += ["", *self._directive(opening[2], opening[3], options, body), ""]
        return out

    def _directive(self, kind, title, options, body):
        if kind in LEFT_OUT:
            return []
        if kind == "exercise-start":
            return [f"### {self.labels[options['label']]}. {title}"]
        if kind == "solution-start":
            return [f"**Solution to {self.labels[title.strip()]}.**"]
        if kind == "literalinclude":
            return ["```python", _function(CHAPTERS / title, options["pyobject"]), "```"]
        body = self._blocks(body)
        if kind in NUMBERED:
            called = f" ({title})" if title else ""
            return _quoted(f"**{self.labels[options['label']]}{called}.**", body)
        if kind == "prf:proof":
            return ["*Proof.*", "", *body, "∎"]
        if kind != "admonition":
            raise ValueError(f"there are no words for the directive {kind!r}")
        if options.get("class") == "dropdown":
            fold = f"<details><summary>{escape(title)}</summary>"
            return [fold, "", *body, "", "</details>"]
        return _quoted(f"**{title}**", body)

    def _inline(self, text):
        text = EQUATION.sub(lambda m: rf"\tag{{{self.labels[m[1]][1:-1]}}}" + "\n$$", text)
        return ELSEWHERE.sub(r"\1", ROLE.sub(self._role, text))

    def _role(self, found):
        kind, content = found.groups()
        title, target = TITLED.match(content).groups() if "<" in content else (content, content)
        if kind == "cite:t":
            return self.citations.textual(content)
        if kind == "cite:p":
            return self.citations.in_brackets(content)
        if kind in ("numref", "ref", "prf:ref", "eq"):
            return self.labels[target]
        if kind == "term":
            return title
        if kind.startswith("py:"):
            return f"`{title.removeprefix('~').rpartition('.')[2] if title == target else title}`"
        raise ValueError(f"there are no words for the role {kind!r}")


def _figure(cell):
    return cell["metadata"].get("mystnb", {}).get("figure")


def _tags(cell):
    return cell["metadata"].get("tags", [])


def _options(lines):
    """Return the options at the head of a directive's lines, and the lines below them."""
    options, k = {}, 0
    while k < len(lines) and (option := OPTION.match(lines[k])):
        options[option[1]] = option[2]
        k += 1
    return options, lines[k:]


def _function(path, name):
    """The source of one function of a file."""
    text = path.read_text(encoding="utf-8")
    found = next(node for node in ast.parse(text).body if getattr(node, "name", None) == name)
    return ast.get_source_segment(text, found)


def _quoted(head, body):
    return [f"> {line}".rstrip() for line in [head, "", *"\n".join(body).strip().split("\n")]]


def chapters(notebooks, bibliography):
    """Return name -> chapter for notebooks by name; each may refer to any other."""
    citations, labels = Citations(bibliography), {}
    return {
        name: Chapter(name, notebook["cells"], citations, labels)
        for name, notebook in notebooks.items()
    }
