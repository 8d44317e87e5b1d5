"""Compile catalogue/org_units/units.csv, the register of Hanoi's city, districts and communes, from four wheels.

The wheels are read as archives and never installed or imported; nothing of them goes into the register but codes, names
and which unit lies in which. To fetch them into a folder:

    pip download --no-deps --dest WHEELS vietnam-provinces==0.5.0
    pip download --no-deps --dest WHEELS vietnam-provinces==0.6.0
    pip download --no-deps --dest WHEELS vietnam-provinces==2025.10.1
    pip download --no-deps --dest WHEELS vietnamadminunits==1.0.4

and then: python scripts/compile_org_units.py WHEELS [--check]
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
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

REGISTER = Path(__file__).resolve().parents[1] / "catalogue" / "org_units" / "units.csv"
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
    wheel = wheels / CODES_SINCE_JULY_2025
    units = {CITY[0]: Unit(*CITY, "city", "")}
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(wheel) as archive:
            database = archive.extract("vietnamadminunits/data/dataset.db", folder)
        connection = sqlite3.connect(database)
        rows = connection.execute("SELECT wardCode, ward FROM admin_units WHERE provinceCode = ?", CITY[:1]).fetchall()
        connection.close()
    for code, name in rows:
        units[code] = Unit(code, text(name), "commune", CITY[0])
    counted(wheel, units, district=0, commune=communes)
    ours = {unit.name for unit in units.values() if unit.level == "commune"}
    theirs = {text(commune["name"]) for commune in hanoi(wheels / NAMES_SINCE_JULY_2025)["wards"]}
    if ours != theirs:
        raise WrongWheelsError(f"the two packages name different communes since July 2025: {sorted(ours ^ theirs)}")
    return units


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


def as_csv(rows: list[tuple[str, ...]]) -> str:
    """The register's text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows)
    return out.getvalue()


def main() -> int:
    """Write the register, or with --check say whether the one that is there is what the wheels give."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheels", type=Path, help="folder with the four wheels")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if units.csv would change")
    options = parser.parse_args()
    try:
        register = as_csv(compile_register(options.wheels))
    except WrongWheelsError as error:
        print(error, file=sys.stderr)
        return 2
    if options.check:
        same = REGISTER.is_file() and REGISTER.read_text(encoding="utf-8") == register
        print(f"{REGISTER.name} is {'what' if same else 'not what'} the wheels give.")
        return 0 if same else 1
    REGISTER.write_text(register, encoding="utf-8")
    print(f"{REGISTER.name}: {len(register.splitlines()) - 1} units written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
