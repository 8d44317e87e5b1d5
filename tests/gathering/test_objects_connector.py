"""Object stores: a real server of S3 on loopback, and folders, both through Airflow's ObjectStoragePath."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from targetwatch.gathering import FetchError, Landed, NotConnectedError, UnreachableError, land, retire, spooled
from targetwatch.gathering.connectors import airflow_objects
from targetwatch.gathering.connectors.airflow_objects import take_objects
from targetwatch.gathering.connectors.fetching import Asked, fetch
from targetwatch.model import ObjectFetch, Source
from tests.gathering.object_store import SECRET, connect, s3
from tests.gathering.sources import KEY, PROCEDURES, PROGRAMME, csv_text, dossier

NOW = datetime(2025, 6, 10, 2, 0, tzinfo=UTC)
NUMBERS = count()


@pytest.fixture(scope="module")
def store() -> Iterator[Any]:
    """A client of the server."""
    with s3() as client:
        yield client


@pytest.fixture
def bucket(store: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bucket of a test's own, to which its source is connected."""
    name = f"b{next(NUMBERS)}-deliveries"
    store.create_bucket(Bucket=name)
    connect(monkeypatch, connection_to(name), store.meta.endpoint_url)
    return name


def connection_to(bucket: str) -> str:
    """The Connection of the source that reads a bucket. Airflow keeps what it has connected to, by this name."""
    return f"to_{bucket.split('-')[0]}"


def source_of(bucket: str, path: str = "", pattern: str = "**") -> Source:
    """A source that takes what is in the bucket."""
    where = ObjectFetch(f"s3://{bucket}{path}", pattern)
    return replace(PROCEDURES, connector="objects", fetch=where, connection=connection_to(bucket))


def csv_of(*numbers: int) -> bytes:
    """A CSV of these dossiers."""
    return csv_text([dossier(number) for number in numbers]).encode()


def asked(source: Source, home: Path, now: datetime = NOW) -> Asked:
    """What comes of asking the store."""
    return fetch(source, PROGRAMME, None, home, home, now)


def gathered(source: Source, home: Path) -> list[str]:
    """Land what lies in the spool and put it away, as a pass does: the names of the deliveries."""
    names = []
    for delivery in spooled(source, home / "spool"):
        landed = land(delivery, source, home, KEY)
        assert isinstance(landed, Landed), landed
        retire(delivery, landed, home)
        names.append(delivery.name)
    return names


def test_every_object_is_a_delivery_once(store: Any, bucket: str, tmp_path: Path) -> None:
    """New objects come as they are, below folders too; what was taken is left alone, and what changed comes again."""
    source = source_of(bucket)
    store.put_object(Bucket=bucket, Key="2025/05/a.csv", Body=csv_of(1))
    store.put_object(Bucket=bucket, Key="b ả [1].csv", Body=csv_of(2))
    assert asked(source, tmp_path) is Asked.DELIVERED
    assert sorted(gathered(source, tmp_path)) == ["2025\N{BIG SOLIDUS}05\N{BIG SOLIDUS}a.csv", "b ả [1].csv"]
    assert asked(source, tmp_path) is Asked.NOTHING_NEW
    store.put_object(Bucket=bucket, Key="b ả [1].csv", Body=csv_of(2, 3))
    assert asked(source, tmp_path) is Asked.DELIVERED
    assert gathered(source, tmp_path) == ["b ả [1].csv"]


def test_a_path_and_a_pattern_say_what_is_taken(store: Any, bucket: str, tmp_path: Path) -> None:
    """Only what lies below the path and fits the pattern; no markers, hidden or unfinished files."""
    unwanted = ["in/c.txt", "in/.d.csv", "in/_SUCCESS.csv", "in/e.csv.part", "inn/g.csv"]
    for key in ["in/a.csv", "in/x/b.csv", "out/f.csv", *unwanted]:
        store.put_object(Bucket=bucket, Key=key, Body=csv_of(1))
    for path, pattern, taken in [
        ("/in", "*.csv", ["a.csv"]),
        ("/in", "**/*.csv", ["a.csv", "x\N{BIG SOLIDUS}b.csv"]),
        ("/in/", "?.csv", ["a.csv"]),
        ("/out", "**", ["f.csv"]),
    ]:
        home = tmp_path / path.replace("/", "") / str(next(NUMBERS))
        asked(source_of(bucket, path, pattern), home)
        assert sorted(one.name for one in spooled(source_of(bucket), home / "spool")) == taken


def test_what_is_copied_is_private_and_removed_when_recorded(store: Any, bucket: str, tmp_path: Path) -> None:
    """A copy is readable by its owner alone, is hashed when it lands like any file, and is not kept afterwards."""
    source = source_of(bucket)
    store.put_object(Bucket=bucket, Key="a.csv", Body=csv_of(1))
    asked(source, tmp_path)
    (delivery,) = spooled(source, tmp_path / "spool")
    assert stat.S_IMODE(delivery.path.stat().st_mode) == 0o600
    landed = land(delivery, source, tmp_path, KEY)
    assert isinstance(landed, Landed)
    assert "H26" not in landed.frame["dossier_id"].item()
    retire(delivery, landed, tmp_path)
    assert [path.name for path in (tmp_path / "spool" / "procedures").iterdir() if path.suffix == ".csv"] == []
    assert not (tmp_path / "originals").exists()


@pytest.mark.parametrize("dies_at", ["replace", "write_taken"])
def test_a_crash_at_any_moment_loses_nothing(
    store: Any, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    """A pass that dies before a copy has its name, or before it is remembered, is made good by the next one."""
    source = source_of(bucket)
    store.put_object(Bucket=bucket, Key="a.csv", Body=csv_of(1))

    class Killed(BaseException):
        """The process ends here."""

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(os if dies_at == "replace" else airflow_objects, dies_at, die)
        with pytest.raises(Killed):
            asked(source, tmp_path)
    before = gathered(source, tmp_path)
    assert before == ([] if dies_at == "replace" else ["a.csv"])
    assert asked(source, tmp_path) is Asked.DELIVERED  # once more, and the same batch
    assert gathered(source, tmp_path) == ["a.csv"]
    assert len(list((tmp_path / "landing" / "procedures").iterdir())) == 1
    assert asked(source, tmp_path) is Asked.NOTHING_NEW
    assert [path.name for path in (tmp_path / "spool" / "procedures").glob(".*.part")] == []


def test_what_is_taken_is_forgotten_with_the_object(store: Any, bucket: str, tmp_path: Path) -> None:
    """The memory holds what the store still has, and a broken one only means that all is taken again."""
    source = source_of(bucket)
    store.put_object(Bucket=bucket, Key="a.csv", Body=csv_of(1))
    asked(source, tmp_path)
    gathered(source, tmp_path)
    memory = tmp_path / "spool" / "procedures" / ".taken.json"
    assert list(json.loads(memory.read_text())) == ["a.csv"]
    store.delete_object(Bucket=bucket, Key="a.csv")
    assert asked(source, tmp_path) is Asked.NOTHING_NEW
    assert json.loads(memory.read_text()) == {}
    store.put_object(Bucket=bucket, Key="a.csv", Body=csv_of(1))
    memory.write_text("{broken")
    assert asked(source, tmp_path) is Asked.DELIVERED


def test_an_object_that_changes_while_it_is_copied_waits(
    store: Any, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An object that is replaced under the hands of who copies it is left for the next pass, with no half of it."""
    source = source_of(bucket)
    store.put_object(Bucket=bucket, Key="a.csv", Body=csv_of(*range(1, 100)))
    look = airflow_objects._listed

    def replaced(*how: Any) -> Any:
        listed = look(*how)
        store.put_object(Bucket=bucket, Key="a.csv", Body=csv_of(1))
        return listed

    monkeypatch.setattr(airflow_objects, "_listed", replaced)
    assert asked(source, tmp_path) is Asked.NOTHING_NEW
    assert spooled(source, tmp_path / "spool") == []
    monkeypatch.setattr(airflow_objects, "_listed", look)
    assert asked(source, tmp_path) is Asked.DELIVERED


def folder_source(folder: Path) -> Source:
    """A source that takes what is in a folder, as a store that shows files while they are written."""
    return replace(PROCEDURES, connector="objects", fetch=ObjectFetch(f"file://{folder}"))


def test_a_file_that_still_grows_waits(tmp_path: Path) -> None:
    """Where a store shows files while they are written, one that changes within a second is not taken."""
    folder, spool = tmp_path / "store", tmp_path / "spool"
    folder.mkdir()
    spool.mkdir()
    (folder / "whole.csv").write_bytes(csv_of(1))
    (folder / "growing.csv").write_bytes(csv_of(2)[:50])
    (folder / "link.csv").symlink_to("/etc/passwd")
    source = folder_source(folder)
    assert isinstance(source.fetch, ObjectFetch)

    def grow(_: float) -> None:
        (folder / "growing.csv").write_bytes(csv_of(2))

    assert take_objects(source, source.fetch, spool, NOW, sleep=grow) == 1
    assert [path.name.split("-", 2)[2] for path in spool.glob("2025*")] == ["whole.csv"]
    assert take_objects(source, source.fetch, spool, NOW, sleep=lambda _: None) == 1


def test_a_fetch_that_takes_too_long_keeps_what_has_come(tmp_path: Path) -> None:
    """After the time limit what was copied stays, and the next pass goes on from there."""
    folder, spool = tmp_path / "store", tmp_path / "spool"
    folder.mkdir()
    spool.mkdir()
    for name in "abc":
        (folder / f"{name}.csv").write_bytes(csv_of(1))
    source = folder_source(folder)
    assert isinstance(source.fetch, ObjectFetch)
    ticking = iter([0.0, 1.0, 1.0, 5_000.0])
    with pytest.raises(UnreachableError, match="goes on next time"):
        take_objects(source, source.fetch, spool, NOW, sleep=lambda _: None, ticks=lambda: next(ticking))
    assert take_objects(source, source.fetch, spool, NOW + timedelta(minutes=1), sleep=lambda _: None) == 2


def no_bucket(_: Any, bucket: str, patch: pytest.MonkeyPatch) -> Source:
    """A bucket that nobody made."""
    return replace(source_of(bucket), fetch=ObjectFetch("s3://nobody-made-this"))


def no_server(_: Any, bucket: str, patch: pytest.MonkeyPatch) -> Source:
    """A server that is not there."""
    once = {"retries": {"max_attempts": 0}}
    connect(patch, f"gone_{connection_to(bucket)}", "http://127.0.0.1:9", config_kwargs=once)
    return replace(source_of(bucket), connection=f"gone_{connection_to(bucket)}")


def no_library(_: Any, bucket: str, patch: pytest.MonkeyPatch) -> Source:
    """A store of a kind that nothing that is installed reads."""
    return replace(source_of(bucket), fetch=ObjectFetch("oss://bucket/folder"))


@pytest.mark.parametrize(
    ("make", "kind", "says"),
    [
        (no_bucket, FetchError, "there is no s3://nobody-made-this"),
        (no_server, UnreachableError, "does not answer"),
        (no_library, FetchError, "nothing that is installed reads oss://"),
    ],
)
def test_what_goes_wrong_is_told_and_whether_it_passes(
    store: Any,
    bucket: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[..., Source],
    kind: type[FetchError],
    says: str,
) -> None:
    """A wrong path or a missing library is for a person to mend, silence may pass; no secret is told."""
    with pytest.raises(FetchError, match=says) as told:
        asked(make(store, bucket, monkeypatch), tmp_path)
    assert type(told.value) is kind
    assert SECRET not in str(told.value)


def test_a_store_that_nobody_connected(tmp_path: Path) -> None:
    """Without an Airflow Connection nothing is asked, not even as nobody: it is said how to connect it."""
    source = replace(PROCEDURES, connector="objects", fetch=ObjectFetch("s3://b/"), connection="never_connected")
    with pytest.raises(NotConnectedError, match="airflow connections add never_connected"):
        asked(source, tmp_path)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """A mistyped path is an error, and not an empty store."""
    with pytest.raises(FetchError, match=r"Correct objects\.path"):
        asked(folder_source(tmp_path / "nowhere"), tmp_path)
