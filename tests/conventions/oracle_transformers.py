"""Runs a case in transformers itself."""

import torch
import transformers
from harness import STEPS, start
from oracle_torch import recorded
from transformers.optimization import Adafactor

VERSION = {"transformers": transformers.__version__, "torch": torch.__version__}
KNOWN = {"Adafactor": Adafactor}


def run(case, seed=0, steps=STEPS):
    """The parameters after the recorded steps."""
    parameters = [torch.nn.Parameter(torch.tensor(x)) for x in start(case.shapes, seed)]
    optimizer = KNOWN[case.name](parameters, **case.arguments)
    return recorded(optimizer, parameters, case, seed, steps)
