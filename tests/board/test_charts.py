"""Where things are drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from targetwatch.board import charts
from targetwatch.board.read_model import ReadModel
from targetwatch.board.standing import Bounds, Standing
from targetwatch.evaluation.trajectory import required
from targetwatch.model import MetricKind
from tests.board.worlds import NOW

TODAY = NOW.date()
WINDOW = charts.Window.until(TODAY)


@pytest.fixture
def standing(model: ReadModel) -> Standing:
    """A target that is behind, with one unit missing."""
    return model.standings("districts_online")[0]


def test_a_bar_is_as_long_as_the_value_and_short_to_what_is_needed(standing: Standing) -> None:
    """70 % of the track is filled, up to what is certain; the tick is at 73.3 %, the diamond at 80 %."""
    drawn = charts.bullet(replace(standing, bounds=None))
    assert drawn.track == 208
    assert drawn.bar == pytest.approx(0.7 * 208, abs=0.1)
    assert drawn.needed == pytest.approx(0.732621 * 208, abs=0.1)
    assert drawn.finals == (pytest.approx(0.8 * 208, abs=0.1),)
    assert drawn.short == (drawn.bar, pytest.approx(0.032621 * 208, abs=0.2))
    assert (drawn.is_old, drawn.dot, drawn.unknown) == (False, None, None)


def test_what_the_missing_could_make_of_it_is_hatched(standing: Standing) -> None:
    """From none to all of theirs; the bar ends where it is certain, and a dot says where the value is."""
    drawn = charts.bullet(replace(standing, bounds=Bounds(1_400, 1_500, 2_100)))
    assert drawn.unknown == (pytest.approx(1_400 / 2_100 * 208, abs=0.1), pytest.approx(100 / 2_100 * 208, abs=0.2))
    assert drawn.bar == drawn.unknown[0]
    assert drawn.dot == pytest.approx(0.7 * 208, abs=0.1)


def test_nothing_is_drawn_short_where_the_missing_decide(model: ReadModel) -> None:
    """What cannot be said is not coloured as a gap."""
    drawn = charts.bullet(model.standings("communes_online")[0])
    assert drawn.short is None
    assert drawn.unknown is not None


def test_further_right_is_better_where_lower_is(model: ReadModel) -> None:
    """A rank is a place on the track and no bar; rank 5 is to the right of rank 7, and what is needed to the left."""
    drawn = charts.bullet(model.standings("ranking")[0])
    assert drawn.bar is None
    assert drawn.dot is not None
    assert drawn.needed is not None
    assert drawn.needed < drawn.dot < drawn.finals[0] < drawn.track


def test_an_old_value_is_hatched_and_no_value_draws_no_bar(model: ReadModel) -> None:
    """The last that is known is drawn as old; where nothing ever was, only the target is."""
    stale = charts.bullet(model.standings("stale_one")[0])
    assert (stale.is_old, stale.bar, stale.short) == (True, pytest.approx(0.9 * 208, abs=0.1), None)
    nothing = charts.bullet(model.standings("broadband_communes")[0])
    assert (nothing.bar, nothing.needed, nothing.finals) == (None, None, (208.0,))


def test_a_change_below_zero_has_a_place_on_the_track(standing: Standing) -> None:
    """The track begins at the lowest number shown; nothing is filled up to a fall of three percentage points."""
    growth = replace(standing.figures.measure, kind=MetricKind.LEVEL, unit_of_measure="percentage_points")
    fallen = replace(standing.figures, measure=growth, numerator=-3, denominator=100, required=0, final=50_000)
    drawn = charts.bullet(replace(standing, bounds=None, figures=fallen))
    assert (drawn.bar, drawn.dot) == (None, 0.0)
    assert drawn.needed == pytest.approx(3 / 9.25 * 208, abs=0.1)
    assert drawn.finals == (pytest.approx(8 / 9.25 * 208, abs=0.1),)


def test_values_beyond_the_target_fit(standing: Standing) -> None:
    """More than all, as bad data may have it, stays on the track."""
    drawn = charts.bullet(replace(standing, bounds=None, figures=replace(standing.figures, numerator=3_000)))
    assert drawn.bar == drawn.track


def test_a_line_shows_the_values_of_the_window_beside_the_path(standing: Standing) -> None:
    """Ten months, the newest at the right; the path begins where the target came into force."""
    drawn = charts.line(standing, WINDOW)
    assert drawn is not None
    assert len(drawn.values) == 10
    assert drawn.last == drawn.values[-1]
    assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in drawn.values)
    (path,) = drawn.path
    assert len(path) == 47  # the ends of July 2021 to May 2025
    assert path[0][1] > path[-1][1]
    assert [year for _, year in drawn.marks] == ["2022", "2023", "2024", "2025"]


def test_the_path_that_is_drawn_is_the_one_that_is_judged(standing: Standing) -> None:
    """What the trajectory rule requires on the judged period's last day is what the assessment was held against."""
    assert standing.period is not None
    assert required(standing.target, standing.period.last_day) == standing.figures.required == 732_621


def test_a_path_without_a_declared_baseline_begins_at_the_first_value(standing: Standing) -> None:
    """Under a pooled target it is the target's own first value, and not the unit's."""
    target = replace(standing.target, trajectory=replace(standing.target.trajectory, baseline=None))
    unit = replace(standing, target=target, series=())
    lines = charts.line(replace(standing, target=target), WINDOW)
    assert lines is not None
    assert lines.path
    assert charts.line(unit, WINDOW, baseline=standing.series) is None  # nothing of its own to draw
    own = replace(unit, series=standing.series)
    assert charts.line(own, WINDOW, baseline=standing.series) == lines


def test_where_nothing_was_observed_no_line_is_drawn(model: ReadModel) -> None:
    """Nor where all of it is older than the window."""
    assert charts.line(model.standings("broadband_communes")[0], WINDOW) is None
    old = model.standings("stale_one")[0]
    assert charts.line(old, WINDOW) is not None
    assert charts.line(old, charts.Window(date(2024, 1, 1), TODAY)) is None


def test_labels_stand_apart(standing: Standing) -> None:
    """The value and what is needed can be read even where they nearly meet, and the better one is above."""
    drawn = charts.line(standing, WINDOW, 760, 190)
    assert drawn is not None
    value, needed = charts.labels(drawn, "70,0%", "cần 73,3%")
    assert (value.text, value.is_value, needed.text) == ("70,0%", True, "cần 73,3%")
    assert value.y - needed.y >= charts.LINE_APART
    assert len(charts.labels(drawn, "70,0%", "")) == 1
    near = replace(drawn, path=(((0.0, 1.0), drawn.values[-1]),))
    one, other = charts.labels(near, "70,0%", "cần 70,0%")
    assert abs(one.y - other.y) >= charts.LINE_APART


def test_the_window_is_four_years_up_to_today() -> None:
    """From the first of the month."""
    assert charts.Window.until(date(2025, 6, 14)) == charts.Window(date(2021, 6, 1), date(2025, 6, 14))
    assert charts.Window.until(date(2025, 1, 31)).first == date(2021, 1, 1)
    assert Fraction(charts.Window(date(2025, 1, 1), date(2025, 1, 3)).share(date(2025, 1, 2))) == Fraction(1, 2)
