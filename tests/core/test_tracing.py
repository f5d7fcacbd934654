"""A trace is the rule itself: on numbers it gives the rule's numbers, with all its branches."""

from functools import cache

import numpy as np
import pytest
import sympy as sp

from optlib import RULES, SCHEDULES
from optlib.algebra.proof.sampling import Point
from optlib.algebra.tracing import trace
from optlib.algebra.verdicts import verdict
from optlib.namespaces import Arrays

XP = Arrays(np)

traced_once = cache(trace)


def numbers(traced, seed):
    """A value for every symbol of a trace, within its domain."""
    rng = np.random.default_rng(seed)
    values = {}
    for key, symbol in traced.symbols.items():
        domain, size = traced.domains[key], np.shape(symbol)
        if domain.integer:
            values[key] = int(rng.integers(1, 30))
        elif np.isfinite(domain.high):
            values[key] = float(rng.uniform(domain.low, domain.high))
        else:
            drawn = rng.standard_normal(size)
            values[key] = domain.low + abs(drawn) if np.isfinite(domain.low) else drawn
            values[key] = values[key] if size else float(values[key])
    return values


def evaluated(expression, traced, values):
    """The expression to many digits, with every symbol replaced."""
    pairs = {}
    for key, symbol in traced.symbols.items():
        numbers = map(sp.Rational, np.ravel(values[key]).tolist())
        pairs |= dict(zip(np.ravel(symbol), numbers, strict=True))
    point = Point(pairs)
    flat = [float(point.evaluate(e)) for e in np.ravel(np.asarray(expression, dtype=object))]
    return np.array(flat)


def called(fn, values):
    """The function run on arrays with the same values."""
    first = ["t", "g", "x", *fn.state] if hasattr(fn, "state") else ["t"]
    result = fn(
        XP, *(values[k] for k in first), **{k: v for k, v in values.items() if k not in first}
    )
    return result if isinstance(result, tuple) else (result,)


TRACEABLE = [name for name, fn in RULES.items() if fn.traceable]


@pytest.mark.parametrize("name", [*TRACEABLE, *SCHEDULES])
@pytest.mark.parametrize("seed", range(4))
def test_a_trace_on_numbers_is_the_function_on_numbers(name, seed):
    traced = traced_once(name)
    values = numbers(traced, seed)
    expected = called({**RULES, **SCHEDULES}[name], values)
    for expression, number in zip([traced.u, *traced.state.values()], expected, strict=True):
        assert evaluated(expression, traced, values) == pytest.approx(np.ravel(number), rel=1e-10)


def test_every_input_and_state_reaches_the_trace(traced_rule):
    traced = traced_once(traced_rule)
    free = set()
    for expression in [traced.u, *traced.state.values()]:
        free |= set().union(
            *(e.free_symbols for e in np.ravel(np.asarray(expression, dtype=object)))
        )
    wanted = {
        s
        for k in (*RULES[traced_rule].state, *RULES[traced_rule].inputs)
        for s in np.ravel(traced.symbols[k])
    }
    assert wanted <= free


def test_a_trace_holds_no_float(traced_rule):
    traced = traced_once(traced_rule)
    for expression in [traced.u, *traced.state.values()]:
        for e in np.ravel(np.asarray(expression, dtype=object)):
            assert not sp.sympify(e).atoms(sp.Float)


def test_symbols_carry_their_domains(traced_rule):
    for key, symbol in traced_once(traced_rule).symbols.items():
        for s in np.ravel(symbol):
            assert s.is_real
            either = key in RULES[traced_rule].hyper and RULES[traced_rule].domains[key].low < 0
            assert s.is_positive or either or key not in RULES[traced_rule].hyper
            assert s.is_nonnegative or key != "v"


def test_a_fixed_float_is_the_decimal_it_prints_as():
    fixed = trace("adam", beta1=0.9, beta2=0.999, eps=1e-8)
    free = trace("adam")
    values = {
        "beta1": sp.Rational(9, 10),
        "beta2": sp.Rational(999, 1000),
        "eps": sp.Rational(1, 10**8),
    }
    assert not fixed.u.atoms(sp.Float)
    assert verdict(fixed.u, free.u.subs({free.symbols[k]: v for k, v in values.items()}))
    assert set(values).isdisjoint(fixed.symbols)


def test_a_layer_is_traced_as_a_vector_of_the_asked_length():
    traced = trace("lamb", n=3)
    assert [s.name for s in traced.symbols["g"]] == ["g_1", "g_2", "g_3"]
    assert traced.u.shape == traced.state["v"].shape == (3,)
    # the norm looks at the whole layer, so every entry moves with every gradient
    assert {s.name for s in traced.u[0].free_symbols} >= {"g_1", "g_2", "g_3"}


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(TypeError, match="beta2"):
        trace("adam", beta3=0.9)
    with pytest.raises(TypeError, match="adamw"):
        trace("adamm")
    with pytest.raises(TypeError, match="element by element"):
        trace("adam", n=3)


def test_a_value_outside_its_domain_is_refused():
    with pytest.raises(ValueError, match=r"beta1 must lie in \[0, 1\)"):
        trace("adam", beta1=1.5)


ELEMENTWISE = [name for name in TRACEABLE if RULES[name].scope == "element"]


@pytest.mark.parametrize("rule", ELEMENTWISE)
def test_latex_has_a_line_for_each_state_the_direction_and_the_point(rule):
    latex = traced_once(rule).latex()
    lefts = [line.partition("&=")[0].strip() for line in latex.splitlines()[1:-1]]
    assert lefts[-2:] == ["u_t", "x_t"] and len(lefts) == len(RULES[rule].state) + 2
    assert (r"\alpha\,u_t" in latex) == (not RULES[rule].takes_lr)
    assert latex.count("{") == latex.count("}")


def test_the_direction_is_printed_with_the_new_state():
    line = next(line for line in trace("adam").latex().splitlines() if line.startswith("u_t"))
    assert "m_{t}" in line and "v_{t}" in line and "g_t" not in line


def test_the_rules_that_no_symbols_can_follow_are_counted():
    left_out = {name for name, fn in RULES.items() if not fn.traceable}
    assert all(RULES[name].scope != "element" for name in left_out)
    assert len(left_out) == 23
