"""The queries that a page shows, so that anybody can ask for its figures in SQL. Text to be read, never run here."""

from __future__ import annotations

from targetwatch.board.standing import Standing


def of_target(standing: Standing) -> list[str]:
    """Where the target and its units stand, what was observed, and what was said of it when."""
    target, metric = _quoted(standing.id), _quoted(standing.target.metric)
    unit, tier = _quoted(standing.unit.code), _quoted(standing.target.tier)
    return [
        "SELECT org_unit_name, status, reason, numerator, denominator, value, required, headroom_units\n"
        f"FROM current_status\nWHERE target = {target}\nORDER BY role, headroom_units",
        "SELECT period_start, origin, numerator, denominator, value, bodies_reported, bodies_due, known_at\n"
        f"FROM observations\nWHERE metric = {metric} AND tier = {tier} AND org_unit = {unit}\nORDER BY period_start",
        f"SELECT as_of, period_end, status, reason, value, required\nFROM assessments\nWHERE target = {target} "
        f"AND org_unit = {unit}\nORDER BY as_of",
    ]


def of_source(source: str) -> list[str]:
    """What was delivered, and which rows were set aside."""
    return [
        "SELECT known_at, delivered_as, state, rows_delivered, rows_in_quarantine, rows_put_right, refused_because\n"
        f"FROM batches\nWHERE source = {_quoted(source)}\nORDER BY known_at DESC",
        "SELECT delivered_as, position, reason, column_name, delivered_value\n"
        f"FROM quarantine\nWHERE source = {_quoted(source)}\nORDER BY known_at DESC, position",
    ]


def of_claim(claim: str) -> list[str]:
    """The figure and what its parts make."""
    return [
        "SELECT published, numerator, denominator, recomputed, finding, reference_title\n"
        f"FROM claims\nWHERE claim = {_quoted(claim)}"
    ]


def of_reports(metric: str, tier: str) -> list[str]:
    """What is reported beside what the records give, and how that came to be."""
    these = f"WHERE metric = {_quoted(metric)} AND tier = {_quoted(tier)}"
    return [
        "SELECT org_unit_name, period_start, finding, reported, computed, difference, acknowledged_until\n"
        f"FROM discrepancies\n{these} AND is_newest\nORDER BY deviation_millionths DESC",
        "SELECT org_unit_name, period_start, reported_numerator, reported_denominator, computed_numerator, "
        f"computed_denominator, finding\nFROM discrepancies\n{these}\nORDER BY period_start, org_unit_name",
    ]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
