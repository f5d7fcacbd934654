"""A difference is explained in words, measured, and mended where arguments can mend it."""

import doctest

import pytest

from optlib import Optimizer
from optlib.conventions import TABLE, NotModelled, compare, like, shapes
from optlib.conventions.apart import Yardstick
from optlib.conventions.compare import explain_difference
from optlib.conventions.fitting import _CHOICES, _LEFT_ALONE, _flipped
from optlib.conventions.wording import written

ADAM = ("torch", "Adam")


def test_the_same_is_the_same():
    found = explain_difference(ADAM, (*ADAM, {"lr": 1e-3}))
    assert found.agree and found.distance == 0 and "agree to rounding" in str(found)


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ({}, {"eps": 1e-3}, "eps is 1e-08"),
        ({"betas": (0.5, 0.9)}, {}, "beta1 is 0.5"),
        ({"lr": 0.1}, {"lr": 0.2}, "lr is 0.1"),
        ({"weight_decay": 0.1}, {"weight_decay": 0.3}, "weight_decay is 0.1"),
        (
            {"weight_decay": 0.1},
            {"weight_decay": 0.1, "decoupled_weight_decay": True},
            "adds weight_decay * x to the gradient",
        ),
    ],
)
def test_differences_are_named_and_the_remedy_works(first, second, words):
    found = explain_difference((*ADAM, first), (*ADAM, second))
    assert words in str(found) and not found.agree and found.distance > 1e-6
    library, name, arguments = found.remedy
    assert explain_difference((*ADAM, first), (library, name, arguments)).agree
    assert repr(like(library, name, **arguments)) == repr(like(*ADAM, **first))


def test_the_example_of_the_docstring_runs():
    failed, tried = doctest.testmod(compare)
    assert tried and not failed


OTHERS = [
    (
        (*ADAM, {"lr": 0.3, "betas": (0.5, 0.9), "eps": 1e-3}),
        ("optax", "adam"),
        {"learning_rate": 2},
    ),
    ((*ADAM, {"amsgrad": True, "maximize": True}), ADAM, {}),
    ((*ADAM, {"lr": 2}), ADAM, {"betas": (0, 0.9)}),
    (("torch", "AdamW"), ADAM, {"weight_decay": 0.3}),
    (("torch", "RMSprop"), ("optax", "rmsprop"), {"learning_rate": 0.1}),
    (("torch", "SGD"), ("keras", "SGD"), {}),
    (("torch", "SGD", {"momentum": 0.9}), ("keras", "SGD"), {"momentum": 0.9, "weight_decay": 0.1}),
    (("keras", "SGD", {"momentum": 0.8, "nesterov": True}), ("keras", "SGD"), {"momentum": 0.9}),
    (("optax", "sophia", {"learning_rate": 0.1}), ("optax", "sophia"), {"learning_rate": 1.0}),
    (
        ("torch", "Muon", {"momentum": 0.5}),
        ("torch", "Muon"),
        {"ns_coefficients": (3.0, -4.0, 2.0)},
    ),
]


@pytest.mark.parametrize(("first", "name", "arguments"), OTHERS, ids=str)
def test_what_arguments_can_mend_is_mended_with_what_was_given_kept(first, name, arguments):
    found = explain_difference(first, (*name, arguments))
    assert not found.agree and found.remedy[:2] == name
    assert f"{found.remedy[0]} {found.remedy[1]}(" in str(found).splitlines()[-1]
    assert explain_difference(first, found.remedy).agree
    assert set(arguments) <= set(found.remedy[2])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ADAM, ("torch", "SGD")),
        (ADAM, ("keras", "Adam")),
        ((*ADAM, {"amsgrad": True}), ("optax", "amsgrad", {"learning_rate": 0.1})),
        (ADAM, ("transformers", "Adafactor")),
        (("torch", "Muon"), ADAM),
    ],
    ids=str,
)
def test_two_rules_are_told_apart_each_with_its_parent_and_its_note(first, second):
    found = explain_difference(first, second)
    assert found.remedy is None and not found.agree
    assert (
        f"No arguments of {second[0]} {second[1]} that were tried make it follow the first."
        in str(found).splitlines()
    )
    for said, spec in zip(found.words, (first, second), strict=False):
        optimizer = like(*spec[:2], **dict(*spec[2:]))
        rule = getattr(optimizer, "rule", None)
        assert said.startswith(f"{spec[0]} {spec[1]} follows the rule {rule.__name__}")
        assert ("which is" in said) == (rule.parent is not None)
        assert TABLE[spec[:2]].note in said


@pytest.mark.parametrize("part", [1.0, 1e-2, 1e-4])
def test_the_distance_is_the_part_of_the_way_gone(part):
    """For plain steps on the same gradients it is the part of the rate."""
    found = explain_difference(
        ("torch", "SGD", {"lr": 1.0}), ("torch", "SGD", {"lr": 1.0 - part / 2})
    )
    assert found.distance == pytest.approx(part / 2, rel=1e-6)
    shown = {1.0: "50 %", 1e-2: "0.5 %", 1e-4: "0.005 %"}[part]
    assert f"they end {shown} of the way apart" in str(found)
    assert found._repr_markdown_().splitlines() == [f"- {line}" for line in found.words]


def test_the_two_ends_of_agreement():
    """Below a billionth they are the same to rounding, and the second is its own remedy."""
    second = ("torch", "SGD", {"lr": 1.0 + 1e-10})
    near = explain_difference(("torch", "SGD", {"lr": 1.0}), second)
    assert near.agree and near.remedy == second and near.words[-1] == "They agree to rounding."
    far = explain_difference(("torch", "SGD", {"lr": 1.0}), ("torch", "SGD", {"lr": 1.0 + 1e-8}))
    assert not far.agree and far.remedy[2] == {"lr": 1.0}


def singles(key):
    """Every switch at each of its other values, alone."""
    now = TABLE[key].defaults
    switches = {k: [not v] for k, v in now.items() if isinstance(v, bool)}
    switches |= {k: [v for v in vs if v != now[k]] for k, vs in _CHOICES.items() if k in now}
    return [{k: v} for k, vs in switches.items() for v in vs if k not in _LEFT_ALONE]


@pytest.mark.parametrize("key", [k for k, e in TABLE.items() if not e.schedule], ids=" ".join)
def test_nothing_then_every_single_switch_then_pairs_are_tried(key):
    tried, alone = list(_flipped(*key, {})), singles(key)
    assert tried[: len(alone) + 1] == [{}, *alone]
    assert all(len(more) == 2 for more in tried[len(alone) + 1 :])
    assert all(v != TABLE[key].defaults[k] for more in tried for k, v in more.items())


OPTAX = [key for key, entry in TABLE.items() if key[0] == "optax" and not entry.schedule]


@pytest.mark.parametrize("key", OPTAX, ids=" ".join)
def test_a_call_is_written_with_the_module_that_has_it_in_the_installed_library(key):
    module = pytest.importorskip("optax.contrib" if "contrib" in written((*key, {})) else "optax")
    assert hasattr(module, key[1])


def test_a_call_is_written_as_the_library_takes_it():
    assert written(("optax", "prodigy", {"d_coef": 1.0})) == "optax.contrib.prodigy(d_coef=1.0)"
    assert written(("optax", "sgd", {})) == "optax.sgd()"
    assert written(("torch", "SGD", {"lr": 1})) == "torch.optim.SGD(params, lr=1)"
    assert written(("keras", "SGD", {})) == "keras.optimizers.SGD()"
    name = "transformers", "Adafactor"
    assert written((*name, {})) == "transformers.optimization.Adafactor(params)"


@pytest.mark.parametrize("factor", [shapes.tall, shapes.wide])
def test_what_differs_for_tall_or_for_wide_matrices_alone_does_not_follow(factor):
    plain = Optimizer("sgd", lr=0.1)
    rule = shapes.matrices_alone(shapes.scaled_by_shape(plain.rule, factor))
    scaled = Optimizer(rule, lr=0.1)
    yard = Yardstick(plain)
    assert yard.follows(plain) and not yard.follows(scaled)


@pytest.mark.parametrize(
    ("spec", "error", "words"),
    [
        (("torch",), TypeError, "second must be"),
        (["torch", "Adam"], TypeError, "second must be"),
        (("torch", "Adam", {}, 1), TypeError, "second must be"),
        (("torch", "Adam", 0.1), TypeError, "second must be"),
        (
            ("torch", "StepLR", {"lr": 0.1, "step_size": 3}),
            TypeError,
            "only optimizers can be compared; torch",
        ),
        (("torch", "Adamm"), NotModelled, "Adamm is not modelled"),
    ],
)
def test_what_cannot_be_compared_is_refused(spec, error, words):
    with pytest.raises(error, match=words):
        explain_difference(ADAM, spec)
    with pytest.raises(error, match=words.replace("second", "first")):
        explain_difference(spec, ADAM)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("keras", "Adam"), ("torch", "Adam")),
        (("torch", "RMSprop"), ("keras", "RMSprop", {"learning_rate": 0.01})),
        (ADAM, (*ADAM, {"eps": 1e-3})),
    ],
)
def test_the_nearest_arguments_leave_what_is_said(first, second):
    found = explain_difference(first, second)
    assert found.left < found.distance
    again = explain_difference(first, found.nearest)
    assert again.distance == pytest.approx(found.left, rel=1e-9, abs=1e-12)
    assert (found.remedy is None) == ("comes nearest" in str(found))
