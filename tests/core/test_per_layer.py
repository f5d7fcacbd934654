"""Another optimizer for each layer: the same as each of them alone."""

import numpy as np
import pytest
from support import gradients, run, same, start

from optlib import Optimizer, clip_global_norm, optim
from optlib.running.by_layer import PerLayer


def choose(label, x):
    return Optimizer("muon" if x.ndim == 2 else "adamw", lr=0.1)


def test_a_layer_is_moved_by_the_optimizer_chosen_for_it():
    xs = {"w": start((3, 4)), "b": start(4)}
    gs = {"w": gradients((3, 4), 5), "b": gradients(4, 5)}
    opt = PerLayer(choose)
    x, state = xs, opt.init(xs)
    place, kept = {k: a.copy() for k, a in xs.items()}, opt.init(xs)
    for t in range(1, 6):
        g = {k: v[t - 1] for k, v in gs.items()}
        x, state = opt.step(t, g, x, state)
        assert opt.step_(t, g, place, kept) is True
    for k in xs:
        alone, _ = run(choose(k, xs[k]), xs[k], gs[k])
        assert same(x[k], alone) and same(place[k], alone)


def test_a_bad_gradient_in_one_layer_leaves_all_layers_as_they_were():
    x = [start((3, 4)), start(4)]
    opt = PerLayer(choose)
    state = opt.init(x)
    copies = [a.copy() for a in x]
    g = [np.ones((3, 4)), np.full(4, np.nan)]
    with pytest.raises(FloatingPointError, match="gradient 1 of step 1"):
        opt.step_(1, g, x, state)
    assert opt.step_(1, g, x, state, nonfinite="skip") is False
    assert all(same(a, b) for a, b in zip(x, copies, strict=True)) and not state[0]["m"].any()


def test_the_gradients_of_all_layers_are_clipped_together():
    x, g = [start((3, 4)), start(4)], [np.ones((3, 4)), np.full(4, 2.0)]
    sgd = PerLayer(lambda label, x: Optimizer("sgd", lr=1.0), before=clip_global_norm(1.0))
    new, _ = sgd.step(1, g, x, sgd.init(x))
    moved = np.concatenate([(a - b).ravel() for a, b in zip(new, x, strict=True)])
    assert np.linalg.norm(moved) == pytest.approx(1.0, rel=1e-12)


def test_one_array_is_a_layer_without_a_label():
    x, g = start((3, 4)), gradients((3, 4), 1)
    opt = PerLayer(choose)
    new, state = opt.step(1, g[0], x, opt.init(x))
    alone, alone_state = run(choose(None, x), x, g)
    assert same(new, alone) and same(state["m"], alone_state["m"])


def test_layers_that_share_memory_are_refused():
    x = start(6)
    opt = PerLayer(choose)
    with pytest.raises(ValueError, match="share memory"):
        opt.step_(1, [np.ones(4)] * 2, [x[:4], x[2:]], opt.init([x[:4], x[2:]]))


def test_an_optimizer_for_each_layer_trains_in_a_loop_with_absent_gradients():
    w, b = start((3, 4)), start(4)
    loop = optim.InPlace([w, b], PerLayer(choose))
    alone = [(choose(0, w), w.copy()), (choose(1, b), b.copy())]
    states, counts = [opt.init(x) for opt, x in alone], [0, 0]
    for k, pair in enumerate(zip(gradients((3, 4), 7), gradients(4, 7), strict=True)):
        given = [None if (k + i) % 3 == 0 else g for i, g in enumerate(pair)]
        loop.step(given)
        for i, g in enumerate(given):
            if g is not None:
                counts[i] += 1
                alone[i][0].step_(counts[i], g, alone[i][1], states[i])
    assert loop.t == counts and same(w, alone[0][1]) and same(b, alone[1][1])


def test_a_loop_over_any_optimizer_takes_what_its_rule_asks_for():
    x, y = start(4), start(4)
    loop, opt = optim.InPlace([x], Optimizer("sophia", lr=0.1)), Optimizer("sophia", lr=0.1)
    state = opt.init(y)
    for t, g in enumerate(gradients(4, 4), 1):
        loop.step([g], hess=[np.ones(4)])
        y, state = opt.step(t, g, y, state, hess=np.ones(4))
    assert same(x, y)
    with pytest.raises(TypeError, match="needs hess"):
        loop.step([np.ones(4)])
    with pytest.raises(TypeError, match="optimizer must be an Optimizer"):
        optim.InPlace([x], "adam")
    loop.param_groups[0]["optimizer"] = Optimizer("sophia", lr=0.0)
    loop.step([np.ones(4)], hess=[np.ones(4)])
    assert same(x, y)


def test_what_moves_all_layers_together_takes_no_absent_gradient():
    w, b = start((3, 4)), start(4)
    loop = optim.InPlace([w, b], Optimizer("prodigy", lr=1.0))
    loop.step([np.ones((3, 4)), np.ones(4)])
    with pytest.raises(ValueError, match="gradient 1 is None, but prodigy moves all"):
        loop.step([np.ones((3, 4)), None])
    assert loop.clock == 1 and loop.step([None, None]) is False
