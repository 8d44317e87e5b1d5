"""Files that nobody wrote in good faith, or that a tool has spoilt: each is refused with a message."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from targetwatch.catalogue import CatalogueError, Issue, Severity, load, read
from targetwatch.catalogue.document import MAX_VALUES
from targetwatch.catalogue.folder import find_tests
from targetwatch.catalogue.issues import CUT, LONGEST, MOST, bounded
from targetwatch.catalogue.reading_tests import read_tests

SOUND = Path(__file__).parent / "sound"
METRIC = Path("metrics") / "share.yaml"
UNITS = Path("org_units") / "units.csv"
TABLE = Path("targets") / "more.csv"
FILES = [METRIC, UNITS, TABLE, Path("programme.yaml"), Path("org_units") / "successors.csv"]


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A copy of the sound catalogue."""
    return Path(shutil.copytree(SOUND, tmp_path / "catalogue"))


def messages(root: Path, path: Path) -> list[str]:
    """What is said of one file of a catalogue."""
    return [f"{issue.message}. {issue.hint}".strip() for issue in read(root).issues if issue.path == path.as_posix()]


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_file_of_50_megabytes_is_not_read(path: Path, catalogue: Path) -> None:
    """A file larger than any catalogue's is refused by its size, whatever kind it is of."""
    with (catalogue / path).open("wb") as file:
        file.truncate(50_000_000)  # takes no place on the disk, and 50 MB to whoever reads it
    assert messages(catalogue, path) == ["the file has 50,000,000 bytes, more than 5,000,000. Split it into several."]


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_named_pipe_is_not_waited_for(path: Path, catalogue: Path) -> None:
    """A pipe that nobody writes into would keep a reader waiting for ever: it is refused instead."""
    (catalogue / path).unlink(missing_ok=True)
    os.mkfifo(catalogue / path)
    assert messages(catalogue, path) == ["this is a named pipe and no file. Put a file in its place."]


def test_a_socket_is_no_file(catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket cannot be opened as a file, which is said."""
    (catalogue / METRIC).unlink()
    monkeypatch.chdir(catalogue / "metrics")  # the name of a socket is short
    with socket.socket(socket.AF_UNIX) as served:
        served.bind(METRIC.name)
        (message,) = messages(catalogue, METRIC)
    assert message.startswith("the file cannot be read: ")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_a_device_is_no_file(catalogue: Path) -> None:
    """A device that never ends is not read."""
    (catalogue / METRIC).unlink()
    try:
        os.mknod(catalogue / METRIC, stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except OSError:
        pytest.skip("no devices can be made here")
    assert messages(catalogue, METRIC) == ["this is a device and no file. Put a file in its place."]


@pytest.mark.parametrize("path", [METRIC, Path("metrics"), UNITS], ids=str)
def test_what_may_not_be_read_is_named(path: Path, catalogue: Path) -> None:
    """A file or a folder without the right to read it is an issue."""
    with closed(catalogue / path, 0):
        (message,) = messages(catalogue, path)
    assert "cannot be read: Permission denied" in message


@pytest.mark.parametrize("mode", [0, 0o400, 0o100], ids=oct)
@pytest.mark.parametrize("folder", [".", "metrics"])
def test_a_folder_that_may_not_be_entered_or_listed_is_named(folder: str, mode: int, catalogue: Path) -> None:
    """That is said, and nothing of what it may lack."""
    (catalogue / "tests").mkdir()
    with closed(catalogue / folder, mode):
        issues = [*read(catalogue).issues, *read_tests(catalogue, None).issues]
        with pytest.raises(CatalogueError, match="cannot be read"):
            load(catalogue)
    assert issues
    assert all("cannot be read: Permission denied" in issue.message for issue in issues), issues


@contextmanager
def closed(path: Path, mode: int) -> Iterator[None]:
    """Without the right to read it, while this lasts; where everything may be read, as by root, the test is skipped."""
    needed = os.R_OK | os.X_OK if path.is_dir() else os.R_OK
    path.chmod(mode)
    try:
        if os.access(path, needed):
            pytest.skip("root reads everything")
        yield
    finally:
        path.chmod(0o700)


OUT = "the link leads out of the catalogue, to '{to}'. Put what it leads to into the catalogue itself."


@pytest.mark.parametrize("to", ["/etc/passwd", "/dev/zero", "../../outside.yaml", "/"])
def test_a_link_out_of_the_catalogue_is_not_followed(to: str, catalogue: Path) -> None:
    """A catalogue is what lies in its folder: a link that leads elsewhere is refused, and nothing of it is shown."""
    (catalogue.parent / "outside.yaml").write_text("secret: 1\n", encoding="utf-8")
    (catalogue / METRIC).unlink()
    (catalogue / METRIC).symlink_to(to)
    assert messages(catalogue, METRIC) == [OUT.format(to=to)]
    assert len(read(catalogue).issues) == 1  # nothing else is blamed for what could not be read


def test_a_link_to_a_link_out_is_not_followed(catalogue: Path) -> None:
    """What counts is where a chain of links ends."""
    (catalogue / METRIC).unlink()
    (catalogue / "metrics" / ".hidden").symlink_to("/etc/passwd")
    (catalogue / METRIC).symlink_to(".hidden")
    assert messages(catalogue, METRIC) == [OUT.format(to=".hidden")]


def test_a_folder_that_leads_out_is_not_followed(catalogue: Path) -> None:
    """Folders of a catalogue, and the one with its tests, may lie nowhere else either."""
    for name in ("metrics", "tests"):
        shutil.rmtree(catalogue / name, ignore_errors=True)
        (catalogue / name).symlink_to("/etc")
        assert messages(catalogue, Path(name)) == [OUT.format(to="/etc")]
    files, issues = find_tests(catalogue)
    assert (files, [issue.path for issue in issues]) == ([], ["tests"])


@pytest.mark.parametrize("absolute", [False, True])
def test_a_link_inside_the_catalogue_is_followed(absolute: bool, catalogue: Path) -> None:
    """A link to a file of the same catalogue is that file, as where a cluster mounts its configuration."""
    (catalogue / "..data").mkdir()
    (catalogue / METRIC).rename(catalogue / "..data" / "share.yaml")
    data = catalogue / "..data" if absolute else Path("../..data")
    (catalogue / METRIC).symlink_to(data / "share.yaml")
    assert read(catalogue).issues == ()


def test_a_catalogue_may_be_reached_by_a_link(catalogue: Path) -> None:
    """The folder itself may be named by a link: what lies in it lies in it."""
    (catalogue.parent / "current").symlink_to(catalogue)
    assert read(catalogue.parent / "current").issues == ()


@pytest.mark.parametrize("name", ["owners.yaml", "programme.yaml", "calendar.yaml"])
def test_what_a_missing_file_declares_is_not_missed_elsewhere(name: str, catalogue: Path) -> None:
    """A file that every catalogue has is said to be missing once, and not by everyone who names something in it."""
    (catalogue / name).unlink()
    assert [str(issue) for issue in read(catalogue).issues] == [
        f"{name}:1:1: the file is missing. Every catalogue has one."
    ]


def test_links_that_lead_nowhere_are_named(catalogue: Path) -> None:
    """A link in a circle and one to nothing are issues."""
    (catalogue / METRIC).unlink()
    (catalogue / METRIC).symlink_to("again.yaml")
    (catalogue / "metrics" / "again.yaml").symlink_to("share.yaml")
    hint = "Put the file itself in its place, or delete it."
    assert messages(catalogue, METRIC) == [f"the link leads nowhere: 'again.yaml'. {hint}"]
    (catalogue / "metrics" / "again.yaml").unlink()
    assert messages(catalogue, METRIC) == [f"the link leads nowhere: 'again.yaml'. {hint}"]


def test_folders_in_a_circle_end(catalogue: Path) -> None:
    """A folder that leads back to one above it is not walked into."""
    (catalogue / "metrics" / "loop").symlink_to("..")
    (catalogue / "loop").symlink_to(".")
    assert sorted(issue.path for issue in read(catalogue).issues) == ["loop", "metrics/loop"]
    with pytest.raises(CatalogueError):
        load(catalogue)


@pytest.mark.parametrize("path", [METRIC, UNITS, TABLE], ids=str)
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: text[:9] + b"\0" + text[9:], "the character U+0000 does not belong into a text. Delete it."),
        (lambda text: text[:9] + b"\x1b" + text[9:], "the character U+001B does not belong into a text. Delete it."),
        (lambda text: text[:9] + b"\xff" + text[9:], "the file is not UTF-8. Save it in UTF-8."),
        (lambda text: text.decode().encode("utf-16"), "the file is not UTF-8. Save it in UTF-8."),
        (lambda text: b"", "the file is empty. Fill it in, or delete it."),
        (lambda text: b"\xef\xbb\xbf \n", "the file is empty. Fill it in, or delete it."),
    ],
    ids=["NUL", "escape", "latin", "UTF-16", "nothing", "mark alone"],
)
def test_bytes_that_are_no_text_are_named(
    spoil: Callable[[bytes], bytes], message: str, path: Path, catalogue: Path
) -> None:
    """Bytes that are no text of UTF-8, or that no text holds, are issues with their place."""
    if not (catalogue / path).exists():
        (catalogue / path).write_text("target,metric,value\n", encoding="utf-8")
    (catalogue / path).write_bytes(spoil((catalogue / path).read_bytes()))
    assert messages(catalogue, path) == [message]


@pytest.mark.parametrize("path", [METRIC, UNITS], ids=str)
def test_what_an_editor_of_windows_saves_is_read(path: Path, catalogue: Path) -> None:
    """A byte order mark and lines that end with two characters change nothing, nor the places of errors."""
    text = (catalogue / path).read_bytes().replace(b"\n", b"\r\n")
    (catalogue / path).write_bytes(b"\xef\xbb\xbf" + text)
    assert read(catalogue).issues == ()
    (catalogue / path).write_bytes(b"\xef\xbb\xbf" + text.replace(b"ratio", b"ration").replace(b"district", b"distrct"))
    (issue,) = read(catalogue).issues
    assert (issue.line, issue.column) == ((3, 7) if path == METRIC else (3, 27))


@pytest.mark.parametrize(
    "content",
    [
        "a: &a [*a]\n",
        "a: &a {b: 1}\n" + "c: [" + "*a, " * 2_000 + "]\n",
        "metric: [" + "x, " * (MAX_VALUES + 1) + "]\n",
        "k: 1\n" * 100_000,
        "metric: [" + "!x 1, " * 100_000 + "]\n",
        "metric: " + "x" * 4_000_000 + "\n",
        "metric: [" * 500_000,
        "? " * 500_000,
        '"' + "\\e" * 100_000,
        "%" * 100_000,
        "---\n" * 100_000,
    ],
    ids=[
        "alias of itself",
        "aliases",
        "values",
        "one key",
        "tags",
        "long value",
        "brackets",
        "keys of keys",
        "escapes",
        "directives",
        "documents",
    ],
)
def test_a_file_made_to_be_expensive_is_refused(content: str, catalogue: Path) -> None:
    """However a file was made to take memory or time, what is said of it is little and short."""
    (catalogue / METRIC).write_text(content, encoding="utf-8")
    issues = read(catalogue).issues
    assert 1 <= len(issues) <= MOST + 1
    assert {issue.path for issue in issues} == {METRIC.as_posix()}
    assert max(len(str(issue)) for issue in issues) < 2 * LONGEST + 200
    assert all(str(issue).isprintable() for issue in issues)


@pytest.mark.parametrize(
    "row",
    [
        "u{0},2021-01-01,,district,quan,n,u{1}\n",
        "u{0},2021-01-01,,district,quan,n,p{0}\n",
        "001,x,,distrct,quan,n,01\n",
    ],
    ids=["a chain", "no parents", "wrong twice"],
)
def test_a_register_made_to_be_expensive_is_read_to_its_end(row: str, catalogue: Path) -> None:
    """Twenty thousand rows below each other, or below nothing, end, and little is said of them."""
    with (catalogue / UNITS).open("a", encoding="utf-8") as file:
        file.writelines(row.format(number, number + 1) for number in range(20_000))
    assert 1 <= len(read(catalogue).issues) <= MOST + 1


def test_a_value_cannot_speak_to_the_terminal(catalogue: Path) -> None:
    """What a message quotes is shown with codes for what a terminal would obey, and stays in its line."""
    (catalogue / "calendar.yaml").write_text('country: "\\e[2J\\n::error::x\\u202e"\nweekend: []\n', encoding="utf-8")
    (issue,) = read(catalogue).issues
    assert issue.message == "'<U+001B>[2J<U+000A>::error::x<U+202E>' is not a country's code"


def test_a_file_name_cannot_either(catalogue: Path) -> None:
    """Names of files are bytes: what no text holds is shown by its code."""
    (catalogue / "metrics" / "a\nb.yaml").write_text("x", encoding="utf-8")
    with open(os.fsencode(catalogue / "metrics") + b"/\xff.yml", "wb"):
        assert sorted(str(issue).partition(":")[0] for issue in read(catalogue).issues) == [
            "metrics/<U+DCFF>.yml",
            "metrics/a<U+000A>b.yaml",
        ]


def test_a_long_message_keeps_its_beginning_and_its_end() -> None:
    """What is wrong with a value is said behind it: of a long one the middle is left out."""
    message = Issue("a.yaml", 1, 1, f"'{'x' * 100_000}' is not a date").message
    assert len(message) == LONGEST
    assert message.startswith("'xxx")
    assert CUT in message
    assert message.endswith("xxx' is not a date")


def test_of_very_many_issues_the_first_are_said_and_the_rest_counted() -> None:
    """Of one file so many are said one by one; how many there are more, and whether any is an error, is said too."""
    issues = [Issue("a.yaml", line, 1, "wrong") for line in range(1, MOST + 1)]
    assert bounded(reversed(issues)) == tuple(issues)
    more = [Issue("a.yaml", 1000, 7, "odd", severity=Severity.WARNING), Issue("a.yaml", 2000, 1, "wrong")]
    *first, last = bounded([*issues, *more, Issue("b.yaml", 1, 1, "wrong")])[:-1]
    assert first == issues
    assert str(last) == "a.yaml:1000:7: 2 more things are wrong in this file. Mend what is said of it first."
    assert last.severity is Severity.ERROR
    assert last.stands_for == 2


def test_a_file_with_very_many_errors_says_how_many(catalogue: Path) -> None:
    """A misspelt key in a thousand targets is said two hundred times, and counted."""
    path = catalogue / "targets" / "share.yaml"
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"  - {{target: t{number}, valeu: 1}}\n" for number in range(1_000))
    issues = read(catalogue).issues
    assert len(issues) == MOST
    assert issues[0].message == "unknown key 'valeu'"
    assert issues[-1].message == f"{1_000 - MOST + 1} more things are wrong in this file"
    assert sum(issue.stands_for for issue in issues) == 1_000
