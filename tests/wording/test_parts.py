"""Parts of a whole in both languages."""

from __future__ import annotations

from fractions import Fraction

import pytest

from targetwatch.model import Basis, Language
from targetwatch.wording import parts

VI, EN = Language.VI, Language.EN


@pytest.mark.parametrize(
    ("weight", "vi", "en"),
    [
        (Fraction(1), "toàn bộ", "all"),
        (Fraction(1, 2), "một nửa", "half"),
        (Fraction(2, 3), "hai phần ba", "two thirds"),
        (Fraction(1, 4), "một phần tư", "a quarter"),
        (Fraction(1, 17), "1/17", "1/17"),
        (Fraction(43, 156), "27,6% (43/156)", "27.6% (43/156)"),
        (Fraction(1204, 5549), "21,7% (1.204/5.549)", "21.7% (1,204/5,549)"),
        (Fraction(3, 100_000), "0,003% (3/100.000)", "0.003% (3/100,000)"),
    ],
)
def test_a_part_is_said_as_people_say_it(weight: Fraction, vi: str, en: str) -> None:
    """Simple parts have names; others are exact, and a percentage beside them where no eye sees how much they are."""
    assert (parts.part(weight, VI), parts.part(weight, EN)) == (vi, en)


def test_a_part_that_is_not_all_never_reads_as_all() -> None:
    """All but one of a hundred thousand are not said to be 100 %."""
    assert parts.part(Fraction(99_999, 100_000), EN) == "99.999% (99,999/100,000)"


@pytest.mark.parametrize("basis", list(Basis))
def test_every_basis_has_words(basis: Basis) -> None:
    """What a part rests on is said in both languages, and not by its id."""
    said = {parts.rests_on(basis, language) for language in Language}
    assert len(said) == 2
    assert basis.value not in said
