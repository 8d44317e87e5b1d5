"""Counted things in the right number."""

from __future__ import annotations

import pytest

from targetwatch.model import Language, Text
from targetwatch.wording import nouns

VI, EN = Language.VI, Language.EN
DOSSIERS, COMMUNES = Text("hồ sơ", "dossiers"), Text("xã", "communes")


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("dossiers", "dossier"),
        ("communes", "commune"),
        ("people", "person"),
        ("households", "household"),
        ("cities", "city"),
        ("official mailboxes", "official mailbox"),
        ("city departments", "city department"),
        ("communes with broadband", "commune with broadband"),
        ("addresses", "address"),
        ("branches", "branch"),
        ("series", "series"),
        ("ties", "tie"),
        ("", ""),
    ],
)
def test_the_singular_of_a_plural(plural: str, one: str) -> None:
    """Only the head of the phrase changes, by the rules of English."""
    assert nouns.singular(plural) == one


def test_one_and_many() -> None:
    """English has two forms, Vietnamese one."""
    assert nouns.counted(1, DOSSIERS, EN) == "1 dossier"
    assert nouns.counted(4981, DOSSIERS, EN) == "4,981 dossiers"
    assert nouns.counted(0, DOSSIERS, EN) == "0 dossiers"
    assert nouns.counted(1, DOSSIERS, VI) == "1 hồ sơ"
    assert nouns.counted(4981, DOSSIERS, VI) == "4.981 hồ sơ"


def test_a_part_of_a_whole() -> None:
    """400 of 579 communes, and who has reported."""
    assert nouns.counted_of(400, 579, COMMUNES, VI) == "400/579 xã"
    assert nouns.counted_of(400, 579, COMMUNES, EN) == "400 of 579 communes"
    assert nouns.counted_of(0, 1, COMMUNES, EN) == "0 of 1 commune"
    assert nouns.reported(29, 30, VI) == "29/30 đã báo cáo"
    assert nouns.reported(29, 30, EN) == "29 of 30 reported"


def test_a_row_of_names_says_how_many_more() -> None:
    """What is cut off is counted."""
    assert nouns.series(["A"], EN) == "A"
    assert nouns.series(["A", "B", "C"], EN) == "A, B and C"
    assert nouns.series(["A", "B"], EN, more=13) == "A, B and 13 more"
    assert nouns.series(["A", "B"], VI, more=13) == "A, B và 13 đơn vị khác"
    assert nouns.series([], EN) == ""
