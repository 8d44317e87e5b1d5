"""Whether the columns of a source can be kept: by names of their own, and with a watermark that sorts."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from targetwatch.catalogue.issues import Issue
from targetwatch.catalogue.spec import SourceSpec
from targetwatch.catalogue.validation import Checked
from targetwatch.model import ColumnType

# What a row carries through gate and record beside its own columns: a column by such a name would be lost among them.
RESERVED = frozenset(
    {
        "batch_id",
        "column_name",
        "day",
        "delivered_value",
        "fault",
        "in_five_years",
        "known_from",
        "known_to",
        "org_unit_valid_from",
        "period_end",
        "period_start",
        "place",
        "position",
        "reason",
        "record_id",
        "row",
        "same",
        "start",
        "today",
        "unit_reason",
    }
)
# What the gate finds out by the column that the source names for it, and keeps under these names.
FOUND_OUT = {"org_unit": "unit_column", "tier": "tier_column"}
SORTED = (ColumnType.DATE, ColumnType.TIMESTAMP, ColumnType.INTEGER)


def of_columns(checked: Checked[SourceSpec], spec: SourceSpec, spoiled: Collection[str | int]) -> Iterator[Issue]:
    """Names that rows have a use for already, and a watermark of whose values the largest is not the newest."""
    for index, column in enumerate(spec.columns):
        place = ("columns", index, "name")
        hint = f"Call it otherwise and add 'delivered_as: {column.delivered_as or column.name}'."
        if column.name in RESERVED:
            said = f"'{column.name}' is what every row has a column of its own for"
            yield checked.document.issue(place, said, hint)
        key = FOUND_OUT.get(column.name)
        names = {None, *(other.name for other in spec.columns if other.name != column.name)}
        if key is not None and key not in spoiled and getattr(spec, key) in names:
            said = f"'{column.name}' is what is found out of every row, and '{key}' does not name this column"
            other = f"Write '{key}: {column.name}', or call it otherwise with 'delivered_as'."
            yield checked.document.issue(place, said, other)
    mark = next((column for column in spec.columns if column.name == spec.watermark), None)
    if mark is not None and mark.type not in SORTED and "watermark" not in spoiled:
        hint = "Write the name of a column of type timestamp, date or integer."
        yield checked.document.issue(("watermark",), f"'{mark.name}' is of type {mark.type}, which does not sort", hint)
