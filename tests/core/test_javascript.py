"""How rules become JavaScript; that they compute the same is tested in a browser."""

import re

import numpy as np
import pytest
import sympy as sp

from optlib import RULES, SCHEDULES, problems, rule
from optlib.book.live.stories import STORIES
from optlib.engines import javascript
from optlib.engines.program import apart, code, function, precise

a, b, x = sp.symbols("a b x", real=True)
t = sp.Symbol("t", integer=True, positive=True)


def test_every_rule_and_schedule_is_printed_or_has_a_reason():
    printed, unprinted = javascript.printed(), javascript.unprinted()
    assert {*printed, *unprinted} == {*RULES, *SCHEDULES} and not {*printed} & {*unprinted}
    assert {k for k, fn in RULES.items() if not fn.traceable} == set(unprinted)
    assert all("cannot run on symbols" in reason for reason in unprinted.values())


@pytest.mark.parametrize("maker", [javascript.rule, javascript.schedule])
def test_an_unknown_name_is_refused(maker):
    with pytest.raises(TypeError, match="unknown"):
        maker("no such thing")


@pytest.mark.parametrize("name", [k for k, fn in RULES.items() if fn.traceable])
def test_the_facts_of_a_rule_are_printed(name):
    text = javascript.printed()[name]
    for k in RULES[name].hyper:
        assert re.search(rf'"{k}": ', text)
    assert f'scope: "{RULES[name].scope}"' in text


def test_a_correction_keeps_its_digits():
    assert code(precise(1 - b**t)) == "-Math.expm1(t*Math.log(b))"
    assert code(precise(b**t - 1)) == "Math.expm1(t*Math.log(b))"
    assert precise(a + 1 - b**t).has(sp.log(b)) and precise(1 - b**2) == 1 - b**2


def test_numbers_are_the_doubles_next_to_them():
    whole = (sp.Integer(10) ** 400 / 10**380, sp.Integer(2) ** 60 + 1)
    for number in (sp.Rational(1, 10), sp.Rational(1, 10**30), *whole):
        assert float(code(number)) == float(number)


def test_what_occurs_twice_is_computed_once():
    text = function("a, b", [sp.sqrt(a + b), 1 / (1 + sp.sqrt(a + b))])
    assert text.count("Math.sqrt") == 1


def test_what_depends_on_no_data_is_taken_out_whole():
    parts, names, (left,) = apart([x * (1 - b) / (1 - b**t)], frozenset({b, t}))
    assert len(parts) == 1 and sp.simplify(parts[0] - (1 - b) / (1 - b**t)) == 0
    assert left == x * names[0]


def test_a_function_that_javascript_lacks_is_named():
    with pytest.raises(TypeError, match="gamma"):
        code(sp.gamma(x))


def test_a_start_that_is_neither_the_point_nor_one_number_is_refused():
    @rule(source="none", init=lambda xp, x, **hyper: {"m": 2 * x})
    def doubled_start(xp, t, g, x, m):
        return m, g

    try:
        with pytest.raises(TypeError, match="start of m"):
            javascript.rule(doubled_start)
    finally:
        RULES.pop("doubled_start")


def test_every_room_of_the_page_holds_its_own_and_nothing_else():
    rooms = javascript.library().split("Object.assign(optlib.")[1:]
    held = {room.partition(",")[0]: re.findall(r"^(\w+): ", room, re.MULTILINE) for room in rooms}
    names = {"rules": RULES, "schedules": SCHEDULES}
    wanted = {k: [name for name in javascript.printed() if name in v] for k, v in names.items()}
    assert held == wanted | {"problems": [*javascript.PLANE, *javascript.CYCLES]}


def numbers(text):
    return tuple(float(n.replace("−", "-")) for n in re.findall(r"[−-]?\d+", text))


def test_the_cycles_are_those_that_their_stories_tell():
    told = {name: STORIES[name].text for name in javascript.CYCLES}
    assert javascript.CYCLES["reddi"] == numbers(told["reddi"].partition(" in turn")[0])
    first, others = numbers(told["spike"].partition(".")[0])
    length = STORIES["spike"].steps
    assert javascript.CYCLES["spike"] == (first, *[others] * (length - 1))


@pytest.mark.parametrize("name", javascript.PLANE)
def test_a_problem_of_the_plane_is_printed_with_its_minima(name):
    given = getattr(problems, name)()
    text = javascript.problem(given)
    assert all(str(v) in text for v in np.ravel(given.start))
    assert all(f"{function}: (" in text for function in ("value", "grad"))
