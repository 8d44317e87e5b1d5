"""What is in a workbook (.xlsx) beside its cells: its sheets, its shared words, and which numbers are dates.

It is XML in a ZIP archive, and read as hostile: no document type is taken, so there are no entities to expand; every
part is bounded; nothing outside of the archive is ever opened, whatever a link in it says.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO
from xml.parsers import expat

from targetwatch.gathering import reasons
from targetwatch.gathering.formats import refusals
from targetwatch.gathering.formats.bounds import MIB, Bounds, check_archive
from targetwatch.gathering.formats.table import UnreadableError

BOUNDS = Bounds()
MOST_OF_PART = 256 * MIB  # of the shared words, styles and lists of a workbook: they are held in memory
MOST_WORDS = 5_000_000
BLOCK = MIB
WORKBOOK = "xl/workbook.xml"
DEEPEST = 64  # elements within one another: a workbook has ten
LONGEST = 32_767  # characters that a cell holds, by Excel's own limit
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    LookupError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)

# Number formats that are dates by their number alone, ISO/IEC 29500-1 18.8.30; those of East Asia are among them.
DATES = frozenset((*range(14, 18), 22, *range(27, 32), 34, 35, 36, *range(50, 59)))
TIMES = frozenset((18, 19, 20, 21, 32, 33, 45, 47))
PERCENTS = frozenset((9, 10))


class Shown(Enum):
    """How a number is shown, as far as that changes what it says."""

    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: what it is called, whether people see it, and where in the archive it lies."""

    title: str
    visible: bool
    part: str


@dataclass(frozen=True, slots=True)
class Workbook:
    """An open workbook. `shown` says how numbers of each style are shown; in `since_1904` days count from there."""

    archive: zipfile.ZipFile
    sheets: tuple[Sheet, ...]
    words: tuple[str | None, ...]  # None: longer than a cell can be
    shown: tuple[Shown, ...]
    since_1904: bool


@contextmanager
def opened(path: Path, bounds: Bounds = BOUNDS) -> Iterator[Workbook]:
    """The workbook at `path`. Raises UnreadableError, now or while it is read, where it is none or is not safe."""
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(archive.infolist(), path.stat().st_size, bounds)
            yield _read(archive)
    except DAMAGED as fault:
        raise UnreadableError(reasons.BROKEN_SPREADSHEET) from fault


def local(name: str) -> str:
    """The name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


def safe_parser() -> expat.XMLParserType:
    """A parser that takes no document type: what would define entities is no workbook, and is refused."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise UnreadableError(refusals.HOSTILE_XML)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def _read(archive: zipfile.ZipFile) -> Workbook:
    links, shared, styles = _targets(archive)
    sheets: list[Sheet] = []
    since_1904 = False
    for name, attributes in _elements(archive, WORKBOOK):
        if name == "sheet":
            about = {local(key): value for key, value in attributes.items()}
            part = links.get(about.get("id", ""))
            if part is not None and part in archive.NameToInfo:  # a chart or macro sheet has no cells
                sheets.append(Sheet(about.get("name", ""), about.get("state", "visible") == "visible", part))
        elif name == "workbookPr":
            since_1904 = attributes.get("date1904", "0") in ("1", "true", "on")
    shown = tuple(_styles(archive, styles)) if styles in archive.NameToInfo else ()
    words = tuple(_words(archive, shared)) if shared in archive.NameToInfo else ()
    return Workbook(archive, tuple(sheets), words, shown, since_1904)


def _targets(archive: zipfile.ZipFile) -> tuple[dict[str, str], str, str]:
    """Where in the archive the worksheets lie, by the id of their link, the shared words, and the styles.

    Links that lead out of the archive are none.
    """
    sheets, others = {}, {}
    for name, attributes in _elements(archive, "xl/_rels/workbook.xml.rels"):
        if name != "Relationship" or attributes.get("TargetMode") == "External":
            continue
        kind = attributes.get("Type", "").rpartition("/")[2]
        part = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
        if kind == "worksheet":
            sheets[attributes.get("Id", "")] = part
        else:
            others[kind] = part
    return sheets, others.get("sharedStrings", ""), others.get("styles", "")


def _elements(archive: zipfile.ZipFile, part: str) -> list[tuple[str, Mapping[str, str]]]:
    found: list[tuple[str, Mapping[str, str]]] = []
    _parse(archive, part, lambda name, attributes: found.append((local(name), attributes)))
    return found


def _styles(archive: zipfile.ZipFile, part: str) -> Iterator[Shown]:
    """How numbers of each cell style are shown, in order."""
    elements = _elements(archive, part)
    own = {one["numFmtId"]: one.get("formatCode", "") for name, one in elements if name == "numFmt"}
    inside = False
    for name, one in elements:
        if name in ("cellXfs", "cellStyles", "dxfs"):
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            number = one.get("numFmtId", "0")
            yield _shown_as(own[number]) if number in own else _shown_by_number(int(number))


def _shown_by_number(number: int) -> Shown:
    if number in PERCENTS:
        return Shown.PERCENT
    return Shown.DATE if number in DATES or number in TIMES else Shown.NUMBER


def _shown_as(code: str) -> Shown:
    """By a format's code: what stands in quotation marks, after a backslash or in brackets is shown as it is."""
    plain = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", code.split(";", 1)[0])
    if "%" in plain:
        return Shown.PERCENT
    if re.search(r"\[(?:h+|m+|s+)\]", code, re.IGNORECASE):
        return Shown.NUMBER  # a duration
    return Shown.DATE if re.search(r"[dmyhs]", plain, re.IGNORECASE) else Shown.NUMBER


def _words(archive: zipfile.ZipFile, part: str) -> list[str | None]:
    """The texts that cells share; of a text in several styles all runs, and none of its phonetic reading."""
    words: list[str | None] = []
    text: list[str] = []
    within: list[str] = []

    def start(name: str, _: Mapping[str, str]) -> None:
        within.append(local(name))

    def end(_: str) -> None:
        if within.pop() == "si":
            whole = "".join(text)
            words.append(unescaped(whole) if len(whole) <= LONGEST else None)
            text.clear()
            if len(words) > MOST_WORDS:
                raise UnreadableError(reasons.OVERSIZED_SPREADSHEET)

    def data(words_of: str) -> None:
        if within[-1] == "t" and "rPh" not in within:
            text.append(words_of)

    _parse(archive, part, start, end, data)
    return words


def unescaped(text: str) -> str:
    """Control characters stand in a workbook as _x000D_; an underscore before such a thing as _x005F_."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), text) if "_x" in text else text


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, Mapping[str, str]], object],
    end: Callable[[str], object] | None = None,
    data: Callable[[str], object] | None = None,
) -> None:
    if archive.getinfo(part).file_size > MOST_OF_PART:
        raise UnreadableError(reasons.OVERSIZED_SPREADSHEET)
    depth = 0

    def down(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise UnreadableError(refusals.HOSTILE_XML)
        start(name, attributes)

    def up(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(name)

    parser = safe_parser()
    parser.StartElementHandler = down
    parser.EndElementHandler = up
    if data is not None:
        parser.CharacterDataHandler = data
    with archive.open(part) as file:
        for block in blocks_of(file):
            parser.Parse(block, False)
    parser.Parse(b"", True)


def blocks_of(file: IO[bytes]) -> Iterator[bytes]:
    """What is in an open file, block by block."""
    while block := file.read(BLOCK):
        yield block
