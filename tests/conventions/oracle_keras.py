"""Runs a case in Keras itself, on JAX and in float64."""

import jax
import keras
import numpy as np
from harness import RECORDED, STEPS, gradients, start, warm_rate

VERSION = {"keras": keras.__version__, "jax": jax.__version__}


def run(case, seed=0, steps=STEPS):
    """The parameters after the recorded steps."""
    jax.config.update("jax_enable_x64", True)
    keras.config.set_floatx("float64")
    try:
        variables = [keras.Variable(x, dtype="float64") for x in start(case.shapes, seed)]
        optimizer = getattr(keras.optimizers, case.name)(**case.arguments)
        optimizer.build(variables)
        lr = float(optimizer.learning_rate)
        records = []
        for t in range(1, steps + 1):
            if case.warm:
                optimizer.learning_rate = warm_rate(lr, t - 1)
            given = [keras.ops.convert_to_tensor(g) for g in gradients(case.shapes, seed, t)]
            optimizer.apply(given)
            if t in RECORDED:
                records.append([np.array(v.value) for v in variables])
        return records
    finally:
        keras.config.set_floatx("float32")
        jax.config.update("jax_enable_x64", False)
