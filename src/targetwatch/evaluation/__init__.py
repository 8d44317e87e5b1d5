"""What the figures mean: periods, coverage, what was required, how far it is, and the status that follows.

Pure: Polars frames, a catalogue and a moment in, frames and nouns of the model out. No clock, no file, no database, and
no comparison of a value with its target: that is what the expectation suites do (targetwatch.checks.judgement).
"""

from targetwatch.evaluation.assessment import assess
from targetwatch.evaluation.claims import claims_frame, decide_claims
from targetwatch.evaluation.coverage import best_origin, by_origin, roll_up
from targetwatch.evaluation.discrepancies import decide_reports, newest_of_each, reports_frame
from targetwatch.evaluation.due import due
from targetwatch.evaluation.reporting import by_source, counted, news
from targetwatch.evaluation.restatements import restated
from targetwatch.evaluation.shrinkage import with_shrinkage
from targetwatch.evaluation.status import decide_status

__all__ = [
    "assess",
    "best_origin",
    "by_origin",
    "by_source",
    "claims_frame",
    "counted",
    "decide_claims",
    "decide_reports",
    "decide_status",
    "due",
    "newest_of_each",
    "news",
    "reports_frame",
    "restated",
    "roll_up",
    "with_shrinkage",
]
