"""The cases that are frozen, and run live where a library is installed."""

import cases_torch

CASES = {"torch": cases_torch.CASES}
