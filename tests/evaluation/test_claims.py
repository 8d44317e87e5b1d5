"""Published figures beside their own parts, through the real claims suite."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from targetwatch.checks.judgement import CLAIMS, judge
from targetwatch.evaluation.claims import PUBLISHED_FIGURES, claims_frame, decide_claims, share_distance
from targetwatch.model import Claim, Text, Verdict

from .worlds import CLAIMS_SUITE

# numerator, denominator, published, compared_as, qualifier -> what is found
FOUND = {
    "410 of 579 published as 69.3 %": (410, 579, "69.3", "share", "exact", "misreported"),
    "401 of 579 would be 69.3 %": (401, 579, "69.3", "share", "exact", "adds_up"),
    "69,3 with a decimal comma": (401, 579, "69,3", "share", "exact", "adds_up"),
    "about does not stretch a share": (410, 579, "69.3", "share", "about", "misreported"),
    "half a unit of the last digit off": (1, 8, "12.0", "share", "exact", "misreported"),
    "just half a unit off": (1, 8, "12", "share", "exact", "adds_up"),
    "200 million in 5,475 days as nearly 20,000": (200_000_000, 5_475, "20000", "quotient", "nearly", "misreported"),
    "as about 36,000": (200_000_000, 5_475, "36000", "quotient", "about", "adds_up"),
    "5 % off": (105, 1, "100", "quotient", "about", "adds_up"),
    "more than 5 % off": (106, 1, "100", "quotient", "more than", "misreported"),
    "an exact quotient": (200_000_000, 5_475, "36530", "quotient", "exact", "adds_up"),
    "an exact quotient, one off": (200_000_000, 5_475, "36531", "quotient", "exact", "misreported"),
    "579 of 579 as 100": (579, 579, "100", "share", "exact", "adds_up"),
    "rank 3 among 63": (3, 63, "3", "none", "exact", "not_compared"),
    "no numerator and denominator": (None, None, "556", "none", "exact", "not_evaluated"),
    "a share without its parts": (None, None, "100", "share", "exact", "not_evaluated"),
    "a share of nothing": (0, 0, "100", "share", "exact", "not_evaluated"),
    "too large to be compared exactly": (10**17, 1, "1", "share", "exact", "not_evaluated"),
    "no plain number": (1, 2, "a half", "share", "exact", "not_evaluated"),
}


def figures(*rows: tuple[object, ...]) -> pl.DataFrame:
    """Live rows of published_figures, one a metric, and columns that the claims do not need."""
    return pl.DataFrame(
        [
            {
                "metric": f"m{place:02}",
                "name_vi": "tên",
                "name_en": "name",
                "as_of": date(2021, 7, 15),
                "numerator": numerator,
                "denominator": denominator,
                "published": published,
                "unit_of_measure": "percent",
                "compared_as": compared_as,
                "qualifier": qualifier,
                "reference": "R2021b",
                "batch_id": "not needed",
            }
            for place, (numerator, denominator, published, compared_as, qualifier) in enumerate(rows)
        ]
    )


@pytest.fixture(scope="module")
def claims() -> dict[str, Claim]:
    """Every case of FOUND as a claim, judged in one run."""
    frame = claims_frame(figures(*(case[:-1] for case in FOUND.values())))
    judgement = judge(frame, CLAIMS_SUITE, CLAIMS)
    assert judgement.failures == ()
    return dict(zip(FOUND, decide_claims(frame, judgement.verdicts), strict=True))


@pytest.mark.parametrize("case", FOUND)
def test_a_published_figure(claims: dict[str, Claim], case: str) -> None:
    """Each published figure is found to be what its own parts make it."""
    assert claims[case].finding == FOUND[case][-1]


def test_a_claim_says_all_that_was_published(claims: dict[str, Claim]) -> None:
    """The claim keeps its parts, its wording and its source."""
    assert claims["410 of 579 published as 69.3 %"] == Claim(
        id="m00/2021-07-15",
        metric="m00",
        name=Text("tên", "name"),
        as_of=date(2021, 7, 15),
        numerator=410,
        denominator=579,
        published="69.3",
        unit_of_measure="percent",
        check="share",
        qualifier="exact",
        reference="R2021b",
        finding="misreported",
        parts_agree=False,
    )


def test_a_failed_guard_leaves_a_claim_unevaluated() -> None:
    """The same figure twice judges nothing; what is not compared anyway stays so."""
    row, rank = (410, 579, "69.3", "share", "exact"), (3, 63, "3", "none", "exact")
    once = claims_frame(figures(row, rank))
    frame = pl.concat([once, once.head(1)])
    judgement = judge(frame, CLAIMS_SUITE, CLAIMS)
    assert judgement.failures
    findings = [claim.finding for claim in decide_claims(frame, judgement.verdicts)]
    assert findings == ["not_evaluated", "not_compared"]


def test_no_figures_are_no_claims() -> None:
    """Before anything is published there is nothing to say."""
    frame = claims_frame(figures((1, 2, "50", "share", "exact")).clear())
    assert decide_claims(frame, judge(frame, CLAIMS_SUITE, CLAIMS).verdicts) == []


def test_the_record_table_has_what_a_claim_needs() -> None:
    """A verdict of the suite is all that makes a claim misreported; the columns are those of published_figures."""
    frame = claims_frame(figures((401, 579, "69.3", "share", "exact")))
    accused = pl.DataFrame({"row": [0], "verdict": [Verdict.MISREPORTED.value]})
    assert decide_claims(frame, accused)[0].finding == "misreported"
    assert set(PUBLISHED_FIGURES) < set(figures((1, 2, "50", "share", "exact")).columns)


@given(numerator=st.integers(0, 10_000_000), denominator=st.integers(1, 10_000_000), decimals=st.integers(0, 4))
def test_a_share_rounded_as_it_should_be_adds_up(numerator: int, denominator: int, decimals: int) -> None:
    """Whatever its parts, a share that is rounded to its last digit is within what is allowed; one digit off is not."""
    scale = 10**decimals
    digits = (2 * 100 * numerator * scale + denominator) // (2 * denominator)

    def written(number: int) -> str:
        whole, rest = divmod(number, scale)
        return f"{whole}.{rest:0{decimals}}" if decimals else str(whole)

    near, off = (share_distance(numerator, denominator, written(digits + step)) for step in (0, 2))
    assert near is not None
    assert off is not None
    assert near.deviation <= near.allowed
    assert off.deviation > off.allowed
