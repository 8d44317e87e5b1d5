"""Bad rows on their way to quarantine, with the value as it was delivered; never that of an id kept as a hash."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from targetwatch.gathering import reasons
from targetwatch.gathering.blocks import Parts
from targetwatch.gathering.casting import as_text
from targetwatch.gathering.delivery import Landed
from targetwatch.gathering.placing import identity_of
from targetwatch.model import Source

SCHEMA = pl.Schema(
    {
        "position": pl.Int64,
        "reason": pl.String,
        "column_name": pl.String,
        "delivered_value": pl.String,
        "record_id": pl.String,
        "org_unit": pl.String,
    }
)


DOUBLES = (str(reasons.REPEATED_ROW), str(reasons.CONFLICTING_ROWS))


class PutAside:
    """The bad rows of a delivery, in files in `folder`, and how many there are of each kind."""

    def __init__(self, landed: Landed, source: Source, folder: Path) -> None:
        self.parts = Parts(folder, pl.DataFrame(schema=SCHEMA))
        self._landed = landed
        self._identity = list(identity_of(source))
        self._shown = {column.name for column in source.columns if not column.keyed_hash}
        self._causes = pl.DataFrame(schema={"reason": pl.String, "rows": pl.Int64, "first": pl.Int64})

    def add(self, bad: pl.DataFrame) -> None:
        """Put rows aside: by `row`, their number in the content, and position, reason, column_name and who they are."""
        if bad.is_empty():
            return
        bad = bad.sort("row")
        low, high = bad["row"][0], bad["row"][-1]
        shown = [name for name in bad["column_name"].unique() if name in self._shown]
        delivered = (
            pl.scan_parquet(self._landed.content, glob=False, row_index_name="row")
            .slice(low, high - low + 1)
            .select("row", *shown)
            .join(bad.lazy().select("row"), on="row", how="semi")
            .sort("row")
            .collect()
        )
        value = pl.lit(None, dtype=pl.String)
        for name in shown:
            value = pl.when(pl.col("column_name") == name).then(as_text(delivered[name])).otherwise(value)
        # An identity that is itself at fault says nothing of which record the row is.
        in_doubt = pl.col("column_name").is_in(self._identity) & ~pl.col("reason").is_in(DOUBLES)
        identity = pl.when(in_doubt.fill_null(False)).then(None).otherwise(pl.col("record_id"))
        self._keep(bad.with_columns(delivered_value=value, record_id=identity))

    def add_rejected(self) -> None:
        """Put the lines aside that could not be split into columns: nobody can tell whose they are."""
        nothing = pl.lit(None, dtype=pl.String)
        for path in self._landed.rejected.paths:
            self._keep(pl.read_parquet(path, glob=False).with_columns(record_id=nothing, org_unit=nothing))

    def causes(self) -> pl.DataFrame:
        """How many rows each reason has (`rows`) and the position of the `first`, the commonest before the others."""
        return self._causes.sort(["rows", "first"], descending=[True, False])

    def _keep(self, rows: pl.DataFrame) -> None:
        self.parts.add(rows)
        causes = rows.group_by("reason").agg(rows=pl.len().cast(pl.Int64), first=pl.col("position").min())
        both = pl.concat([self._causes, causes.select(self._causes.columns)])
        self._causes = both.group_by("reason").agg(pl.col("rows").sum(), pl.col("first").min())
