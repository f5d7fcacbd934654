"""Runs a schedule in the library it is about; each library is imported when it is asked for."""

import dataclasses
import json
import os
import subprocess
import sys
import warnings
from importlib import metadata
from types import SimpleNamespace

LIBRARIES = ("torch", "optax", "keras", "transformers")


def version(library):
    return metadata.version(library)


def run(case):
    """The library's values for ``k = 0 ... last``, as plain floats."""
    return _RUN[case.library](case)


def run_keras(cases):
    """Keras' values for several cases, in a process of its own: a process has one backend.

    The backend is PyTorch, because on JAX Keras takes cosines and logarithms in float32 whatever
    ``floatx`` says.
    """
    asked = json.dumps([dataclasses.asdict(case) for case in cases])
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
    """A scheduler of PyTorch's kind, on an optimizer that never moves."""
    import torch

    arguments = dict(case.arguments)
    optimizer = torch.optim.Adam([torch.zeros(1, requires_grad=True)], lr=arguments.pop("lr"))
    with warnings.catch_warnings():
        # transformers warns when both ways of giving the length of the plateau are used.
        warnings.simplefilter("ignore")
        scheduler = make(optimizer, **arguments)
    cycled = arguments.get("cycle_momentum", case.name == "OneCycleLR")
    values = {"lr": []} | ({"momentum": []} if cycled else {})
    for _ in range(case.last + 1):
        group = optimizer.param_groups[0]
        values["lr"].append(float(group["lr"]))
        if cycled:
            values["momentum"].append(float(group["betas"][0]))
        optimizer.step()
        if len(values["lr"]) <= case.last:
            scheduler.step()
    return values


def _torch(case):
    import torch

    return _stepped(case, getattr(torch.optim.lr_scheduler, case.name))


def _transformers(case):
    import transformers.optimization

    return _stepped(case, getattr(transformers.optimization, case.name))


def _optax(case):
    import jax
    import optax

    arguments = dict(case.arguments)
    with jax.enable_x64(True):
        if "schedules" in arguments:
            arguments["schedules"] = [getattr(optax, n)(**a) for n, a in arguments["schedules"]]
        schedule = getattr(optax, case.name)(**arguments)
        return {"lr": [float(schedule(k)) for k in range(case.last + 1)]}


def _keras(case):
    import keras

    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    try:
        schedule = getattr(keras.optimizers.schedules, case.name)(**case.arguments)
        return {"lr": [float(schedule(k)) for k in range(case.last + 1)]}
    finally:
        keras.config.set_floatx(before)


_RUN = {
    "torch": _torch,
    "optax": _optax,
    "keras": lambda case: run_keras([case])[0],
    "transformers": _transformers,
}

if __name__ == "__main__":
    asked = [SimpleNamespace(**case) for case in json.load(sys.stdin)]
    print(json.dumps([_keras(case) for case in asked]))
