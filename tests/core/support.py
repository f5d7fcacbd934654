"""What the tests of the core share: gradients, extra inputs, and runs of a rule."""

import math

import numpy as np

from optlib import RULES, Optimizer
from optlib.namespaces import array_namespace

SHAPES = [(), (5,), (3, 4), (2, 3, 2, 2)]


def optimizer(rule, lr=1e-2, **hyper):
    """The rule with a decay that shows, where it has one."""
    if "weight_decay" in RULES[rule].hyper:
        hyper = {"weight_decay": 0.1, **hyper}
    return Optimizer(rule, lr=lr, **hyper)


def start(shape, dtype=float, seed=1):
    return np.asarray(np.random.default_rng(seed).standard_normal(shape), dtype=dtype)


# Divides by every singular value, the least one too: it needs gradients without a very small one.
DIVIDES = {"dion"}


def gradients(shape, steps, dtype=float, seed=0, rule=""):
    """Random gradients whose entries spread over six decades, or over one where ``rule`` needs it.

    The rule of a name in ``DIVIDES`` would return the rounding errors of smaller singular values.
    """
    rng = np.random.default_rng(seed)
    reach = 0.5 if rule in DIVIDES else 3
    scale = 10.0 ** rng.uniform(-reach, reach, shape)
    return [np.asarray(scale * rng.standard_normal(shape), dtype=dtype) for _ in range(steps)]


def extra(rule, g, sweep_axes=0):
    """The inputs a rule asks for beyond the gradient; a square one is positive definite."""
    return {
        name: square(g, sweep_axes) if name in RULES[rule].square else abs(g) + 1
        for name in RULES[rule].inputs
    }


def square(g, sweep_axes=0):
    """A matrix over the entries of ``g`` for every run: ones, and two on the diagonal."""
    runs, own = g.shape[:sweep_axes], math.prod(g.shape[sweep_axes:])
    matrix = np.eye(own, dtype=str(g.dtype).split(".")[-1]) + 1
    return array_namespace(g).asarray(np.broadcast_to(matrix, (*runs, own, own)).copy())


def run(opt, x, gs, t0=0, state=None, **options):
    """Pure steps; the point and the state after the last one."""
    state = opt.init(x) if state is None else state
    for t, g in enumerate(gs, t0 + 1):
        x, state = opt.step(t, g, x, state, **options, **extra(opt.rule.__name__, g))
    return x, state


def same(a, b):
    """Equal to the last bit, and of the same type and shape."""
    a, b = np.asarray(a), np.asarray(b)
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
