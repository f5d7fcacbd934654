"""Optax' transforms of gradients, alone and in chains, each with several sets of arguments."""

from harness import SHAPES, Case, Inner

_BETAS = {"b1": 0.7, "b2": 0.95, "eps": 1e-3}


def _parts(name, *sets, **options):
    return [Case("optax", name, arguments, **options) for arguments in sets]


def _rate(name, *sets, **options):
    return _parts(name, *({"learning_rate": 0.01, **arguments} for arguments in sets), **options)


def _chain(*parts, **options):
    """A chain of names, with the arguments that each takes."""
    args = [Inner(name, arguments) for name, arguments in parts]
    return Case("optax", "chain", {"args": args}, **options)


_DOWN = ("scale_by_learning_rate", {"learning_rate": 0.01})
_SLOWLY = ("scale", {"step_size": -1e-5})
_DECAY = ("add_decayed_weights", {"weight_decay": 0.1})

_ADAM = Inner("adam", {"learning_rate": 0.01})
_AWAY = Inner("chain", {"args": [Inner("normalize"), Inner("sgd", {"learning_rate": 0.05})]})

CASES = [
    *_parts("mechanize", {"base_optimizer": Inner("adamw", {"learning_rate": 1.0})}),
    *_parts(
        "mechanize",
        {"base_optimizer": _ADAM, "s_init": 0.1, "weight_decay": 0.0},
        {"base_optimizer": Inner("sgd", {"learning_rate": 0.1, "momentum": 0.9}), "num_betas": 2},
        {"base_optimizer": _ADAM, "s_init": 0.5, "weight_decay": 0.3, "eps": 1e-3},
        shapes=SHAPES[:4],
    ),
    *_parts(
        "sam",
        {"optimizer": _ADAM, "adv_optimizer": _AWAY},
        {
            "optimizer": Inner("sgd", {"learning_rate": 0.01, "momentum": 0.9}),
            "adv_optimizer": _AWAY,
        },
        {
            "optimizer": _ADAM,
            "adv_optimizer": Inner("sgd", {"learning_rate": 0.1}),
            "sync_period": 3,
        },
    ),
    *_parts("identity", {}),
    *_parts("clip", {"max_delta": 0.3}),
    *_parts("clip_by_global_norm", {"max_norm": 5.0}, {"max_norm": 1e9}),
    *_parts("clip_by_block_rms", {"threshold": 0.5}),
    *_parts("trace", {"decay": 0.9}, {"decay": 0.7, "nesterov": True}),
    *_parts("ema", {"decay": 0.9}, {"decay": 0.7, "debias": False}),
    *_parts("add_decayed_weights", {}, {"weight_decay": -0.1}),
    *_parts("scale", {"step_size": -0.3}, {"step_size": 0.1}),
    *_rate("scale_by_learning_rate", {}, {"flip_sign": False}),
    *_parts("normalize", {}),
    *_parts("normalize_by_update_norm", {}, {"scale_factor": 3.0, "eps": 10.0}),
    *_parts(
        "scale_by_trust_ratio",
        {},
        {"min_norm": 3.0, "trust_coefficient": 0.1, "eps": 0.1},
        shapes=SHAPES[1:4],
    ),
    *_parts("centralize", {}),
    *_parts("zero_nans", {}),
    *_parts("keep_params_nonnegative", {}),
    *_parts("apply_every", {}, {"k": 3}),
    *_parts("adaptive_grad_clip", {"clipping": 0.01}, {"clipping": 0.3, "eps": 2.0}),
    *_rate("sm3", {}, {"momentum": 0.0, "learning_rate": 0.1}, shapes=SHAPES[1:]),
    *_parts("scale_by_acprop", {"eps": 1e-3}),
    *_parts("scale_by_adadelta", {}, {"rho": 0.7, "eps": 1e-3}),
    *_parts("scale_by_adam", {}, {**_BETAS, "eps_root": 1e-3}, {"nesterov": True}),
    *_parts("scale_by_adamax", {}, _BETAS),
    *_parts("scale_by_adan", {}, {"b1": 0.9, "eps_root": 1e-3}),
    *_parts("scale_by_ademamix", {}, {"b3": 0.99, "alpha": 2.0}),
    *_parts("scale_by_adopt", {}, {"use_clipping": False, "b2": 0.9}),
    *_parts("scale_by_amsgrad", {}, {"b2": 0.9}),
    *_parts("scale_by_belief", {}, {**_BETAS, "nesterov": True}),
    *_parts("scale_by_lion", {}, {"b1": 0.5}),
    *_parts("scale_by_optimistic_gradient", {}, {"alpha": 0.5, "beta": 0.2}),
    *_parts("scale_by_radam", {}, {"b2": 0.99, "threshold": 6.0}),
    *_parts("scale_by_rss", {}, {"initial_accumulator_value": 1.0, "eps": 1e-3}),
    *_parts("scale_by_sign", {}),
    *_parts("scale_by_simplified_ademamix", {}, {"alpha": 3.0}),
    _chain(("scale_by_adam", {}), _DECAY, _DOWN),
    # Alone these two grow without end, as they step uphill by the size of the layer.
    _chain(("scale_by_adam", {}), ("scale_by_param_block_norm", {"min_scale": 3.0}), _SLOWLY),
    _chain(("scale_by_adam", {}), ("scale_by_param_block_norm", {}), _SLOWLY),
    _chain(("scale_by_adam", {}), ("scale_by_param_block_rms", {"min_scale": 1.0}), _DOWN),
    _chain(("scale_by_adam", {}), ("scale_by_param_block_rms", {}), _DOWN),
    _chain(("clip_by_global_norm", {"max_norm": 3.0}), ("adamw", {"learning_rate": 0.01})),
    _chain(("clip", {"max_delta": 1.0}), ("clip_by_global_norm", {"max_norm": 3.0}), _DOWN),
    _chain(
        ("scale_by_lion", {}), ("trace", {"decay": 0.5}), _DECAY, ("scale", {"step_size": -0.01})
    ),
    _chain(("centralize", {}), ("sgd", {"learning_rate": 0.01, "momentum": 0.9})),
    _chain(("adaptive_grad_clip", {"clipping": 0.1}), ("adam", {"learning_rate": 0.01})),
    _chain(("scale_by_adam", {}), ("scale_by_trust_ratio", {}), _DOWN),
    _chain(("trace", {"decay": 0.9}), ("normalize_by_update_norm", {}), _DOWN),
    _chain(("sgd", {"learning_rate": 0.01}), ("keep_params_nonnegative", {})),
    _chain(("scale_by_adam", {}), ("apply_every", {"k": 4}), _DOWN),
    _chain(_DECAY, ("lamb", {"learning_rate": 0.01})),
]
