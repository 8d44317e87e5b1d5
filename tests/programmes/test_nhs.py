"""Five monthly files of accident and emergency in England, two of them revised: every roll-up is the file's own total.

The files are NHS England's, A&E Attendances and Emergency Admissions, August to December 2024. A line of totals closes
each. October and November are here as revised only: what was first published of them is made up from the revised ones,
as `first_published` says, and the days of publication are assumed.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from targetwatch.gathering import Gathered
from tests.installation import Installation, install, prepare, wait_until_complete
from tests.programmes.real_data import Share, real

FOLDER = "nhs_ae"
FILES = {
    "2024-08": "Monthly-AE-August-2024.csv",
    "2024-09": "Monthly-AE-September-2024.csv",
    "2024-10": "Monthly-AE-October-2024-revised.csv",
    "2024-11": "Monthly-AE-November-2024-revised.csv",
    "2024-12": "Monthly-AE-December-2024.csv",
}
CODE, REGION, NAME = "Org Code", "Parent Org", "Org name"
LATE, CORRECTED = "RHU", "RAN"  # one that had not reported yet, and one whose figure was another at first
MISSED = 40  # attendances that were not counted at first


def published(day: str) -> datetime:
    """Half past nine in the morning, when they come out."""
    return datetime.fromisoformat(f"{day} 09:30+00:00").astimezone(UTC)


IN_DECEMBER, IN_FEBRUARY = published("2024-12-12"), published("2025-02-13")
# In the order of publication: when, and the month, whose first figures go before the revised ones.
PUBLISHED = (
    (published("2024-09-12"), "2024-08", False),
    (published("2024-10-10"), "2024-09", False),
    (published("2024-11-14"), "2024-10", False),
    (IN_DECEMBER, "2024-11", False),
    (published("2025-01-09"), "2024-12", False),
    (IN_FEBRUARY, "2024-10", True),
    (IN_FEBRUARY, "2024-11", True),
)
REVISED = ("2024-10", "2024-11")


@dataclass(frozen=True)
class File:
    """A monthly file, as Python's own reader has it."""

    rows: list[dict[str, str]]  # of providers
    total: dict[str, str]

    def text(self) -> str:
        """The file, written."""
        written = io.StringIO()
        writer = csv.DictWriter(written, list(self.total), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows([*self.rows, self.total])
        return written.getvalue()


def read(month: str) -> File:
    """What stands in a month's file, without columns that have no name."""
    with real(f"{FOLDER}/{FILES[month]}").open(encoding="utf-8-sig", newline="") as file:
        rows = [{key: value for key, value in row.items() if len(key or "") > 1} for row in csv.DictReader(file)]
    totals = [row for row in rows if row[CODE].strip().upper() == "TOTAL"]
    assert len(totals) == 1
    return File([row for row in rows if row not in totals], totals[0])


def first_published(month: str) -> File:
    """A revised month as it might have been before: a provider is not there, another has fewer attendances.

    The line of totals follows, as it did.
    """
    revised = read(month)
    rows = [dict(row) for row in revised.rows if row[CODE] != LATE]
    for row in rows:
        if row[CODE] == CORRECTED:
            other = "A&E attendances Other A&E Department"
            row[other] = str(int(row[other]) + MISSED)
    total = dict(revised.total)
    for name in numbers(revised):
        total[name] = str(sum(int(row[name]) for row in rows))
    return File(rows, total)


ADDED_UP = ("A&E att", "Attendances over", "Patients", "Emerg", "Other")  # how the columns of numbers begin


def numbers(file: File) -> list[str]:
    """The columns that the line of totals adds up."""
    return [name for name in file.total if name.startswith(ADDED_UP)]


def share(row: dict[str, str], *, booked: bool = True) -> Share:
    """Attendances of four hours at most, of all, as the published share counts them: with those that were booked."""
    counted = [(name, int(row[name])) for name in row if "ttendances" in name and (booked or "Booked" not in name)]
    attended = sum(value for name, value in counted if name.startswith("A&E attendances"))
    waited = sum(value for name, value in counted if name.startswith("Attendances over 4hrs"))
    return attended - waited, attended


def region(row: dict[str, str]) -> str:
    """A region's code, made of its name."""
    return row[REGION].strip().removeprefix("NHS ENGLAND ").replace(" ", "_")


def register(folder: Path) -> None:
    """The units as the files have them: the country, its regions, and every provider that ever reported."""
    rows = {row[CODE]: row for month in FILES for row in read(month).rows}
    units = [("ENGLAND", "country", "England", "")]
    units += [(code, "region", code, "ENGLAND") for code in sorted({region(row) for row in rows.values()})]
    units += [(code, "provider", row[NAME], region(row)) for code, row in sorted(rows.items())]
    folder.mkdir()
    with (folder / "units.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("code", "valid_from", "valid_to", "level", "kind", "name", "parent_code"))
        writer.writerows((code, "2024-08-01", "", level, level, name, parent) for code, level, name, parent in units)


@dataclass(frozen=True)
class Told:
    """The programme after all publications, and what became of each delivery."""

    installation: Installation
    gathered: dict[tuple[str, bool], Gathered]

    def shares(self, units: str, moment: datetime) -> dict[tuple[str, str], tuple[Share, int]]:
        """What was known at a moment of units of a level: unit and month -> share, and from how many providers."""
        rows = self.installation.rows(
            "SELECT org_unit, strftime(period_start, '%Y-%m') AS month, numerator, denominator, bodies_reported FROM "
            f"observations_as_of(TIMESTAMPTZ '{moment.isoformat()}') WHERE level = '{units}' AND rolled_up"
        )
        return {
            (str(row["org_unit"]), str(row["month"])): (
                (int(str(row["numerator"])), int(str(row["denominator"]))),
                int(str(row["bodies_reported"])),
            )
            for row in rows
        }


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """One publication after the other, with a look at it all in December and in February."""
    folder = tmp_path_factory.mktemp("nhs")
    programme = Path(shutil.copytree(Path(__file__).parent / "nhs", folder / "programme"))
    register(programme / "catalogue" / "org_units")
    for step, (_, month, is_revision) in enumerate(PUBLISHED):
        is_first = month in REVISED and not is_revision
        content = first_published(month).text().encode() if is_first else real(f"{FOLDER}/{FILES[month]}").read_bytes()
        prepare(folder / f"prepared/{step}", {f"attendances/{month}{'-revised' * is_revision}.csv": content})
    wait_until_complete(folder / "prepared")
    installation = install(folder / "home", programme)
    gathered = {}
    for step, (moment, month, is_revision) in enumerate(PUBLISHED):
        installation.deliver(folder / f"prepared/{step}")
        (gathered[month, is_revision],) = installation.gather(moment)
        if moment == IN_DECEMBER:
            installation.watch(moment + timedelta(hours=1))
    installation.watch(IN_FEBRUARY + timedelta(hours=1))
    return Told(installation, gathered)


def test_the_line_of_totals_is_no_provider(told: Told) -> None:
    """Whichever way its cells are written; all others are taken, and nothing is put aside."""
    assert {read(month).total[CODE] for month in FILES} == {"TOTAL", "Total "}
    for (month, is_revision), gathered in told.gathered.items():
        rows = len((read if is_revision or month not in REVISED else first_published)(month).rows)
        assert (gathered.state, gathered.rows_accepted, gathered.rows_quarantined) == ("accepted", rows, 0), month
        assert gathered.rows_delivered == rows + 1


def test_the_country_is_the_files_own_total(told: Told) -> None:
    """Month by month, to the patient: nobody is counted twice, and nobody is left out."""
    found = told.shares("country", IN_FEBRUARY + timedelta(hours=1))
    assert {month: counted for (_, month), (counted, _) in found.items()} == {m: share(read(m).total) for m in FILES}


def test_booked_appointments_count(told: Told) -> None:
    """The published share counts them in both of its parts; without them every month's would be another."""
    for month in FILES:
        total = read(month).total
        (with_booked, attended), (without, attended_without) = share(total), share(total, booked=False)
        assert attended > attended_without
        assert round(1000 * with_booked / attended) != round(1000 * without / attended_without), month


def test_every_region_is_the_sum_of_its_providers(told: Told) -> None:
    """Seven regions of five months, held against a plain count."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    for month in FILES:
        for row in read(month).rows:
            fast, attended = share(row)
            counted.setdefault((region(row), month), Counter()).update(fast=fast, attended=attended, providers=1)
    assert len(counted) == 7 * 5
    assert told.shares("region", IN_FEBRUARY + timedelta(hours=1)) == {
        key: ((found["fast"], found["attended"]), found["providers"]) for key, found in counted.items()
    }


def test_a_revision_is_known_from_its_day_on(told: Told) -> None:
    """Asked as of December, October and November are what was published first; as of February what was revised.

    The months that nobody revised are the same both times.
    """
    before, after = (told.shares("country", moment + timedelta(hours=1)) for moment in (IN_DECEMBER, IN_FEBRUARY))
    providers = len(read("2024-10").rows)
    for month in REVISED:
        assert before["ENGLAND", month] == (share(first_published(month).total), providers - 1)
        assert after["ENGLAND", month] == (share(read(month).total), providers)
        assert before["ENGLAND", month] != after["ENGLAND", month]
    assert ("ENGLAND", "2024-12") not in before
    for month in ("2024-08", "2024-09"):
        assert before["ENGLAND", month] == after["ENGLAND", month] == (share(read(month).total), len(read(month).rows))


def test_a_revision_changes_what_it_revises_and_nothing_else(told: Told) -> None:
    """Of nearly two hundred providers a month two are other ones: each has its earlier version, closed on that day."""
    changed = told.installation.rows(
        "SELECT org_unit, strftime(month, '%Y-%m') AS month, known_from, known_to FROM records.attendances "
        "WHERE known_to IS NOT NULL ORDER BY month"
    )
    assert [(row["org_unit"], row["month"], row["known_to"]) for row in changed] == [
        (CORRECTED, month, IN_FEBRUARY) for month in REVISED
    ]
    added = told.installation.rows(
        f"SELECT org_unit, count(*) AS months FROM records.attendances WHERE known_from = TIMESTAMPTZ "
        f"'{IN_FEBRUARY.isoformat()}' GROUP BY ALL ORDER BY 1"
    )
    assert added == [{"org_unit": unit, "months": 2} for unit in sorted((CORRECTED, LATE))]


def test_the_standing_target_is_judged_on_the_true_share(told: Told) -> None:
    """95 % within four hours: short by so many patients as the files say, for the country and for every region."""
    statuses = told.installation.rows(
        "SELECT org_unit, status, numerator, denominator, headroom_units FROM current_status "
        "WHERE role IN ('pooled', 'each')"
    )
    assert len(statuses) == 1 + 7
    assert {row["status"] for row in statuses} == {"behind"}
    fast, attended = share(read("2024-12").total)
    short = -((fast * 100 - 95 * attended) // 100)  # patients more, rounded up
    country = next(row for row in statuses if row["org_unit"] == "ENGLAND")
    assert (country["numerator"], country["denominator"]) == (fast, attended)
    assert country["headroom_units"] == -short


def test_a_file_that_was_cut_off_is_refused(told: Told, tmp_path: Path) -> None:
    """Without its last lines, or with one fewer than its total says: the earlier data stand."""
    lines = real(f"{FOLDER}/{FILES['2024-12']}").read_bytes().splitlines(keepends=True)
    cut, lost = b"".join(lines[:150]), b"".join([*lines[:100], *lines[101:]])
    prepare(tmp_path / "prepared/all", {"attendances/cut.csv": cut, "attendances/lost.csv": lost})
    wait_until_complete(tmp_path / "prepared")
    installation = told.installation.copied(tmp_path / "home")
    installation.deliver(tmp_path / "prepared/all")
    gathered = {one.delivered_as: one for one in installation.gather(IN_FEBRUARY + timedelta(days=1))}
    assert {one.state for one in gathered.values()} == {"refused"}
    assert "is missing: the file may have been cut off" in str(gathered["cut.csv"].refused_because)
    assert "and the rows add up to" in str(gathered["lost.csv"].refused_because)
    installation.watch(IN_FEBRUARY + timedelta(days=1))
    found = Told(installation, {}).shares("country", IN_FEBRUARY + timedelta(days=2))
    assert found["ENGLAND", "2024-12"][0] == share(read("2024-12").total)
