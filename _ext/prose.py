"""The prose of a page as plain text: for the search, and for the descriptions of pages."""

from docutils import nodes
from plain_math import plain
from sphinx import addnodes

# What is not prose, and what is an entry of its own.
LEFT_OUT = (
    nodes.literal_block,
    nodes.doctest_block,
    nodes.math_block,
    nodes.raw,
    nodes.comment,
    nodes.title,
    nodes.image,
    nodes.citation,
    addnodes.toctree,
    addnodes.desc,
    addnodes.glossary,
    addnodes.index,
)
LEFT_OUT_CLASSES = {
    "answer-hint",
    "answer-misconception",
    "answer-solution",
    "cell_input",
    "cell_output",
    "cheat-sheet",
    "claims",
    "headerlink",
    "recall",
    "solution",
}


def is_section(node):
    """Say whether a node has a heading; what fills an exercise or a theorem has none."""
    return isinstance(node, nodes.section) and isinstance(node[0], nodes.title)


def is_prose(node):
    classes = set(node.get("classes", ()))
    return not (isinstance(node, LEFT_OUT) or is_section(node) or LEFT_OUT_CLASSES & classes)


def read(node):
    """Yield the words of what stands under a node."""
    if isinstance(node, nodes.Text):
        yield str(node)
    elif isinstance(node, nodes.math):
        yield plain(node.astext())
    elif is_prose(node):
        for child in node.children:
            yield from read(child)
        if isinstance(node, nodes.entry) and node is not node.parent[-1]:
            yield " · "
        elif not isinstance(node, nodes.Inline):
            yield " "


def prose(children):
    return " ".join("".join(word for child in children for word in read(child)).split())
