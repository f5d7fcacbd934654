"""The names of the live figures stand in JavaScript, where some words are taken."""

import pytest

from optlib.book.live import FIGURES, find

# As ECMAScript lists them; a function of the page takes its dials by these names.
RESERVED = set(
    "await break case catch class const continue debugger default delete do else enum export "
    "extends false finally for function if implements import in instanceof interface let new null "
    "package private protected public return static super switch this throw true try typeof var "
    "void while with yield".split()
)


@pytest.mark.parametrize("name", FIGURES)
def test_no_dial_and_no_variable_has_the_name_of_a_word_of_javascript(name):
    figure = find(name)
    taken = {dial.name for dial in figure.dials} | {getattr(figure, "variable", "")}
    assert not RESERVED & taken
