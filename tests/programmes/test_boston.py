"""9,854 service requests of Boston's hotline, July 2011: shares by ward and by channel, held against a plain count."""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.installation import Installation, prepare, wait_until_complete
from tests.programmes.real_data import Key, Share, delivered, observed, passed, real, rows_of, shares

FILE = "boston_311/boston_311_2011-07.csv"
JULY = "2011-07"
NOW = datetime(2021, 1, 4, 15, 0, tzinfo=UTC)  # past every target
CHANNELS = {
    "Constituent Call": "call",
    "Employee Generated": "employee",
    "Self Service": "self_service",
    "Citizens Connect App": "app",
    "Maximo Integration": "other",
    "Twitter": "other",
}


@pytest.fixture(scope="module")
def hotline(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The programme after its one delivery."""
    return delivered(tmp_path_factory.mktemp("boston"), "boston", FILE, NOW)


@pytest.fixture(scope="module")
def requests() -> list[dict[str, str]]:
    """The requests as they stand in the file, without those that name no ward."""
    return [row for row in rows_of(real(FILE)) if row["ward"].strip()]


def ward(row: dict[str, str]) -> str:
    """The ward's number, in whichever of its spellings."""
    return f"{int(row['ward'].removeprefix('Ward ')):02}"


def in_time(row: dict[str, str]) -> bool:
    """Whether it was closed by its target: both are local time, written so that text compares as time does."""
    return bool(row["closed_dt"]) and row["closed_dt"] <= row["target_dt"]


def own_flag(row: dict[str, str]) -> str:
    """The flag that a request with a target should have: all of them are past it by now."""
    return "ONTIME" if in_time(row) else "OVERDUE"


def counted(requests: list[dict[str, str]], channel: str | None = None) -> dict[Key, Share]:
    """Of each ward: closed by the target, of those that had one."""
    wanted = [row for row in requests if row["target_dt"] and channel in (None, CHANNELS[row["source"]])]
    return shares(
        Counter((ward(row), JULY) for row in wanted if in_time(row)), Counter((ward(row), JULY) for row in wanted)
    )


def pooled(hotline: Installation, metric: str) -> Share:
    """The city's share as it was observed."""
    return observed(hotline, metric, rolled_up=True)["boston", JULY]


def total(shares: dict[Key, Share]) -> dict[Key, Share]:
    """The city's share, pooled."""
    return {("boston", JULY): (sum(part for part, _ in shares.values()), sum(whole for _, whole in shares.values()))}


def test_forty_four_spellings_are_twenty_two_wards(hotline: Installation, requests: list[dict[str, str]]) -> None:
    """Ward 5 and 05 are one ward; each of the 22 has its requests, whichever way they were written."""
    assert len({row["ward"] for row in requests}) == 44
    recorded = hotline.rows("SELECT org_unit, count(*) AS requests FROM records.requests GROUP BY ALL")
    assert {row["org_unit"]: row["requests"] for row in recorded} == Counter(map(ward, requests))
    assert len(recorded) == 22


def test_requests_without_a_ward_are_put_aside(hotline: Installation, requests: list[dict[str, str]]) -> None:
    """A blank, or nothing at all, names no unit: 509 rows are in quarantine with their lines, none is guessed."""
    blanks = [place for place, row in enumerate(rows_of(real(FILE)), start=2) if not row["ward"].strip()]
    put_aside = hotline.rows("SELECT position, reason, column_name FROM quarantine ORDER BY position")
    assert [row["position"] for row in put_aside] == blanks
    assert {(str(row["reason"]).split(" / ")[1], row["column_name"]) for row in put_aside} == {
        ("The unit is missing", "ward")
    }
    batch = hotline.row("SELECT state, rows_accepted, rows_quarantined FROM batches")
    assert batch == {"state": "accepted", "rows_accepted": len(requests), "rows_quarantined": 509}


UNMAPPED = "Ward 10"  # of which the declared mapping says nothing below


@pytest.fixture(scope="module")
def unmapped(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The same delivery to a programme whose mapping lacks one of the 44 spellings."""
    folder = tmp_path_factory.mktemp("unmapped")
    programme = Path(shutil.copytree(Path(__file__).parent / "boston", folder / "programme"))
    source = programme / "catalogue/sources/requests.yaml"
    text = source.read_text(encoding="utf-8")
    assert text.count(f"[{UNMAPPED}]") == 1
    text = text.replace(f"[{UNMAPPED}]", "[]").replace("bad_rows_allowed: 0.06", "bad_rows_allowed: 0.08")
    source.write_text(text, encoding="utf-8")
    return delivered(folder, programme, FILE, NOW)


def test_a_spelling_that_nobody_declared_is_put_aside(unmapped: Installation, requests: list[dict[str, str]]) -> None:
    """It is not guessed: each of its 183 requests is in quarantine with its line, its ward as written and the reason.

    The ward's other spelling counts as before, so the share is that of the requests whose ward is known, and the city's
    share leaves the others out of both of its numbers.
    """
    put_aside = unmapped.rows(
        "SELECT position, reason, column_name, delivered_value FROM quarantine WHERE delivered_value IS NOT NULL "
        "AND trim(delivered_value) <> '' ORDER BY position"
    )
    lines = [place for place, row in enumerate(rows_of(real(FILE)), start=2) if row["ward"] == UNMAPPED]
    assert [row["position"] for row in put_aside] == lines
    assert len(lines) == 183
    assert {(str(row["reason"]).split(" / ")[1], row["column_name"], row["delivered_value"]) for row in put_aside} == {
        ("No unit has this code", "ward", UNMAPPED)
    }
    known = [row for row in requests if row["ward"] != UNMAPPED]
    batch = unmapped.row("SELECT state, rows_accepted, rows_quarantined FROM batches")
    assert batch == {"state": "accepted", "rows_accepted": len(known), "rows_quarantined": 509 + 183}
    by_ward = counted(known)
    assert by_ward["10", JULY] != counted(requests)["10", JULY]
    assert observed(unmapped, "closed_by_target") == by_ward
    assert observed(unmapped, "closed_by_target", rolled_up=True) == total(by_ward)


def test_too_many_unknown_spellings_refuse_the_delivery(tmp_path: Path) -> None:
    """Where a city changes how it writes its wards, nothing is counted of the few that are still understood."""
    text = real(FILE).read_text(encoding="utf-8")
    renamed = text.replace(",Ward 18,", ",W18,").replace(",Ward 20,", ",W20,")
    installation = passed(tmp_path, Path(__file__).parent / "boston", "renamed.csv", renamed, NOW)
    batch = installation.row("SELECT state, refused_because FROM batches")
    assert batch["state"] == "refused"
    assert "No unit has this code" in str(batch["refused_because"])
    assert observed(installation, "closed_by_target") == {}


def test_share_closed_by_the_target_by_ward(hotline: Installation, requests: list[dict[str, str]]) -> None:
    """Ward by ward, requests without a target left out of both numbers, and pooled over the city."""
    by_ward = counted(requests)
    assert len(by_ward) == 22
    assert observed(hotline, "closed_by_target") == by_ward
    assert observed(hotline, "closed_by_target", rolled_up=True) == total(by_ward)


@pytest.mark.parametrize("channel", sorted(set(CHANNELS.values())))
def test_share_closed_by_the_target_by_channel(
    hotline: Installation, requests: list[dict[str, str]], channel: str
) -> None:
    """The same of every channel, by ward and for the city."""
    by_ward = counted(requests, channel)
    assert observed(hotline, f"closed_by_target_{channel}") == by_ward
    assert observed(hotline, f"closed_by_target_{channel}", rolled_up=True) == total(by_ward)


def test_the_channels_add_up(hotline: Installation) -> None:
    """No request with a target is lost between the channels, and none is in two."""
    parts = [pooled(hotline, f"closed_by_target_{channel}") for channel in set(CHANNELS.values())]
    whole = pooled(hotline, "closed_by_target")
    assert tuple(map(sum, zip(*parts, strict=True))) == whole


def test_where_the_citys_own_flag_differs(requests: list[dict[str, str]]) -> None:
    """Where a request has a target and a flag the two agree, request by request. They differ on two kinds only.

    The city flags every request without a target as ONTIME, closed or not, where there is nothing to be on time for;
    and it leaves some requests that are late without any flag.
    """
    both = [row for row in requests if row["target_dt"] and row["ontime"]]
    assert [row for row in both if own_flag(row) != row["ontime"]] == []
    without_target = [row for row in requests if not row["target_dt"]]
    assert {row["ontime"] for row in without_target} == {"ONTIME"}
    unflagged = [row for row in requests if not row["ontime"]]
    assert {own_flag(row) for row in unflagged} == {"OVERDUE"}
    assert len(both) + len(without_target) + len(unflagged) == len(requests)


def test_the_citys_own_share_is_higher_and_by_how_much(hotline: Installation, requests: list[dict[str, str]]) -> None:
    """Its flags give a higher share: by exactly the requests that have no target, and those that have no flag."""
    flagged = [row for row in requests if row["ontime"]]
    by_flag = shares(
        Counter((ward(row), JULY) for row in flagged if row["ontime"] == "ONTIME"),
        Counter((ward(row), JULY) for row in flagged),
    )
    assert observed(hotline, "flagged_on_time") == by_flag
    ours, ours_of = pooled(hotline, "closed_by_target")
    theirs, theirs_of = pooled(hotline, "flagged_on_time")
    without_target = sum(not row["target_dt"] for row in requests)
    unflagged = sum(not row["ontime"] for row in requests)
    assert (theirs, theirs_of) == (ours + without_target, ours_of + without_target - unflagged)
    assert theirs * ours_of > ours * theirs_of


def test_the_city_is_judged_on_the_true_share(hotline: Installation, requests: list[dict[str, str]]) -> None:
    """Held against 80 %, the true share is behind, where the share of the city's own flags would have reached it."""
    numerator, denominator = total(counted(requests))["boston", JULY]
    theirs, theirs_of = pooled(hotline, "flagged_on_time")
    status = hotline.row("SELECT numerator, denominator, required_millionths FROM current_status WHERE role = 'pooled'")
    assert status == {"numerator": numerator, "denominator": denominator, "required_millionths": 800_000}
    assert numerator * 100 < 80 * denominator
    assert theirs * 100 >= 80 * theirs_of


AT_FIRST = datetime(2011, 8, 1, 16, 0, tzinfo=UTC)  # noon on 1 August in Boston
NOON = "2011-08-01 12:00:00"


def as_it_stood(requests: list[dict[str, str]]) -> list[dict[str, str]]:
    """The requests as a file of 1 August would have had them: what was closed later, some years later, is open."""
    return [row if row["closed_dt"] <= NOON else {**row, "closed_dt": ""} for row in requests]


def test_what_is_closed_years_later_is_known_from_then_on(tmp_path: Path, requests: list[dict[str, str]]) -> None:
    """A first delivery made of the file as it would have stood on 1 August, then the file: both are asked for.

    As of August a request counts once it was closed or its target was past; what the file says years later changes
    July's figures from that day on, and takes nothing back of what was known before.
    """
    early = as_it_stood(rows_of(real(FILE)))
    written = io.StringIO()
    writer = csv.DictWriter(written, list(early[0]))
    writer.writeheader()
    writer.writerows(early)
    prepare(tmp_path / "prepared/later", {"requests/later.csv": real(FILE).read_bytes()})
    installation = passed(
        tmp_path / "first", Path(__file__).parent / "boston", "first.csv", written.getvalue(), AT_FIRST
    )
    wait_until_complete(tmp_path / "prepared")
    installation.deliver(tmp_path / "prepared/later")
    installation.run(NOW)
    in_august = [row for row in as_it_stood(requests) if row["closed_dt"] or row["target_dt"] < NOON]
    assert known_at(installation, AT_FIRST) == counted(in_august)
    assert known_at(installation, NOW) == counted(requests)
    assert counted(in_august) != counted(requests)


def known_at(installation: Installation, moment: datetime) -> dict[Key, Share]:
    """Of each ward, what was known at a moment of July's share."""
    rows = installation.rows(
        f"SELECT org_unit, numerator, denominator FROM observations_as_of(TIMESTAMPTZ '{moment.isoformat()}') "
        "WHERE metric = 'closed_by_target' AND NOT rolled_up AND denominator > 0"
    )
    return {(str(row["org_unit"]), JULY): (int(str(row["numerator"])), int(str(row["denominator"]))) for row in rows}
