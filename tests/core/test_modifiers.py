"""A rule with one thing changed differs from it in that one thing."""

import numpy as np
import pytest
from support import extra, gradients, same, start

from optlib import RULES, Optimizer
from optlib.rules import modifiers

PLAIN = [name for name, fn in RULES.items() if "weight_decay" not in fn.hyper]
SHAPE, LR, DECAY = (5, 3), 0.1, 0.3
X, G = start(SHAPE), gradients(SHAPE, 1)[0]


def steps(rule, x, gs, inputs, **hyper):
    opt = Optimizer(rule, lr=LR, **hyper)
    state = opt.init(x)
    for t, g in enumerate(gs, 1):
        x, state = opt.step(t, g, x, state, **inputs)
    return x, state


@pytest.mark.parametrize("rule", PLAIN)
def test_an_l2_penalty_is_part_of_the_gradient(rule):
    inputs = extra(rule, G)
    penalised, _ = steps(modifiers.l2(RULES[rule]), X, [G], inputs, weight_decay=DECAY)
    by_hand, _ = steps(rule, X, [G + DECAY * X], inputs)
    assert same(penalised, by_hand)


@pytest.mark.parametrize("rule", PLAIN)
def test_decoupled_decay_shrinks_the_weights_by_the_rate_times_the_decay(rule):
    inputs = extra(rule, G)
    decayed, state = steps(modifiers.decoupled(RULES[rule]), X, [G], inputs, weight_decay=DECAY)
    plain, plain_state = steps(rule, X, [G], inputs)
    rounding = 1e-12 * (1 + np.abs(plain).max())
    np.testing.assert_allclose(plain - decayed, LR * DECAY * X, rtol=0, atol=rounding)
    assert all(same(state[k], plain_state[k]) for k in state)


@pytest.mark.parametrize("rule", PLAIN)
def test_cautious_decay_shrinks_only_the_weights_that_the_rule_shrinks(rule):
    inputs = extra(rule, G)
    cautious = modifiers.decoupled_cautiously(RULES[rule])
    decayed, _ = steps(cautious, X, [G], inputs, weight_decay=DECAY)
    plain, _ = steps(rule, X, [G], inputs)
    free = (X - plain) * X < 0
    assert same(decayed[free], plain[free])
    wanted = np.where(free, 0.0, LR * DECAY * X)
    rounding = 1e-12 * (1 + np.abs(plain).max())
    np.testing.assert_allclose(plain - decayed, wanted, rtol=0, atol=rounding)


MODIFIERS = [modifiers.l2, modifiers.decoupled, modifiers.decoupled_cautiously]


@pytest.mark.parametrize("modifier", MODIFIERS)
@pytest.mark.parametrize("rule", PLAIN)
def test_a_decay_of_zero_is_the_default_and_the_rule_itself(rule, modifier):
    changed, inputs, gs = modifier(RULES[rule]), extra(rule, G), gradients(SHAPE, 3)
    assert same(steps(changed, X, gs, inputs)[0], steps(rule, X, gs, inputs)[0])
    assert changed.hyper == {**RULES[rule].hyper, "weight_decay": 0.0}
    assert changed.parent is RULES[rule] and changed.change
    assert changed.__name__.startswith(f"{rule}_")


@pytest.mark.parametrize("rule", [name for name in PLAIN if RULES[name].state])
def test_a_state_starts_at_the_number_given(rule):
    name = RULES[rule].state[0]
    plain = Optimizer(rule, lr=LR).init(X)
    state = Optimizer(modifiers.starting(RULES[rule], **{name: 1.5}), lr=LR).init(X)
    assert np.all(state[name] == 1.5)
    assert all(same(state[k], plain[k]) for k in plain if k != name)


def test_a_state_that_is_unknown_or_outside_its_domain_is_refused():
    with pytest.raises(TypeError, match="known are m, v"):
        modifiers.starting(RULES["adam"], w=1.0)
    with pytest.raises(TypeError, match="known are none"):
        modifiers.starting(RULES["sgd"], m=1.0)
    with pytest.raises(ValueError, match="v must satisfy 0 <= v"):
        modifiers.starting(RULES["adam"], v=-1.0)


@pytest.mark.parametrize("rule", PLAIN)
def test_a_changed_rule_starts_where_the_rule_starts_with_the_same_settings(rule):
    fn = RULES[rule]
    hyper = {k: v / 2 if isinstance(v, float) else v for k, v in fn.hyper.items()}
    for modifier in MODIFIERS:
        state = modifier(fn).init(np, X, weight_decay=DECAY, **hyper)
        assert all(same(state[k], a) for k, a in fn.init(np, X, **hyper).items())


def test_a_rule_may_keep_more_than_the_rule_it_is_made_of():
    rule = RULES["momentum"]

    def changed(xp, t, g, x, m, count, first, *, step, **hyper):
        u, m = rule(xp, t, g, x, m, **hyper)
        return u + first, m, count + step, first

    made = modifiers.derived(
        rule,
        changed,
        "counted",
        "counts its steps and remembers where it began",
        state={"count": None, "first": lambda xp, x: xp.abs(x)},
        hyper={"step": (2.0, "[0, inf)")},
    )
    assert made.state == (*rule.state, "count", "first")
    x, state = steps(made, X, [G] * 3, {})
    plain, _ = steps("momentum", X, [G] * 3, {})
    assert same(state["count"], np.full(SHAPE, 6.0)) and same(state["first"], np.abs(X))
    np.testing.assert_allclose(x, plain - 3 * LR * np.abs(X), rtol=1e-12)
