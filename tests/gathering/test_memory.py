"""A large delivery goes through in a bounded memory, and a pass that is killed leaves nothing or the whole of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from targetwatch.gathering import scratch
from tests.gathering.sources import PROCEDURES, csv_text, dossier

MEGABYTES = 150
# The modules alone take about 350 MB. A file of 131 MB, read whole, took 1,600 MB.
MOST = 1100
GATHER = """
import sys
from pathlib import Path
from benchmarks.memory import peak_megabytes
from targetwatch.checks import suite
from targetwatch.gathering import Delivery, land, sort_rows
from tests.gathering.sources import GATES, KEY, NOW, PROCEDURES, PROGRAMME
path, home = Path(sys.argv[1]), Path(sys.argv[2])
landed = land(Delivery(path, "procedures", path.name, path.stat().st_size), PROCEDURES, home, KEY)
gated = sort_rows(landed, PROCEDURES, PROGRAMME, GATES, NOW)
print(gated.rows_accepted, gated.rows_quarantined, int(peak_megabytes()))
"""


def test_a_large_delivery_goes_through_in_little_memory(tmp_path: Path) -> None:
    """A CSV of 150 MB is landed and gated in at most 1.1 GB; held as whole frames it took more."""
    header, row = csv_text([dossier(1, sector="lĩnh vực " + "x" * 60)]).splitlines()
    path = tmp_path / "large.csv"
    rows = MEGABYTES * 10**6 // len(row.encode())
    with path.open("w", encoding="utf-8") as file:
        file.write(header + "\n")
        file.writelines(row.replace("H26-0001", f"H26-{number:07}", 1) + "\n" for number in range(rows - 1))
        file.write(row.replace("online", "by pigeon", 1) + "\n")
    said = subprocess.run(
        [sys.executable, "-c", GATHER, path, tmp_path / "home"], capture_output=True, text=True, check=True
    ).stdout.split()
    accepted, quarantined, megabytes = map(int, said)
    assert (accepted, quarantined) == (rows - 1, 1)
    assert megabytes < MOST


KILLED = """
import os, signal, sys
from pathlib import Path
from targetwatch.gathering import Delivery, blocks, land, scratch, sort_rows
from targetwatch.gathering.formats import lines
from tests.gathering.sources import GATES, KEY, NOW, PROCEDURES, PROGRAMME
path, home, step = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
lines.BLOCK_BYTES = 300
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
class Allowed:
    looks = 0
    def check(self):
        Allowed.looks += 1
        if Allowed.looks == 3:
            die()
class Forever:
    def check(self):
        pass
with scratch(home) as folder:
    delivery = Delivery(path, "procedures", path.name, path.stat().st_size)
    landed = land(delivery, PROCEDURES, home, KEY, folder, Allowed() if step == "landing" else Forever())
    sort_rows(landed, PROCEDURES, PROGRAMME, GATES, NOW, 5, Allowed() if step == "gating" else Forever())
    if step == "sorted":
        die()
"""


@pytest.mark.parametrize(("step", "landed"), [("landing", 0), ("gating", 1), ("sorted", 1)])
def test_a_pass_that_is_killed_between_blocks(tmp_path: Path, step: str, landed: int) -> None:
    """Killed between two blocks, it leaves nothing landed or the whole; the next pass clears its scratch away."""
    path = tmp_path / "delivery.csv"
    path.write_text(csv_text([dossier(number) for number in range(1, 21)]), encoding="utf-8")
    died = subprocess.run([sys.executable, "-c", KILLED, path, tmp_path, step], capture_output=True, text=True)
    assert died.returncode == -9, died.stderr
    assert len(list(tmp_path.glob("landing/*/*"))) == landed
    assert all(kept.suffix == ".parquet" for kept in tmp_path.glob("landing/*/*"))
    assert path.exists()
    (left,) = (folder for folder in (tmp_path / "scratch").iterdir() if folder.is_dir())
    assert any(left.iterdir())
    with scratch(tmp_path) as folder:
        assert [one for one in (tmp_path / "scratch").iterdir() if one.is_dir()] == [folder]
    assert not folder.exists()


def test_a_scratch_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    """Two passes at once have a folder each, and neither clears the other's away."""
    with scratch(tmp_path) as one, scratch(tmp_path) as other:
        assert one != other
        assert one.is_dir()
        assert other.is_dir()


def test_the_source_of_these_tests_has_its_ids_hashed() -> None:
    """What is measured includes the hashing of ids, which is the dearest thing that is done to a row."""
    assert any(column.keyed_hash for column in PROCEDURES.columns)
