"""Clipping: what it bounds, what it leaves alone, and that it keeps types and runs apart."""

import numpy as np
import pytest
from support import gradients, same

from optlib import Optimizer, clip_global_norm, clip_norm, clip_value

GRADIENTS = [gradients(s, 1, seed=i)[0] for i, s in enumerate([(), (4,), (2, 3)])]


def total(gs):
    return np.sqrt(sum((g * g).sum() for g in gs))


def test_values_are_bounded_and_small_ones_untouched():
    clipped = clip_value(0.5)(GRADIENTS, 0)
    for g, c in zip(GRADIENTS, clipped, strict=True):
        assert np.abs(c).max() <= 0.5 and np.array_equal(c, np.clip(g, -0.5, 0.5))


@pytest.mark.parametrize(("clip", "norms"), [(clip_norm, "each"), (clip_global_norm, "all")])
def test_norms_are_bounded_and_directions_kept(clip, norms):
    limit = 0.01
    clipped = clip(limit)(GRADIENTS, 0)
    lengths = [total([c]) for c in clipped] if norms == "each" else [total(clipped)]
    assert lengths == pytest.approx([limit] * len(lengths), rel=1e-12)
    factors = [c.ravel() / g.ravel() for g, c in zip(GRADIENTS, clipped, strict=True)]
    assert all(np.allclose(f, f[0]) for f in factors)
    if norms == "all":
        assert np.allclose([f[0] for f in factors], factors[0][0])
    generous = clip(2 * total(GRADIENTS))(GRADIENTS, 0)
    assert all(same(a, b) for a, b in zip(generous, GRADIENTS, strict=True))


@pytest.mark.parametrize("clip", [clip_value, clip_norm, clip_global_norm])
def test_runs_of_a_sweep_are_clipped_apart(clip):
    runs = [np.stack([g, 100 * g, 0 * g]) for g in GRADIENTS]
    swept = clip(0.3)(runs, 1)
    for row, factor in enumerate((1, 100, 0)):
        single = clip(0.3)([factor * g for g in GRADIENTS], 0)
        assert all(np.allclose(s[row], o, rtol=1e-14) for s, o in zip(swept, single, strict=True))


@pytest.mark.parametrize("clip", [clip_value, clip_norm, clip_global_norm])
def test_float32_stays_float32(clip):
    clipped = clip(np.float64(0.1))([g.astype(np.float32) for g in GRADIENTS], 0)
    assert all(c.dtype == np.float32 for c in clipped)


def test_the_optimizer_clips_before_the_rule_sees_the_gradient():
    x = [np.ones(2), np.ones(3)]
    g = [np.full(2, 3.0), np.full(3, -4.0)]
    opt = Optimizer("sgd", lr=1.0, before=clip_global_norm(1.0))
    new, _ = opt.step(1, g, x, opt.init(x))
    assert total([a - b for a, b in zip(new, x, strict=True)]) == pytest.approx(1.0)


@pytest.mark.parametrize("clip", [clip_value, clip_norm, clip_global_norm])
@pytest.mark.parametrize("limit", [0.0, -1.0, float("nan")])
def test_a_limit_is_positive(clip, limit):
    with pytest.raises(ValueError, match="must satisfy 0 <"):
        clip(limit)
