"""Real data that lies beside the checkout: read where it is, never copied, and skipped where it is not."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from targetwatch.settings import CHECKOUT
from tests.installation import Installation, install, prepare, wait_until_complete

SHARED = CHECKOUT.parent / "shared" / "data"
Key = tuple[str, str]  # unit and month, as in 2011-07
Share = tuple[int, int]  # numerator and denominator


def real(name: str) -> Path:
    """A file of the real data; the test that needs it is skipped where it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the real data are not here: ../shared/data/{name}")
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shares(
    numerators: Counter[tuple[str, str]], denominators: Counter[tuple[str, str]]
) -> dict[tuple[str, str], Share]:
    """Numerator and denominator by whatever they were counted by."""
    return {key: (numerators[key], denominators[key]) for key in denominators}


def observed(installation: Installation, metric: str, *, rolled_up: bool = False) -> dict[Key, Share]:
    """What was observed of a metric, by unit and month, months in which nothing was counted left out."""
    rows = installation.rows(
        "SELECT org_unit, strftime(period_start, '%Y-%m') AS month, numerator, denominator FROM observations"
        f" WHERE metric = '{metric}' AND rolled_up = {rolled_up} AND denominator > 0"
    )
    return {
        (str(row["org_unit"]), str(row["month"])): (int(str(row["numerator"])), int(str(row["denominator"])))
        for row in rows
    }


def delivered(folder: Path, programme: str | Path, name: str, now: datetime) -> Installation:
    """An installation of one of the programmes here, after one pass over a real file that lay in its inbox."""
    path = real(name)
    return passed(folder, Path(__file__).parent / programme, path.name, path.read_bytes(), now)


def passed(folder: Path, programme: Path, name: str, content: bytes | str, now: datetime) -> Installation:
    """An installation of a programme with one source, after one pass over what lay in its inbox."""
    (source,) = (programme / "catalogue/sources").iterdir()
    prepare(folder / "prepared/all", {f"{source.stem}/{name}": content})
    wait_until_complete(folder / "prepared")
    installation = install(folder / "home", programme)
    installation.deliver(folder / "prepared/all")
    installation.run(now)
    return installation
