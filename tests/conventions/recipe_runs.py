"""Run the snippets of the recipes on tiny models, and note what every optimizer does."""

import importlib.util
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import recipes
import torch
from torch.optim import optimizer as hooks

STEPS = {"recipe-language": 2040, "recipe-continued": 1200}
USUAL_STEPS = 300
LARGE = 1e3
"""A factor on every loss: gradients are far above any threshold, and Adam does not mind."""


class Gains(torch.nn.Module):
    """A norm whose gains are a matrix, so that only its name tells what it is."""

    def __init__(self, width):
        super().__init__()
        self.gain = torch.nn.Parameter(torch.ones(2, width))

    def forward(self, x):
        return x * self.gain.sum(0)


class Tiny(torch.nn.Module):
    """A model with one part of each kind."""

    def __init__(self, width=40):
        super().__init__()
        self.embed = torch.nn.Embedding(7, width)
        self.hidden = torch.nn.Linear(width, width)
        self.norm = Gains(width)
        self.head = torch.nn.Linear(width, 3)

    def forward(self, x):
        return self.head(self.norm(torch.tanh(self.hidden(self.embed(x)))))


@dataclass
class Run:
    """What a recipe left behind."""

    scope: dict = field(default_factory=dict)
    steps: list = field(default_factory=list)
    """For each step of an optimizer: itself, its groups, the norm of the gradients."""
    weights: list = field(default_factory=list)
    """A copy of the first parameter after each step."""
    autocast: set = field(default_factory=set)
    """The kinds of numbers of the passes, None where nothing is cast."""
    seen: list = field(default_factory=list)
    """Where each batch came from."""

    @property
    def optimizers(self):
        """The optimizers, in the order of their first steps."""
        return list({id(step["optimizer"]): step["optimizer"] for step in self.steps}.values())

    def rates(self, optimizer):
        """The rate of each step of one optimizer."""
        return [s["lr"] for s in self.steps if s["optimizer"] is optimizer]


def norm(optimizer):
    """The length of the whole gradient."""
    parts = [p.grad for group in optimizer.param_groups for p in group["params"]]
    return float(sum(part.double().square().sum() for part in parts if part is not None) ** 0.5)


@contextmanager
def noted(run):
    """Note every step of every optimizer in a run."""

    def before(optimizer, args, kwargs):
        (lr,) = {group["lr"] for group in optimizer.param_groups}
        run.steps.append({"optimizer": optimizer, "lr": lr, "norm": norm(optimizer)})

    def after(optimizer, args, kwargs):
        run.weights.append(optimizer.param_groups[0]["params"][0].detach().clone())

    handles = [
        hooks.register_optimizer_step_pre_hook(before),
        hooks.register_optimizer_step_post_hook(after),
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def parts():
    """What the page asks the reader to paste."""
    spec = importlib.util.spec_from_file_location("recipe_parts", recipes.PARTS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {"groups": module.groups, "schedule": module.schedule}


def tokens(run, origin, many=None):
    """Batches of tokens and labels; where each is from is noted when it is taken."""
    for _ in range(many) if many else count():
        run.seen.append(origin)
        yield torch.randint(7, (16,)), torch.randint(3, (16,))


class Batches:
    """A fixed number of batches, as often as they are asked for."""

    def __init__(self, run, many):
        self.run, self.many = run, many

    def __iter__(self):
        return tokens(self.run, "batches", self.many)


def surroundings(run, label):
    """What a snippet takes for granted."""

    def loss_of(model, batch):
        on = torch.is_autocast_enabled("cpu")
        run.autocast.add(torch.get_autocast_dtype("cpu") if on else None)
        x, y = batch
        return LARGE * torch.nn.functional.cross_entropy(model(x), y)

    steps = STEPS.get(label, USUAL_STEPS)
    return {"torch": torch, **parts(), "steps": steps, "model": Tiny(), "loss_of": loss_of} | {
        "batches": Batches(run, steps),
        "new_batches": tokens(run, "new"),
        "old_batches": tokens(run, "old"),
    }


def of_a_gan(run):
    """Two networks and real points."""
    return {
        "generator": torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Linear(8, 2)),
        "critic": torch.nn.Sequential(
            torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)
        ),
        "noise": lambda many: torch.randn(many, 2),
        "batches": [100 * torch.randn(16, 2) for _ in range(USUAL_STEPS)],
    }


def of_a_search(run):
    """A model that is built anew for each rate, and a loss with a best rate inside the grid."""

    def validation_loss(model):
        return abs(run.steps[-1]["optimizer"].defaults["lr"] - 4.0**-3)

    return {
        "build": Tiny,
        "steps": 20,
        "batches": Batches(run, 20),
        "validation_loss": validation_loss,
    }


def of_a_convex_problem(run):
    """Logistic regression with a penalty, in double precision."""
    x, y = torch.randn(60, 4, dtype=torch.float64), torch.randint(3, (60,))
    model = torch.nn.Linear(4, 3, dtype=torch.float64)

    def loss_of(model, batch):
        penalty = sum(p.square().sum() for p in model.parameters())
        return torch.nn.functional.cross_entropy(model(batch[0]), batch[1]) + 0.05 * penalty

    return {"model": model, "everything": (x, y), "loss_of": loss_of}


SPECIAL = {
    "recipe-gan": of_a_gan,
    "recipe-small": of_a_search,
    "recipe-convex": of_a_convex_problem,
}


def run_of(recipe):
    """Execute a recipe's snippets; return what was seen."""
    torch.manual_seed(0)
    run = Run()
    run.scope = surroundings(run, recipe.label) | SPECIAL.get(recipe.label, lambda run: {})(run)
    with noted(run):
        exec(compile(recipe.source, recipe.label, "exec"), run.scope)
    return run
