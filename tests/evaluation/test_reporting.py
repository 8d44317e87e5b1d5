"""Reporting rates: of the reports that were due those that came, and those that came in time, as DHIS2 has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import polars as pl
import pytest

from targetwatch.checks.judgement import judge
from targetwatch.evaluation import assess, by_source, counted, decide_status, due, news, roll_up
from targetwatch.model import (
    Assessment,
    Comparison,
    Origin,
    PeriodState,
    Programme,
    Reason,
    Reporters,
    Reports,
    Scope,
    Selector,
    Status,
    UnitEnding,
)

from .worlds import (
    DISTRICTS,
    HOLD,
    MARCH,
    SUITE,
    THREE,
    World,
    codes,
    hanoi,
    metric,
    programme,
    source,
    target,
    unit,
    weekdays_after,
)

RECEIVED = metric("received", sql=None, reports=Reports.RECEIVED)
IN_TIME = metric("in_time", sql=None, reports=Reports.IN_TIME)
RATES = (metric(), RECEIVED, IN_TIME)
EARLY, DEADLINE, LATE = hanoi(date(2025, 4, 5)), hanoi(date(2025, 4, 14), 17), hanoi(date(2025, 4, 20))
AFTERWARDS = hanoi(date(2025, 4, 25))


def rate_targets(value: int = 900_000, **changes: object) -> list:
    """A target that always holds on each rate of the districts, all of them together."""
    return [
        target(f"{one.id}_district", metric=one.id, value=value, trajectory=HOLD, due=None, warning_margin=0, **changes)
        for one in (RECEIVED, IN_TIME)
    ]


def world(units=THREE, first_day: date = MARCH, sources=(), targets=None, **changes: object) -> World:
    """Districts that owe their dossiers, whose reports are counted."""
    its = targets if targets is not None else rate_targets(**changes)
    return World(programme(its, metrics=RATES, units=units, sources=sources), first_day=first_day)


def known(it: World, as_of) -> pl.DataFrame:
    """BODIES of the rates at a moment: the newest version of each."""
    key = ["metric", "tier", "org_unit", "org_unit_valid_from", "period_start"]
    return counted(it.programme, it.due(as_of), as_of).unique(subset=key, keep="last", maintain_order=True)


def rolled(it: World, as_of) -> pl.DataFrame:
    """ROLLED of the rates at a moment."""
    found = roll_up(it.programme, known(it, as_of), it.due(as_of), as_of)
    return found.filter(pl.col("metric") != "online")


def assessed(it: World, as_of, unit_code: str = "01") -> dict[str, Assessment]:
    """What is assessed of a unit at a moment, by metric."""
    frame = assess(it.programme, rolled(it, as_of), it.due(as_of), as_of)
    judgement = judge(frame, SUITE)
    assert judgement.failures == ()
    return {one.metric: one for one in decide_status(frame, judgement.verdicts) if one.org_unit == unit_code}


def rates(it: World, as_of, code: str = "01") -> dict[str, tuple[int, int, int, int, str]]:
    """Of each rate of a unit in March: numerator, denominator, how many answered of how many, and the state."""
    rows = rolled(it, as_of).filter(pl.col("org_unit") == code, pl.col("period_start") == MARCH)
    wanted = ("numerator", "denominator", "bodies_reported", "bodies_due", "period_state")
    return {row["metric"]: tuple(row[name] for name in wanted) for row in rows.iter_rows(named=True)}


def test_a_reporting_rate_is_received_over_expected_and_an_on_time_rate_by_the_deadline() -> None:
    """Of thirty districts 27 report in time, one late and two never: 28 of 30 were received, 27 of 30 in time."""
    it = world(DISTRICTS)
    it.tell(codes(1, 27), MARCH, 9, 10, EARLY)
    it.tell(["028"], MARCH, 9, 10, LATE)
    assert rates(it, AFTERWARDS) == {"received": (28, 30, 30, 30, "complete"), "in_time": (27, 30, 30, 30, "complete")}


def test_before_the_deadline_nobody_is_known_to_be_missing() -> None:
    """Two of three are in: 2 of 2, provisional; at the deadline the third is missing: 2 of 3, nothing left open."""
    it = world()
    it.tell(codes(1, 2), MARCH, 9, 10, EARLY)
    before, at = DEADLINE - timedelta(seconds=1), DEADLINE
    assert rates(it, before)["received"] == (2, 2, 2, 3, PeriodState.PROVISIONAL)
    assert rates(it, at)["received"] == (2, 3, 3, 3, PeriodState.COMPLETE)
    assert known(it, before).height == 4
    assert known(it, at).filter(pl.col("org_unit") == "003")["known_at"].to_list() == [DEADLINE, DEADLINE]


def test_before_the_first_report_there_is_nothing_and_at_the_deadline_nought() -> None:
    """Where nobody reports at all, there is no rate until the deadline has passed, and 0 of 3 from then on."""
    it = world()
    assert rates(it, EARLY) == {}
    assert rates(it, DEADLINE) == dict.fromkeys(("received", "in_time"), (0, 3, 3, 3, "complete"))
    assert assessed(it, EARLY)["received"].status is Status.NO_DATA
    assert assessed(it, DEADLINE)["received"].status is Status.BEHIND


def test_what_comes_late_restates_the_rate_when_it_comes_and_never_the_one_in_time() -> None:
    """The third district delivers six days late: the reporting rate is 3 of 3 from that moment, the other 2 of 3."""
    it = world()
    it.tell(codes(1, 2), MARCH, 9, 10, EARLY)
    it.tell(["003"], MARCH, 9, 10, LATE)
    moments = (DEADLINE, LATE - timedelta(seconds=1), LATE, AFTERWARDS)
    assert [rates(it, moment)["received"][:2] for moment in moments] == [(2, 3), (2, 3), (3, 3), (3, 3)]
    assert [rates(it, moment)["in_time"][:2] for moment in moments] == [(2, 3)] * 4
    versions = counted(it.programme, it.due(AFTERWARDS), AFTERWARDS).filter(pl.col("org_unit") == "003")
    assert versions.select("metric", "numerator", "known_at").sort("metric", "known_at").rows() == [
        ("in_time", 0, DEADLINE),
        ("received", 0, DEADLINE),
        ("received", 1, LATE),
    ]


def test_a_report_at_the_very_deadline_is_in_time() -> None:
    """At 17:00:00 a report is in time, a second later it is not."""
    it = world()
    it.tell(["001"], MARCH, 9, 10, DEADLINE)
    it.tell(["002"], MARCH, 9, 10, DEADLINE + timedelta(seconds=1))
    assert {name: found[:2] for name, found in rates(it, AFTERWARDS).items()} == {"received": (2, 3), "in_time": (1, 3)}


def test_missing_is_what_it_is_about_and_never_what_it_lacks() -> None:
    """However reports arrive, after the deadline all have answered: none is missing, and no status is incomplete."""
    random = Random(7)
    for _ in range(20):
        it = world(units=DISTRICTS[:8], value=random.choice([300_000, 600_000, 1_000_000]))
        for code in codes(1, 8):
            if random.random() < 0.7:
                it.tell([code], MARCH, 1, 1, EARLY + timedelta(days=random.randrange(25)))
        moment = DEADLINE + timedelta(days=random.randrange(20))
        rows = rolled(it, moment)
        assert (rows["bodies_reported"] == rows["bodies_due"]).all()
        assert rows["missing"].list.len().sum() == 0
        found = assessed(it, moment).values()
        assert all(one.reason is not Reason.INCOMPLETE for one in found)
        assert all(one.status in (Status.MET, Status.ON_TRACK, Status.BEHIND) for one in found)


def test_targets_on_both_rates_are_judged_exactly() -> None:
    """At 90 %, 27 of 30 reports are exactly enough, and 27 of 30 in time less one are short by one."""
    it = world(DISTRICTS)
    it.tell(codes(1, 26), MARCH, 9, 10, EARLY)
    it.tell(["027"], MARCH, 9, 10, LATE)
    found = assessed(it, AFTERWARDS)
    assert (found["received"].status, found["received"].headroom_units) == (Status.MET, 0)
    assert (found["in_time"].status, found["in_time"].headroom_units) == (Status.BEHIND, -1)
    assert found["received"].origin is Origin.COMPUTED


def test_a_unit_that_answers_by_itself_reports_or_does_not() -> None:
    """Under `each`, a district that was late has 1 of 1 received and 0 of 1 in time."""
    it = world(targets=rate_targets(scope=Scope.EACH, selector=Selector(level="district")))
    it.tell(codes(1, 2), MARCH, 9, 10, EARLY)
    it.tell(["003"], MARCH, 9, 10, LATE)
    found = assessed(it, AFTERWARDS, "003")
    assert [(found[name].numerator, found[name].denominator) for name in ("received", "in_time")] == [(1, 1), (0, 1)]
    assert [found[name].status for name in ("received", "in_time")] == [Status.MET, Status.BEHIND]


def test_a_unit_that_ended_before_the_last_day_owes_nothing() -> None:
    """A district that ended on 30 March owes no March; one that ends with the month owes it, though it is gone then."""
    units = (
        unit("001", "district", valid_to=date(2025, 3, 30)),
        unit("002", "district", valid_to=date(2025, 3, 31)),
        unit("003", "district"),
        unit("004", "district", valid_from=date(2025, 4, 1)),
    )
    it = world(units)
    it.tell(["003"], MARCH, 9, 10, EARLY)
    assert rates(it, AFTERWARDS)["received"][:2] == (1, 2)


def test_successors_do_not_answer_for_reports_that_others_owed() -> None:
    """One district follows two from April on: March is 1 of 2 by those that owed it, April 0 of 1 by the new one."""
    heir = unit("009", "district", valid_from=date(2025, 4, 1))
    old = [unit(code, "district", valid_to=date(2025, 3, 31), to={heir: Fraction(1)}) for code in ("001", "002")]
    it = world((*old, heir), when_unit_ends=UnitEnding.PASSES_ON)
    it.tell(["001"], MARCH, 9, 10, EARLY)
    moment = hanoi(date(2025, 5, 20))
    rows = rolled(it, moment).filter(pl.col("org_unit") == "01", pl.col("metric") == "received")
    assert rows.sort("period_start").select("period_start", "numerator", "denominator").rows() == [
        (MARCH, 1, 2),
        (date(2025, 4, 1), 0, 1),
    ]


def test_a_missing_report_is_one_however_many_were_merged_into_its_unit() -> None:
    """Before the deadline, of a new unit that follows two one report is missing and not two."""
    heirs = [unit(code, "district", valid_from=date(2025, 4, 1)) for code in ("008", "009")]
    old = [
        unit(code, "district", valid_to=date(2025, 3, 31), to={heirs[place]: Fraction(1)})
        for code, place in (("001", 0), ("002", 0), ("003", 1))
    ]
    it = world((*old, *heirs))
    it.tell(["001", "002", "003"], MARCH, 9, 10, EARLY)
    it.tell(["009"], date(2025, 4, 1), 9, 10, hanoi(date(2025, 5, 5)))
    moment = hanoi(date(2025, 5, 6))
    (row,) = (
        rolled(it, moment)
        .filter(pl.col("org_unit") == "01", pl.col("metric") == "received", pl.col("period_start") == date(2025, 4, 1))
        .rows(named=True)
    )
    assert (row["numerator"], row["denominator"], row["missing_denominator"]) == (1, 1, 1)


def test_tiers_are_counted_apart() -> None:
    """Communes and districts owe the same source, each tier for itself."""
    units = (*THREE, unit("101", "commune", THREE[0].key), unit("102", "commune", THREE[0].key))
    both = source(reporters=(Reporters("district", "district"), Reporters("commune", "commune")))
    it = world(units, sources=[both])
    it.tell(codes(1, 3), MARCH, 9, 10, EARLY)
    it.tell(["101"], MARCH, 9, 10, EARLY, tier="commune")
    rows = rolled(it, AFTERWARDS).filter(pl.col("org_unit") == "01", pl.col("metric") == "received")
    assert {row["tier"]: (row["numerator"], row["denominator"]) for row in rows.iter_rows(named=True)} == {
        "district": (3, 3),
        "commune": (1, 2),
    }
    assert rates(it, AFTERWARDS, "001")["received"][:2] == (1, 2)


@pytest.mark.parametrize("changes", [{"planned": True}, {"deadline": None}])
def test_what_nobody_owes_is_not_counted(changes: dict[str, object]) -> None:
    """Of a source that is only planned, or that has no deadline, no report is ever missing."""
    it = world(sources=[source(**changes)])
    it.tell(codes(1, 2), MARCH, 9, 10, EARLY)
    assert counted(it.programme, it.due(AFTERWARDS), AFTERWARDS).is_empty()


def test_who_reports_of_itself_is_counted_by_us() -> None:
    """Reports to a source whose figures are `reported` are counted all the same: that one is missing nobody reports."""
    it = world(sources=[source(origin=Origin.REPORTED)])
    it.tell(codes(1, 2), MARCH, 9, 10, EARLY, origin=Origin.REPORTED)
    assert rates(it, AFTERWARDS)["received"] == (2, 3, 3, 3, "complete")
    assert assessed(it, AFTERWARDS)["received"].origin is Origin.COMPUTED


def test_counting_again_adds_nothing() -> None:
    """What a ledger holds is no news, at the same moment or at a later one at which nothing has come."""
    it = world()
    it.tell(codes(1, 2), MARCH, 9, 10, EARLY)
    held = known(it, DEADLINE)
    for moment in (DEADLINE, LATE):
        assert news(counted(it.programme, it.due(moment), moment), held, moment).is_empty()


def test_a_pass_that_looks_late_still_knows_since_when() -> None:
    """A ledger that knows nothing gets every version with its moment; one that knows the first, the second alone."""
    it = world()
    it.tell(["003"], MARCH, 9, 10, LATE)
    found = counted(it.programme, it.due(AFTERWARDS), AFTERWARDS).filter(pl.col("metric") == "received")
    assert news(found, found.clear(), AFTERWARDS).equals(found)
    held = known(it, DEADLINE).filter(pl.col("metric") == "received")
    assert news(found, held, AFTERWARDS).select("org_unit", "numerator", "known_at").rows() == [("003", 1, LATE)]


def test_another_deadline_is_known_from_now_on() -> None:
    """Once a deadline turns out to have been earlier, a report after it is late, known since the calendar changed."""
    it = world()
    it.tell(["001"], MARCH, 9, 10, hanoi(date(2025, 4, 11)))
    held = known(it, DEADLINE)
    procedures = it.programme.sources["procedures"]
    earlier = replace(procedures, deadline=replace(procedures.deadline, working_days=5))
    it.programme = replace(it.programme, sources={"procedures": earlier})
    found = news(counted(it.programme, it.due(AFTERWARDS), AFTERWARDS), held, AFTERWARDS)
    assert found.select("metric", "org_unit", "numerator", "known_at").rows() == [("in_time", "001", 0, AFTERWARDS)]


def of_all(it: World, as_of) -> list[tuple[object, ...]]:
    """What is counted by source at a moment."""
    found = by_source(it.programme, it.due(as_of), as_of)
    return found.select("source", "tier", "period_state", "due", "reported", "in_time").rows()


def test_every_source_is_counted_once_whatever_is_measured_out_of_it() -> None:
    """By source, tier and period: how many were due, came, and came in time; provisional, complete or final."""
    it = world()
    it.tell(["001"], MARCH, 9, 10, EARLY)
    it.tell(["002"], MARCH, 9, 10, LATE)
    assert of_all(it, EARLY) == [("procedures", "district", "provisional", 3, 1, 1)]
    assert of_all(it, AFTERWARDS) == [("procedures", "district", "final", 3, 2, 1)]
    it.tell(["003"], MARCH, 9, 10, LATE)
    assert of_all(it, AFTERWARDS) == [("procedures", "district", "complete", 3, 3, 1)]


def test_a_backfill_restates_the_period_that_it_is_of_and_no_other() -> None:
    """March, brought in June, is received and not in time; what is known of April and May stays as it was."""
    it = world()
    june = hanoi(date(2025, 6, 20))
    before = rolled(it, june)
    it.tell(codes(1, 3), MARCH, 9, 10, june)
    after = rolled(it, june)
    changed = after.join(before, on=["metric", "org_unit", "tier", "period_start", "numerator"], how="anti")
    assert set(changed["period_start"]) == {MARCH}
    assert set(changed["metric"]) == {"received"}
    assert after.filter(pl.col("period_start") > MARCH)["numerator"].sum() == 0


def plain_programme() -> Programme:
    """Districts without a metric that counts reports."""
    return programme([target(comparison=Comparison.AT_LEAST)], units=THREE)


def test_a_programme_that_counts_no_reports_has_none() -> None:
    """Nothing is counted that nobody has asked for."""
    it = World(plain_programme(), first_day=MARCH)
    owed = due(it.programme, it.reports(), weekdays_after, AFTERWARDS, MARCH)
    assert counted(it.programme, owed, AFTERWARDS).is_empty()
