"""The edges of what a step takes: numbers of steps, axes of runs, containers, settings, states."""

from types import MappingProxyType

import array_api_strict
import numpy as np
import pytest
from support import gradients, run, same, start

from optlib import RULES, NonFiniteError, Optimizer, per_layer, schedule
from optlib.rules import modifiers
from optlib.running import checks

ADAM = Optimizer("adam", lr=0.1)
LAST = 2**53 - 1


def stepped(opt=ADAM, x=None, t=1, **options):
    x = np.ones(3) if x is None else x
    return opt.step(t, np.full(x.shape, 0.5), x, opt.init(x), **options)


@pytest.mark.parametrize("one", [np.int64(1), np.array(1), np.uint8(1)], ids=repr)
def test_numbers_of_numpy_count_steps_too(one):
    ramp = Optimizer("adam", lr=schedule("linear_warmup", peak=0.1, warmup=4))
    for options in ({"t": one}, {"clock": one}, {"t": one, "clock": one}):
        assert same(stepped(ramp, **options)[0], stepped(ramp)[0])


@pytest.mark.parametrize(
    ("t", "error"),
    [(0, ValueError), (2**53, ValueError), (True, TypeError), (np.array([1]), TypeError)],
    ids=repr,
)
@pytest.mark.parametrize("which", ["t", "clock"])
def test_no_other_number_does(t, error, which):
    with pytest.raises(error, match="t is the number of the step"):
        stepped(**{which: t})
    assert np.isfinite(stepped(**{which: LAST})[0]).all()


def test_a_count_of_another_library_is_one_for_all_layers_that_move_together():
    xp, opt = array_api_strict, Optimizer("prodigy", lr=1.0)
    x = [xp.ones(2), xp.ones(3)]
    state, t = opt.init(x), xp.asarray(2.0)
    moved, _ = opt.step(t, x, x, state)
    wanted, _ = opt.step(2, x, x, state)
    for a, b in zip(moved, wanted, strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-14)
    for other in ([2, 3], [t, xp.asarray(2.0)], [2, t]):
        with pytest.raises(ValueError, match="so t is one number for all"):
            opt.step(other, x, x, state)
    # Two objects, where small numbers would be one.
    late, one = [int("2000"), int("2000")], opt.step(2000, x, x, state)[0]
    assert all(same(a, b) for a, b in zip(opt.step(late, x, x, state)[0], one, strict=True))


@pytest.mark.parametrize("axes", [-1, 3, True, False, 1.0, None, "1"], ids=repr)
@pytest.mark.parametrize("opt", [ADAM, per_layer(lambda label, x: ADAM)], ids=["one", "each"])
def test_axes_of_runs_are_so_many_as_there_are(opt, axes):
    x = {"w": np.ones((2, 3))}
    words = "sweep_axes must be a whole number from 0 to 2, the axes of parameter 'w'"
    with pytest.raises(ValueError, match=words):
        opt.init(x, sweep_axes=axes)
    with pytest.raises(ValueError, match=words):
        opt.step(1, x, x, opt.init(x), sweep_axes=axes)


@pytest.mark.parametrize("rule", ["adam", "lamb", "prodigy", "muon"])
def test_runs_of_a_step_are_single_steps(rule):
    """Whatever the rule sees of a layer, and however many axes the runs have."""
    lrs = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    opt = Optimizer(rule, lr=lrs)
    x, (g,) = start((2, 3, 4, 2)), gradients((2, 3, 4, 2), 1)
    for axes in (2, np.int64(2)):
        new, _ = opt.step(1, g, x, opt.init(x, sweep_axes=axes), sweep_axes=axes)
        for i in np.ndindex(lrs.shape):
            alone, _ = run(Optimizer(rule, lr=float(lrs[i])), x[i], [g[i]])
            np.testing.assert_allclose(new[i], alone, rtol=1e-12)


def test_where_every_axis_holds_runs_each_entry_is_a_layer():
    x, opt = start((2, 3)), Optimizer("lamb", lr=0.1)
    new, _ = stepped(opt, x, sweep_axes=2)
    for i in np.ndindex(x.shape):
        assert same(new[i], stepped(opt, np.asarray(x[i]))[0])


@pytest.mark.parametrize("name", ["lr", "beta1"])
def test_settings_have_no_more_axes_than_the_runs(name):
    opt = Optimizer("adam", **{name: np.full((2, 3), 0.5)})
    with pytest.raises(ValueError, match=f"{name} has 2 axes of settings, but sweep_axes=1"):
        stepped(opt, np.ones((2, 3)), sweep_axes=1)
    moved = stepped(opt, np.ones((2, 3)), sweep_axes=2)[0]
    assert same(moved, stepped(Optimizer("adam", **{name: 0.5}), np.ones((2, 3)))[0])


def test_arrays_among_the_settings_are_shown():
    opt = Optimizer("adam", lr=0.5, beta1=np.array([0.5, 0.9]), beta2=0.999, eps=0.0)
    assert repr(opt) == "Optimizer(adam, lr=0.5, beta1=array([0.5, 0.9]), eps=0.0)"
    assert opt.shape == (2,) and Optimizer("adam").shape == ()


@pytest.mark.parametrize("make", [list, tuple, dict, MappingProxyType], ids=lambda m: m.__name__)
def test_what_comes_back_is_in_the_container_that_was_given(make):
    pairs = {"b": start(3), "a": start(2)}
    x = make(pairs) if make in (dict, MappingProxyType) else make(pairs.values())
    new, state = ADAM.step(1, x, x, ADAM.init(x))
    assert type(new) is type(state) is (dict if make is MappingProxyType else make)
    ours = new.values() if isinstance(new, dict) else new
    for one, a in zip(ours, pairs.values(), strict=True):
        assert same(one, ADAM.step(1, a, a, ADAM.init(a))[0])
    if isinstance(new, dict):
        assert list(new) == list(pairs)


def test_a_list_may_come_as_a_tuple_and_a_dict_in_another_order():
    x = [start(3), start(2)]
    assert len(ADAM.step((1, 2), tuple(x), x, tuple(ADAM.init(x)))[0]) == 2
    x = {"a": start(3), "b": start(2)}
    turned = dict(reversed(x.items()))
    new, _ = ADAM.step({"b": 2, "a": 1}, turned, x, dict(reversed(ADAM.init(x).items())))
    assert same(new["a"], ADAM.step(1, x["a"], x["a"], ADAM.init(x["a"]))[0])
    with pytest.raises(TypeError, match="state: the parameters are a dict, so give a dict of 2"):
        ADAM.step(1, x, x, [*ADAM.init(x).values()])


def test_a_layer_without_entries_moves_nowhere(rule):
    opt = Optimizer(rule, lr=0.1)
    x = np.zeros((0, 3))
    state = opt.init(x)
    inputs = {n: np.zeros((0, 0) if n in opt.rule.square else (0, 3)) for n in opt.rule.inputs}
    new, kept = opt.step(1, x, x, state, **inputs)
    assert new.shape == (0, 3) and all(same(kept[k], state[k]) for k in state)
    assert opt.step_(1, x, x, state, **inputs) is True


@pytest.mark.parametrize("count", [-1, 1])
def test_a_rule_returns_as_many_states_as_it_takes(count):
    adam = RULES["adam"]

    def changed(*arguments, **hyper):
        returned = (*adam(*arguments, **hyper), 0.0)
        return returned[: 3 + count]

    odd = modifiers.derived(adam, changed, "odd", "forgets or adds a state")
    with pytest.raises(ValueError, match="zip"):
        stepped(Optimizer(odd))


@pytest.mark.parametrize("before", [0.5, "clip", [abs]], ids=repr)
def test_before_is_a_function(before):
    for make in (lambda: Optimizer("adam", before=before), lambda: per_layer(abs, before)):
        with pytest.raises(TypeError, match="before must be a function of the gradients"):
            make()


def test_before_returns_a_gradient_for_each():
    x = [np.ones(2), np.ones(3)]
    for before, error in ((lambda gs, n: gs[:1], ValueError), (lambda gs, n: gs[::-1], ValueError)):
        with pytest.raises(error, match="zip|has shape"):
            opt = Optimizer("sgd", before=before)
            opt.step(1, x, x, opt.init(x))


def test_what_chooses_for_a_layer_is_a_function_that_returns_an_optimizer():
    with pytest.raises(TypeError, match="choose must be a function, got 'adam'"):
        per_layer("adam")
    odd = per_layer(lambda label, x: "adam")
    with pytest.raises(TypeError, match="return an Optimizer, got 'adam' for parameter 'w'"):
        odd.init({"w": np.ones(2)})
    assert odd.shape == ()


def test_each_layer_has_its_own_count_and_inputs_and_the_clock_is_shared():
    ramp = schedule("linear_warmup", peak=0.1, warmup=8)
    kinds = {"a": Optimizer("sophia", lr=ramp), "b": Optimizer("newton", lr=ramp)}
    opt = per_layer(lambda label, x: kinds[label])
    x = {"a": start(3), "b": start(2)}
    hess = {"a": np.full(3, 2.0), "b": 2 * np.eye(2)}
    new, _ = opt.step({"a": 2, "b": 5}, x, x, opt.init(x), clock=6, hess=hess)
    for k, t in (("a", 2), ("b", 5)):
        one = kinds[k]
        alone, _ = one.step(t, x[k], x[k], one.init(x[k]), clock=6, hess=hess[k])
        assert same(new[k], alone)
        other, _ = one.step(t, x[k], x[k], one.init(x[k]), hess=hess[k])
        assert not np.array_equal(other, alone)


def test_what_may_overlap_for_all_that_can_be_told_is_refused(monkeypatch):
    def too_hard(*arrays, **options):
        raise np.exceptions.TooHardError("the problem")

    both = np.ones((2, 2))
    # The first and the second column lie between each other.
    x = [both[:, 0], both[:, 1]]
    assert Optimizer("sgd").step_(1, [a.copy() for a in x], x, [{}, {}])
    monkeypatch.setattr(np, "shares_memory", too_hard)
    with pytest.raises(ValueError, match="parameter 0 and parameter 1 share memory"):
        Optimizer("sgd").step_(1, x, x, [{}, {}])


def test_only_arrays_of_numpy_are_written_in_place():
    x = array_api_strict.ones(2)
    with pytest.raises(TypeError, match="step_ writes NumPy arrays in place; parameter is Array"):
        Optimizer("sgd").step_(1, x, x, {})


@pytest.mark.parametrize("rule", [name for name, fn in RULES.items() if fn.state])
def test_a_state_of_several_numbers_is_none_of_a_layer_of_one(rule):
    """In a sweep one number of a layer becomes one for each run, but there alone."""
    opt, x = Optimizer(rule), np.ones(1)
    state = {k: np.ones((3, *a.shape), a.dtype) for k, a in opt.init(x).items()}
    inputs = {name: x for name in RULES[rule].inputs}
    with pytest.raises(ValueError, match="has shape"):
        opt.step(1, x, x, state, **inputs)


@pytest.mark.parametrize("rule", [name for name, fn in RULES.items() if fn.state])
def test_a_state_of_more_runs_than_there_are_is_refused_in_a_sweep_too(rule):
    opt, x = Optimizer(rule), np.ones((2, 3))
    state = opt.init(x, sweep_axes=1)
    inputs = {name: x for name in RULES[rule].inputs}
    for name, a in state.items():
        if a.size > 2:
            more = state | {name: np.ones((3, *a.shape), a.dtype)}
            with pytest.raises(ValueError, match=f"{name} has shape"):
                opt.step(1, x, x, more, sweep_axes=1, **inputs)


def test_a_state_that_was_moved_on_is_written_back_everywhere():
    x = np.ones(3)
    state = ADAM.init(x)
    pure, kept = stepped()
    assert ADAM.step_(1, np.full(3, 0.5), x, state)
    assert same(x, pure) and all(same(state[k], kept[k]) for k in kept)


@pytest.mark.parametrize("broken", ["gradient", "update", "state"])
def test_what_is_not_finite_is_named_with_its_layer(broken):
    x, g = {"w": np.ones(2, np.float16)}, {"w": np.ones(2, np.float16)}
    opt = Optimizer("adam", lr=1e30 if broken == "update" else 0.1)
    if broken != "update":
        g["w"][1] = np.nan if broken == "gradient" else 3e4
    with pytest.raises(NonFiniteError, match=f"the {broken} 'w' of step 4 is NaN or infinite"):
        opt.step_(4, g, x, opt.init(x))


def test_warnings_about_numbers_alone_are_quiet():
    with checks.quiet():
        np.array(1e300) * np.array(1e300)
    with pytest.raises(RuntimeWarning):
        np.array(1e300) * np.array(1e300)
