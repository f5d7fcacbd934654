"""The optimizer class of the source notes, and what ``optlib.optim`` does instead."""

import numpy as np
import pytest
from support import gradients, same, start

from optlib import NonFiniteError, optim


class NotesAdam:
    """The class of the source notes, section 12."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0):
        self.params = list(params)
        self.lr, self.eps, self.weight_decay = lr, eps, weight_decay
        self.beta1, self.beta2 = betas
        self.m = [np.zeros_like(p) for p in self.params]
        self.v = [np.zeros_like(p) for p in self.params]
        self.t = 0

    def step(self, gradients):
        self.t += 1
        for i, (param, grad) in enumerate(zip(self.params, gradients, strict=False)):
            if self.weight_decay != 0:
                grad = grad + self.weight_decay * param
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * grad
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * (grad**2)
            m_hat = self.m[i] / (1 - self.beta1**self.t)
            v_hat = self.v[i] / (1 - self.beta2**self.t)
            param -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


def refused(action, *errors):
    """The action raises one of these errors."""
    try:
        action()
    except errors:
        return True
    except Exception:
        return False
    return False


def numbers_of(optimizer):
    """Everything that a step may change, in bytes."""
    if isinstance(optimizer, NotesAdam):
        return [optimizer.t] + [a.tobytes() for a in (*optimizer.m, *optimizer.v)]
    held = optimizer.state_dict()
    return [held["t"]] + [a.tobytes() for layer in held["state"] for a in layer.values()]


def replaced_array_is_trained(adam):
    """12.2: an array put into the list of parameters is the one that is trained."""
    params = [np.ones(3)]
    optimizer = adam(params, lr=0.1)
    params[0] = np.ones(3)
    optimizer.step([np.ones(3)])
    return np.allclose(params[0], 0.9)


def array_given_twice_is_refused(adam):
    """12.2: otherwise it would move twice as far."""
    a = np.ones(3)
    return refused(lambda: adam([a, a]).step([a, a]), ValueError)


def whole_numbers_are_refused_at_once(adam):
    """12.3: before the first step, and by a TypeError that is ours."""
    return refused(lambda: adam([np.arange(3)]), TypeError)


def scalars_are_refused(adam):
    """12.3: they would never move."""
    values = [1.0, np.float64(1.0)]
    return all(refused(lambda v=v: adam([v]).step([np.ones(())]), TypeError) for v in values)


def too_few_gradients_are_refused(adam):
    """12.4"""
    return refused(lambda: adam([np.ones(2), np.ones(2)]).step([np.ones(2)]), ValueError)


def too_many_gradients_are_refused(adam):
    """12.4"""
    return refused(lambda: adam([np.ones(2)]).step([np.ones(2), np.ones(2)]), ValueError)


def late_layer_makes_a_first_step(adam):
    """12.4: a layer whose first gradient comes at step 10 moves by lr, as in PyTorch."""
    early, late = np.ones(2), np.ones(2)
    optimizer = adam([early, late], lr=0.1)
    for _ in range(9):
        optimizer.step([np.ones(2), None if adam is not NotesAdam else np.zeros(2)])
    optimizer.step([np.ones(2), np.ones(2)])
    return np.allclose(late, 0.9)


def gradient_of_another_shape_is_refused(adam):
    """12.5: not broadcast."""
    return refused(lambda: adam([np.ones((3, 2))]).step([np.ones(2)]), ValueError)


def refused_step_changes_nothing(adam):
    """12.5: neither the state nor the step number."""
    params = [np.ones(2), np.ones(2)]
    optimizer = adam(params)
    before = numbers_of(optimizer)
    raised = refused(lambda: optimizer.step([np.ones(2), np.ones((3, 2))]), ValueError)
    return raised and numbers_of(optimizer) == before and np.all(params[0] == 1)


def none_leaves_a_layer_out(adam):
    """12.5: it is not an error that comes after half of the step."""
    params = [np.ones(2), np.ones(2)]
    return not refused(lambda: adam(params).step([np.ones(2), None]), TypeError)


def float32_stays_float32(adam):
    """12.6: with NumPy's scalars as hyper-parameters, and with gradients in float64."""
    params = [np.ones(3, np.float32)]
    optimizer = adam(params, lr=np.float64(0.1), betas=(np.float64(0.9), np.float64(0.99)))
    optimizer.step([np.ones(3)])
    if adam is NotesAdam:
        return optimizer.m[0].dtype == np.float32
    kept = optimizer.state_dict()["state"][0].values()
    return params[0].dtype == np.float32 and all(a.dtype == np.float32 for a in kept)


def impossible_numbers_are_refused(adam):
    """12.8"""
    wrong = [{"lr": -1.0}, {"betas": (1.5, 0.9)}, {"eps": -1.0}, {"weight_decay": -1.0}]
    return all(refused(lambda w=w: adam([np.ones(2)], **w), ValueError) for w in wrong)


def nan_does_not_stick(adam):
    """12.8: after a NaN gradient the optimizer is as before."""
    params = [np.ones(2)]
    optimizer = adam(params)
    refused(lambda: optimizer.step([np.array([1.0, np.nan])]), NonFiniteError)
    optimizer.step([np.ones(2)])
    return bool(np.isfinite(params[0]).all())


def zero_over_zero_is_refused(adam):
    """12.8: eps = 0 and a zero gradient."""
    params = [np.ones(2)]
    refused(lambda: adam(params, eps=0.0).step([np.zeros(2)]), NonFiniteError)
    return bool(np.all(params[0] == 1))


CLAIMS = [
    replaced_array_is_trained,
    array_given_twice_is_refused,
    whole_numbers_are_refused_at_once,
    scalars_are_refused,
    too_few_gradients_are_refused,
    too_many_gradients_are_refused,
    late_layer_makes_a_first_step,
    gradient_of_another_shape_is_refused,
    refused_step_changes_nothing,
    none_leaves_a_layer_out,
    float32_stays_float32,
    impossible_numbers_are_refused,
    nan_does_not_stick,
    zero_over_zero_is_refused,
]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.__name__)
def test_what_the_class_of_the_notes_does_not_do_this_one_does(claim):
    with np.errstate(all="ignore"):
        assert not claim(NotesAdam)
    assert claim(optim.Adam)


def test_where_the_class_of_the_notes_is_right_the_two_agree():
    """12.1 and 12.7: Adam with an L2 penalty, and the gradient is left as it was."""
    gs = gradients((3, 4), 50)
    ours, theirs = start((3, 4)), start((3, 4))
    new, old = (
        optim.Adam([ours], lr=0.01, weight_decay=0.1),
        NotesAdam([theirs], lr=0.01, weight_decay=0.1),
    )
    for g in gs:
        given = g.copy()
        new.step([g])
        old.step([g])
        assert same(g, given)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
