"""What a signature says of a rule or a schedule is kept with it, or refused."""

import inspect

import numpy as np
import pytest

from optlib import RULES, SCHEDULES, registry
from optlib.domains import Domain
from optlib.registry import find, rule, schedule_rule


@pytest.fixture(autouse=True)
def apart(monkeypatch):
    """What a test registers is not taken up by the others."""
    monkeypatch.setattr(registry, "RULES", {})
    monkeypatch.setattr(registry, "SCHEDULES", {})


def example(xp, t, g, x, m, s, *, lr, hess, beta1=0.9, strength=2.0):
    return g, m, s


def registered(**changed):
    given = {"source": "a paper", "domains": {"strength": "(0, 3]", "s": "[1, inf)"}}
    return rule(**given | changed)(example)


def test_a_rule_keeps_what_its_signature_says():
    fn = registered()
    assert registry.RULES == {"example": fn} and fn is example
    assert fn.state == ("m", "s") and fn.inputs == ("hess",) and fn.takes_lr is True
    assert fn.hyper == {"beta1": 0.9, "strength": 2.0}
    assert (fn.source, fn.parent, fn.change, fn.scope) == ("a paper", None, "", "element")
    assert (fn.square, fn.invariants, fn.traceable, fn.axes) == ((), (), True, None)
    assert {k: str(d) for k, d in fn.domains.items()} == {
        "beta1": "[0, 1)",
        "strength": "(0, 3]",
        "m": "real",
        "s": "[1, inf)",
        "hess": "real",
    }


def test_a_state_without_a_domain_has_that_of_its_name_or_is_real():
    domains = rule(source="none")(lambda xp, t, g, x, v, w, *, hess: (g, v, w)).domains
    assert str(domains["v"]) == "[0, inf)" and domains["w"] == domains["hess"] == Domain()


def test_a_rule_that_does_not_ask_for_the_rate_takes_none():
    fn = rule(source="none")(lambda xp, t, g, x, *, hess: (g,))
    assert fn.takes_lr is False and fn.inputs == ("hess",) and fn.hyper == {}


def test_a_rate_with_a_default_is_a_hyper_parameter():
    fn = rule(source="none")(lambda xp, t, g, x, *, lr=0.1: (g,))
    assert fn.hyper == {"lr": 0.1} and not fn.takes_lr and str(fn.domains["lr"]) == "[0, inf)"


@pytest.mark.parametrize(
    "changed",
    [
        {"scope": "matrix"},
        {"parent": RULES["adam"], "change": "nothing"},
        {"square": ("hess",)},
        {"invariants": ("s >= m",)},
        {"traceable": False},
    ],
)
def test_a_rule_keeps_what_it_was_registered_with(changed):
    fn = registered(**changed)
    assert {k: getattr(fn, k) for k in changed} == changed


@pytest.mark.parametrize("scope", registry.SCOPES)
def test_every_scope_is_taken_and_no_other(scope):
    assert registered(scope=scope).scope == scope
    with pytest.raises(ValueError, match="scope 'column' is unknown; it is one of element, layer"):
        rule(source="none", scope="column")


def test_a_state_starts_at_zeros_like_x_but_for_what_the_rule_says():
    x, given = np.ones((2, 3), np.float32), {}

    def start(xp, x, **hyper):
        given.update(hyper)
        return {"s": xp.full_like(x, 5)}

    plain, own = registered().init(np, x), registered(init=start).init(np, x, beta1=0.5)
    assert list(plain) == list(own) == ["m", "s"] and given == {"beta1": 0.5}
    assert all(not a.any() and a.shape == x.shape and a.dtype == x.dtype for a in plain.values())
    assert not own["m"].any() and (own["s"] == 5).all()


@pytest.mark.parametrize(
    "wrong",
    [lambda g, x: g, lambda xp, t, x, g: (g,), lambda t, xp, g, x: (g,), lambda xp, t, g: (g,)],
)
def test_what_does_not_start_as_a_rule_is_refused(wrong):
    with pytest.raises(TypeError, match="the arguments must start with xp, t, g, x"):
        rule(source="none")(wrong)
    assert registry.RULES == {}


def test_a_schedule_keeps_what_its_signature_says():
    def falling(xp, t, *, peak, floor=0.0):
        return peak

    domains, requires = {"peak": "[0, inf)", "floor": "[0, 1]"}, ("floor < peak",)
    make = schedule_rule(source="a paper", domains=domains, requires=requires, steps="(0, inf)")
    assert make(falling) is falling and registry.SCHEDULES == {"falling": falling}
    assert falling.hyper == {"peak": inspect.Parameter.empty, "floor": 0.0}
    assert falling.source == "a paper" and falling.requires == requires
    assert str(falling.steps) == "(0, inf)"
    assert {k: str(d) for k, d in falling.domains.items()} == domains


def test_a_schedule_may_start_at_step_0_and_needs_nothing_else():
    fn = schedule_rule(source="none")(lambda xp, t, *, lr: lr)
    assert str(fn.steps) == "[0, inf)" and fn.requires == () and str(fn.domains["lr"]) == "[0, inf)"


@pytest.mark.parametrize(
    "wrong", [lambda t, *, lr: lr, lambda xp, t, lr: lr, lambda t, xp: 1, lambda xp: 1]
)
def test_what_is_no_schedule_is_refused(wrong):
    with pytest.raises(TypeError, match="the arguments must be xp, t and keywords"):
        schedule_rule(source="none")(wrong)


def test_a_schedule_without_a_domain_is_refused():
    with pytest.raises(ValueError, match="no domain is given for peak, floor"):
        schedule_rule(source="none")(lambda xp, t, *, peak, lr, floor=0: lr)


@pytest.mark.parametrize(("kind", "known"), [("rule", RULES), ("schedule", SCHEDULES)])
def test_a_registered_function_is_found_by_itself_and_by_its_name(kind, known):
    for name, fn in known.items():
        assert find(kind, known, name) is find(kind, known, fn) is fn
    with pytest.raises(TypeError, match=f"unknown {kind} 'adm'; known are {next(iter(known))}, "):
        find(kind, known, "adm")
    with pytest.raises(TypeError, match=f"unknown {kind} None"):
        find(kind, known, None)
    for odd in (len, 3, lambda t: t, Domain):
        with pytest.raises(TypeError, match=f"is not a registered {kind}; decorate the function"):
            find(kind, known, odd)
