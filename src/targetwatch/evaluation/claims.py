"""Claims: published figures beside their own numerators and denominators, ready to be judged, and what was found."""

from __future__ import annotations

import re
from typing import NamedTuple

import polars as pl

from targetwatch.model import Claim, Text, Verdict

PLAIN_NUMBER = re.compile(r"(?P<whole>-?\d+)(?:[.,](?P<decimals>\d+))?")
LOOSE = ("about", "nearly", "more than")
LOOSE_ALLOWANCE = 20  # 5 % is one part in twenty
LARGEST = 2**63 - 1
CLAIMS = pl.Schema(
    {
        "id": pl.String,
        "metric": pl.String,
        "name_vi": pl.String,
        "name_en": pl.String,
        "as_of": pl.Date,
        "numerator": pl.Int64,
        "denominator": pl.Int64,
        "published": pl.String,
        "unit_of_measure": pl.String,
        "compared_as": pl.String,
        "qualifier": pl.String,
        "reference": pl.String,
        "unjudged_because": pl.String,  # the finding, where there is nothing to compare
        "deviation": pl.Int64,  # how far the published figure is from its parts, in whole steps
        "allowed": pl.Int64,  # how far it may be, in the same steps
    }
)
PUBLISHED_FIGURES = tuple(
    name for name in CLAIMS.names() if name not in ("id", "unjudged_because", "deviation", "allowed")
)


class Distance(NamedTuple):
    """How far a published figure is from its parts and how far it may be, in steps small enough to be whole numbers."""

    deviation: int
    allowed: int


def claims_frame(figures: pl.DataFrame) -> pl.DataFrame:
    """The live rows of the record table published_figures (PUBLISHED_FIGURES), ready for the claims suite (CLAIMS).

    A figure without a `share` or `quotient` to be compared as is `not_compared` where it gives parts; one that gives
    none, no plain number, or numbers too large to be compared exactly, is `not_evaluated`. Both are 0 away of 0
    allowed, and keep that finding.
    """
    rows = []
    for figure in figures.select(PUBLISHED_FIGURES).sort("metric", "as_of").iter_rows(named=True):
        found = _distance(figure)
        unjudged, distance = (found, Distance(0, 0)) if isinstance(found, str) else (None, found)
        rows.append(
            {
                "id": f"{figure['metric']}/{figure['as_of'].isoformat()}",
                **figure,
                "unjudged_because": unjudged,
                "deviation": distance.deviation,
                "allowed": distance.allowed,
            }
        )
    return pl.DataFrame(rows, schema=CLAIMS)


def decide_claims(frame: pl.DataFrame, verdicts: pl.DataFrame) -> list[Claim]:
    """What the verdicts (row, verdict) on `frame` (CLAIMS) say of each published figure, in the order of the frame."""
    misreported = set(verdicts.filter(pl.col("verdict") == Verdict.MISREPORTED.value)["row"])
    guarded = set(verdicts.filter(pl.col("verdict") == Verdict.GUARD.value)["row"])
    claims = []
    for place, row in enumerate(frame.iter_rows(named=True)):
        if row["unjudged_because"] is not None:
            finding = row["unjudged_because"]
        elif place in guarded:
            finding = "not_evaluated"
        else:
            finding = "misreported" if place in misreported else "adds_up"
        claims.append(
            Claim(
                id=row["id"],
                metric=row["metric"],
                name=Text(vi=row["name_vi"], en=row["name_en"]),
                as_of=row["as_of"],
                numerator=row["numerator"],
                denominator=row["denominator"],
                published=row["published"],
                unit_of_measure=row["unit_of_measure"],
                check=row["compared_as"],
                qualifier=row["qualifier"],
                reference=row["reference"],
                finding=finding,
            )
        )
    return claims


def share_distance(numerator: int, denominator: int, published: str) -> Distance | None:
    """100 x numerator / denominator against what was published, give or take half a unit of its last digit."""
    return _rounded(100 * numerator, denominator, published)


def quotient_distance(numerator: int, denominator: int, published: str, qualifier: str) -> Distance | None:
    """Numerator / denominator against what was published: 5 % of that for about, nearly, more than, else rounding."""
    if qualifier not in LOOSE:
        return _rounded(numerator, denominator, published)
    number = _digits(published)
    if number is None:
        return None
    digits, scale = number
    off = abs(numerator * scale - digits * denominator)
    return Distance(LOOSE_ALLOWANCE * off, abs(digits) * denominator)


def _rounded(numerator: int, denominator: int, published: str) -> Distance | None:
    number = _digits(published)
    if number is None:
        return None
    digits, scale = number
    return Distance(2 * abs(numerator * scale - digits * denominator), denominator)


def _digits(published: str) -> tuple[int, int] | None:
    """The digits of a plain decimal number as an integer, and the power of ten they are to be divided by."""
    found = PLAIN_NUMBER.fullmatch(published.strip())
    if found is None:
        return None
    decimals = found["decimals"] or ""
    return int(found["whole"] + decimals), 10 ** len(decimals)


def _distance(figure: dict[str, object]) -> Distance | str:
    """How far the figure is from its parts, or the finding where that cannot be said."""
    numerator, denominator = figure["numerator"], figure["denominator"]
    if not isinstance(numerator, int) or not isinstance(denominator, int):
        return "not_evaluated"
    published = str(figure["published"])
    if figure["compared_as"] == "none":
        return "not_compared"
    if denominator <= 0:
        return "not_evaluated"
    if figure["compared_as"] == "share":
        distance = share_distance(numerator, denominator, published)
    else:
        distance = quotient_distance(numerator, denominator, published, str(figure["qualifier"]))
    # What 64 bits cannot hold cannot be compared exactly, and one such figure must not keep the others from it.
    return "not_evaluated" if distance is None or max(distance) > LARGEST else distance
