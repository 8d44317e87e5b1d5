"""Incidents: episodes of trouble, from the first look that found one to the look that ended it. Pure."""

from targetwatch.incidents.claims import claim_findings
from targetwatch.incidents.discrepancies import discrepancy_findings, is_about_reports
from targetwatch.incidents.lateness import Owed, late_findings, owed_from
from targetwatch.incidents.lifecycle import Advanced, Transition, advance, advance_all, patience_of
from targetwatch.incidents.quality import Covered, DeliveryRecord, outstanding, quality_findings
from targetwatch.incidents.targets import outlook_of, target_findings

__all__ = [
    "Advanced",
    "Covered",
    "DeliveryRecord",
    "Owed",
    "Transition",
    "advance",
    "advance_all",
    "claim_findings",
    "discrepancy_findings",
    "is_about_reports",
    "late_findings",
    "outlook_of",
    "outstanding",
    "owed_from",
    "patience_of",
    "quality_findings",
    "target_findings",
]
