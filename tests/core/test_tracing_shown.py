"""A trace shown: the update as equations, of single numbers, of layers and of schedules."""

import numpy as np
import pytest
import sympy as sp

from optlib import RULES, SCHEDULES, registry
from optlib.algebra.tracing import trace


def sides(traced):
    rows = traced.latex().splitlines()
    assert (rows[0], rows[-1]) == (r"\begin{aligned}", r"\end{aligned}")
    assert all(row.endswith(r" \\") for row in rows[1:-2]) and not rows[-2].endswith("\\")
    return dict(row.removesuffix(r" \\").split(" &= ") for row in rows[1:-1])


def test_a_state_is_dated_before_and_after_the_step():
    """Where the book's name of a state has no date, the step is its index."""
    dated, other = sides(trace("adam")), sides(trace("adadelta"))
    assert list(dated) == ["m_t", "v_t", "u_t", "x_t"]
    assert dated["m_t"] == r"\beta_1 m_{t-1} + \left(1 - \beta_1\right) \, g_t"
    assert list(other) == ["v_t", "d_t", "u_t", "x_t"] and "d_{t-1}" in other["d_t"]
    assert "m_{t}" in dated["u_t"] and "m_{t-1}" not in dated["u_t"]


def test_a_layer_has_an_equation_for_each_entry():
    moments, directions = ([f"{s}_{{t,{k}}}" for k in (1, 2, 3)] for s in "mu")
    assert list(sides(trace("novograd", n=3))) == [*moments, "v_t", *directions, "x_t"]
    assert list(sides(trace("novograd"))) == [*moments[:2], "v_t", *directions[:2], "x_t"]
    assert len(sides(trace("novograd", n=1))) == 4


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_is_one_equation_for_the_rate(name):
    assert list(sides(trace(name))) == [r"\alpha_t"]


@pytest.mark.parametrize("name", ["adam", "keras_momentum"])
def test_the_last_line_moves_the_point_by_the_rate_or_by_what_holds_it(name):
    step = "u_t" if RULES[name].takes_lr else r"\alpha\,u_t"
    assert sides(trace(name))["x_t"] == f"x_{{t-1}} - {step}"


def test_the_formula_is_what_a_notebook_renders():
    traced = trace("adam")
    assert traced._repr_latex_() == f"$\\displaystyle {traced.latex()}$"
    assert repr(traced) == "Trace(adam: t, g, x, m, v, beta1, beta2, eps)"


def test_the_longest_part_that_is_a_new_state_is_written_by_its_letter():
    """A state that stays what it was has no letter of its own to be put in."""
    assert sides(trace("adam", beta1=0))["u_t"].count("g_t") == 1
    assert "m_{t}" not in sides(trace("adam", beta1=0))["u_t"]


@pytest.mark.parametrize(
    ("rule", "fixed", "domain"),
    [
        ("adam", {"beta1": 1}, r"\[0, 1\)"),
        ("adam", {"beta2": -0.1}, r"\[0, 1\)"),
        ("adam", {"v": -1}, r"\[0, inf\)"),
        ("adam", {"t": 0}, r"integer \[1, inf\)"),
        ("adam", {"t": 1.5}, r"integer \[1, inf\)"),
        ("keras_momentum", {"lr": -1}, r"\[0, inf\)"),
        ("cosine", {"t": 0}, r"integer \[1, inf\)"),
    ],
)
def test_a_fixed_number_lies_in_its_domain(rule, fixed, domain):
    (key, value), *_ = fixed.items()
    with pytest.raises(ValueError, match=f"{rule}: {key} must lie in {domain}, got "):
        trace(rule, **fixed)


@pytest.mark.parametrize("fixed", [{"beta1": 0}, {"eps": 0}, {"v": 0}, {"beta1": sp.Symbol("b")}])
def test_the_ends_of_a_domain_and_expressions_can_be_fixed(fixed):
    (key, value), *_ = fixed.items()
    traced = trace("adam", **fixed)
    assert key not in traced.symbols and key not in traced.domains
    assert not any(s.name == key for s in traced.u.free_symbols)
    assert isinstance(value, int) or value in traced.u.free_symbols


def test_a_vector_can_be_fixed_as_a_sequence_or_an_array():
    for whole in ([0.5, 2], (0.5, 2), np.array([0.5, 2])):
        traced = trace("lamb", g=whole, m=[0, 0], v=[0, 0], weight_decay=0, t=1)
        assert traced.state["m"].tolist() == [
            s * (1 - traced.symbols["beta1"]) for s in (sp.Rational(1, 2), 2)
        ]


@pytest.mark.parametrize("name", ["shampoo", "muon"])
def test_what_cannot_run_on_symbols_is_refused(name):
    with pytest.raises(TypeError, match=f"{name} cannot run on symbols"):
        trace(name)


def test_names_that_are_not_of_the_rule_are_refused_together():
    with pytest.raises(TypeError, match="adam has no a, lr; it has t, g, x, m, v, beta1, "):
        trace("adam", lr=1, a=2)
    with pytest.raises(TypeError, match="cosine has no beta1; it has t, "):
        trace("cosine", beta1=1)
    with pytest.raises(TypeError, match="cosine acts element by element"):
        trace("cosine", n=2)


def test_the_domains_are_open_for_settings_and_those_of_the_states():
    domains = trace("adam").domains
    assert {k: str(d) for k, d in domains.items()} == {
        "t": "integer [1, inf)",
        "g": "real",
        "x": "real",
        "m": "real",
        "v": "[0, inf)",
        "beta1": "(0, 1)",
        "beta2": "(0, 1)",
        "eps": "(0, inf)",
    }
    assert str(trace("keras_momentum").domains["lr"]) == "(0, inf)"
    assert str(trace("cosine").domains["t"]) == "integer [1, inf)"
    assert {str(d) for k, d in trace("cosine").domains.items() if k != "t"} <= {
        str(d.interior) for d in SCHEDULES["cosine"].domains.values()
    }


def test_pi_is_the_number_and_not_its_digits():
    assert trace("cosine").u.has(sp.pi)


def test_a_state_made_of_another_is_put_in_before_it():
    row = sides(trace("amsgrad"))["u_t"]
    assert r"v^{\max}_t}" in row and r"\max\left" not in row and "v_{t}" not in row


def short(xp, t, g, x, m, v):
    return g, m


def long(xp, t, g, x, m):
    return g, m, m


@pytest.mark.parametrize("function", [short, long])
def test_a_rule_returns_as_many_states_as_it_takes(monkeypatch, function):
    monkeypatch.setitem(RULES, function.__name__, None)
    with pytest.raises(ValueError, match="zip"):
        trace(registry.rule(source="here")(function))
