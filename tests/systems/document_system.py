"""A stand-in for the document management system: its tables in a real PostgreSQL, and invented rows out of a seed.

Everything in it is invented. The tables are those that sql/sources/documents.sql and document_software.sql ask.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from targetwatch.model import Programme
from tests.systems.postgres import Database, Postgres

TABLES = (
    """CREATE TABLE van_ban (
        so_dang_ky text PRIMARY KEY, huong text, cap text, ma_don_vi text, ngay_dang_ky date, ngay_xu_ly_xong date,
        cach_xu_ly text, mat boolean DEFAULT false, da_huy boolean DEFAULT false,
        trich_yeu text DEFAULT 'Về việc của ông Nguyễn Văn A', nguoi_xu_ly text DEFAULT 'Trần Thị B',
        cap_nhat_luc timestamptz)""",
    "CREATE TABLE don_vi (ma_don_vi text, tu_ngay date, den_ngay date)",
    "CREATE TABLE lien_thong (ma_don_vi text, tu_ngay date, den_ngay date)",
)
COLUMNS = (
    "van_ban (so_dang_ky, huong, cap, ma_don_vi, ngay_dang_ky, ngay_xu_ly_xong, cach_xu_ly, mat, da_huy, cap_nhat_luc)"
)
TIERS = {"department": "Thành phố", "district": "Huyện", "commune": "Xã"}
DIRECTORY_BEGINS = date(2025, 4, 1)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as the system has it."""

    number: str
    level: str
    unit: str
    registered_on: date
    handling: str | None  # điện tử, giấy, or None where it is still open
    changed_at: datetime
    incoming: bool = True
    classified: bool = False
    cancelled: bool = False

    @property
    def row(self) -> tuple[object, ...]:
        """Its row in the table."""
        handled_on = self.registered_on if self.handling else None
        direction = "Văn bản đến" if self.incoming else "Văn bản đi"
        place = (direction, TIERS[self.level], self.unit, self.registered_on, handled_on, self.handling)
        return (self.number, *place, self.classified, self.cancelled, self.changed_at)

    @property
    def counts(self) -> bool:
        """Whether it has been handled, and still stands."""
        return self.handling is not None and not self.classified and not self.cancelled


def invented(units: Mapping[str, str], month: date, count: int, seed: int) -> Iterator[Document]:
    """So many documents that these units (code: level) registered in a month, written down the evening after."""
    chance = random.Random(seed)
    codes = sorted(units)
    for number in range(count):
        unit = chance.choice(codes)
        day = month + timedelta(days=chance.randrange(28))
        yield Document(
            number=f"VB-{month:%Y%m}-{number:06}",
            level=units[unit],
            unit=unit,
            registered_on=day,
            handling=chance.choices(["Điện tử", "điện tử", "giấy", None], [60, 15, 20, 5])[0],
            changed_at=datetime.combine(day, time(12), UTC) + timedelta(seconds=chance.randrange(3600)),
            incoming=chance.random() < 0.6,
            classified=chance.random() < 0.01,
            cancelled=chance.random() < 0.02,
        )


def started(postgres: Postgres) -> Database:
    """The system, with nothing in it."""
    return postgres.create(*TABLES)


def register(system: Database, documents: Iterable[Document]) -> None:
    """Add documents."""
    system.copy(COLUMNS, (document.row for document in documents))


def list_units(system: Database, programme: Programme, without: frozenset[str] = frozenset()) -> None:
    """Fill the directory with the programme's units, from April 2025 on, all of them connected but those `without`."""
    bodies = [unit for unit in programme.org_units if unit.level in TIERS]
    system.copy("don_vi", ((one.key.code, max(one.key.valid_from, DIRECTORY_BEGINS), one.valid_to) for one in bodies))
    codes = sorted({one.key.code for one in bodies} - without)
    system.copy("lien_thong", ((code, DIRECTORY_BEGINS, None) for code in codes))
