"""Runs a case in Optax itself."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np
import optax
import optax.contrib
from harness import RECORDED, STEPS, WARMUP, gradients, loss, made, start

# What looks at the loss.
LOOKING = {"polyak_sgd", "momo", "momo_adam"}
VERSION = {"optax": optax.__version__, "jax": jax.__version__}


def warmup(lr):
    """The harness' warmup as a schedule that JAX can trace."""
    return lambda count: lr * jnp.minimum(count.astype(float) / WARMUP, 1.0)


def build(name, args=(), **arguments):
    """The library's own; ``args`` are what a chain takes without names."""
    found = getattr(optax, name, None) or getattr(optax.contrib, name)
    with warnings.catch_warnings():
        # The first of two forms of optimistic Adam is deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        return found(*args, **arguments)


def run(case, seed=0, steps=STEPS):
    """The parameters after the recorded steps."""
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        arguments = made(case.arguments, build)
        if case.warm:
            arguments["learning_rate"] = warmup(arguments["learning_rate"])
        optimizer = build(case.name, **arguments)
        parameters = [jnp.asarray(x) for x in start(case.shapes, seed)]
        state = optimizer.init(parameters)

        @jax.jit
        def step(gradient, state, parameters, value):
            more = {"value": value} if case.name in LOOKING else {}
            updates, state = optimizer.update(gradient, state, parameters, **more)
            return optax.apply_updates(parameters, updates), state

        records = []
        for t in range(1, steps + 1):
            gradient = [jnp.asarray(g) for g in gradients(case.shapes, seed, t)]
            parameters, state = step(gradient, state, parameters, loss(seed, t))
            if t in RECORDED:
                records.append([np.asarray(p) for p in parameters])
        return records
    finally:
        jax.config.update("jax_enable_x64", before)
