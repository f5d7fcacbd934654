"""The live figure of chapter 11, against steps of the rules themselves."""

import numpy as np
import pytest

from optlib import Optimizer
from optlib.book.live import find


@pytest.mark.parametrize("rule", ["sgd", "rmsprop"])
def test_the_best_rate_against_the_batch_is_the_one_that_steps_of_the_rule_have(rule):
    """On a bowl, for gradients of mean 1; the long memory of RMSprop is near its mean."""
    old, new, scale = 16, 64, 64
    rng = np.random.default_rng(0)

    def best(batch):
        g = 1 + np.sqrt(scale / batch) * rng.standard_normal((200, 3000))
        optimizer = Optimizer(rule, lr=1.0, **({"beta2": 0.98} if rule == "rmsprop" else {}))
        x = np.zeros(3000)
        state = optimizer.init(x)
        for t, row in enumerate(g, 1):
            after, state = optimizer.step(t, row, x, state)
        u = x - after
        return u.mean() / (u**2).mean()

    shown = find("batch-rates").data(noise=scale, old=old, later=new)["readings"]
    wanted = shown[0] if rule == "rmsprop" else shown[2]
    assert best(new) / best(old) == pytest.approx(wanted, rel=0.06)


def test_the_rate_that_keeps_the_path_is_the_root_among_noise_and_linear_among_signal():
    readings = find("batch-rates").data(noise=16384, old=1, later=16)["readings"]
    assert readings == pytest.approx([4, 4, 16], rel=2e-3)
    readings = find("batch-rates").data(noise=1, old=256, later=16384)["readings"]
    assert readings == pytest.approx([1, 64, 1], rel=5e-3)
