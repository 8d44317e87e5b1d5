"""The synthetic dossiers: seeded, complete, of units that existed, and plausible."""

from datetime import date

import polars as pl
import pytest

from targetwatch.demo import bodies, dossiers, storyline
from targetwatch.model import Programme

MONTHS = bodies.months_between(storyline.FIRST_MONTH, storyline.LAST_MONTH)
ONLINE = (pl.col("channel") == "online").mean() * 100


@pytest.fixture(scope="module")
def every(hanoi: Programme) -> pl.DataFrame:
    """All dossiers with how they end."""
    return dossiers.make(hanoi, storyline.PLANS, MONTHS, 2025, 0.1)


def test_the_same_seed_makes_the_same_dossiers(hanoi: Programme, every: pl.DataFrame) -> None:
    """Two samples of one seed are equal, and those of two seeds are not."""
    assert every.equals(dossiers.make(hanoi, storyline.PLANS, MONTHS, 2025, 0.1))
    assert not every.equals(dossiers.make(hanoi, storyline.PLANS, MONTHS, 2026, 0.1))


def test_the_columns_are_the_sources_and_one_that_it_does_not_name(hanoi: Programme, every: pl.DataFrame) -> None:
    """Every column of the source is there under the name it is delivered under; applicant_phone is the one too many."""
    named = [column.delivered_as for column in hanoi.sources["procedures"].columns]
    assert sorted(set(every.columns) - {"district"}) == sorted([*named, "applicant_phone"])
    assert every["applicant_phone"].str.contains(r"^0000\d{6}$").all()


def test_four_years_of_dossiers_come_to_over_a_million(hanoi: Programme) -> None:
    """At its usual size the sample has between 1.2 and 1.5 million dossiers over 48 months."""
    work = bodies.workload(hanoi, storyline.PLANS, MONTHS, 2025, 1.0)
    assert len(MONTHS) == 48
    assert 1_200_000 < work.dossiers.sum() < 1_500_000


def test_every_body_of_a_month_receives_something_in_it(hanoi: Programme, every: pl.DataFrame) -> None:
    """The units with dossiers in a month are exactly those of the reporting levels that were valid all month."""
    found = every.group_by(month=pl.col("received_on").dt.month_start()).agg(pl.col("org_unit").unique())
    assert len(found) == len(MONTHS)
    for month, units in found.iter_rows():
        due = {
            unit.key.code
            for unit in hanoi.org_units
            if unit.level in bodies.LEVEL_OF_TIER.values()
            and unit.is_valid_on(month)
            and unit.is_valid_on(bodies.last_day(month))
        }
        assert set(units) == due


def test_a_dossiers_tier_is_that_of_its_unit(hanoi: Programme, every: pl.DataFrame) -> None:
    """Departments handle the city tier, districts the district tier, communes the commune tier."""
    level = {unit.key.code: unit.level for unit in hanoi.org_units if unit.key.valid_from < date(2025, 7, 1)}
    pairs = every.select("org_unit", "tier").unique()
    assert all(bodies.LEVEL_OF_TIER[tier] == level[code] for code, tier in pairs.iter_rows())


@pytest.mark.parametrize("tier", ["city", "district", "commune"])
def test_each_tier_follows_its_plan_to_within_one_dossier(every: pl.DataFrame, tier: str) -> None:
    """In each month the tier's pooled share online is what the plan says, a dossier more or less."""
    months = (
        every.filter(pl.col("tier") == tier)
        .group_by(month=pl.col("received_on").dt.month_start())
        .agg(online=(pl.col("channel") == "online").sum(), received=pl.len())
    )
    for month, online, received in months.iter_rows():
        assert abs(online - storyline.PLANS[tier].share(month) / 100 * received) < 1.5, month


def test_about_one_dossier_in_twenty_is_late(every: pl.DataFrame) -> None:
    """The share finished on time is near 95 % in every tier, and no dossier is finished before it was received."""
    late = every.group_by("tier").agg(late=(pl.col("finished_on") > pl.col("due_on")).mean())
    assert late["late"].is_between(0.04, 0.06).all()
    assert (every["finished_on"] >= every["received_on"]).all()
    assert (every["due_on"] > every["received_on"]).all()


def test_the_desk_is_closed_at_weekends_and_at_tet(every: pl.DataFrame) -> None:
    """Only online dossiers come in on a Sunday or on the first day of the lunar year; nothing is due on such a day."""
    closed = (pl.col("received_on").dt.weekday() == 7) | (pl.col("received_on") == date(2025, 1, 29))
    assert every.filter(closed)["channel"].unique().to_list() == ["online"]
    assert every.filter(pl.col("due_on").dt.weekday() >= 6).is_empty()


def test_a_dossier_finished_later_is_open_until_then(every: pl.DataFrame) -> None:
    """As known on a day nothing later is in it: neither a receipt, nor a result, nor a rating of one."""
    day = date(2025, 2, 28)
    known = dossiers.as_known_on(every, day)
    assert known["received_on"].max() <= day
    assert known["finished_on"].max() <= day
    still_open = known.filter(pl.col("finished_on").is_null())
    assert 0 < len(still_open) < 0.02 * len(known)
    assert still_open["satisfaction"].null_count() == len(still_open)


def test_every_dossier_that_was_open_is_delivered_again_when_it_is_finished(every: pl.DataFrame) -> None:
    """History and the monthly deliveries, the newest version of each dossier, come to what is known at the end."""
    day = date(2025, 5, 31)
    delivered = pl.concat(
        [dossiers.as_known_on(every, date(2025, 2, 28)), *(dossiers.of_month(every, month) for month in MONTHS[-3:])]
    )
    newest = delivered.unique("dossier_id", keep="last").sort("dossier_id")
    assert newest.equals(dossiers.as_known_on(every, day).sort("dossier_id"))


def test_a_dissolved_commune_leaves_nothing_open(hanoi: Programme, every: pl.DataFrame) -> None:
    """No monthly delivery of 2025 speaks of a commune that ended with 2024."""
    gone = {u.key.code for u in hanoi.org_units if u.valid_to == date(2024, 12, 31)}
    gone -= {u.key.code for u in hanoi.org_units if u.key.valid_from == date(2025, 1, 1)}
    assert gone
    for month in MONTHS[-3:]:
        assert not gone & set(dossiers.of_month(every, month)["org_unit"])
