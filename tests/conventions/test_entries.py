"""Every optimizer of the table and every class of optim: built with its defaults, run, resumed."""

import importlib
from functools import partial

import numpy as np
import pytest
from cases import CASES
from harness import SHAPES, Case, made

from optlib import Optimizer, load, optim, save
from optlib.conventions import TABLE, like
from optlib.conventions.apart import one

ENTRIES = [key for key, entry in TABLE.items() if not entry.schedule]
FORMS = [(), (5,), (3, 4), (2, 3, 2), (2, 3, 2, 2)]
NEEDED = {
    "learning_rate": 0.01,
    "base_optimizer": Optimizer("sgd", lr=0.1),
    "opt": Optimizer("sgd", lr=0.1),
    "every_k_schedule": 2,
    "fast_optimizer": Optimizer("sgd", lr=0.1),
    "inner": Optimizer("sgd", lr=0.1),
    "max_consecutive_errors": 2,
    "optimizer": Optimizer("sgd", lr=0.1),
    "adv_optimizer": Optimizer("sgd", lr=0.05),
    "sync_period": 2,
    "slow_step_size": 0.5,
    "linesearch": None,
    "args": [like("optax", "scale_by_adam"), like("optax", "scale", step_size=-0.1)],
    "clipping": 0.01,
    "max_delta": 0.5,
    "max_norm": 1.0,
    "threshold": 0.5,
    "decay": 0.9,
    "step_size": -0.1,
    "step_size_fn": lambda k: -0.1 / (k + 1),
}


def argument_sets(library, name):
    """The defaults, with what has none, and a set of legal arguments, if there is any to give."""
    entry = TABLE[library, name]
    needed = {k: NEEDED[k] for k in entry.arguments if k not in entry.defaults}
    make = partial(like, library)
    tried = [made(c.arguments, make) for c in CASES[library] if c.name == name and c.arguments]
    tried = [arguments for arguments in tried if None not in arguments.values()]
    return [needed, *tried[:1]]


SETS = [
    (library, name, k)
    for library, name in ENTRIES
    for k in range(len(argument_sets(library, name)))
]


def accepted(library, name):
    wanted = {"any": lambda s: True, "matrices": lambda s: len(s) == 2, "arrays": len}
    return [s for s in FORMS if wanted[TABLE[library, name].shapes](s)]


def gradients(shapes, t):
    return [np.random.default_rng([t, k]).standard_normal(s) for k, s in enumerate(shapes)]


def inputs(optimizer, xs):
    names = getattr(getattr(optimizer, "rule", None), "inputs", ())
    return {name: [np.ones_like(x) for x in xs] for name in names}


@pytest.mark.parametrize(("library", "name", "k"), SETS)
def test_every_entry_takes_steps_on_every_shape_it_states_and_resumes(library, name, k, tmp_path):
    arguments = argument_sets(library, name)[k]
    optimizer, shapes = like(library, name, **arguments), accepted(library, name)
    xs = [np.ones(s) for s in shapes]
    state = optimizer.init(xs)
    for t in range(1, 4):
        xs, state = optimizer.step(t, gradients(shapes, t), xs, state, **inputs(optimizer, xs))
    save(tmp_path / "half.npz", xs, state, 3)
    ys, kept, t = load(tmp_path / "half.npz")
    again, g = like(library, name, **arguments), gradients(shapes, 4)
    xs, _ = optimizer.step(t + 1, g, xs, state, **inputs(optimizer, xs))
    ys, _ = again.step(t + 1, g, ys, kept, **inputs(again, ys))
    for x, y, shape in zip(xs, ys, shapes, strict=True):
        assert np.array_equal(x, y) and x.shape == shape
        assert np.isfinite(x).all() and np.any(x != 1)


@pytest.mark.parametrize(("library", "name", "k"), SETS)
def test_every_default_of_what_stands_around_a_rule_is_in_its_domain(library, name, k):
    optimizer = like(library, name, **argument_sets(library, name)[k])
    rule = getattr(one(optimizer), "rule", None)
    while rule is not None:
        assert all(value in rule.domains[k] for k, value in rule.hyper.items())
        rule = rule.parent


@pytest.mark.parametrize(("library", "name"), ENTRIES)
def test_every_entry_refuses_the_other_shapes_in_words(library, name):
    optimizer = like(library, name, **argument_sets(library, name)[0])
    for shape in FORMS:
        if shape not in accepted(library, name):
            with pytest.raises(ValueError, match=r"parameter 0 has shape .* axes alone; per_layer"):
                optimizer.init([np.ones(shape)])
            with pytest.raises(ValueError, match="axes alone"):
                optimizer.step(1, [np.ones(shape)], [np.ones(shape)], [{"m": np.ones(shape)}])


@pytest.mark.parametrize(("library", "name"), ENTRIES)
def test_the_shapes_are_those_that_the_installed_library_takes(library, name):
    pytest.importorskip(library)
    if name in (
        "LBFGS",
        "sophia",
        "schedule_free",
        "MultiSteps",
        "lookahead",
        "apply_if_finite",
        "chain",
        "sam",
        "mechanize",
    ):
        pytest.skip("needs more than a gradient or another optimizer; compared elsewhere")
    oracle = importlib.import_module(f"oracle_{library}")
    arguments, taken = argument_sets(library, name)[0], accepted(library, name)
    sparse = name == "SparseAdam"
    oracle.run(Case(library, name, arguments, shapes=tuple(taken), sparse=sparse), 0, 1)
    for shape in FORMS:
        if shape not in taken:
            with pytest.raises((ValueError, IndexError), match="2D|out of range"):
                oracle.run(Case(library, name, arguments, shapes=(shape,)), 0, 1)


COUNTED = ("learning_rate", "weight_decay", "adam_learning_rate", "adam_weight_decay")


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        (n, a)
        for lib, n in ENTRIES
        if lib == "optax"
        for a in COUNTED
        if a in TABLE[lib, n].arguments
    ],
)
def test_a_function_of_optax_own_count_is_the_schedule_of_the_same_numbers(name, argument):
    """Optax hands a function the number of steps taken before, as it does to its schedules."""
    followed = like(
        "optax", "exponential_decay", init_value=0.1, transition_steps=1, decay_rate=0.5
    )
    shape = accepted("optax", name)[-1]
    x, g = np.linspace(0.5, 1.5, max(np.prod(shape, dtype=int), 1)).reshape(shape), np.ones(shape)
    needed = argument_sets("optax", name)[0]

    def after_two(value):
        optimizer = like("optax", name, **{**needed, argument: value})
        point, state = x, optimizer.init(x)
        for t in (1, 2):
            point, state = optimizer.step(t, t * g, point, state)
        return point

    try:
        wanted = after_two(followed)
    except (ValueError, TypeError) as refused:
        with pytest.raises(type(refused)):
            after_two(lambda k: 0.1 * 0.5**k)
        return
    np.testing.assert_allclose(after_two(lambda k: 0.1 * 0.5**k), wanted, rtol=1e-14)


CLASSES = [name for name in dir(optim) if name != "InPlace"]


@pytest.mark.parametrize("k", [0, 1])
@pytest.mark.parametrize("name", CLASSES)
def test_every_class_takes_steps_on_every_shape_it_states_and_resumes(name, k, tmp_path):
    sets, shapes = argument_sets("torch", name), accepted("torch", name)
    arguments = {**sets[0], **sets[-1]} if k else {}
    if name == "LBFGS" and k:
        arguments = {"line_search_fn": "strong_wolfe", "max_iter": 3}
    xs = [np.ones(s) for s in shapes]
    loop = getattr(optim, name)(xs, **arguments)
    for t in range(1, 4):
        step(loop, name, xs, t)
    assert all(np.isfinite(x).all() and np.any(x != 1) for x in xs)
    save(tmp_path / "half.npz", loop.params, **loop.state_dict())
    ys, state, t = load(tmp_path / "half.npz")
    again = getattr(optim, name)(ys, **arguments)
    again.load_state_dict({"state": state, "t": t})
    step(loop, name, xs, 4)
    step(again, name, ys, 4)
    assert all(np.array_equal(x, y) for x, y in zip(xs, ys, strict=True))
    assert again.t == loop.t and again.clock == loop.clock == 4


def step(loop, name, xs, t):
    """On a bowl where the loss is evaluated on the way, else on any gradients."""
    if name != "LBFGS":
        return loop.step(gradients([x.shape for x in xs], t))
    aims = [np.full(x.shape, 3.0 + k) for k, x in enumerate(xs)]
    pairs = list(zip(range(1, 9), xs, aims, strict=False))
    return loop.step(
        lambda: (
            sum(k * float(np.sum((x - a) ** 4)) for k, x, a in pairs),
            [4 * k * (x - a) ** 3 for k, x, a in pairs],
        )
    )


def test_a_class_refuses_the_shapes_that_its_library_refuses():
    assert TABLE["torch", "Muon"].shapes == "matrices"
    for shape in SHAPES:
        if len(shape) != 2:
            with pytest.raises(ValueError, match="Muon: parameter 0 has shape"):
                optim.Muon([np.ones(shape)])


def test_what_is_not_listed_cannot_be_had():
    assert set(CLASSES) == {name for library, name in ENTRIES if library == "torch"}
    assert all(optim.__getattr__(name).__name__ == name for name in CLASSES)
