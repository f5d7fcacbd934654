"""PyTorch's arguments: all of them, with its defaults, and its refusals."""

import inspect

import numpy as np
import pytest

from optlib.conventions import TABLE, like

NAMES = """SGD Adagrad Adadelta RMSprop Adam AdamW NAdam RAdam Adamax ASGD Rprop
    SparseAdam""".split()


@pytest.mark.parametrize("name", NAMES)
def test_every_argument_of_torch_is_known_with_its_default(name):
    torch = pytest.importorskip("torch")
    theirs = dict(inspect.signature(getattr(torch.optim, name)).parameters)
    del theirs["params"]
    found = TABLE["torch", name]
    assert set(found.arguments) == set(theirs) - found.ignored
    for argument, default in found.defaults.items():
        assert default == theirs[argument].default, argument
    how = {k: v.default for k, v in theirs.items() if k in found.ignored}
    assert like("torch", name, **how).hyper == like("torch", name).hyper


@pytest.mark.parametrize("more", [{}, {"momentum": 0.9, "dampening": 0.1}, {"dampening": 0.1}])
def test_nesterov_needs_a_momentum_and_no_dampening_as_in_torch(more):
    with pytest.raises(ValueError, match="needs a momentum and no dampening"):
        like("torch", "SGD", nesterov=True, **more)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("SGD", {"momentum": -0.1}),
        ("Adagrad", {"lr": -1.0, "lr_decay": 0.1}),
        ("Adagrad", {"lr_decay": -0.1}),
        ("Adagrad", {"initial_accumulator_value": -1.0}),
        ("Adadelta", {"rho": 1.5}),
        ("RMSprop", {"centered": True, "eps": 0.0}),
        ("Adam", {"betas": (0.9, 1.0)}),
        ("NAdam", {"momentum_decay": -1.0}),
        ("AdamW", {"weight_decay": -1.0}),
    ],
)
def test_impossible_numbers_are_refused(name, wrong):
    with pytest.raises(ValueError, match="must satisfy"):
        like("torch", name, **wrong)


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_argument_is_refused_with_the_known_ones(name):
    with pytest.raises(TypeError, match="no argument 'rate'; it has lr, "):
        like("torch", name, rate=0.1)


def test_the_decay_of_the_rate_is_swept_like_any_other_number():
    rates, decays, x = np.array([0.1, 0.2, 0.1]), np.array([0.1, 0.1, 0.5]), np.ones((3, 4))
    swept = like("torch", "Adagrad", lr=rates, lr_decay=decays)
    state, alone = swept.init(x, sweep_axes=1), []
    for lr, decay in zip(rates, decays, strict=True):
        one = like("torch", "Adagrad", lr=lr, lr_decay=decay)
        y, kept = x[0], one.init(x[0])
        for t in range(1, 6):
            y, kept = one.step(t, np.arange(4.0), y, kept)
        alone.append(y)
    for t in range(1, 6):
        x, state = swept.step(t, np.arange(4.0) + np.zeros((3, 1)), x, state, sweep_axes=1)
    np.testing.assert_allclose(x, alone, rtol=1e-14)


def test_an_option_may_be_swept_or_scheduled():
    """An array or a schedule is an option that is used."""
    opt = like("torch", "SGD", momentum=np.array([0.0, 0.9]), weight_decay=np.array([0.1, 0.0]))
    assert opt.shape == (2,) and opt.rule.__name__ == "momentum_l2"


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_a_constant_gradient_ends_centered_rmsprop_in_torch_alone(momentum):
    """The variance vanishes; rounding makes it negative, and PyTorch takes its root."""
    arguments = {"centered": True, "momentum": momentum}
    opt, x, g = like("torch", "RMSprop", **arguments), np.zeros(60), np.linspace(0.01, 2.0, 60)
    state = opt.init(x)
    for t in range(1, 4001):
        x, state = opt.step(t, g, x, state)
    assert np.isfinite(x).all()
    torch = pytest.importorskip("torch")
    p = torch.nn.Parameter(torch.zeros(60, dtype=torch.float64))
    theirs = torch.optim.RMSprop([p], **arguments)
    for _ in range(4000):
        p.grad = torch.tensor(g)
        theirs.step()
    assert torch.isnan(p).any()
