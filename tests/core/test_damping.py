"""What a zero gradient and a larger eps do to every rule."""

import numpy as np
import pytest
from support import gradients, run, same, start

from optlib import RULES, Optimizer

# The point is a function of the sums of gradients alone, the first moment starts above zero, or
# every step shrinks the point.
MOVED_WITHOUT_GRADIENT = {"ftrl", "yogi_corrected", "fromage", "scion"}
# Eps stands above and below the bar, is the floor of a norm, is undone by a scaling after it, or is
# small beside what ends at a cap.
NOT_DAMPED = {
    "adadelta",
    "madgrad",
    "polyak_sgd",
    "shampoo",
    "muon",
    "muon_plain",
    "muon_corrected",
    "muon_floored",
    "muon_floored_plain",
    "polar_express",
    "scion_unconstrained",
    "scion",
    "lamb",
    "lamb_paper",
    "lamb_bounded",
}
WITH_EPS = [name for name, fn in RULES.items() if "eps" in fn.hyper]


def without_decay(rule, **hyper):
    name = "decay" if rule == "asgd" else "weight_decay"
    decay = {name: 0.0} if name in RULES[rule].hyper else {}
    return Optimizer(rule, lr=0.1, **decay, **hyper)


def test_a_zero_gradient_moves_nothing_and_divides_by_nothing(rule, shape):
    for x in (start(shape), np.zeros(shape)):
        new, state = run(without_decay(rule), x, [np.zeros(shape)] * 3)
        still = rule not in MOVED_WITHOUT_GRADIENT
        assert same(new, x) or not still
        assert np.all(np.isfinite(new)) and all(np.all(np.isfinite(s)) for s in state.values())


@pytest.mark.parametrize("rule", WITH_EPS)
def test_a_larger_eps_shortens_every_step(rule):
    g = gradients((3, 4), 1)[0]
    g /= np.linalg.norm(g)
    x = np.ones_like(g)
    small, large, huge = (
        abs(run(without_decay(rule, eps=eps), x, [g] * 8)[0] - x) for eps in (0.01, 1.0, 10.0)
    )
    damped = np.all(small > large) and np.all(large > huge)
    assert damped == (rule not in NOT_DAMPED)
