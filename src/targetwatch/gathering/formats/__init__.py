"""How delivered files are read. What a file is, is told by what it holds and not by its name."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from targetwatch.gathering import reasons
from targetwatch.gathering.formats.table import Table, UnreadableError
from targetwatch.model import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Table", "UnreadableError", "read_table"]

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"Rar!")


def read_table(path: Path, source: Source, formats: Sequence[str] | None = None) -> Table:
    """The columns of the file at `path` that `source` names. Raises UnreadableError, saying why it cannot be read.

    It must be of one of the source's formats, or of `formats`, where they are given.
    """
    found = sniff_format(path)
    expected = source.formats if formats is None else tuple(formats)
    if found not in expected:
        raise UnreadableError(reasons.wrong_format(found, expected))
    return _reader(found)(path, source)


def sniff_format(path: Path) -> str:
    """csv, parquet or xlsx, by the first bytes. Raises UnreadableError for an empty, compressed or old-style file."""
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise UnreadableError(reasons.EMPTY_FILE)
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"PK"):
        return _inside_zip(path)
    if start.startswith(OLD_OFFICE):
        raise UnreadableError(reasons.OLD_SPREADSHEET)
    if start.startswith(COMPRESSED):
        raise UnreadableError(reasons.COMPRESSED)
    return "csv"


def _inside_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as fault:
        raise UnreadableError(reasons.BROKEN_SPREADSHEET) from fault
    if "xl/workbook.xml" not in names:
        raise UnreadableError(reasons.COMPRESSED)
    return "xlsx"


def _reader(found: str) -> Callable[[Path, Source], Table]:
    """The reader of a format, imported when it is needed: they bring Polars and openpyxl with them."""
    if found == "parquet":
        from targetwatch.gathering.formats.parquet import read_parquet

        return read_parquet
    if found == "xlsx":
        from targetwatch.gathering.formats.spreadsheet import read_spreadsheet

        return read_spreadsheet
    from targetwatch.gathering.formats.delimited import read_delimited

    return read_delimited
