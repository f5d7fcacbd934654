"""What each setting of a recipe says of its run; a check raises where the run does otherwise."""

from math import inf, isclose

import numpy as np
import torch

from optlib import join, schedule

SHAPES = {"cosine": "cosine", "line": "linear_decay", "constant": "constant"}


def of_every(run, name, value):
    """Every group of every optimizer has this value."""
    for optimizer in run.optimizers:
        assert all(group[name] == value for group in optimizer.param_groups)


def curve(peak, steps, warmup=0, shape="cosine", floor=0.0):
    """The rate of every step, from the book's own schedules."""
    top = max(warmup, 1)
    numbers = {"floor": floor * peak, "total": steps + 1 - top} if shape != "constant" else {}
    rising = schedule("linear_warmup", peak=peak, warmup=top)
    after = schedule(SHAPES[shape], peak=peak, **numbers)
    return join(rising, after, at=top)(np.arange(1, steps + 1))


def rates(run, settings):
    """Every optimizer followed the schedule."""
    told = {name: settings[name] for name in ("warmup", "shape", "floor") if name in settings}
    for optimizer in run.optimizers:
        found = run.rates(optimizer)
        warmup = told.get("warmup", 0)
        share = warmup if isinstance(warmup, float) else 0
        steps = round(share * len(found)) if share else warmup
        peak = settings.get("lr", optimizer.defaults["lr"])
        expected = curve(peak, len(found), **(told | {"warmup": steps}))
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def decays(run, settings):
    """What decays is what the recipe says, by the shape and the name of each parameter."""
    names = {id(p): n for n, p in run.scope["model"].named_parameters()}
    spared = settings.get("spared", ())
    for optimizer in run.optimizers:
        for group in optimizer.param_groups:
            for p in group["params"]:
                name = names.get(id(p), "")
                out = p.ndim < 2 or any(word in name for word in spared)
                strength = 0.0 if out else settings["weight_decay"]
                # L-BFGS has no decay.
                assert group.get("weight_decay", 0.0) == strength, name


def spared(run, settings):
    """Every word spares a matrix that would decay without it."""
    names = [n for n, p in run.scope["model"].named_parameters() if p.ndim > 1]
    decays(run, settings)
    assert all(any(word in name for name in names) for word in settings["spared"])


def product(run, settings):
    """Peak of the rate times decay."""
    for optimizer in run.optimizers:
        decay = max(group.get("weight_decay", 0.0) for group in optimizer.param_groups)
        assert isclose(max(run.rates(optimizer)) * decay, settings["lr * weight_decay"])


def clipping(run, settings):
    """Gradients, which are far too long, were cut to the threshold at every step, or at none."""
    threshold = settings["max_norm"]
    lengths = [step["norm"] for step in run.steps]
    if threshold is None:
        assert len({round(length, 3) for length in lengths}) > 1 and max(lengths) > 1
    else:
        assert max(abs(length / threshold - 1) for length in lengths) < 1e-3


def autocast(run, settings):
    """The kind of the passes; parameters and averages are in single precision in any case."""
    kind = settings["autocast"]
    assert run.autocast <= {kind and getattr(torch, kind)}
    assert run.autocast or kind is None
    for optimizer in run.optimizers:
        kept = [p for group in optimizer.param_groups for p in group["params"]]
        kept += [v for state in optimizer.state.values() for v in state.values() if v.ndim]
        assert {p.dtype for p in kept} == {torch.float32}


def average(run, settings):
    """What is kept is the running average of the weights."""
    decay, kept = settings["ema"], run.weights[0].double()
    for weights in run.weights[1:]:
        kept = decay * kept + (1 - decay) * weights
    found = next(run.scope["average"].module.parameters())
    moved = kept - run.weights[0]
    # The average in single precision loses some of its smallest moves.
    assert (found - kept).norm() < 0.05 * moved.norm()


def replay(run, settings):
    """The share of batches that are from the old data."""
    assert abs(run.seen.count("old") / len(run.seen) - settings["replay"]) < 0.015


def thin(run):
    """The thin matrices of LoRA, one pair for each frozen layer."""
    return [m for m in run.scope["model"].modules() if type(m).__name__ == "LoRA"]


def rank(run, settings):
    """The rank; what is trained is the thin matrices of all layers but the last."""
    trained = {n for n, p in run.scope["model"].named_parameters() if p.requires_grad}
    assert trained == {"hidden.down.weight", "hidden.up.weight"}
    assert all(part.down.out_features == settings["rank"] for part in thin(run))


def alpha(run, settings):
    """The factor of the product, which at first is zero."""
    assert all(part.scale == settings["alpha"] / settings.get("rank", inf) for part in thin(run))
    fresh = run.scope["LoRA"](torch.nn.Linear(4, 4))
    assert not fresh.up.weight.any()


def tried(run):
    """The rates of a search, in the order in which they were tried."""
    return [optimizer.defaults["lr"] for optimizer in run.optimizers]


def coarse(run, settings):
    """The first rates of the search, a factor apart."""
    *first, _, _ = tried(run)
    assert all(b / a == settings["first_grid"] for a, b in zip(first, first[1:], strict=False))


def fine(run, settings):
    """The last two are the neighbours of the best."""
    *_, below, above = tried(run)
    assert above / below == settings["last_grid"] ** 2


def line_search(run, settings):
    """A search along each line, and an end at a minimum."""
    of_every(run, "line_search_fn", settings["line_search_fn"])
    assert max(p.grad.abs().max() for p in run.scope["model"].parameters()) < 1e-6


def dtype(run, settings):
    """The kind of the parameters."""
    kinds = {p.dtype for p in run.scope["model"].parameters()}
    assert kinds == {getattr(torch, settings["dtype"])}


def first_rate(run, settings):
    """The highest rate, of every optimizer."""
    assert all(isclose(max(run.rates(o)), settings["lr"]) for o in run.optimizers)


CHECKS = {
    "lr": first_rate,
    "warmup": rates,
    "shape": rates,
    "floor": rates,
    "weight_decay": decays,
    "spared": spared,
    "lr * weight_decay": product,
    "max_norm": clipping,
    "autocast": autocast,
    "ema": average,
    "replay": replay,
    "rank": rank,
    "alpha": alpha,
    "first_grid": coarse,
    "last_grid": fine,
    "least": lambda run, settings: np.testing.assert_allclose(
        min(tried(run)), settings["least"], rtol=1e-3
    ),
    "largest": lambda run, settings: np.testing.assert_allclose(
        max(tried(run)), settings["largest"]
    ),
    "line_search_fn": line_search,
    "dtype": dtype,
    **{
        name: lambda run, settings, name=name: of_every(run, name, settings[name])
        for name in ("betas", "eps", "momentum", "history_size")
    },
}
