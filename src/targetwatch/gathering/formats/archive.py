"""Packed deliveries: .zip and .gz. What is packed is one delivery, and is taken whole or not at all.

Nothing is unpacked under a name of the archive's choosing: every file in it goes into a nameless temporary file that
no one else can open, and that is gone with the process whatever becomes of it.
"""

from __future__ import annotations

import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import IO

import polars as pl

from targetwatch.gathering.casting import as_text
from targetwatch.gathering.formats import refusals
from targetwatch.gathering.formats.bounds import MIB, Bounds, check_archive, check_directory, check_size
from targetwatch.gathering.formats.table import Block, Header, Table, UnreadableError, match_header
from targetwatch.gathering.parts import PART
from targetwatch.model import Source

BOUNDS = Bounds(members=500)
LEFT_ALONE = ("__MACOSX", "Thumbs.db", "desktop.ini")  # what operating systems put beside the files
HIDDEN = (".", "~$")
OPEN_FILES = Path("/proc/self/fd")
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, gzip.BadGzipFile)

Reader = Callable[[Path, Source], Table]


def read_gzip(path: Path, source: Source, reader: Reader) -> Table:
    """The one file that is packed in the .gz at `path`, read by `reader`."""
    packed = path.stat().st_size
    with ExitStack() as stack:
        try:
            with gzip.open(path, "rb") as file:
                unpacked = _unpacked(file, packed, stack)
        except DAMAGED as fault:
            raise UnreadableError(refusals.DAMAGED_ARCHIVE) from fault
        table = reader(unpacked, source)
        blocks = _kept_open(table.blocks, stack.pop_all())
    return Table(table.header, blocks, table.parts)


def read_zip(path: Path, source: Source, reader: Reader) -> Table:
    """The files that are packed in the .zip at `path`, each read by `reader`, one below the other, all as text.

    `position` says which file, and which sheet of it, and the line or row there. Raises UnreadableError where a single
    file cannot be read, or lacks what another one has.
    """
    with ExitStack() as stack:
        members = [(name, _table_in(name, unpacked, source, reader)) for name, unpacked in _members(path, stack)]
        header = _common_header(members, source)
        parts = [part for name, table in members for part in _parts(name, table)]
        blocks = _kept_open(_blocks(members, header), stack.pop_all())
    return Table(header, blocks, parts)


def _members(path: Path, stack: ExitStack) -> Iterator[tuple[str, Path]]:
    """The files in the archive and where they were unpacked to, all within bounds."""
    try:
        check_directory(path, BOUNDS)
        with zipfile.ZipFile(path) as archive:
            check_archive(archive.infolist(), path.stat().st_size, BOUNDS)
            wanted = [member for member in archive.infolist() if _is_delivered(member)]
            if not wanted:
                raise UnreadableError(refusals.NO_MEMBERS)
            for member in wanted:
                with archive.open(member) as file:
                    yield member.filename, _unpacked(file, member.compress_size, stack)
    except DAMAGED as fault:
        raise UnreadableError(refusals.DAMAGED_ARCHIVE) from fault


def _is_delivered(member: zipfile.ZipInfo) -> bool:
    names = PurePosixPath(member.filename).parts
    return not member.is_dir() and not any(name in LEFT_ALONE or name.startswith(HIDDEN) for name in names)


def _unpacked(file: IO[bytes] | gzip.GzipFile, packed: int, stack: ExitStack) -> Path:
    """What is in the open `file`, in a file without a name: the path leads to it as long as `stack` is open."""
    path, unpacked = _nameless(stack)
    size = 0
    while block := file.read(MIB):
        size += len(block)
        check_size(packed, size, BOUNDS)
        unpacked.write(block)
    unpacked.flush()
    return path


def _nameless(stack: ExitStack) -> tuple[Path, IO[bytes]]:
    """A temporary file that has no name from the start, so that nothing is left of it whatever happens to us.

    Where the system has no way to it by its number, it has a name as long as `stack` is open.
    """
    if not OPEN_FILES.is_dir():
        named = stack.enter_context(tempfile.NamedTemporaryFile())  # noqa: SIM115 - the stack closes it
        return Path(named.name), named
    file: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - as above
    return OPEN_FILES / str(file.fileno()), file


def _table_in(name: str, path: Path, source: Source, reader: Reader) -> Table:
    try:
        return reader(path, source)
    except UnreadableError as fault:
        raise UnreadableError(refusals.in_member(name, fault.because)) from fault


def _common_header(members: Sequence[tuple[str, Table]], source: Source) -> Header:
    """What the files have, taken together. Raises UnreadableError where one lacks a required column of another."""
    had = {column.name for _, table in members for _, column in table.header.named}
    for name, table in members:
        has = {column.name for _, column in table.header.named}
        missing = [one.delivered_as for one in source.columns if one.required and one.name in had - has]
        if missing:
            raise UnreadableError(refusals.lacks_columns(name, missing))
    return match_header(list(dict.fromkeys(name for _, table in members for name in table.header.delivered)), source)


def _parts(name: str, table: Table) -> Sequence[str]:
    return [f"{name} / {part}" for part in table.parts] or [name]


def _blocks(members: Sequence[tuple[str, Table]], header: Header) -> Iterator[Block]:
    """The rows of all files, as text: what one has as a number may be words in the other."""
    first = 0
    names = [column.name for _, column in header.named]
    for name, table in members:
        moved = pl.col("position") + first * PART
        try:
            for frame, rejected in table.blocks:
                columns = [
                    as_text(frame[one]).alias(one) if one in frame.columns else pl.lit(None, pl.String).alias(one)
                    for one in names
                ]
                yield Block(frame.select(moved, *columns), rejected.with_columns(moved))
        except UnreadableError as fault:
            raise UnreadableError(refusals.in_member(name, fault.because)) from fault
        first += max(len(table.parts), 1)


def _kept_open(blocks: Iterable[Block], stack: ExitStack) -> Iterator[Block]:
    """`blocks`, with what they are read from held until they are over."""
    with stack:
        yield from blocks
