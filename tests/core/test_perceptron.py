"""The small network: its derivatives against differences, its sweep, its top eigenvalue."""

import numpy as np
import pytest

from optlib import Optimizer, minimize
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


def test_refusals():
    with pytest.raises(ValueError, match="as many rows"):
        perceptron(DATA[0], DATA[1][:5])
    with pytest.raises(ValueError, match="needs a unit"):
        perceptron(*DATA, (4, 0))
