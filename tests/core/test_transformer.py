"""The Transformer against attention written out, place by place and head by head."""

import numpy as np
import pytest

from optlib.problems.transformer import transformer

WIDTH, HEADS, CONTEXT = 6, 2, 4


def normed(x, gain, bias):
    return (x - x.mean()) / np.sqrt(x.var() + 1e-5) * gain + bias


def attention(params, rows):
    """What one place takes from the values of the places up to it; ``rows`` ends with its own."""
    q, _, _ = np.split(rows[-1] @ params["qkv0"], 3)
    heads = []
    for own in np.split(np.arange(WIDTH), HEADS):
        keys = [np.split(row @ params["qkv0"], 3)[1][own] for row in rows]
        values = [np.split(row @ params["qkv0"], 3)[2][own] for row in rows]
        weights = np.exp([q[own] @ key / np.sqrt(WIDTH / HEADS) for key in keys])
        heads.append(weights / weights.sum() @ np.array(values))
    return np.concatenate(heads) @ params["mix0"]


def perceptron(params, row):
    hidden = np.maximum(row @ params["up0"] + params["up_bias0"], 0)
    return hidden @ params["down0"] + params["down_bias0"]


def layer(params, rows, norm):
    """Both branches for every place, with the norms before or after."""

    def normal(row, name):
        return normed(row, params[f"{name}.gain"], params[f"{name}.bias"])

    if norm == "post":
        mixed = [
            normal(row + attention(params, rows[: k + 1]), "norm0a") for k, row in enumerate(rows)
        ]
        return [normal(row + perceptron(params, row), "norm0b") for row in mixed]
    before = [normal(row, "norm0a") for row in rows]
    mixed = [row + attention(params, before[: k + 1]) for k, row in enumerate(rows)]
    return [normal(row + perceptron(params, normal(row, "norm0b")), "norm_end") for row in mixed]


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_the_scores_are_those_of_attention_written_out(norm):
    network = transformer(5, layers=1, width=WIDTH, heads=HEADS, context=CONTEXT, norm=norm)
    rng = np.random.default_rng(0)
    start = network.init(rng, np.float64)
    params = {name: a + 0.3 * rng.standard_normal(a.shape) for name, a in start.items()}
    text = rng.integers(0, 5, (2, CONTEXT - 1))
    for line, scores in zip(text, network.scores(params, text), strict=True):
        rows = [params["characters"][c] + params["places"][k] for k, c in enumerate(line)]
        wanted = np.array(layer(params, rows, norm)) @ params["scores"]
        np.testing.assert_allclose(scores, wanted, rtol=1e-10, atol=1e-12)


def test_the_hidden_layer_is_four_times_as_wide_and_norms_start_at_the_identity():
    network = transformer(5, layers=2, width=WIDTH, heads=HEADS, context=CONTEXT, norm="pre")
    params = network.init(np.random.default_rng(0))
    for k in range(2):
        assert params[f"up{k}"].shape == (WIDTH, 4 * WIDTH) == params[f"down{k}"].shape[::-1]
    for name, a in params.items():
        if name.endswith("gain"):
            assert (a == 1).all()
        elif "bias" in name:
            assert (a == 0).all()
