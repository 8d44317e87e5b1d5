"""Columns that change are told apart by `gather`, in the records and on the board's page of their source."""

from __future__ import annotations

import json
from pathlib import Path

from targetwatch.board.app import create_app
from tests.board.browser import Browser
from tests.cli.calls import of
from tests.corridor.dossiers import APRIL, hanoi, month_of
from tests.corridor.story import programme_in
from tests.installation import install, prepare, wait_until_complete

ROWS = month_of(APRIL, {"001": 30, "002": 10}, 40)
DELIVERIES = {
    "first": ROWS,
    "changed": ROWS.drop("sector").rename({"applicant": "Người nộp"}),
    "renamed": ROWS.rename({"channel": "Chanel"}),
    "retyped": ROWS.with_columns(due_on=ROWS["due_on"].dt.strftime("%j/%Y")),
}


def test_new_missing_renamed_and_retyped_columns(tmp_path: Path) -> None:
    """Warnings where the batch is taken, one clear reason where it is refused, and the same words everywhere."""
    installation = install(tmp_path / "home", programme_in(tmp_path / "programme"))
    for step, rows in DELIVERIES.items():
        prepare(tmp_path / "prepared" / step, {f"procedures/{step}.csv": rows.write_csv()})
    wait_until_complete(tmp_path / "prepared")
    said = {}
    for day, step in enumerate(DELIVERIES, start=10):
        installation.deliver(tmp_path / "prepared" / step)
        answer = of(installation, hanoi(5, day))("gather", "--json")
        (said[step],) = json.loads(answer.out)
    assert {step: (one["state"], one["rows_quarantined"]) for step, one in said.items()} == {
        "first": ("accepted", 0),
        "changed": ("accepted", 0),
        "renamed": ("refused", 0),
        "retyped": ("refused", 0),
    }
    assert said["first"]["warnings"] == []
    warned = [warning.split(" / ")[1] for warning in said["changed"]["warnings"]]
    assert warned == [
        "Missing column “sector”, which earlier deliveries had; not required, and so left empty",
        "New column that the source does not name, and so is not kept: “Người nộp”",
    ]
    assert "perhaps “channel” is now called “Chanel”" in said["renamed"]["refused_because"]
    assert said["renamed"]["warnings"] == []
    assert said["retyped"]["refused_because"].endswith(
        "The column “due_on” is no longer a date: 80 of 80 values cannot be read, as in row 2, written like “999/9999”"
    )
    installation.watch(hanoi(5, 20))
    kept = installation.rows("SELECT column_changes FROM batches ORDER BY known_at")
    assert [row["column_changes"] for row in kept] == [[], said["changed"]["warnings"], [], []]
    page = Browser(create_app(installation.settings, lambda: hanoi(5, 20))).get("/sources/procedures?lang=en")
    assert all(warning in page.text for warning in warned)
