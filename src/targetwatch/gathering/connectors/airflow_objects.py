"""Object stores: files below a path that Airflow's ObjectStoragePath reaches, in S3 and all that fsspec knows.

Every object that is new, or not what it was when it was taken, is copied into the spool as it is, and goes the way of
a file in the inbox from there; the store itself is only read. An object is a delivery once it is all there: in a store
that shows only whole objects at once, elsewhere when it has stopped changing.
"""

from __future__ import annotations

import os
import re
import secrets
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from targetwatch.gathering.connectors.airflow_connections import connection_of, without_secrets
from targetwatch.gathering.connectors.faults import FetchError, UnreachableError
from targetwatch.gathering.connectors.inbox import HIDDEN, UNFINISHED
from targetwatch.gathering.connectors.taken import read_taken, write_taken
from targetwatch.model import ObjectFetch, Source

if TYPE_CHECKING:
    from airflow.sdk import Connection, ObjectStoragePath

BLOCK = 8 * 1024 * 1024
SETTLES = 1.0  # seconds that an object must stay as it is, where a store shows it while it is written
TIME_LIMIT = 1800.0  # seconds for a fetch; what has come by then is kept, and the next pass goes on
MOST_OBJECTS = 100_000
MARKERS = ("_",)  # Spark and Hadoop leave _SUCCESS and _committed_... beside the files
LOCAL = ("file", "local")
VERSIONS = ("ETag", "etag", "md5Hash", "md5", "content_md5", "generation", "version_id", "VersionId")
CHANGES = (*VERSIONS, "size", "LastModified", "last_modified", "updated", "mtime", "ino")
MODIFIED = ("LastModified", "last_modified", "updated", "mtime")
# Of many libraries, none of which need be installed: what no second try mends, by the name of the error.
FOR_GOOD = re.compile(r"credential|permission|forbidden|denied|authenticat|authoriz|invalid|notfound", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as a store lists it: what it is called there, below the path, and the state that it is in."""

    key: str
    name: str
    size: int
    state: str
    order: str  # by which the older come first
    is_whole: bool  # the store gives it a version: it shows objects only once they are all there


def take_objects(
    source: Source,
    fetch: ObjectFetch,
    folder: Path,
    now: datetime,
    sleep: Callable[[float], None] = time.sleep,
    ticks: Callable[[], float] = time.monotonic,
) -> int:
    """Copy every object that is new into `folder`, the source's spool, and say how many; what is known is left alone.

    `now` names the copies, which are complete, private, and in the order in which the objects were written. Raises
    FetchError where the path, the connection or the store is wrong, UnreachableError where the store does not answer;
    what was copied before stays.
    """
    with _store(source, fetch) as (root, fs):
        listed = _settled(root, fs, fetch, sleep)
        taken = read_taken(folder)
        ends = ticks() + TIME_LIMIT
        copied = 0
        try:
            for one in listed:
                if taken.get(one.name) == one.state:
                    continue
                if ticks() > ends:
                    raise UnreachableError(f"Source {source.id}: copying objects took too long; it goes on next time.")
                if _copy(fs, one, folder / _copy_name(one, now, copied), ends, ticks):
                    taken[one.name] = one.state
                    copied += 1
        finally:
            write_taken(folder, taken, [one.name for one in listed])
    return copied


@contextmanager
def _store(source: Source, fetch: ObjectFetch) -> Iterator[tuple[ObjectStoragePath, Any]]:
    """The path and its file system, by the source's connection; what goes wrong with them is told without secrets."""
    local = fetch.path.split("://", 1)[0] in LOCAL
    connection = None if local else connection_of(source)
    try:
        from airflow.sdk import ObjectStoragePath

        root = ObjectStoragePath(fetch.path, conn_id=None if connection is None else connection.conn_id)
        yield root, root.fs  # the path's own methods would go on without credentials where there are none
    except FetchError:
        raise
    except Exception as fault:  # noqa: BLE001 - every library of a store has errors of its own, none of them known here
        raise _told(source, fetch, connection, fault) from None


def _told(source: Source, fetch: ObjectFetch, connection: Connection | None, fault: Exception) -> FetchError:
    """What went wrong, for whoever is to mend it."""
    name = source.connection or source.id
    kind = fetch.path.split("://", 1)[0]
    says = " ".join(str(fault).split())[:300]
    says = f"{type(fault).__name__}: {without_secrets(says, connection) if connection is not None else says}"
    if isinstance(fault, ImportError) or "No filesystem registered" in says or "Protocol not known" in says:
        return FetchError(
            f"Source {source.id}: nothing that is installed reads {kind}://. Install the Airflow provider for it with "
            f"its fsspec part, for S3 apache-airflow-providers-amazon[s3fs]. ({says})"
        )
    if isinstance(fault, FileNotFoundError | NotADirectoryError):
        return FetchError(f"Source {source.id}: there is no {fetch.path}. Correct objects.path in its file. ({says})")
    if isinstance(fault, PermissionError) or FOR_GOOD.search(type(fault).__name__):
        return FetchError(
            f"Source {source.id}: the store does not let Airflow Connection '{name}' read {fetch.path}. Mend the "
            f"connection, or its rights, and run `targetwatch gather {source.id}`. ({says})"
        )
    return UnreachableError(f"Source {source.id}: the store of {fetch.path} does not answer. ({says})")


def _settled(
    root: ObjectStoragePath, fs: Any, fetch: ObjectFetch, sleep: Callable[[float], None]
) -> list[StoredObject]:
    """The objects that are all there, the oldest first."""
    found = _listed(root, fs, fetch)
    if all(one.is_whole for one in found.values()):
        return sorted(found.values(), key=lambda one: (one.order, one.name))
    sleep(SETTLES)
    again = _listed(root, fs, fetch)
    settled = [one for name, one in again.items() if one.is_whole or found.get(name) == one]
    return sorted(settled, key=lambda one: (one.order, one.name))


def _listed(root: ObjectStoragePath, fs: Any, fetch: ObjectFetch) -> dict[str, StoredObject]:
    """Every object below the path that the pattern fits, by its name below the path."""
    fs.invalidate_cache()
    base = str(fs._strip_protocol(root.path)).rstrip("/")
    if root.protocol in LOCAL and not fs.isdir(base):
        raise FileNotFoundError(base)
    wanted = _pattern(fetch.pattern)
    found: dict[str, StoredObject] = {}
    for key, about in fs.find(base, detail=True).items():
        name = str(key).removeprefix(base).lstrip("/")
        if about.get("type") != "file" or about.get("islink") or not wanted.fullmatch(name) or _is_no_delivery(name):
            continue
        found[name] = _stored(str(key), name, about)
        if len(found) > MOST_OBJECTS:
            raise FetchError(
                f"There are more than {MOST_OBJECTS:,} objects below {fetch.path}: name a narrower path or pattern, "
                "as of a year."
            )
    return found


def _stored(key: str, name: str, about: Mapping[str, Any]) -> StoredObject:
    state = "|".join(f"{one}={about[one]}" for one in CHANGES if about.get(one) is not None)
    order = next((str(about[one]) for one in MODIFIED if about.get(one) is not None), "")
    return StoredObject(key, name, int(about.get("size") or 0), state, order, any(about.get(one) for one in VERSIONS))


def _is_no_delivery(name: str) -> bool:
    parts = name.split("/")
    hidden = any(part.startswith(HIDDEN) for part in parts) or parts[-1].startswith(MARKERS)
    return hidden or not parts[-1] or parts[-1].lower().endswith(UNFINISHED)


def _copy(fs: Any, one: StoredObject, path: Path, ends: float, ticks: Callable[[], float]) -> bool:
    """Copy an object to `path`, whole or not at all. False where it changed meanwhile: the next pass takes it."""
    unfinished = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as copy, fs.open(one.key, "rb") as file:
            while block := file.read(BLOCK):
                copy.write(block)
                if ticks() > ends:
                    raise TimeoutError(f"{one.name} took too long")
            copy.flush()
            os.fsync(copy.fileno())
            copied = copy.tell()
        fs.invalidate_cache()
        try:
            now = _stored(one.key, one.name, fs.info(one.key))
        except FileNotFoundError:
            return False
        if copied != now.size or (now.size, _version(now)) != (one.size, _version(one)):
            return False
        os.replace(unfinished, path)
        return True
    finally:
        unfinished.unlink(missing_ok=True)


def _version(one: StoredObject) -> str:
    """What changes with an object's content: a listing and a look at it alone may write the time differently."""
    return one.state.split("|", 1)[0] if one.is_whole else one.state


def _copy_name(one: StoredObject, now: datetime, number: int) -> str:
    """What the copy is called: in the order of arrival, and so that people know the object by it."""
    shown = "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(sign) == "Cc" else sign for sign in one.name)
    shown = unicodedata.normalize("NFC", shown).replace("/", "\N{BIG SOLIDUS}")
    while len(shown.encode()) > 180:
        shown = shown[len(shown) // 10 :]
    return f"{now:%Y%m%dT%H%M%S%f}-{number:06}-{shown}"


def _pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of names: ** stands for anything, * for anything but a slash, ? for one sign."""
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(signs.get(part, re.escape(part)) for part in re.split(r"(\*\*/|\*\*|\*|\?)", pattern)))
