"""Workbooks that mean harm, or do it without meaning to: bombs, entities, a million empty rows, links to elsewhere."""

from __future__ import annotations

import io
import resource
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from targetwatch.gathering.formats import bounds
from targetwatch.gathering.formats.cells import rows_of
from targetwatch.gathering.formats.workbook import opened
from tests.gathering.sources import CHECKOUT
from tests.gathering.workbooks import HEADER, SHEET, refused, rejected_of, repacked, report, swapped, table_of, workbook

PLAIN = workbook({"BC": [HEADER, report()]})
READ = """
import resource, sys
from pathlib import Path
from tests.gathering.workbooks import refused, table_of
limit = {limit} * 1024**2
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
content = Path(sys.argv[1]).read_bytes()
print({what}(Path(sys.argv[2]), content){then})
"""


def bounded(folder: Path, content: bytes, what: str, then: str = "", limit: int = 3_000, seconds: int = 60) -> str:
    """What a process prints that has so many MB of address space and so many seconds of a core to read a file."""
    (folder / "sent").write_bytes(content)
    script = READ.format(limit=limit, seconds=seconds, what=what, then=then)
    command = [sys.executable, "-c", script, folder / "sent", folder]
    env = {"PYTHONPATH": str(CHECKOUT), "POLARS_MAX_THREADS": "1"}
    ended = subprocess.run(command, capture_output=True, text=True, cwd=CHECKOUT, env=env)
    assert ended.returncode == 0, ended.stderr[-2_000:]
    return ended.stdout.strip()


def with_rows(content: bytes, rows: Callable[[int], bytes], number: int) -> bytes:
    """The workbook with so many more rows of XML below its own."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name != SHEET:
                new.writestr(name, data)
                continue
            before, after = data.split(b"</sheetData>")
            with new.open(name, "w") as file:
                file.write(before)
                for start in range(3, number + 3, 1_000):
                    file.write(b"".join(rows(row) for row in range(start, min(start + 1_000, number + 3))))
                file.write(b"</sheetData>" + after)
    return written.getvalue()


def test_a_million_empty_rows_are_read_in_bounded_time_and_memory(tmp_path: Path) -> None:
    """Of a million rows of formatted cells with nothing in them one row is read, within a minute and without memory."""
    row = b'<row r="%d" ht="15"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>'
    content = with_rows(PLAIN, lambda number: row % (number, number, number), 1_000_000)
    assert bounded(tmp_path, content, "table_of", ".frame.rows()[0][0:4]", 1_500) == "(2, 'online', 'commune', '00001')"


def test_the_last_row_of_a_sheet_far_below(tmp_path: Path) -> None:
    """A row at the very end of a sheet costs nothing for the million that are not there."""
    far = '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c><c r="E1048576"><v>1</v></c></row>'
    table = table_of(tmp_path, with_rows(PLAIN, lambda _: far.encode(), 1))
    assert table.frame["position"].to_list() == [2, 1_048_576]


@pytest.mark.parametrize(
    "row",
    [
        '<row r="99999999999"><c r="A1"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c></row>',
        '<row r="-5"/>',
        '<row r="3"><c r="ZZZZZZ3"><v>1</v></c></row>',
        '<row r="3"><c r="3"><v>1</v></c></row>',
        '<row r="3"><c r="A3" t="s"><v>99</v></c></row>',
        '<row r="3"><c r="A3"><v>twelve</v></c></row>',
    ],
)
def test_rows_and_cells_that_cannot_be(tmp_path: Path, row: str) -> None:
    """A row that no sheet has, one that was there before, and cells out of bounds refuse the workbook at once."""
    content = with_rows(PLAIN, lambda _: row.encode(), 1)
    assert refused(tmp_path, content) == "The spreadsheet is damaged or no .xlsx: save it as .xlsx"


BOMB = b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12)
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
def test_entities_are_refused_wherever_they_stand(tmp_path: Path, part: str, encoding: str) -> None:
    """A document type, in which entities that grow to terabytes or read files are declared, refuses the workbook."""

    def hostile(old: bytes) -> bytes:
        body = old.decode().split("?>", 1)[-1]
        head = f'<?xml version="1.0" encoding="{encoding}"?>' + BOMB.decode() + "]>"
        return (head + body).encode(encoding)

    because = refused(tmp_path, repacked(PLAIN, {part: hostile}))
    assert because == "The spreadsheet holds XML that is not safe: open it in an office program and save it again"


def test_an_entity_that_would_read_a_file(tmp_path: Path) -> None:
    """An external entity is not opened: nothing of the file that it names comes out."""
    secret = tmp_path / "secret"
    secret.write_text("00001")
    head = f'<!DOCTYPE worksheet [<!ENTITY e SYSTEM "file://{secret}">]>'.encode()

    def hostile(old: bytes) -> bytes:
        return head + swapped(old, '<c r="C2" t="str"><v>&e;</v></c>')

    assert "not safe" in refused(tmp_path, repacked(PLAIN, {SHEET: hostile}))


def test_elements_without_end(tmp_path: Path) -> None:
    """Elements within elements, ten thousand deep, are refused before they fill the memory."""
    content = repacked(PLAIN, {SHEET: lambda old: old.replace(b"<sheetData>", b"<sheetData>" + b"<a>" * 10_000)})
    assert "not safe" in refused(tmp_path, content)


def zeros(number: int) -> Callable[[bytes], bytes]:
    """So many bytes of nothing, which pack to a thousandth."""
    return lambda _: b" " * number


@pytest.mark.parametrize("part", ["xl/media/image1.png", "xl/styles.xml"])
def test_a_bomb_is_refused_by_what_it_says_of_itself(tmp_path: Path, part: str) -> None:
    """A part that unpacks to a thousand times its size refuses the workbook before anything is unpacked."""
    because = refused(tmp_path, repacked(PLAIN, {part: zeros(64 * 1024**2)}))
    assert because.startswith("The file unpacks to far too much (")


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    """A part that says it is small and is not is damaged: no more of it is ever unpacked than it said."""
    content = repacked(PLAIN, {"xl/styles.xml": lambda old: old + b" " * 64 * 1024**2})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        member = archive.getinfo("xl/styles.xml")
    lied = content.replace(member.file_size.to_bytes(4, "little"), (2_000).to_bytes(4, "little"))
    assert lied != content
    assert bounded(tmp_path, lied, "refused").startswith("The spreadsheet is damaged")


def test_words_that_a_million_cells_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long text that many cells share is many times what was packed: beyond the bound the workbook is refused."""
    from targetwatch.gathering.formats import spreadsheet

    monkeypatch.setattr(spreadsheet, "BOUNDS", bounds.Bounds(bytes=40 * 1024**2))
    monkeypatch.setattr(spreadsheet, "TEXT_AT_ONCE", 1024**2)
    words = b'<sst xmlns="http://x"><si><t>%s</t></si></sst>' % (b"x" * 32_000)
    row = b'<row r="%d"><c r="A%d" t="s"><v>0</v></c><c r="E%d"><v>1</v></c></row>'
    link = b'<Relationship Id="r9" Type="http://x/sharedStrings" Target="words.xml"/></Relationships>'
    content = repacked(
        with_rows(PLAIN, lambda number: row % (number, number, number), 2_000),
        {
            "xl/words.xml": lambda _: words,
            "xl/_rels/workbook.xml.rels": lambda old: old.replace(b"</Relationships>", link),
        },
    )
    assert refused(tmp_path, content) == "The spreadsheet unpacks to far too much: deliver it as CSV"


def test_a_cell_that_is_too_long_is_rejected_alone(tmp_path: Path) -> None:
    """A cell of more text than a spreadsheet can hold puts its row aside and is held nowhere."""
    huge = f'<c r="C2" t="inlineStr"><is><t>{"x" * 5_000_000}</t></is></c>'
    content = repacked(workbook({"BC": [HEADER, report(), report("00004")]}), {SHEET: lambda old: swapped(old, huge)})
    table = table_of(tmp_path, content)
    assert table.frame["org_unit"].to_list() == ["00004"]
    assert rejected_of(table) == [(2, "The cell holds more than 32,767 characters", "org_unit", None)]


def test_links_to_elsewhere_are_never_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """External workbooks, data connections and links are ignored: no name is looked up, no address connected to."""

    def no(*_: Any, **__: Any) -> None:
        raise AssertionError("Something was asked for")

    monkeypatch.setattr(socket.socket, "connect", no)
    monkeypatch.setattr(socket, "getaddrinfo", no)
    link = (
        b'<Relationship Id="x1" Type="http://x/externalLink" Target="file://server/share.xlsx" TargetMode="External"/>'
        b'<Relationship Id="x2" Type="http://x/worksheet" Target="http://example.org/s.xml" TargetMode="External"/>'
        b'<Relationship Id="x3" Type="http://x/worksheet" Target="../../../../etc/passwd"/></Relationships>'
    )
    sheets = b'<sheet name="a" r:id="x2" xmlns:r="r"/><sheet name="b" r:id="x3" xmlns:r="r"/>'
    content = repacked(
        PLAIN,
        {
            "xl/_rels/workbook.xml.rels": lambda old: old.replace(b"</Relationships>", link),
            "xl/workbook.xml": lambda old: old.replace(b"</sheets>", sheets + b"</sheets>"),
            SHEET: lambda old: swapped(old, '<c r="C2"><f>[1]Other!A1</f><v>7</v></c>'),
        },
    )
    assert table_of(tmp_path, content).frame["org_unit"].to_list() == ["7"]


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "C:\\windows\\x", "xl\\..\\..\\x"])
def test_paths_out_of_the_workbook(tmp_path: Path, name: str) -> None:
    """A workbook with a path that leads out of it is refused: no office program writes one."""
    assert "holds a path that leads out of it" in refused(tmp_path, repacked(PLAIN, {name: lambda _: b"x"}))


def test_the_rows_come_as_they_are_read(tmp_path: Path) -> None:
    """Of a sheet that breaks off far below, the first rows are there before the rest is looked at."""
    content = with_rows(PLAIN, lambda row: b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (row, row), 100_000)
    path = tmp_path / "x"
    path.write_bytes(content)
    with opened(path) as book:
        rows = rows_of(book, book.sheets[0])
        assert [next(rows)[0] for _ in range(3)] == [1, 2, 3]


def test_the_test_of_bounds_is_one(tmp_path: Path) -> None:
    """A process of the kind that bombs are read in does end when it takes more memory than it was given."""
    with pytest.raises(AssertionError, match="MemoryError"):
        bounded(tmp_path, b"x", "len([0] * 10**10) or refused")
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY
