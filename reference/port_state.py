"""Adam's state, carried from PyTorch to Optax and from Keras to PyTorch."""


def torch_to_optax(optimizer, named, state):
    """The state of an Optax optimizer over ``{name: array}``, filled from one of PyTorch."""
    import jax.numpy as jnp
    import optax

    held = {name: optimizer.state[p] for name, p in named}
    (count,) = {int(of["step"]) for of in held.values()}

    def tree(key):
        return {name: jnp.asarray(of[key].numpy()) for name, of in held.items()}

    count = jnp.asarray(count, jnp.int32)
    return optax.tree.set(state, count=count, mu=tree("exp_avg"), nu=tree("exp_avg_sq"))


def keras_to_torch(adam, layouts, optimizer):
    """Fill PyTorch's AdamW; ``layouts`` has a pair for each variable, in the order of Keras."""
    import numpy as np
    import torch

    count, rate, *rest = (np.asarray(v.value) for v in adam.variables)
    for (p, laid), m, v in zip(layouts, rest[::2], rest[1::2], strict=True):
        moments = {"exp_avg": m, "exp_avg_sq": v}
        state = {k: torch.tensor(np.ascontiguousarray(laid(a))) for k, a in moments.items()}
        optimizer.state[p] = {"step": torch.tensor(float(count)), **state}
    for group in optimizer.param_groups:
        group["lr"] = float(rate)


def keras_epsilon(optimizer, epsilon):
    """Before each step: move PyTorch's eps to where Keras has it."""
    for group in optimizer.param_groups:
        step = 1 + max(int(optimizer.state[p]["step"]) for p in group["params"])
        group["eps"] = epsilon / (1 - group["betas"][1] ** step) ** 0.5
