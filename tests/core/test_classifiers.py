"""Classifiers with gradients by hand: true gradients, seeds that are single runs, known minima."""

import numpy as np
import pytest

from optlib import Optimizer, minimize
from optlib.problems.base import affine_maps
from optlib.problems.classifiers import bigram, classifier, softmax, starts

RNG = np.random.default_rng(0)
INPUTS, LABELS = RNG.standard_normal((30, 5)), np.arange(30) % 4
COUNTS = np.array([[6.0, 2.0, 1.0], [1.0, 5.0, 3.0]])


def problems():
    return [
        classifier(INPUTS, LABELS),
        classifier(INPUTS, LABELS, penalty=0.1),
        classifier(INPUTS, LABELS, hidden=7, penalty=0.1),
        bigram(COUNTS),
    ]


@pytest.mark.parametrize("problem", problems(), ids=lambda p: p.name)
def test_gradients_are_those_of_the_values(problem):
    rng = np.random.default_rng(1)
    x, way = rng.standard_normal((2, *problem.shape))
    h = 1e-6
    slope = (problem.value(x + h * way) - problem.value(x - h * way)) / (2 * h)
    assert np.isclose(slope, (problem.grad(x) * way).sum(), rtol=1e-6)


@pytest.mark.parametrize("problem", problems(), ids=lambda p: p.name)
def test_leading_axes_are_runs(problem):
    x = np.random.default_rng(2).standard_normal((2, 3, *problem.shape))
    values, gradients = problem.value(x), problem.grad(x)
    assert values.shape == (2, 3) and gradients.shape == x.shape
    assert np.isclose(values[1, 2], problem.value(x[1, 2]))
    assert np.allclose(gradients[1, 2], problem.grad(x[1, 2]))


def makers():
    return [
        lambda seeds: classifier(INPUTS, LABELS, 6, batch=8, seeds=seeds),
        lambda seeds: bigram(COUNTS, batch=8, seeds=seeds),
    ]


@pytest.mark.parametrize("make", makers(), ids=["classifier", "bigram"])
def test_the_first_of_several_seeds_is_the_single_one(make):
    one, three = make(1), make(3)
    x = np.random.default_rng(3).standard_normal(one.shape)
    assert one.grad(x, 1).shape == x.shape and np.shape(one.value(x, 1)) == ()
    for t in (1, 2):
        seen = three.grad(np.stack([x] * 3), t)
        assert np.allclose(seen[0], one.grad(x, t))
        assert not np.allclose(seen[1], seen[0])
    assert not np.allclose(one.grad(x, 1), one.grad(x, 2))
    assert np.allclose(three.value(np.stack([x] * 3), 1)[0], one.value(x, 1))


@pytest.mark.parametrize("make", [lambda: classifier(INPUTS, LABELS), lambda: bigram(COUNTS)])
def test_unless_told_every_step_sees_all_examples(make):
    problem = make()
    x = np.random.default_rng(3).standard_normal(problem.shape)
    assert problem.value(x, 1) == problem.value(x, 2) == problem.value(x)
    assert np.array_equal(problem.grad(x, 1), problem.grad(x)) and problem.grad(x).shape == x.shape


@pytest.mark.parametrize("make", makers(), ids=["classifier", "bigram"])
def test_without_a_step_every_example_counts(make):
    batched, x = make(1), np.random.default_rng(3).standard_normal(make(1).shape)
    whole = bigram(COUNTS) if x.ndim == 2 else classifier(INPUTS, LABELS, 6)
    assert batched.value(x) == whole.value(x) != batched.value(x, 1)
    assert np.array_equal(batched.grad(x), whole.grad(x))


def test_a_batch_is_right_on_average():
    problem = bigram(COUNTS, batch=4)
    x = np.ones(problem.shape) * np.arange(3)
    mean = np.mean([problem.grad(x, t) for t in range(1, 4001)], axis=0)
    assert np.abs(mean - problem.grad(x)).max() < 0.02


def test_bigram_ends_at_the_entropy():
    run = minimize(Optimizer("adam", lr=0.1), bigram(COUNTS), steps=400, record="last")
    shares = COUNTS / COUNTS.sum(axis=1, keepdims=True)
    entropy = -(COUNTS / COUNTS.sum() * np.log(shares)).sum()
    assert np.isclose(run.f[-1], entropy, atol=1e-8)
    assert np.allclose(softmax(run.x[-1]), shares, atol=1e-4)


def test_starts_differ_by_seed_and_begin_with_the_problems_own():
    problem = classifier(INPUTS, LABELS, 6)
    drawn = starts(problem, 5, 3, 6)
    assert np.array_equal(drawn[0], problem.start) and not np.array_equal(drawn[1], drawn[0])
    flat = classifier(INPUTS, LABELS)
    assert starts(flat, 5, 2).shape == (2, *flat.shape) and not starts(flat, 5, 2).any()


def test_hidden_weights_start_with_variance_two_over_the_inputs_and_biases_at_zero():
    problem = classifier(np.ones((3, 400)), np.arange(3), hidden=300)
    (first, bias), (second, end) = affine_maps(problem.start, [(400, 300), (300, 3)])
    assert first.std() == pytest.approx((2 / 400) ** 0.5, rel=0.02)
    assert second.std() == pytest.approx((2 / 300) ** 0.5, rel=0.1)
    assert not bias.any() and not end.any()


def test_a_unit_at_its_kink_has_no_gradient():
    problem = classifier(INPUTS, LABELS, hidden=6)
    x = problem.start.copy()
    x[: 5 * 6 + 6] = 0
    gradient = problem.grad(x)
    assert not gradient[: 5 * 6 + 6].any() and gradient.any()


def test_what_never_follows_a_token_has_a_share_of_zero():
    counts = np.array([[3.0, 0.0, 1.0], [2.0, 0.0, 4.0]])
    gradient = bigram(counts).grad(np.zeros(counts.shape))
    shares = counts / counts.sum(axis=1, keepdims=True)
    weights = counts.sum(axis=1, keepdims=True) / counts.sum()
    np.testing.assert_allclose(gradient, weights * (1 / 3 - shares), atol=1e-15)


def test_the_dtype_is_that_of_the_inputs():
    problem = classifier(INPUTS.astype(np.float32), LABELS, 6, batch=4)
    assert problem.start.dtype == problem.grad(problem.start, 1).dtype == np.float32


def test_large_scores_do_not_overflow():
    problem = classifier(INPUTS, LABELS)
    with np.errstate(all="raise", under="ignore"):
        assert np.isfinite(problem.value(1e4 * np.ones(problem.shape) * np.arange(24)))
        assert np.isfinite(problem.grad(1e4 * np.ones(problem.shape) * np.arange(24))).all()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: classifier(INPUTS, LABELS[:-1]),
        lambda: classifier(INPUTS[:, :, None], LABELS),
        lambda: classifier(INPUTS, LABELS[:, None]),
        lambda: classifier(INPUTS, LABELS, hidden=-1),
        lambda: classifier(INPUTS, LABELS, batch=-1),
        lambda: classifier(INPUTS, LABELS, penalty=-0.1),
        lambda: classifier(INPUTS, LABELS, seeds=0),
        lambda: bigram(np.ones(2)),
        lambda: bigram(np.zeros((2, 2))),
        lambda: bigram(np.array([[1.0, 1.0], [0.0, 0.0]])),
        lambda: bigram(np.array([[2.0, -1.0], [1.0, 1.0]])),
    ],
)
def test_what_does_not_fit_is_refused(wrong):
    with pytest.raises(ValueError):
        wrong()
