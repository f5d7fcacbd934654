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
    r"""Adam's square-root rule, as it is used: :math:`\beta_1` stays, the rest follows.

    .. math::
        \alpha' = \sqrt\kappa\,\alpha, \quad \beta_1' = \beta_1, \quad
        \beta_2' = \beta_2^\kappa, \quad
        \varepsilon' = \varepsilon/\sqrt\kappa, \quad \lambda' = \sqrt\kappa\,\lambda

    The rate is for gradients that are nearly all noise, and for small steps. Beyond the gradient
    noise scale, or near the largest rate that trains, it is too large.

    Parameters
    ----------
    kappa : float
        New batch size over old one.
    lr, beta1, beta2, eps : float
        The settings of the old batch size.
    weight_decay : float, optional
        The decoupled decay of the old batch size, as in AdamW; see :func:`decay`.

    Raises
    ------
    ValueError
        If ``kappa`` is not positive, or a setting is outside its domain.

    Notes
    -----
    The rate is from Malladi et al. 2022, arXiv 2205.10287; so is :math:`\varepsilon`, which stays
    the same part of :math:`\sqrt v`. The half-life of :math:`v` stays the same number of examples:
    after :math:`n` of them the past has the weight :math:`\beta_2^{n/B}` (Marek et al. 2025, arXiv
    2507.07101). For small steps :math:`\beta_1` drops out. The paper's own betas are in
    :func:`square_root_paper`.
    """
    _positive(kappa)
    given = {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps}
    lr, beta1, beta2, eps = (number("square_root", k, v, HYPER[k]) for k, v in given.items())
    root = kappa**0.5
    new = {"lr": root * lr, "beta1": beta1, "beta2": beta2**kappa, "eps": eps / root}
    if weight_decay is not None:
        new |= decay(kappa, weight_decay=weight_decay, factor=root)
    return new


def square_root_paper(
    kappa: float,
    *,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float | None = None,
) -> dict[str, float]:
    r"""The square-root rule of the paper, which shortens both memories.

    .. math::
        \alpha' = \sqrt\kappa\,\alpha, \quad 1 - \beta_i' = \kappa(1 - \beta_i), \quad
        \varepsilon' = \varepsilon/\sqrt\kappa, \quad \lambda' = \sqrt\kappa\,\lambda

    Parameters
    ----------
    kappa : float
        New batch size over old one.
    lr, beta1, beta2, eps : float
        The settings of the old batch size.
    weight_decay : float, optional
        The decoupled decay of the old batch size; see :func:`decay`.

    Raises
    ------
    ValueError
        If ``kappa`` is not positive, or so large that a beta would become negative.

    Notes
    -----
    Malladi et al. 2022, arXiv 2205.10287: where noise dominates the gradient, both settings follow
    the same stochastic differential equation in the number of samples seen.
    """
    new = square_root(kappa, lr=lr, beta1=beta1, beta2=beta2, eps=eps, weight_decay=weight_decay)
    for name, beta in (("beta1", beta1), ("beta2", beta2)):
        new[name] = 1 - kappa * (1 - beta)
        if new[name] < 0:
            limit = 1 / (1 - beta)
            raise ValueError(
                f"{name} would be {new[name]:g}; the rule needs kappa at most {limit:g}"
            )
    return new


def decay(kappa: float, *, weight_decay: float, factor: float = 1.0) -> dict[str, float]:
    r"""Decoupled decay whose memory stays the same number of examples.

    .. math::
        \lambda' = \frac{\kappa}{\varphi}\,\lambda \qquad\text{where}\quad \alpha' = \varphi\,\alpha

    Parameters
    ----------
    kappa : float
        New batch size over old one.
    weight_decay : float
        The decay of the old batch size; the rate multiplies it, as in AdamW.
    factor : float, optional
        New rate over old one: 1 if it stays, :math:`\sqrt\kappa` by the square-root rule,
        :math:`\kappa` by the linear one, under which the decay stays.

    Raises
    ------
    ValueError
        If ``kappa`` or ``factor`` is not positive, or the decay negative.

    Notes
    -----
    A step multiplies the weights by :math:`1 - \alpha\lambda`, so it forgets them in
    :math:`1/(\alpha\lambda)` steps, which are :math:`B/(\alpha\lambda)` examples. Wang and
    Aitchison 2025, arXiv 2405.13698, propose this memory as the setting to keep; Bergsma et al.
    2025, arXiv 2505.13738, find the best decay of language models in proportion to the batch.
    """
    _positive(kappa)
    number("batch size", "factor", factor, "(0, inf)")
    old = number("decay", "weight_decay", weight_decay, HYPER["weight_decay"])
    return {"weight_decay": kappa / factor * old}


def _positive(kappa: float) -> None:
    number("batch size", "kappa", kappa, "(0, inf)")
