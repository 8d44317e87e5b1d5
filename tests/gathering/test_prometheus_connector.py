"""The Prometheus connector against a real server, and against one that answers badly: what it counts, what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from targetwatch.gathering import FetchError, UnreachableError
from targetwatch.gathering.connectors.airflow_prometheus import rows_of_monitoring
from targetwatch.gathering.connectors.fetching import fetch as fetched
from targetwatch.gathering.connectors.manners import Manners
from targetwatch.gathering.spool import spooled, watermark_of
from targetwatch.model import Column, ColumnType, Monitored, PrometheusFetch, Source
from tests.gathering.sources import PROCEDURES, PROGRAMME
from tests.systems.prometheus import Prometheus, Series, or_skip, prometheus, scraped
from tests.systems.services import faults
from tests.systems.services.connections import SECRET, connect, connected
from tests.systems.services.service import Asked, Fault, Handler, Service

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2025, 6, 10, 2, 0, tzinfo=UTC)  # 9:00 on 10 June in Hanoi
BEGAN = datetime(2025, 6, 3, 15, 0, tzinfo=HANOI)  # in the middle of a day
COLUMNS = (
    Column("system", "system", ColumnType.TEXT),
    Column("org_unit", "unit", ColumnType.TEXT),
    Column("counted_on", "day", ColumnType.DATE),
    Column("checks_up", "up", ColumnType.INTEGER),
    Column("checks_down", "down", ColumnType.INTEGER),
    Column("checks_missing", "missing", ColumnType.INTEGER),
)
FETCH = PrometheusFetch("up")
SOURCE: Source = replace(
    PROCEDURES,
    id="monitoring",
    connector="prometheus",
    fetch=FETCH,
    columns=COLUMNS,
    unit_column="org_unit",
    tier_column=None,
    tier="city",
    period_column="counted_on",
    identified_by=("system", "org_unit", "counted_on"),
    watermark="counted_on",
    overlap_hours=48,
)
ASK = "min by (system, unit) (min_over_time({}[1m]))"
Counts = dict[tuple[str | None, str | None, str], tuple[int, int, int]]


def hours(moment: datetime, first: int, last: int, day: int) -> bool:
    """Whether a moment lies between two full hours of a day of June, in Hanoi."""
    local = moment.astimezone(HANOI)
    return (local.month, local.day) == (6, day) and first <= local.hour < last


def wan(moment: datetime) -> str | None:
    """Down from 2:00 to 4:00 on the 5th, not scraped from 10:00 to 11:00; NaN for an hour of the 6th."""
    if hours(moment, 10, 11, 5):
        return None
    if hours(moment, 0, 1, 6):
        return "NaN"
    return "0" if hours(moment, 2, 4, 5) else "1"


def vpn(moment: datetime) -> str | None:
    """Down for an hour of the 7th; its prober moved to another machine in the morning of the 6th."""
    return "0" if hours(moment, 8, 9, 7) else "1"


MOVED = datetime(2025, 6, 6, 9, 30, tzinfo=HANOI)
AUTUMN = datetime(2024, 10, 26, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture(scope="module")
def server() -> Iterator[Prometheus]:
    """Some days of June as a real server has them."""
    or_skip()
    end = datetime(2025, 6, 10, tzinfo=HANOI)
    always = {"job": "probe", "system": "wan", "unit": "01"}
    series = [
        Series("probe", {**always, "instance": "a"}, scraped(BEGAN, end, wan)),
        Series("probe", {**always, "system": "vpn", "instance": "a"}, scraped(BEGAN, MOVED, vpn)),
        Series("probe", {**always, "system": "vpn", "instance": "b"}, scraped(MOVED, end, vpn)),
        Series("load", always, scraped(BEGAN, end, lambda _: "0.5")),
        Series(
            "berlin",
            always,
            scraped(AUTUMN, AUTUMN + timedelta(days=3), lambda at: "1" if at.astimezone(UTC).hour % 2 else "0"),
        ),
    ]
    with prometheus(series, "--query.max-samples=100000") as running:
        yield running


@pytest.fixture
def patch(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No proxy of this machine stands between the tests and loopback."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    return monkeypatch


def written(folder: Path, query: str) -> Path:
    """A programme's sql with a query."""
    (folder / "sources").mkdir(exist_ok=True)
    (folder / "sources" / "up.promql").write_text(f"# What is asked.\n{query}\n", encoding="utf-8")
    return folder


def rows(
    sql: Path, fetch: PrometheusFetch = FETCH, since: str | None = None, now: datetime = NOW, **other: Any
) -> list[Mapping[str, Any]]:
    """What is fetched."""
    programme = replace(PROGRAMME, **other)
    return list(rows_of_monitoring(SOURCE, fetch, programme, since, sql, now, Manners(sleep=lambda _: None)))


def counts(found: list[Mapping[str, Any]]) -> Counts:
    """Up, down and missing, by system, unit and day."""
    return {(r["system"], r["unit"], str(r["day"])): (r["up"], r["down"], r["missing"]) for r in found}


def of(found: Counts, system: str) -> dict[str, tuple[int, int, int]]:
    """What was found of one system, by day of June."""
    return {day[-2:]: counted for (name, _, day), counted in found.items() if name == system}


def test_every_day_is_counted_up_down_and_missing(
    server: Prometheus, patch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Minute by minute of the programme's days: what failed is down, what was not scraped or is NaN is neither.

    A gap of an hour is sixty missing minutes, which a plain selector's five minutes of looking back would shorten; a
    prober that moves changes labels that the source does not name, and nothing else.
    """
    connect(patch, "monitoring", server.address)
    found = counts(rows(written(tmp_path, ASK.format("probe"))))
    assert of(found, "wan") == {
        "04": (1440, 0, 0),
        "05": (1440 - 120 - 60, 120, 60),
        "06": (1440 - 60, 0, 60),
        "07": (1440, 0, 0),
        "08": (1440, 0, 0),
        "09": (1440, 0, 0),
    }
    assert of(found, "vpn")["06"] == (1440, 0, 0)
    assert of(found, "vpn")["07"] == (1380, 60, 0)


def test_the_first_time_begins_with_the_first_whole_day(
    server: Prometheus, patch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of the 3rd the server knows the afternoon only, of May nothing: neither is taken for a day without monitoring."""
    connect(patch, "monitoring", server.address)
    expected = replace(FETCH, expected=(Monitored({"system": "wan", "unit": "01"}),))
    found = of(counts(rows(written(tmp_path, ASK.format("probe")), expected)), "wan")
    assert min(found) == "04"
    asked_again = of(counts(rows(written(tmp_path, ASK.format("probe")), expected, since="2025-06-02")), "wan")
    assert asked_again["02"] == (0, 0, 1440)
    assert asked_again["03"] == (9 * 60, 0, 15 * 60)


def test_only_days_that_have_ended_from_the_mark_on(
    server: Prometheus, patch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The mark is the last day that was delivered; the overlap asks for the two before it again, and today waits."""
    connect(patch, "monitoring", server.address)
    sql = written(tmp_path, ASK.format("probe"))
    source_home = tmp_path / "home"
    fetched(SOURCE, PROGRAMME, None, sql, source_home, NOW - timedelta(days=2))
    (first,) = spooled(SOURCE, source_home / "spool")
    assert watermark_of(first.path) == "2025-06-07"
    first.path.unlink()
    again = counts(rows(sql, since="2025-06-05"))
    assert {day for _, _, day in again} == {f"2025-06-{day:02}" for day in range(5, 10)}
    assert rows(sql, since="2025-06-10") == []


def test_what_is_expected_has_a_row_on_every_day(server: Prometheus, patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One for every unit of the level that is in force on the day, known or not; what is known beside it comes too."""
    connect(patch, "monitoring", server.address)
    expected = (Monitored({"system": "wan"}, "city"), Monitored({"system": "wan"}, "district"))
    found = counts(rows(written(tmp_path, ASK.format("probe")), replace(FETCH, expected=expected), "2025-06-09"))
    assert found == {
        ("wan", "01", "2025-06-09"): (1440, 0, 0),
        ("wan", "001", "2025-06-09"): (0, 0, 1440),
        ("vpn", "01", "2025-06-09"): (1440, 0, 0),
    }
    later = datetime(2025, 7, 3, tzinfo=UTC)  # the district has ended on 30 June
    either = 'probe or label_replace(vector(1), "system", "dns", "", "")'
    all_days = rows(written(tmp_path, ASK.format(f"({either})").replace("[1m]", "[1m:1m]")),
                    replace(FETCH, expected=expected), "2025-06-29", later)  # fmt: skip
    assert {str(r["day"]) for r in all_days if r["unit"] == "001"} == {"2025-06-29", "2025-06-30"}


def test_a_day_that_is_longer_has_more_steps(server: Prometheus, patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the clock is set back a day has 25 hours, and all of them count."""
    connect(patch, "monitoring", server.address)
    found = counts(
        rows(
            written(tmp_path, ASK.format("berlin")),
            since="2024-10-26",
            now=datetime(2024, 10, 28, 12, tzinfo=UTC),
            time_zone="Europe/Berlin",
        )
    )
    assert found == {
        ("wan", "01", "2024-10-26"): (12 * 60, 12 * 60, 0),
        ("wan", "01", "2024-10-27"): (12 * 60, 13 * 60, 0),
    }


def test_more_points_than_the_server_gives_at_once(
    server: Prometheus, patch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every five seconds are 17,280 points of a day, and a server gives 11,000: they are asked for in parts."""
    connect(patch, "monitoring", server.address)
    often = replace(FETCH, step_seconds=5)
    found = of(counts(rows(written(tmp_path, ASK.format("probe")), often, "2025-06-08")), "wan")
    assert {sum(counted) for counted in found.values()} == {17_280}
    assert found["08"] == (17_280, 0, 0)


def test_what_the_source_does_not_name_is_told_by_name(
    server: Prometheus, patch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A label that nobody asked for is a column that is new: its name is told, its value goes nowhere."""
    connect(patch, "monitoring", server.address)
    found = rows(written(tmp_path, 'min_over_time(probe{system="wan"}[1m])'), since="2025-06-09")
    assert {name: value for name, value in found[0].items() if name not in {c.delivered_as for c in COLUMNS}} == {
        "instance": None,
        "job": None,
    }


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("min by (system", r"parse error.*Mend sql/sources/up\.promql"),
        ("min_over_time(probe[1m])", r"several series for system='vpn', unit='01'.*min by \(system, unit\)"),
        ("load", "has the value 0.5 for system='wan', unit='01', where 1 is up and 0 is down"),
        ("nothing_of_the_kind", r"knows nothing of what it is asked, from 2025-06-05 on\. .*up\.promql"),
        ("count_over_time(probe[30d:1s])", r"too many samples.*Mend sql/sources/up\.promql"),
    ],
)
def test_a_query_that_is_wrong(
    server: Prometheus, patch: pytest.MonkeyPatch, tmp_path: Path, query: str, words: str
) -> None:
    """It is refused with what is wrong with it and the file to mend, and nothing of it is taken."""
    connect(patch, "monitoring", server.address)
    with pytest.raises(FetchError, match=words) as fault:
        rows(written(tmp_path, query), since="2025-06-05")
    assert not isinstance(fault.value, UnreachableError)


def test_a_query_that_is_not_there(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It says which file is missing before anybody is asked."""
    with pytest.raises(FetchError, match=r"sql/sources/up\.promql, and there is no such file"):
        rows(tmp_path)


def matrix(series: int, params: Mapping[str, str]) -> dict[str, Any]:
    """An answer in which so many systems are up at every step."""
    first, last, step = (int(params[name]) for name in ("start", "end", "step"))
    values = [[at, "1"] for at in range(first, last + 1, step)]
    found = [{"metric": {"system": f"s{number:05}", "unit": "01"}, "values": values} for number in range(series)]
    return {"status": "success", "data": {"resultType": "matrix", "result": found}}


def standing_in(series: int) -> Service:
    """A server that says of so many systems that they are up."""

    def act(handler: Handler, asked: Asked) -> bool:
        handler.reply(matrix(series, asked.params))
        return True

    return Service(other=act, packs=False)


def points_of(asked: Asked) -> int:
    """How many points a request asks for."""
    return (int(asked.params["end"]) - int(asked.params["start"])) // int(asked.params["step"]) + 1


def test_thousands_of_series_are_asked_for_in_parts(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No answer has more than half a million values, however many series there turn out to be."""
    with connected(patch, "monitoring", standing_in(5_000), password=SECRET) as service:
        found = rows(written(tmp_path, "probe"), replace(FETCH, step_seconds=600), since="2025-06-08")
    assert len(found) == 2 * 5_000
    assert {(r["up"], r["down"], r["missing"]) for r in found} == {(144, 0, 0)}
    assert [points_of(one) for one in service.asked] == [50, 94, 100, 44]
    assert service.asked[0].headers["Authorization"] == f"Bearer {SECRET}"
    assert service.asked[0].params["query"] == "probe"


def test_too_many_series_are_refused(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A query without bounds is no reason to fill the memory."""
    with (
        connected(patch, "monitoring", standing_in(21)),
        pytest.raises(FetchError, match=r"has 21 series, and 20 are the most \(most_series\)"),
    ):
        rows(written(tmp_path, "probe"), replace(FETCH, most_series=20), since="2025-06-09")


def says(**more: Any) -> Fault:
    """An answer that is a success, and more or something else in it."""
    body = {"status": "success", "data": {"resultType": "matrix", "result": []}, **more}
    return faults.status(200, body=body)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (says(status="error", errorType="internal"), "is none of Prometheus' API"),
        (faults.status(200, body=[1]), "is none of Prometheus' API"),
        (says(data={"resultType": "vector", "result": []}), "has no series in it"),
        (says(data=None), "has no series in it"),
        (says(data={"resultType": "matrix", "result": [{"metric": {}, "histograms": []}]}), "without plain values"),
        (says(data={"resultType": "matrix", "result": [{"metric": {}, "values": [[1, "1"]] * 2000}]}), "plain values"),
        (says(data={"resultType": "matrix", "result": ["x"]}), "without plain values"),
        (faults.says(b"<html>Sign in</html>", "text/html"), "a web page where JSON is wanted"),
        (faults.status(401, body={"status": "error", "error": "no"}), "does not know who asks"),
    ],
)
def test_an_answer_that_is_none(patch: pytest.MonkeyPatch, tmp_path: Path, wrong: Fault, words: str) -> None:
    """What is no answer of Prometheus' is refused, and not taken for a day without monitoring."""
    service = standing_in(1)
    service.faults.append(wrong)
    with connected(patch, "monitoring", service), pytest.raises(FetchError, match=words) as fault:
        rows(written(tmp_path, "probe"), since="2025-06-09")
    assert not isinstance(fault.value, UnreachableError)


def test_half_an_answer_is_none(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A server that could not reach one of its stores says so in a warning: what it lacks is not taken for missing."""
    service = standing_in(1)
    service.faults.extend([faults.fine, says(warnings=[f"store 10.0.0.7 timed out {SECRET}"])])
    with (
        connected(patch, "monitoring", service, password=SECRET),
        pytest.raises(UnreachableError, match=r"in part only \(store 10\.0\.0\.7 timed out \*\*\*\)"),
    ):
        rows(written(tmp_path, "probe"), since="2025-06-08")


def test_a_server_that_is_busy_is_asked_again(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A query that was aborted is tried again; a server that stays away fails the fetch, and says nothing."""
    service = standing_in(1)
    service.faults.extend([faults.status(503), faults.status(503), faults.fine])
    with connected(patch, "monitoring", service):
        assert len(rows(written(tmp_path, "probe"), since="2025-06-09")) == 1
        service.faults.extend([faults.status(503)] * 5)
        with pytest.raises(UnreachableError, match="answered with 503; it was asked 5 times"):
            rows(written(tmp_path, "probe"), since="2025-06-09")


def test_nothing_is_asked_about_the_days_before_the_programme(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """However far back the first fetch may go."""
    with connected(patch, "monitoring", standing_in(1)):
        found = rows(written(tmp_path, "probe"), replace(FETCH, days_at_first=10_000), now=NOW, start=date(2025, 6, 7))
    assert [str(r["day"])[-2:] for r in found] == ["07", "08", "09"]
