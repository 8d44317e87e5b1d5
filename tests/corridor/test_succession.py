"""The last line of WORKED_EXAMPLE.md, over the whole corridor: a split unit's history passes to its successors.

Three communes are made into three others at the end of June 2025: one is divided in thirds, one is merged, and one goes
on under its code, and two of the three codes are used again. The same dossiers are handled in a city in which nothing
was changed: what the city has as a whole is the same in both, month by month and to the dossier.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from targetwatch.standin.mrkdwn import to_html
from targetwatch.warehouse import open_snapshots
from tests.corridor.dossiers import APRIL, JUNE, MAY, hanoi, parquet
from tests.installation import Installation, assemble, install, prepare, wait_until_complete

pytestmark = pytest.mark.timeout(900)  # one machine may be shared by many

OWN = Path(__file__).parent / "reorganised"
SHIPPED = (
    "expectations/gates/procedures.json",
    "sql/records/procedures.sql",
    "sql/records/procedures.merge.sql",
    "sql/metrics/procedures_received.sql",
    "sql/metrics/procedures_due.sql",
)
JULY = date(2025, 7, 1)
OLD, NEW = ("00004", "00006", "00008"), ("00004", "00008", "00025")
# Of each commune's dossiers of a month: how many there are, and how many of them came online.
RECEIVED: Mapping[date, Mapping[str, tuple[int, int]]] = {
    APRIL: {"00004": (200, 40), "00006": (100, 60), "00008": (150, 30)},
    MAY: {"00004": (203, 42), "00006": (101, 70), "00008": (149, 60)},
    JUNE: {"00004": (211, 45), "00006": (97, 75), "00008": (151, 70)},
    JULY: {"00004": (120, 90), "00008": (230, 100), "00025": (110, 20)},
}
HANDLED_IN = 20  # days that a dossier may take
AS_IT_WAS = {"00025": "00006"}  # who would have received a new unit's dossiers, had nothing been changed


def dossiers(month: date, known: date, renamed: Mapping[str, str] | None = None) -> pl.DataFrame:
    """A month's dossiers as they stand on a day. Two of three are finished on the day they are due, others late."""
    frames = []
    for code, (received, online) in RECEIVED[month].items():
        place = pl.DataFrame({"place": range(received)})
        due_on = pl.lit(month) + pl.duration(days=pl.col("place") % 28 + HANDLED_IN)
        finished = due_on + pl.duration(days=pl.when(pl.col("place") % 3 == 0).then(2).otherwise(0))
        frames.append(
            place.select(
                dossier_id=pl.format("H26.{}-{}-{}", pl.lit(code), pl.lit(f"{month:%Y%m}"), "place"),
                procedure=pl.lit("1.004227"),
                sector=pl.lit("hộ tịch"),
                tier=pl.lit("Xã"),
                org_unit=pl.lit((renamed or {}).get(code, code)),
                received_on=pl.lit(month) + pl.duration(days=pl.col("place") % 28),
                due_on=due_on,
                finished_on=pl.when(finished <= pl.lit(known)).then(finished),
                channel=pl.when(pl.col("place") < online).then(pl.lit("online")).otherwise(pl.lit("desk")),
            )
        )
    return pl.concat(frames)


def due_in_july(received_in: date, known: date, code: str) -> tuple[int, int]:
    """Of a commune's dossiers of a month those that are due in July: how many were known on a day to be on time."""
    rows = dossiers(received_in, known).filter(pl.col("org_unit") == code, pl.col("due_on").dt.month() == JULY.month)
    return rows.filter(pl.col("finished_on") <= pl.col("due_on")).height, rows.height


def in_thirds(number: int) -> dict[str, int]:
    """A number in three parts of whole ones; what is left over goes to the first by code."""
    return {code: number // 3 + (place < number % 3) for place, code in enumerate(NEW)}


def july_of_the_new(june_known: date, july_known: date) -> dict[str, tuple[int, int]]:
    """What each new commune has in July: its own dossiers, and its part of those of the old ones that are due then."""
    split, *merged = (due_in_july(JUNE, june_known, code) for code in OLD)
    on_time, due = (in_thirds(number) for number in split)
    found = {}
    for code in NEW:
        parts = [due_in_july(JULY, july_known, code), (on_time[code], due[code]), *(merged if code == "00008" else ())]
        found[f"{code}@{JULY}"] = (sum(part[0] for part in parts), sum(part[1] for part in parts))
    return found


@dataclass(frozen=True)
class Told:
    """A city, and what was seen of it at each moment of the story."""

    installation: Installation
    status: Mapping[str, list[dict[str, object]]]
    incidents: Mapping[str, list[dict[str, object]]]
    messages: Mapping[str, list[str]]

    def one(self, moment: str, key: str, target: str = "online_in_wards") -> dict[str, object]:
        """Where a unit stood on a target at a moment."""
        (found,) = [row for row in self.status[moment] if (row["target"], _key(row)) == (target, key)]
        return found

    def city(self, metric: str) -> dict[date, tuple[int, int]]:
        """The city's figures of a metric, by month."""
        rows = self.installation.rows(
            "SELECT period_start, numerator, denominator FROM observations WHERE org_unit = '01' AND rolled_up"
            f" AND metric = '{metric}' ORDER BY period_start"
        )
        return {row["period_start"]: (row["numerator"], row["denominator"]) for row in rows}  # type: ignore[misc]


def _key(row: Mapping[str, object]) -> str:
    return f"{row['org_unit']}@{row['org_unit_valid_from']}"


MOMENTS: Mapping[str, tuple[datetime, date | None]] = {
    "16 May": (hanoi(5, 16, 18), APRIL),
    "16 June": (hanoi(6, 16, 18), MAY),
    "14 July": (hanoi(7, 14, 18), JUNE),
    "1 August": (hanoi(8, 1), None),
    "14 August": (hanoi(8, 14, 18), JULY),
    "15 August": (hanoi(8, 15), JUNE),
}
JUNE_AGAIN = MOMENTS["15 August"][0].date()  # as of when June's dossiers were told of last


def tell(home: Path, programme: Path, renamed: Mapping[str, str] | None = None) -> Told:
    """Every month is delivered on its deadline, and June once more, when all of its dossiers are finished."""
    installation = install(home / "home", programme)
    prepared = {
        moment: prepare(
            home / "prepared" / moment,
            {f"procedures/{month:%m-%Y}, {moment}.parquet": parquet(dossiers(month, now.date(), renamed))},
        )
        for moment, (now, month) in MOMENTS.items()
        if month is not None
    }
    wait_until_complete(home / "prepared")
    told = Told(installation, {}, {}, {})
    for moment, (now, _) in MOMENTS.items():
        if moment in prepared:
            installation.deliver(prepared[moment])
        installation.run(now)
        with open_snapshots(installation.home) as snapshots:
            told.status[moment] = snapshots.fetch("FROM current_status ORDER BY target, org_unit").to_dicts()  # type: ignore[index]
            told.incidents[moment] = snapshots.fetch("FROM incidents ORDER BY number").to_dicts()  # type: ignore[index]
        told.messages[moment] = [to_html(" ".join(words)).striptags() for *_, words in installation.told()]  # type: ignore[index]
    return told


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The city whose communes were changed."""
    home = tmp_path_factory.mktemp("reorganised")
    return tell(home, assemble(home / "programme", OWN, *SHIPPED))


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The same dossiers in a city in which nothing was changed."""
    home = tmp_path_factory.mktemp("unchanged")
    programme = assemble(home / "programme", OWN, *SHIPPED)
    register = programme / "catalogue" / "org_units"
    (register / "successors.csv").unlink()
    units = [line for line in (register / "units.csv").read_text().splitlines() if "2025-07-01" not in line]
    (register / "units.csv").write_text("\n".join(units).replace("2025-06-30", "") + "\n")
    return tell(home, programme, AS_IT_WAS)


@pytest.mark.parametrize("metric", ["dossiers_on_time", "dossiers_processed_online"])
def test_the_citys_total_is_the_same_before_and_after(told: Told, unchanged: Told, metric: str) -> None:
    """Month by month, to the dossier, it is as if nothing had been changed."""
    changed = told.city(metric)
    assert changed == unchanged.city(metric)
    assert list(changed) == [APRIL, MAY, JUNE, JULY]


def test_every_dossier_that_was_due_is_in_the_citys_july(told: Told) -> None:
    """Those that communes which are there no more received in June are in it, with those of the new communes."""
    june, july = JUNE_AGAIN, MOMENTS["14 August"][0].date()
    every = [due_in_july(JUNE, june, code) for code in OLD] + [due_in_july(JULY, july, code) for code in NEW]
    total = (sum(on_time for on_time, _ in every), sum(due for _, due in every))
    assert all(due > 50 for _, due in every[:3])
    assert told.city("dossiers_on_time")[JULY] == total
    city = told.one("15 August", "01@2021-01-01", "on_time_city")
    assert (city["numerator"], city["denominator"], city["period_start"]) == (*total, JULY)
    assert (city["bodies_reported"], city["bodies_due"], city["period_state"]) == (3, 3, "complete")


@pytest.mark.parametrize(
    ("moment", "june_known"), [("14 August", MOMENTS["14 July"][0].date()), ("15 August", JUNE_AGAIN)]
)
def test_what_is_due_of_the_old_is_answered_by_the_new(told: Told, moment: str, june_known: date) -> None:
    """Each has its own dossiers and its part, in whole ones; what is told of the old ones later moves the new ones."""
    expected = july_of_the_new(june_known, MOMENTS["14 August"][0].date())
    found = {key: told.one(moment, key, "on_time_city") for key in expected}
    assert {key: (row["numerator"], row["denominator"]) for key, row in found.items()} == expected
    assert {row["role"] for row in found.values()} == {"share"}


def test_the_ledger_keeps_both_what_was_measured_and_what_was_handed_on(told: Told) -> None:
    """The records of an ended unit are its own observation still; the successor's sum is beside its own figures."""
    rows = told.installation.rows(
        "SELECT org_unit, org_unit_valid_from, rolled_up, numerator, denominator, known_at FROM observations"
        f" WHERE metric = 'dossiers_on_time' AND period_start = DATE '{JULY}' AND org_unit = '00004'"
        " ORDER BY org_unit_valid_from, rolled_up"
    )
    expected = july_of_the_new(JUNE_AGAIN, MOMENTS["14 August"][0].date())[f"00004@{JULY}"]
    assert [(_key(row), row["rolled_up"], (row["numerator"], row["denominator"])) for row in rows] == [
        ("00004@2021-01-01", False, due_in_july(JUNE, JUNE_AGAIN, "00004")),
        ("00004@2025-07-01", False, due_in_july(JULY, MOMENTS["14 August"][0].date(), "00004")),
        ("00004@2025-07-01", True, expected),
    ]
    assert rows[2]["known_at"] == rows[0]["known_at"] == MOMENTS["15 August"][0]


def test_june_is_the_old_communes(told: Told) -> None:
    """On 14 July June is judged as it was handled: by the communes that were there on its last day."""
    found = {_key(row): row["status"] for row in told.status["14 July"] if row["target"] == "online_in_wards"}
    assert found == {
        "00004@2021-01-01": "behind",
        "00006@2021-01-01": "on_track",
        "00004@2025-07-01": "no_data",
        "00008@2025-07-01": "no_data",
        "00025@2025-07-01": "no_data",
    }
    assert told.one("14 July", "00004@2021-01-01")["period_start"] == JUNE


@pytest.mark.parametrize("target", ["online_in_wards", "on_time_city"])
def test_the_old_communes_have_passed_on(told: Told, target: str) -> None:
    """Once a month has ended without them, they say that they have ended and passed on, and who follows them."""
    old = told.one("1 August", "00004@2021-01-01", target)
    assert (old["status"], old["reason"], old["when_unit_ends"]) == ("ended", "unit_passed_on", "passes_on")
    assert old["successors"] == ["Phường Ngọc Hà", "Xã Ba Đình", "Xã Giảng Võ"]
    assert (old["value"], old["period_start"]) == (None, None)


def test_the_target_goes_on_with_communes_that_nobody_named(told: Told) -> None:
    """It is for wards. Two of the new communes are none, and answer because they follow one."""
    found = {_key(row): row["status"] for row in told.status["14 August"] if row["target"] == "online_in_wards"}
    assert found == {
        "00004@2021-01-01": "ended",
        "00006@2021-01-01": "ended",
        "00004@2025-07-01": "on_track",
        "00008@2025-07-01": "behind",
        "00025@2025-07-01": "behind",
    }


def test_history_passes_on_by_weights(told: Told) -> None:
    """Each line begins where its predecessors stood together on 30 April: thirds of one, and all of two others."""
    online = {code: Fraction(RECEIVED[APRIL][code][1]) for code in OLD}
    received = {code: Fraction(RECEIVED[APRIL][code][0]) for code in OLD}
    of_the_merged = (online["00004"] / 3 + online["00006"] + online["00008"]) / (
        received["00004"] / 3 + received["00006"] + received["00008"]
    )
    of_the_split = online["00004"] / received["00004"]
    elapsed = Fraction((date(2025, 7, 31) - date(2025, 4, 30)).days, (date(2025, 12, 31) - date(2025, 4, 30)).days)

    def needed(start: Fraction) -> int:
        return round((start + (Fraction(8, 10) - start) * elapsed) * 1_000_000)

    found = {code: told.one("14 August", f"{code}@{JULY}")["required_millionths"] for code in NEW}
    assert found == {"00004": needed(of_the_split), "00008": needed(of_the_merged), "00025": needed(of_the_split)}


def test_the_incident_ends_and_says_who_followed(told: Told) -> None:
    """The old unit's episode is closed as ended; two successors are behind in July, each an episode of its own."""
    (open_one,) = told.incidents["14 July"]
    assert (open_one["org_unit"], open_one["state"]) == ("00004", "open")
    (ended,) = told.incidents["1 August"]
    assert (ended["number"], ended["state"], ended["closed_at"]) == (open_one["number"], "ended", hanoi(8, 1))
    assert json.loads(str(ended["facts"]))["ended"] == {
        "reason": "unit_passed_on",
        "on": "2025-06-30",
        "followed_by": [f"{code}@{JULY}" for code in NEW],
    }
    later = [(_key(one), one["state"]) for one in told.incidents["14 August"][1:]]
    assert later == [("00008@2025-07-01", "open"), ("00025@2025-07-01", "open")]


@pytest.mark.parametrize(
    "said",
    [
        "Phường Trúc Bạch ended on 30 Jun 2025, and the target passed on to Xã Ba Đình, Phường Ngọc Hà and Xã Giảng Võ",
        "Phường Trúc Bạch không còn sau ngày 30/06/2025; chỉ tiêu chuyển cho Xã Ba Đình, Phường Ngọc Hà và Xã Giảng Võ",
    ],
)
def test_people_are_told_to_whom_it_passed_on(told: Told, said: str) -> None:
    """The message of the old unit says so at its end, and its thread too; before the end it was never said."""
    assert not any(said in message for message in told.messages["14 July"])
    assert sum(said in message for message in told.messages["1 August"]) == 2


def test_the_whole_goes_on_without_a_word(told: Told, unchanged: Told) -> None:
    """The city was met before and after: nobody is told of it, and it stands as it would with nothing changed."""
    for moment in MOMENTS:
        changed, same = (one.one(moment, "01@2021-01-01", "on_time_city") for one in (told, unchanged))
        figures = ("status", "period_start", "numerator", "denominator", "required_millionths", "headroom_units")
        assert [changed[name] for name in figures] == [same[name] for name in figures], moment
    assert not any("đúng hạn" in message or "on time" in message for message in told.messages["15 August"])
