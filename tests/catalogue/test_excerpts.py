"""What an editor's user sees below an error: the line, and a caret under the place."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from targetwatch.catalogue import Issue
from targetwatch.catalogue.excerpts import CUT, Excerpts, excerpt

NAME = "name: {vi: Hồ sơ xử lý trực tuyến, en: Online}"


def under(shown: str) -> str:
    """The character that the caret of an excerpt stands under."""
    line, caret = shown.split("\n")
    cells = 0
    for character in line:
        if cells == len(caret) - 1:
            return character
        cells += cell_len(character)
    return ""


def test_the_caret_stands_under_the_column() -> None:
    """A line is shown as it is, and the caret under the character that the issue names."""
    assert str(excerpt("    valeu: 80", 5)) == "    valeu: 80\n    ^"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_marks_do_not_move_the_caret(form: str) -> None:
    """Vietnamese letters take one cell, whether their marks are part of them or characters of their own."""
    line = unicodedata.normalize(form, NAME)
    assert str(excerpt(line, line.index("Online") + 1)).split("\n")[1] == " " * NAME.index("Online") + "^"


def test_a_mark_is_shown_by_its_letter() -> None:
    """An issue at a mark that is a character of its own points to the letter that it belongs to."""
    line = unicodedata.normalize("NFD", "Hồ sơ")
    assert excerpt(line, 2) == excerpt(line, 3) == excerpt(line, 4)
    assert under(str(excerpt(line, 4))) == "o"


def test_wide_characters_take_two_cells() -> None:
    """A caret behind characters of double width stands two cells further for each."""
    assert excerpt("日本: x", 5).caret == 6


def test_tabs_become_blanks() -> None:
    """A tab reaches to the next tab stop, and the caret stands where the line says."""
    assert str(excerpt("\tkind: x", 2)) == "    kind: x\n    ^"
    assert str(excerpt("ab\tc", 4)) == "ab  c\n    ^"


def test_what_cannot_be_seen_is_named() -> None:
    """Characters that a terminal would obey, or not show, stand there as their codes."""
    shown = excerpt("a\u200bb\x1b[2Jc", 3)
    assert shown.text == "a<U+200B>b<U+001B>[2Jc"
    assert under(str(shown)) == "b"


def test_a_long_line_is_cut_around_the_caret() -> None:
    """Of a long line the part around the place is shown, and dots stand where something was left out."""
    line = "x" * 500 + "HERE" + "y" * 500
    shown = excerpt(line, 501, width=60)
    assert len(shown.text) == 60
    assert shown.text.startswith(CUT)
    assert shown.text.endswith(CUT)
    assert under(str(shown)) == "H"
    assert not excerpt(line, 1, width=60).text.startswith(CUT)
    assert not excerpt(line, 1004, width=60).text.endswith(CUT)
    assert CUT not in excerpt("x" * 60, 60, width=60).text


@given(
    line=st.text(alphabet="aé日\t\u0301\u200b\x1b ,:", max_size=400),
    column=st.integers(1, 500),
    width=st.integers(20, 120),
)
def test_an_excerpt_always_fits(line: str, column: int, width: int) -> None:
    """Whatever a line holds, its excerpt is printable, fits, and has its caret in it or behind it."""
    shown = excerpt(line, column, width)
    assert shown.text.isprintable()
    assert cell_len(shown.text) <= width
    assert 0 <= shown.caret <= cell_len(shown.text)


def test_lines_are_counted_as_they_were_read(tmp_path: Path) -> None:
    """A byte order mark is no column, a line ends with whatever it ends with, and bytes may be no text."""
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfone: 1\r\ntwo: 2\rthree: 3\n\xff: 4\n")
    excerpts = Excerpts(tmp_path)
    assert [str(excerpts.of(Issue("a.yaml", line, 1, "wrong"))).split("\n")[0] for line in (1, 2, 3, 4)] == [
        "one: 1",
        "two: 2",
        "three: 3",
        "\ufffd: 4",
    ]


def test_where_there_is_nothing_to_show_nothing_is_shown(tmp_path: Path) -> None:
    """An issue with a file as a whole, or with a line that is empty or not there, has no excerpt."""
    (tmp_path / "a.yaml").write_text("one: 1\n\n", encoding="utf-8")
    excerpts = Excerpts(tmp_path)
    assert excerpts.of(Issue("a.yaml", 1, 1, "wrong", of_the_file=True)) is None
    assert [excerpts.of(Issue("a.yaml", line, 1, "wrong")) for line in (2, 3, 4)] == [None, None, None]
    assert excerpts.of(Issue("b.yaml", 1, 1, "wrong")) is None


@pytest.mark.parametrize(
    ("line", "is_shown"),
    [
        ("    webhook: https://hooks.slack.com/services/T0/B0/SECRET", False),
        ("    webhook: https://desk.example.org/in/SECRET", False),
        ("    channel: xoxb-1-SECRET", False),
        ("      - https://desk.example.org/in/SECRET", False),
        ("    webhook: duty_desk", True),
    ],
)
def test_no_line_with_a_secret_is_shown(line: str, is_shown: bool, tmp_path: Path) -> None:
    """Of a line of receivers.yaml that lets in whoever reads it only the place is said, on a screen and in a log."""
    (tmp_path / "receivers.yaml").write_text(f"receivers:\n{line}\n", encoding="utf-8")
    shown = Excerpts(tmp_path).of(Issue("receivers.yaml", 2, 5, "something is wrong"))
    assert (shown is not None) is is_shown
