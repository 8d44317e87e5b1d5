"""Which versions of targets have been judged: what the catalogue may no longer edit in place."""

from __future__ import annotations

from pathlib import Path

from targetwatch.warehouse.errors import NoSnapshot
from targetwatch.warehouse.reader import open_snapshots

JUDGED = """
    SELECT target, effective_from, target_version, value_millionths AS value, value_to_millionths AS value_to,
           comparison, due, path, trajectory, path_assumed, margin_millionths AS warning_margin, when_unit_ends,
           effective_to, unit_of_measure, selector, listed
    FROM target_versions
    WHERE judged
    ORDER BY target, effective_from, target_version
"""
KNOWS_THEM = "SELECT 1 FROM duckdb_views() WHERE database_name = 'ledger' AND view_name = 'target_versions'"


def judged_versions(home: Path) -> list[dict[str, object]]:
    """The judged versions in the newest ledger snapshot, each as a row of `target_versions`; values in millionths.

    Empty where nothing has been published yet, or only by a release that did not keep whom a version is for.
    """
    try:
        with open_snapshots(home) as reader:
            if not reader.query(KNOWS_THEM).rows:
                return []
            return reader.fetch(JUDGED).to_dicts()
    except NoSnapshot:
        return []
