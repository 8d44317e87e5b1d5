"""`targetwatch quarantine`: what is in it, a sheet for its unit, and handing it in again, from end to end."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import load_workbook

from targetwatch import gathering, pipeline, resubmitting
from targetwatch.gathering.record_key import keyed_hashes
from tests.cli.calls import Answer, CommandLine, of
from tests.corridor.deaths import BEFORE, Death, dies
from tests.corridor.dossiers import APRIL, hanoi, month_of
from tests.corridor.story import programme_in
from tests.installation import Installation, install, prepare, wait_until_complete

NOW = hanoi(5, 10)
LATER = hanoi(5, 11)
NAME = "Tháng 4.csv"
KEY = "Mã dòng (không sửa)"
EVIL = '=HYPERLINK("http://example.org")'
HELD = "SELECT count(*) AS held FROM quarantine"


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation that allows half of a delivery's rows to be bad, with one delivery gathered and told."""
    folder = tmp_path_factory.mktemp("quarantine")
    made = _install(folder, "0.5")
    _deliver(made, folder / "prepared", _content())
    return made


@pytest.fixture
def installation(delivered: Installation, tmp_path: Path) -> Installation:
    """A copy of it, with a programme of its own."""
    shutil.copytree(delivered.settings.programme, tmp_path / "programme")
    copy = delivered.copied(tmp_path / "home")
    return Installation(copy.settings.model_copy(update={"programme": tmp_path / "programme"}))


@pytest.fixture
def targetwatch(installation: Installation) -> CommandLine:
    """Its command line, the day after."""
    return of(installation, LATER)


@pytest.fixture
def refused(tmp_path: Path) -> Installation:
    """An installation to which that delivery was too bad."""
    made = _install(tmp_path, "0.05")
    _deliver(made, tmp_path / "prepared", _content())
    assert made.row("SELECT state FROM batches") == {"state": "refused"}
    return made


def _install(folder: Path, allowed: str) -> Installation:
    programme = programme_in(folder / "programme")
    _edit(programme, "bad_rows_allowed: 0.02", f"bad_rows_allowed: {allowed}")
    return install(folder / "home", programme)


def _edit(programme: Path, old: str, new: str) -> None:
    source = programme / "catalogue/sources/procedures.yaml"
    text = source.read_text(encoding="utf-8")
    assert old in text
    source.write_text(text.replace(old, new), encoding="utf-8")


def _content() -> str:
    """Twenty dossiers of two districts: three channels that there are not, one unit, and a line that is cut short."""
    lines = month_of(APRIL, {"001": 8, "002": 3}, 10).write_csv().splitlines()
    lines[1] = lines[1].replace("online", "by pigeon")
    lines[2] = lines[2].replace(",001,", ",999,")
    lines[3] = f'"{EVIL.replace(chr(34), chr(34) * 2)}",' + lines[3].partition(",")[2].replace("online", "+1")
    lines[20] = lines[20].replace("desk", "-")
    lines.insert(5, "cut,short")
    return "\n".join(lines) + "\n"


def _deliver(installation: Installation, folder: Path, content: str, now: datetime = NOW) -> None:
    prepare(folder / "all", {f"procedures/{NAME}": content})
    wait_until_complete(folder)
    installation.deliver(folder / "all")
    (gathered,) = installation.gather(now)
    assert gathered.delivered_as == NAME
    installation.watch(now)


def _export(targetwatch: CommandLine, path: Path, *options: str) -> Path:
    answer = targetwatch("quarantine", "export", *options, str(path))
    assert (answer.code, answer.errors) == (0, ""), answer.errors
    return path


def _correct(sheet: Path, corrected: Path, cells: Mapping[tuple[str, str], str]) -> Path:
    """The sheet as a clerk sends it back: cells changed by the id (or the reason) of their row and their column."""
    book = load_workbook(sheet)
    table = book.worksheets[0]
    headings = [cell.value for cell in table[1]]
    for (which, column), value in cells.items():
        (row,) = [row for row in table.iter_rows(min_row=2) if any(str(cell.value).endswith(which) for cell in row)]
        row[headings.index(column)].value = value
    book.save(corrected)
    return corrected


def _submit(targetwatch: CommandLine, *what: str) -> dict[str, Any]:
    answer = targetwatch("quarantine", "submit", *what, "--json")
    assert answer.code == 0, answer.errors
    done: dict[str, Any] = json.loads(answer.out)
    return done


def _records(installation: Installation, *ids: str) -> list[str]:
    """The records by these ids."""
    return keyed_hashes(pl.Series(ids), gathering.record_key(installation.home)).to_list()


def _counts(done: Mapping[str, Any]) -> tuple[int, int, int, int]:
    return done["handed_in"], done["put_right"], len(done["still_wrong"]), done["unchanged"]


def test_a_list_says_what_is_wrong_where(targetwatch: CommandLine) -> None:
    """By source, delivery, unit and reason, with how many and the first; row by row where asked; as JSON too."""
    answer = targetwatch("quarantine", "list")
    assert answer.code == 0
    assert re.search(r"Quận Ba Đình \(001\) +2 +Unknown channel +channel +2", answer.out)
    assert "5 rows are in quarantine." in answer.out
    rows = targetwatch("quarantine", "list", "--rows", "--unit", "ba dinh", "--lang", "vi").out
    assert ("by pigeon" in rows, "999" in rows, "Hình thức nộp ngoài danh mục" in rows) == (True, False, True)
    (row,) = json.loads(targetwatch("quarantine", "list", "--rows", "--unit", "002", "--json").out)
    assert (row["position"], row["delivered_value"], row["org_unit"]) == (22, "-", "002")
    assert row["reason"]["en"] == "Unknown channel"
    assert (
        targetwatch("quarantine", "list", "--batch", row["batch_id"][:12], "--source", "procedures").out == answer.out
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "--source", "nothing"),
        ("export", "nothing", "x.xlsx"),
        ("export", "x.xlsx"),
        ("export", "procedures", "x.csv"),
        ("export", "procedures", "no/such/folder/x.xlsx"),
        ("export", "--batch", "abc", "x.xlsx"),
        ("export", "procedures", "--unit", "003", "x.xlsx"),
        ("submit",),
        ("submit", "nothing.xlsx"),
        ("submit", "--batch", "abc"),
        ("submit", "nothing.xlsx", "--batch", "abc"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_is_said(
    targetwatch: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """Wrong input leaves with 2, says what to do, and writes no file."""
    monkeypatch.chdir(tmp_path)
    answer = targetwatch("quarantine", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.errors.strip().endswith((".", "?"))
    assert not list(tmp_path.glob("*.xlsx"))


def test_a_sheet_that_a_clerk_understands(targetwatch: CommandLine, tmp_path: Path) -> None:
    """The row as delivered, under the deliverer's headings; the reason and the column in words; the bad cell marked."""
    path = _export(targetwatch, tmp_path / "sửa.xlsx", "procedures")
    assert path.stat().st_mode & 0o777 == 0o600
    table, how_to = load_workbook(path).worksheets
    headings, *rows = table.iter_rows(values_only=True)
    assert headings[:2] == ("dossier_id", "procedure")
    assert headings[-4:] == ("Vì sao bị cách ly", "Cột cần sửa", "Ở đâu trong tệp đã gửi", KEY)
    assert "applicant" not in headings
    assert [row[0] for row in rows] == ["H26.001-202504-0", "H26.001-202504-1", f"'{EVIL}", None, "H26.002-202504-9"]
    channel = headings.index("channel")
    assert rows[0][channel] == "by pigeon"
    assert rows[2][channel] == "'+1"
    assert rows[0][-4:-1] == ("Hình thức nộp ngoài danh mục", "channel", "Tháng 4.csv, dòng 2")
    assert str(rows[3][-4]).endswith("cần điền lại cả dòng")
    marked = {
        cell.coordinate for line in table.iter_rows(min_row=2) for cell in line if cell.fill.fgColor.rgb == "00FFE3C7"
    }
    assert marked == {table.cell(2, channel + 1).coordinate, table.cell(3, 5).coordinate} | {
        table.cell(row, channel + 1).coordinate for row in (4, 6)
    }
    told = "\n".join(str(line[0]) for line in how_to.iter_rows(values_only=True))
    assert NAME in told
    assert "targetwatch quarantine submit" in told
    assert "a name that no source keeps" not in path.read_bytes().decode("latin-1") + told
    again = targetwatch("quarantine", "export", "procedures", str(path))
    assert (again.code, "may hold corrections" in again.errors) == (2, True)


def test_a_sheet_of_one_unit(targetwatch: CommandLine, tmp_path: Path) -> None:
    """By the unit as far as it could be read: by what it was resolved to, else by what stands in its column."""

    def ids(unit: str) -> list[object]:
        path = _export(targetwatch, tmp_path / f"{unit}.xlsx", "procedures", "--unit", unit)
        return [row[0] for row in load_workbook(path).worksheets[0].iter_rows(min_row=2, values_only=True)]

    assert ids("002") == ["H26.002-202504-9"]
    assert ids("999") == ["H26.001-202504-1"]
    assert len(ids("Quận Ba Đình")) == 2


def test_corrected_rows_empty_their_quarantine(
    targetwatch: CommandLine, installation: Installation, tmp_path: Path
) -> None:
    """The real id makes the same record; what is wrong still is listed once; the sheet twice changes nothing."""
    sheet = _export(targetwatch, tmp_path / "a.xlsx", "procedures")
    filled = {"dossier_id": "H26.9", "procedure": "1.004227", "tier": "district", "org_unit": "001"}
    filled |= {"received_on": "03/04/2025", "due_on": "2025-04-18", "channel": "online"}
    cells = {("202504-0", "channel"): "online", (EVIL, "channel"): "by crow"}
    corrected = _correct(
        sheet, tmp_path / "b.xlsx", cells | {("cần điền lại cả dòng", name): value for name, value in filled.items()}
    )
    done = _submit(targetwatch, str(corrected))
    assert _counts(done) == (3, 2, 1, 2)
    (wrong,) = done["still_wrong"]
    assert (wrong["number"], wrong["column"]) == (4, "channel")
    assert installation.row(HELD) == {"held": 3}
    once = installation.rows("SELECT * FROM quarantine_history ORDER BY batch_id, position")

    wanted = _records(installation, "H26.001-202504-0", EVIL)
    held = {row["record_id"]: row["channel"] for row in installation.rows("SELECT record_id, channel FROM procedures")}
    assert (held.get(wanted[0]), held.get(wanted[1]), len(held)) == ("online", None, 18)
    installation.watch(LATER)
    found = installation.row(
        "SELECT numerator, denominator FROM observations WHERE org_unit = '001' AND tier = 'district' "
        "QUALIFY row_number() OVER (ORDER BY known_at DESC) = 1"
    )
    assert found == {"numerator": 7, "denominator": 9}

    again = _submit(targetwatch, str(corrected))
    assert (_counts(again), again["right_before"]) == ((0, 0, 0, 3), 2)
    assert installation.rows("SELECT * FROM quarantine_history ORDER BY batch_id, position") == once

    # The same sheet, with what was wrong put right at last: it is known that the row stands elsewhere by now.
    last = _correct(corrected, tmp_path / "c.xlsx", {(EVIL, "channel"): "desk"})
    assert _counts(_submit(targetwatch, str(last))) == (1, 1, 0, 2)
    assert {row["record_id"] for row in installation.rows("SELECT record_id FROM procedures")} >= set(wanted)
    assert installation.row(HELD) == {"held": 2}
    assert installation.row("SELECT count(*) AS live FROM incidents WHERE kind = 'quality' AND is_live") == {"live": 0}


def test_what_the_unit_delivers_again_empties_it_too(
    targetwatch: CommandLine, installation: Installation, tmp_path: Path
) -> None:
    """A corrected file under the same name puts right what it brings as good rows, and the broken line besides."""
    content = month_of(APRIL, {"001": 8, "002": 3}, 11).write_csv()
    _deliver(installation, tmp_path / "again", content, LATER)
    left = installation.rows("SELECT position FROM quarantine")
    assert left == [{"position": 4}]  # of an id that no delivery has had since
    counts = "SELECT rows_quarantined, rows_in_quarantine, rows_put_right FROM batches ORDER BY known_at LIMIT 1"
    assert list(installation.row(counts).values()) == [5, 1, 4]
    listed = targetwatch("quarantine", "list", "--all").out
    assert "1 rows are in quarantine." in listed


def test_rows_as_they_were_once_a_rule_is_mended(
    targetwatch: CommandLine, installation: Installation, tmp_path: Path
) -> None:
    """`submit --batch` hands them in as they were delivered; done again there is nothing left to do, and it says so."""
    batch = str(installation.row("SELECT batch_id FROM batches")["batch_id"])
    assert _counts(_submit(targetwatch, "--batch", batch[:10])) == (4, 0, 4, 0)
    assert installation.row(HELD) == {"held": 5}
    moved = targetwatch("quarantine", "list", "--json").out
    newer = {row["batch_id"] for row in json.loads(moved)} - {batch}
    _edit(installation.settings.programme, "online: [", "online: [by pigeon, ")
    (second,) = newer
    done = _submit(targetwatch, "--batch", second[:12])
    assert _counts(done) == (4, 1, 3, 0)
    gone = targetwatch("quarantine", "submit", "--batch", second)
    assert (gone.code, "stand in quarantine out of" in gone.errors) == (2, True)


def test_hashed_ids_come_back_where_the_original_is_gone(
    targetwatch: CommandLine, installation: Installation, tmp_path: Path
) -> None:
    """The sheet shows codes and says so; the corrected row is the same record, and no id is written as it is."""
    shutil.rmtree(installation.home / "originals")
    sheet = _export(targetwatch, tmp_path / "a.xlsx", "procedures", "--lang", "en")
    table, how_to = load_workbook(sheet).worksheets
    assert "H26" not in str(list(table.values))
    assert any("codes made of them" in str(line[0]) for line in how_to.values)
    cells = {("row 2", "channel"): "online", ("row 22", "channel"): "desk", ("row 22", "dossier_id"): "H26.typed-in"}
    done = _submit(targetwatch, str(_correct(sheet, tmp_path / "b.xlsx", cells)))
    assert _counts(done) == (2, 2, 0, 2)
    assert not (installation.home / "originals").exists()
    landed = b"".join(path.read_bytes() for path in (installation.home / "landing").rglob("*.parquet"))
    assert b"typed-in" not in landed
    wanted = set(_records(installation, "H26.001-202504-0", "H26.typed-in"))
    assert {row["record_id"] for row in installation.rows("SELECT record_id FROM procedures")} >= wanted


def test_a_refused_delivery_comes_back_whole(refused: Installation, tmp_path: Path) -> None:
    """Corrected in its sheet, all of it is handed in, its good rows too, and makes the refusal good."""
    targetwatch = of(refused, LATER)
    sheet = _export(targetwatch, tmp_path / "a.xlsx", "procedures")
    cells = {("202504-0", "channel"): "online", (EVIL, "channel"): "online", ("002-202504-9", "channel"): "desk"}
    cells[("001-202504-1", "org_unit")] = "001"
    done = _submit(targetwatch, str(_correct(sheet, tmp_path / "b.xlsx", cells)))
    assert _counts(done) == (4, 4, 0, 0)
    assert len(done["left_out"]) == 1
    assert refused.row("SELECT count(*) AS rows FROM procedures") == {"rows": 20}
    assert refused.rows("SELECT position FROM quarantine") == [{"position": 6}]  # the line that was not filled in
    refused.watch(LATER)
    assert refused.row("SELECT count(*) AS live FROM incidents WHERE kind = 'quality' AND is_live") == {"live": 0}


def test_a_refused_delivery_as_it_was_once_a_rule_is_mended(refused: Installation) -> None:
    """`submit --batch` lets its original be gated anew: one batch, accepted at last, with what is still wrong."""
    targetwatch = of(refused, LATER)
    batch = str(refused.row("SELECT batch_id FROM batches")["batch_id"])
    _edit(refused.settings.programme, "bad_rows_allowed: 0.05", "bad_rows_allowed: 0.5")
    _edit(refused.settings.programme, "online: [", "online: [by pigeon, ")
    done = _submit(targetwatch, "--batch", batch)
    assert _counts(done) == (5, 1, 4, 0)
    assert refused.row("SELECT state, rows_accepted, delivered_as FROM batches") == {
        "state": "accepted",
        "rows_accepted": 17,
        "delivered_as": NAME,
    }


def test_a_deliverer_cannot_pass_a_file_off_as_a_correction(tmp_path: Path) -> None:
    """Neither by its name nor by what it says of itself: its ids are hashed, and its bad rows counted."""
    installation = _install(tmp_path, "0.05")
    file = tmp_path / "prepared/all/procedures/x.rows-hashed.parquet"
    file.parent.mkdir(parents=True)
    rows = month_of(APRIL, {"001": 8}, 10).with_columns(channel=pl.lit("by pigeon"))
    rows.write_parquet(file, metadata={"targetwatch.corrects": "[]"})
    wait_until_complete(tmp_path / "prepared")
    installation.deliver(tmp_path / "prepared/all")
    installation.gather(NOW)
    installation.watch(NOW)
    batch = str(installation.row("SELECT batch_id FROM batches")["batch_id"])
    assert installation.row("SELECT state FROM batches") == {"state": "refused"}
    assert _counts(_submit(of(installation, LATER), "--batch", batch)) == (10, 0, 10, 0)
    assert installation.row("SELECT state FROM batches") == {"state": "refused"}
    _edit(installation.settings.programme, "online: [", "online: [by pigeon, ")
    assert _counts(_submit(of(installation, LATER), "--batch", batch)) == (10, 10, 0, 0)
    assert not any("H26" in str(row) for row in installation.rows("FROM procedures"))


@pytest.mark.parametrize("died", ["resubmit", "retire"])
def test_a_submission_that_dies_is_whole_or_nothing(
    targetwatch: CommandLine, installation: Installation, tmp_path: Path, died: str
) -> None:
    """Wherever it dies, the next pass of `gather` ends where it would have ended."""
    sheet = _export(targetwatch, tmp_path / "a.xlsx", "procedures")
    corrected = _correct(sheet, tmp_path / "b.xlsx", {("202504-0", "channel"): "online"})
    death = Death(BEFORE, pipeline if died == "resubmit" else gathering, died)
    assert dies(death, lambda: resubmitting.submit_sheet(installation.settings, corrected, LATER))
    installation.gather(LATER)
    installation.watch(LATER)
    assert installation.row(HELD) == {"held": 4}
    assert installation.row("SELECT count(*) AS rows FROM procedures") == {"rows": 17}
    assert [path for path in (installation.home / "corrections").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("spoil", ["no_key", "twice", "unknown", "formula", "text"])
def test_a_sheet_that_was_spoilt_is_said_to_be(
    targetwatch: CommandLine, installation: Installation, tmp_path: Path, spoil: str
) -> None:
    """Rows without a key, with one twice or with a strange one are left out; what is no such sheet is refused."""
    path = _export(targetwatch, tmp_path / "a.xlsx", "procedures", "--unit", "002")
    book = load_workbook(path)
    table = book.worksheets[0]
    key = table.max_column
    table["I2"].value = "desk"
    match spoil:
        case "no_key":
            table.delete_cols(key)
        case "twice":
            table.append([cell.value for cell in table[2]])
        case "unknown":
            table.append([*[cell.value for cell in table[2]][:-1], str(table.cell(2, key).value).split(":")[0] + ":77"])
        case "formula":
            table["I2"].value = "=1+1"
    book.save(path)
    if spoil == "text":
        path.write_text("id,channel\n1,desk\n", encoding="utf-8")
    answer: Answer = targetwatch("quarantine", "submit", str(path))
    if spoil in ("twice", "unknown"):
        assert answer.code == 0
        assert "was left out" in answer.out
        assert installation.row(HELD) == {"held": 5 if spoil == "twice" else 4}
    else:
        assert (answer.code, answer.out) == (2, "")
        assert installation.row(HELD) == {"held": 5}
