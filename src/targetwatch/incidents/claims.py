"""Looks at the published figures: whether each agrees with its own parts, with the others and with the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from targetwatch.incidents import facts as facts_
from targetwatch.model import Claim, Finding, Incident, IncidentKey, IncidentKind, Outlook

# One that a later document says it replaces is wrong no longer, and was never put right.
OUTLOOKS = {"misreported": Outlook.BAD, "adds_up": Outlook.GOOD, "replaced": Outlook.SUPERSEDED}


def claim_findings(claims: Iterable[Claim], live: Iterable[Incident]) -> list[Finding]:
    """One look at each claim, and at the live incidents whose claim is no longer there.

    A figure that cannot be compared with its own parts says nothing about an earlier finding of them, so it holds the
    incident as it is. What contradicted it is known to be gone once every check has run and none speaks of it.
    """
    of_claims = {
        one.key.subject: one for one in live if one.key.kind is IncidentKind.MISREPORTED and not one.key.org_unit
    }
    findings = []
    seen = set()
    for claim in sorted(claims, key=lambda claim: claim.id):
        seen.add(claim.id)
        outlook = OUTLOOKS.get(claim.finding, Outlook.UNKNOWN)
        if outlook is Outlook.UNKNOWN and claim.is_judged and _was_contradicted_only(of_claims.get(claim.id)):
            outlook = Outlook.GOOD
        facts = {} if outlook is Outlook.UNKNOWN else {"claim": facts_.of_claim(claim)}
        key = IncidentKey(IncidentKind.MISREPORTED, claim.id)
        findings.append(Finding(key, outlook, facts=facts, reason=claim.finding))
    gone = sorted(set(of_claims) - seen)
    return findings + [
        Finding(IncidentKey(IncidentKind.MISREPORTED, claim), Outlook.SUPERSEDED, reason="withdrawn") for claim in gone
    ]


def _was_contradicted_only(incident: Incident | None) -> bool:
    """Whether an incident is about what a figure was held against, and its own parts never spoke against it."""
    held = incident.facts.get("claim") if incident is not None else None
    return isinstance(held, Mapping) and held.get("parts_agree") is True and bool(held.get("contradictions"))
