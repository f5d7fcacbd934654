"""Edges of the followed schedules: refused in words when bound, or what the library does."""

import dataclasses
import importlib.util
import warnings

import numpy as np
import oracle_schedules
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schedule_case import series
from schedule_cases import CASES

from optlib.conventions import TABLE, NotModelled, like

EDGES = [-3, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 7, 40, 41, 1000, float("nan"), float("inf")]
PARTS = {"schedulers", "schedules"}
LAST = 45


def numbers_of(case):
    """The arguments that are numbers, and those that None stands for."""
    entry = TABLE[case.library, case.name]
    known = {**entry.defaults, **case.arguments}
    # Resuming needs the library's optimizer in the state that it once had.
    out = {"last_epoch", "initial_lr"}
    return [
        k
        for k, v in known.items()
        if k not in out and (v is None or (isinstance(v, (int, float)) and not isinstance(v, bool)))
    ]


ALONE = [
    c
    for c in {(c.library, c.name): c for c in reversed(CASES)}.values()
    if not PARTS & set(c.arguments) and numbers_of(c)
]
IN_PROCESS = [c for c in ALONE if c.library != "keras"]


def drawn(case):
    names = st.lists(st.sampled_from(numbers_of(case)), min_size=1, max_size=3, unique=True)
    return names.flatmap(
        lambda chosen: st.fixed_dictionaries({name: st.sampled_from(EDGES) for name in chosen})
    )


def changed(case, edges):
    return dataclasses.replace(case, arguments={**case.arguments, **edges}, last=LAST)


def bound(case):
    """What ``like`` makes of it, or None where it refuses in words that name an argument."""
    try:
        found = like(case.library, case.name, **case.arguments)
    except (ValueError, TypeError) as refused:
        names = TABLE[case.library, case.name].arguments
        assert any(name in str(refused) for name in names) or "no length" in str(refused)
        assert case.library in str(refused)
        return None
    return dataclasses.replace(case, last=min(case.last, found.last or case.last)), found


def ours(case, found):
    values = series(found, case.last)
    for what, row in values.items():
        assert np.isfinite(row).all() and np.isrealobj(row), what
        many = found if what == "lr" else found.momentum
        np.testing.assert_allclose(
            np.broadcast_to(many(np.arange(case.last + 1)), len(row)), row, rtol=1e-9, atol=1e-15
        )
    return values


def agree(ours, theirs, what):
    assert theirs is not None, f"{what}: the library refuses"
    for name in set(ours) & set(theirs):
        scale = 1e-9 * np.maximum(np.max(np.abs(theirs[name])), 1e-12)
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-8, atol=scale, err_msg=what)


@pytest.mark.parametrize("case", IN_PROCESS, ids=lambda case: case.key)
def test_an_edge_is_refused_or_is_what_the_installed_library_does(case):
    pytest.importorskip(case.library)

    @settings(max_examples=8, deadline=None)
    @given(drawn(case))
    def holds(edges):
        made = bound(changed(case, edges))
        if made is None:
            return
        agree(ours(*made), oracle_schedules.run(made[0]), made[0].key)

    holds()


@pytest.mark.parametrize("case", ALONE, ids=lambda case: case.key)
def test_at_an_edge_every_value_is_a_finite_number(case):
    @settings(max_examples=15, deadline=None)
    @given(drawn(case))
    def holds(edges):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            made = bound(changed(case, edges))
            if made is not None:
                ours(*made)

    holds()


def test_an_edge_is_refused_or_is_what_the_installed_keras_does():
    if not all(importlib.util.find_spec(name) for name in ("keras", "torch")):
        pytest.skip("keras on torch is not installed")
    rng, made = np.random.default_rng(), []
    for case in [c for c in ALONE if c.library == "keras"] * 12:
        names = numbers_of(case)
        chosen = rng.choice(names, size=min(2, len(names)), replace=False)
        # From whole numbers Keras computes in float32.
        edges = {str(name): float(EDGES[rng.integers(len(EDGES))]) for name in chosen}
        made += [found for found in [bound(changed(case, edges))] if found is not None]
    assert len(made) > 20
    theirs = oracle_schedules.run_keras([case for case, _ in made])
    for (case, found), values in zip(made, theirs, strict=True):
        agree(ours(case, found), values, case.key)


def test_a_step_before_the_first_or_beyond_the_last_is_refused():
    with pytest.raises(ValueError, match="counts its steps from 0, got -1"):
        like("torch", "StepLR", lr=0.1, step_size=3)(-1)
    one = like("torch", "OneCycleLR", max_lr=1.0, total_steps=10)
    assert np.isfinite(one(np.arange(11))).all()
    for schedule in (one, one.momentum):
        for k in (11, np.array([3, 11])):
            with pytest.raises(ValueError, match="step 11 is past the last one, 10"):
                schedule(k)
    resumed = like("torch", "OneCycleLR", max_lr=1.0, total_steps=10, last_epoch=3)
    assert resumed(6) == one(10)
    with pytest.raises(ValueError, match="past the last one"):
        resumed(7)
    with pytest.raises(ValueError, match="epoch 11 is past the last one, 10"):
        like("torch", "OneCycleLR", max_lr=1.0, total_steps=10, last_epoch=10)


def test_a_cycle_that_ends_inside_others_ends_them_too():
    parts = [
        like("torch", "OneCycleLR", max_lr=1.0, total_steps=5),
        like("torch", "ExponentialLR", lr=0.1, gamma=0.9),
    ]
    chained = like("torch", "ChainedScheduler", schedulers=parts)
    assert chained(5) > 0
    for _ in range(2):
        with pytest.raises(ValueError, match="step 6 is past total_steps=5"):
            chained(6)


@pytest.mark.parametrize(
    ("library", "name", "arguments", "words"),
    [
        ("torch", "CosineAnnealingWarmRestarts", {"lr": 1, "T_0": 5, "T_mult": 0.5}, "T_mult must"),
        ("torch", "StepLR", {"lr": 0.1, "step_size": 0}, "step_size must satisfy 1 <= step_size"),
        ("torch", "OneCycleLR", {"max_lr": 1.0, "epochs": 3}, "needs total_steps, or epochs and"),
        ("torch", "OneCycleLR", {"max_lr": 1.0, "steps_per_epoch": 3}, "needs total_steps, or"),
        ("torch", "CyclicLR", {"base_lr": 0, "max_lr": 1, "step_size_up": 0}, "step_size_up must"),
        ("torch", "MultiStepLR", {"lr": 0.1, "milestones": [3, 2.5]}, "milestones must satisfy"),
        ("torch", "SequentialLR", {"schedulers": [], "milestones": []}, "at least one"),
        ("optax", "sgdr_schedule", {"cosine_kwargs": []}, "at least one"),
        ("optax", "sgdr_schedule", {"cosine_kwargs": [{"a": 1}]}, "no argument 'a'"),
        ("optax", "join_schedules", {"schedules": [], "boundaries": []}, "one boundary less"),
        (
            "keras",
            "CosineDecayRestarts",
            {"initial_learning_rate": 1.0, "first_decay_steps": 5, "t_mul": 0.5},
            "t_mul must satisfy 1 <= t_mul",
        ),
    ],
)
def test_refusals_name_the_argument_and_its_domain(library, name, arguments, words):
    with pytest.raises((ValueError, TypeError, NotModelled), match=words):
        like(library, name, **arguments)


ENDLESS = {
    "linear_schedule": {"end_value": 0.1},
    "polynomial_schedule": {"end_value": 0.1, "power": 2},
    "exponential_decay": {"decay_rate": 0.5},
}


@pytest.mark.parametrize("name", ENDLESS)
def test_with_no_steps_to_go_a_schedule_of_optax_stays_where_it_begins(name):
    rate = like("optax", name, init_value=0.5, transition_steps=0, **ENDLESS[name])
    assert rate(np.arange(4)) == pytest.approx(0.5)


@pytest.mark.parametrize("name", ["ChainedScheduler", "SequentialLR"])
def test_what_composes_takes_parts_of_one_optimizer(name):
    more = {"milestones": [3]} if name == "SequentialLR" else {}
    parts = [like("torch", "ExponentialLR", lr=lr, gamma=0.9) for lr in (0.1, 0.2)]
    with pytest.raises(ValueError, match=r"give them one lr, not 0\.1, 0\.2"):
        like("torch", name, schedulers=parts, **more)


def test_a_least_rate_is_a_part_of_a_rate_above_zero():
    name, steps = "get_cosine_with_min_lr_schedule_with_warmup", {"num_warmup_steps": 0}
    steps["num_training_steps"] = 10
    for lr in (1.0, 1):
        assert like("transformers", name, lr=lr, min_lr=0.1, **steps)(10) == pytest.approx(0.1)
    with pytest.raises(ValueError, match="min_lr needs an lr above 0"):
        like("transformers", name, lr=0.0, min_lr=0.1, **steps)


RESUMED = {"lr": 0.1, "initial_lr": 0.1, "last_epoch": 3}


@pytest.mark.parametrize("name", ["ChainedScheduler", "SequentialLR"])
@pytest.mark.parametrize(
    ("part", "why"),
    [
        (lambda: like("torch", "ExponentialLR", gamma=0.9, **RESUMED), "resumed"),
        (
            lambda: like("optax", "constant_schedule", value=0.1),
            "not one of PyTorch's",
        ),
    ],
)
def test_what_composes_says_why_it_does_not_take_a_part(name, part, why):
    more = {"milestones": [3]} if name == "SequentialLR" else {}
    good = like("torch", "ExponentialLR", lr=0.1, gamma=0.9)
    with pytest.raises(NotModelled, match=f"torch {name}: schedulers must .* is {why}$"):
        like("torch", name, schedulers=[good, part()], **more)


@pytest.mark.parametrize("k", [0.5, np.array([1.0, 2.5]), np.array([1j])], ids=repr)
def test_what_is_found_step_by_step_has_values_at_whole_steps(k):
    parts = [like("torch", "ExponentialLR", lr=0.1, gamma=0.9) for _ in range(2)]
    chained = like("torch", "ChainedScheduler", schedulers=parts)
    assert chained(np.array([1.0, 2.0])) == pytest.approx([chained(1), chained(2.0)])
    with pytest.raises(TypeError, match="values at whole steps given as numbers, not at"):
        chained(k)
