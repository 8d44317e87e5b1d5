"""The checks: the only room that runs Great Expectations, over batches (gate) and over assessments (judgement)."""

from targetwatch.checks.judgement import CLAIMS, TARGETS, Judgement, judge
from targetwatch.checks.suite import SuiteError

__all__ = ["CLAIMS", "TARGETS", "Judgement", "SuiteError", "judge"]
