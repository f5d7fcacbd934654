"""The bias correction is the same for a step that is a number and for one that is an array."""

import numpy as np
import pytest

from optlib.namespaces import words
from optlib.rules.averages import debias, ema


@pytest.mark.parametrize("beta", [0.0, 0.3, 0.9, 0.999])
@pytest.mark.parametrize("t", [1, 2, 17, 1000])
def test_the_step_may_be_an_array(beta, t):
    average = np.asarray([1.5, -2.0])
    by_number = debias(words(average), beta, t, average)
    by_array = debias(words(average), beta, np.asarray(t), average)
    np.testing.assert_allclose(by_array, by_number, rtol=1e-12)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.99])
def test_the_corrected_average_of_a_constant_is_the_constant(beta):
    average = np.zeros(2)
    for t in range(1, 30):
        average = ema(beta, average, np.asarray([3.0, -4.0]))
        np.testing.assert_allclose(debias(np, beta, t, average), [3.0, -4.0], rtol=1e-12)
