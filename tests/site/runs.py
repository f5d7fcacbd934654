"""What a page computes for its figures, and whether it is what NumPy computes."""

import json

import numpy as np

PLAYGROUND = "reference/playground.html"
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def data(page, name):
    """What the page computes; JSON has no NaN, so it comes as null."""
    text = page.evaluate("(name) => JSON.stringify(optlib.live[name].data())", name)
    return json.loads(text)


def same(printed, numpy):
    """Whether they agree to 1e-9 of the largest size, and have gaps at the same places."""
    printed, numpy = np.array(printed, dtype=float), np.array(numpy, dtype=float)
    numpy[~np.isfinite(numpy)] = np.nan
    scale = np.nanmax(np.abs(numpy), initial=0)
    return printed.shape == numpy.shape and np.allclose(
        printed, numpy, rtol=1e-9, atol=1e-9 * scale, equal_nan=True
    )


def same_race(printed, numpy):
    pairs = zip(printed["entries"], numpy["entries"], strict=True)
    return all(same(a[k], b[k]) for a, b in pairs for k in ("x", "f", "rate"))
