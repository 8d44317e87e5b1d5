"""Incidents: episodes of trouble, from the first look that found one to the look that ended it. Pure."""

from targetwatch.incidents.acknowledgement import LapsedBecause, acknowledge, lapse, unacknowledge
from targetwatch.incidents.actions import Acknowledge, Action, SilenceThat, Unacknowledge, Withdraw
from targetwatch.incidents.claims import claim_findings
from targetwatch.incidents.discrepancies import discrepancy_findings, is_about_reports
from targetwatch.incidents.escalation import escalate, escalate_all
from targetwatch.incidents.lateness import Owed, late_findings, owed_from
from targetwatch.incidents.lifecycle import Advanced, Transition, advance, advance_all, patience_of
from targetwatch.incidents.quality import Covered, DeliveryRecord, outstanding, quality_findings
from targetwatch.incidents.refusals import ActionRefused, Refusal
from targetwatch.incidents.severity import severity_of, weigh, weigh_all
from targetwatch.incidents.targets import outlook_of, target_findings

__all__ = [
    "Acknowledge",
    "Action",
    "ActionRefused",
    "Advanced",
    "Covered",
    "DeliveryRecord",
    "LapsedBecause",
    "Owed",
    "Refusal",
    "SilenceThat",
    "Transition",
    "Unacknowledge",
    "Withdraw",
    "acknowledge",
    "advance",
    "advance_all",
    "claim_findings",
    "discrepancy_findings",
    "escalate",
    "escalate_all",
    "is_about_reports",
    "lapse",
    "late_findings",
    "outlook_of",
    "outstanding",
    "owed_from",
    "patience_of",
    "quality_findings",
    "severity_of",
    "target_findings",
    "unacknowledge",
    "weigh",
    "weigh_all",
]
