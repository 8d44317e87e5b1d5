"""Assessments are kept wherever they differ, and `current_status` shows what the newest pass found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from targetwatch.model import Reason, Role, Status
from targetwatch.warehouse import Warehouse, ledger
from tests.warehouse.samples import BEHIND, DISTRICT, FOUNDED, INCIDENT, MAY, at, programme

ON_TRACK = replace(BEHIND, status=Status.ON_TRACK, reason=Reason.REQUIRED_REACHED, numerator=22_400, as_of=at(20))
SHARE = replace(BEHIND, role=Role.SHARE, org_unit=DISTRICT.code)
EMPTY = replace(
    BEHIND, target="waiting", status=Status.NO_DATA, reason=Reason.SOURCE_PLANNED, missing=("001@2021-01-01",),
    **dict.fromkeys(
        ("period_start", "period_end", "period_state", "origin", "numerator", "denominator", "required", "final",
         "attained", "needed", "headroom", "headroom_units", "low_numerator", "high_numerator", "bounds_denominator",
         "bodies_reported", "bodies_due", "deadline", "known_at")
    ),
)  # fmt: skip


def test_an_assessment_is_read_back_as_it_was(warehouse: Warehouse) -> None:
    """Every field survives, those that are not known too."""
    with warehouse.ledger() as conn:
        ledger.append_assessments(conn, [BEHIND, EMPTY], run_id="r", recorded_at=at(16))
    with warehouse.ledger() as conn:
        assert ledger.latest_assessments(conn) == [BEHIND, EMPTY]


def test_judging_again_and_again_adds_nothing(warehouse: Warehouse) -> None:
    """A pass that finds what the pass before found writes no row; one that finds another thing does."""
    with warehouse.ledger() as conn:
        assert ledger.append_assessments(conn, [BEHIND], run_id="r1", recorded_at=at(16)) == 1
        for hour in range(1, 7):
            same = replace(BEHIND, as_of=at(17, hour))
            assert ledger.append_assessments(conn, [same], run_id="r2", recorded_at=at(17, hour)) == 0
        assert ledger.append_assessments(conn, [ON_TRACK], run_id="r3", recorded_at=at(20)) == 1


@pytest.mark.parametrize(
    "changed", [{"failed": ()}, {"missing": ("a@2021-01-01",)}, {"known_at": None}, {"parts": False}]
)
def test_any_field_is_a_difference(warehouse: Warehouse, changed: dict[str, object]) -> None:
    """Not only the status counts: lists, moments and what is not known do too."""
    with warehouse.ledger() as conn:
        ledger.append_assessments(conn, [BEHIND], run_id="r", recorded_at=at(16))
        assert ledger.append_assessments(conn, [replace(BEHIND, **changed)], run_id="r", recorded_at=at(17)) == 1


def test_what_was_said_can_be_asked_for_at_a_moment(warehouse: Warehouse) -> None:
    """Until the next one is made, an assessment stands."""
    with warehouse.ledger() as conn:
        ledger.append_assessments(conn, [BEHIND], run_id="r", recorded_at=at(16))
        ledger.append_assessments(conn, [ON_TRACK], run_id="r", recorded_at=at(20))
        said = [[one.status for one in ledger.latest_assessments(conn, at(day))] for day in (15, 16, 19, 20)]
    assert said == [[], [Status.BEHIND], [Status.BEHIND], [Status.ON_TRACK]]


def test_a_replay_of_the_past_changes_nothing_of_the_present(warehouse: Warehouse) -> None:
    """Earlier moments are added before what is known, and what stands now goes on standing."""
    with warehouse.ledger() as conn:
        ledger.append_assessments(conn, [ON_TRACK], run_id="r", recorded_at=at(20))
        past = [replace(BEHIND, as_of=at(day)) for day in (1, 2, 3)]
        assert ledger.append_assessments(conn, past, run_id="r", recorded_at=at(21), whole=False) == 1
        assert ledger.append_assessments(conn, past, run_id="r", recorded_at=at(22), whole=False) == 0
        assert ledger.latest_assessments(conn) == [ON_TRACK]


def test_what_a_pass_no_longer_assesses_is_withdrawn(warehouse: Warehouse) -> None:
    """A target or unit that left the catalogue is not shown as it last was; its history stays."""
    with warehouse.ledger() as conn:
        ledger.append_assessments(conn, [BEHIND, SHARE], run_id="r", recorded_at=at(16))
        ledger.append_assessments(conn, [BEHIND], run_id="r", recorded_at=at(17))
        assert ledger.latest_assessments(conn) == [BEHIND]
        assert ledger.latest_assessments(conn, at(17)) == [SHARE, BEHIND]


def test_a_moment_without_a_time_zone_is_refused(warehouse: Warehouse) -> None:
    """Nobody has to guess what a time means; a time of another zone is kept as the same moment."""
    hanoi = timezone(timedelta(hours=7))
    with warehouse.ledger() as conn:
        elsewhere = replace(BEHIND, as_of=datetime(2025, 6, 16, 7, tzinfo=hanoi))
        ledger.append_assessments(conn, [elsewhere], run_id="r", recorded_at=at(16))
        assert ledger.latest_assessments(conn)[0].as_of == datetime(2025, 6, 16, tzinfo=UTC)
        naive = replace(BEHIND, as_of=datetime(2025, 6, 17))  # noqa: DTZ001 - the point of the test
        with pytest.raises(ValueError, match="no time zone"):
            ledger.append_assessments(conn, [naive], run_id="r", recorded_at=at(16))


def test_how_each_period_was_judged_last(warehouse: Warehouse) -> None:
    """`judged_before` has a row for each period that was ever judged, with its newest figures."""
    june = replace(ON_TRACK, period_start=at(1).date(), as_of=at(25))
    with warehouse.ledger() as conn:
        for day, said in ((16, BEHIND), (20, ON_TRACK), (25, june)):
            ledger.append_assessments(conn, [said], run_id="r", recorded_at=at(day))
        before = ledger.judged_before(conn).select("period_start", "numerator").rows()
    assert before == [(MAY[0], 22_400), (at(1).date(), 22_400)]


def test_current_status_says_it_for_people(published, warehouse: Warehouse) -> None:
    """The worked example on 16 June: value, need, distance, days, owner and the incident that goes on."""
    with warehouse.ledger() as conn:
        ledger.apply_catalogue(conn, programme(), at(1))
        ledger.append_assessments(conn, [BEHIND], run_id="r", recorded_at=at(16))
        ledger.save_incidents(conn, [INCIDENT])
        ledger.start_run(conn, "r", as_of=at(16), started_at=at(16))
    with published().read() as reader:
        (row,) = reader.fetch("FROM current_status").to_dicts()
    assert (row["name_vi"], row["org_unit_name"], row["owner_name_en"]) == (
        "Hồ sơ trực tuyến cấp huyện",
        "Hà Nội",
        "The office",
    )
    assert (row["status"], row["reason"], row["incident"], row["incident_state"]) == (
        "behind",
        "short_of_required",
        1,
        "open",
    )
    assert [round(row[name], 4) for name in ("value", "required", "final", "headroom", "coverage")] == [
        72.1667,
        73.2621,
        80.0,
        -1.0954,
        1.0,
    ]
    assert (row["headroom_units"], row["age_days"], row["org_unit_valid_from"]) == (-329, 16, FOUNDED)
    assert (row["path_assumed"], row["source_planned"]) == (True, False)


def test_a_target_without_data_has_a_row_and_no_value(published, warehouse: Warehouse) -> None:
    """Missing is NULL, never 0."""
    with warehouse.ledger() as conn:
        ledger.append_assessments(conn, [EMPTY], run_id="r", recorded_at=at(16))
    with published().read() as reader:
        (row,) = reader.fetch("SELECT status, value, required, headroom, coverage, incident FROM current_status").rows()
    assert row == ("no_data", None, None, None, None, None)
