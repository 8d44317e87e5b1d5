"""The SQL files: one object a file, loaded by name and never put together out of pieces."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Migration:
    """A numbered step of a database's tables, applied once and never edited afterwards."""

    version: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """What the file held when it was applied."""
        return checksum(self.text)


@dataclass(frozen=True, slots=True)
class SqlObject:
    """A view or a table macro, and the file's text that makes it."""

    kind: str  # macro or view
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class SqlFiles:
    """Where SQL is found: the product's own folder, and the programme's with its record tables and metrics."""

    product: Path
    programme: Path

    def query(self, name: str) -> str:
        """The product's query of that name: one statement with `$names`."""
        return _read(self.product / "queries" / f"{name}.sql")

    def metric(self, name: str) -> str:
        """The programme's measurement of that name."""
        return _read(self.programme / "metrics" / f"{name}.sql")

    def merge(self, table: str) -> str:
        """The statements that merge the relation `staged` into a record table."""
        return _read(self.programme / "records" / f"{table}.merge.sql")

    def record_tables(self) -> dict[str, str]:
        """The programme's record tables: name and the text that creates it."""
        folder = self.programme / "records"
        paths = sorted(path for path in folder.glob("*.sql") if not path.name.endswith(".merge.sql"))
        return {path.stem: _read(path) for path in paths}

    def migrations(self, database: str) -> list[Migration]:
        """The steps of a database's tables, in order. A number may be given once only."""
        steps = [
            Migration(int(path.name.partition("_")[0]), path.stem, _read(path))
            for path in sorted((self.product / "migrations" / database).glob("*.sql"))
        ]
        numbers = [step.version for step in steps]
        if numbers != list(range(1, len(numbers) + 1)):
            raise ValueError(f"The migrations of {database} must be numbered 1, 2, 3, ... but are {numbers}.")
        return steps

    def objects(self, database: str) -> list[SqlObject]:
        """A database's table macros, then its views: they bind when they are made, so the order matters."""
        return [
            SqlObject(kind, path.stem, _read(path))
            for kind, folder in (("macro", "macros"), ("view", "views"))
            for path in sorted((self.product / folder / database).glob("*.sql"))
        ]

    def text(self, database: str) -> str:
        """All that a database is made by: its migrations, the record tables, macros and views, with their names."""
        made = [
            *(("migration", step.name, step.text) for step in self.migrations(database)),
            *(("table", name, text) for name, text in self.record_tables().items() if database == "records"),
            *((item.kind, item.name, item.text) for item in self.objects(database)),
        ]
        return "".join(f"{kind} {name}\n{text}\n" for kind, name, text in made)


def checksum(text: str) -> str:
    """A fingerprint of a file's text."""
    return sha256(text.encode()).hexdigest()


@lru_cache(maxsize=256)
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
