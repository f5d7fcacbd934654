"""Parameter groups, absent gradients, schedulers and rates set by hand, side by side with torch."""

import numpy as np
import pytest

from optlib import clip_global_norm, clip_norm, clip_value, optim
from optlib.conventions import FollowedSchedule, like

torch = pytest.importorskip("torch")

OPTIONS = {
    "SGD": {"momentum": 0.9, "dampening": 0.1},
    "Adagrad": {"lr_decay": 0.1, "initial_accumulator_value": 0.1},
    "Adadelta": {},
    "RMSprop": {"momentum": 0.9, "centered": True},
    "Adam": {"amsgrad": True},
    "AdamW": {},
    "NAdam": {"decoupled_weight_decay": True},
    "RAdam": {},
    "Adamax": {},
    "Adafactor": {},
}
SHAPES = [[(3, 4), (4,)], [(2, 3, 2), ()], [(5,)]]
OWN = [{}, {"lr": 0.02, "weight_decay": 0.0}, {"maximize": True, "lr": 0.005}]
SHARED = {"lr": 0.01, "weight_decay": 0.1}
STEPS = 24


@pytest.fixture(params=OPTIONS)
def name(request):
    return request.param


@pytest.fixture(autouse=True)
def in_double_precision():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def arrays(seed):
    rng = np.random.default_rng(seed)
    return [[np.asarray(rng.standard_normal(s)) for s in group] for group in SHAPES]


def gradients(k):
    """The gradients of a step; some are absent, at times a whole group's, at one step all."""
    rng = np.random.default_rng([1, k])
    grads = [[None if rng.random() < 0.3 else g for g in group] for group in arrays([2, k])]
    if k == 7:
        return [[None for _ in group] for group in SHAPES]
    return grads if k % 5 else [grads[0], [None, None], grads[2]]


class Both:
    """An optimizer of torch and ours, on the same start."""

    def __init__(self, name, before=None, clip=None, lr=None, **arguments):
        arguments = {**SHARED, **OPTIONS[name], **arguments}
        self.ours = arrays(0)
        self.theirs = [[torch.nn.Parameter(torch.tensor(a)) for a in group] for group in self.ours]
        self.clip = clip
        self.torch = getattr(torch.optim, name)(
            [{"params": p, **own} for p, own in zip(self.theirs, OWN, strict=True)], **arguments
        )
        rates = [own.get("lr", arguments["lr"]) for own in OWN]
        own = OWN if lr is None else [{**o, "lr": lr(r)} for o, r in zip(OWN, rates, strict=True)]
        self.optlib = getattr(optim, name)(
            [{"params": p, **o} for p, o in zip(self.ours, own, strict=True)],
            before=before,
            **arguments,
        )

    def step(self, k):
        grads = gradients(k)
        for group, own in zip(self.theirs, grads, strict=True):
            for p, g in zip(group, own, strict=True):
                p.grad = None if g is None else torch.tensor(g)
        present = [p for group in self.theirs for p in group if p.grad is not None]
        if self.clip and present:
            self.clip(present)
        self.torch.step()
        self.optlib.step(grads)

    def assert_same(self):
        for group, own in zip(self.theirs, self.ours, strict=True):
            for p, x in zip(group, own, strict=True):
                np.testing.assert_allclose(x, p.detach().numpy(), rtol=1e-12, atol=1e-12)


def test_groups_with_absent_gradients(name):
    both = Both(name)
    for k in range(STEPS):
        both.step(k)
        both.assert_same()


def test_rates_and_decays_set_by_hand(name):
    both = Both(name)
    for k in range(STEPS):
        if k in (5, 6, 13):
            for mine, other in zip(both.optlib.param_groups, both.torch.param_groups, strict=True):
                for group in (mine, other):
                    group["lr"] *= 0.7
                    group["weight_decay"] = 0.01 * k
        both.step(k)
        both.assert_same()


SCHEDULERS = {
    "StepLR": {"step_size": 3, "gamma": 0.5},
    "ExponentialLR": {"gamma": 0.9},
    "LinearLR": {"start_factor": 0.25, "total_iters": 10},
    "CosineAnnealingLR": {"T_max": 12},
}


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_a_scheduler_has_one_clock(name, scheduler):
    """Also in a layer, or a whole group, that was left out for a while."""
    arguments = SCHEDULERS[scheduler]
    both = Both(name, lr=lambda lr: like("torch", scheduler, lr=lr, **arguments))
    theirs = getattr(torch.optim.lr_scheduler, scheduler)(both.torch, **arguments)
    for k in range(STEPS):
        both.step(k)
        both.assert_same()
        theirs.step()


@pytest.mark.parametrize("argument", ["betas", "momentum"])
def test_momentum_goes_by_the_same_clock(argument):
    """A scheduler that cycles the momentum sets it for all layers, the late ones too."""
    name = {"betas": "AdamW", "momentum": "SGD"}[argument]
    options = {} if argument == "betas" else {"momentum": 0.9, "dampening": 0.0}
    both = Both(name, **options)
    cycled = FollowedSchedule(lambda xp, k: 0.5 + 0.02 * k, "momentum")
    for group in both.optlib.param_groups:
        group[argument] = (cycled, 0.999) if argument == "betas" else cycled
    for k in range(STEPS):
        for group in both.torch.param_groups:
            value = 0.5 + 0.02 * k
            group[argument] = (value, 0.999) if argument == "betas" else value
        both.step(k)
        both.assert_same()


def scaled(parameters, limit):
    """Clipping by the norm without the 1e-6 that torch adds to it."""
    norm = torch.nn.utils.get_total_norm([p.grad for p in parameters])
    for p in parameters:
        p.grad.mul_(min(1.0, limit / norm))


CLIPS = {
    "global norm": (clip_global_norm(0.5), lambda ps: scaled(ps, 0.5)),
    "norm": (clip_norm(0.5), lambda ps: [scaled([p], 0.5) for p in ps]),
    "value": (clip_value(0.5), lambda ps: torch.nn.utils.clip_grad_value_(ps, 0.5)),
}


@pytest.mark.parametrize("clip", CLIPS)
def test_clipping_spans_all_groups_and_leaves_out_absent_gradients(name, clip):
    ours, theirs = CLIPS[clip]
    both = Both(name, before=ours, clip=theirs)
    for k in range(STEPS):
        both.step(k)
        both.assert_same()


def test_a_group_that_is_added_later(name):
    both = Both(name)
    more = np.ones((2, 2))
    p = torch.nn.Parameter(torch.tensor(more))
    for k in range(4):
        both.step(k)
    both.torch.add_param_group({"params": [p], "lr": 0.05})
    both.optlib.add_param_group({"params": [more], "lr": 0.05})
    for k in range(4, 12):
        g = np.random.default_rng([3, k]).standard_normal((2, 2))
        grads = gradients(k)
        for group, own in zip(both.theirs, grads, strict=True):
            for q, h in zip(group, own, strict=True):
                q.grad = None if h is None else torch.tensor(h)
        p.grad = torch.tensor(g)
        both.torch.step()
        both.optlib.step([*grads, [g]])
    both.assert_same()
    np.testing.assert_allclose(more, p.detach().numpy(), rtol=1e-12)


def test_a_resumed_run_has_the_rates_that_were_set_and_not_those_it_was_made_with(name):
    both = Both(name)
    for k in range(6):
        both.step(k)
    for group in (*both.optlib.param_groups, *both.torch.param_groups):
        group["lr"] *= 0.5
    resumed = Both(name, lr=None)
    resumed.torch.load_state_dict(both.torch.state_dict())
    resumed.optlib.load_state_dict(both.optlib.state_dict())
    for old, new in ((both.ours, resumed.ours), (both.theirs, resumed.theirs)):
        for a, b in zip(old, new, strict=True):
            for c, d in zip(a, b, strict=True):
                (d.data if isinstance(d, torch.Tensor) else d)[...] = (
                    c.data if isinstance(c, torch.Tensor) else c
                )
    for k in range(6, STEPS):
        resumed.step(k)
        resumed.assert_same()
    rates = [group["lr"] for group in resumed.optlib.param_groups]
    assert rates == [group["lr"] for group in resumed.torch.param_groups] == [0.005, 0.01, 0.0025]
