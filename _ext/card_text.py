r"""Text of the book as the HTML of a card: formulas as Anki reads them, no links, no roles.

Anki sets what stands between ``\(`` and ``\)``, or ``\[`` and ``\]``. Its MathJax knows none of our
macros, so they are written out.
"""

import re
from html import escape

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.myst_role import myst_role_plugin


def card_text(text, macros=None):
    """The HTML of a piece of Markdown.

    Parameters
    ----------
    text : str
        Markdown with formulas between dollars, and with roles.
    macros : dict, optional
        Name -> LaTeX of the macros without arguments that formulas may use.

    Returns
    -------
    str
        Without the tags of a paragraph if it is a single one.
    """
    html = _reader(macros or {}).render(text).strip()
    single = re.fullmatch(r"<p>((?:(?!</?p>).)*)</p>", html, re.DOTALL)
    return single[1] if single else html


def _reader(macros):
    def formula(left, right):
        def render(self, tokens, k, options, env):
            tex = re.sub(r"\\([a-zA-Z]+)", lambda m: macros.get(m[1], m[0]), tokens[k].content)
            return f"{left}{escape(tex.strip(), quote=False)}{right}"

        return render

    reader = MarkdownIt("commonmark").enable("table")
    reader.use(dollarmath_plugin, double_inline=True).use(myst_role_plugin)
    reader.add_render_rule("math_inline", formula(r"\(", r"\)"))
    for kind in ("math_inline_double", "math_block"):
        reader.add_render_rule(kind, formula(r"\[", r"\]"))
    # A card leads nowhere.
    reader.add_render_rule("link_open", lambda *_: "")
    reader.add_render_rule("link_close", lambda *_: "")
    reader.add_render_rule("myst_role", _role)
    return reader


def _role(self, tokens, k, options, env):
    """A term says its words, a citation nothing; other roles have no place on a card."""
    name, content = tokens[k].meta["name"], tokens[k].content
    if name == "term":
        return escape(content.split(" <")[0])
    if name.startswith("cite"):
        return ""
    raise ValueError(f"a card cannot show the role {name}: {content!r}")
