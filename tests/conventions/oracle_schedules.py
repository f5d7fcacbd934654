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
    group = {"params": [torch.zeros(1, requires_grad=True)]}
    group |= {k: arguments.pop(k) for k in ("initial_lr",) if k in arguments}
    optimizer = torch.optim.Adam([group], lr=_rate(arguments))
    with warnings.catch_warnings():
        # transformers warns when both ways of giving the length of the plateau are used.
        warnings.simplefilter("ignore")
        scheduler = make(optimizer, **arguments)
    before = optimizer.defaults["betas"][0]
    values = {"lr": [], "momentum": []}
    for _ in range(case.last + 1):
        held = optimizer.param_groups[0]
        values["lr"].append(float(held["lr"]))
        values["momentum"].append(float(held["betas"][0]))
        optimizer.step()
        if len(values["lr"]) <= case.last:
            scheduler.step()
    if all(momentum == before for momentum in values["momentum"]):
        del values["momentum"]
    return values


def _rate(arguments):
    """The rate of the optimizer, which the parts of a scheduler share."""
    if "schedulers" in arguments:
        rates = {_rate(dict(part)) for _, part in arguments["schedulers"]} - {_ANY}
        return max(rates, default=_ANY)
    return arguments.pop("lr", _ANY)


_ANY = 0.001


def _torch_made(optimizer, name, arguments):
    from torch.optim import lr_scheduler, swa_utils

    arguments = {k: v for k, v in arguments.items() if k != "lr"}
    if "schedulers" in arguments:
        parts = [_torch_made(optimizer, *part) for part in arguments["schedulers"]]
        arguments["schedulers"] = parts
    make = getattr(lr_scheduler, name, None) or getattr(swa_utils, name)
    if name == "ChainedScheduler":
        return make(**arguments, optimizer=optimizer)
    return make(optimizer, **arguments)


def _torch(case):
    return _stepped(
        case, lambda optimizer, **arguments: _torch_made(optimizer, case.name, arguments)
    )


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


def _keras_or_none(case):
    """None where Keras refuses the arguments."""
    try:
        return _keras(case)
    except (ValueError, ZeroDivisionError):
        return None


_RUN = {
    "torch": _torch,
    "optax": _optax,
    "keras": lambda case: run_keras([case])[0],
    "transformers": _transformers,
}

if __name__ == "__main__":
    asked = [SimpleNamespace(**case) for case in json.load(sys.stdin)]
    print(json.dumps([_keras_or_none(case) for case in asked]))
