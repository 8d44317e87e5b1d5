"""Compile the register of Hanoi's city, districts and communes, and who followed whom, from four wheels.

Writes units.csv and successors.csv in catalogue/org_units. The wheels are read as archives and never installed or
imported; nothing of them goes into the register but codes, names, which unit lies in which and which went into which.
To fetch them into a folder:

    pip download --no-deps --dest WHEELS vietnam-provinces==0.5.0
    pip download --no-deps --dest WHEELS vietnam-provinces==0.6.0
    pip download --no-deps --dest WHEELS vietnam-provinces==2025.10.1
    pip download --no-deps --dest WHEELS vietnamadminunits==1.0.4

and then: python scripts/compile_org_units.py WHEELS [--counts FILE] [--check]

A commune that was divided passes on in equal parts, because the wheels say nothing of how much each part was. Where the
dossiers of the parts are known, FILE says them, and they become the weights: a CSV file with the columns code,
valid_from, successor_code, successor_valid_from and dossiers. Of a unit that it names every known part must be in it.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sqlite3
import sys
import tempfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import successors

FOLDER = Path(__file__).resolve().parents[1] / "catalogue" / "org_units"
HEADER = ("code", "valid_from", "valid_to", "level", "kind", "name", "parent_code")
CITY = ("01", "Thành phố Hà Nội")
PROGRAMME_START = date(2021, 1, 1)

BEFORE_2025 = "vietnam_provinces-0.5.0-py3-none-any.whl"
FIRST_HALF_OF_2025 = "vietnam_provinces-0.6.0-py3-none-any.whl"
NAMES_SINCE_JULY_2025 = "vietnam_provinces-2025.10.1-py3-none-any.whl"
CODES_SINCE_JULY_2025 = "vietnamadminunits-1.0.4-py3-none-any.whl"
WHEELS = (BEFORE_2025, FIRST_HALF_OF_2025, NAMES_SINCE_JULY_2025, CODES_SINCE_JULY_2025)

KINDS = {  # the first words of a unit's name, longest first
    "Thành phố": "thanh_pho",
    "Thị trấn": "thi_tran",
    "Thị xã": "thi_xa",
    "Phường": "phuong",
    "Huyện": "huyen",
    "Quận": "quan",
    "Xã": "xa",
}


class WrongWheelsError(Exception):
    """The wheels are not the ones the register is compiled from, or no longer agree with each other."""


@dataclass(frozen=True)
class Unit:
    """A unit as one snapshot has it."""

    code: str
    name: str
    level: str
    parent_code: str

    @property
    def kind(self) -> str:
        """The sort of unit that its name begins with."""
        for words, kind in KINDS.items():
            if self.name.startswith(words + " "):
                return kind
        raise WrongWheelsError(f"{self.code}: no kind of unit is known for the name {self.name!r}")


@dataclass(frozen=True)
class Snapshot:
    """All units of the city from a day on."""

    valid_from: date
    units: dict[str, Unit]


def compile_register(wheels: Path) -> list[tuple[str, ...]]:
    """The rows of the register: one for each stretch in which a unit's code, name and parent stayed the same."""
    absent = [name for name in WHEELS if not (wheels / name).is_file()]
    if absent:
        raise WrongWheelsError(f"{wheels} has no {', '.join(absent)}. This file's docstring says how to fetch them.")
    snapshots = [
        Snapshot(PROGRAMME_START, three_levels(wheels / BEFORE_2025, districts=30, communes=579)),
        Snapshot(date(2025, 1, 1), three_levels(wheels / FIRST_HALF_OF_2025, districts=30, communes=526)),
        Snapshot(date(2025, 7, 1), two_levels(wheels, communes=126)),
    ]
    return [row(unit, first, last) for unit, first, last in sorted(stretches(snapshots), key=place_in_register)]


def place_in_register(stretch: tuple[Unit, date, date | None]) -> tuple[date, int, str]:
    """By first day, then city, districts, communes, then code."""
    unit, first, _ = stretch
    return first, ("city", "district", "commune").index(unit.level), unit.code


def row(unit: Unit, first: date, last: date | None) -> tuple[str, ...]:
    """A row under HEADER."""
    until = last.isoformat() if last else ""
    return unit.code, first.isoformat(), until, unit.level, unit.kind, unit.name, unit.parent_code


def stretches(snapshots: list[Snapshot]) -> Iterator[tuple[Unit, date, date | None]]:
    """Each unit with the first and the last day of a stretch in which nothing about it changed."""
    began: dict[Unit, date] = {}
    for snapshot in snapshots:
        now = set(snapshot.units.values())
        for unit in [unit for unit in began if unit not in now]:
            yield unit, began.pop(unit), snapshot.valid_from - timedelta(days=1)
        for unit in now:
            began.setdefault(unit, snapshot.valid_from)
    for unit, first in began.items():
        yield unit, first, None


def three_levels(wheel: Path, districts: int, communes: int) -> dict[str, Unit]:
    """The city, its districts and their communes, as vietnam-provinces had them until June 2025."""
    units = {CITY[0]: Unit(*CITY, "city", "")}
    for district in hanoi(wheel)["districts"]:
        district_code = f"{district['code']:03d}"
        units[district_code] = Unit(district_code, text(district["name"]), "district", CITY[0])
        for commune in district["wards"]:
            code = f"{commune['code']:05d}"
            units[code] = Unit(code, text(commune["name"]), "commune", district_code)
    counted(wheel, units, district=districts, commune=communes)
    return units


def two_levels(wheels: Path, communes: int) -> dict[str, Unit]:
    """The city and its communes since July 2025.

    Codes and names are vietnamadminunits'. vietnam-provinces 2025.10.1 has the same 126 names, which is checked, but
    gives 29 of them codes other than the official ones, so its codes are not used.
    """
    units = {CITY[0]: Unit(*CITY, "city", "")}
    with dataset(wheels) as connection:
        rows = connection.execute("SELECT wardCode, ward FROM admin_units WHERE provinceCode = ?", CITY[:1]).fetchall()
    for code, name in rows:
        units[code] = Unit(code, text(name), "commune", CITY[0])
    counted(wheels / CODES_SINCE_JULY_2025, units, district=0, commune=communes)
    ours = {unit.name for unit in units.values() if unit.level == "commune"}
    theirs = {text(commune["name"]) for commune in hanoi(wheels / NAMES_SINCE_JULY_2025)["wards"]}
    if ours != theirs:
        raise WrongWheelsError(f"the two packages name different communes since July 2025: {sorted(ours ^ theirs)}")
    return units


def pairs(wheels: Path) -> dict[str, list[str]]:
    """Of each commune of June 2025, by code, the codes of the communes of July 2025 that it went into.

    As the converter of vietnamadminunits has it: those that went over undivided by the new commune, the divided ones
    by the old. It names communes by keys of its own, which its own tables lead to the codes.
    """
    with dataset(wheels) as connection:
        old_codes = dict(
            connection.execute(
                "SELECT provinceKey || '_' || districtKey || '_' || wardKey, wardCode"
                " FROM admin_units_legacy WHERE provinceCode = ?",
                CITY[:1],
            )
        )
        new_codes = dict(
            connection.execute("SELECT wardKey, wardCode FROM admin_units WHERE provinceCode = ?", CITY[:1])
        )
    with zipfile.ZipFile(wheels / CODES_SINCE_JULY_2025) as archive:
        converter = json.loads(archive.read("vietnamadminunits/data/converter_2025.json"))
    whole = converter["DICT_PROVINCE_WARD_NO_DIVIDED"]["thanhphohanoi"]
    divided = converter["DICT_PROVINCE_WARD_DIVIDED"]["thanhphohanoi"]
    found: dict[str, list[str]] = {}
    for new, olds in whole.items():
        for old in olds:
            found.setdefault(old_codes[old], []).append(new_codes[new])
    for old, news in divided.items():
        found.setdefault(old_codes[old], []).extend(new_codes[new["newWardKey"]] for new in news)
    number = sum(len(codes) for codes in found.values())
    if (len(found), number) != (526, 794):
        raise WrongWheelsError(f"{CODES_SINCE_JULY_2025}: {number} pairs of {len(found)} communes, not 794 of 526")
    return found


@contextmanager
def dataset(wheels: Path) -> Iterator[sqlite3.Connection]:
    """The tables of vietnamadminunits."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(wheels / CODES_SINCE_JULY_2025) as archive:
            database = archive.extract("vietnamadminunits/data/dataset.db", folder)
        with closing(sqlite3.connect(database)) as connection:
            yield connection


def counted(wheel: Path, units: dict[str, Unit], **expected: int) -> None:
    """Refuse a wheel with other numbers of units than the published ones."""
    for level, number in expected.items():
        found = sum(unit.level == level for unit in units.values())
        if found != number:
            raise WrongWheelsError(f"{wheel.name}: {found} units of level {level} in Hanoi where {number} are expected")


def hanoi(wheel: Path) -> dict:
    """Hanoi's part of the nested divisions of a vietnam-provinces wheel."""
    with zipfile.ZipFile(wheel) as archive:
        provinces = json.loads(archive.read("vietnam_provinces/data/nested-divisions.json"))
    return next(province for province in provinces if province["code"] == int(CITY[0]))


def text(name: str) -> str:
    """A name in composed Unicode, with single spaces."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def as_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The text of a file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def said_of(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """How many units passed on upon which basis, a line each."""
    of_units = Counter({(row[0], row[1]): row[5] for row in rows}.values())
    yield f"  {of_units['whole']} units went over undivided."
    yield f"  {of_units['counted']} were divided by the dossiers that were counted."
    yield f"  {of_units['equal']} were divided into equal parts, because no count is known."
    yield f"  {of_units['assumed']} went where no source says: assumed in equal parts, over their district's communes."


def main() -> int:
    """Write both files, or with --check say whether those that are there are what the wheels give."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheels", type=Path, help="folder with the four wheels")
    parser.add_argument("--counts", type=Path, metavar="FILE", help="CSV file with the dossiers of the parts")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")
    options = parser.parse_args()
    try:
        register = compile_register(options.wheels)
        counts = successors.read_counts(options.counts) if options.counts else {}
        succession = successors.succession(register, pairs(options.wheels), counts)
    except (OSError, WrongWheelsError, successors.WrongSuccessorsError) as error:
        print(error, file=sys.stderr)
        return 2
    files = {
        FOLDER / "units.csv": as_csv(HEADER, register),
        FOLDER / "successors.csv": as_csv(successors.HEADER, succession),
    }
    if options.check:
        same = {path: path.is_file() and path.read_text(encoding="utf-8") == content for path, content in files.items()}
        for path, is_same in same.items():
            print(f"{path.name} is {'what' if is_same else 'not what'} the wheels give.")
        return 0 if all(same.values()) else 1
    for path, content in files.items():
        path.write_text(content, encoding="utf-8")
        print(f"{path.name}: {len(content.splitlines()) - 1:,} rows written.")
    print(*said_of(succession), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
