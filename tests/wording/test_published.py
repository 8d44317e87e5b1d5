"""Published figures beside what their own parts make."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from targetwatch.model import Claim, Language, Text
from targetwatch.wording import published

VI, EN = Language.VI, Language.EN
SHARE = Claim(
    "commune_websites/2021-07-15", "commune_websites", Text("Xã có trang", "Communes with a page"), date(2021, 7, 15),
    410, 579, "69.3", "percent", "share", "exact", "R2021b", "misreported",
)  # fmt: skip
QUOTIENT = replace(
    SHARE, numerator=200_000_000, denominator=5475, published="20000", unit_of_measure="count", check="quotient",
    qualifier="nearly",
)  # fmt: skip


def test_a_share_that_does_not_add_up_names_what_would() -> None:
    """410 of 579 is 70.8 %, and only 401 would be the published 69.3 %."""
    assert published.figure(SHARE, VI) == "69,3%"
    assert (published.parts(SHARE, VI), published.really(SHARE, VI)) == ("410/579", "70,8%")
    assert published.correction(SHARE, VI) == "Muốn ra 69,3% thì tử số phải là 401, ít hơn 9."
    assert published.correction(SHARE, EN) == "For 69.3% the numerator would have to be 401, 9 fewer."


def test_a_rough_figure_is_said_as_roughly_and_no_numerator_is_named() -> None:
    """Many numerators make nearly 20,000."""
    assert (published.figure(QUOTIENT, VI), published.figure(QUOTIENT, EN)) == ("gần 20.000", "nearly 20,000")
    assert published.parts(QUOTIENT, EN) == "200,000,000 / 5,475"
    assert published.really(QUOTIENT, EN) == "36,530"
    assert published.correction(QUOTIENT, EN) == ""


def test_what_gives_no_parts_or_no_number_says_nothing_more() -> None:
    """A dash for the parts, and its own words for a figure that is no plain number."""
    bare = replace(SHARE, numerator=None, denominator=None, published="about seventy")
    assert (published.parts(bare, VI), published.really(bare, VI), published.correction(bare, VI)) == ("–", "", "")
    assert published.figure(bare, EN) == "about seventy"


def test_what_adds_up_needs_no_other_numerator() -> None:
    """579 of 579 is 100, and nothing would have to be another."""
    whole = replace(SHARE, numerator=579, published="100")
    assert (published.really(whole, EN), published.correction(whole, EN)) == ("100%", "")
