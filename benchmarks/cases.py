"""The rows of the table: a case, what it is compared with, and the bar it is to stay below."""

import numpy as np
from timing import commands, medians, once, peak, python

from optlib import Optimizer, minimize, optim, problems

SMALL, LARGE, LARGEST = (2, 1000), 4_000_000, 30_000_000
LAYERS = 50


def arrays(n, count=2, dtype=np.float32, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(n).astype(dtype) for _ in range(count)]


def ours(name, xs, gs, **arguments):
    """A step of ours over a list of arrays."""
    made = getattr(optim, name)([x.copy() for x in xs], **arguments)
    return lambda: made.step(gs)


def theirs(name, xs, gs, **arguments):
    """A step of PyTorch's."""
    import torch

    params = [torch.nn.Parameter(torch.from_numpy(x.copy())) for x in xs]
    for param, g in zip(params, gs, strict=True):
        param.grad = torch.from_numpy(g.copy())
    return getattr(torch.optim, name)(params, **arguments).step


def against(bar, mine, other):
    """A row out of two functions."""
    found = medians({"ours": mine, "theirs": other})
    return {**found, "ratio": found["ours"] / found["theirs"], "bar": bar}


def overhead():
    """Small problems, where the time is that of Python."""
    for n in SMALL:
        x, g = arrays(n)
        yield (
            f"Adam, {n} parameters, NumPy, against torch",
            against(0.3, ours("Adam", [x], [g]), theirs("Adam", [x], [g])),
        )
        yield (
            f"Adam, {n} parameters, kernel, against torch",
            against(0.3, ours("Adam", [x], [g], engine="kernel"), theirs("Adam", [x], [g])),
        )
    layers = [arrays(20, seed=k) for k in range(LAYERS)]
    xs, gs = map(list, zip(*layers, strict=True))
    yield (
        f"Adam, {LAYERS} layers of 20, against torch foreach",
        against(1.0, ours("Adam", xs, gs), theirs("Adam", xs, gs, foreach=True)),
    )


def blocks():
    """Large arrays with NumPy alone."""
    x, g = arrays(LARGE)
    yield (
        "Adam, 4e6 parameters, NumPy, against torch",
        against(1.0, ours("Adam", [x], [g]), theirs("Adam", [x], [g])),
    )
    x, g = arrays(10_000_000)
    extra = peak(ours("Adam", [x], [g])) / 1e6
    yield (
        "Adam, 1e7 parameters: extra megabytes of a step",
        {"ours": extra, "ratio": extra, "bar": 8.0},
    )


def kernels():
    """Large arrays with kernels, against PyTorch's fused step and against the memory."""
    for n, size in ((LARGE, "4e6"), (LARGEST, "3e7")):
        x, g = arrays(n)
        for name, more in (("Adam", {}), ("AdamW", {}), ("Adam", {"amsgrad": True})):
            called = "AMSGrad" if more else name
            other = theirs(name, [x], [g], fused=True, **more)
            for policy, bar in (("raise", 1.1), ("ignore", 1.0)):
                mine = ours(name, [x], [g], engine="kernel", nonfinite=policy, **more)
                yield (
                    f"{called}, {size} parameters, kernel, {policy}, against torch fused",
                    against(bar, mine, other),
                )
        step = ours("Adam", [x], [g], engine="kernel", nonfinite="ignore")
        yield f"Adam, {size} parameters, kernel, against the memory", against(1.3, step, moved(x))


def moved(x):
    """As many bytes as a step of Adam reads and writes, seven for each of ``x``, by scaling."""
    import torch

    arrays = [torch.from_numpy(x.copy()) for _ in range(4)]
    whole, part = arrays[:3], arrays[3][: x.size // 2]

    def scaled():
        for a in (*whole, part):
            a.mul_(1.0)

    return scaled


def layerwise():
    """LAMB against Optax, compiled and with its buffers given away."""
    import jax
    import optax

    layers = [arrays((400, 200), seed=k) for k in range(LAYERS)]
    xs, gs = map(list, zip(*layers, strict=True))
    opt = Optimizer("lamb")
    own, state, t = [x.copy() for x in xs], opt.init(xs), [0]

    def mine():
        t[0] += 1
        opt.step_(t[0], gs, own, state, engine="auto")

    tx = optax.lamb(1e-3)
    held = [jax.device_put(xs), tx.init(jax.device_put(xs))]
    given = jax.device_put(gs)

    def moved(x, s):
        u, s = tx.update(given, s, x)
        return optax.apply_updates(x, u), s

    compiled = jax.jit(moved, donate_argnums=(0, 1))

    def other():
        held[:] = jax.block_until_ready(compiled(*held))

    yield "LAMB, 4e6 parameters in 50 layers, against optax jitted", against(1.0, mine, other)


def sweep():
    """Ten thousand rates on Rosenbrock, compilation included where something is compiled."""
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    rates = np.geomspace(1e-4, 1.0, 10_000)
    problem = problems.rosenbrock()

    def mine():
        minimize(Optimizer("adam", lr=rates), problem, steps=1000, record="last")

    def value(x):
        return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2

    def run(rate):
        tx, x = optax.adam(rate), jax.numpy.asarray(problem.start)

        def body(now, _):
            x, state = now
            u, state = tx.update(jax.grad(value)(x), state)
            return (x + u, state), None

        return jax.lax.scan(body, (x, tx.init(x)), None, length=1000)[0][0]

    def other():
        jax.block_until_ready(jax.jit(jax.vmap(run))(rates))
        jax.clear_caches()

    found = once({"ours": mine, "theirs": other})
    yield (
        "Adam, 1e4 rates, 1000 steps of Rosenbrock, against optax jitted",
        {**found, "ratio": found["ours"] / found["theirs"], "bar": 1.0},
    )


def imports():
    """The package, against NumPy."""
    found = commands({"ours": python("import optlib"), "theirs": python("import numpy")})
    yield (
        "import optlib, against import numpy",
        {**found, "ratio": found["ours"] / found["theirs"], "bar": 1.3},
    )


GROUPS = (overhead, blocks, kernels, layerwise, sweep, imports)
