"""The networks' gradients, shapes and places of the norm; the data; and the curvature."""

import numpy as np
import pytest

from optlib import Optimizer
from optlib.problems import datasets
from optlib.problems.curvature import hessian_times, sharpness
from optlib.problems.networks import accuracy, cross_entropy, mlp, smoothed
from optlib.problems.transformer import transformer
from optlib.running.train import train

NETWORKS = {
    "mlp": mlp((6, 5, 4)),
    "post": transformer(7, layers=2, width=8, heads=2, context=5, norm="post"),
    "pre": transformer(7, layers=2, width=8, heads=2, context=5, norm="pre"),
}


def batch_for(name, rng, count=3):
    if name == "mlp":
        return rng.standard_normal((count, 6)), rng.integers(0, 4, count)
    return rng.integers(0, 7, (count, 5)), rng.integers(0, 7, (count, 5))


@pytest.fixture(params=NETWORKS)
def case(request):
    rng = np.random.default_rng(1)
    network = NETWORKS[request.param]
    return network, network.init(rng, np.float64), batch_for(request.param, rng)


def test_gradient_against_differences(case):
    network, params, batch = case
    value, gradient = network.value_and_grad(params, batch)
    assert value == pytest.approx(network.loss(params, batch))
    rng = np.random.default_rng(2)
    for name, array in params.items():
        along = rng.standard_normal(array.shape)
        up, down = (params | {name: array + h * along} for h in (1e-6, -1e-6))
        slope = (network.loss(up, batch) - network.loss(down, batch)) / 2e-6
        assert slope == pytest.approx((gradient[name] * along).sum(), rel=1e-6, abs=1e-9), name


def test_float32_stays_float32(case):
    network, params, batch = case
    small = {name: array.astype(np.float32) for name, array in params.items()}
    _, gradient = network.value_and_grad(small, batch)
    assert {array.dtype for array in gradient.values()} == {np.dtype(np.float32)}
    assert {name: a.shape for name, a in gradient.items()} == {k: a.shape for k, a in small.items()}


def test_scores_have_a_class_axis(case):
    network, params, batch = case
    scores = network.scores(params, batch[0])
    assert scores.shape == (*batch[1].shape, 4 if network.name.startswith("mlp") else 7)


def test_the_loss_is_the_mean_of_minus_the_logarithm_of_the_right_share(case):
    network, params, batch = case
    scores = network.scores(params, batch[0]).reshape(-1, 7 if batch[1].ndim > 1 else 4)
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    right = shares[np.arange(batch[1].size), batch[1].ravel()]
    assert network.loss(params, batch) == pytest.approx(-np.log(right).mean(), rel=1e-12)
    best = shares.argmax(axis=1).reshape(batch[1].shape)
    assert accuracy(network, params, (batch[0], best)) == 1.0
    best.flat[0] = (best.flat[0] + 1) % 4
    assert accuracy(network, params, (batch[0], best)) == pytest.approx(1 - 1 / best.size)


def test_large_scores_do_not_overflow():
    scores, labels = np.array([[1e4, -1e4], [3.0, 3.0]]), np.array([0, 1])
    assert cross_entropy(scores, labels) == pytest.approx(np.log(2) / 2)


def test_no_place_sees_the_future():
    rng = np.random.default_rng(3)
    for norm in ("post", "pre"):
        network = NETWORKS[norm]
        params = network.init(rng, np.float64)
        x, _ = batch_for(norm, rng)
        other = x.copy()
        other[:, 3] = (x[:, 3] + 1) % 7
        a, b = network.scores(params, x), network.scores(params, other)
        np.testing.assert_array_equal(a[:, :3], b[:, :3])
        assert np.abs(a[:, 3:] - b[:, 3:]).max(axis=-1).all()


def test_post_and_pre_differ_only_in_the_place_of_the_norm():
    post, pre = (NETWORKS[k].init(np.random.default_rng(4)) for k in ("post", "pre"))
    assert set(pre) - set(post) == {"norm_end.gain", "norm_end.bias"} and set(post) < set(pre)
    assert all(np.array_equal(post[name], pre[name]) for name in post)
    # With nothing in the branches both are a norm of the embedding: post-LN's is idempotent.
    silent = {name: 0 * a if name.startswith(("mix", "down")) else a for name, a in pre.items()}
    x = np.arange(5)[None]
    a, b = (NETWORKS[k].scores(silent, x) for k in ("post", "pre"))
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)
    a, b = (NETWORKS[k].scores(pre, x) for k in ("post", "pre"))
    assert np.abs(a - b).max() > 0.1


def test_refusals():
    with pytest.raises(ValueError, match="norm"):
        transformer(7, norm="middle")
    with pytest.raises(ValueError, match="heads"):
        transformer(7, width=10, heads=4)


def test_training_is_repeatable_and_leaves_the_start():
    data, network = datasets.digits(), mlp()
    start = network.init(np.random.default_rng(0))
    kept = {name: array.copy() for name, array in start.items()}
    batches = datasets.samples(data.x, data.y, 64, seed=0)
    seen = []
    runs = [
        train(Optimizer("adam", lr=1e-2), network, start, batches, 60, watch)
        for watch in (None, lambda t, params, gradient, state: seen.append(t))
    ]
    assert seen == list(range(1, 61))
    np.testing.assert_array_equal(runs[0].losses, runs[1].losses)
    assert all(np.array_equal(start[name], kept[name]) for name in kept)
    assert runs[0].diverged == 0
    assert accuracy(network, runs[0].params, (data.x_test, data.y_test)) > 0.85


def test_a_run_that_leaves_the_finite_numbers_ends_there():
    data, network = datasets.digits(), mlp()
    start = network.init(np.random.default_rng(0))
    batches = datasets.samples(data.x, data.y, 64, seed=0)
    run = train(Optimizer("sgd", lr=1e30), network, start, batches, 20)
    assert 1 <= run.diverged <= 5 and np.isinf(run.losses[run.diverged - 1 :]).all()
    assert all(np.isfinite(array).all() for array in run.params.values())


def test_smoothed_is_the_mean_of_the_last():
    losses = np.arange(6.0)
    np.testing.assert_allclose(smoothed(losses, 3), [0, 0.5, 1, 2, 3, 4])
    np.testing.assert_allclose(smoothed(np.stack([losses, losses]), 3)[1], smoothed(losses, 3))


@pytest.mark.parametrize("shape", [(8,), (2, 8), (0,)])
def test_the_mean_of_the_last_one_is_the_loss_itself(shape):
    losses = np.random.default_rng(0).standard_normal(shape)
    np.testing.assert_allclose(smoothed(losses, 1), losses, atol=1e-14)


def test_the_plain_perceptron_takes_digits_and_every_network_starts_as_it_says():
    data, rng = datasets.digits(), np.random.default_rng(0)
    assert mlp().scores(mlp().init(rng), data.x[:3]).shape == (3, 10)
    wide = mlp((400, 300, 200)).init(rng, np.float64)
    assert wide["W1"].std() == pytest.approx((2 / 400) ** 0.5, rel=0.02)
    assert wide["W2"].std() == pytest.approx((2 / 300) ** 0.5, rel=0.02)
    wide = transformer(90, layers=1, width=120, heads=4, context=80).init(rng, np.float64)
    for name in ("qkv0", "mix0", "up0", "down0", "scores"):
        inputs, outputs = wide[name].shape
        outputs = 120 if name == "qkv0" else outputs
        assert wide[name].std() == pytest.approx((2 / (inputs + outputs)) ** 0.5, rel=0.02)
    for name in ("characters", "places"):
        assert wide[name].std() == pytest.approx(120**-0.5, rel=0.02)


def test_digits_are_scaled_split_and_fixed():
    data = datasets.digits()
    assert data.x.shape == (1437, 64) and data.x_test.shape == (360, 64)
    assert data.x.dtype == np.float32 and data.x.min() == 0 and data.x.max() == 1
    assert set(np.unique(data.y)) == set(np.unique(data.y_test)) == set(range(10))
    assert not {a.tobytes() for a in data.x} >= {a.tobytes() for a in data.x_test}
    with pytest.raises(ValueError, match="read-only"):
        data.x[0] = 1


def test_text_is_the_book():
    text = datasets.text()
    assert text.decode(text.train[:9]) == "CHAPTER I"
    assert text.decode(text.test[-8:]) == "THE END\n"
    assert len(text.train) + len(text.test) == 148_303 and len(text.alphabet) == 70
    x, y = datasets.windows(text.train, batch=4, context=10, seed=5)(7)
    again, _ = datasets.windows(text.train, batch=4, context=10, seed=5)(7)
    np.testing.assert_array_equal(x[:, 1:], y[:, :-1])
    np.testing.assert_array_equal(x, again)
    assert x.shape == (4, 10)
    assert len(text.test) == 148_303 // 10


def test_every_piece_and_every_example_is_drawn_sooner_or_later():
    five = np.arange(5)
    x, y = datasets.windows(five, batch=100, context=3, seed=0)(1)
    assert set(map(tuple, np.hstack([x, y]))) == {(0, 1, 2, 1, 2, 3), (1, 2, 3, 2, 3, 4)}
    x, y = datasets.samples(five, five**2, batch=100, seed=0)(1)
    assert set(zip(x.tolist(), y.tolist(), strict=True)) == {(k, k * k) for k in range(5)}


@pytest.mark.parametrize("make", [datasets.windows, datasets.samples])
def test_a_batch_depends_on_seed_and_step(make):
    x = np.arange(1000)
    given = (x, 10, 3) if make is datasets.windows else (x, x, 10)
    first = make(*given, seed=1)(1)[0]
    assert not np.array_equal(first, make(*given, seed=1)(2)[0])
    assert not np.array_equal(first, make(*given, seed=2)(1)[0])


def test_curvature_is_that_of_the_dense_hessian(case):
    network, params, batch = case
    times = hessian_times(network, params, batch)
    size = sum(array.size for array in params.values())
    rng = np.random.default_rng(6)
    directions = rng.standard_normal((3, size))
    pieces = np.cumsum([array.size for array in params.values()])[:-1]

    def gradient_at(flat):
        split = zip(params.items(), np.split(flat, pieces), strict=True)
        at = {name: part.reshape(array.shape) for (name, array), part in split}
        return np.concatenate([g.ravel() for g in network.value_and_grad(at, batch)[1].values()])

    flat = np.concatenate([array.ravel() for array in params.values()])
    for v in directions:
        difference = (gradient_at(flat + 1e-5 * v) - gradient_at(flat - 1e-5 * v)) / 2e-5
        np.testing.assert_allclose(times(v), difference, rtol=1e-4, atol=1e-6)


def test_sharpness_is_the_largest_eigenvalue():
    rng = np.random.default_rng(7)
    network, batch = NETWORKS["mlp"], batch_for("mlp", rng, 30)
    params = network.init(rng, np.float64)
    size = sum(array.size for array in params.values())
    times = hessian_times(network, params, batch)
    dense = np.array([times(e) for e in np.eye(size)])
    assert sharpness(network, params, batch, steps=size) == pytest.approx(
        np.linalg.eigvalsh(dense)[-1], rel=1e-8
    )
    scale = {name: rng.uniform(0.1, 10, array.shape) for name, array in params.items()}
    root = np.concatenate([s.ravel() for s in scale.values()]) ** -0.5
    assert sharpness(network, params, batch, scale, steps=size) == pytest.approx(
        np.linalg.eigvalsh(root[:, None] * dense * root)[-1], rel=1e-8
    )
    assert sharpness(network, params, batch, steps=8) <= np.linalg.eigvalsh(dense)[-1] * (1 + 1e-9)
