"""The figures show what they are given: level lines from the minimum up, paths to their end."""

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest

from optlib import RULES, Optimizer, minimize, problems
from optlib.book import figures

mpl.use("Agg")


@pytest.fixture
def axes():
    from matplotlib.figure import Figure

    return Figure().subplots()


def levels(axes):
    """The levels of the filled areas and of the lines."""
    return [np.asarray(c.levels) for c in axes.collections if hasattr(c, "levels")]


@pytest.mark.parametrize("make", [problems.rosenbrock, problems.himmelblau, problems.rastrigin])
@pytest.mark.parametrize("count", [5, 14])
def test_level_lines_rise_from_the_minimum_to_the_highest_point(axes, make, count):
    problem = make()
    figures.contours(axes, problem, levels=count, points=60)
    areas, lines = levels(axes)
    assert lines.size == count and np.array_equal(areas, [0, *lines])
    assert lines[0] > 0 and np.all(np.diff(lines, 2) > 0)
    (left, right), (bottom, top) = problem.window
    grid = np.meshgrid(np.linspace(left, right, 60), np.linspace(bottom, top, 60))
    values = problem.value(np.stack(grid, axis=-1))
    lowest = min(problem.value(m) for m in problem.minima)
    assert lines[-1] ** 2 == pytest.approx(values.max() - lowest)
    assert axes.get_xlim() == (left, right) and axes.get_ylim() == (bottom, top)


def test_high_ground_is_dark_but_not_black(axes):
    figures.contours(axes, problems.beale(), points=40)
    areas = next(c for c in axes.collections if hasattr(c, "levels"))
    assert areas.levels[-1] < areas.get_clim()[1] < 2 * areas.levels[-1]


def test_every_minimum_is_a_star(axes):
    problem = problems.himmelblau()
    figures.contours(axes, problem, points=40)
    stars = [line.get_xydata()[0] for line in axes.lines if line.get_marker() == "*"]
    np.testing.assert_array_equal(stars, problem.minima)


def test_a_problem_without_a_known_minimum_starts_at_its_lowest_point(axes):
    problem = replace(problems.beale(), minima=())
    figures.contours(axes, problem, points=40)
    assert levels(axes)[0][0] == 0 and not axes.lines


def test_what_lies_below_the_known_minima_is_as_low_as_they_are(axes):
    """A minimum is known to some digits only, and a point of the grid may be lower."""
    problem = replace(problems.beale(), minima=(np.zeros(2),))
    figures.contours(axes, problem, points=40)
    assert all(np.isfinite(level).all() and level[0] >= 0 for level in levels(axes))
    grid = np.stack(np.meshgrid(*(np.linspace(*side, 40) for side in problem.window)), axis=-1)
    highest = problem.value(grid).max() - problem.value(np.zeros(2))
    assert levels(axes)[1][-1] ** 2 == pytest.approx(highest)


@pytest.mark.parametrize("order", [1, -1])
def test_of_minima_of_different_heights_the_lowest_is_where_the_lines_begin(axes, order):
    problem = problems.beale()
    higher = replace(problem, minima=(*problem.minima, np.zeros(2))[::order])
    for given in (problem, higher):
        figures.contours(axes, given, points=40)
    _, alone, _, beside = levels(axes)
    assert np.array_equal(alone, beside)


def test_the_axes_are_named_and_no_grid_is_drawn_over_the_lines(axes):
    axes.grid(True)
    figures.contours(axes, problems.beale(), points=40)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$x_1$", "$x_2$")
    assert not any(line.get_visible() for line in axes.get_xgridlines() + axes.get_ygridlines())


def test_a_path_runs_over_the_level_lines_below_stars_and_stars_below_its_ends(axes):
    problem = problems.himmelblau()
    figures.contours(axes, problem, points=40)
    figures.path(axes, minimize(Optimizer("adam", lr=0.1), problem, steps=3), "adam")
    *stars, whole, first, last = (line.get_zorder() for line in axes.lines)
    ground = max(drawn.get_zorder() for drawn in axes.collections)
    assert ground < whole < min(stars) <= max(stars) < min(first, last)


def test_a_problem_without_a_window_is_refused(axes):
    with pytest.raises(ValueError, match="no window to draw"):
        figures.contours(axes, replace(problems.beale(), window=None))


def test_a_path_goes_from_its_first_to_its_last_point_in_the_colour_of_its_rule(axes):
    run = minimize(Optimizer("adam", lr=0.1), problems.rosenbrock(), steps=7)
    figures.path(axes, run, "adam")
    whole, first, last = axes.lines
    np.testing.assert_array_equal(whole.get_xydata(), run.x)
    np.testing.assert_array_equal(first.get_xydata()[0], run.x[0])
    np.testing.assert_array_equal(last.get_xydata()[0], run.x[-1])
    assert whole.get_color() == last.get_color() == figures.LINES["adam"]["color"]
    assert whole.get_label() == "adam"
    figures.path(axes, run, "adam", label="mine")
    assert axes.lines[3].get_label() == "mine"


def test_every_line_is_that_of_a_rule_and_no_two_look_alike():
    assert set(figures.LINES) <= set(RULES)
    looks = [tuple(sorted(look.items())) for look in figures.LINES.values()]
    assert len(set(looks)) == len(looks)
    assert {look["color"] for look in figures.LINES.values()} >= set(figures.CYCLE)


def test_the_style_is_set_for_all_figures():
    with mpl.rc_context():
        figures.style()
        assert list(mpl.rcParams["axes.prop_cycle"].by_key()["color"]) == figures.CYCLE
        assert mpl.rcParams["figure.constrained_layout.use"] and mpl.rcParams["axes.grid"]
        assert not (mpl.rcParams["axes.spines.top"] or mpl.rcParams["axes.spines.right"])
        assert not mpl.rcParams["legend.frameon"]
        assert mpl.rcParams["axes.titlesize"] == mpl.rcParams["font.size"]
