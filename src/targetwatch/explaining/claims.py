"""Beside the value: what a published figure does not agree with, in its own document, in others or in the records."""

from __future__ import annotations

import json

from targetwatch.explaining.account import Shown, Step
from targetwatch.explaining.found import Case, Record
from targetwatch.explaining.statement import claim_of
from targetwatch.model import Claim, Language, Text
from targetwatch.wording import dates, published

HEADING = Text("Số công bố không khớp", "A published figure that does not add up")


def claims(case: Case, language: Language) -> Step | None:
    """Everything that was found against figures published for the period; None where nothing was."""
    if case.claims is None:
        return None
    found = [row for row in case.claims.rows if row["finding"] == "misreported"]
    if not found:
        return None
    says = [line for row in found for line in _against(case, row, language)]
    rows = Text(
        "các số đã công bố cho kỳ này và những gì trái với chúng", "the published figures, and what is against them"
    )
    facts = {"claims": [{name: row[name] for name in ("claim", "finding", "incident")} for row in found]}
    return Step("claims", HEADING.in_(language), tuple(says), (Shown(rows.in_(language), case.claims.query),), facts)


def _against(case: Case, row: Record, language: Language) -> list[str]:
    from targetwatch.incidents.facts import to_contradictions

    others = to_contradictions(json.loads(row["contradictions"] or "[]"))
    claim = claim_of(case, row, others)
    says = [_own_parts(claim, language)] if claim.is_off_its_parts else []
    says += [published.contradiction(claim, other, language) for other in others]
    if row["incident"] is not None:
        since = dates.moment(row["opened_at"], case.place.time_zone, language)
        name = f"TW-{row['incident']}"
        says.append(
            Text(f"Cảnh báo {name} đang mở, từ {since}.", f"{name} is open about it, since {since}.").in_(language)
        )
    return [one for one in says if one]


def _own_parts(claim: Claim, language: Language) -> str:
    """What its own numerator and denominator make: 410 of 579 make 70.8%, and not 69.3%. ..."""
    parts, really, figure = (one(claim, language) for one in (published.parts, published.really, published.figure))
    said = Text(f"{parts} cho {really}, không phải {figure}.", f"{parts} make {really}, and not {figure}.")
    return f"{said.in_(language)} {published.correction(claim, language)}".rstrip()
