"""Kernels: what is printed agrees with the rule, and a step by them is all or nothing."""

import subprocess
import sys

import numpy as np
import pytest
from support import extra, gradients, optimizer, run, same, start

from optlib import RULES, NonFiniteError, Optimizer, optim
from optlib.engines import compiling, kernels
from optlib.engines.intervals import never_negative

ELEMENT = [name for name, fn in RULES.items() if fn.scope == "element"]
SUMMING = [n for n, fn in RULES.items() if fn.scope == "layer" and not kernels.lacking(fn)]
DTYPES = [np.float32, np.float64]

# To what share of the largest entry a kernel agrees after ten steps; cocob's bet is the difference
# of nearly equal points.
CLOSE = {np.float32: 2e-5, np.float64: 1e-12}
LOOSE = {"cocob": 100, "nesterov_original": 10}


def words(dtype):
    """The words of a kernel over arrays of NumPy."""
    return {
        "T": dtype,
        "sqrt": np.sqrt,
        "cbrt": np.cbrt,
        "exp": np.exp,
        "log": np.log,
        "fabs": np.abs,
        "square": np.square,
        "maximum": np.maximum,
        "minimum": np.minimum,
        "sign": np.sign,
        "where": np.where,
        "both": np.logical_and,
        "either": np.logical_or,
    }


@pytest.fixture
def uncompiled(monkeypatch):
    """Kernels that NumPy computes, for where there is no Numba."""

    def compiled(name, text):
        dtype = np.float32 if "np.float32" in text else np.float64
        space = words(dtype)
        for function in ("entry", "summand"):
            if f"def {function}" in text:
                exec(text[text.index(f"def {function}") :].partition("\n\n")[0], space)
        states = text[text.index("def move(") :].partition("(")[2].partition(")")[0].split(", ")

        class Module:
            @staticmethod
            def results(*given):
                return np.broadcast_arrays(given[0], *space["entry"](*given))[1:]

            @staticmethod
            def move(*given):
                for old, new in zip(given[1:], Module.results(*given), strict=False):
                    old[...] = new

            @staticmethod
            def count(*given):
                return sum(int(np.sum(~np.isfinite(a))) for a in Module.results(*given))

            @staticmethod
            def fresh(g, x, *given):
                count = sum(isinstance(a, np.ndarray) for a in given)
                states = given[: (count - 1) // 2]
                new, constants = given[len(states) : count], given[count:]
                with np.errstate(all="ignore"):
                    results = Module.results(g, x, *states, *constants)
                for old, value in zip(new, results, strict=True):
                    old[...] = value
                return sum(int(np.sum(~np.isfinite(a))) for a in (g, *new))

            @staticmethod
            def largest(bits, sizes):
                return np.max(bits & sizes, initial=0)

            @staticmethod
            def sums(*given):
                return tuple(float(np.sum(a, dtype=float)) for a in space["summand"](*given))

        assert states[:2] == ["g", "x"]
        return Module

    clear = kernels.kernel.cache_clear
    clear()
    monkeypatch.setattr(compiling, "module", compiled)
    monkeypatch.setattr(compiling, "installed", lambda: True)
    yield
    clear()


def agree(rule, dtype):
    """Ten steps by the kernel and ten by the rule end at the same point and state, to rounding."""
    opt, x = optimizer(rule), start((40,), dtype)
    gs = gradients((40,), 10, dtype, rule=rule)
    wanted, state = run(opt, x.copy(), gs)
    own = opt.init(x)
    for t, g in enumerate(gs, 1):
        assert opt.step_(t, g, x, own, engine="kernel", **extra(rule, g))
    for got, exact in ((x, wanted), *((own[k], state[k]) for k in state)):
        assert got.dtype == exact.dtype
        unit = np.max(np.abs(exact), initial=0.0)
        assert np.max(np.abs(got - exact)) <= CLOSE[dtype] * LOOSE.get(rule, 1) * unit


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("rule", ELEMENT + SUMMING)
def test_what_is_printed_agrees_with_the_rule(rule, dtype, uncompiled):
    agree(rule, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("rule", ELEMENT + SUMMING)
def test_what_is_compiled_agrees_with_the_rule(rule, dtype):
    pytest.importorskip("numba")
    agree(rule, dtype)


@pytest.mark.parametrize("rule", ELEMENT)
def test_what_the_printed_function_calls_finite_is_finite(rule, uncompiled):
    """Entries from the smallest to the largest that can be written, in every state."""
    rng, fn, high = np.random.default_rng(len(rule)), RULES[rule], 38
    fresh = fn.init(np, np.ones(4, np.float32), **fn.hyper)
    numbers = tuple(k for k, a in fresh.items() if np.ndim(a) == 0)
    kernel = kernels.kernel(fn, numbers, "float32")
    for widest in np.linspace(0.0, 1.0, 30):
        t = int(rng.integers(1, 2000))
        size = 10.0 ** rng.uniform(-high, high * rng.uniform(-widest, widest), (99, 64))
        arrays = [
            (a * (1 if never_negative(fn, k) else rng.choice([-1, 1], 64))).astype(np.float32)
            for k, a in zip(kernel.arrays, size, strict=False)
        ]
        signs = [never_negative(fn, k) for k in kernel.arrays]
        same = [float(t), 1e-3, *fn.hyper.values(), *(float(fresh[k]) for k in numbers)]
        constants, _ = kernel.constants(same, arrays)
        with np.errstate(all="ignore"):
            ranges = [kernel.extent(a, sign) for a, sign in zip(arrays, signs, strict=True)]
            found = kernels.bounds(kernel, ranges, constants, np.float32)
            kernel.move(*arrays, *map(np.float32, constants))
        if found:
            for a, (low, high_) in zip(arrays[1:], found, strict=False):
                assert np.isfinite(a).all() and a.min() >= low and a.max() <= high_


@pytest.fixture(params=["NumPy", "Numba"])
def kernel_engine(request):
    """The kernels of NumPy's words, and those that Numba compiles."""
    if request.param == "Numba":
        pytest.importorskip("numba")
        return
    request.getfixturevalue("uncompiled")


def test_a_step_by_a_kernel_is_all_or_nothing(kernel_engine):
    x, g = np.ones(9, np.float32), np.ones(9, np.float32)
    loop = optim.AdamW(x, lr=1.0, engine="kernel")
    loop.step(g)
    loop.step(g)
    held, before = loop.state_dict(), x.copy()

    def nothing_changed(what):
        with pytest.raises(NonFiniteError, match=f"{what} of step 3"):
            loop.step(g)
        now = loop.state_dict()["state"]
        assert all(same(now[k], a) for k, a in held["state"].items())
        assert np.array_equal(x, before, equal_nan=True) and loop.t == 2

    for bad in (np.nan, np.inf, -np.inf):
        g[4] = bad
        nothing_changed("gradient")
    g[4] = 3e38
    nothing_changed("update")
    g[4] = 1.0
    for bad in (np.nan, np.inf, -np.inf):
        x[4] = before[4] = bad
        nothing_changed("update")
    x[4] = 1.0
    assert loop.step(g) and loop.t == 3


def test_the_ranges_of_a_state_are_those_of_the_state(kernel_engine):
    """A state that was put there, or moved by NumPy, is not taken for the one that was known."""
    x, g = np.ones(9, np.float32), np.ones(9, np.float32)
    loop = optim.SGD(x, lr=1.0, momentum=0.9, engine="kernel")
    for _ in range(3):
        loop.step(g)
    held = loop.state_dict()
    next(iter(held["state"].values()))[...] = np.finfo(np.float32).max
    loop.load_state_dict(held)
    g[:] = np.finfo(np.float32).max / 4
    with pytest.raises(NonFiniteError):
        loop.step(g)
    y, h = np.ones(9, np.float32), np.ones(9, np.float32)
    loop = optim.SGD(y, lr=1e-30, momentum=0.9, engine="kernel")
    loop.step(h)
    loop.engine = "numpy"
    loop.step(np.full(9, 3e38, np.float32))
    loop.engine = "kernel"
    with pytest.raises(NonFiniteError):
        loop.step(np.full(9, 3e38, np.float32))


def test_what_is_ignored_is_written(kernel_engine):
    for engine in ("numpy", "kernel"):
        x = np.ones(3)
        loop = optim.SGD(x, lr=1.0, nonfinite="ignore", engine=engine)
        assert loop.step(np.array([np.nan, 1.0, np.inf]))
        assert np.isnan(x[0]) and x[1] == 0 and x[2] == -np.inf


def test_auto_takes_a_kernel_for_what_is_large_and_has_one(uncompiled, monkeypatch):
    taken = []
    made = kernels.kernel
    monkeypatch.setattr(kernels, "kernel", lambda *a: (taken.append(a[0].__name__), made(*a))[1])
    for rule in ("adam", "lamb", "adafactor_vector"):
        for n in (100, 1 << 16):
            x = np.ones(n, np.float32)
            opt = Optimizer(rule)
            assert opt.step_(1, x.copy(), x, opt.init(x), engine="auto")
    half = np.ones(1 << 16, np.float16)
    Optimizer("sgd").step_(1, half.copy(), half, {}, engine="auto")
    assert taken == ["adam", "lamb"]


def test_norms_are_summed():
    assert {"lamb", "lamb_bounded", "lars", "novograd", "fromage"} <= set(SUMMING)


@pytest.mark.parametrize("at", [0.0, 1e-30, 1e30])
def test_sums_that_leave_the_range_are_left_to_the_rule(kernel_engine, at):
    x, g = np.full(9, at, np.float32), np.full(9, 1e-30, np.float32)
    y, opt = x.copy(), Optimizer("lamb", lr=0.1)
    state, other = opt.init(x), opt.init(y)
    for t in (1, 2):
        assert opt.step_(t, g, x, state, engine="kernel") and opt.step_(t, g, y, other)
    assert np.allclose(x, y, rtol=1e-5, atol=0) and np.isfinite(x).all()
    x[3] = np.nan
    with pytest.raises(NonFiniteError, match="update of step 3"):
        opt.step_(3, g, x, state, engine="kernel")


def test_what_has_no_kernel_is_said():
    x = np.ones(3)
    for rule in ("muon", "prodigy"):
        opt, y = Optimizer(rule), np.ones((2, 2))
        with pytest.raises(TypeError, match=f"{rule} sees more than one layer .* engine='auto'"):
            opt.step_(1, y.copy(), y, opt.init(y), engine="kernel")
    with pytest.raises(ValueError, match="engine must be one of 'numpy', 'kernel', 'auto'"):
        Optimizer("sgd").step_(1, x.copy(), x, {}, engine="cuda")
    with pytest.raises(TypeError, match="LBFGS has no kernel"):
        optim.LBFGS(x, engine="kernel")


def test_without_numba_it_is_said_and_auto_goes_by_numpy(monkeypatch):
    monkeypatch.setattr(compiling, "installed", lambda: False)
    kernels.kernel.cache_clear()
    x, y = np.ones(1 << 16), np.ones(1 << 16)
    opt = Optimizer("adam")
    with pytest.raises(ImportError, match=r"pip install 'optlib\[fast\]'"):
        opt.step_(1, x.copy(), x, opt.init(x), engine="kernel")
    assert opt.step_(1, x.copy(), x, opt.init(x), engine="auto")
    assert opt.step_(1, y.copy(), y, opt.init(y)) and same(x, y)


def test_a_kernel_is_compiled_once_and_kept_on_disk(tmp_path):
    pytest.importorskip("numba")
    code = (
        "import numpy as np; from optlib import Optimizer; x = np.ones(3); opt = Optimizer('sgd');"
        "opt.step_(1, x.copy(), x, {}, engine='kernel'); print(x)"
    )
    for _ in range(2):
        env = {"OPTLIB_CACHE": str(tmp_path), "PATH": "", "PYTHONPATH": ":".join(sys.path)}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
        assert done.stdout == "[0.999 0.999 0.999]\n", done.stderr
        files = {p.name: p.stat().st_mtime_ns for p in tmp_path.rglob("*.nb*")}
    assert files
    before = files
    subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True)
    assert before == {p.name: p.stat().st_mtime_ns for p in tmp_path.rglob("*.nb*")}
