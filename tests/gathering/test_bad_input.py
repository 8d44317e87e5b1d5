"""Bad input gets a clear message, loses nothing and stops nobody else. One test a kind of bad input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from targetwatch.gathering import DeliveryChangedError, Landed, Refused, land, retire, waiting
from targetwatch.model import Text
from tests.gathering.sources import (
    AT_ONCE,
    KEY,
    PROCEDURES,
    csv_text,
    dossier,
    drop,
    gate,
    gated_of,
    landed_of,
    only_delivery,
    put_aside,
    refused_of,
)


def parquet_bytes(rows: Sequence[Mapping[str, str]], path: Path) -> bytes:
    """The rows as a Parquet file."""
    pl.DataFrame(rows).write_parquet(path)
    return path.read_bytes()


def test_an_empty_file(tmp_path: Path) -> None:
    """A file of no bytes is refused as that."""
    assert refused_of(tmp_path, b"") == Text("Tệp rỗng (0 byte)", "The file is empty (0 bytes)")


def test_an_empty_spreadsheet(tmp_path: Path) -> None:
    """A spreadsheet of no bytes is refused as that, whatever its name says."""
    assert refused_of(tmp_path, b"", "báo cáo.xlsx").en == "The file is empty (0 bytes)"


@pytest.mark.parametrize("content", ["\n\n  \n", "\ufeff"])
def test_a_file_of_nothing_but_space(tmp_path: Path, content: str) -> None:
    """A file without a line that says anything counts as empty."""
    assert refused_of(tmp_path, content).en == "The file is empty (0 bytes)"


def test_a_header_and_no_rows(tmp_path: Path) -> None:
    """A file with a header alone lands, and is refused because it has no rows."""
    gated = gate(landed_of(tmp_path, ",".join(dossier()) + "\n"))
    assert gated.refusal == str(Text("Tệp không có dòng số liệu nào", "The file has no rows of data"))


@pytest.mark.parametrize("kept", [4, 11, 200, -1])
def test_a_truncated_parquet(tmp_path: Path, kept: int) -> None:
    """A Parquet file that was cut short anywhere is refused, and says to deliver it whole."""
    whole = parquet_bytes([dossier(number) for number in range(1, 50)], tmp_path / "whole.parquet")
    because = refused_of(tmp_path, whole[:kept], "x.parquet")
    assert because.en == "The Parquet file is cut short or damaged: deliver the whole file again"


def test_a_parquet_damaged_inside(tmp_path: Path) -> None:
    """A Parquet file with its two ends right and nothing right between them is refused."""
    assert "cut short or damaged" in refused_of(tmp_path, b"PAR1" + b"\0" * 100 + b"PAR1").en


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_in_another_encoding_or_with_another_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    """UTF-8 or UTF-16, with a mark or without, and any of four delimiters: the same rows are read."""
    rows = [dossier(1, sector="Hộ tịch, chứng thực"), dossier(2, sector="đất đai; nhà ở | khác")]
    landed = landed_of(tmp_path, csv_text(rows, delimiter).encode(encoding))
    assert landed.frame["sector"].to_list() == ["Hộ tịch, chứng thực", "đất đai; nhà ở | khác"]
    assert landed.frame["position"].to_list() == [2, 3]
    assert gate(landed).good.height == 2


def test_a_csv_that_is_neither_utf_8_nor_utf_16(tmp_path: Path) -> None:
    """Another encoding is not guessed at: the message names the line and how to save the file."""
    content = csv_text([dossier(1), dossier(2)]).encode() + "hồ sơ".encode("utf-16-le")[:5] + b"\xff\n"
    assert refused_of(tmp_path, content).en == "Line 4 is not UTF-8: save the file as CSV UTF-8"


@pytest.mark.parametrize("encoding", ["cp1258", "latin-1"])
def test_a_csv_that_mixes_encodings(tmp_path: Path, encoding: str) -> None:
    """Lines of an old encoding among others are named, and nothing of the file is taken: encodings are not guessed."""
    lines = csv_text([dossier(number, sector="Hà Nội") for number in range(1, 9)]).encode().splitlines(keepends=True)
    for at in (3, 6):
        lines[at] = lines[at].decode().replace("Nội", "Nô").encode(encoding)
    assert refused_of(tmp_path, b"".join(lines)).en == (
        "Lines 4, 7 are not UTF-8 (but Windows-1258, TCVN3 or VNI perhaps): save the file as CSV UTF-8"
    )


def test_a_missing_column(tmp_path: Path) -> None:
    """A required column that is not there refuses the batch by name, and says who had reported what."""
    rows = [{name: value for name, value in dossier(number).items() if name != "finished_on"} for number in (1, 2)]
    gated = gated_of(tmp_path, rows)
    assert gated.refusal == str(Text("Thiếu cột “finished_on”", "Missing column “finished_on”"))
    assert gated.good.is_empty()
    assert gated.quarantined.is_empty()
    assert gated.reports.select("org_unit", "tier").rows() == [("00001", "commune")]


def test_several_missing_columns(tmp_path: Path) -> None:
    """All the missing columns are named at once, and a column that need not be there is not among them."""
    gone = {"due_on", "channel", "satisfaction"}
    rows = [{name: value for name, value in dossier().items() if name not in gone}]
    refusal = gated_of(tmp_path, rows).refusal
    assert refusal is not None
    assert Text.parse(refusal).en == "Missing columns “due_on”, “channel”"


def test_an_extra_column(tmp_path: Path) -> None:
    """A column that the source does not name is dropped, is named, and harms nothing."""
    landed = landed_of(tmp_path, csv_text([{**dossier(), "applicant": "Nguyễn Văn A", "phone": "0912"}]))
    assert landed.unnamed_columns == ("applicant", "phone")
    assert "applicant" not in landed.frame.columns
    assert gate(landed).good.height == 1


def test_a_file_with_none_of_the_columns(tmp_path: Path) -> None:
    """A file of something else is refused, with what was found and what is wanted."""
    because = refused_of(tmp_path, "<!DOCTYPE html>\n<title>Sign in</title>\n")
    assert because.en == (
        "The header has none of the source's columns: it has “<!DOCTYPE html>”; wanted are “dossier_id”, “procedure”, "
        "“sector”, “tier”, “org_unit”, “received_on”, …"
    )


def test_a_column_that_stands_twice(tmp_path: Path) -> None:
    """Of two columns with one name neither is believed."""
    header = ",".join([*dossier(), "Channel"])
    assert refused_of(tmp_path, f"{header}\n").en == "The column “channel” stands twice"


@pytest.mark.parametrize(
    ("changes", "reason", "column"),
    [
        ({"received_on": "2020-12-31"}, "A date before the programme started", "received_on"),
        ({"received_on": "2025-06-11", "due_on": "2025-07-01"}, "A date in the future", "received_on"),
        ({"received_on": "0025-05-05"}, "A date before the programme started", "received_on"),
        ({"received_on": "31/02/2025"}, "Not a date", "received_on"),
        ({"received_on": ""}, "The date that says which period it is for is missing", "received_on"),
        ({"finished_on": "2025-06-11"}, "Closed in the future", "finished_on"),
        ({"due_on": "2052-05-20"}, "Due more than five years ahead", "due_on"),
        ({"due_on": "2025-05-04"}, "Due before received", "due_on"),
        ({"finished_on": "2025-05-04"}, "Closed before received", "finished_on"),
    ],
)
def test_dates_out_of_range(tmp_path: Path, changes: dict[str, str], reason: str, column: str) -> None:
    """A row with a date that cannot be goes to quarantine with the line, the reason, the column and the value."""
    gated = gated_of(tmp_path, [dossier(1), dossier(2, **changes), dossier(3)])
    assert put_aside(gated) == [(3, reason, column, changes[column] or None)]
    assert (gated.refusal, gated.good.height) == (None, 2)


def test_today_is_no_future(tmp_path: Path) -> None:
    """Today is the programme's day: at 20:00 UTC it is already the 11th in Hanoi."""
    rows = [dossier(1, received_on="2025-06-11", due_on="2025-07-01", finished_on="")]
    assert gated_of(tmp_path, rows, now=datetime(2025, 6, 10, 20, 0, tzinfo=UTC)).good.height == 1


def test_an_id_twice_with_other_contents(tmp_path: Path) -> None:
    """Rows that say different things of one dossier are all put aside, and the id itself is not shown."""
    gated = gated_of(tmp_path, [dossier(1), dossier(2), dossier(2, channel="desk"), dossier(3)])
    reason = "The same id stands more than once in the batch, with different contents"
    assert put_aside(gated) == [(3, reason, "dossier_id", None), (4, reason, "dossier_id", None)]
    assert gated.good.height == 2


def test_an_id_twice_word_for_word(tmp_path: Path) -> None:
    """A row that is there twice counts once."""
    gated = gated_of(tmp_path, [dossier(1), dossier(2), dossier(1)])
    assert put_aside(gated) == [(4, "Repeats an earlier row word for word", "dossier_id", None)]
    assert gated.good["position"].to_list() == [2, 3]


def test_a_bad_row_does_not_spoil_the_good_one_with_its_id(tmp_path: Path) -> None:
    """A row that is bad anyway is no reason to doubt the other of the same dossier."""
    gated = gated_of(tmp_path, [dossier(1), dossier(1, received_on="hôm qua")])
    assert put_aside(gated) == [(3, "Not a date", "received_on", "hôm qua")]
    assert gated.good.height == 1


def test_an_id_missing(tmp_path: Path) -> None:
    """A dossier without a number is put aside: a second delivery of it could not be told from a new one."""
    gated = gated_of(tmp_path, [dossier(1), {**dossier(2), "dossier_id": "  "}])
    assert put_aside(gated) == [(3, "What identifies the record is missing", "dossier_id", None)]


@pytest.mark.parametrize(
    ("changes", "reason", "column"),
    [
        ({"org_unit": "99999"}, "No unit has this code", "org_unit"),
        ({"org_unit": "1"}, "No unit has this code", "org_unit"),
        ({"org_unit": ""}, "The unit is missing", "org_unit"),
        ({"org_unit": "00007"}, "Unit code not in force that day", "org_unit"),
        ({"org_unit": "001"}, "The unit is not of the level given", "org_unit"),
        ({"tier": "xóm"}, "This source has no such level", "tier"),
        ({"tier": ""}, "The level is missing", "tier"),
    ],
)
def test_an_unknown_unit(tmp_path: Path, changes: dict[str, str], reason: str, column: str) -> None:
    """A unit that does not exist, did not exist that day, or is not of that level puts the row aside."""
    gated = gated_of(tmp_path, [dossier(1), dossier(2, **changes)])
    assert put_aside(gated) == [(3, reason, column, changes[column] or None)]


def test_a_line_with_too_few_or_too_many_fields(tmp_path: Path) -> None:
    """A ragged line is put aside by its number, and what stands in it is not copied anywhere."""
    lines = csv_text([dossier(1), dossier(2), dossier(3), dossier(4)]).splitlines()
    lines[2] = lines[2].rsplit(",", 3)[0]
    lines[3] += ",Nguyễn Văn A,0912"
    gated = gate(landed_of(tmp_path, "\n".join(lines)))
    assert put_aside(gated) == [
        (3, "The line has 11 fields and the header 14", None, None),
        (4, "The line has 16 fields and the header 14", None, None),
    ]
    assert gated.good["position"].to_list() == [2, 5]


def test_a_file_of_a_format_that_the_source_does_not_take(tmp_path: Path) -> None:
    """What a file is, is told by what it holds; a format that the source does not name is refused."""
    content = parquet_bytes([dossier()], tmp_path / "x")
    assert refused_of(tmp_path, content, "x.csv", replace(PROCEDURES, formats=("csv",))).en == (
        "The file is parquet, and this source takes csv"
    )


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (b"\x1f\x8b\x08\x00", "The archive is damaged or cut short: deliver the whole file again"),
        (b"PK\x03\x04 no archive", "The archive is damaged or cut short: deliver the whole file again"),
        (b"Rar!", "The file is compressed: unpack it before delivering"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "An old (.xls) or password-protected spreadsheet: save it as .xlsx without a password",
        ),
    ],
)
def test_a_file_of_another_kind(tmp_path: Path, start: bytes, message: str) -> None:
    """Broken archives, other ones, and old spreadsheets are refused with what to do instead."""
    assert refused_of(tmp_path, start + b"\0" * 64).en == message


def test_more_bad_rows_than_are_allowed(tmp_path: Path) -> None:
    """The batch is refused whole, with how many of how many and the commonest reasons; the bad rows are all named."""
    rows = (
        [dossier(n) for n in range(1, 4)] + [dossier(n, org_unit="?") for n in range(4, 7)] + [dossier(7, channel="x")]
    )
    gated = gated_of(tmp_path, rows)
    assert gated.refusal is not None
    assert Text.parse(gated.refusal) == Text(
        "4 trong 7 dòng không dùng được, quá mức 50% cho phép: "
        "Không có đơn vị nào mang mã này (3 dòng, đầu tiên dòng 5); "
        "Hình thức nộp ngoài danh mục (1 dòng, đầu tiên dòng 8)",
        "4 of 7 rows cannot be used, and 50% are allowed: No unit has this code (3 rows, first at 5); "
        "Unknown channel (1 row, first at 8)",
    )
    assert gated.good.is_empty()
    assert gated.quarantined.height == 4
    assert gated.reports["org_unit"].to_list() == ["00001"]


def test_exactly_as_many_bad_rows_as_are_allowed(tmp_path: Path) -> None:
    """The limit itself is allowed, exactly: 3 in 10 at 0.3, which no binary fraction is."""
    rows = [dossier(n) for n in range(1, 8)] + [dossier(n, channel="x") for n in range(8, 11)]
    assert gated_of(tmp_path, rows, replace(PROCEDURES, bad_rows_allowed=0.3)).refusal is None


def test_ragged_lines_count_as_bad_rows(tmp_path: Path) -> None:
    """Lines that could not be split count towards what is allowed."""
    content = csv_text([dossier(1)]) + "x\ny\n"
    refusal = gate(landed_of(tmp_path, content)).refusal
    assert refusal is not None
    assert "2 of 3 rows cannot be used" in refusal


def test_not_one_good_row(tmp_path: Path) -> None:
    """A batch of bad rows alone is refused even where every row may be bad: it would empty what stands."""
    gated = gated_of(tmp_path, [dossier(1, channel="x")], replace(PROCEDURES, bad_rows_allowed=1.0))
    assert gated.refusal is not None


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    """A file that is still being written stays where it is, and is no refusal."""

    class Writer(dict[str, str]):
        """Writes on when the reader asks for the first value."""

    path = drop(tmp_path / "inbox", csv_text([dossier(1)]))
    delivery = only_delivery(tmp_path / "inbox")

    class Columns(tuple):
        """The source's columns, during whose reading the file grows."""

        def __iter__(self):
            with path.open("a") as file:
                file.write("more\n")
            return super().__iter__()

    growing = replace(PROCEDURES, columns=Columns(PROCEDURES.columns))
    with pytest.raises(DeliveryChangedError, match="It is taken at the next pass"):
        land(delivery, growing, tmp_path, KEY)
    assert path.exists()
    assert not (tmp_path / "landing").exists()


def test_one_bad_delivery_stops_no_other(tmp_path: Path) -> None:
    """Deliveries of all kinds in one inbox: each is landed or refused, each leaves the inbox, none raises."""
    inbox = tmp_path / "inbox"
    drop(inbox, b"", "a rỗng.csv")
    drop(inbox, b"PAR1 and no more", "b.parquet")
    drop(inbox, csv_text([dossier(1)]), "c 'tốt'.csv")
    (inbox / "procedures" / "d.csv").symlink_to("/etc/hostname")
    drop(inbox, b"\xff\xfe\x00\xd8", "e.csv")
    outcomes = {}
    for delivery in waiting(PROCEDURES, inbox, AT_ONCE):
        landed = land(delivery, PROCEDURES, tmp_path, KEY)
        gated = gate(landed) if isinstance(landed, Landed) else None
        outcomes[delivery.name] = isinstance(landed, Refused) or (gated is not None and gated.refusal is not None)
        retire(delivery, landed, tmp_path)
    assert outcomes == {"a rỗng.csv": True, "b.parquet": True, "c 'tốt'.csv": False, "d.csv": True, "e.csv": True}
    assert waiting(PROCEDURES, inbox, AT_ONCE) == []
    assert len(list((tmp_path / "originals" / "procedures").iterdir())) == 5
