"""1,434 permit dossiers of a Dutch municipality go the same way; every figure is held against a count without SQL.

The data are J.C.A.M. Buijs, Receipt phase of an environmental permit application process (WABO), 4TU.ResearchData.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.installation import Installation
from tests.programmes.real_data import Key, delivered, observed, passed, real, rows_of, shares

FILE = "wabo_receipt/cases.csv"
NOW = datetime(2012, 2, 20, 11, 0, tzinfo=UTC)
CHANNELS = ("Internet", "Desk", "Post", "e-mail")


@pytest.fixture(scope="module")
def permits(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The programme after its one delivery, looked at on 20 February 2012."""
    return delivered(tmp_path_factory.mktemp("wabo"), "wabo", FILE, NOW)


@pytest.fixture(scope="module")
def dossiers() -> list[dict[str, str]]:
    """The dossiers as they stand in the file, without those that the gate must put aside."""
    return [
        row
        for row in rows_of(real(FILE))
        if row["channel"] in CHANNELS and not (row["enddate"] and moment(row["enddate"]) < moment(row["startdate"]))
    ]


def moment(text: str) -> datetime:
    """A moment of the file: each has the offset that was in force at its place on its day."""
    return datetime.fromisoformat(text)


def month(text: str) -> str:
    """The month of the local day: the offset of the file is the municipality's own."""
    return moment(text).strftime("%Y-%m")


def test_three_rows_are_put_aside_and_said_why(permits: Installation) -> None:
    """One dossier came through no channel that is known, two were closed before they were received; 1,431 are kept."""
    batch = permits.row("SELECT state, rows_delivered, rows_accepted, rows_quarantined, unnamed_columns FROM batches")
    assert batch == {
        "state": "accepted",
        "rows_delivered": 1_434,
        "rows_accepted": 1_431,
        "rows_quarantined": 3,
        "unnamed_columns": ["department", "group", "responsible", "enddate_planned"],
    }
    put_aside = permits.rows("SELECT position, reason, column_name, delivered_value FROM quarantine ORDER BY position")
    expected = [
        (position, row["channel"] if row["channel"] not in CHANNELS else row["enddate"])
        for position, row in enumerate(rows_of(real(FILE)), start=2)
        if row["channel"] not in CHANNELS or (row["enddate"] and moment(row["enddate"]) < moment(row["startdate"]))
    ]
    assert [(row["position"], row["delivered_value"]) for row in put_aside] == expected
    reasons = sorted(str(row["reason"]).split(" / ")[1] for row in put_aside)
    assert reasons == ["Closed before it was received"] * 2 + ["No unit has this code"]


def test_share_over_the_internet_by_month(permits: Installation, dossiers: list[dict[str, str]]) -> None:
    """Of the whole municipality, month by month: what was counted by hand, over both changes of the clock."""
    all_of = Counter(("municipality", month(row["startdate"])) for row in dossiers)
    online = Counter(("municipality", month(row["startdate"])) for row in dossiers if row["channel"] == "Internet")
    counted = shares(online, all_of)
    assert len(counted) == 16
    assert sum(denominator for _, denominator in counted.values()) == 1_431
    assert observed(permits, "received_over_internet", rolled_up=True) == counted


def in_utc(text: str) -> str:
    """The month that it is in UTC at a moment of the file."""
    return moment(text).astimezone(UTC).strftime("%Y-%m")


def test_months_are_the_municipalitys_own(dossiers: list[dict[str, str]]) -> None:
    """By months of UTC the figures would be others: what is received after midnight belongs to the new month."""
    elsewhere = [row for row in dossiers if in_utc(row["startdate"]) != month(row["startdate"])]
    assert len(elsewhere) == 45


def test_share_closed_by_the_deadline(permits: Installation, dossiers: list[dict[str, str]]) -> None:
    """By channel and month of the deadline; an open dossier is late from then on, and before counts for nothing."""
    due: Counter[Key] = Counter()
    in_time: Counter[Key] = Counter()
    waiting = [row for row in dossiers if not row["enddate"] and moment(row["deadline"]) >= NOW]
    for row in dossiers:
        if row not in waiting:
            key = (row["channel"], month(row["deadline"]))
            due[key] += 1
            in_time[key] += bool(row["enddate"]) and moment(row["enddate"]) <= moment(row["deadline"])
    counted = shares(in_time, due)
    assert {channel for channel, _ in counted} == set(CHANNELS)
    assert observed(permits, "closed_by_deadline") == counted
    assert (sum(not row["enddate"] for row in dossiers), len(waiting)) == (105, 25)


def test_offsets_of_summer_and_winter_are_one_time(dossiers: list[dict[str, str]], permits: Installation) -> None:
    """A deadline written with +02:00 and an end with +01:00 are compared as moments, to the millisecond."""
    offsets = Counter((row["startdate"][-6:], row["deadline"][-6:]) for row in dossiers)
    assert set(offsets) == {(one, other) for one in ("+01:00", "+02:00") for other in ("+01:00", "+02:00")}
    last = max(dossiers, key=lambda row: moment(row["startdate"]))
    received = permits.row("SELECT max(received_at) AS last FROM records.permits")["last"]
    assert received == moment(last["startdate"])


def test_the_last_month_is_judged(permits: Installation, dossiers: list[dict[str, str]]) -> None:
    """The target holds 95 %: what is said of January 2012 follows from the count, to the dossier."""
    january = [row for row in dossiers if month(row["startdate"]) == "2012-01"]
    online = sum(row["channel"] == "Internet" for row in january)
    status = permits.row(
        "SELECT numerator, denominator, attained, needed, period_start FROM current_status WHERE role = 'pooled'"
    )
    assert (status["numerator"], status["denominator"]) == (online, len(january))
    assert (status["attained"], status["needed"]) == (online * 1_000_000, 950_000 * len(january))


# Dossiers at the edges of months and around the change of the clock, which are invented: when each was received, in
# which month that is at its place, and when it was to be closed and was.
AT_THE_EDGES = (
    ("2011-03-31 23:30:00+02:00", "2011-03", "2011-06-30 23:30:00+02:00", "2011-06-30 23:30:00+02:00"),
    ("2011-04-01 00:30:00+02:00", "2011-04", "2011-06-30 23:30:00+02:00", "2011-07-01 00:30:00+02:00"),
    ("2011-03-31T21:45:00Z", "2011-03", "2011-06-30T22:15:00Z", "2011-06-30T22:00:00Z"),
    ("2011-04-01T00:15:00+03:00", "2011-03", "2011-07-01T00:15:00+02:00", "2011-06-30T22:15:00Z"),
    ("2011-02-28 23:30:00+01:00", "2011-02", "2010-10-31 02:30:00+01:00", ""),
    ("2011-03-01 00:30:00+01:00", "2011-03", "2011-10-31 23:30:00+01:00", "2011-10-31 23:30:00+01:00"),
    # The clock is set back on this day: 2:30 comes twice, an hour apart.
    ("2010-10-31 02:30:00+02:00", "2010-10", "2010-10-31 02:30:00+01:00", "2010-10-31 02:30:00+02:00"),
    ("2010-10-31 02:15:00+02:00", "2010-10", "2010-10-31 02:30:00+02:00", "2010-10-31 02:30:00+01:00"),
    ("2010-10-31 23:30:00+01:00", "2010-10", "2010-12-31 23:30:00+01:00", "2011-01-01 00:00:00+01:00"),
)
IN_TIME = {"2010-10": (1, 3), "2010-12": (0, 1), "2011-06": (1, 2), "2011-07": (2, 2), "2011-10": (1, 1)}


@pytest.fixture(scope="module")
def edges(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The programme after a delivery of these dossiers alone, all of them over the Internet."""
    lines = ["case_id,channel,startdate,enddate,deadline"]
    lines += [f"e{n},Internet,{began},{closed},{due}" for n, (began, _, due, closed) in enumerate(AT_THE_EDGES)]
    programme = Path(__file__).parent / "wabo"
    return passed(tmp_path_factory.mktemp("edges"), programme, "edges.csv", "\n".join(lines) + "\n", NOW)


def test_half_past_eleven_on_the_last_day_is_still_that_month(edges: Installation) -> None:
    """Whatever the offset is written as, in summer and winter, a dossier belongs to the month at its place."""
    counted = Counter(("Internet", month) for _, month, _, _ in AT_THE_EDGES)
    assert observed(edges, "received_over_internet") == shares(counted, counted)


def test_due_in_the_month_that_it_is_there(edges: Installation) -> None:
    """So does a deadline, and what is closed at its very moment is in time; an hour that comes twice is told apart."""
    assert observed(edges, "closed_by_deadline") == {("Internet", month): share for month, share in IN_TIME.items()}
