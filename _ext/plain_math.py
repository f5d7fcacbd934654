"""A formula as a line of text, for places that cannot set mathematics."""

import re
import unicodedata

NAMES = {
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈",
    "sim": "~", "cdot": "·", "times": "×", "pm": "±", "to": "→", "mapsto": "↦", "infty": "∞",
    "in": "∈", "subset": "⊂", "cup": "∪", "sum": "∑", "prod": "∏", "nabla": "∇", "partial": "∂",
    "propto": "∝", "ll": "≪", "gg": "≫", "odot": "⊙", "circ": "∘", "top": "ᵀ", "ell": "ℓ",
    "lVert": "‖", "rVert": "‖", "Vert": "‖", "lvert": "|", "rvert": "|", "vert": "|", "mid": "|",
    "langle": "⟨", "rangle": "⟩", "dots": "…", "ldots": "…", "cdots": "…",
    "varepsilon": "ε", "varphi": "φ", "lambda": "λ",
}  # fmt: skip
FUNCTIONS = {
    "log",
    "ln",
    "exp",
    "max",
    "min",
    "sin",
    "cos",
    "tanh",
    "sup",
    "inf",
    "lim",
    "arg",
    "det",
}
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "widehat": "\u0302", "vec": ""}
WRAPPERS = r"\\(?:mathrm|mathbf|mathcal|mathbb|text|textbf|textrm|operatorname|boldsymbol)\s*"
SIZES = r"\\(?:left|right|big|Big|bigl|bigr|Bigl|Bigr|displaystyle|limits)(?![a-zA-Z])"
UPPER = str.maketrans("0123456789+-=()nit", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵗ")
LOWER = str.maketrans("0123456789+-=()aeikmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢₖₘₙₒₚᵣₛₜᵤᵥₓ")
GROUP = r"\{([^{}]*)\}"
UNREADABLE = "…"


def plain(tex):
    """The formula in plain letters; where that is not to be had, an ellipsis."""
    text = re.sub(SIZES, "", tex)
    text = re.sub(r"\\[,;:!> ]|~", " ", text)
    text = re.sub(r"\\([a-zA-Z]+)", _letter, text)
    for name, mark in ACCENTS.items():
        text = re.sub(rf"\\{name}\s*(?:\{{(\w)\}}|(\w))", rf"\1\2{mark}", text)
    before = None
    while before != text:
        before = text
        text = _opened(text)
    text = re.sub(r"([_^])(\w)", lambda m: _raised(m[1], m[2]), text)
    return UNREADABLE if re.search(r"[\\{}&]", text) else " ".join(text.split())


def _letter(command):
    name = command[1]
    if name in NAMES:
        return NAMES[name]
    if name in FUNCTIONS:
        return f"{name} "
    kind = "SMALL" if name[0].islower() else "CAPITAL"
    try:
        return unicodedata.lookup(f"GREEK {kind} LETTER {name}")
    except KeyError:
        return command[0]


def _opened(text):
    """The text without its innermost braces."""
    text = re.sub(WRAPPERS + GROUP, r"\1", text)
    text = re.sub(
        rf"\\[dt]?frac\s*(?:{GROUP}|(\w))\s*(?:{GROUP}|(\w))",
        lambda m: f"{_held(m[1] or m[2])}/{_held(m[3] or m[4])}",
        text,
    )
    text = re.sub(rf"\\sqrt\s*(?:{GROUP}|(\w))", lambda m: f"√{_held(m[1] or m[2])}", text)
    text = re.sub(rf"([_^]){GROUP}", lambda m: _raised(m[1], m[2]), text)
    return re.sub(rf"(?<![a-zA-Z_^]){GROUP}", r"\1", text)


def _held(text):
    text = text.strip()
    return text if re.fullmatch(r"[^\s+\-·/]*", text) else f"({text})"


def _raised(sign, text):
    text = text.replace(" ", "")
    table = UPPER if sign == "^" else LOWER
    if all(ord(letter) in table for letter in text):
        return text.translate(table)
    return sign + (text if len(text) == 1 else f"({text})")
