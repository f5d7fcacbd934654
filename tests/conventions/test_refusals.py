"""What Keras, transformers and the rules for matrices refuse, and what of theirs has no effect."""

import numpy as np
import pytest

from optlib.conventions import NotModelled, like
from optlib.conventions.table import TABLE


@pytest.mark.parametrize(
    ("library", "name", "arguments", "error", "words"),
    [
        ("keras", "Adam", {"clipnorm": 1.0, "clipvalue": 1.0}, ValueError, "only one of"),
        ("keras", "SGD", {"loss_scale_factor": 2.0}, NotModelled, "loss_scale_factor"),
        ("keras", "Muon", {"gradient_accumulation_steps": 2}, NotModelled, "accumulation"),
        ("keras", "Muon", {"exclude_layers": "head"}, TypeError, "exclude_layers must be a list"),
        ("optax", "sophia", {"learning_rate": 0.1, "hessian_diagonal_fn": abs}, NotModelled, "abs"),
        ("optax", "muon", {"learning_rate": 0.1, "mu_dtype": "bfloat16"}, NotModelled, "mu_dtype"),
        (
            "optax",
            "adafactor",
            {"momentum": 0.9, "dtype_momentum": "float32"},
            NotModelled,
            "dtype_momentum",
        ),
        ("keras", "AdamW", {"weight_decay": None}, ValueError, "must be a number"),
        ("keras", "Adam", {"lr": 0.1}, TypeError, "no argument 'lr'"),
        ("transformers", "Adafactor", {"lr": 0.1}, ValueError, "not both"),
        ("transformers", "Adafactor", {"relative_step": False}, ValueError, "needs lr"),
        ("torch", "Muon", {"adjust_lr_fn": "other"}, NotModelled, "adjust_lr_fn='other'"),
        ("optax", "muon", {"learning_rate": 1.0, "ns_coeffs": "other"}, NotModelled, "'other'"),
        ("optax", "muon", {"learning_rate": 1.0, "ns_coeffs": (1.0, 2.0)}, TypeError, "three"),
        (
            "optax",
            "muon",
            {"learning_rate": 1.0, "ns_coeffs": [(3.0, -4.0, 2.0)] * 6},
            ValueError,
            "6 polynomials are more than ns_steps=5",
        ),
        ("optax", "muon", {"learning_rate": 1.0, "adaptive": True}, NotModelled, "adaptive"),
    ],
)
def test_refused(library, name, arguments, error, words):
    with pytest.raises(error, match=words):
        like(library, name, **arguments)


RATES = {
    (library, name): {"lr", "learning_rate"} & {*TABLE[library, name].arguments}
    for library, name in TABLE
}


@pytest.mark.parametrize("entry", [entry for entry, rates in RATES.items() if rates])
def test_a_whole_number_too_large_for_a_float_is_no_rate(entry):
    (rate,) = RATES[entry]
    with pytest.raises(TypeError, match=f"{rate} must be"):
        like(*entry, **{rate: 10**400})


@pytest.mark.parametrize("name", [None, 3, ["torch"], np.array(["torch", "optax"])], ids=repr)
def test_what_is_no_name_of_a_library_or_of_an_entry_is_refused_in_words(name):
    with pytest.raises(TypeError, match="unknown library .*; known are keras, optax, torch, trans"):
        like(name, "Adam")
    with pytest.raises(NotModelled, match="torch .* is not modelled; modelled are "):
        like("torch", name)


def test_optax_adafactor_over_other_axes_than_the_last_two_is_refused():
    opt = like("optax", "adafactor", learning_rate=0.1)
    opt.init(np.ones((3, 130, 140)))
    with pytest.raises(NotModelled, match="axes that are not the last"):
        opt.init(np.ones((130, 3, 140)))


def test_keras_muon_leaves_to_adam_what_is_named_an_embedding_or_excluded():
    """A layer's key stands for the path of a variable in Keras."""
    x = {name: np.ones((2, 3)) for name in ("Embedding/table", "head/kernel", "kernel")}
    g = {name: np.arange(6.0).reshape(2, 3) ** 2 for name in x}

    def steps(**arguments):
        opt = like("keras", "Muon", **arguments)
        return opt.step(1, g, x, opt.init(x))[0]

    adam = steps(exclude_layers=[".*"])["kernel"]
    for arguments, others in (
        ({}, {"Embedding/table"}),
        ({"exclude_embeddings": False}, set()),
        ({"exclude_layers": ["^head"]}, {"Embedding/table", "head/kernel"}),
    ):
        new = steps(**arguments)
        assert {name for name in x if np.array_equal(new[name], adam)} == others


def moved(steps=30, **arguments):
    opt = like("keras", "Adafactor", **arguments)
    x = np.ones((3, 4))
    state = opt.init(x)
    for t in range(1, steps + 1):
        x, state = opt.step(t, np.random.default_rng(t).standard_normal((3, 4)), x, state)
    return x


def test_relative_step_of_keras_changes_nothing():
    given = {"learning_rate": 0.9}
    assert np.array_equal(moved(**given), moved(**given, relative_step=False))


def test_an_average_of_keras_that_overwrites_nothing_leaves_the_points_alone():
    assert np.array_equal(moved(), moved(use_ema=True))
    assert not np.array_equal(moved(), moved(use_ema=True, ema_overwrite_frequency=10))
