"""Columns that change: new, missing, renamed and retyped ones are told apart, for files and for fetched systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from targetwatch.gathering import Delivery, land, sort_rows, spool
from targetwatch.gathering.columns import changes, missing, perhaps_renamed, shape_of
from targetwatch.gathering.outcome import column_changes
from targetwatch.model import Text
from tests.gathering.sources import GATES, KEY, NOW, PROCEDURES, PROGRAMME, csv_text, dossier, gate, landed_of

EVERY = frozenset(column.name for column in PROCEDURES.columns)


@dataclass(frozen=True)
class Had:
    """What earlier deliveries had."""

    named: frozenset[str] = EVERY
    unnamed: frozenset[str] = frozenset({"applicant"})


def said(named: frozenset[str], unnamed: Sequence[str], before: Had | None = Had()) -> list[str]:
    """The changes of a delivery's columns, in English."""
    return [change.en for change in changes(PROCEDURES, named, unnamed, before)]


def test_what_is_as_it_was_is_no_change() -> None:
    """The same columns as before, and the first delivery of all."""
    assert said(EVERY, ["applicant"]) == []
    assert said(frozenset({"dossier_id"}), ["anything"], None) == []


def test_new_and_missing_columns_are_told_apart() -> None:
    """A new column is not kept; one that is not required and that each delivery had is missing."""
    assert said(EVERY - {"satisfaction"}, ["applicant", "phone"]) == [
        "Missing column “satisfaction”, which earlier deliveries had; not required, and so left empty",
        "New column that the source does not name, and so is not kept: “phone”",
    ]


def test_a_column_that_deliveries_lacked_before_is_no_news() -> None:
    """Only what each of the last few had is missed."""
    assert said(EVERY - {"satisfaction"}, [], Had(named=EVERY - {"satisfaction"})) == []


@pytest.mark.parametrize(
    ("old", "new", "alike"),
    [
        ("mã hồ sơ", "ma_ho_so", True),
        ("mã hồ sơ", "MaHoSo", True),
        ("Ngày tiếp nhận", "ngay tiep nhan ho so", True),
        ("Ngày tiếp nhận", "ngay tra ket qua", False),
        ("satisfaction", "Satisfactions", True),
        ("received_on", "recieved_on", True),
        ("due_on", "sector", False),
        ("“”", "…", False),
    ],
)
def test_a_renamed_column_is_one_by_nearly_the_same_name(old: str, new: str, alike: bool) -> None:
    """Marks, case and blanks make no other name, nor does a letter; other words do."""
    assert perhaps_renamed([old], [new]) == ({old: new} if alike else {})


def test_each_new_column_stands_for_one_that_is_gone() -> None:
    """The nearest pair is taken first."""
    assert perhaps_renamed(["due_on", "due_on_2"], ["due_on2"]) == {"due_on_2": "due_on2"}


def test_a_renamed_column_is_suggested_and_not_called_new() -> None:
    """An optional one in a warning, a required one in the refusal, with what to do."""
    assert said(EVERY - {"satisfaction"}, ["Satis-faction"]) == [
        "perhaps “satisfaction” is now called “Satis-faction”: deliver it by its old name, or change the source's "
        "delivered_as"
    ]
    assert said(EVERY - {"dossier_id"}, ["Dossier ID"]) == []  # the refusal says so
    assert missing(["dossier_id"], ["Dossier ID", "phone"]).en == (
        "Missing column “dossier_id”; perhaps “dossier_id” is now called “Dossier ID”: deliver it by its old name, or "
        "change the source's delivered_as"
    )


def test_a_missing_required_column_refuses_the_batch(tmp_path: Path) -> None:
    """By one reason, which says what it may be called now; no row goes to quarantine."""
    rows = [{("Ma ho so" if name == "dossier_id" else name): value for name, value in dossier().items()}]
    source = replace(
        PROCEDURES, columns=(replace(PROCEDURES.columns[0], delivered_as="mã hồ sơ"), *PROCEDURES.columns[1:])
    )
    gated = gate(landed_of(tmp_path, csv_text(rows), source=source), source)
    assert gated.refusal is not None
    assert Text.parse(gated.refusal).vi.startswith("Thiếu cột “mã hồ sơ”; có lẽ cột “mã hồ sơ” nay tên là “Ma ho so”")
    assert gated.rows_quarantined == 0


def retyped(folder: Path, wrong: int, good: int, before: Had | None = None) -> tuple[str | None, int]:
    """Why dossiers are refused of which so many have a date that is none, and how many are put aside."""
    rows = [dossier(number, due_on="ngày 31" if number < wrong else "2025-05-20") for number in range(wrong + good)]
    landed = landed_of(folder, csv_text(rows))
    gated = sort_rows(landed, PROCEDURES, PROGRAMME, GATES, NOW, before=before)
    return Text.parse(gated.refusal).en if gated.refusal else None, gated.rows_quarantined


def test_a_retyped_column_refuses_the_batch_by_one_reason(tmp_path: Path) -> None:
    """With an example of how it is written now, not what stood there, and not a fault for every row."""
    assert retyped(tmp_path, wrong=30, good=20, before=Had()) == (
        "The column “due_on” is no longer a date: 30 of 50 values cannot be read, as in row 2, written like “aaaa 99”",
        0,
    )


def test_a_column_that_never_was_its_type_is_said_so(tmp_path: Path) -> None:
    """The first delivery of all has nothing to be held against."""
    assert str(retyped(tmp_path, wrong=30, good=20)[0]).startswith("The column “due_on” is not a date")


@pytest.mark.parametrize(("wrong", "good"), [(19, 10), (25, 30)])
def test_single_faults_stay_single_faults(tmp_path: Path, wrong: int, good: int) -> None:
    """Few, or not most of the values: each row is put aside with its reason."""
    refusal, put_aside = retyped(tmp_path, wrong, good, Had())
    assert put_aside == wrong
    assert refusal is None or "Not a date" in refusal


def test_the_shape_of_a_value_tells_nothing_of_it() -> None:
    """Digits are 9, letters a, the rest stays; a long one is cut."""
    assert shape_of("Nguyễn Văn A, 31.05.2025") == "aaaaaa aaa a, 99.99.9999"
    assert shape_of("1" * 100) == "9" * 24 + "…"


def test_a_fetched_system_is_held_to_the_same(tmp_path: Path) -> None:
    """What an answer has besides is new, and a field that no row has is missing."""
    row: Mapping[str, str] = {name: value for name, value in dossier().items() if name != "satisfaction"}
    fetched = spool.spool([{**row, "phone": "1"}], PROCEDURES, tmp_path / "spool", KEY, NOW)
    assert isinstance(fetched, Delivery)
    landed = land(fetched, PROCEDURES, tmp_path, KEY)
    assert [change.en for change in column_changes(fetched, PROCEDURES, landed, Had())] == [
        "Missing column “satisfaction”, which earlier deliveries had; not required, and so left empty",
        "New column that the source does not name, and so is not kept: “phone”",
    ]


def test_a_correction_has_the_columns_that_it_was_given(tmp_path: Path) -> None:
    """It is made here, of the source's own columns: nothing about them is news."""
    landed = landed_of(tmp_path, csv_text([dossier()]))
    delivery = Delivery(tmp_path / "x", PROCEDURES.id, "x", 1, correction="rows")
    assert column_changes(delivery, PROCEDURES, landed, Had(named=EVERY | {"more"}, unnamed=frozenset())) == ()
