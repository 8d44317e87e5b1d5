"""What `status` adds of truth: how many reports differ from their records, and rates that rose by shrinking."""

from __future__ import annotations

from datetime import date

import pytest

from targetwatch.cli.lines import reports_line, shrank_remark
from targetwatch.model import Language

ROW = {
    "metric_name_vi": "Hồ sơ đúng hạn",
    "metric_name_en": "Dossiers on time",
    "tier": "district",
    "compared": 30,
    "misreported": 3,
    "acknowledged": 1,
}
STATUS = {
    "denominator_shrank": True,
    "shrank_period_start": date(2025, 4, 1),
    "shrank_period_end": date(2025, 4, 30),
    "shrank_numerator": 650,
    "shrank_denominator": 1000,
    "numerator": 640,
    "denominator": 800,
    "period_start": date(2025, 5, 1),
    "counted_vi": "hồ sơ",
    "counted_en": "dossiers",
}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.VI, "Hồ sơ đúng hạn (district): 3/30 đơn vị báo cáo lệch hồ sơ; 1 chênh lệch được chấp nhận."),
        (
            Language.EN,
            "Dossiers on time (district): 3 of 30 units report something else than their records show; 1 acknowledged.",
        ),
    ],
)
def test_how_many_reports_differ(language: Language, said: str) -> None:
    """A line for every metric and tier, in both languages."""
    assert reports_line(ROW, language) == said


def test_a_rate_that_rose_by_shrinking() -> None:
    """The remark names both figures; a row of a release that knew of none has none."""
    assert shrank_remark(STATUS, Language.EN) == (
        "The rate rose because its denominator shrank: 640 of 800 dossiers now, 650 of 1,000 in April 2025; "
        "the numerator did not rise."
    )
    assert shrank_remark({}, Language.EN) == ""
