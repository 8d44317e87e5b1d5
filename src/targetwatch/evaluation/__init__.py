"""What the figures mean: periods, coverage, what was required, how far it is, and the status that follows.

Pure: Polars frames, a catalogue and a moment in, frames and nouns of the model out. No clock, no file, no database, and
no comparison of a value with its target: that is what the expectation suites do (targetwatch.checks.judgement).
"""

from targetwatch.evaluation.assessment import assess
from targetwatch.evaluation.claims import claims_frame, decide_claims
from targetwatch.evaluation.coverage import roll_up
from targetwatch.evaluation.due import due
from targetwatch.evaluation.restatements import restated
from targetwatch.evaluation.status import decide_status

__all__ = ["assess", "claims_frame", "decide_claims", "decide_status", "due", "restated", "roll_up"]
