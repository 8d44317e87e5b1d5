"""A delivery in blocks: however small they are, it is read, sorted and told of as in one piece."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from targetwatch.gathering import Landed, Refused, TimeAllowed, blocks, land, sort_rows
from targetwatch.gathering.formats import lines
from targetwatch.gathering.formats.delimited import read_delimited
from targetwatch.model import Text
from tests.gathering.sources import (
    GATES,
    KEY,
    NOW,
    PROCEDURES,
    PROGRAMME,
    REPORTING,
    csv_text,
    dossier,
    drop,
    gate,
    landed_of,
    only_delivery,
    put_aside,
)

LENIENT = replace(PROCEDURES, bad_rows_allowed=0.95)
HEADER = ",".join(column.delivered_as for column in REPORTING.columns)
# What lines are made of: every sign that means something to a reader, and some that take several bytes.
PIECES = st.sampled_from(['"', '""', ",", "\n", "\r\n", "\r", "a", "ồ", " ", ",,,,,,", "x,,,,,,1\n", '"a\nb",,,,,,1\n'])
WHOLE_OF_IT = {
    "name": "x",
    "expectations": [
        {"type": kind, "kwargs": kwargs, "severity": severity, "meta": {"reason": {"vi": f"{n} sai", "en": f"{n} bad"}}}
        for n, (kind, kwargs, severity) in enumerate(
            (
                ("expect_column_values_to_be_unique", {"column": "satisfaction"}, "critical"),
                ("expect_column_values_to_match_regex", {"column": "procedure", "regex": r"^\d\."}, "critical"),
                ("expect_column_values_to_not_be_null", {"column": "sector", "mostly": 0.9}, "warning"),
                ("expect_column_values_to_be_in_set", {"column": "channel", "value_set": ["online"]}, "warning"),
                (
                    "expect_column_max_to_be_between",
                    {"column": "received_on", "max_value": {"$PARAMETER": "start"}},
                    "warning",
                ),
                ("expect_table_row_count_to_be_between", {"min_value": 10**6}, "warning"),
            )
        )
    ],
}


def delivery_of(number: int, rows: int, bad: float) -> str:
    """A CSV of so many dossiers, of which about that share is bad in one way or another; some stand in it twice."""
    chance = random.Random(number)
    faults: list[Callable[[], Mapping[str, str]]] = [
        lambda: {"channel": "by pigeon"},
        lambda: {"org_unit": "99999"},
        lambda: {"received_on": "yesterday"},
        lambda: {"received_on": "2031-01-01"},
        lambda: {"due_on": "2025-01-01"},
        lambda: {"satisfaction": "9"},
        lambda: {"dossier_id": ""},
        lambda: {"procedure": ""},
        lambda: {"dossier_id": "H26-0003"},
        lambda: {"sector": 'of "two"\nlines, and more'},
        lambda: {"sector": ""},
    ]
    made = []
    for n in range(rows):
        plain = dossier(
            n, received_on=f"2025-05-{1 + n % 5:02}", satisfaction=str(1 + n % 5), sector=f"hộ tịch {n % 7}"
        )
        changes = chance.choice(faults)() if chance.random() < bad else {}
        made += [{**plain, **changes}] * (2 if chance.random() < bad / 4 else 1)
    chance.shuffle(made)
    text = csv_text(made)
    broken = [line if chance.random() > bad / 4 else f"{line},more" for line in text.split("\n")[1:]]
    return "\n".join([text.split("\n")[0], *broken])


def told(landed: Landed, rows_at_once: int, suites: Path = GATES, allowed: float = 0.95) -> list[Any]:
    """Everything that the gate says of what landed, in an order of its own."""
    gated = gate(landed, replace(LENIENT, bad_rows_allowed=allowed), suites=suites, rows_at_once=rows_at_once)
    good = gated.good
    return [
        landed.rows_delivered,
        good.sort("position").rows() if good.width else [],
        gated.quarantined.rows(),
        gated.rows_accepted,
        gated.rows_quarantined,
        gated.refusal,
        gated.reports.rows(),
        gated.touched.rows(),
        gated.warnings,
    ]


@pytest.mark.parametrize("number", range(2))
@pytest.mark.parametrize("allowed", [0.95, 0.02], ids=["taken", "refused"])
def test_blocks_make_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, allowed: float
) -> None:
    """In blocks of some lines or in one piece: the same good rows, quarantine, refusal, reports and periods."""
    content = delivery_of(number, 60, 0.3)
    whole = told(landed_of(tmp_path / "whole", content), 10_000, allowed=allowed)
    assert (whole[5] is None) == (allowed > 0.5)
    monkeypatch.setattr(lines, "BLOCK_BYTES", 700)
    monkeypatch.setattr(blocks, "ROW_GROUP", 8)
    for rows_at_once in (11, 50):
        landed = landed_of(tmp_path / str(rows_at_once), content)
        assert told(landed, rows_at_once, allowed=allowed) == whole


def test_what_a_suite_asks_of_the_whole_is_asked_of_the_whole(tmp_path: Path) -> None:
    """A value that is there twice, a largest value, a share of rows, a number of rows: blocks do not change them."""
    suites = tmp_path / "suites"
    suites.mkdir()
    (suites / "procedures.json").write_text(json.dumps(WHOLE_OF_IT), encoding="utf-8")
    rows = [dossier(n, satisfaction=str(n), sector="" if n == 4 else "x", channel="online") for n in range(20)]
    rows[19]["satisfaction"] = "2"  # as an early row has it, in another block
    rows[7]["procedure"] = "none"
    rows[2]["procedure"] = "none"  # wrong in two ways: the first in the suite is told
    landed = landed_of(tmp_path, csv_text(rows))
    whole = told(landed, 1000, suites)
    assert [told(landed, rows_at_once, suites) for rows_at_once in (7, 19)] == [whole] * 2
    assert [(position, reason) for position, reason, *_ in put_aside(gate(landed, LENIENT, suites=suites))] == [
        (4, "0 bad"),
        (9, "1 bad"),
        (21, "0 bad"),
    ]
    assert [Text.parse(warning).en for warning in whole[-1]] == ["4 bad", "5 bad"]


@pytest.mark.parametrize("rows_at_once", [3, 100])
def test_doubles_are_found_across_blocks(tmp_path: Path, rows_at_once: int) -> None:
    """Rows that repeat one from another block are put aside, all but the first; those that contradict it, all."""
    rows = [dossier(1), dossier(2), dossier(3), dossier(2), dossier(3, sector="đất đai"), dossier(1), dossier(4)]
    gated = gate(landed_of(tmp_path, csv_text(rows)), LENIENT, rows_at_once=rows_at_once)
    twice, contradicting = (
        "Repeats an earlier row word for word",
        "The same id stands more than once in the batch, with different contents",
    )
    assert [(position, reason) for position, reason, *_ in put_aside(gated)] == [
        (4, contradicting),
        (5, twice),
        (6, contradicting),
        (7, twice),
    ]
    assert sorted(gated.good["position"]) == [2, 3, 8]


def test_a_bad_row_is_no_double(tmp_path: Path) -> None:
    """A row that the suite puts aside does not make a good row of the same id, in another block, a double."""
    rows = [dossier(1, channel="by pigeon"), dossier(2), dossier(1)]
    gated = gate(landed_of(tmp_path, csv_text(rows)), LENIENT, rows_at_once=2)
    assert [position for position, *_ in put_aside(gated)] == [2]


def test_a_bad_row_says_whose_it_is(tmp_path: Path) -> None:
    """A row put aside keeps its record's id and its unit where it has them; a line that could not be split, neither."""
    content = csv_text([dossier(1, channel="by pigeon"), dossier(2, org_unit="99999"), dossier(3)]) + "a line\n"
    gated = gate(landed_of(tmp_path, content), LENIENT)
    ids = landed_of(tmp_path / "again", content).frame["dossier_id"].to_list()
    assert gated.quarantined.select("position", "record_id", "org_unit").rows() == [
        (2, ids[0], "00001"),
        (3, ids[1], None),
        (5, None, None),
    ]


@given(st.lists(PIECES, max_size=40).map("".join), st.integers(1, 30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_any_text_is_read_the_same_in_blocks(tmp_path: Path, text: str, size: int) -> None:
    """Whatever its quotation marks and line ends, a file cut anywhere is read as in one piece."""
    path = tmp_path / "x.csv"
    path.write_bytes(f"{HEADER}\n{text}".encode())
    whole, cut = read_delimited(path, REPORTING), read_delimited(path, REPORTING, size)
    assert cut.frame.equals(whole.frame)
    assert cut.rejected.equals(whole.rejected)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_any_encoding_is_read_the_same_in_blocks(tmp_path: Path, encoding: str) -> None:
    """A sign of several bytes is never cut in two."""
    path = tmp_path / "x.csv"
    path.write_bytes(f"{HEADER}\nồ𝄞,,,,,,ế\nđ,,,,,,𝄞\n".encode(encoding))
    for size in range(1, 12):
        assert read_delimited(path, REPORTING, size).frame.select("position", "metric", "share").rows() == [
            (2, "ồ𝄞", "ế"),
            (3, "đ", "𝄞"),
        ]


@pytest.mark.parametrize(("encoding", "broken"), [("utf-8", b"\xff"), ("utf-16-le", b"\x00\xd8")])
def test_a_late_line_that_is_no_text_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, broken: bytes
) -> None:
    """A line that cannot be read, many blocks on, refuses the delivery by its number; nothing of it lands."""
    monkeypatch.setattr(lines, "BLOCK_BYTES", 64)
    content = csv_text([dossier(number) for number in range(1, 30)]).encode(encoding) + broken + "\n".encode(encoding)
    drop(tmp_path / "inbox", content)
    refused = land(only_delivery(tmp_path / "inbox"), PROCEDURES, tmp_path, KEY)
    assert isinstance(refused, Refused)
    assert Text.parse(refused.because).en == "Line 31 is not UTF-8: save the file as CSV UTF-8"
    assert not (tmp_path / "landing").exists()


def test_a_line_without_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that goes on and on is not read into memory: the delivery is refused, with the line's number."""
    monkeypatch.setattr(lines, "BLOCK_BYTES", 64)
    monkeypatch.setattr(lines, "LONGEST_LINE", 1000)
    drop(tmp_path / "inbox", csv_text([dossier(1)]) + "x" * 2000)
    refused = land(only_delivery(tmp_path / "inbox"), PROCEDURES, tmp_path, KEY)
    assert isinstance(refused, Refused)
    assert "Line 3 is longer than 16 MB" in refused.because


def test_parquet_in_blocks_keeps_positions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Parquet file of several blocks has its rows numbered through."""
    from targetwatch.gathering.formats import parquet

    pl.DataFrame([dossier(number) for number in range(1, 30)]).write_parquet(tmp_path / "x.parquet")
    monkeypatch.setattr(parquet, "ROWS_AT_ONCE", 4)
    landed = landed_of(tmp_path, (tmp_path / "x.parquet").read_bytes(), "x.parquet")
    assert landed.frame["position"].to_list() == list(range(1, 30))


class Ticking:
    """A clock that goes on by a minute whenever it is looked at."""

    def __init__(self) -> None:
        self.minutes = 0

    def __call__(self) -> float:
        """The time, in seconds."""
        self.minutes += 1
        return self.minutes * 60.0


def test_reading_that_takes_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A delivery that is not read in its time is refused, with the time and what to do."""
    monkeypatch.setattr(lines, "BLOCK_BYTES", 64)
    drop(tmp_path / "inbox", csv_text([dossier(number) for number in range(1, 30)]))
    allowed = TimeAllowed(timedelta(minutes=5), Ticking())
    refused = land(only_delivery(tmp_path / "inbox"), PROCEDURES, tmp_path, KEY, allowed=allowed)
    assert isinstance(refused, Refused)
    assert "longer than the 5 minutes allowed" in refused.because
    assert not (tmp_path / "landing").exists()


def test_gating_that_takes_too_long_is_refused(tmp_path: Path) -> None:
    """A delivery that is not gated in its time is refused, and says who had reported what as far as it was read."""
    landed = landed_of(tmp_path, csv_text([dossier(number) for number in range(1, 30)]))
    allowed = TimeAllowed(timedelta(minutes=5), Ticking())
    gated = sort_rows(landed, PROCEDURES, PROGRAMME, GATES, NOW, 5, allowed)
    assert gated.refusal is not None
    assert "longer than the 5 minutes allowed" in gated.refusal
    assert gated.reports.height == 1
    assert gated.rows_accepted == 0
