"""What can go wrong with the warehouse, each with what to do about it. `exit_code` is the command line's."""

from __future__ import annotations


class WarehouseError(Exception):
    """The warehouse could not do what was asked; the message says what to do."""

    exit_code = 3


class WarehouseBusy(WarehouseError):  # noqa: N818 - named after what is the case
    """A live database, or its lock, is held by somebody else. Transient: it passes when they let go."""


class WatchRunning(WarehouseError):  # noqa: N818 - named after what is the case
    """Another pass of `watch` is under way, and only one may be."""


class MigrationError(WarehouseError):
    """The database and the migration files do not belong together."""


class SnapshotError(WarehouseError):
    """A snapshot could not be made; the one before still stands."""


class JudgedVersionEdited(WarehouseError):  # noqa: N818 - named after what is the case
    """The catalogue edits a target version in place that the ledger holds judgements of."""

    exit_code = 2


class NoSnapshot(WarehouseError):  # noqa: N818 - named after what is the case
    """Nothing has been published yet, or nothing that was published can be read."""

    exit_code = 2


class SqlError(WarehouseError):
    """A query that cannot be answered, in one readable line."""

    exit_code = 2
