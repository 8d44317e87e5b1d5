"""The files of the story: who sends what, in which shape, and how they appear."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from targetwatch.demo import deliveries, spreadsheet, storyline
from targetwatch.demo.storyline import APRIL, MARCH, MAY, ME_LINH, SCENES, THUONG_TIN
from targetwatch.model import Programme

Drop = Callable[[Path, storyline.Sent], list[Path]]
AT = storyline.OPENING


@pytest.fixture
def drop(told: deliveries.Sample) -> Drop:
    """Delivers one thing into an inbox."""
    return lambda inbox, sent: deliveries.drop(inbox, deliveries.files(told, sent), AT)


def read(path: Path) -> pl.DataFrame:
    """A delivered file of dossiers as text."""
    if path.suffix == ".parquet":
        return pl.read_parquet(path).with_columns(pl.all().cast(pl.String))
    separator = ";" if path.read_bytes().startswith(b"\xef\xbb\xbf") else ","
    return pl.read_csv(path, infer_schema=False, separator=separator)


def test_a_month_is_one_file_of_the_departments_and_one_of_each_district(
    drop: Drop, told: deliveries.Sample, tmp_path: Path
) -> None:
    """31 files hold March whole and once: Parquet and CSV of two makes, some under names in Vietnamese."""
    paths = drop(tmp_path, storyline.MonthOfDossiers(MARCH))
    assert len(paths) == 31
    frames = [read(path) for path in paths]
    assert sorted(pl.concat([frame.select("dossier_id") for frame in frames])["dossier_id"]) == sorted(
        told.months[MARCH]["dossier_id"]
    )
    assert {path.suffix for path in paths} == {".csv", ".parquet"}
    assert sum(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in paths) == 10
    assert any(" " in path.name and not path.name.isascii() for path in paths)


def test_a_district_sends_its_own_dossiers_and_its_communes(drop: Drop, hanoi: Programme, tmp_path: Path) -> None:
    """A district's file speaks of the district and all of its communes and of nobody else."""
    (path,) = drop(tmp_path, storyline.CorrectedFile(APRIL, THUONG_TIN))
    of_it = {unit.key.code for unit in hanoi.org_units if unit.parent and unit.parent.code == THUONG_TIN}
    of_it = {code for code in of_it if any(u.key.code == code and u.is_valid_on(APRIL) for u in hanoi.org_units)}
    assert set(read(path)["org_unit"]) == of_it | {THUONG_TIN}


def test_words_of_a_spreadsheet_are_ones_that_the_catalogue_knows(drop: Drop, hanoi: Programme, tmp_path: Path) -> None:
    """The CSV files with semicolons are in Vietnamese; every word in them is a spelling of the source's."""
    known = {column.name: set(column.values) for column in hanoi.sources["procedures"].columns if column.values}
    seen: dict[str, set[str]] = {name: set() for name in known}
    for path in drop(tmp_path, storyline.MonthOfDossiers(MARCH)):
        frame = read(path)
        for name, spellings in known.items():
            seen[name] |= set(frame[name])
            assert set(frame[name]) <= spellings
    assert {"online", "trực tuyến"} <= seen["channel"]
    assert {"district", "Huyện"} <= seen["tier"]


def test_the_silent_district_sends_nothing(drop: Drop, tmp_path: Path) -> None:
    """Of May there are 30 files, and none speaks of Huyện Mê Linh."""
    paths = drop(tmp_path, storyline.MonthOfDossiers(MAY, never_sent=frozenset({ME_LINH})))
    assert len(paths) == 30
    assert not any(ME_LINH in set(read(path)["org_unit"]) for path in paths)


def test_half_of_the_spoiled_file_is_bad_and_none_of_the_corrected_one(
    drop: Drop, hanoi: Programme, tmp_path: Path
) -> None:
    """The spoiled file is the corrected one with every second row made unusable in one of three ways."""
    sent = storyline.MonthOfDossiers(APRIL, half_bad=frozenset({THUONG_TIN}))
    spoiled = next(read(path) for path in drop(tmp_path / "a", sent) if "Thường Tín" in path.name)
    (path,) = drop(tmp_path / "b", storyline.CorrectedFile(APRIL, THUONG_TIN))
    corrected = read(path)
    channels = next(column for column in hanoi.sources["procedures"].columns if column.name == "channel").values

    def bad_rows(frame: pl.DataFrame) -> int:
        unusable = (
            (pl.col("org_unit") == "99999")
            | pl.col("received_on").str.to_date(strict=False).is_null()
            | ~pl.col("channel").is_in(list(channels))
        )
        return frame.filter(unusable).height

    assert spoiled["dossier_id"].equals(corrected["dossier_id"])
    assert abs(bad_rows(spoiled) - len(spoiled) / 2) <= 1
    assert bad_rows(corrected) == 0


def test_every_scene_sent_twice_is_the_same_bytes(told: deliveries.Sample, tmp_path: Path) -> None:
    """The files of all scenes, the spreadsheet among them, are the same in name and content when made again."""

    def all_files(inbox: Path) -> dict[str, bytes]:
        for scene in SCENES:
            for sent in scene.sent:
                deliveries.drop(inbox, deliveries.files(told, sent), scene.at)
        return {str(path.relative_to(inbox)): path.read_bytes() for path in inbox.rglob("*.*")}

    first = all_files(tmp_path / "first")
    assert first == all_files(tmp_path / "second")
    assert len(first) == 1 + 1 + 31 + 31 + 1 + 30 + 1


def test_files_appear_all_at_once_and_dated(tmp_path: Path) -> None:
    """While a delivery is being written the inbox shows none of it; then all of it, as old as the scene says."""
    inbox = tmp_path / "inbox"
    visible: list[int] = []

    def write(path: Path) -> None:
        path.write_text("x")
        visible.append(sum(not each.name.startswith(".") for each in inbox.glob("procedures/*")))

    paths = deliveries.drop(inbox, [deliveries.File("procedures", f"{n}.csv", write) for n in range(3)], AT)
    assert visible == [0, 0, 0]
    assert sorted(path.name for path in inbox.glob("procedures/*")) == ["0.csv", "1.csv", "2.csv"]
    assert {path.stat().st_mtime for path in paths} == {AT.timestamp()}


def test_history_is_a_file_a_year(told: deliveries.Sample, tmp_path: Path) -> None:
    """The dossiers to February 2025 come in five Parquet files that say in their names that they are samples."""
    paths = deliveries.drop(tmp_path, deliveries.history(told), AT)
    assert len(paths) == 5
    assert all("dữ liệu mẫu" in path.name for path in paths)
    assert sum(len(read(path)) for path in paths) == len(told.history)
    assert told.history["received_on"].max() <= storyline.HISTORY_ENDS


def test_what_units_report_of_themselves_is_in_the_catalogue(drop: Drop, hanoi: Programme, tmp_path: Path) -> None:
    """The self-report's header is the source's, and its metrics and units exist."""
    (path,) = drop(tmp_path, storyline.SELF_REPORT)
    header, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    assert list(header) == [column.delivered_as for column in hanoi.sources["reporting"].columns]
    for metric, _, unit, period, *_ in rows:
        assert metric in hanoi.metrics
        assert any(u.key.code == unit and u.is_valid_on(date.fromisoformat(f"{period}-01")) for u in hanoi.org_units)


def test_the_rankings_header_is_the_sources(drop: Drop, hanoi: Programme, tmp_path: Path) -> None:
    """The made-up ranking has exactly the columns that its source names."""
    (path,) = drop(tmp_path, storyline.RANKINGS)
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert header == [column.delivered_as for column in hanoi.sources["rankings"].columns]


def test_a_spreadsheets_bytes_depend_on_its_cells_alone(tmp_path: Path) -> None:
    """Two workbooks with the same cells are the same file, and it opens."""
    for name in ("a.xlsx", "b.xlsx"):
        spreadsheet.write(tmp_path / name, ["x"], [[1], ["hai"]])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    rows = openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows(values_only=True)
    assert list(rows) == [("x",), (1,), ("hai",)]
