"""Gradient accumulation as the libraries do it, the step count above all."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from optlib import accumulate
from optlib.conventions import NotModelled, like

STEPS, EVERY = 24, 3
COSINE = {"initial_learning_rate": 0.1, "decay_steps": 20}
KERAS = {
    "plain": ("Adam", {"learning_rate": 0.1}),
    "decay": ("AdamW", {"learning_rate": 0.1, "weight_decay": 0.1}),
    "clipped": ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "global_clipnorm": 0.5}),
}


def gradient(t):
    return np.random.default_rng([8, t]).standard_normal((2, 3))


def ours(opt):
    x = np.ones((2, 3))
    state, path = opt.init(x), []
    for t in range(1, STEPS + 1):
        x, state = opt.step(t, gradient(t), x, state)
        path.append(x)
    return np.array(path)


@pytest.mark.parametrize("mean", [True, False])
@pytest.mark.parametrize("scheduled", [False, True])
def test_optax_counts_whole_steps(mean, scheduled):
    jax = pytest.importorskip("jax")
    optax = pytest.importorskip("optax")
    warm = {"init_value": 0.0, "end_value": 0.1, "transition_steps": 5}
    rate = like("optax", "linear_schedule", **warm) if scheduled else 0.1
    inner = like("optax", "adamw", learning_rate=rate)
    small = like("optax", "MultiSteps", opt=inner, every_k_schedule=EVERY, use_grad_mean=mean)
    with jax.enable_x64(True):
        # Optax' own schedules divide its int32 count in float32.
        line = optax.linear_schedule(**warm)
        theirs = optax.MultiSteps(
            optax.adamw((lambda k: line(k.astype("float64"))) if scheduled else 0.1),
            EVERY,
            mean,
            accumulator_dtype="float64",
        )
        x = jax.numpy.ones((2, 3), dtype="float64")
        update, state, path = jax.jit(theirs.update), theirs.init(x), []
        for t in range(1, STEPS + 1):
            change, state = update(jax.numpy.asarray(gradient(t)), state, x)
            x = x + change
            path.append(np.asarray(x))
    np.testing.assert_allclose(ours(small), path, rtol=1e-9)


KERAS_RUN = """
import json, sys
import numpy as np, keras
keras.config.set_floatx("float64")
asked = json.load(sys.stdin)
paths = []
for name, arguments, scheduled in asked["cases"]:
    if scheduled:
        arguments["learning_rate"] = keras.optimizers.schedules.CosineDecay(**asked["cosine"])
    x = keras.Variable(np.ones((2, 3)), dtype="float64")
    opt = getattr(keras.optimizers, name)(**arguments)
    opt.build([x])
    path = []
    for g in asked["gradients"]:
        opt.apply([keras.ops.convert_to_tensor(np.array(g))], [x])
        path.append(keras.ops.convert_to_numpy(x).tolist())
    paths.append(path)
print(json.dumps(paths))
"""


def test_keras_counts_whole_steps_but_its_schedules_count_small_batches():
    pytest.importorskip("torch")
    pytest.importorskip("optree")
    cases = [
        (name, {**arguments, "gradient_accumulation_steps": EVERY}, scheduled)
        for name, arguments in KERAS.values()
        for scheduled in (False, True)
    ]
    asked = {"cases": cases, "cosine": COSINE}
    asked["gradients"] = [gradient(t).tolist() for t in range(1, STEPS + 1)]
    done = subprocess.run(
        [sys.executable, "-c", KERAS_RUN],
        input=json.dumps(asked),
        env={**os.environ, "KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
        check=True,
    )
    rate = like("keras", "CosineDecay", **COSINE)
    for (name, arguments, scheduled), theirs in zip(
        cases, json.loads(done.stdout.splitlines()[-1]), strict=True
    ):
        changed = {**arguments, "learning_rate": rate} if scheduled else arguments
        np.testing.assert_allclose(ours(like("keras", name, **changed)), theirs, rtol=1e-6)
    keras = like("keras", "Adam", learning_rate=rate, gradient_accumulation_steps=EVERY)
    plain = accumulate(like("keras", "Adam", learning_rate=rate), EVERY)
    assert not np.allclose(ours(keras), ours(plain))


@pytest.mark.parametrize("mean", [True, False])
def test_the_plain_loop_of_torch(mean):
    """``backward`` adds up gradients until they are set to zero."""
    torch = pytest.importorskip("torch")
    arguments = {"lr": 0.1, "weight_decay": 0.1}
    p = torch.nn.Parameter(torch.ones(2, 3, dtype=torch.float64))
    theirs, path = torch.optim.AdamW([p], **arguments), []
    for t in range(1, STEPS + 1):
        loss = (torch.tensor(gradient(t)) * p).sum()
        (loss / EVERY if mean else loss).backward()
        if t % EVERY == 0:
            theirs.step()
            theirs.zero_grad()
        path.append(p.detach().numpy().copy())
    small = accumulate(like("torch", "AdamW", **arguments), EVERY, mean)
    np.testing.assert_allclose(ours(small), path, rtol=1e-9)


@pytest.mark.parametrize(
    ("library", "name", "arguments", "words"),
    [
        ("keras", "Adam", {"gradient_accumulation_steps": 1}, "gradient_accumulation_steps must"),
        ("keras", "Adam", {"gradient_accumulation_steps": 2, "use_ema": True}, "use_ema=True"),
        ("optax", "MultiSteps", {"opt": "adam", "every_k_schedule": 2}, "must be an Optimizer"),
        (
            "optax",
            "MultiSteps",
            {"opt": like("torch", "Adam"), "every_k_schedule": 0},
            "every must",
        ),
        (
            "optax",
            "MultiSteps",
            {"opt": like("torch", "Adam"), "every_k_schedule": abs},
            "a number",
        ),
    ],
)
def test_refused(library, name, arguments, words):
    with pytest.raises((ValueError, TypeError, NotModelled), match=words):
        like(library, name, **arguments)
