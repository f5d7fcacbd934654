"""A run begun in one library and continued in another is the run that was never moved."""

import importlib.util
import inspect
import os
from pathlib import Path

import numpy as np
import pytest

from optlib.conventions import like

os.environ.setdefault("KERAS_BACKEND", "jax")
FILE = Path(__file__).resolve().parents[2] / "reference" / "port_state.py"
BEFORE, AFTER = 25, 40
SHAPES = {"weight": (4, 3), "bias": (4,)}
BETAS, DECAY = (0.9, 0.99), 0.1
# Some gradients as small as epsilon, so that its place shows.
SCALES = {"weight": 1e-6, "bias": 1.0}


@pytest.fixture(scope="module")
def pasted():
    spec = importlib.util.spec_from_file_location("port_state", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def double():
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    yield jax
    jax.config.update("jax_enable_x64", False)


@pytest.fixture
def keras(double):
    keras = pytest.importorskip("keras")
    if keras.backend.backend() != "jax":
        pytest.skip("Keras runs on another backend than JAX here")
    keras.config.set_floatx("float64")
    yield keras
    keras.config.set_floatx("float32")


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def start():
    rng = np.random.default_rng(0)
    return {name: rng.standard_normal(shape) for name, shape in SHAPES.items()}


def gradient(t):
    rng = np.random.default_rng([1, t])
    return {n: SCALES[n] * rng.standard_normal(shape) for n, shape in SHAPES.items()}


def test_each_function_is_short_enough_to_show(pasted):
    for function in (pasted.torch_to_optax, pasted.keras_to_torch, pasted.keras_epsilon):
        assert len(inspect.getsource(function).splitlines()) <= 15


def torch_steps(torch, optimizer, params, steps, before=lambda: None):
    for t in steps:
        for name, g in gradient(t).items():
            params[name].grad = torch.tensor(g)
        before()
        optimizer.step()


def test_fused_takes_the_same_steps(torch):
    ends = []
    for fused in (False, True):
        params = {n: torch.nn.Parameter(torch.tensor(a)) for n, a in start().items()}
        optimizer = torch.optim.AdamW(params.values(), lr=0.01, betas=BETAS, fused=fused)
        torch_steps(torch, optimizer, params, range(1, BEFORE + 1))
        ends.append([p.detach().numpy() for p in params.values()])
    for plain, other in zip(*ends, strict=True):
        np.testing.assert_allclose(other, plain, rtol=1e-12, atol=1e-14)


def torch_run(torch):
    """AdamW in PyTorch for the first steps."""
    params = {n: torch.nn.Parameter(torch.tensor(a)) for n, a in start().items()}
    optimizer = torch.optim.AdamW(params.values(), lr=0.01, betas=BETAS, weight_decay=DECAY)
    torch_steps(torch, optimizer, params, range(1, BEFORE + 1))
    return params, optimizer


def optax_run(optax, rate, params, state, steps):
    chain = optax.adamw(rate, *BETAS, weight_decay=DECAY)
    for t in steps:
        updates, state = chain.update(gradient(t), state, params)
        params = optax.apply_updates(params, updates)
    return params


def moved_to_optax(torch, pasted, optax, rate=0.01):
    params, optimizer = torch_run(torch)
    here = {n: p.detach().numpy().copy() for n, p in params.items()}
    empty = optax.adamw(rate, *BETAS, weight_decay=DECAY).init(here)
    state = pasted.torch_to_optax(optimizer, params.items(), empty)
    return params, optimizer, here, state, empty


def test_torch_to_optax(torch, double, pasted):
    optax = pytest.importorskip("optax")
    params, optimizer, here, state, empty = moved_to_optax(torch, pasted, optax)
    rest = range(BEFORE + 1, BEFORE + AFTER + 1)
    moved = optax_run(optax, 0.01, here, state, rest)
    fresh = optax_run(optax, 0.01, here, empty, rest)
    torch_steps(torch, optimizer, params, rest)
    for name, p in params.items():
        stayed = p.detach().numpy()
        np.testing.assert_allclose(moved[name], stayed, rtol=1e-12, atol=1e-14)
        assert np.abs(fresh[name] - stayed).max() > 1e-3


def test_a_schedule_of_optax_goes_on_at_the_step_that_was_carried(torch, double, pasted):
    optax = pytest.importorskip("optax")
    rate = optax.linear_schedule(0.01, 0.0, 100)
    state = moved_to_optax(torch, pasted, optax, rate)[3]
    counts = [int(c) for _, c in optax.tree.get_all_with_path(state, "count")]
    assert counts == [BEFORE, BEFORE]


def test_a_layer_that_joined_late_is_refused(torch, double, pasted):
    optax = pytest.importorskip("optax")
    params, optimizer = torch_run(torch)
    optimizer.state[params["bias"]]["step"] -= 5
    here = {n: p.detach().numpy() for n, p in params.items()}
    with pytest.raises(ValueError, match="too many values"):
        pasted.torch_to_optax(optimizer, params.items(), optax.adamw(0.01).init(here))


EPSILON, RATE = 1e-7, 0.01


def keras_steps(keras, optimizer, variables, steps):
    for t in steps:
        g = gradient(t)
        optimizer.apply([keras.ops.convert_to_tensor(a) for a in (g["weight"].T, g["bias"])])
    return variables


def moved_to_torch(keras, torch, pasted):
    """A dense layer of Keras, whose kernel is the transpose of PyTorch's weight."""
    at = start()
    variables = [keras.Variable(a, dtype="float64") for a in (at["weight"].T, at["bias"])]
    kept = {"beta_1": BETAS[0], "beta_2": BETAS[1], "epsilon": EPSILON, "weight_decay": DECAY}
    adam = keras.optimizers.AdamW(RATE, **kept)
    adam.build(variables)
    keras_steps(keras, adam, variables, range(1, BEFORE + 1))
    values = zip(SHAPES, variables, (np.transpose, np.asarray), strict=True)
    params, layouts = {}, []
    for name, variable, laid in values:
        array = np.ascontiguousarray(laid(np.asarray(variable.value)))
        params[name] = torch.nn.Parameter(torch.tensor(array))
        layouts.append((params[name], laid))
    optimizer = torch.optim.AdamW(params.values(), lr=1.0, betas=BETAS, weight_decay=DECAY)
    pasted.keras_to_torch(adam, layouts, optimizer)
    return adam, variables, params, optimizer


@pytest.mark.parametrize("follows", [True, False])
def test_keras_to_torch(keras, torch, pasted, follows):
    adam, variables, params, optimizer = moved_to_torch(keras, torch, pasted)
    assert optimizer.param_groups[0]["lr"] == RATE
    optimizer.param_groups[0]["eps"] = EPSILON
    rest = range(BEFORE + 1, BEFORE + AFTER + 1)

    def before():
        if follows:
            pasted.keras_epsilon(optimizer, EPSILON)

    torch_steps(torch, optimizer, params, rest, before)
    weight, bias = (np.asarray(v.value) for v in keras_steps(keras, adam, variables, rest))
    apart = np.abs(params["weight"].detach().numpy() - weight.T).max()
    if follows:
        assert apart < 1e-13
        np.testing.assert_allclose(params["bias"].detach().numpy(), bias, rtol=1e-12, atol=1e-14)
    else:
        assert apart > 1e-4


def test_the_variables_of_keras_come_in_the_order_that_is_read(keras):
    adam = keras.optimizers.Adam()
    adam.build([keras.Variable(np.zeros(2), name="a"), keras.Variable(np.zeros(3), name="b")])
    names = [v.path.split("/")[-1] for v in adam.variables]
    assert names[:2] == ["iteration", "learning_rate"]
    assert [n.split("_")[-1] for n in names[2:]] == ["momentum", "velocity"] * 2
    assert [v.shape[0] for v in adam.variables[2:]] == [2, 2, 3, 3]


def norms(library, g, limit):
    """The gradient ``g`` after the clipping by norm of a library, read from the library itself."""
    if library == "torch":
        torch = pytest.importorskip("torch")
        p = torch.nn.Parameter(torch.zeros(len(g), dtype=torch.float64))
        p.grad = torch.tensor(g)
        torch.nn.utils.clip_grad_norm_([p], limit)
        return p.grad.numpy()
    if library == "optax":
        optax = pytest.importorskip("optax")
        return np.asarray(optax.clip_by_global_norm(limit).update(g, ())[0])
    keras = pytest.importorskip("keras")
    given = [keras.ops.convert_to_tensor(g)]
    return np.asarray(keras.optimizers.SGD(global_clipnorm=limit)._clip_gradients(given)[0])


@pytest.mark.parametrize("library", ["torch", "optax", "keras"])
def test_clipping_by_norm(library, keras):
    short = 1e-6 if library == "torch" else 0.0
    for size in (1e-7, 1e-6, 0.3, 50.0):
        g, limit = np.array([3.0, 4.0]) / 5 * size, 1e-6
        wanted = g * min(1, limit / (size + short))
        np.testing.assert_allclose(norms(library, g, limit), wanted, rtol=1e-12)
    spoiled = norms(library, np.array([np.inf, 1.0]), 1.0)
    assert np.isnan(spoiled[0])
    assert np.isnan(spoiled[1]) if library == "keras" else spoiled[1] == 0


def test_the_chapter_continues_by_the_same_rules():
    """What the chapter shows with optlib alone: one state serves both libraries."""
    first = like("torch", "AdamW", lr=0.01, betas=BETAS, weight_decay=DECAY)
    names = {"b1": BETAS[0], "b2": BETAS[1], "weight_decay": DECAY}
    second = like("optax", "adamw", learning_rate=0.01, **names)
    x = start()["bias"]
    state = first.init(x)
    for t in range(1, BEFORE + 1):
        x, state = first.step(t, gradient(t)["bias"], x, state)
    stayed = first.step(BEFORE + 1, gradient(BEFORE + 1)["bias"], x, state)[0]
    moved = second.step(BEFORE + 1, gradient(BEFORE + 1)["bias"], x, state)[0]
    np.testing.assert_array_equal(moved, stayed)
