"""Packed deliveries: .zip and .gz, whole or not at all, and those that mean harm."""

from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from targetwatch.gathering import land
from targetwatch.gathering.formats import archive
from targetwatch.gathering.parts import part_of, row_of
from tests.gathering.sources import KEY, PROCEDURES, csv_text, dossier, drop, landed_of, only_delivery
from tests.gathering.workbooks import HEADER, refused, rejected_of, report, table_of, workbook

ANY = replace(PROCEDURES, formats=("csv", "xlsx", "jsonl", "parquet"))
MIB = 1024 * 1024


def csv_of(*numbers: int) -> bytes:
    """A CSV of these dossiers."""
    return csv_text([dossier(number) for number in numbers]).encode()


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive_:
        for name, content in files.items():
            archive_.writestr(name, content)
    return written.getvalue()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, empty at first."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_zip_of_one_file(tmp_path: Path) -> None:
    """What is in a .zip is read as if it had come unpacked, whatever the archive is called."""
    landed = landed_of(tmp_path, zipped({"tháng 5.csv": csv_of(1, 2)}), "delivery.csv")
    assert landed.frame["position"].to_list() == [2, 3]
    assert landed.frame["procedure"].to_list() == ["1.004227"] * 2


def test_a_zip_of_many_files_is_one_delivery(tmp_path: Path) -> None:
    """Files of several formats come one below the other, as text; each position tells the file and the line in it."""
    parquet = tmp_path / "x.parquet"
    pl.DataFrame([dossier(4)]).with_columns(pl.col("received_on").str.to_date()).write_parquet(parquet)
    json = (
        b'{"dossier_id": "H26-0003", "procedure": "1.004227", "tier": "commune", "org_unit": "00001", '
        b'"received_on": "2025-05-05", "due_on": null, "finished_on": null, "channel": "desk"}\n'
    )
    content = zipped({"a/1.csv": csv_of(1, 2), "b/2.jsonl": json + b"{oops\n", "3.parquet": parquet.read_bytes()})
    table = table_of(tmp_path, content, ANY)
    assert table.parts == ("a/1.csv", "b/2.jsonl", "3.parquet")
    assert [(part_of(at, table.parts), row_of(at)) for at in table.frame["position"]] == [
        ("a/1.csv", 2),
        ("a/1.csv", 3),
        ("b/2.jsonl", 1),
        ("3.parquet", 1),
    ]
    assert table.frame["dossier_id"].to_list() == ["H26-0001", "H26-0002", "H26-0003", "H26-0004"]
    assert table.frame["received_on"].to_list() == ["2025-05-05"] * 4
    ((at, reason, *_),) = rejected_of(table)
    assert (part_of(at, table.parts), row_of(at), reason) == ("b/2.jsonl", 2, "The line is not JSON")


def test_workbooks_of_several_sheets_in_a_zip(tmp_path: Path) -> None:
    """A row of a sheet of a workbook in an archive is told by file, sheet and row."""
    from tests.gathering.sources import REPORTING

    books = {
        "q1.xlsx": workbook({"Một": [HEADER, report("00001")], "Hai": [HEADER, report("00004")]}),
        "q2.xlsx": workbook({"Ba": [HEADER, report("00007")]}),
    }
    table = table_of(tmp_path, zipped(books), REPORTING)
    told = [(part_of(at, table.parts), row_of(at)) for at in table.frame["position"]]
    assert told == [("q1.xlsx / Một", 2), ("q1.xlsx / Hai", 2), ("q2.xlsx / Ba", 2)]


def test_what_operating_systems_add_is_no_file(tmp_path: Path) -> None:
    """Folders, hidden files and what macOS and Windows put beside files are left alone; there has to be more."""
    junk = {"dữ liệu/": b"", "__MACOSX/._a.csv": b"x", ".DS_Store": b"x", "dữ liệu/Thumbs.db": b"x", "~$a.xlsx": b"x"}
    assert table_of(tmp_path, zipped({**junk, "dữ liệu/a.csv": csv_of(1)}), ANY).parts == ("dữ liệu/a.csv",)
    assert refused(tmp_path, zipped(junk), ANY) == "The archive has no files in it"


def test_one_bad_file_refuses_all(tmp_path: Path, temporary: Path) -> None:
    """Where one file cannot be read nothing is taken: the message names it, and nothing is left lying about."""
    content = zipped({"a.csv": csv_of(1), "đọc tôi.txt": "Kính gửi".encode()})
    because = refused(tmp_path, content, ANY)
    assert because.startswith("“đọc tôi.txt” in the archive: The header has none of the source's columns")
    assert list(temporary.iterdir()) == []


def test_a_file_that_goes_bad_half_way_refuses_all(tmp_path: Path) -> None:
    """A file whose later lines are no text refuses the whole delivery too: nothing has landed by then."""
    drop(tmp_path / "inbox", zipped({"a.csv": csv_of(1), "b.csv": csv_of(*range(2, 50_000)) + b"\xff\xfe\n"}))
    landed = land(only_delivery(tmp_path / "inbox"), PROCEDURES, tmp_path / "home", KEY)
    assert "“b.csv” in the archive: Line 50000 is not UTF-8" in getattr(landed, "because", "")
    assert not list((tmp_path / "home").glob("landing/*/*"))


def test_a_file_that_lacks_what_another_has(tmp_path: Path) -> None:
    """A file without a required column that the others have is not filled up with nothing."""
    short = csv_text([{name: value for name, value in dossier(2).items() if name != "due_on"}]).encode()
    because = refused(tmp_path, zipped({"a.csv": csv_of(1), "b.csv": short}), ANY)
    assert because == "“b.csv”: Missing column “due_on”"


def test_a_gz_of_csv_and_of_json(tmp_path: Path) -> None:
    """A .gz is what is in it, by its content; positions are the lines in there."""
    assert table_of(tmp_path, gzip.compress(csv_of(1, 2)), ANY).frame["position"].to_list() == [2, 3]
    line = b'{"dossier_id": "H26-0001"}\n'
    table = table_of(tmp_path, gzip.compress(line) + gzip.compress(line), ANY)
    assert table.frame.rows() == [(1, "H26-0001"), (2, "H26-0001")]


def test_nothing_of_what_is_unpacked_has_a_name(tmp_path: Path, temporary: Path) -> None:
    """While a delivery is read, what was unpacked has no name: a crash leaves nothing of it."""
    path = tmp_path / "x"
    path.write_bytes(zipped({"a.csv": csv_of(1), "b.csv": csv_of(2)}))
    table = archive.read_zip(path, ANY, lambda one, source: _seen(one, source, temporary))
    assert len(list(table.blocks)) == 2


def _seen(path: Path, source: object, temporary: Path) -> object:
    from targetwatch.gathering.formats import read_table

    assert path.read_bytes().startswith(b"dossier_id")
    assert list(temporary.iterdir()) == []
    return read_table(path, ANY)


@pytest.mark.parametrize("inner", ["zip", "gz"])
@pytest.mark.parametrize("outer", ["zip", "gz"])
def test_an_archive_within_an_archive(tmp_path: Path, inner: str, outer: str) -> None:
    """What is packed twice is refused, which ends every bomb of bombs."""
    content = zipped({"a.csv": csv_of(1)}) if inner == "zip" else gzip.compress(csv_of(1))
    packed = zipped({"x": content}) if outer == "zip" else gzip.compress(content)
    assert refused(tmp_path, packed, ANY).endswith("An archive within an archive: pack the files only once")


@pytest.mark.parametrize(
    "name", ["../../../etc/cron.d/x.csv", "/etc/x.csv", "a/../../x.csv", "..\\..\\x.csv", "C:/x.csv", "C:x.csv"]
)
def test_paths_that_lead_out(tmp_path: Path, name: str) -> None:
    """A name that leads out of the archive refuses it; nothing is ever written under a name of its choosing."""
    assert "holds a path that leads out of it" in refused(tmp_path, zipped({"a.csv": csv_of(1), name: csv_of(2)}), ANY)


def test_a_link_in_an_archive(tmp_path: Path) -> None:
    """A symbolic link in an archive is refused, and what it leads to is not read."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as one:
        link = zipfile.ZipInfo("a.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        one.writestr(link, "/etc/passwd")
    assert "or a link" in refused(tmp_path, written.getvalue(), ANY)


def test_an_encrypted_archive(tmp_path: Path) -> None:
    """An archive with a password says to deliver it without one."""
    content = bytearray(zipped({"a.csv": csv_of(1)}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    because = refused(tmp_path, bytes(content), ANY)
    assert because == "The archive is protected by a password: deliver it without one"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_of_packing_that_are_not_taken(tmp_path: Path, method: int) -> None:
    """Other ways of packing unpack to far more, and nobody uses them: they are refused with what to do."""
    assert "pack it as an ordinary .zip" in refused(tmp_path, zipped({"a.csv": csv_of(1)}, method), ANY)


@pytest.mark.parametrize("kept", [0.3, 0.9])
@pytest.mark.parametrize("kind", ["zip", "gz"])
def test_an_archive_cut_short(tmp_path: Path, kind: str, kept: float) -> None:
    """An archive that was cut short is refused whole, though part of it could be read."""
    numbers = range(1, 2_000)
    content = zipped({"a.csv": csv_of(*numbers)}) if kind == "zip" else gzip.compress(csv_of(*numbers))
    because = refused(tmp_path, content[: int(len(content) * kept)], ANY)
    assert because == "The archive is damaged or cut short: deliver the whole file again"


def test_an_archive_changed_inside(tmp_path: Path) -> None:
    """A file whose bytes do not fit their checksum is not believed."""
    content = bytearray(zipped({"a.csv": csv_of(*range(1, 100))}, zipfile.ZIP_STORED))
    content[500] ^= 1
    assert "damaged or cut short" in refused(tmp_path, bytes(content), ANY)


@pytest.mark.parametrize("kind", ["zip", "gz"])
def test_a_bomb(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What unpacks to a thousand times its size is refused: a .zip by what it says of itself, a .gz on the way."""
    bomb = b"dossier_id\n" + b"\n" * (100 * MIB)
    content = zipped({"a.csv": bomb}) if kind == "zip" else gzip.compress(bomb, 1)
    checked: list[int] = []
    check = archive.check_size

    def noted(packed: int, size: int, most: archive.Bounds) -> None:
        checked.append(size)
        check(packed, size, most)

    monkeypatch.setattr(archive, "check_size", noted)
    assert refused(tmp_path, content, ANY).startswith("The file unpacks to far too much (")
    assert max(checked, default=0) < 100 * MIB  # of the .gz part was unpacked, and then no more


def test_a_zip_that_lies_about_its_size(tmp_path: Path) -> None:
    """A file that says it is small and is not is damaged: no more of it is unpacked than it said."""
    content = zipped({"a.csv": csv_of(1) + b"\n" * (64 * MIB)})
    size = len(csv_of(1)) + 64 * MIB
    lied = content.replace(struct.pack("<L", size), struct.pack("<L", 1_000))
    assert lied != content
    assert "damaged or cut short" in refused(tmp_path, lied, ANY)


def test_files_that_share_their_bytes(tmp_path: Path) -> None:
    """Entries that all point to the same packed bytes add up by what they say, and are refused beyond the bound."""
    content = bytearray(zipped({"a.csv": b"x" + b"\n" * (31 * MIB)}))
    directory = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    entry = bytes(content[directory:end])
    many = entry * 400
    tail = bytearray(content[end:])
    struct.pack_into("<HHLL", tail, 8, 400, 400, len(many), directory)
    because = refused(tmp_path, bytes(content[:directory]) + many + bytes(tail), ANY)
    assert because.startswith("The file unpacks to far too much")


def test_too_many_files(tmp_path: Path) -> None:
    """More files than are taken at once are refused before the list of them is read."""
    because = refused(tmp_path, zipped({f"{n}.csv": b"" for n in range(2_001)}), ANY)
    assert because == "The archive has 2,001 files, and at most 2,000 are taken: deliver it in parts"
    because = refused(tmp_path, zipped({f"{n}.csv": b"" for n in range(501)}), ANY)
    assert because == "The archive has 501 files, and at most 500 are taken: deliver it in parts"


def test_other_office_documents_and_archives(tmp_path: Path) -> None:
    """A .docx or .ods is no archive of deliveries; a .tar or .7z says to be unpacked."""
    document = zipped({"[Content_Types].xml": b"x", "word/document.xml": b"x"})
    assert "save it as .xlsx" in refused(tmp_path, document, ANY)
    assert "save it as .xlsx" in refused(tmp_path, zipped({"mimetype": b"x", "content.xml": b"x"}), ANY)
    tar = bytearray(1_024)
    tar[0:5], tar[257:262] = b"a.csv", b"ustar"
    assert "compressed" in refused(tmp_path, bytes(tar), ANY)
    assert "compressed" in refused(tmp_path, b"7z\xbc\xaf\x27\x1c" + bytes(100), ANY)


def test_the_same_archive_twice_is_one_batch(tmp_path: Path) -> None:
    """The batch is that of the archive's own bytes."""
    content = zipped({"a.csv": csv_of(1)})
    first = landed_of(tmp_path / "1", content, "a.zip")
    second = landed_of(tmp_path / "2", content, "b.zip")
    assert first.batch_id == second.batch_id
    assert os.path.exists(first.path)
