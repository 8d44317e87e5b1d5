"""Writing the story's deliveries into the inbox, as the city's systems and people would send them.

Files come as Parquet and as CSV of two makes: with commas, and with semicolons, a byte-order mark and Vietnamese words
as a spreadsheet saves it; some under names with spaces and Vietnamese letters. A scene's files appear whole and all at
once. The same sample gives the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from targetwatch.demo import dossiers, spreadsheet, storyline
from targetwatch.demo.bodies import months_between
from targetwatch.model import OrgUnit, Programme

UNNAMED = "applicant_phone"  # the source does not name it, so it must not be kept
Writer = Callable[[Path], None]


@dataclass(frozen=True)
class File:
    """A file of a delivery: the source it is for, its name, and what writes it."""

    source: str
    name: str
    write: Writer


@dataclass(frozen=True)
class Sample:
    """What the story is told with: the shipped catalogue and the synthetic dossiers."""

    programme: Programme
    catalogue: Path
    history: pl.DataFrame  # everything to the end of February 2025, as known then
    months: dict[date, pl.DataFrame]  # what is delivered for each later month


def sample(programme: Programme, catalogue: Path, seed: int, scale: float = 1.0) -> Sample:
    """Make the dossiers of the whole story; `scale` 1 makes about 1.4 million."""
    months = months_between(storyline.FIRST_MONTH, storyline.LAST_MONTH)
    every = dossiers.make(programme, storyline.PLANS, months, seed, scale)
    return Sample(
        programme,
        catalogue,
        dossiers.as_known_on(every, storyline.HISTORY_ENDS),
        {month: dossiers.of_month(every, month) for month in months if month > storyline.HISTORY_ENDS},
    )


def history(told: Sample) -> Iterator[File]:
    """The dossiers to February 2025: a Parquet file for each year of receipt."""
    year_of = pl.col("received_on").dt.year()
    for year in told.history.select(year_of.unique().sort()).to_series():
        frame = told.history.filter(year_of == year)
        yield File("procedures", f"Hồ sơ một cửa {year} (dữ liệu mẫu).parquet", _parquet(frame))


def files(told: Sample, sent: storyline.Sent) -> Iterator[File]:
    """The files of one delivery of a scene."""
    match sent:
        case storyline.MonthOfDossiers():
            yield from _month(told, sent)
        case storyline.CorrectedFile(month, district):
            yield district_file(told, month, district, storyline.Condition.SENT_AGAIN)
        case storyline.PublishedFigures():
            yield File("published", "published.csv", _copy(told.catalogue / "published" / "published.csv"))
        case storyline.Rankings(places):
            yield File("rankings", "Xếp hạng chuyển đổi số (dữ liệu mẫu).csv", _rankings(places))
        case storyline.SelfReport(month, rows):
            header = ("metric", "tier", "org_unit", "period", "numerator", "denominator", "share")
            name = f"Báo cáo tháng {month:%m-%Y} (dữ liệu mẫu).xlsx"
            yield File("reporting", name, lambda path: spreadsheet.write(path, header, rows))


def district_file(told: Sample, month: date, district: str, condition: storyline.Condition) -> File:
    """A district's file for a month, with its communes: of every three one Parquet, two CSV of different makes."""
    position, unit = next((i, unit) for i, unit in enumerate(_districts(told, month)) if unit.key.code == district)
    frame = told.months[month].filter(pl.col("district") == district)
    by_hand = position % 2 or condition is not storyline.Condition.IN_ORDER
    name = f"{unit.name} {month:%m-%Y}" if by_hand else f"{district}_{month:%Y-%m}"
    if condition is storyline.Condition.HALF_BAD:
        return File("procedures", f"{name}.csv", _csv(_spoiled(_as_exported(frame))))
    if condition is storyline.Condition.SENT_AGAIN:
        return File("procedures", f"{name} (gửi lại).csv", _csv(_as_exported(frame)))
    if position % 3 == 0:
        return File("procedures", f"{name}.parquet", _parquet(frame))
    if position % 3 == 1:
        return File("procedures", f"{name}.csv", _csv(_as_exported(frame)))
    return File("procedures", f"{name}.csv", _csv_of_a_spreadsheet(_in_vietnamese(told, _as_exported(frame))))


def drop(inbox: Path, delivered: Iterable[File], at: datetime) -> list[Path]:
    """Write files where the inbox does not see them, then let all of them appear at once, dated `at`."""
    hidden: list[tuple[Path, Path]] = []
    for file in delivered:
        folder = inbox / file.source
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{file.name}.part"
        file.write(unfinished)
        os.utime(unfinished, (at.timestamp(), at.timestamp()))
        hidden.append((unfinished, folder / file.name))
    for unfinished, finished in hidden:
        unfinished.replace(finished)
    return [finished for _, finished in hidden]


def _month(told: Sample, sent: storyline.MonthOfDossiers) -> Iterator[File]:
    frame = told.months[sent.month].filter(pl.col("district").is_null())
    yield File("procedures", f"so-nganh_{sent.month:%Y-%m}.parquet", _parquet(frame))
    for unit in _districts(told, sent.month):
        code = unit.key.code
        if code not in sent.never_sent:
            half_bad = code in sent.half_bad
            condition = storyline.Condition.HALF_BAD if half_bad else storyline.Condition.IN_ORDER
            yield district_file(told, sent.month, code, condition)


def _districts(told: Sample, day: date) -> list[OrgUnit]:
    found = [unit for unit in told.programme.org_units if unit.level == "district" and unit.is_valid_on(day)]
    return sorted(found, key=lambda unit: unit.key)


def _as_exported(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop("district")


def _in_vietnamese(told: Sample, frame: pl.DataFrame) -> pl.DataFrame:
    """The words of a column that has several spellings in the first spelling that the catalogue knows."""
    words = []
    for column in told.programme.sources["procedures"].columns:
        spellings: dict[str, str] = {}
        for spelling, canonical in column.values.items():
            if spelling != canonical:
                spellings.setdefault(canonical, spelling)
        if spellings:
            words.append(pl.col(column.name).replace(spellings))
    return frame.with_columns(words)


def _spoiled(frame: pl.DataFrame) -> pl.DataFrame:
    """Every second row made bad, in three ways in turn: an unknown unit, a day that is none, a strange channel."""
    row = pl.int_range(pl.len())

    def bad(way: int) -> pl.Expr:
        return (row % 2 == 0) & (row // 2 % 3 == way)

    return frame.with_columns(
        pl.when(bad(0)).then(pl.lit("99999")).otherwise("org_unit").alias("org_unit"),
        pl.when(bad(1))
        .then(pl.lit("2025-04-31"))
        .otherwise(pl.col("received_on").cast(pl.String))
        .alias("received_on"),
        pl.when(bad(2)).then(pl.lit("???")).otherwise("channel").alias("channel"),
    )


def _rankings(places: Iterable[tuple[int, int, date]]) -> Writer:
    def write(path: Path) -> None:
        lines = [
            f"digital_transformation_rank,{year},{rank},63,{published_on.isoformat()}"
            for year, rank, published_on in places
        ]
        path.write_text("\n".join(["ranking,year,rank,of,published_on", *lines, ""]), encoding="utf-8")

    return write


def _parquet(frame: pl.DataFrame) -> Writer:
    return lambda path: _as_exported(frame).write_parquet(path)


def _csv(frame: pl.DataFrame) -> Writer:
    return lambda path: frame.write_csv(path)  # noqa: PLW0108 - a Writer takes no more than the path


def _csv_of_a_spreadsheet(frame: pl.DataFrame) -> Writer:
    return lambda path: frame.write_csv(path, separator=";", include_bom=True)


def _copy(original: Path) -> Writer:
    def write(path: Path) -> None:
        path.write_bytes(original.read_bytes())

    return write
