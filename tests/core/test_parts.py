"""A derivation taken apart says what the derivation says."""

import json

import sympy as sp

from optlib import Derivation, trace
from optlib.algebra.reading import parse

ADAM = trace("adam")
t, g, m, beta1 = (ADAM.symbols[k] for k in ("t", "g", "m", "beta1"))


def derivation():
    start = (1 - beta1 ** (2 * t)) / (1 - beta1**t)
    return (
        Derivation(start, name="w")
        .step(1 + beta1**t, "a difference of squares")
        .at_most(2, "a power of a number below 1", slack=[1 - beta1**t])
        .cite("the sum converges", "somebody 1999")
    )


def test_every_line_is_there_with_its_reason_and_grade():
    whole = derivation()
    lines = whole.parts()["lines"]
    assert [line["reason"] for line in lines] == [line.reason for line in whole.lines]
    assert [line["grade"] for line in lines] == [None, "proved", "proved", "cited"]
    assert [line["relation"] for line in lines[:3]] == ["=", "=", r"\le"]


def test_the_text_of_a_line_is_read_again_as_the_line():
    whole = derivation()
    parts = whole.parts()
    for line, stored in zip(whole.lines[:3], parts["lines"], strict=False):
        symbols = {s.name: s for s in sp.sympify(line.expression).free_symbols}
        assert sp.simplify(parse(stored["text"], symbols) - line.expression) == 0


def test_a_sentence_has_a_text_and_no_formula():
    last = derivation().parts()["lines"][-1]
    assert last["formula"] is None and "converges" in last["text"]


def test_what_cannot_be_typed_has_no_text():
    i = sp.Symbol("i", integer=True)
    total = Derivation(sp.Sum((1 - beta1) * beta1**i, (i, 0, t - 1))).step(1 - beta1**t, "sum")
    assert [line["text"] is None for line in total.parts()["lines"]] == [True, False]


def test_symbols_come_with_their_latex_and_domain():
    parts = Derivation.induction(
        ADAM.state["m"], (1 - beta1**t) * g, prev=m, n=t, names={"g": "g"}
    ).parts()
    assert parts["symbols"]["g"] == {"latex": "g", "domain": "real"}
    assert parts["symbols"]["beta1"] == {"latex": r"\beta_1", "domain": "(0, 1)"}
    assert any(r"\beta_1" in fact for fact in parts["assuming"])


def test_a_notebook_stores_them_beside_the_formula():
    whole = derivation()
    data, metadata = whole._repr_mimebundle_()
    assert data == {} and metadata["derivation"] == json.loads(json.dumps(whole.parts()))
