"""The small network: its derivatives against differences, its sweep, its top eigenvalue."""

import numpy as np
import pytest

from optlib import Optimizer, minimize
from optlib.problems.base import affine_maps
from optlib.problems.perceptron import perceptron, top_eigenvalue

RNG = np.random.default_rng(0)
DATA = RNG.standard_normal((9, 3)), RNG.standard_normal((9, 2))


def difference(function, x, p, h=1e-5):
    return (function(x + h * p) - function(x - h * p)) / (2 * h)


@pytest.mark.parametrize("hidden", [(), (4,), (4, 5)])
def test_derivatives_agree_with_differences(hidden):
    net = perceptron(*DATA, hidden)
    x, p = net.draw(3), RNG.standard_normal(net.shape)
    assert np.isclose(net.grad(x) @ p, difference(net.value, x, p), rtol=1e-8)
    assert np.allclose(net.hvp(x, p), difference(net.grad, x, p), rtol=1e-6, atol=1e-8)


def test_hessian_is_symmetric_and_its_rows_are_products():
    net = perceptron(*DATA, (4,))
    h = net.hess(net.start)
    assert h.shape == net.shape * 2
    assert np.allclose(h, h.T, atol=1e-14)
    p = RNG.standard_normal(net.shape)
    assert np.allclose(h @ p, net.hvp(net.start, p), atol=1e-13)


def test_linear_network_is_least_squares():
    inputs, targets = DATA
    net = perceptron(inputs, targets, ())
    blocks = np.linalg.eigvalsh(net.hess(net.start))
    padded = np.hstack([inputs, np.ones((9, 1))])
    expected = np.repeat(np.linalg.eigvalsh(padded.T @ padded / 9), 2)
    assert np.allclose(np.sort(blocks), np.sort(expected), atol=1e-12)


def test_a_sweep_is_its_single_runs():
    net = perceptron(*DATA, (4, 4))
    starts = np.stack([net.draw(k) for k in range(3)])
    together = minimize(Optimizer("adam", lr=0.01), net, starts, steps=5)
    for k, start in enumerate(starts):
        alone = minimize(Optimizer("adam", lr=0.01), net, start, steps=5)
        assert np.allclose(together.x[:, k], alone.x, rtol=1e-10, atol=1e-12)
    products = net.hvp(starts, starts + 1)
    assert np.allclose(products[1], net.hvp(starts[1], starts[1] + 1), atol=1e-12)
    assert net.hess(starts).shape == (3, *net.shape, *net.shape)


def test_top_eigenvalue():
    net = perceptron(*DATA, (4,))
    h = net.hess(net.start)
    eigenvalues = np.linalg.eigvalsh(h)
    largest = eigenvalues[np.abs(eigenvalues).argmax()]
    value, vector = top_eigenvalue(lambda p: net.hvp(net.start, p), RNG.random(net.shape), 400)
    assert np.isclose(value, largest, rtol=1e-6)
    assert np.allclose(h @ vector, largest * vector, atol=1e-3)
    few, _ = top_eigenvalue(lambda p: net.hvp(net.start, p), RNG.random(net.shape), 2)
    assert few <= eigenvalues[-1] + 1e-12


def test_weights_start_with_variance_one_over_the_inputs_and_biases_at_zero():
    net = perceptron(np.ones((2, 400)), np.ones((2, 2)), (300, 5))
    maps = affine_maps(net.start, [(400, 300), (300, 5), (5, 2)])
    for (weights, bias), inputs in zip(maps[:2], (400, 300), strict=True):
        assert weights.std() == pytest.approx(inputs**-0.5, rel=0.05) and not bias.any()
    assert np.array_equal(net.start, net.draw(0)) and not np.array_equal(net.start, net.draw(1))
    assert np.array_equal(perceptron(*DATA, (4,), seed=3).start, perceptron(*DATA, (4,)).draw(3))


def test_the_value_is_the_halved_mean_squared_error():
    net = perceptron(*DATA, (4,))
    (first, bias), (second, end) = affine_maps(net.start, [(3, 4), (4, 2)])
    errors = [
        np.tanh(a @ first + bias[0]) @ second + end[0] - y for a, y in zip(*DATA, strict=True)
    ]
    assert net.value(net.start) == pytest.approx(np.mean([e @ e for e in errors]) / 2)


@pytest.mark.parametrize(
    "data", [(DATA[0], DATA[1][:5]), (DATA[0], DATA[1][:, 0]), (DATA[0][:, 0], DATA[1])]
)
def test_data_that_are_no_two_tables_are_refused(data):
    with pytest.raises(ValueError, match="as many rows"):
        perceptron(*data)


def test_refusals():
    with pytest.raises(ValueError, match="needs a unit"):
        perceptron(*DATA, (4, 0))
