"""Number figures, equations, theorems and exercises by their chapter: Figure 5.1, Exercise 5.2.

Sphinx counts chapters by their place in the table of contents. Here the number of a chapter is in
its file name, so that a chapter keeps its number while others are still to come.
"""

import re

CHAPTER = re.compile(r"chapters/0*(\d+)-")


def number_by_chapter(app, env):
    for docname, kinds in env.toc_fignumbers.items():
        chapter = CHAPTER.match(docname)
        prefix = (int(chapter[1]),) if chapter else ()
        for numbers in kinds.values():
            # Sphinx has entered the labels in the order in which they stand on the page.
            for place, label in enumerate(numbers, start=1):
                numbers[label] = (*prefix, place)
    return []


def setup(app):
    # After Sphinx' own numbering, whose handler has the default priority of 500.
    app.connect("env-get-updated", number_by_chapter, priority=600)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
