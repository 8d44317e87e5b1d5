"""Originals: which file leaves the inbox once its batch is recorded, and which stays."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from targetwatch.gathering import Delivery, DeliveryGoneError, Landed, Refused, land, originals, retire, waiting
from tests.gathering.sources import AT_ONCE, KEY, PROCEDURES, csv_text, dossier, drop, only_delivery

ONE, OTHER = csv_text([dossier(1)]), csv_text([dossier(2)])


def landed_in(home: Path, content: str = ONE, name: str = "delivery.csv") -> tuple[Delivery, Landed | Refused]:
    """A file of the inbox, and what landed of it."""
    drop(home / "inbox", content, name)
    delivery = only_delivery(home / "inbox")
    return delivery, land(delivery, PROCEDURES, home, KEY)


def kept_in(home: Path) -> list[str]:
    """What the originals hold."""
    return [path.read_text() for path in sorted((home / "originals").rglob("*")) if path.is_file()]


def inbox_of(home: Path) -> list[str]:
    """What the deliveries that still wait hold."""
    return [delivery.path.read_text() for delivery in waiting(PROCEDURES, home / "inbox", AT_ONCE)]


def test_an_original_leaves_the_inbox(tmp_path: Path) -> None:
    """A recorded original is kept under its batch and its name; doing it twice changes nothing."""
    delivery, landed = landed_in(tmp_path, name="quận 'Ba Đình'.csv")
    kept = retire(delivery, landed, tmp_path)
    assert kept == tmp_path / "originals" / "procedures" / f"{landed.batch_id[:12]}-quận 'Ba Đình'.csv"
    assert retire(delivery, landed, tmp_path) is None
    assert (kept_in(tmp_path), inbox_of(tmp_path)) == ([ONE], [])


def test_an_original_delivered_twice_is_kept_once(tmp_path: Path) -> None:
    """The same file delivered again takes the place of the first."""
    for _ in range(2):
        retire(*landed_in(tmp_path), tmp_path)
    assert kept_in(tmp_path) == [ONE]


def test_a_name_as_long_as_a_file_system_takes(tmp_path: Path) -> None:
    """A name that is too long with its batch before it is cut, and keeps its ending."""
    kept = retire(*landed_in(tmp_path, name="ế" * 83 + ".csv"), tmp_path)
    assert kept is not None
    assert kept.name.endswith("ế.csv")
    assert len(kept.name.encode()) <= 255


def replaced(path: Path) -> None:
    """Another file takes the name, with the size and the date of the first."""
    before = path.stat()
    fresh = path.with_name(".fresh")
    fresh.write_text(OTHER)
    os.utime(fresh, ns=(before.st_atime_ns, before.st_mtime_ns))
    fresh.rename(path)


def overwritten(path: Path) -> None:
    """The same file gets other content of the same size, and its old date back."""
    before = path.stat()
    while path.stat().st_ctime_ns == before.st_ctime_ns:  # the clock that stamps files has a grain of its own
        path.write_text(OTHER)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("change", [replaced, overwritten])
def test_a_file_that_changed_since_it_was_read_stays(tmp_path: Path, change: Callable[[Path], None]) -> None:
    """What took the name while the batch was gated is not put away unread: it waits for the next pass."""
    delivery, landed = landed_in(tmp_path)
    change(delivery.path)
    assert retire(delivery, landed, tmp_path) is None
    assert (kept_in(tmp_path), inbox_of(tmp_path)) == ([], [OTHER])
    assert delivery.path.exists()


def test_a_file_replaced_at_the_last_moment_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even between the look and the renaming nothing is lost: it waits in the inbox under another name."""
    delivery, landed = landed_in(tmp_path)
    rename = os.rename

    def replace_and_rename(old: Path, new: Path) -> None:
        fresh = tmp_path / "fresh"
        fresh.write_text(OTHER)
        rename(fresh, old)
        rename(old, new)

    monkeypatch.setattr(originals.os, "rename", replace_and_rename)
    assert retire(delivery, landed, tmp_path) is None
    assert (kept_in(tmp_path), inbox_of(tmp_path)) == ([], [OTHER])


def test_a_file_that_comes_while_one_is_put_away_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two file systems putting away takes time; a new file of the same name meanwhile is a new delivery."""
    delivery, landed = landed_in(tmp_path)
    move = os.replace

    def elsewhere(old: Path, new: Path) -> None:
        if Path(old).parent != Path(new).parent:
            drop(tmp_path / "inbox", OTHER)
            raise OSError(errno.EXDEV, "another file system")
        move(old, new)

    monkeypatch.setattr(originals.os, "replace", elsewhere)
    assert retire(delivery, landed, tmp_path) is not None
    assert (kept_in(tmp_path), inbox_of(tmp_path)) == ([ONE], [OTHER])


def test_a_link_out_of_the_inbox_is_put_away_itself(tmp_path: Path) -> None:
    """A refused link is put away, and not what it leads to; a file that took its name stays."""
    secret = tmp_path / "secret.csv"
    secret.write_text("x")
    link = tmp_path / "inbox" / "procedures" / "link.csv"
    link.parent.mkdir(parents=True)
    for follows in (None, ONE):
        link.symlink_to(secret)
        delivery = only_delivery(tmp_path / "inbox")
        landed = land(delivery, PROCEDURES, tmp_path, KEY)
        if follows:
            link.unlink()
            link.write_text(follows)
        assert (retire(delivery, landed, tmp_path) is None) == bool(follows)
    assert secret.exists()
    assert inbox_of(tmp_path) == [ONE]


def test_what_another_process_has_put_away_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two that gather one inbox the later one finds nothing to read, or nothing to put away: that is no failure."""
    delivery, landed = landed_in(tmp_path)
    rename = os.rename

    def other_first(old: Path, new: Path) -> None:
        rename(old, tmp_path / "taken")
        rename(old, new)

    with monkeypatch.context() as patch:
        patch.setattr(originals.os, "rename", other_first)
        assert retire(delivery, landed, tmp_path) is None
    assert retire(delivery, landed, tmp_path) is None
    with pytest.raises(DeliveryGoneError, match="no longer in the inbox"):
        land(delivery, PROCEDURES, tmp_path, KEY)


def test_a_folder_that_is_missing_for_us_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a delivery that is gone is passed over: where the file lies there still, the failure is told."""
    delivery, landed = landed_in(tmp_path)

    def nowhere(old: Path, new: Path) -> None:
        raise FileNotFoundError(new)

    monkeypatch.setattr(originals.os, "replace", nowhere)
    with pytest.raises(FileNotFoundError):
        retire(delivery, landed, tmp_path)
    assert inbox_of(tmp_path) == [ONE]
