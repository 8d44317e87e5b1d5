"""Looks at the published figures: whether each agrees with its own numerator and denominator."""

from __future__ import annotations

from collections.abc import Iterable

from targetwatch.incidents import facts as facts_
from targetwatch.model import Claim, Finding, Incident, IncidentKey, IncidentKind, Outlook

OUTLOOKS = {"misreported": Outlook.BAD, "adds_up": Outlook.GOOD}


def claim_findings(claims: Iterable[Claim], live: Iterable[Incident]) -> list[Finding]:
    """One look at each claim, and at the live incidents whose claim is no longer there.

    A figure that cannot be compared says nothing about an earlier finding, so it holds the incident as it is.
    """
    findings = []
    seen = set()
    for claim in sorted(claims, key=lambda claim: claim.id):
        seen.add(claim.id)
        outlook = OUTLOOKS.get(claim.finding, Outlook.UNKNOWN)
        facts = {} if outlook is Outlook.UNKNOWN else {"claim": facts_.of_claim(claim)}
        findings.append(Finding(IncidentKey(IncidentKind.MISREPORTED, claim.id), outlook, facts=facts))
    gone = sorted(
        incident.key.subject
        for incident in live
        if incident.key.kind is IncidentKind.MISREPORTED and incident.key.subject not in seen
    )
    return findings + [Finding(IncidentKey(IncidentKind.MISREPORTED, claim), Outlook.SUPERSEDED) for claim in gone]
