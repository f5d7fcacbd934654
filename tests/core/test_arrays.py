"""The same numbers in other array libraries: the strict standard, and JAX and torch if there."""

import math

import array_api_strict as strict
import numpy as np
import pytest
from support import SHAPES, extra, gradients, optimizer, run, start

from optlib import RULES, Optimizer, rules, schedule


def test_the_strict_namespace_gives_the_same_numbers(rule, shape):
    opt, x, gs = optimizer(rule), start(shape), gradients(shape, 12, rule=rule)
    ours, ours_state = run(opt, x, gs)
    theirs, state = run(opt, strict.asarray(x), [strict.asarray(g) for g in gs])
    for there, here in ((theirs, ours), *((state[k], ours_state[k]) for k in state)):
        # A small entry may be the difference of large sums: FTRL's under NumPy 2.1.
        ulp = np.finfo(float).eps * np.abs(here).max(initial=0.0)
        np.testing.assert_allclose(np.asarray(there), here, rtol=1e-14, atol=ulp)


def test_a_sweep_runs_in_the_strict_namespace(rule):
    opt = Optimizer(rule, lr=np.array([0.1, 0.01]))
    x = np.stack([start(3), start(3)])
    g = gradients((2, 3), 1)[0]
    ours, _ = opt.step(1, g, x, opt.init(x, sweep_axes=1), sweep_axes=1, **extra(rule, g, 1))
    sx, sg = strict.asarray(x), strict.asarray(g)
    opt = Optimizer(rule, lr=strict.asarray([0.1, 0.01]))
    theirs, _ = opt.step(1, sg, sx, opt.init(sx, sweep_axes=1), sweep_axes=1, **extra(rule, sg, 1))
    np.testing.assert_allclose(np.asarray(theirs), ours, rtol=1e-14)


@pytest.mark.parametrize("beta", [0.9, 0.999, 0.999999, 0.0])
def test_debias_with_an_array_t_is_accurate_in_float32(beta):
    for t in (1, 7, 1000):
        exact = 1 / -math.expm1(t * math.log(beta)) if beta else 1.0
        got = rules.debias(np, beta, np.asarray(t, np.float32), np.float32(1.0))
        assert got == pytest.approx(exact, rel=4e-7)


def test_torch_tensors_are_taken_through_array_api_compat(rule, shape):
    torch = pytest.importorskip("torch")
    pytest.importorskip("array_api_compat")
    opt, x, gs = optimizer(rule), start(shape), gradients(shape, 6, rule=rule)
    ours, _ = run(opt, x, gs)
    theirs, _ = run(opt, torch.tensor(x), [torch.tensor(g) for g in gs])
    np.testing.assert_allclose(theirs.numpy(), ours, rtol=1e-13)


@pytest.fixture(params=["float32", "float64"])
def jnp(request):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", request.param == "float64")
    yield jax.numpy
    jax.config.update("jax_enable_x64", False)


def test_jax_under_jit_with_a_traced_t_gives_the_same_numbers(rule, jnp):
    import jax

    dtype = jnp.asarray(1.0).dtype
    opt = optimizer(rule, lr=schedule("inverse_sqrt", peak=1e-2, warmup=4))
    step = jax.jit(lambda t, g, x, state, inputs: opt.step(t, g, x, state, **inputs))
    for shape in SHAPES:
        x, gs = start(shape, dtype), gradients(shape, 10, dtype, rule=rule)
        ours, _ = run(opt, np.asarray(x, float), [np.asarray(g, float) for g in gs])
        theirs, state = jnp.asarray(x), opt.init(jnp.asarray(x))
        for t, g in enumerate(gs, 1):
            theirs, state = step(jnp.asarray(t), jnp.asarray(g), theirs, state, extra(rule, g))
        assert theirs.dtype == dtype
        tolerance = 2e-5 if dtype == np.float32 else 1e-12
        moved = np.abs(ours - np.asarray(x, float)).max()
        assert np.abs(np.asarray(theirs) - ours).max() <= tolerance * (moved + np.abs(ours).max())


def test_jax_can_trace_the_hyper_parameters_too(jnp):
    import jax

    x, g = jnp.asarray([1.0, -2.0, 3.0]), jnp.asarray([0.1, 10.0, -3.0])

    def loss(lr):
        opt = Optimizer("adam", lr=lr)
        return opt.step(1, g, x, opt.init(x))[0].sum()

    assert float(jax.grad(loss)(jnp.asarray(0.1))) == pytest.approx(-1.0, rel=1e-6)


@pytest.mark.parametrize("name", [n for n, fn in RULES.items() if fn.scope == "element"])
def test_element_rules_vectorise_over_layers_in_jax(name, jnp):
    import jax

    opt, x = optimizer(name), jnp.asarray(np.stack([start(4), start(4, seed=2)]))
    g = jnp.asarray(gradients((2, 4), 1)[0])

    def one(g, x):
        return opt.step(1, g, x, opt.init(x), **extra(name, g))[0]

    np.testing.assert_allclose(jax.vmap(one)(g, x), one(g, x), rtol=1e-6)
