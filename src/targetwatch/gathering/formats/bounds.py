"""How much a file may unpack to. Every archive is read as hostile: what it says of itself is checked, and then counted.

zipfile never gives more of a member than the archive's directory says, so that what is refused by the directory is
never unpacked, and what is unpacked was counted before.
"""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from targetwatch.gathering.formats import refusals
from targetwatch.gathering.formats.table import UnreadableError

MIB = 1024 * 1024
ENCRYPTED = 0x1
LONGEST_ENTRY = 4096  # bytes of an archive's directory for a member, on average
END, END_LENGTH, LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
LOCATOR, LOCATOR_LENGTH = b"PK\x06\x07", 20  # of a Zip64 directory: of more than 4 GB, or 65,535 members
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # bzip2 and LZMA unpack to thousands of times their size


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that may come out of one archive: in files, in bytes, and in bytes for one that is packed.

    A ratio counts only from `harmless` bytes on: a few thousand equal letters are no bomb.
    """

    members: int = 2_000
    bytes: int = 4 * 1024 * MIB
    ratio: int = 150  # what people deliver packs to a tenth, repetitive sheets to a thirtieth; bombs to a thousandth
    harmless: int = 32 * MIB


def check_size(packed: int, unpacked: int, bounds: Bounds) -> None:
    """Raise UnreadableError where `packed` bytes unpack to too many, in all or for their number."""
    if unpacked > bounds.bytes or (unpacked > bounds.harmless and unpacked > packed * bounds.ratio):
        raise UnreadableError(refusals.unpacks_to_too_much(packed, unpacked))


def check_directory(path: Path, bounds: Bounds) -> None:
    """Raise UnreadableError where the archive's directory lists too much: zipfile would read all of it at once.

    Raises BadZipFile where it has none.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - END_LENGTH - LONGEST_COMMENT - LOCATOR_LENGTH, 0))
        end = file.read()
    found = end.rfind(END)
    if found < 0 or len(end) < found + END_LENGTH:
        raise zipfile.BadZipFile("It has no directory")
    members, length = struct.unpack_from("<10xHL", end, found)
    if end[max(found - LOCATOR_LENGTH, 0) : found].startswith(LOCATOR):
        raise UnreadableError(refusals.TOO_LARGE_ARCHIVE)
    if members > bounds.members or length > bounds.members * LONGEST_ENTRY:
        raise UnreadableError(refusals.too_many_members(members, bounds.members))


def check_archive(members: Sequence[zipfile.ZipInfo], packed: int, bounds: Bounds) -> None:
    """Raise UnreadableError for an archive of `packed` bytes that is not safe to unpack; nothing is unpacked for it."""
    if len(members) > bounds.members:
        raise UnreadableError(refusals.too_many_members(len(members), bounds.members))
    for member in members:
        if member.flag_bits & ENCRYPTED:
            raise UnreadableError(refusals.ENCRYPTED)
        if member.compress_type not in METHODS:
            raise UnreadableError(refusals.UNKNOWN_COMPRESSION)
        if leads_out(member):
            raise UnreadableError(refusals.leads_out(member.filename))
        check_size(member.compress_size, member.file_size, bounds)
    check_size(packed, sum(member.file_size for member in members), bounds)


def leads_out(member: zipfile.ZipInfo) -> bool:
    """Whether a member says that it belongs outside of the archive, or is a link."""
    name = member.orig_filename.replace("\\", "/")
    drive = len(name) > 1 and name[1] == ":"
    out = drive or name.startswith("/") or ".." in PurePosixPath(name).parts
    return out or stat.S_ISLNK(member.external_attr >> 16)
