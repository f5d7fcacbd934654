"""What the pages run: the printed rules, schedules and problems, against NumPy."""

from pathlib import Path
from random import Random

import numpy as np
import pytest

from optlib import RULES, SCHEDULES, schedule
from optlib.algebra.proof.drawing import draw
from optlib.engines import javascript
from optlib.namespaces import Arrays

START = Path(__file__).resolve().parents[2] / "_ext" / "static" / "optlib.js"
STEPS = 200
RELATIVE = 1e-12
XP = Arrays(np)
PRINTED = javascript.printed()

# Every run has points and gradients of its own, numbers or arrays, and the same extra inputs.
WALK = """([name, runs, hyper]) => runs.map(({xs, gs, hess}) => {
  const rule = optlib.rules[name];
  let state = rule.start.map((s) => (s === "x" ? xs[0] : s));
  return gs.map((g, k) => {
    const [u, ...next] = rule(k + 1, g, xs[k], state, {...hyper, hess: hess[k], loss: hess[k]});
    state = next;
    return [u, ...state].flat();
  });
})"""


@pytest.fixture(scope="module")
def page(chromium):
    """A page with nothing on it but the scripts."""
    page = chromium.new_page()
    page.set_content("<!doctype html><title>printed</title>")
    page.add_script_tag(path=START)
    page.add_script_tag(content=javascript.library())
    yield page
    page.close()


def test_the_site_carries_what_is_printed(site):
    assert (site / "_static/rules.js").read_text(encoding="utf-8") == javascript.library()


def settings(fn):
    """The defaults, and settings drawn from the domains."""
    rate = {"lr": 0.01} if fn.takes_lr else {}
    rng = Random(fn.__name__)
    yield rate | fn.hyper
    for _ in range(2):
        drawn = {k: draw(fn.domains[k].interior, rng, plain=True) for k in fn.hyper}
        yield rate | {k: int(v) if v.is_integer else float(v) for k, v in drawn.items()}


def walked(fn, hyper, xs, gs, hess):
    """Direction and states of every step in NumPy, flat."""
    state = tuple(fn.init(np, xs[0], **hyper).values())
    seen = []
    for t, (g, x, h) in enumerate(zip(gs, xs, hess, strict=True), 1):
        extra = dict.fromkeys(fn.inputs, h)
        with np.errstate(all="ignore"):
            u, *state = fn(XP, t, g, x, *state, **hyper, **extra)
        seen.append(np.concatenate([np.ravel(a) for a in (u, *state)]))
    return np.array(seen)


def near(printed, numpy):
    """Whether they agree relative to the largest size that each quantity has on its run.

    What passes near zero has lost digits in both.
    """
    numpy = np.asarray(numpy)
    largest = np.abs(numpy).max(axis=1, keepdims=True)
    return (np.abs(np.asarray(printed) - numpy) <= RELATIVE * largest).all()


@pytest.mark.parametrize("name", [k for k in PRINTED if k in RULES])
def test_a_printed_rule_takes_the_steps_of_the_rule(page, name):
    fn = RULES[name]
    rng = np.random.default_rng(list(name.encode()))
    runs = [rng.standard_normal((3, STEPS, 2)) * [[[1.0]], [[1.0]], [[0.1]]] for _ in range(2)]
    tried = 0
    for hyper in settings(fn):
        for xs, gs, hess in ((r[0], r[1], np.abs(r[2])) for r in runs):
            whole = walked(fn, hyper, xs, gs, hess)
            if fn.scope == "element":
                given = [{"xs": xs[:, k], "gs": gs[:, k], "hess": hess[:, k]} for k in range(2)]
                wanted = [walked(fn, hyper, xs[:, k], gs[:, k], hess[:, k]) for k in range(2)]
            else:
                given, wanted = [{"xs": xs, "gs": gs, "hess": hess}], [whole]
            if not np.isfinite(whole).all():
                continue
            tried += 1
            data = [{k: v.tolist() for k, v in run.items()} for run in given]
            assert near(page.evaluate(WALK, [name, data, hyper]), wanted)
    assert tried >= 2


@pytest.mark.parametrize("name", [k for k in PRINTED if k in SCHEDULES])
def test_a_printed_schedule_has_the_values_of_the_schedule(page, name):
    fn = SCHEDULES[name]
    rng = Random(name)
    tried = 0
    for _ in range(20):
        drawn = {k: draw(fn.domains[k].interior, rng, plain=True) for k in fn.hyper}
        hyper = {k: int(v) if v.is_integer else float(v) for k, v in drawn.items()}
        try:
            bound = schedule(name, **hyper)
        except ValueError:
            # What must hold between its numbers does not.
            continue
        tried += 1
        ts = [t for t in range(STEPS) if t in fn.steps]
        values = page.evaluate(
            "([name, ts, hyper]) => ts.map((t) => optlib.schedules[name].value(t, hyper))",
            [name, ts, hyper],
        )
        assert near([values], [[bound(t) for t in ts]]), hyper
    assert tried >= 2


@pytest.mark.parametrize("name", javascript.PLANE)
def test_a_printed_problem_has_the_values_and_gradients_of_the_problem(page, name):
    problem = javascript.drawn(name)
    (left, right), (low, high) = problem.window
    points = np.random.default_rng(0).uniform((left, low), (right, high), (STEPS, 2))
    values, gradients, curvatures = page.evaluate(
        """([name, xs]) => {
          const {value, grad, hess} = optlib.problems[name];
          return [xs.map((x) => value(x)), xs.map((x) => grad(x)), xs.map((x) => hess(x))];
        }""",
        [name, points.tolist()],
    )
    assert near([values], [problem.value(points)])
    assert near([gradients], [problem.grad(points)])
    assert near([curvatures], [np.diagonal(problem.hess(points), axis1=-2, axis2=-1)])


@pytest.mark.parametrize("name", javascript.CYCLES)
def test_a_printed_cycle_has_the_losses_of_each_step(page, name):
    problem = javascript.drawn(name)
    points = np.random.default_rng(1).uniform(-2, 2, (STEPS, 1))
    steps = [None, *range(1, STEPS)]
    printed = page.evaluate(
        """([name, xs, ts]) => {
          const {value, grad, project} = optlib.problems[name];
          return xs.map((x, k) => [value(x, ts[k]), ...grad(x, ts[k]), ...project(x)]);
        }""",
        [name, points.tolist(), steps],
    )
    wanted = [
        [problem.value(x, t), *problem.grad(x, t), *problem.project(x)]
        for x, t in zip(points, steps, strict=True)
    ]
    assert near([printed], [wanted])


def test_what_is_not_printed_is_what_takes_apart_matrices():
    assert set(javascript.unprinted()) == {k for k, fn in RULES.items() if not fn.traceable}
    assert set(PRINTED) | set(javascript.unprinted()) == {*RULES, *SCHEDULES}
