"""QK-clip: the weights of queries and keys, held back where the logits of a head grow too large.

It stands beside the optimizer and not in it: after the step it acts on two weights at once, by a
number that only the model has seen, on its way forward. With Muon before it, it is MuonClip.
"""

from __future__ import annotations

from typing import Any

from ..domains import Domain, number
from ..namespaces import words
from ..rules.sizes import divisor

_LIMIT, _SHARE = Domain.parse("(0, inf)"), Domain.parse("[0, 1]")


def qk_clip(
    query: Any, key: Any, largest: Any, *, limit: float = 100.0, share: float = 0.5
) -> tuple[Any, Any]:
    r"""The weights of a head's queries and keys, with a largest logit of at most ``limit``.

    .. math::

        \gamma = \min(1, \tau / S), \qquad
        W_q \leftarrow \gamma^{\alpha} W_q, \quad W_k \leftarrow \gamma^{1-\alpha} W_k

    A logit is bilinear in the two, so the same data give :math:`\gamma` times the same logits. The
    report takes :math:`S` from before the step: then the limit holds up to what one step adds.
    Weights of several heads are stacked along axes before the last two, and each has its own
    :math:`\gamma`.

    Source: Kimi Team 2025, arXiv:2507.20534, section 2.1 and Algorithm 1.

    Parameters
    ----------
    query, key : array
        :math:`W_q` and :math:`W_k` of one head, or of several. In multi-head latent attention those
        of the parts that no other head shares; the shared rotary key is left alone, and its query
        takes the whole factor, by ``share=1``.
    largest : number or array
        :math:`S`, for each head the largest input of its softmax, over the places and the batch.
    limit : float
        :math:`\tau > 0`.
    share : float
        :math:`\alpha`, the part of the factor that the queries take.

    Returns
    -------
    tuple of arrays
        The new weights, of the types of the old ones.

    Raises
    ------
    ValueError
        If ``limit`` is not positive, or ``share`` is not between 0 and 1.
    """
    limit = number("qk_clip", "limit", limit, _LIMIT)
    share = number("qk_clip", "share", share, _SHARE)
    xp = words(query)
    largest = xp.asarray(largest, dtype=query.dtype)
    factor = limit / divisor(xp, xp.maximum(largest, limit))[..., None, None]
    return query * factor**share, key * factor ** (1 - share)
