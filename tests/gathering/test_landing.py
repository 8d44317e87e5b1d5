"""Landing: what is written of a delivery, and what never is."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from targetwatch.gathering import blocks, land, record_key
from tests.gathering.sources import (
    KEY,
    PROCEDURES,
    REPORTING,
    csv_text,
    dossier,
    drop,
    gate,
    landed_of,
    only_delivery,
)


def test_a_batch_is_the_hash_of_source_and_content(tmp_path: Path) -> None:
    """The same bytes are the same batch whatever the file is called; another source's are another."""
    content = csv_text([dossier(1)])
    first = landed_of(tmp_path / "a", content, "one.csv")
    second = landed_of(tmp_path / "b", content, "two.csv")
    assert first.batch_id == second.batch_id
    assert first.content_hash == hashlib.sha256(content.encode()).hexdigest()
    drop(tmp_path / "c", content, source=REPORTING)
    other = land(only_delivery(tmp_path / "c", REPORTING), REPORTING, tmp_path, KEY)
    assert other.content_hash == first.content_hash
    assert other.batch_id != first.batch_id


def test_what_lands_is_never_changed(tmp_path: Path) -> None:
    """Landing the same bytes again, even under another key, leaves the file as it was."""
    content = csv_text([dossier(1)])
    landed = landed_of(tmp_path, content)
    before = landed.path.stat().st_mtime_ns, landed.path.read_bytes()
    again = land(only_delivery(tmp_path / "inbox"), PROCEDURES, tmp_path, b"another key")
    assert again.batch_id == landed.batch_id
    assert (landed.path.stat().st_mtime_ns, landed.path.read_bytes()) == before


def test_what_landed_can_be_read(tmp_path: Path) -> None:
    """The Parquet holds the named columns in the source's order, with the position, as they were delivered."""
    landed = landed_of(tmp_path, csv_text([dossier(1, received_on="05/05/2025")]))
    read = pl.read_parquet(landed.path)
    assert read.columns == ["position", *(column.name for column in PROCEDURES.columns)]
    assert read["received_on"].to_list() == ["05/05/2025"]
    assert landed.path == tmp_path / "landing" / "procedures" / f"{landed.batch_id}.parquet"
    assert sorted(os.listdir(landed.path.parent)) == [landed.path.name]


def test_nothing_personal_is_written(tmp_path: Path) -> None:
    """Neither a column that is not named nor the id of a dossier reaches any file but the original."""
    rows = [dossier(1, applicant="Nguyễn Văn A"), dossier(2, applicant="Trần Thị B", org_unit="unknown")]
    landed = landed_of(tmp_path, csv_text(rows))
    gated = gate(landed)
    gated.good.write_csv(tmp_path / "good.csv")
    gated.quarantined.write_csv(tmp_path / "quarantined.csv")
    pl.read_parquet(landed.path).write_csv(tmp_path / "landed.csv")
    written = [path for path in tmp_path.rglob("*") if path.is_file() and "inbox" not in path.parts]
    scratch = [path for path in written if "scratch" in path.parts]
    assert len(scratch) > 1
    assert len(written) == len(scratch) + 4
    for number, path in enumerate(scratch):
        pl.read_parquet(path).write_csv(tmp_path / f"scratch-{number}.csv")
        written.append(tmp_path / f"scratch-{number}.csv")
    for path in written:
        content = path.read_bytes()
        for secret in ("Nguyễn", "Trần", "H26-0001", "H26-0002"):
            assert secret.encode() not in content, path


def test_ids_are_kept_as_keyed_hashes(tmp_path: Path) -> None:
    """One id has one hash under one key, whatever the space around it, and another under another key."""
    content = csv_text([{**dossier(), "dossier_id": " H26-0001 "}])
    one = landed_of(tmp_path / "a", csv_text([dossier(1)])).frame["dossier_id"].item()
    assert landed_of(tmp_path / "b", content).frame["dossier_id"].item() == one
    assert len(one) == 24
    drop(tmp_path / "c", content)
    other = land(only_delivery(tmp_path / "c"), PROCEDURES, tmp_path / "c", b"another key")
    assert other.frame["dossier_id"].item() != one


def test_the_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    """The key is made on first use, readable by its owner alone, and stays; many at once get the same one."""
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: record_key(tmp_path / "home"), range(16)))
    assert len(keys) == 1
    assert stat.S_IMODE((tmp_path / "home" / "record.key").stat().st_mode) == 0o600
    assert os.listdir(tmp_path / "home") == ["record.key"]


def test_a_damaged_key_is_an_error(tmp_path: Path) -> None:
    """A key that was cut short is not quietly replaced: every record would look new."""
    (tmp_path / "record.key").write_bytes(b"short")
    with pytest.raises(ValueError, match="Restore it from a backup"):
        record_key(tmp_path)


def test_writing_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A delivery that cannot be written to the end, for want of space or another reason of ours, lands as nothing."""
    drop(tmp_path / "inbox", csv_text([dossier(1)]))

    def full(frames: Iterator[pl.DataFrame], path: Path) -> None:
        path.write_bytes(b"PAR1")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(blocks, "write_blocks", full)
    with pytest.raises(OSError, match="No space left"):
        land(only_delivery(tmp_path / "inbox"), PROCEDURES, tmp_path, KEY)
    assert not (tmp_path / "landing").exists()


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    """Dates, numbers and truths of a Parquet file are taken as they are; a column that it lacks is empty."""
    rows = {
        **{name: [value, value] for name, value in dossier().items()},
        "dossier_id": [1, 2],
        "received_on": [date(2025, 5, 5)] * 2,
        "due_on": [date(2025, 5, 20)] * 2,
        "finished_on": [None, date(2025, 5, 18)],
        "digitally_signed": [True, None],
        "satisfaction": [5, None],
        "applicant": ["a", "b"],
    }
    del rows["sector"]
    pl.DataFrame(rows).write_parquet(tmp_path / "x.parquet")
    landed = landed_of(tmp_path, (tmp_path / "x.parquet").read_bytes(), "x.parquet")
    assert landed.frame.schema["received_on"] == pl.Date
    assert landed.unnamed_columns == ("applicant",)
    good = gate(landed).good
    assert good["position"].to_list() == [1, 2]
    assert good["digitally_signed"].to_list() == [True, None]
    assert good["satisfaction"].to_list() == [5, None]
    assert good["sector"].to_list() == [None, None]
