"""Where a library computes in less than double precision, that is the whole difference to us.

Each test replaces the one step of lower precision and finds agreement to rounding.
"""

import importlib

import cases_keras
import cases_matrix
import cases_optax_more
import pytest
from harness import distance, run_ours, start, summary

STEPS = 30
KERAS = [case for case in cases_keras.CASES if case.name in ("Adafactor", "Muon")]


def agreement(case):
    oracle = importlib.import_module(f"oracle_{case.library}")
    theirs = summary(oracle.run(case, 0, STEPS))
    origin = summary([start(case.shapes, 0)])[0]
    return distance(summary(run_ours(case, 0, STEPS)), theirs, origin)


def named(cases, name):
    return [case for case in cases if case.name == name]


@pytest.mark.parametrize("case", named(cases_matrix.TORCH, "Muon"), ids=lambda case: case.key)
def test_torch_muon_in_double_precision(case, monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.Tensor, "bfloat16", lambda self: self.clone())
    assert agreement(case) < 1e-9


@pytest.mark.parametrize("case", named(cases_matrix.OPTAX, "adafactor"), ids=lambda case: case.key)
def test_optax_adafactor_with_a_decay_in_double_precision(case, monkeypatch):
    pytest.importorskip("optax")
    from optax._src import factorized

    def precise(i, exponent):
        return 1.0 - (i + 1.0) ** -exponent

    rms = factorized.scale_by_factored_rms
    replaced = tuple(precise if callable(d) else d for d in rms.__defaults__)
    assert replaced != rms.__defaults__
    monkeypatch.setattr(rms, "__defaults__", replaced)
    assert agreement(case) < 1e-9


MADGRAD = named(cases_optax_more.CASES, "madgrad")


@pytest.mark.parametrize("case", MADGRAD, ids=lambda case: case.key)
def test_optax_madgrad_with_the_root_of_the_count_in_double_precision(case, monkeypatch):
    pytest.importorskip("optax")
    module = importlib.import_module("optax.contrib._madgrad")
    monkeypatch.setattr(module, "jnp", Wide(module.jnp))
    assert agreement(case) < 1e-9


class Wide:
    """JAX' NumPy, but for a square root that takes whole numbers to double precision."""

    def __init__(self, jnp):
        self._jnp = jnp

    def __getattr__(self, name):
        return getattr(self._jnp, name)

    def sqrt(self, x):
        return self._jnp.sqrt(x.astype("float64"))


class Precise:
    """Keras' operations, but for two that compute in float32 what they are given in float64."""

    def __init__(self, ops):
        self._ops = ops

    def __getattr__(self, name):
        return getattr(self._ops, name)

    def norm(self, x, axis, keepdims):
        return self.sqrt(self.sum(x * x, axis=axis, keepdims=keepdims))

    def mean(self, x, axis=None, keepdims=False):
        x = self.convert_to_tensor(x)
        ones = self.sum(self.ones_like(x), axis=axis, keepdims=keepdims)
        return self.sum(x, axis=axis, keepdims=keepdims) / ones


@pytest.mark.parametrize("case", KERAS, ids=lambda case: case.key)
def test_keras_with_norms_and_means_in_double_precision(case, monkeypatch):
    pytest.importorskip("keras")
    importlib.import_module("oracle_keras")
    module = importlib.import_module(f"keras.src.optimizers.{case.name.lower()}")
    monkeypatch.setattr(module, "ops", Precise(module.ops))
    assert agreement(case) < 1e-9
