"""QK-clip: what the report on Kimi K2 claims."""

import numpy as np
import pytest

from optlib import Optimizer, qk_clip

HEADS, WIDTH, SIZE = 4, 12, 3


def weights(seed=0, dtype=float):
    """Queries and keys of four heads, one of which has far larger ones."""
    q, k = np.random.default_rng(seed).standard_normal((2, HEADS, WIDTH, SIZE))
    q[1] *= 40
    k[1] *= 20
    return q.astype(dtype), k.astype(dtype)


def logits(q, k, x):
    return (x @ q) @ np.swapaxes(x @ k, -1, -2) / np.sqrt(SIZE)


def data(seed=1):
    return np.random.default_rng(seed).standard_normal((30, WIDTH))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 1.0])
def test_after_the_clip_no_logit_is_above_the_limit_and_other_heads_keep_theirs(share):
    (q, k), x = weights(), data()
    before = logits(q, k, x)
    largest = before.max(axis=(-2, -1))
    assert largest[1] > 100 > np.delete(largest, 1).max()
    new = qk_clip(q, k, largest, share=share)
    after = logits(*new, x)
    assert after[1].max() == pytest.approx(100.0, rel=1e-12)
    np.testing.assert_allclose(after[1], before[1] * 100 / largest[1], rtol=1e-10, atol=1e-10)
    for own, old in zip(new, (q, k), strict=True):
        assert np.array_equal(np.delete(own, 1, axis=0), np.delete(old, 1, axis=0))


def test_the_halves_share_the_factor_and_a_rotary_query_takes_it_whole():
    (q, k), gamma = weights(), 0.25
    for share, shares in ((0.5, (0.5, 0.5)), (1.0, (0.25, 1.0))):
        new = qk_clip(q[0], k[0], 8.0, limit=2.0, share=share)
        for own, old, factor in zip(new, (q[0], k[0]), shares, strict=True):
            np.testing.assert_allclose(own, factor * old, rtol=1e-14)
        assert shares[0] * shares[1] == gamma


@pytest.mark.parametrize("largest", [-3.0, 0.0, 99.0, 100.0])
def test_logits_within_the_limit_change_nothing(largest):
    q, k = weights(dtype=np.float32)
    new = qk_clip(q, k, np.full(HEADS, largest))
    assert all(
        np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(new, (q, k), strict=True)
    )


def test_a_run_that_wants_larger_logits_stops_at_the_limit():
    """The loss is the mean of minus the logits: its gradient lets them grow without end."""
    x, largest = data(), {}
    for clip in (True, False):
        q, k = (w[0] for w in weights())
        opt = Optimizer("muon", lr=0.1)
        state = opt.init([q, k])
        for t in range(1, 101):
            mean = x.T @ np.ones((len(x), len(x))) @ x / len(x) ** 2
            (q, k), state = opt.step(t, [-mean @ k, -mean.T @ q], [q, k], state)
            seen = logits(q, k, x).max()
            if clip:
                q, k = qk_clip(q, k, seen, limit=20.0)
        largest[clip] = logits(q, k, x).max()
    assert largest[True] == pytest.approx(20.0, rel=1e-12) and largest[False] > 100


def test_a_logit_that_is_not_finite_leaves_no_weights_that_look_sound():
    for largest in (np.inf, np.nan):
        assert all(np.isnan(w).all() for w in qk_clip(*weights(), largest))


def test_a_limit_or_a_share_outside_its_domain_is_refused():
    q, k = weights()
    for wrong in ({"limit": 0.0}, {"share": 1.5}, {"share": -0.1}):
        with pytest.raises(ValueError, match=f"qk_clip: {next(iter(wrong))} must satisfy"):
            qk_clip(q, k, 1.0, **wrong)
