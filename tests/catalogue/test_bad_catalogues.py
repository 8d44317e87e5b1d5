"""Every rule of the catalogue has its smallest bad file and the message that it must give.

A folder of bad/ is laid over the sound catalogue; its `expected.txt` holds all the messages of the result, a line each.
To see what a new one says, write an empty `expected.txt` and run the test.
"""

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from targetwatch.catalogue import CatalogueError, Severity, load, read
from targetwatch.catalogue.reading_tests import read_tests

HERE = Path(__file__).parent
RULES = sorted(path.name for path in (HERE / "bad").iterdir())


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A copy of the sound catalogue."""
    return Path(shutil.copytree(HERE / "sound", tmp_path / "catalogue"))


def messages(root: Path) -> list[str]:
    """Everything wrong with a catalogue and with the tests of its targets, as people read it."""
    reading = read(root)
    return [str(issue) for issue in sorted((*reading.issues, *read_tests(root, reading.programme).issues))]


def test_the_sound_catalogue_is_sound(catalogue: Path) -> None:
    """What the bad files are laid over has no issue of its own."""
    assert messages(catalogue) == []
    assert [target.target for target in load(catalogue).targets] == ["share_district"]


@pytest.mark.parametrize("rule", RULES)
def test_a_broken_rule_is_said_with_its_place_and_what_to_write(rule: str, catalogue: Path) -> None:
    """A bad file gives exactly its message: file, line, column, what is wrong, what to write instead."""
    shutil.copytree(HERE / "bad" / rule, catalogue, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected.txt"))
    expected = (HERE / "bad" / rule / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert messages(catalogue) == expected


def test_errors_come_in_one_exception_and_warnings_do_not(catalogue: Path) -> None:
    """`load` raises all errors at once, and loads a catalogue that only has warnings."""
    (catalogue / "calendar.yaml").write_text("country: vn\nweekends: []\n", encoding="utf-8")
    with pytest.raises(CatalogueError) as raised:
        load(catalogue)
    assert len(raised.value.issues) == 2
    assert str(raised.value) == "\n".join(str(issue) for issue in raised.value.issues)
    shutil.copytree(HERE / "bad" / "owner_without_work", catalogue, dirs_exist_ok=True)
    shutil.copy(HERE / "sound" / "calendar.yaml", catalogue)
    (catalogue / "expected.txt").unlink()
    assert [issue.severity for issue in read(catalogue).issues] == [Severity.WARNING]
    assert load(catalogue).owners.keys() == {"council", "office"}


def test_missing_files_are_named(tmp_path: Path) -> None:
    """A folder without the files that every catalogue has says which; a folder that is not there says so too."""
    assert [(issue.path, issue.message) for issue in read(tmp_path).issues] == [
        ("calendar.yaml", "the file is missing"),
        ("org_units/units.csv", "the file is missing"),
        ("owners.yaml", "the file is missing"),
        ("programme.yaml", "the file is missing"),
    ]
    assert read(tmp_path / "nowhere").issues[0].message == "there is no such folder"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("metric: share\n".encode("utf-16"), "metrics/share.yaml:1:1: the file is not UTF-8. Save it in UTF-8."),
        (b"metric: share\nname: T\xfd l\n", "metrics/share.yaml:2:8: the file is not UTF-8. Save it in UTF-8."),
        (b"", "metrics/share.yaml:1:1: the file is empty. Fill it in, or delete it."),
        (b"# \n\n", "metrics/share.yaml:1:1: the file is empty. Fill it in, or delete it."),
        (
            b"metric: sha\x07re\n",
            "metrics/share.yaml:1:12: the character U+0007 does not belong into a text. Delete it.",
        ),
        (
            b"a" * 5_000_001,
            "metrics/share.yaml:1:1: the file has 5,000,001 bytes, more than 5,000,000. Split it into several.",
        ),
    ],
    ids=["utf-16", "latin", "empty", "comment", "control", "large"],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, message: str, catalogue: Path) -> None:
    """Wrong encodings, empty and oversized files are issues, and what names the metric is not blamed for it."""
    (catalogue / "metrics" / "share.yaml").write_bytes(content)
    assert messages(catalogue) == [message]


def test_a_byte_order_mark_is_no_error(catalogue: Path) -> None:
    """Files saved by Windows' editors are read."""
    path = catalogue / "metrics" / "share.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert messages(catalogue) == []


def test_aliases_cannot_blow_up(catalogue: Path) -> None:
    """A file of a few lines whose aliases stand for billions of values is refused, at once."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in pairwise("abcdefghi")]
    (catalogue / "metrics" / "share.yaml").write_text("\n".join(lines), encoding="utf-8")
    assert messages(catalogue) == [
        "metrics/share.yaml:4:8: aliases stand for more than 1,000 values. Write the values out."
    ]


def test_an_alias_may_save_a_repetition(catalogue: Path) -> None:
    """An anchor and an alias within the bound mean what they mean in YAML."""
    path = catalogue / "metrics" / "share.yaml"
    text = path.read_text(encoding="utf-8").replace("name: {", "name: &words {")
    path.write_text(text.replace("counted: {vi: hồ sơ, en: dossiers}", "counted: *words"), encoding="utf-8")
    assert messages(catalogue) == []
    metric = load(catalogue).metrics["share"]
    assert metric.counted == metric.name


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "? "], ids=["flow list", "list", "flow mapping", "key"])
def test_nesting_cannot_end_the_process(opening: str, catalogue: Path) -> None:
    """A file nested a million levels deep is an issue and no crash."""
    (catalogue / "metrics" / "share.yaml").write_text(opening * 1_000_000, encoding="utf-8")
    (message,) = messages(catalogue)
    assert message.startswith("metrics/share.yaml:1:")


def test_words_that_yaml_would_change_stay_words(catalogue: Path) -> None:
    """No, 01 and 17:00 are what was written, and not false, 1 and 1,020."""
    (catalogue / "owners.yaml").write_text("office: {vi: no, en: 017:00}\n", encoding="utf-8")
    office = load(catalogue).owners["office"]
    assert (office.name.vi, office.name.en) == ("no", "017:00")
