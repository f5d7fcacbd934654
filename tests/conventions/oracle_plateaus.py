"""Runs a schedule that a metric drives in its library; each is imported when it is asked for."""

import dataclasses
import json
import os
import subprocess
import sys
from types import SimpleNamespace


def run_all(cases):
    """The library's values after every metric, for every case."""
    keras = [case for case in cases if case.library == "keras"]
    values = dict(zip(keras, run_keras(keras), strict=True)) if keras else {}
    return [values[case] if case in values else _RUN[case.library](case) for case in cases]


def run_keras(cases):
    """Keras' values, in a process of its own: a process has one backend."""
    asked = json.dumps([{**dataclasses.asdict(c), "metrics": c.metrics} for c in cases])
    done = subprocess.run(
        [sys.executable, __file__],
        input=asked,
        env={**os.environ, "KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _stepped(case, make):
    import torch

    arguments = dict(case.arguments)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=arguments.pop("lr"))
    scheduler, values = make(optimizer, **arguments), []
    for metric in case.metrics:
        scheduler.step(metric)
        values.append(float(optimizer.param_groups[0]["lr"]))
    return values


def _torch(case):
    import torch

    return _stepped(case, getattr(torch.optim.lr_scheduler, case.name))


def _transformers(case):
    import transformers.optimization

    return _stepped(case, getattr(transformers.optimization, case.name))


def _optax(case):
    import jax
    import jax.numpy as jnp
    from optax import contrib

    with jax.enable_x64(True):
        one = jnp.ones((), dtype=jnp.float64)
        transform = contrib.reduce_on_plateau(**case.arguments)
        # Its branches are compiled anew at every call unless the whole update is.
        update_of = jax.jit(lambda state, value: transform.update(one, state, value=value))
        state, values = transform.init(one), []
        for metric in case.metrics:
            update, state = update_of(state, jnp.asarray(metric, jnp.float64))
            values.append(float(update))
        return values


def _keras(case):
    import keras

    keras.config.set_floatx("float64")
    arguments = dict(case.arguments)
    rate = arguments.pop("learning_rate")
    model = SimpleNamespace(optimizer=keras.optimizers.SGD(rate), metrics=[])
    callback = keras.callbacks.ReduceLROnPlateau(**arguments)
    callback.set_model(model)
    callback.on_train_begin()
    values = []
    for epoch, metric in enumerate(case.metrics):
        callback.on_epoch_end(epoch, {callback.monitor: metric})
        values.append(float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)))
    return values


_RUN = {"torch": _torch, "transformers": _transformers, "optax": _optax}

if __name__ == "__main__":
    print(json.dumps([_keras(SimpleNamespace(**case)) for case in json.load(sys.stdin)]))
