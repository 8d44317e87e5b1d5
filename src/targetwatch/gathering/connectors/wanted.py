"""The list of the data sets that are to be published: a CSV file beside the source's own."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from targetwatch.gathering.connectors.faults import FetchError
from targetwatch.model import Source

COLUMNS = ("name", "org_unit", "title", "every_days")
NAME = re.compile(r"[a-z0-9_-]{2,100}")  # what CKAN takes for the name of a data set
LONGEST = 3660  # days


@dataclass(frozen=True, slots=True)
class Wanted:
    """A data set that is to be published, by whom, and every how many days it is to be renewed."""

    name: str
    org_unit: str
    title: str
    every_days: int


def read_wanted(source: Source, folder: Path, name: str) -> list[Wanted]:
    """The list `name` in `folder`. Raises FetchError with file and line where it is wrong, in the order of the file."""
    path = folder / name
    shown = f"catalogue/sources/{name}"
    if Path(name).name != name or not path.is_file():
        raise FetchError(f"Source {source.id} wants the list {shown}, and there is no such file beside its own.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                raise FetchError(
                    f"{shown}:1: the column '{missing[0]}' is missing. Its columns are {', '.join(COLUMNS)}."
                )
            found: dict[str, Wanted] = {}
            for row in reader:
                one = _read(row, f"{shown}:{reader.line_num}")
                if one.name in found:
                    raise FetchError(f"{shown}:{reader.line_num}: '{one.name}' is there twice. Delete one.")
                found[one.name] = one
    except (UnicodeDecodeError, csv.Error) as fault:
        raise FetchError(f"{shown}: it cannot be read as CSV in UTF-8: {fault}.") from None
    if not found:
        raise FetchError(f"{shown}:2: it lists nothing. Add a line for each data set that is to be published.")
    return list(found.values())


def _read(row: dict[str, str | None], place: str) -> Wanted:
    values = {column: (row.get(column) or "").strip() for column in COLUMNS}
    if not NAME.fullmatch(values["name"]):
        hint = "Write it as it stands in the portal's address: small letters, digits, - and _."
        raise FetchError(f"{place}: '{values['name'][:40]}' is no name of a data set. {hint}")
    every = values["every_days"]
    if not every.isdecimal() or not 1 <= int(every[:6]) <= LONGEST:
        raise FetchError(f"{place}: every_days is '{every[:20]}'. Write a whole number of days from 1 to {LONGEST}.")
    return Wanted(values["name"], values["org_unit"], values["title"], int(every))
