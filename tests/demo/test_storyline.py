"""What the scenes say one will see is in the figures, computed here from what is delivered."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import polars as pl
import pytest

from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.demo import deliveries, storyline
from targetwatch.demo.bodies import last_day
from targetwatch.demo.storyline import APRIL, BA_VI, FEBRUARY, MARCH, MAY, ME_LINH, SCENES, THUONG_TIN
from targetwatch.evaluation.trajectory import required
from targetwatch.model import MILLION, Programme, TargetVersion

from .conftest import CATALOGUE, SCALE, SEED

POINT = Fraction(1, 100)


@pytest.fixture(scope="module", params=[SEED, 7])
def story(hanoi: Programme, told: deliveries.Sample, request: pytest.FixtureRequest) -> deliveries.Sample:
    """The demo's own sample and one of another seed: the story must not hang on luck."""
    return told if request.param == SEED else deliveries.sample(hanoi, CATALOGUE, request.param, SCALE)


def target(hanoi: Programme, tier: str) -> TargetVersion:
    """The pooled target of dossiers processed online for a tier."""
    return next(t for t in hanoi.targets if t.metric == "dossiers_processed_online" and t.tier == tier)


def received(story: deliveries.Sample, tier: str, month: date) -> pl.DataFrame:
    """The dossiers of a tier received in a month."""
    delivered = story.months.get(month, story.history)
    return delivered.filter(pl.col("tier") == tier, pl.col("received_on").is_between(month, last_day(month)))


def lead(
    hanoi: Programme, story: deliveries.Sample, tier: str, month: date, *, without: Iterable[str] = ()
) -> Fraction:
    """How far a tier's pooled share lies over what is required of it, without the bodies of some districts."""
    frame = received(story, tier, month).filter(~pl.col("district").fill_null("").is_in(list(without)))
    online = int((frame["channel"] == "online").sum())
    return Fraction(online, len(frame)) - needed(hanoi, tier, month)


def extremes(
    hanoi: Programme, story: deliveries.Sample, tier: str, month: date, district: str
) -> tuple[Fraction, Fraction]:
    """The lead at worst and at best, were nothing or everything of a missing district online."""
    frame = received(story, tier, month)
    missing = frame.filter(pl.col("district") == district)
    online = int((frame.filter(pl.col("district") != district)["channel"] == "online").sum())
    path = needed(hanoi, tier, month)
    return Fraction(online, len(frame)) - path, Fraction(online + len(missing), len(frame)) - path


def needed(hanoi: Programme, tier: str, month: date) -> Fraction:
    """What the catalogue requires of a tier at the end of a month."""
    value = required(target(hanoi, tier), last_day(month))
    assert value is not None
    return Fraction(value, MILLION)


def test_the_paths_are_the_catalogues(hanoi: Programme) -> None:
    """The plan's paths are those of the shipped targets, so that a lead in points means what it says."""
    for tier, plan in storyline.PLANS.items():
        of_tier = target(hanoi, tier)
        baseline = of_tier.trajectory.baseline
        assert baseline is not None
        assert (plan.path.start, plan.path.end) == (baseline.on, of_tier.due)
        assert plan.path.share_at_start * 10_000 == baseline.value
        assert plan.path.share_at_end * 10_000 == of_tier.value


def test_the_departments_are_short_in_february_and_recover_in_march(hanoi: Programme, story: deliveries.Sample) -> None:
    """The city tier is clearly short in February and over its margin from March on."""
    assert lead(hanoi, story, "city", FEBRUARY) < -POINT / 2
    for month in (MARCH, APRIL, MAY):
        assert lead(hanoi, story, "city", month) > POINT * 3 / 2


def test_the_districts_are_well_on_track_in_february_and_fall_behind_in_march(
    hanoi: Programme, story: deliveries.Sample
) -> None:
    """The district tier is over its margin in February and clearly short in March."""
    assert lead(hanoi, story, "district", FEBRUARY) > POINT * 5 / 4
    assert lead(hanoi, story, "district", MARCH) < -POINT


def test_ba_vi_adds_most_to_the_gap_of_march(hanoi: Programme, told: deliveries.Sample) -> None:
    """In the demo's own sample no district is short by more dossiers than Huyện Ba Vì."""
    path = needed(hanoi, "district", MARCH)
    by_unit = (
        received(told, "district", MARCH)
        .group_by("org_unit")
        .agg(online=(pl.col("channel") == "online").sum(), n=pl.len())
    )
    short = {unit: path * n - online for unit, online, n in by_unit.iter_rows()}
    assert max(short, key=lambda unit: short[unit]) == BA_VI


def test_april_is_worse_and_certain_without_the_refused_file(hanoi: Programme, story: deliveries.Sample) -> None:
    """April's district tier is shorter than March's, and short even if all of the refused district were online."""
    assert lead(hanoi, story, "district", APRIL) < lead(hanoi, story, "district", MARCH) - POINT
    _, at_best = extremes(hanoi, story, "district", APRIL, THUONG_TIN)
    assert at_best < -POINT / 2


def test_may_is_better_than_april_and_short_whatever_the_silent_district_would_say(
    hanoi: Programme, story: deliveries.Sample
) -> None:
    """May's district tier recovers a little and is short even if all of the silent district were online."""
    assert lead(hanoi, story, "district", MAY, without=[ME_LINH]) > lead(hanoi, story, "district", APRIL) + POINT / 4
    _, at_best = extremes(hanoi, story, "district", MAY, ME_LINH)
    assert at_best < -POINT / 2


def test_the_communes_are_inside_their_margin_until_one_districts_silence_decides(
    hanoi: Programme, story: deliveries.Sample
) -> None:
    """From February to April the commune tier is within its warning margin; in May the missing communes decide."""
    for month in (FEBRUARY, MARCH, APRIL):
        assert POINT / 4 < lead(hanoi, story, "commune", month) < POINT * 3 / 4
    at_worst, at_best = extremes(hanoi, story, "commune", MAY, ME_LINH)
    assert at_worst < 0 < at_best


def test_every_month_is_delivered_after_its_end_and_before_its_deadline(hanoi: Programme) -> None:
    """A month's files come in time; only the last scene lies after the deadline, that for May."""
    deadline = hanoi.sources["procedures"].deadline
    assert deadline is not None
    calendar = WorkingCalendar(hanoi.calendar, hanoi.time_zone)
    for scene in SCENES:
        for sent in scene.sent:
            if isinstance(sent, storyline.MonthOfDossiers | storyline.CorrectedFile):
                assert last_day(sent.month) < scene.at.date()
                assert scene.at < calendar.deadline(last_day(sent.month), deadline)
    assert calendar.deadline(last_day(MAY), deadline) < SCENES[-1].at


def test_scenes_move_forward_in_2025() -> None:
    """The clock never goes back, and the first scene follows the opening."""
    moments = [storyline.OPENING, *(scene.at for scene in SCENES)]
    assert moments == sorted(set(moments))
    assert {moment.year for moment in moments} == {2025}


def test_the_made_up_ranking_leaves_no_year_late(hanoi: Programme) -> None:
    """Every year whose ranking was due before the story ends is in the ranking, so that nothing is late but Mê Linh."""
    deadline = hanoi.sources["rankings"].deadline
    assert deadline is not None
    calendar = WorkingCalendar(hanoi.calendar, hanoi.time_zone)
    years = {year for year, _, _ in storyline.RANKINGS.places}
    due = {year for year in range(2020, 2025) if calendar.deadline(date(year, 12, 31), deadline) < SCENES[-1].at}
    assert due == years
