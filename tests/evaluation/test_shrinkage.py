"""A rate that rises because its denominator shrank: when it is remarked, and whom nobody accuses."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from targetwatch.evaluation.shrinkage import VERSIONS, with_shrinkage
from targetwatch.model import Assessment, Shrinkage

from .worlds import AFTER_DEADLINE, FEBRUARY, HOLD, IN_APRIL, MARCH, THREE, World, hanoi, metric, programme, target

IN_MARCH = hanoi(date(2025, 3, 5))
NO_VERSIONS = pl.DataFrame(schema=dict.fromkeys(VERSIONS, pl.String)).cast(
    {"numerator": pl.Int64, "denominator": pl.Int64, "bodies_reported": pl.Int64, "bodies_due": pl.Int64,
     "period_start": pl.Date, "period_end": pl.Date, "org_unit_valid_from": pl.Date}
)  # fmt: skip


def world(**changes: object) -> World:
    """Three districts under one pooled target at 80 %, and what their metric declares."""
    held = target(trajectory=HOLD, due=None)
    return World(programme([held], units=THREE, metrics=[metric(**changes)]), first_day=date(2024, 1, 1))


def told(here: World, month: date, numerator: int, denominator: int, at: object, codes: tuple[str, ...] = ()) -> None:
    """What the districts (or some) had in a month, each the same."""
    here.tell(codes or ("001", "002", "003"), month, numerator, denominator, at)  # type: ignore[arg-type]


def remarked(here: World, versions: pl.DataFrame = NO_VERSIONS) -> dict[str, Assessment]:
    """What is assessed after the deadline, with the remark, by the code of the unit."""
    assessed = here.assessments(AFTER_DEADLINE)
    done = with_shrinkage(here.programme, assessed, here.rolled(AFTER_DEADLINE), versions)
    return {one.org_unit: one for one in done}


# numerator and denominator before and now, and the metric's own share -> whether it is remarked
CASES = {
    "65 of 100, then 64 of 80": ((65, 100), (64, 80), None, True),
    "the numerator the same": ((65, 100), (65, 80), None, True),
    "a fifth exactly": ((650, 1000), (640, 800), None, True),
    "just less than a fifth": ((650, 1000), (640, 801), None, False),
    "the numerator rose": ((65, 100), (66, 80), None, False),
    "the rate fell with it": ((65, 100), (50, 80), None, False),
    "the rate the same": ((50, 100), (40, 80), None, False),
    "nothing before": ((0, 0), (64, 80), None, False),
    "less is enough where the metric says so": ((65, 100), (65, 90), 100_000, True),
    "more is wanted where it says so": ((65, 100), (64, 80), 300_000, False),
}


@pytest.mark.parametrize("case", CASES)
def test_the_rule(case: str) -> None:
    """The rate rose, the numerator did not, and the denominator fell by the share: all three, in exact integers."""
    before, now, shrinkage, wanted = CASES[case]
    here = world(shrinkage=shrinkage)
    told(here, FEBRUARY, *before, IN_MARCH)
    told(here, MARCH, *now, IN_APRIL)
    found = remarked(here)
    for code, bodies in (("01", 3), ("001", 1)):
        expected = Shrinkage(FEBRUARY, date(2025, 2, 28), before[0] * bodies, before[1] * bodies) if wanted else None
        assert found[code].shrank == expected


def test_it_is_no_status() -> None:
    """But for the remark the assessment is what it was."""
    here = world()
    told(here, FEBRUARY, 65, 100, IN_MARCH)
    told(here, MARCH, 64, 80, IN_APRIL)
    plain = {one.org_unit: one for one in here.assessments(AFTER_DEADLINE)}
    for code, one in remarked(here).items():
        assert (one.status, one.reason, one.failed) == (plain[code].status, plain[code].reason, plain[code].failed)


def test_what_is_missing_is_coverage_and_no_shrinkage() -> None:
    """Where a district has not delivered, the city's smaller denominator is said to be that and nothing else."""
    here = world()
    told(here, FEBRUARY, 65, 100, IN_MARCH)
    told(here, MARCH, 75, 100, IN_APRIL, codes=("001", "002"))
    assert remarked(here)["01"].shrank is None


def test_a_month_with_missing_bodies_is_nothing_to_be_held_against() -> None:
    """Nor does a full month shrink against one in which somebody was missing."""
    here = world()
    told(here, FEBRUARY, 65, 100, IN_MARCH, codes=("001", "002"))
    told(here, MARCH, 30, 40, IN_APRIL)
    found = remarked(here)
    assert found["01"].shrank is None
    assert found["001"].shrank is not None


def test_a_seasonal_metric_is_held_against_the_year_before() -> None:
    """After Tết there is less than before it every year: March is held against March."""
    here = world(seasonal=True)
    told(here, date(2024, 3, 1), 64, 80, hanoi(date(2024, 4, 5)))
    told(here, FEBRUARY, 65, 100, IN_MARCH)
    told(here, MARCH, 64, 80, IN_APRIL)
    assert remarked(here)["01"].shrank is None
    plain = world()
    plain.told = here.told
    assert remarked(plain)["01"].shrank is not None


def test_records_that_were_withdrawn_from_the_same_period() -> None:
    """A restated denominator is held against the newest earlier version of its own period, before any other month."""
    here = world()
    told(here, FEBRUARY, 65, 100, IN_MARCH)
    told(here, MARCH, 64, 80, IN_APRIL)
    row = {
        "metric": "online", "org_unit": "001", "org_unit_valid_from": date(2021, 1, 1), "tier": "district",
        "period_start": MARCH, "period_end": date(2025, 3, 31), "origin": "computed", "bodies_reported": 1,
        "bodies_due": 1,
    }  # fmt: skip
    versions = pl.DataFrame(
        [
            {**row, "numerator": 64, "denominator": 80},
            {**row, "numerator": 66, "denominator": 110},
            {**row, "numerator": 66, "denominator": 120},
        ]
    ).select(VERSIONS)
    found = remarked(here, versions)
    assert found["001"].shrank == Shrinkage(MARCH, date(2025, 3, 31), 66, 110)
    assert found["002"].shrank == Shrinkage(FEBRUARY, date(2025, 2, 28), 65, 100)
