r"""How the settings follow the batch size, when the batch becomes :math:`\kappa` times larger.

Each rule takes the settings of the old batch and returns those of the new one, by the names of an
:class:`~optlib.running.optimizer.Optimizer`: ``Optimizer("adam", **square_root(4, lr=1e-3, ...))``.
"""

from __future__ import annotations

from ..domains import HYPER, number


def linear(kappa: float, *, lr: float) -> dict[str, float]:
    r"""SGD's linear rule, :math:`\alpha' = \kappa\alpha`; momentum stays.

    Parameters
    ----------
    kappa : float
        New batch size over old one.
    lr : float
        The rate of the old batch size.

    Raises
    ------
    ValueError
        If ``kappa`` is not positive.

    Notes
    -----
    Goyal et al. 2017, section 2.1: :math:`\kappa` small steps at nearly one point add up to a large
    one. It fails early in training, which is why they warm up, and beyond a critical batch size.
    """
    _positive(kappa)
    return {"lr": kappa * number("linear", "lr", lr, HYPER["lr"])}


def square_root(
    kappa: float,
    *,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float | None = None,
) -> dict[str, float]:
    r"""Adam's square-root rule, betas, epsilon and decoupled weight decay included.

    .. math::
        \alpha' = \sqrt\kappa\,\alpha, \quad 1 - \beta_i' = \kappa(1 - \beta_i), \quad
        \varepsilon' = \varepsilon/\sqrt\kappa, \quad \lambda' = \sqrt\kappa\,\lambda

    What the weights remember, counted in examples, stays: a step forgets
    :math:`\alpha\lambda`, which grows by :math:`\kappa`, as the examples of a step do. With an
    unchanged :math:`\lambda` it would grow by :math:`\sqrt\kappa` only.

    Parameters
    ----------
    kappa : float
        New batch size over old one.
    lr, beta1, beta2, eps : float
        The settings of the old batch size.
    weight_decay : float, optional
        The decoupled decay of the old batch size, as in AdamW, where the rate multiplies it.

    Raises
    ------
    ValueError
        If ``kappa`` is not positive, or so large that a beta would become negative.

    Notes
    -----
    Malladi et al. 2022, arXiv 2205.10287, the square-root scaling rule: where noise dominates the
    gradient, both settings follow the same stochastic differential equation in the number of
    samples seen.
    """
    _positive(kappa)
    given = {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps}
    lr, beta1, beta2, eps = (number("square_root", k, v, HYPER[k]) for k, v in given.items())
    betas = {
        name: 1 - kappa * (1 - beta) for name, beta in {"beta1": beta1, "beta2": beta2}.items()
    }
    for name, beta in betas.items():
        if beta < 0:
            limit = kappa / (1 - beta)
            raise ValueError(f"{name} would be {beta:g}; the rule needs kappa at most {limit:g}")
    root = kappa**0.5
    new = {"lr": root * lr, **betas, "eps": eps / root}
    if weight_decay is not None:
        decay = number("square_root", "weight_decay", weight_decay, HYPER["weight_decay"])
        new["weight_decay"] = root * decay
    return new


def _positive(kappa: float) -> None:
    number("batch size", "kappa", kappa, "(0, inf)")
