"""Two documents that give a figure for the same day are two records, and one may say that it replaces the other."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from targetwatch import pipeline
from targetwatch.settings import CHECKOUT, Settings
from tests.installation import Installation, prepare, wait_until_complete

NOW = datetime(2024, 3, 1, 3, tzinfo=UTC)
HEADER = "metric,name_vi,name_en,as_of,level,numerator,denominator,published,unit,check,source,qualifier,published_on"
NAMES = "takedown_youtube,Video YouTube bị gỡ,YouTube clips taken down"
FIRST = f"{NAMES},2022-12-31,city,,,220,count,none,R2023a,exact,2023-01-10"
LATER = f"{NAMES},2022-12-31,city,,,250,count,none,R2023b,exact,2023-12-31"


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([HEADER, FIRST, LATER], {"": "not_evaluated", "/R2023b": "misreported"}),
        ([f"{HEADER},replaces", f"{FIRST},", f"{LATER},R2023a"], {"": "replaced", "/R2023b": "not_evaluated"}),
    ],
    ids=["unsaid", "said"],
)
def test_another_document_for_the_same_day(tmp_path: Path, rows: list[str], found: dict[str, str]) -> None:
    """Both are taken; unsaid, the later one contradicts the first, and said, it takes its place."""
    settings = Settings(home=tmp_path / "home", programme=CHECKOUT, standin_port=0, slack_token=None, slack_url=None)
    installation = Installation(settings)
    prepare(tmp_path / "prepared", {"published/figures.csv": "\n".join(rows) + "\n"})
    wait_until_complete(tmp_path)
    installation.deliver(tmp_path / "prepared")
    (gathered,) = pipeline.gather(settings, "published", NOW)
    assert gathered.state == "accepted"
    pipeline.watch(settings, NOW)
    claims = installation.rows("SELECT claim, finding, contradictions FROM claims")
    assert {str(row["claim"]).removeprefix("takedown_youtube/2022-12-31"): row["finding"] for row in claims} == found
    assert any("republished" in str(row["contradictions"]) for row in claims) == ("misreported" in found.values())
