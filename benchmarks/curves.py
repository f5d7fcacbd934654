"""What chapter 19 draws: seconds of a step over the size, the rule, the block and the threads."""

import os
import subprocess
import sys

import numpy as np
from cases import arrays, ours, theirs
from timing import medians

from optlib import RULES, Optimizer
from optlib.engines import blocks, kernels

SIZES = [2, 10, 100, 1000, 10**4, 10**5, 10**6, 10**7]
RULES_DRAWN = ["sgd", "momentum", "lion", "adam", "adamw", "amsgrad", "adan", "ademamix"]
BLOCKS = [2**k for k in range(10, 25, 2)]


def over_sizes():
    """Adam: the pure step, in place, by a kernel, and PyTorch's two ways."""
    found = {}
    for n in SIZES:
        x, g = arrays(n)
        opt = Optimizer("adam")
        state = opt.init(x)
        ways = {
            "pure step": lambda opt=opt, g=g, x=x, state=state: opt.step(1, g, x, state),
            "in place": ours("Adam", [x], [g]),
            "kernel": ours("Adam", [x], [g], engine="kernel"),
            "torch": theirs("Adam", [x], [g]),
            "torch fused": theirs("Adam", [x], [g], fused=True),
        }
        for name, seconds in medians(ways, rounds=9).items():
            found.setdefault(name, []).append(seconds)
    return {"sizes": SIZES, **found}


def over_rules(n=10**7):
    """A kernel of several rules: the bytes that a step must move, and the seconds."""
    found = {}
    for name in RULES_DRAWN:
        opt, (x, g) = Optimizer(name), arrays(n)
        state = opt.init(x)
        if any(a.shape != x.shape for a in state.values()):
            continue

        def step(opt=opt, g=g, x=x, state=state):
            opt.step_(1, g, x, state, engine="kernel", nonfinite="ignore")

        found[name] = step
    seconds = medians(found, rounds=9)
    moved = {name: 4 * (3 + 2 * len(RULES[name].state)) for name in found}
    return {name: {"bytes": moved[name], "seconds": seconds[name] / n} for name in found}


def over_blocks(n=4_000_000):
    """Adam in blocks of several lengths."""
    x, g = arrays(n)
    found, kept, move = {}, blocks.BYTES, ours("Adam", [x], [g])
    for size in BLOCKS:

        def step(size=size):
            blocks.BYTES = size
            move()

        found[size] = step
    try:
        seconds = medians(found, rounds=7, warm=1)
    finally:
        blocks.BYTES = kept
    return {"bytes": BLOCKS, "seconds": [seconds[size] for size in BLOCKS]}


def bandwidth(n=30_000_000):
    """Bytes a second, read and written, of scaling arrays in place."""
    from cases import moved

    x = np.ones(n, np.float32)
    return 28 * n / medians({"scaled": moved(x)})["scaled"]


ONE_THREAD = """
import sys; sys.path.insert(0, {folder!r})
from cases import arrays, ours
from timing import medians
x, g = arrays({n})
step = ours("Adam", [x], [g], engine="kernel", nonfinite="ignore")
print(medians({{"kernel": step}})["kernel"])
"""


def over_threads(n=10**7):
    """A kernel with one thread and with more."""
    found = {}
    for threads in sorted({1, os.cpu_count() or 1}):
        code = ONE_THREAD.format(folder=os.path.dirname(__file__), n=n)
        env = {**os.environ, "OMP_NUM_THREADS": str(threads), "NUMBA_NUM_THREADS": str(threads)}
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, check=True
        )
        found[str(threads)] = float(done.stdout)
    return found


def compiling():
    """Seconds to compile a kernel, and to find it compiled on the disk."""
    code = (
        "import time, numpy as np; from optlib import Optimizer; x = np.ones(100, np.float32);"
        "opt = Optimizer('adam'); s = opt.init(x); import numba; start = time.perf_counter();"
        "opt.step_(1, x.copy(), x, s, engine='kernel'); print(time.perf_counter() - start)"
    )
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "OPTLIB_CACHE": folder}
        runs = [
            subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True)
            for _ in range(2)
        ]
    return [float(done.stdout) for done in runs]


def every():
    """All of it, by name."""
    assert kernels.lacking(RULES["adam"]) == ""
    return {
        "sizes": over_sizes(),
        "rules": over_rules(),
        "blocks": over_blocks(),
        "threads": over_threads(),
        "compiling": compiling(),
        "bandwidth": bandwidth(),
    }
