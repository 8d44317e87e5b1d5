"""Explaining: why a target stands where it stands, from the records to the messages, each link with its rows.

Pure but for `read`, which asks the snapshots: what was read goes in, sentences and the queries behind them come out.
"""

from targetwatch.explaining.account import Account, Explanation, Shown, Step
from targetwatch.explaining.chain import explain
from targetwatch.explaining.judgement import Suite
from targetwatch.explaining.names import UnknownName
from targetwatch.explaining.queries import Query
from targetwatch.explaining.reading import NothingJudged, Snapshots, read

__all__ = [
    "Account",
    "Explanation",
    "NothingJudged",
    "Query",
    "Shown",
    "Snapshots",
    "Step",
    "Suite",
    "UnknownName",
    "explain",
    "read",
]
