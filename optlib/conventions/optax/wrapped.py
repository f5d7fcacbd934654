"""Mechanic and SAM of ``optax.contrib``, which go around other optimizers (optax 0.2.8)."""

from __future__ import annotations

from collections.abc import Callable

from ...domains import number
from ...rules.sizes import inner, norm
from ...running.optimizer import Optimizer
from .. import wrapping
from ..table import NotModelled, entry
from .around import alone
from .chaining import joint_scope


def mechanic(rule: Callable, several: int) -> Callable:
    r"""The rule with all that it moved since the start times a factor that it learns.

    .. math::

        \Delta_t = \Delta_{t-1} + d_t, \quad
        x_t = x_0 - S_t \Delta_t

        h_t = \Bigl\langle g_t + \lambda S_{t-1} \frac{\|g_t\|}{\|x_{t-1}\|} x_{t-1},
              \Delta_{t-1} \Bigr\rangle

    where :math:`S_t = \sum_k s_{k,t}` and each of ``several`` factors bets on the sign of :math:`h`
    with a memory of :math:`\beta_k = 1 - 10^{-k}`. The hyper-parameters are ``pull``,
    :math:`\lambda`, ``tiny``, an epsilon, and ``first``, where each factor starts.

    Source: Cutkosky, Defazio & Mehta 2023, in the form of Optax.
    """
    kinds = ("won", "most", "square", "factor")
    names = [f"{kind}{k}" for kind in kinds for k in range(1, several + 1)]

    def changed(xp, t, g, x, *state, lr, pull, tiny, first, **hyper):
        own, numbers, x0 = state[: len(rule.state)], state[len(rule.state) : -1], state[-1]
        moved, new = wrapping.displacement(rule, xp, t, g, x, own, lr, hyper)
        factors = [xp.where(t < 2, 0 * a + first, a) for a in numbers[3 * several :]]
        held = sum(factors)
        before = (x0 - x) / (held + tiny)
        g = g + pull * held * norm(xp, g) / (norm(xp, x) + tiny) * x
        h = inner(xp, g, before)
        groups = [numbers[i * several : (i + 1) * several] for i in range(3)]
        bets = [
            _bet(xp, k, h, *old, first / several, tiny)
            for k, old in enumerate(zip(*groups, factors, strict=True), 1)
        ]
        kept = [bet[i] for i in range(4) for bet in bets]
        return x - x0 + sum(bet[3] for bet in bets) * (before + moved), *new, *kept, x0

    def nothing(xp, x):
        return xp.zeros((), dtype=x.dtype)

    changed = wrapping.derived(
        rule,
        changed,
        "mechanic",
        "learns a factor for all that was moved",
        state={**dict.fromkeys(names, nothing), "x0": lambda xp, x: xp.asarray(x, copy=True)},
        hyper={"pull": (1e-2, "[0, inf)"), "tiny": (1e-8, "(0, inf)"), "first": (1e-6, "(0, inf)")},
    )
    changed.scope = "model"
    return changed


def _bet(xp, k, h, won, most, square, factor, share, tiny):
    """What one factor has won, the largest bet, the sum of squares, and the factor itself."""
    beta = 1 - 0.1**k
    won = beta * won + xp.minimum(xp.maximum(h, -most), most) * factor
    most = xp.maximum(beta * most, xp.abs(h) + tiny)
    square = beta * beta * square + h * h
    wealth = share * most + xp.maximum(won, 0.0)
    return won, most, square, wealth / (xp.sqrt(square) + tiny)


@entry(
    "optax",
    "mechanize",
    note="each of the factors starts at s_init, and each may win a share of it",
)
def mechanize(*, base_optimizer, weight_decay=1e-2, eps=1e-8, s_init=1e-6, num_betas=6):
    """``base_optimizer`` sees each parameter alone, such as Adam."""
    base = alone("mechanize", "base_optimizer", base_optimizer)
    several = number("optax mechanize", "num_betas", num_betas, "integer [1, inf)")
    if base.rule.scope != "element" or base.rule.inputs or base.before is not None:
        raise NotModelled(
            f"optax mechanize: base_optimizer={base!r:.60} is not modelled, only one that sees "
            "each parameter alone"
        )
    given = {"pull": weight_decay, "tiny": eps, "first": s_init, **base.hyper}
    return Optimizer(mechanic(base.rule, several), lr=base.lr, **given)


def sharpened(rule: Callable, away: Optimizer, every: int) -> Callable:
    r"""The rule at a point to which another one, uphill, goes from the parameters each time.

    The gradients of steps 1 to ``every - 1`` lead away, that of the last one moves the rule from
    where they began. The state ``cache`` is that point; the rule counts its own steps.
    """

    def changed(xp, t, g, x, *state, lr, **hyper):
        *own, cache = state
        far = {k: hyper.pop(f"away_{k}") for k in away.hyper}
        away_lr = hyper.pop("away_lr")
        cache = xp.where((t - 1) % every < 1, x, cache)
        due = t % every < 1
        up, _ = wrapping.displacement(away.rule, xp, t, g, x, (), away_lr, far)
        n = (t + every - 1) // every
        moved, new = wrapping.displacement(rule, xp, n, g, cache, own, lr, hyper)
        kept = [xp.where(due, a, b) for a, b in zip(new, own, strict=True)]
        return xp.where(due, x - cache + moved, -up), *kept, cache

    more = {f"away_{k}": (v, away.rule.domains[k]) for k, v in away.rule.hyper.items()}
    changed = wrapping.derived(
        rule,
        changed,
        "sharpened",
        "takes the gradient where another rule, uphill, has led",
        state={"cache": lambda xp, x: xp.asarray(x, copy=True)},
        hyper={**more, "away_lr": (1e-3, "[0, inf)")},
    )
    changed.scope = joint_scope("sam", [rule, away.rule])
    return changed


@entry(
    "optax",
    "sam",
    fixed={"reset_state": True, "opaque_mode": False, "batch_axis_name": None},
    note="one step here is one gradient: of sync_period of them the last one moves the optimizer, "
    "and the others lead away from where it is",
)
def sam(*, optimizer, adv_optimizer, sync_period=2):
    """``adv_optimizer`` has no state, such as a chain of ``normalize`` and ``sgd``."""
    one, away = alone("sam", "optimizer", optimizer), alone("sam", "adv_optimizer", adv_optimizer)
    every = number("optax sam", "sync_period", sync_period, "integer [2, inf)")
    if away.rule.state or away.rule.inputs or one.rule.inputs:
        raise NotModelled(f"optax sam: adv_optimizer={away!r:.60} is not modelled: it has a state")
    numbers = [one.lr, away.lr, *one.hyper.values(), *away.hyper.values()]
    if any(map(callable, numbers)) or one.before is not None or away.before is not None:
        raise NotModelled("optax sam: a schedule or clipping inside of sam is not modelled")
    hyper = {**one.hyper, **{f"away_{k}": v for k, v in away.hyper.items()}, "away_lr": away.lr}
    return Optimizer(sharpened(one.rule, away, every), lr=one.lr, **hyper)
