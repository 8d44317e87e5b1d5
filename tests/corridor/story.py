"""The worked example as deliveries and passes: what each row of its table delivers, and what is seen at its moment.

The numbers are those of the table. Which district brings how many of them is chosen so that 18 of 30 are behind in May.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from targetwatch.pipeline import Ran
from targetwatch.warehouse import open_snapshots
from tests.corridor.dossiers import APRIL, JUNE, MAY, districts, hanoi, month_of, parquet, shared_out
from tests.installation import Installation, assemble, install, prepare, wait_until_complete

OWN = Path(__file__).parent / "programme"
SHIPPED = (
    "catalogue/org_units/units.csv",
    "expectations/gates/procedures.json",
    "sql/records/procedures.sql",
    "sql/records/procedures.merge.sql",
    "sql/metrics/procedures_received.sql",
)
HEADS, ENGINEERS = "chi-tieu", "data-quality"
LOOKED_AT = (
    "FROM current_status WHERE role = 'pooled'",
    "FROM current_status WHERE role = 'share' ORDER BY org_unit",
    "FROM incidents ORDER BY number",
    "FROM notifications ORDER BY sequence",
)
LATE_ONE = "282"  # Huyện Mỹ Đức
CORRECTED_ONE = "007"  # Quận Hai Bà Trưng


@dataclass(frozen=True)
class Seen:
    """What one pass did and left behind."""

    ran: Ran
    city: Mapping[str, object]  # its row of current_status
    units: list[dict[str, object]]  # theirs
    incidents: list[dict[str, object]]
    outbox: list[dict[str, object]]  # the rows that this pass added
    told: list[tuple[str, bool, bool, list[str]]]  # all that stands in Slack

    @property
    def sent(self) -> list[tuple[object, ...]]:
        """What this pass sent: receiver, group, delivery, reason."""
        wanted = ("receiver", "message_group", "delivery", "reason")
        return [tuple(row[name] for name in wanted) for row in self.outbox if row["state"] == "sent"]

    def live(self, kind: str) -> list[str]:
        """Whose incidents of a kind live: units, or the source."""
        return [
            str(one["org_unit"] or one["subject"]) for one in self.incidents if one["kind"] == kind and one["is_live"]
        ]


@dataclass(frozen=True)
class Deliveries:
    """The folders of what each row of the table delivers, prepared beside the inbox."""

    april: Path
    twelve: Path
    seventeen: Path
    late_one: Path
    correction: Path
    june: Path
    low_june: Path


def programme_in(folder: Path) -> Path:
    """The programme of the worked example, put together in `folder`."""
    return assemble(folder, OWN, *SHIPPED)


def deliveries(folder: Path) -> Deliveries:
    """All deliveries of the story, with exactly the table's numbers, complete by the time that this returns."""
    codes = districts()
    in_time = [code for code in codes if code != LATE_ONE]
    may = shared_out(in_time, 17, 684, 781)  # 21,000 of 29,000
    of = {
        "april": {"Tháng 4-2025.parquet": parquet(month_of(APRIL, dict.fromkeys(codes, 730)))},
        "twelve": {"12 đơn vị, tháng 5.parquet": parquet(month_of(MAY, {code: may[code] for code in in_time[:12]}))},
        "seventeen": {"17 đơn vị, tháng 5.csv": month_of(MAY, {code: may[code] for code in in_time[12:]}).write_csv()},
        "late_one": {"Huyện Mỹ Đức 05-2025.csv": month_of(MAY, {LATE_ONE: 650}).write_csv()},
        "correction": {"007 sửa tháng 4.csv": month_of(APRIL, {CORRECTED_ONE: 330}).write_csv()},
        "june": {"Tháng 6-2025.parquet": parquet(month_of(JUNE, shared_out(codes, 10, 700, 770)))},
        "low_june": {"Tháng 6-2025.parquet": parquet(month_of(JUNE, shared_out(codes, 10, 700, 750)))},
    }
    made = {
        step: prepare(folder / step, {f"procedures/{name}": content for name, content in files.items()})
        for step, files in of.items()
    }
    wait_until_complete(folder)
    return Deliveries(**made)


class Teller:
    """Tells the story in one installation, and remembers what was seen at each of its moments."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.seen: dict[str, Seen] = {}
        self._outbox = 0  # rows that earlier passes added

    def gather(self, prepared: Path, now: datetime) -> None:
        """A delivery that nobody looks at yet."""
        self.installation.deliver(prepared)
        self.installation.gather(now)

    def look(self, name: str, now: datetime, prepared: Path | None = None) -> None:
        """One pass of everything, and what is seen after it."""
        if prepared is not None:
            self.installation.deliver(prepared)
        ran = self.installation.run(now)
        with open_snapshots(self.installation.home) as snapshots:
            city, units, incidents, outbox = (snapshots.fetch(sql).to_dicts() for sql in LOOKED_AT)
        told = self.installation.told()
        added, self._outbox = outbox[self._outbox :], len(outbox)
        self.seen[name] = Seen(ran, city[0], units, incidents, added, told)


def told_until(home: Path, programme: Path, made: Deliveries) -> Teller:
    """The story up to the correction of April, told in a new home."""
    teller = Teller(install(home, programme))
    teller.gather(made.april, hanoi(5, 9))
    teller.look("31 May", hanoi(5, 31))
    teller.look("10 June", hanoi(6, 10), made.twelve)
    teller.gather(made.seventeen, hanoi(6, 12))
    teller.look("13 June, before the deadline", hanoi(6, 13, 16, 59))
    teller.look("13 June", hanoi(6, 13, 23, 59))
    teller.look("16 June", hanoi(6, 16), made.late_one)
    for time in range(1, 7):
        teller.look(f"17 June, {time}", hanoi(6, 17, 8 + time))
    teller.look("20 June", hanoi(6, 20), made.correction)
    return teller


def told_on(teller: Teller, june: Path) -> Teller:
    """The rest of the story: June is delivered, and the districts have ended."""
    teller.gather(june, hanoi(7, 10))
    teller.look("14 July", hanoi(7, 14, 17))
    teller.look("1 August", hanoi(8, 1))
    return teller


def told_anew(teller: Teller, home: Path) -> Teller:
    """The same story as far as it was told, in a home of its own, to be told to another end."""
    other = Teller(teller.installation.copied(home))
    other.seen = dict(teller.seen)
    other._outbox = teller._outbox
    return other
