"""Data centre, WAN and online meetings: from a real Prometheus to availability, and to a target's status."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from targetwatch import pipeline
from tests.installation import Installation, install
from tests.systems.prometheus import Prometheus, Series, or_skip, prometheus, scraped
from tests.systems.services.connections import connect
from tests.systems.small_programme import of_sources

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MAY = datetime(2025, 5, 1, tzinfo=HANOI)
EARLY_JUNE = datetime(2025, 5, 31, 21, 30, tzinfo=UTC)  # 4:30 on 1 June in Hanoi
NEXT_DAY = EARLY_JUNE + timedelta(days=1)
LATER = datetime(2025, 6, 17, 3, 0, tzinfo=UTC)  # past May's deadline
WHOLE = 31 * 1440  # the minutes of May
TARGET = """\
metric: wan_available
targets:
  - target: wan_of_districts
    name: {vi: Mạng WAN của các đơn vị cấp huyện thông suốt, en: The WAN of the districts is available}
    short_name: {vi: mạng WAN cấp huyện, en: "WAN, districts"}
    tier: district
    org_unit: {code: "01"}
    scope: pooled
    comparison: ">="
    value: 99
    trajectory: {path: hold}
    warning_margin: 0.1
    effective_from: 2021-07-15
    reference: R2023b
    owner: information_director
"""


def broken_off(moment: datetime) -> str | None:
    """The district's line was down from noon on 20 May to 4:00 on the 22nd; nobody looked on the 10th and the 11th."""
    local = moment.astimezone(HANOI)
    if datetime(2025, 5, 10, tzinfo=HANOI) <= local < datetime(2025, 5, 12, tzinfo=HANOI):
        return None
    return "0" if datetime(2025, 5, 20, 12, tzinfo=HANOI) <= local < datetime(2025, 5, 22, 4, tzinfo=HANOI) else "1"


DOWN, UNKNOWN = 40 * 60, 2 * 1440
# What is monitored: system, unit, tier, and how it went. Nobody monitors the commune 00004.
LINES: tuple[tuple[str, str, str, str | Callable[[datetime], str | None]], ...] = (
    ("data_centre", "01", "city", "1"),
    ("wan", "01", "city", "1"),
    ("wan", "001", "district", broken_off),
    ("wan", "002", "district", "1"),
    ("online_meetings", "01", "city", "1"),
    ("online_meetings", "001", "district", "1"),
    ("online_meetings", "002", "district", "1"),
    ("online_meetings", "00001", "commune", "1"),
)


def lines(until: datetime) -> Iterator[Series]:
    """What a server has by a moment. Probes are made every minute, at a second of its own for each line."""
    for number, (system, unit, tier, value) in enumerate(LINES):
        labels = {"job": "blackbox", "instance": f"10.0.0.{number}", "system": system, "unit": unit, "tier": tier}
        yield Series("probe_success", labels, scraped(MAY, until, value, offset=3.0 + 5 * number))
    other = {"job": "blackbox", "system": "a_web_page", "unit": "01", "tier": "city"}
    yield Series("probe_success", other, scraped(MAY, MAY + timedelta(days=2), "1"))


@pytest.fixture(scope="module")
def server() -> Iterator[Prometheus]:
    """The server in the morning of 1 June."""
    or_skip()
    with prometheus(lines(datetime(2025, 6, 1, 4, 0, tzinfo=HANOI))) as running:
        yield running


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """The shipped programme with few units, and a target that no report gives."""
    programme = of_sources(tmp_path / "programme", ["data_centre_wan"])
    metric = programme / "catalogue" / "metrics" / "wan_available.yaml"
    metric.write_text(metric.read_text(encoding="utf-8").replace("for_information: true\n", ""), encoding="utf-8")
    (programme / "catalogue" / "targets" / "wan_available.yaml").write_text(TARGET, encoding="utf-8")
    return install(tmp_path / "home", programme)


def month(installation: Installation, metric: str, *, rolled_up: bool = False) -> dict[tuple[object, object], object]:
    """What was observed of May, by unit and tier."""
    found = installation.rows(
        "SELECT org_unit, tier, numerator, denominator FROM observations WHERE period_start = DATE '2025-05-01' "
        f"AND metric = '{metric}' AND rolled_up = {rolled_up} ORDER BY recorded_at, known_at"
    )
    return {(row["org_unit"], row["tier"]): (row["numerator"], row["denominator"]) for row in found}


def test_availability_of_each_system_and_the_status_of_a_target(
    server: Prometheus, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """City, districts and communes by themselves; what nobody looked at is not up, and is told apart from what is down.

    The districts' WAN is short of 99 % in May, and says by how many minutes.
    """
    connect(monkeypatch, "data_centre_wan", server.address)
    (gathered,) = pipeline.gather(installation.settings, "data_centre_wan", EARLY_JUNE)
    assert (gathered.state, gathered.rows_quarantined) == ("accepted", 0)
    assert gathered.rows_accepted == 31 * (len(LINES) + 1)  # of each day that has ended, the unmonitored commune's too
    (again,) = pipeline.gather(installation.settings, "data_centre_wan", EARLY_JUNE + timedelta(minutes=10))
    assert again.rows_accepted == 3 * (len(LINES) + 1)  # the last day once more, and the two that overlap
    installation.watch(LATER)
    assert month(installation, "data_centre_available") == {("01", "city"): (WHOLE, WHOLE)}
    assert month(installation, "wan_available") == {
        ("01", "city"): (WHOLE, WHOLE),
        ("001", "district"): (WHOLE - DOWN - UNKNOWN, WHOLE),
        ("002", "district"): (WHOLE, WHOLE),
    }
    assert month(installation, "online_meetings_available")["00001", "commune"] == (WHOLE, WHOLE)
    assert month(installation, "online_meetings_available")["00004", "commune"] == (0, WHOLE)
    assert month(installation, "systems_monitored") == {
        ("01", "city"): (3 * WHOLE, 3 * WHOLE),
        ("001", "district"): (2 * WHOLE - UNKNOWN, 2 * WHOLE),
        ("002", "district"): (2 * WHOLE, 2 * WHOLE),
        ("00001", "commune"): (WHOLE, WHOLE),
        ("00004", "commune"): (0, WHOLE),
    }
    status = installation.row(
        "SELECT status, numerator, denominator, headroom_units, bodies_reported, bodies_due, org_unit "
        "FROM current_status WHERE target = 'wan_of_districts' AND role = 'pooled'"
    )
    assert status == {
        "status": "behind",
        "numerator": 2 * WHOLE - DOWN - UNKNOWN,
        "denominator": 2 * WHOLE,
        "headroom_units": 2 * WHOLE - DOWN - UNKNOWN - 88_388,  # 99 % of them, rounded up
        "bodies_reported": 2,
        "bodies_due": 2,
        "org_unit": "01",
    }


def test_a_server_that_has_forgotten_takes_nothing_back(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was set up anew knows the last two days only: what was gathered before stays, and the new day comes."""
    or_skip()
    first, last = datetime(2025, 5, 30, tzinfo=HANOI), datetime(2025, 6, 2, 4, 0, tzinfo=HANOI)
    labels = {"system": "wan", "unit": "002", "tier": "district"}

    def known(*, since: datetime, until: datetime) -> Iterator[Series]:
        yield Series("probe_success", labels, scraped(since, until, "1"))

    with prometheus(known(since=first - timedelta(days=3), until=last - timedelta(days=1))) as server:
        connect(monkeypatch, "data_centre_wan", server.address)
        pipeline.gather(installation.settings, "data_centre_wan", EARLY_JUNE)
    with prometheus(known(since=first + timedelta(hours=18), until=last)) as server:
        connect(monkeypatch, "data_centre_wan", server.address)
        pipeline.gather(installation.settings, "data_centre_wan", NEXT_DAY)
    installation.watch(LATER)
    days = installation.rows(
        "SELECT strftime(counted_on, '%m-%d') AS day, checks_up, checks_missing FROM records.data_centre_wan "
        "WHERE known_to IS NULL AND system = 'wan' AND org_unit = '002' ORDER BY 1"
    )
    assert [(row["day"], row["checks_up"], row["checks_missing"]) for row in days] == [
        ("05-27", 1440, 0),
        ("05-28", 1440, 0),
        ("05-29", 1440, 0),
        ("05-30", 1440, 0),
        ("05-31", 1440, 0),
        ("06-01", 1440, 0),
    ]
