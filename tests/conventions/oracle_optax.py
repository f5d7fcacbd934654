"""Runs a case in Optax itself."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import optax.contrib
from harness import RECORDED, STEPS, WARMUP, gradients, start

VERSION = {"optax": optax.__version__, "jax": jax.__version__}


def warmup(lr):
    """The harness' warmup as a schedule that JAX can trace."""
    return lambda count: lr * jnp.minimum(count.astype(float) / WARMUP, 1.0)


def run(case, seed=0, steps=STEPS):
    """The parameters after the recorded steps."""
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        arguments = dict(case.arguments)
        if case.warm:
            arguments["learning_rate"] = warmup(arguments["learning_rate"])
        found = getattr(optax, case.name, None) or getattr(optax.contrib, case.name)
        optimizer = found(**arguments)
        parameters = [jnp.asarray(x) for x in start(case.shapes, seed)]
        state = optimizer.init(parameters)

        @jax.jit
        def step(gradient, state, parameters):
            updates, state = optimizer.update(gradient, state, parameters)
            return optax.apply_updates(parameters, updates), state

        records = []
        for t in range(1, steps + 1):
            gradient = [jnp.asarray(g) for g in gradients(case.shapes, seed, t)]
            parameters, state = step(gradient, state, parameters)
            if t in RECORDED:
                records.append([np.asarray(p) for p in parameters])
        return records
    finally:
        jax.config.update("jax_enable_x64", before)
