"""What lies in an inbox, and what of it is taken."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from targetwatch.gathering import Refused, land, look, waiting
from targetwatch.model import Text
from tests.gathering.sources import AT_ONCE, KEY, PROCEDURES, drop

A_MINUTE = timedelta(minutes=1)


def names(inbox: Path) -> list[str]:
    """The names of the deliveries that wait."""
    return [delivery.name for delivery in waiting(PROCEDURES, inbox, AT_ONCE)]


def test_no_folder_means_no_delivery(tmp_path: Path) -> None:
    """A source whose folder was never made has nothing waiting."""
    assert names(tmp_path / "inbox") == []


def test_hidden_and_unfinished_files_are_left_alone(tmp_path: Path) -> None:
    """Dot files, partial downloads, lock files of office programs and folders are no deliveries."""
    for name in (".hidden.csv", "upload.csv.part", "upload.TMP", "~$report.xlsx", "good.csv"):
        drop(tmp_path, "x", name)
    (tmp_path / "procedures" / "folder.csv").mkdir()
    assert names(tmp_path) == ["good.csv"]


def test_a_file_still_being_written_waits(tmp_path: Path) -> None:
    """A file that changed less than the settling time ago is not taken, and is named as unsettled."""
    path = drop(tmp_path, "x")
    seen = look("procedures", tmp_path, A_MINUTE)
    assert (seen.complete, seen.unsettled) == ((), ("delivery.csv",))
    assert waiting(PROCEDURES, tmp_path, A_MINUTE) == []
    assert path.exists()


def test_an_old_date_does_not_make_a_fresh_file_old(tmp_path: Path) -> None:
    """A copying tool that sets an old modification time does not hide that the file has just been written."""
    path = drop(tmp_path, "x")
    os.utime(path, (0, 0))
    assert look("procedures", tmp_path, A_MINUTE).unsettled == ("delivery.csv",)


def test_looking_leaves_no_trace(tmp_path: Path) -> None:
    """What asks the file system for its time is gone afterwards."""
    drop(tmp_path, "x")
    names(tmp_path)
    assert os.listdir(tmp_path / "procedures") == ["delivery.csv"]


@pytest.mark.parametrize(
    "name",
    ["Báo cáo quận “Ba Đình” tháng 5.csv", 'it\'s "quoted".csv', "a  b\tc.csv", "-rf *.csv", "[x]{y}.csv", "ế" * 80],
)
def test_any_name_is_taken(tmp_path: Path, name: str) -> None:
    """Spaces, quotation marks, Vietnamese letters and what a shell would choke on make no difference."""
    drop(tmp_path, "x", name)
    assert names(tmp_path) == [name.replace("\t", "\N{REPLACEMENT CHARACTER}")]


def test_a_name_is_told_in_one_unicode_form(tmp_path: Path) -> None:
    """A name as some systems write it, letter and mark apart, is told like any other."""
    drop(tmp_path, "x", "Ba Đi\N{COMBINING GRAVE ACCENT}nh.csv")
    assert names(tmp_path) == ["Ba Đình.csv"]


def test_a_name_of_broken_bytes_can_still_be_told(tmp_path: Path) -> None:
    """A name that is no UTF-8 is taken, and is told with the broken bytes replaced."""
    (tmp_path / "procedures").mkdir()
    with open(os.path.join(os.fsencode(tmp_path / "procedures"), b"b\xe1o.csv"), "w") as file:
        file.write("x")
    assert names(tmp_path) == ["b\N{REPLACEMENT CHARACTER}o.csv"]


def test_a_link_out_of_the_inbox_is_refused_unread(tmp_path: Path) -> None:
    """A link to a file elsewhere is not opened: it is refused, and says what to do instead."""
    secret = tmp_path / "secret.csv"
    secret.write_text("dossier_id\nsecret\n")
    (tmp_path / "inbox" / "procedures").mkdir(parents=True)
    (tmp_path / "inbox" / "procedures" / "link.csv").symlink_to(secret)
    (delivery,) = waiting(PROCEDURES, tmp_path / "inbox", AT_ONCE)
    refused = land(delivery, PROCEDURES, tmp_path / "home", KEY)
    assert isinstance(refused, Refused)
    assert Text.parse(refused.because).en == (
        "A link that leads out of the inbox is not followed: copy the file itself into it"
    )
    assert not (tmp_path / "home" / "landing").exists()


@pytest.mark.parametrize("target", ["../../nowhere.csv", "link.csv"])
def test_a_link_to_nowhere_is_refused(tmp_path: Path, target: str) -> None:
    """A link to what is not there, or to itself, is refused like one that leads out."""
    (tmp_path / "procedures").mkdir()
    (tmp_path / "procedures" / "link.csv").symlink_to(target)
    (delivery,) = waiting(PROCEDURES, tmp_path, AT_ONCE)
    assert delivery.problem is not None


def test_a_link_within_the_inbox_is_followed(tmp_path: Path) -> None:
    """A link to another file of the inbox is that file."""
    drop(tmp_path, "x", ".kept.csv")
    (tmp_path / "procedures" / "link.csv").symlink_to(".kept.csv")
    (delivery,) = waiting(PROCEDURES, tmp_path, AT_ONCE)
    assert (delivery.problem, delivery.bytes) == (None, 1)


def test_a_source_folder_that_leads_out_of_the_inbox_is_an_error(tmp_path: Path) -> None:
    """Nothing is read through a folder that is itself a link out of the inbox."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "procedures").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotADirectoryError, match="leads out of the inbox"):
        waiting(PROCEDURES, tmp_path / "inbox", AT_ONCE)


def test_a_pipe_is_no_delivery(tmp_path: Path) -> None:
    """What is no regular file is left alone: opening it could wait for ever."""
    (tmp_path / "procedures").mkdir()
    os.mkfifo(tmp_path / "procedures" / "pipe.csv")
    assert names(tmp_path) == []


def test_deliveries_come_in_order_of_arrival(tmp_path: Path) -> None:
    """What arrived first is gathered first, whatever its name: the later one may correct it."""
    for name in ("b.csv", "c.csv", "a.csv"):
        path = drop(tmp_path, "x", name)
        before = path.stat().st_ctime_ns
        while path.stat().st_ctime_ns == before:  # the clock that stamps files has a grain of its own
            path.chmod(0o644)
    assert names(tmp_path) == ["b.csv", "c.csv", "a.csv"]


def test_a_planned_source_has_no_deliveries(tmp_path: Path) -> None:
    """What a planned source may find in its inbox is not touched."""
    drop(tmp_path, "x")
    assert waiting(replace(PROCEDURES, planned=True), tmp_path, AT_ONCE) == []
