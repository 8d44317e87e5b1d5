"""Text in blocks of whole lines: UTF-8, with a byte order mark or not, or UTF-16. Never more than a block is held."""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

import polars as pl

from targetwatch.gathering import reasons
from targetwatch.gathering.formats.table import UnreadableError

BLOCK_BYTES = 16 * 1024**2
LINES_NAMED = 5  # of those that are no text
LONGEST_LINE = 16 * 1024**2  # bytes: what has no end of line for longer is no table


class LineBlock(NamedTuple):
    """Whole lines of a file: the number of the first (from 1), and the text of all in UTF-8, each with its end."""

    first: int
    text: bytes

    def lines(self) -> list[str]:
        """The lines, without the line feed."""
        lines = self.text.decode().split("\n")
        return lines if lines[-1] else lines[:-1]


class LineBlocks:
    """The blocks of a file, one after the other, of about `size` bytes each. What comes next can be looked at."""

    def __init__(self, path: Path, size: int = BLOCK_BYTES) -> None:
        self._read = _blocks(path, size)
        self._ahead: deque[LineBlock] = deque()

    def __iter__(self) -> Iterator[LineBlock]:
        return self

    def __next__(self) -> LineBlock:
        return self._ahead.popleft() if self._ahead else next(self._read)

    def put_back(self, block: LineBlock) -> None:
        """Let `block` be the next one."""
        self._ahead.appendleft(block)

    def following(self) -> Iterator[str]:
        """The lines after those of the present block. Looking at them takes none away."""
        place = 0
        while True:
            if place == len(self._ahead):
                self._ahead.extend(islice(self._read, 1))
            if place == len(self._ahead):
                return
            yield from self._ahead[place].lines()
            place += 1


def _blocks(path: Path, size: int) -> Iterator[LineBlock]:
    """The blocks, each of at least one line. Raises UnreadableError for what is no text, or for an endless line."""
    first, rest = 1, b""
    with path.open("rb") as file:
        for piece in _in_utf8(file, size):
            # A line feed is part of no other sign in UTF-8: lines can be cut before anything is decoded.
            end = piece.rfind(b"\n") + 1
            if end:
                yield LineBlock(first, _checked(rest + piece[:end], first))
                first += rest.count(b"\n") + piece.count(b"\n")
                rest = piece[end:]
            else:
                rest += piece
            if len(rest) > LONGEST_LINE:
                raise UnreadableError(reasons.endless_line(first))
    if rest:
        yield LineBlock(first, _checked(rest, first))


def _in_utf8(file: IO[bytes], size: int) -> Iterator[bytes]:
    """The file in UTF-8, in pieces of about `size` bytes; what is in UTF-8 already, as it stands there."""
    start = file.read(3)
    encoding = _encoding(start)
    file.seek(3 if start == codecs.BOM_UTF8 else 0)
    if encoding == "utf-8":
        yield from iter(partial(file.read, size), b"")
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    line, piece = 1, b"-"
    while piece:
        piece = file.read(size)
        pending = len(decoder.getstate()[0])
        try:
            yield decoder.decode(piece, final=not piece).encode()
        except UnicodeDecodeError as fault:
            raise UnreadableError(reasons.not_text(line + piece.count(b"\n", 0, fault.start - pending))) from fault
        line += piece.count(b"\n")


def _encoding(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start[1:2] == b"\0" or start[:1] == b"\0":
        return "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
    return "utf-8"


def _checked(text: bytes, first: int) -> bytes:
    """The text, if it is UTF-8. Raises UnreadableError, which names the line, where it is not."""
    try:
        pl.Series([text], dtype=pl.Binary).cast(pl.String)  # several times as fast as Python at this
    except pl.exceptions.PolarsError:
        try:
            text.decode()
        except UnicodeDecodeError as fault:
            raise UnreadableError(reasons.not_text(*islice(_not_utf8(text, first), LINES_NAMED))) from fault
    return text


def _not_utf8(text: bytes, first: int) -> Iterator[int]:
    """The numbers of the lines that are no UTF-8: of a file that mixes encodings, some."""
    for number, line in enumerate(text.split(b"\n"), start=first):
        try:
            line.decode()
        except UnicodeDecodeError:
            yield number
