"""Reports beside records, contradictions and shrunken denominators survive the way into the ledger and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from targetwatch.model import (
    Against,
    Contradiction,
    Discrepancy,
    IncidentKey,
    IncidentKind,
    ReportFinding,
    Shrinkage,
    Text,
)
from targetwatch.warehouse import Warehouse, ledger
from tests.warehouse.samples import BEHIND, CITY, CLAIM, FOUNDED, INCIDENT, MAY, at, observed, programme

REPORT = Discrepancy(
    metric="dossiers_online",
    tier="district",
    org_unit=CITY.code,
    org_unit_valid_from=FOUNDED,
    period_start=MAY[0],
    period_end=MAY[1],
    reported_numerator=950,
    reported_denominator=1000,
    reported_parts=True,
    reported_at=at(16),
    computed_numerator=780,
    computed_denominator=1001,
    computed_parts=True,
    computed_at=at(15),
    deviation=170_780,
    allowed=10_000,
    finding=ReportFinding.MISREPORTED,
)
ACCEPTED = replace(
    REPORT, finding=ReportFinding.ACKNOWLEDGED, reason=Text("hai phần mềm", "two systems"), acknowledged_by="office",
    acknowledged_until=date(2025, 6, 30),
)  # fmt: skip


def test_a_report_is_added_where_what_is_found_differs(warehouse: Warehouse) -> None:
    """Looking again adds nothing, whenever the figures arrived; an acknowledgement adds a row, and all are kept."""
    with warehouse.ledger() as conn:
        assert ledger.append_discrepancies(conn, [REPORT], run_id="r1", recorded_at=at(16)) == 1
        again = replace(REPORT, reported_at=at(17), computed_at=at(17))
        assert ledger.append_discrepancies(conn, [again], run_id="r2", recorded_at=at(17)) == 0
        assert ledger.append_discrepancies(conn, [ACCEPTED], run_id="r3", recorded_at=at(18)) == 1
        assert ledger.append_discrepancies(conn, [ACCEPTED], run_id="r4", recorded_at=at(19)) == 0


def test_the_view_says_who_what_and_since_when(published, warehouse: Warehouse) -> None:
    """Both figures, their difference in points and in parts, and what had been found at an earlier moment."""
    earlier = replace(REPORT, period_start=date(2025, 4, 1), period_end=date(2025, 4, 30))
    unjudged = replace(
        REPORT, period_start=date(2025, 6, 1), period_end=date(2025, 6, 30), deviation=None,
        finding=ReportFinding.NOT_EVALUATED,
    )  # fmt: skip
    with warehouse.ledger() as conn:
        ledger.apply_catalogue(conn, programme(), at(1))
        ledger.append_discrepancies(conn, [earlier, REPORT, unjudged], run_id="r1", recorded_at=at(16))
        ledger.append_discrepancies(conn, [ACCEPTED], run_id="r2", recorded_at=at(18))
        subject = IncidentKey(IncidentKind.MISREPORTED, "dossiers_online/district", CITY.code, FOUNDED)
        ledger.save_incidents(conn, [replace(INCIDENT, key=subject)])
    with published().read() as reader:
        newest = reader.fetch("FROM discrepancies WHERE is_newest").to_dicts()
        then = reader.fetch(f"FROM discrepancies_as_of('{at(17).isoformat()}') WHERE is_newest").to_dicts()
        incident = reader.fetch("SELECT subject_name_en, org_unit_name, owner FROM incidents").rows()
    ((now,), (before,)) = newest, then
    assert (now["org_unit_name"], now["finding"], now["reason_en"]) == ("Hà Nội", "acknowledged", "two systems")
    assert (before["finding"], before["run_id"], before["recorded_at"]) == ("misreported", "r1", at(16))
    assert (now["numerator_difference"], now["denominator_difference"]) == (170, -1)
    assert (now["period_start"], round(now["difference"], 3)) == (MAY[0], round(95 - 78000 / 1001, 3))
    assert incident == [("Dossiers online", "Hà Nội", "office")]


def test_what_a_claim_contradicts_is_kept(warehouse: Warehouse) -> None:
    """A contradiction that appears or goes is news of the claim; one that stays is none."""
    other = Contradiction(Against.RATE, "200", "nearly", date(2019, 9, 30), date(2018, 9, 30), "R1", 20_000_000, 365)
    contradicted = replace(CLAIM, finding="misreported", contradictions=(other,), parts_agree=True)
    with warehouse.ledger() as conn:
        for claim, added in ((CLAIM, 1), (contradicted, 1), (contradicted, 0), (CLAIM, 1)):
            assert ledger.append_claims(conn, [claim], run_id="r", recorded_at=at(1)) == added
            assert ledger.latest_claims(conn) == [claim]


def test_a_shrunken_denominator_is_kept_with_the_assessment(published, warehouse: Warehouse) -> None:
    """The remark alone is worth a row, comes back as it was, and is a column of what people ask."""
    remarked = replace(BEHIND, shrank=Shrinkage(date(2025, 4, 1), date(2025, 4, 30), 21_700, 40_000))
    with warehouse.ledger() as conn:
        ledger.apply_catalogue(conn, programme(), at(1))
        run = {"run_id": "r", "recorded_at": at(16)}
        for one, added in ((BEHIND, 1), (remarked, 1), (remarked, 0)):
            assert ledger.append_assessments(conn, [one], **run) == added
            assert ledger.latest_assessments(conn) == [one]
        ledger.start_run(conn, "r", as_of=at(16), started_at=at(16))
        ledger.finish_run(conn, "r", finished_at=at(16), observations=0, assessments=2, events=0, notifications=0)
    asked = "SELECT denominator_shrank, shrank_period_start, shrank_numerator, shrank_denominator FROM {}"
    with published().read() as reader:
        assert reader.fetch(asked.format("current_status")).rows() == [(True, date(2025, 4, 1), 21_700, 40_000)]
        assert reader.fetch(asked.format("assessments ORDER BY denominator_shrank")).rows()[0][0] is False


def test_the_versions_of_a_judged_period(warehouse: Warehouse) -> None:
    """Every version of the judged period's figures is there for whoever asks what it was before, the newest first."""
    row = {"metric": BEHIND.metric, "org_unit": BEHIND.org_unit, "tier": BEHIND.tier}
    with warehouse.ledger() as conn:
        for day, denominator in ((10, 40_000), (11, 30_000)):
            frame = observed({**row, "numerator": 21_650, "denominator": denominator, "known_at": at(day)})
            ledger.append_observations(conn, frame, run_id="r", recorded_at=at(day))
        found = ledger.versions_of(conn, [BEHIND])
        assert found["denominator"].to_list() == [30_000, 40_000]
        assert ledger.versions_of(conn, [replace(BEHIND, metric="other")]).is_empty()
