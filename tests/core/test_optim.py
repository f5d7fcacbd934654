"""PyTorch's spelling for training loops, on arrays in any container."""

import doctest
import inspect

import numpy as np
import pytest
from support import gradients, same, start

from optlib import armijo, load, optim, save, schedule
from optlib.conventions import like

NAMES = ["SGD", "Adagrad", "Adadelta", "RMSprop", "Adam", "AdamW", "NAdam", "RAdam", "Adamax"]
OPTIONS = {
    "SGD": {"momentum": 0.9, "dampening": 0.1},
    "Adagrad": {"lr_decay": 0.1, "initial_accumulator_value": 0.1},
    "RMSprop": {"momentum": 0.9, "centered": True},
    "Adam": {"amsgrad": True},
    "RAdam": {"decoupled_weight_decay": True},
}


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def made(name, params, **arguments):
    arguments = {"lr": 0.01, "weight_decay": 0.1, "maximize": True, **arguments}
    return getattr(optim, name)(params, **OPTIONS.get(name, {}), **arguments)


def held_by(loop):
    """Everything that a step may change but the parameters, in bytes."""
    held = loop.state_dict()
    return [held["t"]] + [a.tobytes() for layer in held["state"] for a in layer.values()]


@pytest.mark.parametrize("container", [None, list, tuple, dict])
def test_a_loop_is_bitwise_the_steps_of_what_it_follows(name, container):
    def pack(values):
        if container is None:
            return values[0]
        return dict(zip("ab", values, strict=True)) if container is dict else container(values)

    shapes = [(3, 4), ()]
    params, x = (pack([start(s) for s in shapes]) for _ in range(2))
    loop = made(name, params)
    follower = loop.param_groups[0].optimizer
    state = follower.init(x)
    for t in range(1, 8):
        g = pack([gradients(s, 7, seed=k)[t - 1] for k, s in enumerate(shapes)])
        assert loop.step(g) is True
        x, state = follower.step(t, g, x, state)

    def arrays(tree):
        if isinstance(tree, np.ndarray):
            return [tree]
        return list(tree.values()) if isinstance(tree, dict) else list(tree)

    assert all(same(a, b) for a, b in zip(arrays(params), arrays(x), strict=True))


def test_none_leaves_state_and_step_of_its_layer(name):
    params = {"a": start(3), "b": start(3)}
    loop = made(name, params)
    g = gradients(3, 1)[0]
    loop.step({"a": g, "b": g})
    before = params["b"].copy(), loop.state_dict()["state"]["b"]
    assert loop.step({"a": g, "b": None}) is True
    assert loop.t == {"a": 2, "b": 1} and same(params["b"], before[0])
    after = loop.state_dict()["state"]["b"]
    assert all(same(after[k], before[1][k]) for k in after)
    assert loop.step({"a": None, "b": None}) is False and loop.t == {"a": 2, "b": 1}


@pytest.mark.parametrize("through_a_file", [False, True])
def test_a_restart_is_bitwise(name, through_a_file, tmp_path):
    params = [start(4), start((2, 3))]
    gs = list(zip(gradients(4, 10), gradients((2, 3), 10), strict=True))
    loop = made(name, params)
    for k, g in enumerate(gs[:5]):
        loop.step([g[0], g[1] if k % 2 else None])
    copied, held = [p.copy() for p in params], loop.state_dict()
    if through_a_file:
        save(tmp_path / "half.npz", params, **held)
        copied, state, t = load(tmp_path / "half.npz")
        held = {"state": state, "t": t}
    again = made(name, copied)
    again.load_state_dict(held)
    for g in gs[5:]:
        loop.step(list(g))
        again.step(list(g))
    assert loop.t == again.t == [10, 7]
    assert all(same(a, b) for a, b in zip(params, copied, strict=True))


def test_a_state_dict_is_a_copy_both_ways():
    loop = optim.Adam([np.ones(2)])
    loop.step([np.ones(2)])
    held = loop.state_dict()
    before = held["state"][0]["m"].copy()
    loop.step([np.ones(2)])
    assert same(held["state"][0]["m"], before)
    loop.load_state_dict(held)
    held["state"][0]["m"][:] = 7.0
    assert same(loop.state_dict()["state"][0]["m"], before)


def with_argument(name, value):
    return lambda held: held | {"t": held["t"] | {"groups": [{name: value}]}}


WRONG_STATES = [
    ("not a dict", lambda held: [held], TypeError),
    ("a part is missing", lambda held: {"state": held["state"]}, TypeError),
    ("too few layers", lambda held: held | {"state": held["state"][:1]}, ValueError),
    ("another name", lambda held: held | {"state": [{"m": np.ones(2)}] * 2}, TypeError),
    (
        "another shape",
        lambda held: held | {"state": [{"m": np.ones(3), "v": np.ones(2)}] * 2},
        ValueError,
    ),
    (
        "another type",
        lambda held: held | {"state": [{"m": np.ones(2, np.float32), "v": np.ones(2)}] * 2},
        TypeError,
    ),
    ("a negative step", lambda held: held | {"t": held["t"] | {"layers": [1, -1]}}, ValueError),
    ("no step", lambda held: held | {"t": held["t"] | {"layers": [1, 0.5]}}, ValueError),
    ("no clock", lambda held: held | {"t": held["t"] | {"clock": True}}, ValueError),
    ("steps alone", lambda held: held | {"t": [1, 1]}, TypeError),
    ("no groups", lambda held: held | {"t": held["t"] | {"groups": []}}, ValueError),
    ("an unknown argument", with_argument("rate", np.asarray(0.1)), TypeError),
    ("a bare number", with_argument("lr", 0.1), ValueError),
    ("a rate below zero", with_argument("lr", np.asarray(-0.1)), ValueError),
    ("another state", with_argument("amsgrad", np.asarray(True, np.int8)), TypeError),
]


@pytest.mark.parametrize(
    ("change", "error"), [w[1:] for w in WRONG_STATES], ids=[w[0] for w in WRONG_STATES]
)
def test_a_state_that_does_not_fit_is_refused_and_nothing_changed(change, error):
    loop = optim.Adam([np.ones(2), np.ones(2)])
    loop.step([np.ones(2), np.ones(2)])
    before = held_by(loop)
    with pytest.raises(error):
        loop.load_state_dict(change(loop.state_dict()))
    assert held_by(loop) == before


def test_a_skipped_step_counts_for_no_layer():
    params = [np.ones(2), np.ones(2)]
    loop = optim.Adam(params, nonfinite="skip")
    assert loop.step([np.ones(2), np.array([np.inf, 0.0])]) is False
    assert loop.t == [0, 0] and np.all(params[0] == 1)
    with pytest.raises(ValueError, match="'raise', 'skip'"):
        optim.Adam(params, nonfinite="clip")


def test_a_schedule_goes_by_the_steps_of_the_optimizer_and_not_of_the_layer():
    params = [np.ones(1), np.ones(1)]
    loop = optim.SGD(params, lr=schedule("linear_warmup", peak=1.0, warmup=4))
    loop.step([np.ones(1), None])
    loop.step([None, None])
    loop.step([np.ones(1), np.ones(1)])
    assert params[0] == 1 - 0.25 - 0.75 and params[1] == 1 - 0.75
    assert loop.clock == 3 and loop.t == [2, 1]


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ([], ValueError, "there are no parameters"),
        ({}, ValueError, "there are no parameters"),
        ([[1.0, 2.0]], TypeError, "parameter 0 must be an array, got list"),
        ([np.ones(2), np.ones(2, complex)], TypeError, "parameter 1 must hold real"),
        ({"w": np.broadcast_to(np.ones(1), 3)}, ValueError, "parameter 'w' is read-only"),
    ],
)
def test_parameters_that_cannot_be_trained_are_refused(params, error, message):
    with pytest.raises(error, match=message):
        optim.Adam(params)


def test_parameters_added_later_are_refused():
    params = {"a": np.ones(2)}
    loop = optim.Adam(params)
    params["b"] = np.ones(2)
    with pytest.raises(ValueError, match="parameters"):
        loop.step({"a": np.ones(2), "b": np.ones(2)})


def test_a_sweep_is_refused():
    with pytest.raises(ValueError, match="use minimize"):
        optim.Adam([np.ones(2)], lr=np.array([0.1, 0.2]))


def test_the_classes_are_those_of_the_table(name):
    """No second list of defaults, and no name that PyTorch does not have."""
    cls = getattr(optim, name)
    assert name in dir(optim) and cls is getattr(optim, name) and cls.__name__ == name
    defaults = cls.entry.defaults
    assert inspect.signature(cls).parameters["lr"].default == defaults["lr"]
    assert all(f"{key}={value!r}" in cls.__doc__ for key, value in defaults.items())
    by_default = cls([np.ones(2)]).param_groups[0].optimizer
    followed = like("torch", name)
    assert by_default.lr == followed.lr and by_default.hyper == followed.hyper
    assert cls([np.ones(2)], 0.5, foreach=True).param_groups[0].optimizer.lr == 0.5
    with pytest.raises(TypeError, match="no argument 'rate'"):
        cls([np.ones(2)], rate=0.5)


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(AttributeError, match="no 'Adamm'; it has .*AdamW"):
        optim.Adamm  # noqa: B018
    assert "StepLR" not in dir(optim)


def test_the_example_in_the_documentation_runs():
    assert doctest.testmod(optim).failed == 0 and doctest.testmod(optim).attempted


def test_a_late_layer_moves_as_in_torch(name):
    """A gradient of None, then a gradient: each parameter of PyTorch has its own step too."""
    torch = pytest.importorskip("torch")
    torch.set_default_dtype(torch.float64)
    try:
        params = [start(3), start((2, 2))]
        theirs = [torch.nn.Parameter(torch.tensor(p)) for p in params]
        loop = made(name, params)
        arguments = {k: v for k, v in loop.param_groups[0].items() if k != "params"}
        optimizer = getattr(torch.optim, name)(theirs, **arguments)
        for k, (g, h) in enumerate(zip(gradients(3, 20), gradients((2, 2), 20), strict=True)):
            given = [g, h if k % 3 == 1 else None]
            for p, value in zip(theirs, given, strict=True):
                p.grad = None if value is None else torch.tensor(value)
            optimizer.step()
            loop.step(given)
        for ours, p in zip(params, theirs, strict=True):
            np.testing.assert_allclose(ours, p.detach().numpy(), rtol=1e-11)
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("name", [name for name in dir(optim) if name != "InPlace"])
def test_a_rate_that_needs_the_problem_or_is_several_is_refused_when_it_is_made(name):
    x = np.ones((2, 3))
    with pytest.raises(TypeError, match="armijo.* evaluates the problem, which only minimize"):
        getattr(optim, name)([x], lr=armijo())
    with pytest.raises(ValueError, match="holds a sweep; use minimize for that"):
        getattr(optim, name)([x], lr=np.array([0.1, 0.01]))
