"""Claims: published figures beside their own parts, each other and the records, and what judging them found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

import polars as pl

from targetwatch.evaluation.contradictions import Check, checks, figure_of, published_first
from targetwatch.evaluation.coverage import ROLLED
from targetwatch.evaluation.published import Distance, quotient_distance, share_distance
from targetwatch.model import Against, Claim, Contradiction, Programme, Text, Verdict

LARGEST = 2**63 - 1
OTHER: Mapping[str, Any] = {
    "against": pl.String,  # what a figure is held against in this row; null where that is its own parts
    "other_published": pl.String,
    "other_qualifier": pl.String,
    "other_as_of": pl.Date,
    "other_since": pl.Date,
    "other_reference": pl.String,
    "other_numerator": pl.Int64,
    "other_denominator": pl.Int64,
}
CLAIMS = pl.Schema(
    {
        "id": pl.String,
        "claim": pl.String,
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
        **OTHER,
        "unjudged_because": pl.String,  # the finding, where there is nothing to compare
        "deviation": pl.Int64,  # how far the published figure is from what it is held against, in whole steps
        "allowed": pl.Int64,  # how far it may be, in the same steps
    }
)
OWN = ("id", "claim", *OTHER, "unjudged_because", "deviation", "allowed")
PUBLISHED_FIGURES = tuple(name for name in CLAIMS.names() if name not in OWN)
# Columns without which a figure can be held against its own parts all the same.
ALSO: Mapping[str, Any] = {
    "tier": pl.String,
    "org_unit": pl.String,
    "org_unit_valid_from": pl.Date,
    "published_on": pl.Date,
    "replaces": pl.String,
    "known_from": pl.Datetime("us", "UTC"),
}
REPLACED = "replaced"


def claims_frame(
    figures: pl.DataFrame, programme: Programme | None = None, each: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The live rows of the table published_figures (PUBLISHED_FIGURES, ALSO), ready for the claims suite (CLAIMS).

    Each figure has a row in which it is held against its own parts. A figure without a `share` or `quotient` to be
    compared as is `not_compared` where it gives parts; one that gives none, no plain number, or numbers too large to be
    compared exactly, is `not_evaluated`; one that a later document says it replaces is `replaced`. These are 0 away of
    0 allowed, and keep that finding. With a `programme` and what is known (`each`, ROLLED of every origin) there is a
    row more for everything else that a figure is held against (targetwatch.evaluation.contradictions).
    """
    published = _named(figures)
    rows = [_own(claim, row) for claim, row in published.items()]
    if programme is not None:
        known = pl.DataFrame(schema=ROLLED) if each is None else each
        standing = [figure_of(claim, row) for claim, row in published.items() if not row["is_replaced"]]
        found = checks(programme, [one for one in standing if one is not None], known)
        rows += [_held(check, published[check.claim]) for check in found if max(check.distance) <= LARGEST]
    return pl.DataFrame(_numbered(rows), schema=CLAIMS)


def decide_claims(frame: pl.DataFrame, verdicts: pl.DataFrame) -> list[Claim]:
    """What the verdicts (row, verdict) on `frame` (CLAIMS) say of each published figure, in the order of the frame."""
    misreported = set(verdicts.filter(pl.col("verdict") == Verdict.MISREPORTED.value)["row"])
    guarded = set(verdicts.filter(pl.col("verdict") == Verdict.GUARD.value)["row"])
    own: dict[str, Mapping[str, Any]] = {}
    places: dict[str, int] = {}
    contradictions: dict[str, list[Contradiction]] = defaultdict(list)
    for place, row in enumerate(frame.iter_rows(named=True)):
        if row["against"] is None:
            own[row["claim"]], places[row["claim"]] = row, place
        elif place in misreported:
            contradictions[row["claim"]].append(_contradiction(row))
    return [
        _claim(row, tuple(contradictions[claim]), places[claim] in misreported, places[claim] in guarded)
        for claim, row in own.items()
    ]


def _claim(row: Mapping[str, Any], contradictions: tuple[Contradiction, ...], is_off: bool, is_guarded: bool) -> Claim:
    finding = row["unjudged_because"] or ("misreported" if is_off else "adds_up")
    if is_guarded and row["unjudged_because"] is None:
        finding = "not_evaluated"
    elif contradictions:
        finding = "misreported"
    return Claim.of_row(
        row,
        id=row["claim"],
        metric=row["metric"],
        name=Text(vi=row["name_vi"], en=row["name_en"]),
        finding=finding,
        contradictions=contradictions,
        parts_agree=not is_off or row["unjudged_because"] is not None,
        is_judged=not is_guarded,
    )


def _named(figures: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """The figures by the ids of their claims, in order of metric and day: each document's newest version, once.

    Of several documents that give a figure for the same day the claim of the first is metric/as_of; those of the others
    end with their reference too.
    """
    held = figures.with_columns(
        pl.lit(None, dtype=kind).alias(name) for name, kind in ALSO.items() if name not in figures.columns
    ).select(*PUBLISHED_FIGURES, *ALSO)
    newest = held.sort("known_from", maintain_order=True).unique(
        subset=["metric", "as_of", "reference"], keep="last", maintain_order=True
    )
    named: dict[str, dict[str, Any]] = {}
    rows = sorted(newest.to_dicts(), key=lambda row: (row["metric"], row["as_of"], *published_first(row)))
    replaced = {(row["metric"], row["as_of"], row["replaces"]) for row in rows if row["replaces"] != row["reference"]}
    for row in rows:
        claim = f"{row['metric']}/{row['as_of'].isoformat()}"
        row["is_replaced"] = (row["metric"], row["as_of"], row["reference"]) in replaced
        named[claim if claim not in named else f"{claim}/{row['reference']}"] = row
    return named


def _own(claim: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A figure beside its own parts."""
    found = REPLACED if row["is_replaced"] else _distance(row)
    unjudged, distance = (found, Distance(0, 0)) if isinstance(found, str) else (None, found)
    return {
        "claim": claim,
        **{name: row[name] for name in PUBLISHED_FIGURES},
        "unjudged_because": unjudged,
        "deviation": distance.deviation,
        "allowed": distance.allowed,
    }


def _held(check: Check, row: Mapping[str, Any]) -> dict[str, Any]:
    """A figure beside something else."""
    other = {f"other_{name}": value for name, value in _fields(check.other).items() if name != "against"}
    is_too_long = any(isinstance(value, int) and abs(value) > LARGEST for value in other.values())
    if is_too_long:
        other |= {"other_numerator": None, "other_denominator": None}
    return {
        "claim": check.claim,
        **{name: row[name] for name in PUBLISHED_FIGURES},
        "against": check.other.against.value,
        **other,
        "unjudged_because": None,
        "deviation": check.distance.deviation,
        "allowed": check.distance.allowed,
    }


def _numbered(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with ids of their own: of a figure beside its parts that of the claim."""
    seen: dict[str, int] = defaultdict(int)
    numbered = []
    for row in rows:
        number = seen[row["claim"]]
        seen[row["claim"]] += 1
        numbered.append({"id": row["claim"] if number == 0 else f"{row['claim']}~{number}", **row})
    return numbered


def _contradiction(row: Mapping[str, Any]) -> Contradiction:
    said = {name: row[f"other_{name}"] for name in _fields(Contradiction(Against.EARLIER)) if name != "against"}
    return Contradiction(Against(row["against"]), **said)


def _fields(one: Contradiction) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in fields(one)}


def _distance(figure: Mapping[str, object]) -> Distance | str:
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
