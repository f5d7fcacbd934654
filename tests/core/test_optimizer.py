"""Bad input: a clear error, and parameters, state and step as they were."""

import dataclasses

import numpy as np
import pytest
from support import extra, gradients, optimizer, same, start

from optlib import RULES, NonFiniteError, Optimizer, schedule


def test_unknown_names_are_refused_and_the_known_ones_listed(rule):
    with pytest.raises(TypeError, match=r"unknown rule 'adma'; known are .*adam"):
        Optimizer("adma")
    with pytest.raises(TypeError) as caught:
        Optimizer(rule, beta_one=0.9)
    assert "beta_one" in str(caught.value)
    assert all(name in str(caught.value) for name in RULES[rule].hyper)


def test_a_function_that_is_no_rule_is_refused():
    with pytest.raises(TypeError, match="not a registered rule"):
        Optimizer(lambda xp, t, g, x: (g,))


@pytest.mark.parametrize("value", [-0.1, 1.0, 1.5, float("nan"), float("inf")])
def test_a_beta_outside_its_domain_is_refused(value):
    with pytest.raises(ValueError, match=r"adam: beta1 must satisfy 0 <= beta1 < 1, got"):
        Optimizer("adam", beta1=value)
    with pytest.raises(ValueError, match="beta1 must satisfy"):
        Optimizer("adam", beta1=np.array([0.5, value]))


def test_a_negative_rate_is_refused():
    with pytest.raises(ValueError, match="lr must satisfy 0 <= lr"):
        Optimizer("sgd", lr=-1.0)


@pytest.mark.parametrize("value", ["0.9", None, 1j, True, [0.9]])
def test_a_hyper_parameter_that_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match="beta1 must be a number"):
        Optimizer("adam", beta1=value)


def test_a_schedule_that_leaves_the_domain_is_refused_when_it_does():
    opt = Optimizer("adam", beta1=schedule("constant", peak=1.5))
    x = start(2)
    with pytest.raises(ValueError, match="at step 3: beta1 must satisfy"):
        opt.step(3, x, x, {"m": x, "v": abs(x)})


# MADGRAD has an eps beside the rate.
MOVES_AT_RATE_ZERO = {"madgrad"}


def test_every_closed_edge_runs(rule):
    edges = {k: 0.0 for k in RULES[rule].hyper if 0.0 in RULES[rule].domains[k]}
    opt, x, g = Optimizer(rule, lr=0.0, **edges), start(3), gradients(3, 1)[0]
    new, _ = opt.step(1, g, x, opt.init(x), **extra(rule, g))
    assert np.isfinite(new).all() and same(new, x) == (rule not in MOVES_AT_RATE_ZERO)


def together(rule, gs):
    """The extra inputs of several layers, by name."""
    each = [extra(rule, g) for g in gs]
    return {name: [own[name] for own in each] for name in RULES[rule].inputs}


def _overlapping():
    memory = start(6)
    return [memory[:4], memory[2:]]


def _read_only():
    x = start(3)
    x.flags.writeable = False
    return x


BAD_PARAMETERS = {
    "integer": (lambda: np.arange(3), TypeError, "int"),
    "complex": (lambda: np.ones(3, complex), TypeError, "complex"),
    "object": (lambda: np.array([1.0, 2.0, 3.0], dtype=object), TypeError, "object"),
    "bool": (lambda: np.ones(3, bool), TypeError, "bool"),
    "NumPy scalar": (lambda: np.float64(3.0), TypeError, "scalar"),
    "Python scalar": (lambda: 3.0, TypeError, "scalar"),
    "text": (lambda: "weights", TypeError, "array"),
    "read-only": (_read_only, ValueError, "read-only"),
    "overlapping": (_overlapping, ValueError, "share memory"),
    "twice the same": (lambda: [start(3)] * 2, ValueError, "share memory"),
    "overlapping itself": (
        lambda: np.lib.stride_tricks.as_strided(start(1), (3,), (0,)),
        ValueError,
        "overlaps itself",
    ),
    "none at all": (lambda: [], ValueError, "no parameters"),
}


@pytest.mark.parametrize("kind", BAD_PARAMETERS)
def test_bad_parameters_are_refused(rule, kind):
    make, error, words = BAD_PARAMETERS[kind]
    opt, x = optimizer(rule), make()
    good = x if kind not in ("integer", "complex", "object", "bool", "NumPy scalar") else start(3)
    good = start(3) if isinstance(good, (float, str)) else good
    state = opt.init(good)
    g = [np.ones(a.shape) for a in good] if isinstance(good, list) else np.ones(good.shape)
    inputs = together(rule, g) if isinstance(g, list) else extra(rule, g)
    before = [np.copy(a) for a in (x if isinstance(x, list) else [x])]
    with pytest.raises(error, match=words):
        opt.step_(1, g, x, state, **inputs)
    after = x if isinstance(x, list) else [x]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    first = state if isinstance(state, dict) else (state or [{}])[0]
    assert all(
        same(v, opt.init(good if not isinstance(good, list) else good[0])[k])
        for k, v in first.items()
    )


BAD_GRADIENTS = {
    "broadcasting": (lambda: np.ones(4), ValueError, r"shape \(4,\)"),
    "transposed": (lambda: np.ones((4, 3)), ValueError, "shape"),
    "larger": (lambda: np.ones((2, 3, 4)), ValueError, "shape"),
    "integer": (lambda: np.ones((3, 4), int), TypeError, "int"),
    "complex": (lambda: np.ones((3, 4), complex), TypeError, "complex"),
    "object": (lambda: np.ones((3, 4), object), TypeError, "object"),
    "None": (lambda: None, TypeError, "None"),
    "a list": (lambda: [[1.0] * 4] * 3, TypeError, "array"),
    "NaN": (lambda: np.full((3, 4), np.nan), NonFiniteError, "gradient . of step 3"),
    "infinite": (lambda: np.where(np.eye(3, 4) > 0, np.inf, 1.0), NonFiniteError, "infinite"),
}


@pytest.mark.parametrize("kind", BAD_GRADIENTS)
@pytest.mark.parametrize("position", [0, 1])
def test_a_bad_gradient_in_any_layer_changes_nothing(rule, kind, position):
    make, error, words = BAD_GRADIENTS[kind]
    opt, x = optimizer(rule), [start((3, 4)), start((3, 4), seed=2)]
    state = opt.init(x)
    for t in (1, 2):
        g = gradients((3, 4), 2, seed=t)
        opt.step_(t, g, x, state, **together(rule, g))
    copies = [[a.copy() for a in x], [{k: v.copy() for k, v in s.items()} for s in state]]
    g = gradients((3, 4), 2)
    inputs = together(rule, g)
    g[position] = make()
    with pytest.raises(error, match=words):
        opt.step_(3, g, x, state, **inputs)
    assert all(same(a, b) for a, b in zip(x, copies[0], strict=True))
    assert all(same(s[k], c[k]) for s, c in zip(state, copies[1], strict=True) for k in s)


@pytest.mark.parametrize("count", [1, 3])
def test_too_few_or_too_many_gradients_are_refused(rule, count):
    opt, x = optimizer(rule), [start(3), start(3, seed=2)]
    copies = [a.copy() for a in x]
    inputs = {name: [np.ones(3)] * 2 for name in RULES[rule].inputs}
    with pytest.raises(ValueError, match=f"{count} given for 2 parameters"):
        opt.step_(1, [np.ones(3)] * count, x, opt.init(x), **inputs)
    assert all(same(a, b) for a, b in zip(x, copies, strict=True))


def test_containers_must_match():
    opt, x = Optimizer("sgd"), {"w": start(2), "b": start(1)}
    state = opt.init(x)
    with pytest.raises(ValueError, match="missing for 'b'; no parameter is called 'c'"):
        opt.step(1, {"w": np.ones(2), "c": np.ones(1)}, x, state)
    with pytest.raises(TypeError, match="the parameters are a dict"):
        opt.step(1, [np.ones(2), np.ones(1)], x, state)


@pytest.mark.parametrize("t", [0, -1, 1.0, True, None, "1"])
def test_t_counts_from_one(t):
    opt, x = Optimizer("adam"), start(2)
    with pytest.raises((TypeError, ValueError), match="t is the number of the step"):
        opt.step_(t, np.ones(2), x, opt.init(x))
    assert same(x, start(2))


def test_a_state_that_does_not_fit_is_refused():
    opt, x = Optimizer("adam"), start(3)
    for state in ({}, {"m": x}, {"m": x, "w": x}, None, {"m": [0.0] * 3, "v": x}):
        with pytest.raises(TypeError, match="state"):
            opt.step(1, x, x, state)
    with pytest.raises(ValueError, match=r"m has shape \(2,\), expected \(3,\)"):
        opt.step(1, x, x, {"m": np.zeros(2), "v": np.zeros(3)})


def test_extra_inputs_are_asked_for_by_name():
    x = start(3)
    with pytest.raises(TypeError, match="sophia needs hess="):
        opt = Optimizer("sophia")
        opt.step(1, x, x, opt.init(x))
    with pytest.raises(TypeError, match="adam takes no input 'hess'"):
        opt = Optimizer("adam")
        opt.step(1, x, x, opt.init(x), hess=x)


def test_a_step_that_is_not_finite_can_be_skipped(rule):
    opt, x = optimizer(rule), start(4)
    state = opt.init(x)
    copies = x.copy(), {k: v.copy() for k, v in state.items()}
    bad = np.array([1.0, np.nan, 1.0, 1.0])
    inputs = extra(rule, np.ones(4))
    assert opt.step_(1, bad, x, state, nonfinite="skip", **inputs) is False
    assert same(x, copies[0]) and all(same(state[k], copies[1][k]) for k in state)
    with pytest.raises(ValueError, match="nonfinite must be one of 'raise', 'skip'"):
        opt.step_(1, bad, x, state, nonfinite="clip", **inputs)


def test_an_update_that_overflows_changes_nothing():
    opt, x = Optimizer("sgd", lr=1e300), np.array([1.0, 2.0])
    with pytest.raises(NonFiniteError, match="update of step 1"):
        opt.step_(1, np.array([1.0, 1e300]), x, {})
    assert same(x, np.array([1.0, 2.0]))


def test_a_state_that_overflows_changes_nothing():
    """An infinite second moment would freeze the parameter: a step of zero is a number."""
    opt, x = Optimizer("adam"), np.ones(2, np.float16)
    state = opt.init(x)
    with pytest.raises(NonFiniteError, match="state of step 1"):
        opt.step_(1, np.array([1, 3e4], np.float16), x, state)
    assert same(x, np.ones(2, np.float16)) and not np.any(state["v"])
    assert not opt.step_(1, np.array([1, 3e4], np.float16), x, state, nonfinite="skip")


def test_a_gradient_may_be_the_parameter_itself(rule):
    """For f = |x|^2 / 2 the gradient is x: the step must not read what it has already written."""
    opt, x = optimizer(rule), start(5)
    pure, _ = opt.step(1, x, x, opt.init(x), **extra(rule, x))
    state = opt.init(x)
    opt.step_(1, x, x, state, **extra(rule, x))
    assert same(x, pure)


def test_a_sweep_needs_to_be_asked_for():
    opt, x = Optimizer("sgd", lr=np.array([0.1, 0.2])), start(3)
    with pytest.raises(ValueError, match="sweep_axes"):
        opt.step(1, x, x, {})
    xs = np.stack([x, x])
    swept, _ = opt.step(1, xs, xs, {}, sweep_axes=1)
    assert same(swept[1], Optimizer("sgd", lr=0.2).step(1, x, x, {})[0])


def test_a_gradient_of_another_floating_type_is_converted():
    opt, x = Optimizer("adam"), start(4, np.float32)
    new, state = opt.step(1, gradients(4, 1)[0], x, opt.init(x))
    assert new.dtype == state["m"].dtype == np.float32


def test_an_optimizer_is_frozen_and_says_what_it_is():
    opt = Optimizer("adam", lr=0.1, beta1=0.8)
    assert repr(opt) == "Optimizer(adam, lr=0.1, beta1=0.8)"
    with pytest.raises(dataclasses.FrozenInstanceError):
        opt.lr = 0.2
    with pytest.raises(TypeError):
        opt.hyper["beta1"] = 0.5
