"""What does not fit is refused in words: no public function ends in an error of its inside.

Random and swapped arguments go into every public entry point. A call may succeed, or a ``raise``
statement of the package may refuse it; an error that Python or NumPy raises somewhere inside is a
fault.
"""

import ast
import contextlib
import functools
import inspect
import os
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pytest

import optlib
from optlib import RULES, SCHEDULES, Optimizer, Schedule, minimize, optim, problems, schedule
from optlib.conventions import TABLE, explain_difference, like
from optlib.rules import modifiers
from optlib.schedules import batchsize

CALLS = 400
REFUSALS = (TypeError, ValueError, FloatingPointError, AttributeError)

ODD = [
    None,
    True,
    -1,
    0,
    1,
    3,
    0.5,
    -0.5,
    2.0,
    float("nan"),
    float("inf"),
    "x",
    "adam",
    "",
    (),
    (0.9,),
    (0.9, 0.99),
    [1, 2, 3],
    {},
    {"a": 1},
    object(),
    10**400,
    1j,
    b"s",
    range(3),
    np.float32(0.3),
    np.array([0.1, 0.2]),
    np.array([1, 2]),
    np.array("a"),
    np.array(None),
    np.ones((2, 2)),
    np.zeros((0, 3)),
    {"a": np.ones(2)},
    [np.ones(2)],
    problems.rosenbrock(),
    Optimizer("adam"),
    schedule("constant", peak=0.1),
]


@functools.cache
def raising_lines(path):
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    return [(n.lineno, n.end_lineno) for n in ast.walk(tree) if isinstance(n, ast.Raise)]


def is_refusal(error):
    """Whether a ``raise`` statement of the package raised it, or the call itself did not fit."""
    at = error.__traceback__
    while at.tb_next:
        at = at.tb_next
    path = at.tb_frame.f_code.co_filename
    if path == __file__:
        return isinstance(error, TypeError)
    inside = Path(path).is_relative_to(Path(optlib.__file__).parent)
    return (
        inside
        and isinstance(error, REFUSALS)
        and any(a <= at.tb_lineno <= b for a, b in raising_lines(path))
    )


class Draw:
    """Odd values, from one seed."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def one(self, values=ODD):
        return values[self.rng.integers(len(values))]

    def or_odd(self, value, often=0.5):
        return value if self.rng.random() < often else self.one()

    def some(self, names, often=0.4):
        return {name: self.one() for name in names if self.rng.random() < often}

    def of(self, function):
        return self.some(inspect.signature(function).parameters)


def bind(draw):
    rule = draw.one(list(RULES))
    Optimizer(rule, **draw.some(["lr", "before", *RULES[rule].hyper]))


def bind_anything(draw):
    Optimizer(draw.one(), **draw.some(["lr", "before", "beta1"]))


def step(draw):
    opt = Optimizer(draw.one(list(RULES)))
    x = draw.or_odd(draw.one([np.ones(2), np.ones((2, 2)), {"a": np.ones(2)}]), 0.7)
    state = opt.init(x)
    given = draw.or_odd(1), draw.or_odd(x), x, draw.or_odd(state, 0.7)
    if draw.rng.random() < 0.5:
        opt.step(*given, **draw.some(["sweep_axes", "hess"], 0.2))
    else:
        opt.step_(*given, **draw.some(["nonfinite", "hess"], 0.2))


def run(draw):
    given = [Optimizer("adam"), problems.rosenbrock(), None, 3]
    if draw.rng.random() < 0.6:
        given[draw.rng.integers(4)] = draw.one()
    names = ["record", "state", "t0", "nonfinite", "averaging", "average"]
    # Millions of steps are a legal wish, though not one to grant here.
    if isinstance(given[3], int) and given[3] > 1000:
        given[3] = 1000
    minimize(*given, **draw.some(names, 0.2))


def train(draw):
    name = draw.one([n for n in dir(optim) if ("torch", n) in TABLE])
    arguments = TABLE["torch", name].arguments
    made = getattr(optim, name)(draw.or_odd(np.ones((2, 2))), **draw.some(arguments, 0.3))
    made.step(draw.or_odd(np.ones((2, 2))))


def bind_schedule(draw):
    name = draw.one(list(SCHEDULES))
    bound = schedule(name, **draw.some(SCHEDULES[name].hyper))
    for t in (1, 2, 10):
        bound(t)


def join(draw):
    optlib.join(draw.one(), draw.or_odd(schedule("constant", peak=1.0)), at=draw.one())(3)


def clip(draw):
    made = draw.one([optlib.clip_value, optlib.clip_norm, optlib.clip_global_norm])(draw.one())
    made([np.ones(2)], 0)


def average(draw):
    make = draw.one([optlib.weight_ema, optlib.polyak, optlib.lookahead, optlib.schedule_free])
    make(**draw.of(make))


def search(draw):
    make = draw.one([optlib.armijo, optlib.strong_wolfe])
    make(**draw.of(make))


def batch(draw):
    rules = [batchsize.linear, batchsize.square_root, batchsize.square_root_paper, batchsize.decay]
    make = draw.one(rules)
    make(**draw.of(make))


def problem(draw):
    make = draw.one([getattr(problems, name) for name in problems.__all__ if name != "Problem"])
    make(**draw.of(make))


def per_layer(draw):
    # An odd thing that can be called is the caller's own code, with the caller's own errors.
    choose = draw.or_odd(lambda label, x: draw.or_odd(Optimizer("adam"), 0.7))
    opt = optlib.per_layer(None if isinstance(choose, Schedule) else choose)
    x = draw.one()
    opt.step(1, x, x, opt.init(x))


def derive(draw):
    draw.one([modifiers.l2, modifiers.decoupled])(draw.one())


def follow(draw):
    library, name = draw.one(list(TABLE))
    like(library, name, **draw.some(TABLE[library, name].arguments, 0.3))


def follow_anything(draw):
    like(draw.or_odd("torch"), draw.one())


def explain(draw):
    known = [("torch", "Adam"), ("torch", "StepLR"), ("keras", "Adam", draw.one()), draw.one()]
    explain_difference(draw.one(known), draw.one(known))


def store(draw):
    with tempfile.TemporaryDirectory() as folder:
        path = draw.or_odd(os.path.join(folder, "x.npz"))
        # A bare word or number would be a file of that name, or an open file, of this process.
        if isinstance(path, (str, bytes, int)) and folder not in str(path):
            path = None
        optlib.save(path, draw.one(), draw.one(), draw.one())
        optlib.load(path)


ENTRY_POINTS = [
    bind,
    bind_anything,
    step,
    run,
    train,
    bind_schedule,
    join,
    clip,
    average,
    search,
    batch,
    problem,
    per_layer,
    derive,
    follow,
    follow_anything,
    explain,
    store,
]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("call", ENTRY_POINTS, ids=lambda call: call.__name__)
def test_what_does_not_fit_is_refused_in_words(call, seed):
    draw = Draw(seed)
    for number in range(CALLS):
        with contextlib.suppress(*REFUSALS), warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                call(draw)
            except Exception as error:
                assert is_refusal(error), f"call {number} ends inside: {error!r}"
                raise


def test_an_error_from_inside_is_told_from_a_refusal():
    for make, refused in ((lambda: Optimizer("x"), True), (lambda: {}["x"], False)):
        with pytest.raises((TypeError, KeyError)) as caught:
            make()
        assert is_refusal(caught.value) == refused
