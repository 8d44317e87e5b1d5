"""How delivered files are read. What a file is, is told by what it holds and not by its name."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from targetwatch.gathering import reasons
from targetwatch.gathering.formats import refusals
from targetwatch.gathering.formats.table import Table, UnreadableError
from targetwatch.model import Source

__all__ = ["Table", "UnreadableError", "read_table"]

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
COMPRESSED = (b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"Rar!")
ARCHIVES = ("zip", "gz")
WORKBOOK = "xl/workbook.xml"
OFFICE = ("[Content_Types].xml", "mimetype")  # of other documents: of words, slides, or another office program's
OFFICE_BEGINS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/")
LOOKED_AT = 512  # bytes: a tar says what it is in the first 262
TAR = (257, b"ustar")

Reader = Callable[[Path, Source], Table]


def read_table(path: Path, source: Source, formats: Sequence[str] | None = None) -> Table:
    """The columns of the file at `path` that `source` names. Raises UnreadableError, saying why it cannot be read.

    It, or what is packed in it, must be of one of the source's formats, or of `formats`, where they are given.
    """
    expected = source.formats if formats is None else tuple(formats)
    found = sniff_format(path)
    if found not in ARCHIVES:
        return _read_as(found, expected, path, source)
    if formats is not None:
        raise UnreadableError(reasons.wrong_format(found, expected))
    from targetwatch.gathering.formats.archive import read_gzip, read_zip

    read = read_zip if found == "zip" else read_gzip
    return read(path, source, partial(_read_packed, expected))


def sniff_format(path: Path) -> str:
    """csv, jsonl, parquet, xlsx, zip or gz, by what the file holds. Raises UnreadableError for what is none of them."""
    with path.open("rb") as file:
        start = file.read(LOOKED_AT)
    if not start:
        raise UnreadableError(reasons.EMPTY_FILE)
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"PK"):
        return _inside_zip(path, start)
    if start.startswith(b"\x1f\x8b"):
        return "gz"
    if start.startswith(OLD_OFFICE):
        raise UnreadableError(reasons.OLD_SPREADSHEET)
    if start.startswith(COMPRESSED) or start.startswith(TAR[1], TAR[0]):
        raise UnreadableError(reasons.COMPRESSED)
    return _text_format(start)


def _text_format(start: bytes) -> str:
    plain = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if plain.startswith(b"{"):
        if plain.split(b"\n", 1)[0].strip() == b"{":
            raise UnreadableError(refusals.ONE_JSON_DOCUMENT)
        if plain.startswith(b"{\0"):
            raise UnreadableError(refusals.JSON_NOT_UTF8)
        return "jsonl"
    if plain.startswith(b"[") and plain[1:].lstrip().startswith(b"{"):
        raise UnreadableError(refusals.ONE_JSON_DOCUMENT)
    if start.startswith((b"\xff\xfe{", b"\xfe\xff\0{", b"\0{")):
        raise UnreadableError(refusals.JSON_NOT_UTF8)
    return "csv"


def _inside_zip(path: Path, start: bytes) -> str:
    from targetwatch.gathering.formats.bounds import Bounds, check_directory

    try:
        check_directory(path, Bounds())
        with zipfile.ZipFile(path) as archive:
            names = archive.NameToInfo
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as fault:
        # The first file in it says what was cut short.
        is_office = start[30:].startswith(OFFICE_BEGINS)
        raise UnreadableError(reasons.BROKEN_SPREADSHEET if is_office else refusals.DAMAGED_ARCHIVE) from fault
    if WORKBOOK in names:
        return "xlsx"
    if any(name in names for name in OFFICE):
        raise UnreadableError(reasons.BROKEN_SPREADSHEET)
    return "zip"


def _read_packed(expected: Sequence[str], path: Path, source: Source) -> Table:
    """What was packed, which is not packed once more."""
    found = sniff_format(path)
    if found in ARCHIVES:
        raise UnreadableError(refusals.NESTED)
    return _read_as(found, expected, path, source)


def _read_as(found: str, expected: Sequence[str], path: Path, source: Source) -> Table:
    if found not in expected:
        raise UnreadableError(reasons.wrong_format(found, expected))
    return _reader(found)(path, source)


def _reader(found: str) -> Reader:
    """The reader of a format, imported when it is needed: they bring Polars with them."""
    if found == "parquet":
        from targetwatch.gathering.formats.parquet import read_parquet

        return read_parquet
    if found == "xlsx":
        from targetwatch.gathering.formats.spreadsheet import read_spreadsheet

        return read_spreadsheet
    if found == "jsonl":
        from targetwatch.gathering.formats.json_lines import read_json_lines

        return read_json_lines
    from targetwatch.gathering.formats.delimited import read_delimited

    return read_delimited
