"""What the read model finds in a snapshot."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from targetwatch.board.read_model import ReadModel, opened
from targetwatch.model import Origin, Reason, Status, Text
from targetwatch.settings import Settings
from tests.board.worlds import APRIL, MAY, NOW, at


def test_a_snapshot_says_what_it_is(model: ReadModel) -> None:
    """Programme, moment of the newest pass and newest arrival, all out of the snapshot."""
    about = model.about()
    assert (about.programme, about.time_zone) == (Text("Chương trình thử", "A test programme"), "Asia/Ho_Chi_Minh")
    assert (about.as_of, about.taken_at, about.newest_arrival, about.problem) == (NOW, NOW, at(6, 9), None)
    assert about.snapshot.startswith("ledger-20250614T010000Z-")


def test_there_is_one_standing_for_each_unit_that_answers(model: ReadModel) -> None:
    """In the catalogue's order, the furthest short unit first; units under a pooled target are not among them."""
    assert [(one.id, one.status) for one in model.standings()] == [
        ("districts_online", Status.BEHIND),
        ("communes_online", Status.AT_RISK),
        ("ranking", Status.ON_TRACK),
        ("mail", Status.BEHIND),
        ("mail", Status.MET),
        ("broadband_communes", Status.NO_DATA),
        ("postcode", Status.MISSED),
        ("covered", Status.MET),
        ("stale_one", Status.STALE),
        ("empty_one", Status.NOT_EVALUATED),
        ("former", Status.ENDED),
    ]


def test_a_standing_has_the_names_that_a_page_needs(model: ReadModel) -> None:
    """Who is missing, by name and with the parent where two are called the same; the incident; who answers."""
    districts, communes = model.standings()[:2]
    assert districts.missing == ("Huyện Mê Linh",)
    assert communes.missing == ("Xã Tân Lập (Quận Tây Hồ)",)
    assert districts.incident is not None
    assert (districts.incident.name, districts.incident.since) == ("TW-1", at(4, 10))
    assert (districts.owner, districts.reference) == (
        Text("Chủ tịch UBND huyện", "District chairs"),
        ("Báo cáo tháng 7", "mic.gov.vn", "2021-07"),
    )


def test_history_is_what_is_judged_by(model: ReadModel) -> None:
    """Of each period the computed figure before the reported one, oldest period first."""
    districts = model.standings("districts_online")[0]
    assert len(districts.series) == 10
    assert {one.origin for one in districts.series} == {Origin.COMPUTED}
    assert districts.series[0].period.first_day == date(2024, 8, 1)
    assert districts.series[-1].period.last_day == MAY[1]
    assert all(one.bodies_reported == 3 for one in districts.series)


def test_an_ended_target_knows_its_last_day(model: ReadModel) -> None:
    """The version's, where the target ended; the units', where they did."""
    assert model.standings("former")[0].ended_on == date(2025, 3, 31)
    ended = [one for one in model.shares("communes_online") if one.reason is Reason.UNIT_ENDED]
    assert [one.ended_on for one in ended] == [date(2024, 12, 31)]


def test_units_come_by_what_they_add_to_the_gap(model: ReadModel) -> None:
    """Furthest short first, ended ones last; as many as are asked for."""
    assert [one.unit_name for one in model.shares("districts_online")] == [
        "Quận Ba Đình", "Huyện Mê Linh", "Quận Tây Hồ",
    ]  # fmt: skip
    assert [one.unit_name for one in model.shares("communes_online")] == [
        "Xã Tân Lập (Quận Ba Đình)", "Xã Tân Lập (Quận Tây Hồ)", "Xã Cũ",
    ]  # fmt: skip
    assert len(model.shares("communes_online", most=1)) == 1


@pytest.mark.parametrize(
    ("name", "found"),
    [("ba dinh", {"Quận Ba Đình", "Xã Tân Lập (Quận Ba Đình)"}), ("me linh", {"Huyện Mê Linh"}), ("%", set())],
)
def test_units_are_found_by_a_plain_part_of_their_name(model: ReadModel, name: str, found: set[str]) -> None:
    """Small letters without marks, nothing that SQL would take for a pattern."""
    assert {one.unit_name for one in model.shares(name=name)} == found


def test_units_under_a_target_are_counted(model: ReadModel) -> None:
    """By status, those that ended apart, with the name of their level and their quiet incidents."""
    shares = model.share_counts()
    assert set(shares) == {"districts_online", "communes_online"}
    districts, communes = shares["districts_online"], shares["communes_online"]
    assert (districts.units, districts.behind, districts.incidents) == (3, 1, 1)
    assert districts.called == Text("đơn vị cấp huyện", "districts")
    assert (communes.units, communes.counts[Status.ENDED]) == (2, 1)


def test_what_changed_is_said_against_a_moment(model: ReadModel) -> None:
    """A status that differs, or one that can no longer be said; a unit's name only where there are several."""
    changes = {one.target: one for one in model.changes(at(6, 7))}
    assert set(changes) == {"mail", "communes_online"}
    mail, communes = changes["mail"], changes["communes_online"]
    assert (mail.before, mail.now, mail.unit_name, mail.at) == (Status.MET, Status.BEHIND, "Quận Tây Hồ", NOW)
    assert (communes.before, communes.is_incomplete, communes.unit_name) == (Status.ON_TRACK, True, None)
    assert model.changes(at(5, 1)) == []  # nothing was said then, so nothing changed since
    assert model.changes(NOW) == []


def test_quiet_incidents_are_not_listed(model: ReadModel) -> None:
    """Those of units under a pooled target, and those that are over; a subject's own page has the latter too."""
    assert [one.name for one in model.incidents()] == ["TW-6", "TW-5", "TW-4", "TW-3", "TW-1"]
    assert [one.name for one in model.incidents("reporting")] == ["TW-7"]
    by_name = {one.name: one for one in model.incidents()}
    assert (by_name["TW-1"].unit_name, by_name["TW-3"].unit_name) == (None, "Quận Tây Hồ")


def test_a_source_in_trouble_says_who_is_missing_and_what_was_refused(model: ReadModel) -> None:
    """Both incidents of a source are one trouble, with names in place of keys."""
    (trouble,) = model.troubled(model.incidents())
    assert (trouble.source, [one.name for one in trouble.incidents]) == ("procedures", ["TW-5", "TW-4"])
    assert trouble.late is not None
    assert [(one.units_called.en, one.reported, one.due) for one in trouble.late.counts] == [("districts", 2, 3)]
    assert [(one.parent, one.names) for one in trouble.late.absent] == [("Thành phố Thử", ("Huyện Mê Linh",))]
    assert [one.delivered_as for one in trouble.refusals] == ["Mê Linh 05.csv"]


def test_a_sources_deliveries_and_quarantine(model: ReadModel) -> None:
    """Newest first; of a row that was set aside its reason and place are told, and never what stood in it."""
    assert [(one.delivered_as, one.state) for one in model.batches("procedures")] == [
        ("Mê Linh 05.csv", "refused"), ("Ba Đình 05.csv", "accepted"),
    ]  # fmt: skip
    (reason,) = model.set_aside("procedures")
    assert (reason.reason.en, reason.rows, reason.delivered_as, reason.position) == (
        "Not a date", 1, "Ba Đình 05.csv", 7,
    )  # fmt: skip
    assert model.source("nothing") is None


def test_claims_and_what_was_said_before(model: ReadModel) -> None:
    """Figures that do not add up come first, with their document; what was said of a target, newest first."""
    assert [(one.claim.finding, one.incident) for one in model.claims()] == [("misreported", "TW-6"), ("adds_up", None)]
    assert (model.claims()[0].title, model.claims()[0].publisher) == ("Báo cáo tháng 7", "mic.gov.vn")
    said = model.said(model.standings("communes_online")[0])
    assert [(one.status, one.period.first_day if one.period else None) for one in said] == [
        (Status.AT_RISK, MAY[0]), (Status.ON_TRACK, APRIL[0]),
    ]  # fmt: skip


def test_the_ledgers_snapshot_is_enough(home: Path, tmp_path: Path) -> None:
    """Where no snapshot of the records is there, nothing is known of deliveries, and all else is."""
    alone = Path(shutil.copytree(home, tmp_path / "alone", symlinks=True))
    for file in [*(alone / "snapshots").glob("records-*"), alone / "snapshots" / "current" / "records.duckdb"]:
        file.unlink()
    with opened(Settings(home=alone)) as model:
        assert (model.about().newest_arrival, model.batches("procedures"), model.set_aside("procedures")) == (
            None,
            [],
            [],
        )
        assert len(model.standings()) == 11


def test_importing_the_board_brings_nothing_heavy() -> None:
    """Airflow imports the plugin in every process: no DuckDB, no Polars, no Great Expectations come with it."""
    heavy = "{'duckdb', 'polars', 'pandas', 'great_expectations'}"
    code = f"import sys; import targetwatch.board.app; print({heavy} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (found.stdout, found.stderr) == ("set()\n", "")
