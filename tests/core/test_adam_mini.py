"""Adam-mini: one second moment for a layer."""

import numpy as np
import pytest
from support import gradients, run, same, start

from optlib import Optimizer
from optlib.rules.layerwise import adam_mini


def test_adam_mini_is_adam_where_all_gradients_of_a_layer_have_one_size():
    rng = np.random.default_rng(0)
    gs = [size * rng.choice([-1.0, 1.0], (3, 4)) for size in (2.0, 0.1, 30.0, 1.0)]
    mini, _ = run(Optimizer(adam_mini), start((3, 4)), gs)
    plain, _ = run(Optimizer("adam"), start((3, 4)), gs)
    np.testing.assert_allclose(mini, plain, rtol=1e-14)


def test_adam_mini_keeps_n_plus_one_numbers_where_adam_keeps_2n():
    x = np.ones((30, 50))
    assert sum(a.size for a in Optimizer(adam_mini).init(x).values()) == 1500 + 1
    assert sum(a.size for a in Optimizer("adam").init(x).values()) == 2 * 1500


def test_the_second_moment_of_adam_mini_is_the_mean_of_adams():
    gs = gradients((3, 4), 8)
    _, mini = run(Optimizer(adam_mini), start((3, 4)), gs)
    _, plain = run(Optimizer("adam"), start((3, 4)), gs)
    np.testing.assert_allclose(mini["v"], plain["v"].mean(), rtol=1e-13)
    assert same(mini["m"], plain["m"])


def test_adam_mini_moves_along_the_averaged_gradient():
    """One rate for the layer changes the length of a step, and Adam its direction too."""
    gs, x = gradients(6, 5), np.zeros(6)
    before, state = run(Optimizer(adam_mini), x, gs[:-1])
    after, new = run(Optimizer(adam_mini), before, gs[-1:], t0=4, state=state)
    ratio = (before - after) / new["m"]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-9)


@pytest.mark.parametrize("shape", [(5,), (3, 4)])
def test_the_first_step_of_adam_mini_has_a_root_mean_square_of_one(shape):
    (g,) = gradients(shape, 1)
    x, _ = run(Optimizer(adam_mini, lr=1.0, eps=0.0), np.zeros(shape), [g])
    assert np.sqrt(np.mean(x * x)) == pytest.approx(1.0, rel=1e-12)


def test_adam_mini_turns_with_the_axes_of_a_layer_and_adam_does_not():
    q = np.linalg.qr(np.random.default_rng(0).standard_normal((6, 6)))[0]
    gs = gradients(6, 5)
    for rule, turns in ((adam_mini, True), ("adam", False)):
        straight, _ = run(Optimizer(rule, lr=1.0), np.zeros(6), gs)
        turned, _ = run(Optimizer(rule, lr=1.0), np.zeros(6), [q @ g for g in gs])
        assert np.allclose(turned, q @ straight, atol=1e-12) == turns
