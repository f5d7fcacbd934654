"""Cut the icons of Font Awesome down to those that the pages show: `python tools/icons.py`.

The theme brings whole fonts, and a script that draws the same icons again. Here the few glyphs in
use become two small fonts and one style sheet in ``_ext/static/icons``, which the pages load
instead. The fonts have a name of their own, as the licence beside them asks of what was changed.
"""

import re
import shutil
from pathlib import Path

import pydata_sphinx_theme
from fontTools import subset
from fontTools.ttLib import TTFont

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static"
(AWESOME,) = (THEME / "vendor/fontawesome").iterdir()
FOLDER = Path(__file__).resolve().parents[1] / "_ext/static/icons"
FONTS = {"solid": ("fa-solid-900", 900), "brands": ("fa-brands-400", 400)}
ICONS = {
    "solid": """
        angle-down angle-left angle-right arrow-up bars bell check-circle chevron-down
        circle-half-stroke download exclamation-circle exclamation-triangle external-link file
        file-pdf info-circle lightbulb list magnifying-glass magnifying-glass-minus moon pencil
        rocket share sun times-circle up-right-from-square xmark
    """.split(),
    "brands": ["github", "gitlab"],
}
FAMILY_NAMES = (1, 3, 4, 6, 16)

HEAD = """/* Written by tools/icons.py from Font Awesome Free (LICENSE.txt). */
:root {
  --fa-font-solid: normal 900 1em/1 "Book Icons solid";
  --fa-font-regular: var(--fa-font-solid);
  --fa-font-brands: normal 400 1em/1 "Book Icons brands";
}
"""
TAIL = ".fa-lg { font-size: 1.25em; line-height: 0.05em; vertical-align: -0.075em; }\n"
FACE = """@font-face {{
  font-family: "{family}";
  font-weight: {weight};
  font-display: block;
  src: url("{kind}.woff") format("woff");
}}
{classes} {{
  display: inline-block;
  font: var(--fa-font-{kind});
  text-rendering: auto;
  -webkit-font-smoothing: antialiased;
}}
"""
CLASSES = {"solid": ".fa, .fas, .fa-solid, .far, .fa-regular", "brands": ".fab, .fa-brands"}


def code_points():
    """Where each icon of Font Awesome stands in its font, by name."""
    styles = (AWESOME / "css/all.min.css").read_text(encoding="utf-8")
    rules = re.findall(r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\([0-9a-f]+)"\}', styles)
    return {
        name: int(code, 16)
        for selectors, code in rules
        for name in re.findall(r"\.fa-([\w-]+):before", selectors)
    }


def cut(kind, codes):
    """Write the font of one kind with these glyphs alone."""
    font = TTFont(AWESOME / f"webfonts/{FONTS[kind][0]}.ttf", recalcTimestamp=False)
    options = subset.Options(name_IDs=["*"], hinting=False, layout_features=[])
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in FAMILY_NAMES:
            record.string = f"Book Icons {kind}"
    font.flavor = "woff"
    font.save(FOLDER / f"{kind}.woff")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    known = code_points()
    styles = [HEAD]
    for kind, names in ICONS.items():
        codes = {name: known[name] for name in names}
        cut(kind, codes.values())
        face = {"family": f"Book Icons {kind}", "weight": FONTS[kind][1], "kind": kind}
        styles.append(FACE.format(classes=CLASSES[kind], **face))
        styles += [
            f'.fa-{name}::before {{ content: "\\{code:x}"; }}\n' for name, code in codes.items()
        ]
    (FOLDER / "icons.css").write_text("".join([*styles, TAIL]), encoding="utf-8")
    shutil.copy(AWESOME / "LICENSE.txt", FOLDER)


if __name__ == "__main__":
    main()
