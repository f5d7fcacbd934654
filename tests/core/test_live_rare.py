"""The live figure of chapter 17: how far rare words have to go is what runs show."""

import numpy as np
import pytest

from optlib import Optimizer, minimize, problems
from optlib.book.live import find


@pytest.mark.parametrize(("s", "steps"), [(1.0, 100), (0.5, 30), (1.5, 1000)])
def test_a_word_has_as_far_to_go_as_the_figure_says(s, steps):
    data = find("rare-words").data(s=s, steps=steps)
    shares = data["x"] ** -s
    # Where words are at distance 1 from their goals, and the first sets the rate.
    bowl = problems.Problem(
        "words", lambda x, t=None: 0.0, lambda x, t=None: shares * x, x0 := 0 * shares + 1
    )
    descent = minimize(Optimizer("sgd", lr=1.0), bowl, x0, steps=steps, record="last")
    assert np.allclose(data["curves"][0], descent.x[-1], atol=1e-12)
    signs = minimize(Optimizer("signsgd", lr=1 / steps), bowl, x0, steps=steps, record="last")
    assert (np.abs(signs.x[-1]) <= data["curves"][1] + 1e-9).all()
    half, needed = data["readings"]
    assert np.isclose((1 - half**-s) ** steps, 0.5)
    assert np.isclose((1 - 1000**-s) ** needed, 0.5)
