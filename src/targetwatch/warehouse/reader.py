"""Reading the newest snapshots: any query, in one view of both databases, and no way to write or to reach a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import polars as pl

from targetwatch.warehouse import snapshot
from targetwatch.warehouse.errors import NoSnapshot, SqlError
from targetwatch.warehouse.session import attach, connect, one_line

_Kind = duckdb.StatementType
# What is refused with a message of ours. The snapshots are opened read-only, whatever is asked.
_WRITING = frozenset(
    {
        _Kind.ALTER,
        _Kind.ATTACH,
        _Kind.COPY,
        _Kind.COPY_DATABASE,
        _Kind.CREATE,
        _Kind.CREATE_FUNC,
        _Kind.DELETE,
        _Kind.DETACH,
        _Kind.DROP,
        _Kind.EXPORT,
        _Kind.INSERT,
        _Kind.LOAD,
        _Kind.MERGE_INTO,
        _Kind.UPDATE,
        _Kind.VACUUM,
    }
)


@dataclass(frozen=True, slots=True)
class Table:
    """The answer to a query: the names of its columns, and its rows."""

    columns: Sequence[str]
    rows: Sequence[tuple[object, ...]]


class Reader:
    """A connection to the newest snapshots. Views of the ledger and of the records are found by their bare names."""

    def __init__(self, duck: duckdb.DuckDBPyConnection, snapshots: Mapping[str, Path], problem: str | None) -> None:
        self._duck = duck
        self.snapshots = snapshots  # database -> the file that is open
        self.problem = problem  # why an older snapshot is shown than the newest, if it is

    @property
    def taken_at(self) -> datetime:
        """The moment that the ledger's snapshot was published for."""
        return snapshot.taken_at(self.snapshots["ledger"])

    def fetch(self, sql: str, values: Mapping[str, object] | None = None) -> pl.DataFrame:
        """The answer to `sql` as a frame. `values` bind its `$names`."""
        try:
            answer = self._answer(sql, values)
            kinds = {str(kind) for _, kind, *_ in answer.description or ()}
            if any("INTERVAL" in kind or "UNION" in kind for kind in kinds):  # these do not travel by Arrow
                return _frame(answer)
            frame = answer.pl()
        except duckdb.Error as failure:
            raise SqlError(one_line(failure)) from failure
        return _with_whole_sums(frame) if "HUGEINT" in kinds else frame

    def query(self, sql: str, values: Mapping[str, object] | None = None) -> Table:
        """The answer to `sql` as columns and rows of plain Python values."""
        try:
            answer = self._answer(sql, values)
            return Table([column[0] for column in answer.description or ()], answer.fetchall())
        except duckdb.Error as failure:
            raise SqlError(one_line(failure)) from failure

    def close(self) -> None:
        """Let go of the snapshots."""
        self._duck.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, sql: str, values: Mapping[str, object] | None) -> duckdb.DuckDBPyConnection:
        statements = self._duck.extract_statements(sql)
        if not statements:
            raise SqlError("There is no query to answer. Try: FROM current_status")
        # The last one counts: DuckDB itself makes CREATE TYPE and SELECT out of a PIVOT.
        if statements[-1].type in _WRITING or any(one.type in _WRITING - {_Kind.CREATE} for one in statements):
            raise SqlError(
                "Only queries are answered here: this is a snapshot, which SQL can neither change nor write to a file. "
                "To keep an answer, use `targetwatch sql --format parquet --output FILE`."
            )
        return self._duck.execute(sql, dict(values)) if values else self._duck.execute(sql)


def _frame(answer: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """An answer as a frame, by way of plain Python values."""
    names = [column[0] for column in answer.description or ()]
    unique = [name if name not in names[:place] else f"{name}_{place}" for place, name in enumerate(names)]
    rows = answer.fetchall()
    columns: Sequence[Sequence[object]] = list(zip(*rows, strict=True)) if rows else [()] * len(unique)
    return pl.DataFrame([pl.Series(name, column, strict=False) for name, column in zip(unique, columns, strict=True)])


def _with_whole_sums(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its sums of integers as integers again: they come as DECIMAL, since they may be very large."""
    sums = [column.cast(pl.Int64, strict=False) for column in frame if column.dtype == pl.Decimal(38, 0)]
    return frame.with_columns(column for column in sums if column.null_count() == frame[column.name].null_count())


def open_snapshots(home: Path) -> Reader:
    """Open the newest snapshots under `home` that can be read."""
    problems: list[str] = []
    ledger = snapshot.newest_first(home / "snapshots", "ledger")
    records = snapshot.newest_first(home / "snapshots", "records")
    if not ledger:
        raise NoSnapshot(nothing_published(home))
    duck = connect(home / "warehouse" / "spill")
    try:
        opened = {
            database: path
            for database, path in (
                ("ledger", _attach_newest(duck, "ledger", ledger, problems)),
                ("records", _attach_newest(duck, "records", records, problems)),
            )
            if path is not None
        }
        if "ledger" not in opened:
            raise NoSnapshot(" ".join(problems))
        duck.execute("SET search_path = $path", {"path": ",".join(opened)})
        duck.execute("SET enable_external_access = false")
        duck.execute("SET lock_configuration = true")
    except BaseException:
        duck.close()
        raise
    return Reader(duck, opened, " ".join(problems) or None)


def nothing_published(home: Path) -> str:
    """What to say, and to do, where there is no snapshot yet."""
    return f"Nothing has been published under {home} yet. `targetwatch run` gathers, judges and publishes."


def _attach_newest(
    duck: duckdb.DuckDBPyConnection, database: str, paths: Sequence[Path], problems: list[str]
) -> Path | None:
    for path in paths:
        try:
            duck.execute(attach(path, database))
        except duckdb.Error as failure:
            if not path.exists():
                continue  # removed since it was listed: a newer one has been published
            problems.append(f"The snapshot {path.name} cannot be read: {one_line(failure)}.")
        else:
            return path
    return None
