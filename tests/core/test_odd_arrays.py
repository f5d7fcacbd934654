"""Arrays of every make: a step is that of a plain copy, or it is refused with a cure."""

import warnings

import ml_dtypes
import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided
from support import extra, gradients, optimizer, same, start

from optlib import (
    RULES,
    NonFiniteError,
    Optimizer,
    clip_global_norm,
    clip_norm,
    clip_value,
    minimize,
    per_layer,
    problems,
    schedule,
)

SHAPE = (3, 4)


class Own(np.ndarray):
    """A subclass that changes nothing."""


class Forbidding(np.ndarray):
    """A subclass whose own arithmetic is not to be used."""

    def __mul__(self, other):
        raise AssertionError("the arithmetic of a subclass was used")

    __rmul__ = __sub__ = __add__ = __mul__


def into(empty, a):
    empty[...] = a
    return empty


# Each gives an array equal to its argument, made in another way.
LAYOUTS = {
    "every second": lambda a: into(np.empty((6, 8), a.dtype)[::2, ::2], a),
    "backwards": lambda a: into(np.empty(a.shape, a.dtype)[::-1, ::-1], a),
    "transposed": lambda a: into(np.empty(a.shape[::-1], a.dtype).T, a),
    "Fortran": np.asfortranarray,
    "not aligned": lambda a: into(
        np.frombuffer(bytearray(a.nbytes + 1), np.uint8)[1:].view(a.dtype).reshape(a.shape), a
    ),
    "swapped": lambda a: a.astype(a.dtype.newbyteorder()),
    "subclass": lambda a: a.copy().view(Own),
    "other arithmetic": lambda a: a.copy().view(Forbidding),
    "matrix": lambda a: a.copy().view(np.matrix),
}


@pytest.fixture(params=LAYOUTS)
def layout(request):
    # The class itself tells that its use is discouraged.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        yield LAYOUTS[request.param]


def laid(layout, state):
    return {k: layout(a) if a.shape == SHAPE else a for k, a in state.items()}


def test_a_step_in_place_is_that_of_a_plain_copy(rule, layout):
    opt, gs = optimizer(rule), gradients(SHAPE, 3)
    x, odd = start(SHAPE), layout(start(SHAPE))
    state = opt.init(x)
    odd_state = laid(layout, opt.init(odd))
    if odd.dtype != x.dtype:
        odd_state = opt.init(odd)
    for t, g in enumerate(gs, 1):
        opt.step_(t, g, x, state, **extra(rule, g))
        opt.step_(t, layout(g), odd, odd_state, **extra(rule, g))
    tolerance = 0 if RULES[rule].scope == "element" else 1e-11
    np.testing.assert_allclose(np.asarray(odd), x, rtol=tolerance)
    for k, a in state.items():
        np.testing.assert_allclose(np.asarray(odd_state[k]), a, rtol=tolerance, atol=tolerance)


def test_a_pure_step_is_that_of_a_plain_copy(rule, layout):
    opt, x, g = optimizer(rule), start(SHAPE), gradients(SHAPE, 1)[0]
    odd = layout(x)
    ours, _ = opt.step(1, g, x, opt.init(x), **extra(rule, g))
    theirs, kept = opt.step(1, layout(g), odd, opt.init(odd), **extra(rule, g))
    np.testing.assert_allclose(theirs, ours, rtol=1e-11)
    assert all(type(a) is np.ndarray for a in (theirs, *kept.values()))
    assert same(np.asarray(odd, x.dtype), x)


def test_a_gradient_may_be_a_broadcast_view(rule):
    opt, x, row = optimizer(rule), start(SHAPE), gradients((4,), 1)[0]
    view = np.broadcast_to(row, SHAPE)
    ours = opt.step(1, view.copy(), x, opt.init(x), **extra(rule, view))[0]
    np.testing.assert_allclose(
        opt.step(1, view, x, opt.init(x), **extra(rule, view))[0], ours, rtol=1e-12
    )


@pytest.mark.parametrize("cut", [lambda b: (b[:4], b[4:]), lambda b: (b[::2], b[1::2])])
def test_views_of_one_base_that_do_not_meet_are_two_layers(cut):
    base = np.ones(8)
    opt, x = Optimizer("sgd", lr=1.0), list(cut(base))
    assert opt.step_(1, [np.ones(4), np.zeros(4)], x, opt.init(x))
    assert base.sum() == 4 and (x[0] == 0).all()


FOLDED = {
    "broadcast": lambda b: as_strided(b, (3, 4), (0, 8)),
    "sliding": lambda b: as_strided(b, (3, 4), (8, 8)),
    "sliding back": lambda b: as_strided(b[8:], (3, 4), (-8, 8)),
    "part of an entry": lambda b: as_strided(b, (5,), (4,)),
}


@pytest.mark.parametrize("fold", FOLDED)
def test_an_array_that_overlaps_itself_is_refused(fold):
    base = np.ones(20)
    x = FOLDED[fold](base)
    opt = Optimizer("sgd", lr=1.0)
    with pytest.raises(ValueError, match="parameter overlaps itself; give step_ a copy"):
        opt.step_(1, np.ones(x.shape), x, opt.init(x))
    assert (base == 1).all()


@pytest.mark.parametrize(
    "view",
    [
        lambda b: as_strided(b, (1, 4), (0, 8)),
        lambda b: as_strided(b, (2, 2, 2), (8, 24, 48)),
        lambda b: as_strided(b, (3, 2), (16, 24)),
        lambda b: as_strided(b, (0, 3), (24, 0)),
    ],
)
def test_an_array_with_odd_strides_that_does_not_overlap_is_moved(view):
    x = view(np.ones(20))
    assert Optimizer("sgd", lr=1.0).step_(1, np.ones(x.shape), x, {})
    assert (x == 0).all()


def masked(a):
    return np.ma.array(a, mask=np.arange(a.size).reshape(a.shape) == 1)


def unclipped(gradients, sweep_axes):
    return gradients


MAKES = {
    "one rule": Optimizer,
    "per layer": lambda rule: per_layer(lambda k, a: Optimizer(rule)),
    "with a before": lambda rule: Optimizer(rule, before=unclipped),
    "per layer with a before": lambda rule: per_layer(lambda k, a: Optimizer(rule), unclipped),
}


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("which", ["parameter", "gradient", "state", "hess"])
def test_a_mask_is_not_dropped_silently(make, which):
    opt, x, g = MAKES[make]("sophia"), np.ones(4), np.ones(4)
    state, hess = opt.init(x), np.ones(4)
    if which == "parameter":
        x = masked(x)
    elif which == "gradient":
        g = masked(g)
    elif which == "hess":
        hess = masked(hess)
    else:
        state = {k: masked(a) for k, a in state.items()}
    for step in (opt.step, opt.step_):
        with pytest.raises(TypeError, match=f"{which}.* is a masked array.*give its filled"):
            step(1, g, x, state, hess=hess)
    assert (np.asarray(x) == 1).all()


@pytest.mark.parametrize("clip", [clip_value, clip_norm, clip_global_norm])
def test_clipping_takes_no_masks(clip):
    for odd in ([masked(np.ones(4))], [np.ones(2), masked(np.ones(4))]):
        with pytest.raises(TypeError, match="a gradient to clip is a masked array"):
            clip(0.5)(odd, 0)
    opt = per_layer(lambda k, a: Optimizer("sgd"), before=clip(0.5))
    with pytest.raises(TypeError, match="gradient is a masked array"):
        opt.step(1, masked(np.ones(4)), np.ones(4), {})


def test_minimize_takes_no_masks():
    problem = problems.rosenbrock()
    with pytest.raises(TypeError, match="x0 is a masked array"):
        minimize(Optimizer("adam"), problem, masked(np.ones(2)))
    odd = problems.Problem("odd", lambda x, t=None: x.sum(), lambda x, t: masked(x), np.ones(2))
    with pytest.raises(TypeError, match="gradient of odd is a masked array"):
        minimize(Optimizer("adam"), odd, steps=1)


@pytest.mark.parametrize("dtype", [ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn, np.int64, complex])
def test_another_type_is_refused_with_one_that_is_taken(dtype):
    opt, x = Optimizer("adam"), np.ones(4)
    odd = np.ones(4, dtype)
    words = "must hold real floating-point numbers, its dtype is .*; give it in float32 or float64"
    with pytest.raises(TypeError, match=f"^parameter {words}"):
        opt.init(odd)
    with pytest.raises(TypeError, match=f"^gradient {words}"):
        opt.step(1, odd, x, opt.init(x))


@pytest.mark.parametrize("name", ["lr", "beta1"])
def test_settings_changed_after_the_check_change_nothing(name):
    values = np.array([0.5, 0.25])
    opt = Optimizer("adam", **{name: values})
    bound = getattr(opt, name, None) if name == "lr" else opt.hyper[name]
    values[:] = 7.0
    assert bound.tolist() == [0.5, 0.25]
    with pytest.raises(ValueError, match="read-only"):
        bound[0] = 7.0


def test_settings_of_a_schedule_are_copied_and_masks_refused():
    peak = np.array([0.5, 0.25])
    bound = schedule("constant", peak=peak)
    peak[:] = 7.0
    assert bound(1).tolist() == [0.5, 0.25]
    with pytest.raises(TypeError, match="lr is a masked array; give its compressed"):
        Optimizer("adam", lr=masked(np.array([0.5, 0.25])))


def noisy_before(gradients, sweep_axes):
    warnings.warn("mean of empty slice", RuntimeWarning, stacklevel=2)
    return [g * np.mean(np.zeros(0)) if g.size == 0 else np.exp(1000 * g) / g for g in gradients]


WARNING = {
    "a cast that overflows": ([np.full(2, 1e300)], None),
    "a before that warns": ([np.ones(2), np.zeros((0, 3))], noisy_before),
    "a before that divides by zero": ([np.zeros(2)], noisy_before),
}


@pytest.mark.parametrize("case", WARNING)
@pytest.mark.parametrize("every", [True, False])
def test_no_warning_leaves_a_step_in_place(case, every):
    gs, before = WARNING[case]
    x = [np.ones(g.shape, np.float16) for g in gs]
    opt = Optimizer("sgd", before=before)
    if every:
        opt = per_layer(lambda k, a: Optimizer("sgd"), before=before)
    with pytest.raises(NonFiniteError):
        opt.step_(1, gs, x, opt.init(x))
    assert all((a == 1).all() for a in x)
