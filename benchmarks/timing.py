"""How times are taken: what is compared runs in one process, in turn, and medians are compared."""

import os
import platform
import subprocess
import sys
import time
import tracemalloc
from importlib.metadata import PackageNotFoundError, version

import numpy as np

LIBRARIES = ("numpy", "numba", "torch", "jax", "optax")


def calls(function, seconds=0.02):
    """How often to call a function so that the calls together take so long."""
    start = time.perf_counter()
    function()
    return max(1, int(seconds / max(time.perf_counter() - start, 1e-7)))


def medians(functions, rounds=15, warm=3):
    """The median seconds of a call of each function, which take turns.

    Parameters
    ----------
    functions : dict
        Name -> function without arguments.
    rounds, warm : int
        How many rounds count, and how many go before.
    """
    for _ in range(warm):
        for function in functions.values():
            function()
    often = {name: calls(function) for name, function in functions.items()}
    taken = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            start = time.perf_counter()
            for _ in range(often[name]):
                function()
            taken[name].append((time.perf_counter() - start) / often[name])
    return {name: float(np.median(times)) for name, times in taken.items()}


def once(functions, rounds=3):
    """The median seconds of functions that must run once in a fresh state, such as compilations."""
    taken = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            taken[name].append(time.perf_counter() - start)
    return {name: float(np.median(times)) for name, times in taken.items()}


def commands(given, rounds=15):
    """The median seconds of commands that take turns; the first round does not count."""

    def run(command):
        return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    functions = {name: run(command) for name, command in given.items()}
    for function in functions.values():
        function()
    return once(functions, rounds)


def peak(function):
    """How many bytes a call takes beyond what is there before."""
    function()
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def machine():
    """What the times were taken on."""
    found = {"processor": platform.processor() or platform.machine()}
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.partition(":")[2].strip() for line in file if "model name" in line]
        found["processor"] = names[0]
    except (OSError, IndexError):
        pass
    threads = os.environ.get("OMP_NUM_THREADS") or os.cpu_count()
    return {**found, "threads": int(threads), "python": platform.python_version()}


def versions():
    """The versions of the libraries that are installed."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def python(code):
    """A command that runs this in another interpreter of the same environment."""
    return [sys.executable, "-c", code]
