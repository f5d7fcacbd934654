"""The live figures, as NumPy computes them: what they show is what the rules do."""

import numpy as np
import pytest

from optlib import Optimizer, minimize, muon, problems
from optlib.book.live import FIGURES, find
from optlib.book.live.dials import Dial, decades, even, memory
from optlib.book.live.printing import library

RACES = [name for name in FIGURES if find(name).kind == "race"]


def steps_of(rule, gradients, **hyper):
    """The direction of each step for these gradients."""
    optimizer = Optimizer(rule, lr=1.0, **hyper)
    x, u, state = np.zeros(1), [], optimizer.init(np.zeros(1))
    for t, g in enumerate(gradients, 1):
        new, state = optimizer.step(t, np.array([g]), x, state)
        u.append(x[0] - new[0])
        x = new
    return np.array(u)


@pytest.mark.parametrize("dial", [d for name in FIGURES for d in find(name).dials])
def test_a_dial_has_rising_stops_without_repetition(dial):
    assert (np.diff(dial.stops) > 0).all()
    assert dial.start in dial.stops


def test_scales_end_where_they_say():
    scale = decades("a", "", -3, 2, 1.0).stops
    assert (scale[0], scale[-1]) == (1e-3, 1e2)
    assert memory("b", "", 0.9, least=-5).stops[-1] == 1 - 1e-5
    assert even("c", "", 1, 100, 3, 10.0).stops == (1.0, 10.0, 100.0)
    with pytest.raises(ValueError, match="no stop"):
        Dial("d", "", (1.0, 2.0), 1.5)


@pytest.mark.parametrize("name", FIGURES)
def test_a_dial_stands_at_its_stops_alone(name):
    dial = find(name).dials[0]
    between = (dial.stops[0] + dial.stops[1]) / 2
    with pytest.raises(ValueError, match="no dial"):
        find(name).data(**{dial.name: between})
    with pytest.raises(ValueError, match="no dial"):
        find(name).data(unheard=1.0)


def test_an_unknown_figure_is_refused():
    with pytest.raises(ValueError, match="average-weights"):
        find("average")


@pytest.mark.parametrize("beta", [0.2, 0.9, 0.99])
@pytest.mark.parametrize("t", [1, 2, 8, 40])
def test_the_weights_are_those_of_the_averages(beta, t):
    data = find("average-weights").data(beta=beta, t=t)
    used, kept = (np.nan_to_num(weights[:t][::-1]) for weights in data["curves"])
    g = np.random.default_rng(t).standard_normal(t)
    m = 0.0
    for entry in g:
        m = beta * m + (1 - beta) * entry
    assert np.isclose(kept @ g, m, rtol=1e-12, atol=1e-14)
    assert np.isclose(used.sum(), 1)
    assert np.isclose(kept.sum(), data["readings"][0])
    assert np.isnan(data["curves"][0][t:]).all()


@pytest.mark.parametrize("beta", [0.5, 0.9])
def test_the_corrected_average_is_an_average_with_a_beta_of_its_own(beta):
    g = np.random.default_rng(0).standard_normal(12)
    m = corrected = 0.0
    for t, entry in enumerate(g, 1):
        beta_t = find("average-weights").data(beta=beta, t=t)["readings"][1]
        corrected = beta_t * corrected + (1 - beta_t) * entry
        m = beta * m + (1 - beta) * entry
        assert np.isclose(corrected, m / (1 - beta**t), rtol=1e-12)


@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.5, 0.99), (0.99, 0.9)])
def test_the_ratio_is_that_of_the_steps(betas):
    hyper = {"beta1": betas[0], "beta2": betas[1], "eps": 0.0}
    data = find("correction-ratio").data(beta1=betas[0], beta2=betas[1])
    g = np.random.default_rng(3).standard_normal(40)
    ratio = steps_of("adam_uncorrected", g, **hyper) / steps_of("adam", g, **hyper)
    shown = dict(zip(data["x"], data["curves"][0], strict=True))
    assert all(np.isclose(r, shown[t], rtol=1e-9) for t, r in enumerate(ratio, 1) if t in shown)


@pytest.mark.parametrize(("beta1", "beta2"), [(0.9, 0.999), (0.5, 0.9), (0.99, 0.9)])
def test_the_longest_step_is_that_of_gradients_which_grow_just_so(beta1, beta2):
    data = find("longest-step").data(beta1=beta1, beta2=beta2)
    hyper = {"beta1": beta1, "beta2": beta2, "eps": 0.0}
    longest = dict(zip(data["x"], data["curves"][0], strict=True))
    worst = steps_of("adam", (beta2 / beta1) ** np.arange(40.0), **hyper)
    other = steps_of("adam", np.random.default_rng(6).standard_normal(40), **hyper)
    for t in longest.keys() & set(range(1, 41)):
        assert np.isclose(worst[t - 1], longest[t], rtol=1e-9)
        assert abs(other[t - 1]) <= longest[t] * (1 + 1e-12)


@pytest.mark.parametrize(
    ("coefficients", "passes"),
    [((3.4445, -4.775, 2.0315), 5), ((1.875, -1.25, 0.375), 3), ((2.5, -2.5, 1.0), 6)],
)
def test_singular_values_are_those_of_the_matrices(coefficients, passes):
    data = find("singular-values").data(
        **dict(zip("abc", coefficients, strict=True)), passes=passes
    )
    turned, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((20, 20)))
    matrix = turned * data["x"][::21]
    after = turned.T @ muon.newton_schulz(np, matrix, *coefficients, passes)
    np.testing.assert_allclose(np.diag(after), data["curves"][0][::21], rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize(("eps", "scale"), [(1e-8, 1.0), (1e-3, 100.0), (1e-12, 1e-6)])
def test_the_first_step_is_that_of_the_rule(eps, scale):
    data = find("step-against-gradient").data(eps=eps, scale=scale)
    for rule, curve in zip(("adam", "adam_uncorrected"), data["curves"], strict=True):
        first = [steps_of(rule, [scale * g], eps=eps)[0] for g in data["x"][::30]]
        assert np.allclose(curve[::30], first, rtol=1e-9, atol=0)


@pytest.mark.parametrize(("kappa", "lr"), [(10, 1.0), (100, 0.5), (2, 2.1)])
def test_a_step_on_a_bowl_leaves_what_the_factors_say(kappa, lr):
    data = find("step-factors").data(kappa=kappa, lr=lr)
    run = minimize(Optimizer("sgd", lr=lr / kappa), problems.quadratic(kappa), steps=1)
    left = np.abs(run.x[1] / run.x[0])
    at = list(data["x"]).index(lr)
    assert np.allclose([data["curves"][0][at], data["curves"][1][at]], left, rtol=1e-12)
    assert np.isclose(data["curves"][2][at], left.max()) and np.isnan(data["curves"][2][0])
    assert np.isclose(data["readings"][0], left.max())
    assert np.isnan(data["readings"][2]) == (left.max() >= 1)


@pytest.mark.parametrize("kappa", [2, 10, 1000])
def test_no_rate_leaves_less_than_the_least_possible(kappa):
    figure = find("step-factors")
    least = figure.data(kappa=kappa)["readings"][1]
    assert np.maximum(*figure.data(kappa=kappa)["curves"][:2]).min() >= least - 1e-12
    best = minimize(Optimizer("sgd", lr=2 / (kappa + 1)), problems.quadratic(kappa, dim=9), steps=1)
    assert np.isclose(np.abs(best.x[1] / best.x[0]).max(), least)


@pytest.mark.parametrize("momentum", [0.0, 0.3, 0.81, 0.99])
def test_the_factor_of_the_ball_is_that_of_its_step_in_a_bowl(momentum):
    data = find("ball-factor").data(momentum=momentum)
    floor, begins, ends, unstable = data["readings"]
    for product, factor in zip(data["x"], data["curves"][0], strict=True):
        step = [[1 + momentum - product, -momentum], [1, 0]]
        assert np.isclose(factor, np.abs(np.linalg.eigvals(step)).max(), atol=1e-7)
        assert (factor > floor + 1e-9) == (not begins - 1e-9 <= product <= ends + 1e-9)
        assert (factor > 1 + 1e-9) == (product > unstable + 1e-9)


def test_the_ball_starts_at_its_best_in_the_ravine():
    figure = find("ball-ravine")
    walker, ball = (entry["f"][-1] for entry in figure.data()["entries"])
    slower = figure.dials[1].stops[figure.dials[1].stops.index(figure.dials[1].start) - 8]
    others = [figure.data(ball=slower), figure.data(momentum=0.5), figure.data(momentum=0.9)]
    assert ball < 1e-6 * walker
    assert all(ball < other["entries"][1]["f"][-1] for other in others)


def frozen(sharpness, beta1, steps):
    """The points of Adam's average and step on one curvature, with a frozen preconditioner."""
    x, m, points = 1.0, 0.0, [1.0]
    for _ in range(steps):
        m = beta1 * m + (1 - beta1) * sharpness * x
        x -= m
        points.append(x)
    return np.array(points)


@pytest.mark.parametrize("sharpness", [0.1, 1.9, 20, 37.5, 38.0, 38.5, 50])
@pytest.mark.parametrize("beta1", [0.2, 0.9, 0.99])
def test_the_orbit_is_that_of_the_iteration(sharpness, beta1):
    shown = find("stability-orbit").data(sharpness=sharpness, beta1=beta1)["curves"][0]
    points = frozen(sharpness, beta1, 80)
    assert np.allclose(shown, points, rtol=1e-9, atol=1e-9 * np.abs(points).max())


@pytest.mark.parametrize("beta1", [0.2, 0.5, 0.9, 0.99])
def test_the_eigenvalues_are_those_of_a_step_and_cross_one_at_the_edge(beta1):
    data = find("stability-roots").data(beta1=beta1)
    edge = data["readings"][0]
    assert np.isclose(edge, (2 + 2 * beta1) / (1 - beta1))
    larger, smaller, *_ = data["curves"]
    for s, *sizes in list(zip(data["x"], larger, smaller, strict=True))[::40]:
        step = [[1 - (1 - beta1) * s, -beta1], [(1 - beta1) * s, beta1]]
        assert np.allclose(sizes, sorted(np.abs(np.linalg.eigvals(step)))[::-1], rtol=1e-7)
        assert (sizes[0] < 1) == (s < edge)


@pytest.mark.parametrize(
    ("tau", "growth", "start"), [(100, 0.11, 0), (1e3, 0.05, 1), (1e4, 0.11, 1)]
)
def test_a_weight_reaches_what_the_wall_figure_says(tau, growth, start):
    data = find("wall-reach").data(tau=tau, growth=growth, start=start)
    optimizer = Optimizer("adamw", lr=1 / tau, weight_decay=1.0, eps=0.0)
    x, state = np.full(1, -float(start)), optimizer.init(np.zeros(1))
    steps = int(np.log(10.0**8) / np.log(1 + growth))
    for k in range(steps):
        x, state = optimizer.step(20_000 + k, np.array([(1 + growth) ** k]), x, state)
    high = data["curves"][0][8]
    # What the weight gets while the averages fill up is all that the figure leaves out.
    assert high * 0.97 - 0.03 < -x[0] <= high + 1e-9
    assert data["curves"][1].max() <= 0.1 / np.sqrt(0.001 * (1 - 0.81 / 0.999)) + 1e-9


@pytest.mark.parametrize("name", RACES)
def test_a_race_starts_at_the_start_and_goes_by_its_rates(name):
    figure = find(name)
    problem = figure.problem_at({dial.name: dial.start for dial in figure.dials})
    start = [problem.start[0] + 0.1, problem.start[1] - 0.1]
    for entry in figure.data(start=start)["entries"]:
        assert entry["x"][0].tolist() == start
        assert len(entry["x"]) == len(entry["f"]) == len(entry["rate"]) + 1
        assert np.array_equal(entry["f"], problem.value(entry["x"]))
        moved = np.linalg.norm(np.diff(entry["x"], axis=0), axis=1)
        slope = np.linalg.norm(problem.grad(entry["x"][:-1]), axis=1)
        assert np.allclose(entry["rate"] * slope, moved, rtol=1e-9)


# Where its runs are ragged the ends hang on the last bit, and are not compared.
CALM = {
    "front-map": ([0, 40, 60], [10, 40, 50]),
    "memory-map": ([30, 35, 40], [10, 20, 30]),
}


@pytest.mark.parametrize("name", [name for name in RACES if find(name).map])
def test_a_map_holds_the_ends_of_its_runs(name):
    figure, (rows, columns) = find(name), CALM[name]
    across, upward = figure.map
    stops = {dial.name: dial.stops for dial in figure.dials}
    whole = figure.last(rows, columns)
    for i, row in enumerate(rows):
        for k, column in enumerate(columns):
            chosen = {across: stops[across][column], upward: stops[upward][row]}
            run = figure.data(**chosen)["entries"][0]
            assert np.isclose(whole[i, k], run["f"][-1], rtol=1e-6)


@pytest.mark.parametrize(("condition", "turn", "scale"), [(30, 0, 1.0), (3, 30, 0.1)])
def test_the_bowl_is_the_quadratic_of_the_book_times_its_scale(condition, turn, scale):
    shaped = find("scale-and-rotation").problem_at(
        {"condition": condition, "turn": turn, "scale": scale}
    )
    given = problems.quadratic(condition, np.deg2rad(turn))
    x = np.random.default_rng(2).standard_normal((5, 2))
    assert np.allclose(shaped.value(x), scale * given.value(x))
    assert np.allclose(shaped.grad(x), scale * given.grad(x))


def test_adaptive_rules_do_not_see_scale_nor_steepness_along_the_axes_but_a_turn():
    def ends(**given):
        runs = find("scale-and-rotation").data(**given)["entries"]
        return np.array([run["x"][-1] for run in runs])

    assert np.allclose(ends(scale=0.01)[1:], ends()[1:], atol=1e-6)
    assert np.allclose(ends(condition=3)[1:], ends()[1:], atol=1e-6)
    assert np.linalg.norm(ends(scale=0.01)[0] - ends()[0]) > 0.1
    assert np.linalg.norm(ends(turn=30)[1]) > 100 * np.linalg.norm(ends()[1])


def test_every_figure_is_printed():
    text = library()
    assert all(f'"{name}": {{kind: ' in text for name in FIGURES)


@pytest.mark.parametrize(("t0", "beta1", "beta2"), [(1e6, 0.9, 0.999), (100.0, 0.8, 0.99)])
def test_a_step_after_a_restart_is_what_the_rule_does(t0, beta1, beta2):
    data = find("restart").data(t0=t0, beta1=beta1, beta2=beta2)
    optimizer = Optimizer("adam", lr=1.0, beta1=beta1, beta2=beta2, eps=0.0)
    whole = {"m": np.full(1, 1 - beta1**t0), "v": np.full(1, 1 - beta2**t0)}
    cases = (optimizer.init(np.zeros(1)), int(t0)), (whole, 0)
    for (state, before), shown in zip(cases, data["curves"], strict=False):
        x, u = np.zeros(1), []
        for k in range(1, 41):
            new, state = optimizer.step(before + k, np.ones(1), x, state)
            u.append(x[0] - new[0])
            x = new
        early = [int(k) for k in data["x"] if k <= 40]
        np.testing.assert_allclose(shown[: len(early)], np.array(u)[np.array(early) - 1], rtol=1e-9)


@pytest.mark.parametrize(("eps", "t"), [(1e-7, 1), (1e-3, 20)])
def test_epsilon_stands_where_the_rules_have_it(eps, t):
    data = find("epsilon-places").data(eps=eps, t=t)
    sizes = np.array(data["x"])
    for rule, shown in zip(("adam", "eps_hat_adam"), data["curves"], strict=False):
        optimizer = Optimizer(rule, lr=1.0, eps=eps)
        x, state = np.zeros_like(sizes), optimizer.init(sizes)
        for step in range(1, t + 1):
            before, (x, state) = x, optimizer.step(step, sizes, x, state)
        np.testing.assert_allclose(shown, before - x, rtol=1e-7)
    np.testing.assert_allclose(data["curves"][2], sizes / np.sqrt(sizes**2 + eps), rtol=1e-9)
