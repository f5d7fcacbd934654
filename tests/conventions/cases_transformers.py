"""transformers' Adafactor with several sets of arguments."""

from harness import Case


def _transformers(name, *sets, **options):
    return [Case("transformers", name, arguments, **options) for arguments in sets]


_GIVEN = {"lr": 0.01, "relative_step": False}

CASES = [
    *_transformers(
        "Adafactor",
        {},
        {"warmup_init": True, "weight_decay": 0.1},
        {"beta1": 0.9, "eps": (1e-3, 2.0)},
        {"scale_parameter": False, "beta1": 0.8, "weight_decay": 0.1},
        {**_GIVEN, "scale_parameter": False, "clip_threshold": 0.3},
        {**_GIVEN, "decay_rate": -0.5, "weight_decay": 0.1},
        {**_GIVEN, "scale_parameter": False, "weight_decay": 0.1},
    ),
    *_transformers(
        "Adafactor",
        {**_GIVEN, "weight_decay": 0.1},
        {**_GIVEN, "weight_decay": 0.1, "beta1": 0.9},
        warm=True,
    ),
]
