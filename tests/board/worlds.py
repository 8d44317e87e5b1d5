"""A small real warehouse with a target of every status, for the pages to be read from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl

from targetwatch.model import (
    Assessment,
    Cadence,
    Calendar,
    Claim,
    Comparison,
    Incident,
    IncidentKey,
    IncidentKind,
    IncidentState,
    Label,
    Matcher,
    Metric,
    MetricKind,
    Milestone,
    OrgUnit,
    Origin,
    Owner,
    PeriodState,
    Programme,
    Reason,
    Reference,
    Role,
    Scope,
    Selector,
    Severity,
    Shrinkage,
    Silence,
    Source,
    Status,
    TargetVersion,
    Text,
    Trajectory,
    UnitKey,
)
from targetwatch.model import Path as Shape
from targetwatch.settings import CHECKOUT
from targetwatch.warehouse import Warehouse, ledger, records
from targetwatch.warehouse.records import Batch
from tests.board.reported import discrepancies

FOUNDED = date(2021, 1, 1)
CITY, BA_DINH, TAY_HO, ME_LINH = (UnitKey(code, FOUNDED) for code in ("01", "001", "003", "250"))
TAN_LAP_1, TAN_LAP_2, OLD_TOWN = (UnitKey(code, FOUNDED) for code in ("10001", "10002", "10003"))
DISTRICTS = (BA_DINH, TAY_HO, ME_LINH)
NOW = datetime(2025, 6, 14, 1, 0, tzinfo=UTC)
MAY = (date(2025, 5, 1), date(2025, 5, 31))
APRIL = (date(2025, 4, 1), date(2025, 4, 30))
NOTHING = pl.DataFrame(
    schema=dict.fromkeys(
        ("org_unit", "org_unit_valid_from", "tier", "period_start", "period_end", "position", "reason", "column_name",
         "delivered_value"),
        pl.String,
    )
)  # fmt: skip


def at(month: int, day: int, hour: int = 2) -> datetime:
    """A moment of 2025, in UTC."""
    return datetime(2025, month, day, hour, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """What a warehouse is filled with. `rename` changes every word that people wrote, for the tests of escaping."""

    rename: Callable[[str], str] = str

    def text(self, vi: str, en: str) -> Text:
        """Words that people wrote, in both languages."""
        return Text(self.rename(vi), self.rename(en))

    def programme(self) -> Programme:
        """A city, three districts, and a target of every status."""
        return Programme(
            name=self.text("Chương trình thử", "A test programme"),
            time_zone="Asia/Ho_Chi_Minh",
            start=FOUNDED,
            root_unit=CITY.code,
            levels={
                "city": self.text("thành phố", "cities"),
                "district": self.text("đơn vị cấp huyện", "districts"),
                "commune": self.text("xã", "communes"),
            },
            calendar=Calendar("VN", (5, 6)),
            org_units=tuple(self._units()),
            metrics={metric.id: metric for metric in self._metrics()},
            sources={source.id: source for source in self._sources()},
            targets=tuple(self._targets()),
            receivers=(),
            owners={
                "office": Owner("office", self.text("Chánh Văn phòng", "Chief of Office")),
                "chairs": Owner("chairs", self.text("Chủ tịch UBND huyện", "District chairs")),
            },
            references={"R1": Reference("R1", self.rename("Báo cáo tháng 7"), self.rename("mic.gov.vn"), "2021-07")},
        )

    def fill(self, home: Path) -> Path:
        """Write everything and publish it."""
        warehouse = Warehouse(home, CHECKOUT / "sql", Path(__file__).parent.parent / "warehouse" / "sql")
        with warehouse.records() as conn:
            for batch, set_aside in self._batches():
                records.record_batch(
                    conn, batch, staged=None, quarantined=set_aside, reports=NOTHING, touched=NOTHING, recorded_at=NOW
                )
        with warehouse.ledger() as conn:
            ledger.apply_catalogue(conn, self.programme(), NOW)
            for run_id, moment, found in (("r1", at(6, 1), _before()), ("r2", NOW, _now())):
                ledger.start_run(conn, run_id, as_of=moment, started_at=moment)
                if run_id == "r2":
                    ledger.append_observations(conn, _observed(), run_id=run_id, recorded_at=NOW)
                ledger.append_assessments(conn, found, run_id=run_id, recorded_at=moment)
                ledger.finish_run(
                    conn, run_id, finished_at=moment, observations=0, assessments=0, events=0, notifications=0
                )
            ledger.append_claims(conn, self._claims(), run_id="r2", recorded_at=NOW)
            ledger.append_discrepancies(conn, discrepancies(self.text), run_id="r2", recorded_at=NOW)
            ledger.save_incidents(conn, self._incidents())
            ledger.keep_silence(conn, self._silence())
            ledger.keep_muted(conn, [(3, "s-3f9a1c")])
        warehouse.publish_ledger(NOW)
        warehouse.publish_records(NOW)
        return home

    def _units(self) -> Iterable[OrgUnit]:
        def unit(key: UnitKey, level: str, kind: str, name: str, parent: UnitKey | None, to: date | None) -> OrgUnit:
            return OrgUnit(key, to, level, kind, self.rename(name), parent)

        yield unit(CITY, "city", "Thành phố", "Thành phố Thử", None, None)
        yield unit(BA_DINH, "district", "Quận", "Quận Ba Đình", CITY, None)
        yield unit(TAY_HO, "district", "Quận", "Quận Tây Hồ", CITY, None)
        yield unit(ME_LINH, "district", "Huyện", "Huyện Mê Linh", CITY, None)
        yield unit(TAN_LAP_1, "commune", "Xã", "Xã Tân Lập", BA_DINH, None)
        yield unit(TAN_LAP_2, "commune", "Xã", "Xã Tân Lập", TAY_HO, None)
        yield unit(OLD_TOWN, "commune", "Xã", "Xã Cũ", TAY_HO, date(2024, 12, 31))

    def _metrics(self) -> Iterable[Metric]:
        def metric(name: str, source: str, counted: Text, **changes: Any) -> Metric:
            usual = Metric(
                name, Text(name, name), MetricKind.RATIO, "percent", counted, Cadence.MONTH, source, None, "office"
            )
            return replace(usual, **changes)

        dossiers = self.text("hồ sơ", "dossiers")
        yield metric("online", "procedures", dossiers)
        yield metric("mailboxes", "reporting", self.text("hộp thư", "mailboxes"))
        yield metric("households", "reporting", self.text("hộ", "households"))
        yield metric("broadband", "statistics", self.text("xã", "communes"))
        yield metric(
            "rank", "reporting", self.text("hạng", "places"), kind=MetricKind.RANK, unit_of_measure="rank",
            cadence=Cadence.YEAR,
        )  # fmt: skip

    def _sources(self) -> Iterable[Source]:
        for source, name, planned in (
            ("procedures", self.text("Một cửa điện tử", "One-stop shop"), False),
            ("reporting", self.text("Báo cáo", "Self-reports"), False),
            ("statistics", self.text("Thống kê", "Statistics"), True),
        ):
            yield Source(
                id=source, name=name, planned=planned, connector=None if planned else "file", formats=("csv",),
                table=None, gate=None, origin=Origin.COMPUTED, cadence=Cadence.MONTH, deadline=None, reporters=(),
                period_column=None, unit_column=None, tier_column=None, tier=None, columns=(), bad_rows_allowed=0.1,
                owner="office", how_reached="", feeds=Text("", ""),
            )  # fmt: skip

    def _targets(self) -> Iterable[TargetVersion]:
        def target(name: str, vi: str, en: str, metric: str, **changes: Any) -> TargetVersion:
            usual = TargetVersion(
                target=name,
                version=f"{name}-v1",
                name=self.text(vi, en),
                short_name=self.text(vi.lower(), en.lower()),
                metric=metric,
                tier="city",
                selector=Selector(code=CITY.code),
                scope=Scope.EACH,
                comparison=Comparison.AT_LEAST,
                value=1_000_000,
                value_to=None,
                due=date(2025, 12, 31),
                trajectory=Trajectory(Shape.HOLD, assumed=False),
                warning_margin=10_000,
                effective_from=date(2021, 7, 15),
                effective_to=None,
                reference="R1",
                owner="office",
            )
            return replace(usual, **changes)

        to_80 = Trajectory(Shape.LINEAR, assumed=True, baseline=Milestone(date(2021, 12, 31), 340_000))
        from_first = Trajectory(Shape.LINEAR, assumed=True)
        pooled = {"scope": Scope.POOLED, "owner": "chairs"}
        yield target(
            "districts_online", "Hồ sơ cấp huyện", "District dossiers", "online",
            tier="district", value=800_000, trajectory=to_80, **pooled,
        )  # fmt: skip
        yield target(
            "communes_online", "Hồ sơ cấp xã", "Commune dossiers", "online",
            tier="commune", value=600_000, trajectory=from_first, **pooled,
        )  # fmt: skip
        yield target("ranking", "Xếp hạng", "Ranking", "rank", comparison=Comparison.AT_MOST, value=5_000_000)
        yield target("mail", "Hộp thư công vụ", "Official mailboxes", "mailboxes", due=None, tier="district")
        yield target("broadband_communes", "Xã có băng rộng", "Communes with broadband", "broadband")
        yield target("postcode", "Mã địa chỉ", "Postal codes", "households", due=date(2021, 6, 30))
        yield target("covered", "Hộ có băng rộng", "Households covered", "households", comparison=Comparison.ABOVE,
                     value=800_000)  # fmt: skip
        yield target("stale_one", "Cổng dữ liệu", "Data portal", "mailboxes")
        yield target("empty_one", "Thủ tục hiếm", "Rare procedures", "online")
        yield target(
            "former", "Chỉ tiêu cũ", "Former target", "online", effective_to=date(2025, 3, 31), trajectory=to_80,
        )  # fmt: skip

    def _claims(self) -> Iterable[Claim]:
        usual = Claim(
            "websites/2021-07-15", "websites", self.text("Xã có trang", "Communes with a page"), date(2021, 7, 15),
            410, 579, "69.3", "percent", "share", "exact", "R1", "misreported",
        )  # fmt: skip
        yield usual
        yield replace(usual, id="radio/2023-11-30", numerator=579, published="100", finding="adds_up")

    def _incidents(self) -> Iterable[Incident]:
        def incident(number: int, kind: IncidentKind, subject: str, **changes: Any) -> Incident:
            usual = Incident(number, IncidentKey(kind, subject), IncidentState.OPEN, at(4, 10), at(4, 10))
            return replace(usual, **changes)

        def of_unit(number: int, target: str, unit: UnitKey, role: Role) -> Incident:
            key = IncidentKey(IncidentKind.BEHIND, target, unit.code, unit.valid_from)
            return incident(number, IncidentKind.BEHIND, target, key=key, facts={"judged": {"role": role.value}})

        yield replace(
            of_unit(1, "districts_online", CITY, Role.POOLED),
            state=IncidentState.ACKNOWLEDGED,
            severity=Severity.CRITICAL,
            acknowledged_at=at(5, 20),
            acknowledged_by=self.rename("Chánh Văn phòng"),
            acknowledged_because=self.rename("số hóa xong trong quý III"),
            acknowledged_until=at(7, 1, 10),
            escalated=1,
        )
        yield of_unit(2, "districts_online", BA_DINH, Role.SHARE)
        yield of_unit(3, "mail", TAY_HO, Role.EACH)
        facts = {
            "period_start": "2025-05-01",
            "period_end": "2025-05-31",
            "deadline": at(6, 13, 10).isoformat(),
            "counts": [{"tier": "district", "level": "district", "reported": 2, "due": 3}],
            "missing": [{"tier": "district", "parent": str(CITY), "count": 1, "units": [str(ME_LINH)]}],
            "refused": [],
        }
        yield incident(4, IncidentKind.LATE, "procedures", facts=json.loads(json.dumps(facts)))
        refused = {
            "batch_id": "b2",
            "delivered_as": self.rename("Mê Linh 05.csv"),
            "because": str(self.text("Thiếu cột", "A column is missing")),
            "known_at": at(6, 10).isoformat(),
            "rows_delivered": 4,
            "rows_quarantined": 0,
            "units": [],
            "periods": [],
        }
        yield incident(5, IncidentKind.QUALITY, "procedures", facts={"refused": [refused]})
        yield incident(6, IncidentKind.MISREPORTED, "websites/2021-07-15")
        yield incident(7, IncidentKind.LATE, "reporting", state=IncidentState.RESOLVED, closed_at=at(5, 1))

    def _silence(self) -> Silence:
        match = (Matcher(Label.SUBJECT, ("mail",)),)
        author, reason = self.rename("Minh"), self.rename("đang chuyển máy chủ")
        return Silence("s-3f9a1c", match, author, reason, created_at=at(6, 2), begins=at(6, 2), ends=at(6, 30, 10))

    def _batches(self) -> Iterable[tuple[Batch, pl.DataFrame]]:
        usual = Batch("b1", "procedures", None, self.rename("Ba Đình 05.csv"), "hash", 100, None, 10, at(6, 9))
        set_aside = pl.DataFrame(
            [
                {
                    "position": 7,
                    "reason": str(self.text("Không đọc được ngày", "Not a date")),
                    "column_name": "received_on",
                    "delivered_value": "SECRET",
                }
            ]
        )
        yield usual, set_aside
        because = str(self.text("Thiếu cột", "A column is missing"))
        refused = replace(
            usual, batch_id="b2", delivered_as=self.rename("Mê Linh 05.csv"), known_at=at(6, 10), rows_delivered=4,
            refused_because=because,
        )  # fmt: skip
        yield refused, NOTHING


def _assessed(target: str, unit: UnitKey, status: Status, reason: Reason, **changes: Any) -> Assessment:
    usual = Assessment(
        target=target,
        target_version=f"{target}-v1",
        metric={"districts_online": "online", "communes_online": "online", "ranking": "rank", "mail": "mailboxes",
                "broadband_communes": "broadband", "postcode": "households", "covered": "households",
                "stale_one": "mailboxes"}.get(target, "online"),
        org_unit=unit.code,
        org_unit_valid_from=unit.valid_from,
        tier={"districts_online": "district", "mail": "district", "communes_online": "commune"}.get(target, "city"),
        role=Role.EACH,
        comparison=Comparison.AT_LEAST,
        as_of=NOW,
        status=status,
        reason=reason,
    )  # fmt: skip
    return replace(usual, **changes)


def judged(
    target: str, unit: UnitKey, status: Status, reason: Reason, numerator: int, denominator: int, required: int | None,
    final: int, **changes: Any,
) -> Assessment:  # fmt: skip
    """An assessment of May with its comparison worked out as the product's rules have it."""
    comparison = changes.pop("comparison", Comparison.AT_LEAST)
    against = final if required is None else required
    attained, needed = numerator * 1_000_000, against * denominator
    if comparison is Comparison.ABOVE:
        needed += 1
    if comparison is Comparison.AT_MOST:
        attained, needed = needed, attained
    headroom = attained - needed
    values: dict[str, Any] = {
        "period_start": MAY[0],
        "period_end": MAY[1],
        "period_state": PeriodState.COMPLETE,
        "origin": Origin.COMPUTED,
        "numerator": numerator,
        "denominator": denominator,
        "parts": True,
        "required": required,
        "final": final,
        "attained": attained,
        "needed": needed,
        "headroom": headroom,
        "headroom_units": -(-headroom // 1_000_000) if headroom < 0 else headroom // 1_000_000,
        "low_numerator": numerator,
        "high_numerator": numerator,
        "bounds_denominator": denominator,
        "bodies_reported": 1,
        "bodies_due": 1,
        "known_at": at(6, 10),
        "comparison": comparison,
        **changes,
    }
    if headroom < 0:
        values["headroom_units"] = -((-headroom + 999_999) // 1_000_000)
    return _assessed(target, unit, status, reason, **values)


def _now() -> list[Assessment]:
    final_state = {"period_state": PeriodState.FINAL}
    short = (Status.BEHIND, Reason.SHORT_OF_REQUIRED)
    needed, share = 732_621, {"role": Role.SHARE}
    return [
        judged("districts_online", CITY, *short, 1_400, 2_000, needed, 800_000, role=Role.POOLED, bodies_reported=2,
               bodies_due=3, missing=(str(ME_LINH),), low_numerator=1_400, high_numerator=1_410,
               bounds_denominator=2_010, **final_state),
        judged("districts_online", BA_DINH, *short, 390, 1_000, needed, 800_000,
               shrank=Shrinkage(*APRIL, 400, 1_300), **share),
        judged("districts_online", TAY_HO, Status.MET, Reason.FINAL_REACHED, 990, 1_000, needed, 800_000, **share),
        judged("districts_online", ME_LINH, Status.STALE, Reason.OVERDUE, 7, 10, needed, 800_000,
               period_start=APRIL[0], period_end=APRIL[1], **share),
        judged("communes_online", CITY, Status.AT_RISK, Reason.INCOMPLETE, 543, 1_000, 538_480, 600_000,
               role=Role.POOLED, bodies_reported=1, bodies_due=2, missing=(str(TAN_LAP_2),), low_numerator=543,
               high_numerator=600, bounds_denominator=1_057, **final_state),
        judged("communes_online", TAN_LAP_1, *short, 543, 1_000, 738_480, 600_000, **share),
        judged("communes_online", TAN_LAP_2, Status.AT_RISK, Reason.WITHIN_MARGIN, 540, 1_000, 538_480, 600_000,
               **share),
        _assessed("communes_online", OLD_TOWN, Status.ENDED, Reason.UNIT_ENDED, **share),
        judged("ranking", CITY, Status.ON_TRACK, Reason.REQUIRED_REACHED, 7, 1, 7_802_300, 5_000_000,
               comparison=Comparison.AT_MOST, origin=Origin.PUBLISHED, period_start=date(2023, 1, 1),
               period_end=date(2023, 12, 31)),
        judged("mail", BA_DINH, Status.MET, Reason.FINAL_REACHED, 50, 50, 1_000_000, 1_000_000,
               origin=Origin.REPORTED),
        judged("mail", TAY_HO, *short, 49, 50, 1_000_000, 1_000_000, origin=Origin.REPORTED),
        _assessed("broadband_communes", CITY, Status.NO_DATA, Reason.SOURCE_PLANNED),
        judged("postcode", CITY, Status.MISSED, Reason.SHORT_OF_FINAL, 893, 1_000, 1_000_000, 1_000_000),
        judged("covered", CITY, Status.MET, Reason.FINAL_REACHED, 851, 1_000, 800_000, 800_000,
               comparison=Comparison.ABOVE),
        judged("stale_one", CITY, Status.STALE, Reason.OVERDUE, 90, 100, 1_000_000, 1_000_000, parts=False,
               headroom_units=None, origin=Origin.PUBLISHED, period_start=date(2021, 7, 1),
               period_end=date(2021, 7, 31), known_at=at(1, 5)),
        judged("empty_one", CITY, Status.NOT_EVALUATED, Reason.EMPTY_DENOMINATOR, 0, 0, 1_000_000, 1_000_000),
        _assessed("former", CITY, Status.ENDED, Reason.TARGET_ENDED),
    ]  # fmt: skip


def _before() -> list[Assessment]:
    """What was said on 1 June, of April: the mailboxes of Tây Hồ were complete, and the communes were on track."""
    then = {"as_of": at(6, 1), "period_start": APRIL[0], "period_end": APRIL[1]}
    said = [replace(one, **then) for one in _now() if one.target not in ("mail", "communes_online")]
    on_track = judged("communes_online", CITY, Status.ON_TRACK, Reason.REQUIRED_REACHED, 560, 1_000, 530_000, 600_000,
                      role=Role.POOLED, **then)  # fmt: skip
    met = [
        judged("mail", unit, Status.MET, Reason.FINAL_REACHED, 50, 50, 1_000_000, 1_000_000, **then)
        for unit in (BA_DINH, TAY_HO)
    ]
    return [*said, on_track, *met]


def _observed() -> pl.DataFrame:
    """The districts' dossiers over ten months, and what a unit reported of itself besides."""
    rows: list[dict[str, Any]] = []

    def observed(metric: str, tier: str, unit: UnitKey, first: date, last: date, value: Fraction, **more: Any) -> None:
        rows.append(
            {
                "metric": metric, "org_unit": unit.code, "org_unit_valid_from": unit.valid_from, "tier": tier,
                "period_start": first, "period_end": last, "origin": "computed", "rolled_up": False,
                "numerator": value.numerator, "denominator": value.denominator, "parts": True, "bodies_reported": 1,
                "bodies_due": 1, "known_at": at(6, 10), "batch_id": None, **more,
            }
        )  # fmt: skip

    first = date(2024, 8, 1)
    for month in range(10):
        following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
        last = following - timedelta(days=1)
        share = Fraction(660 + 4 * month, 1000)
        observed("online", "district", CITY, first, last, share, rolled_up=True, bodies_reported=3, bodies_due=3)
        observed("online", "district", BA_DINH, first, last, share - Fraction(1, 4))
        first = following
    observed("online", "district", CITY, *MAY, Fraction(99, 100), origin="reported", known_at=at(6, 12))
    observed("mailboxes", "city", CITY, date(2021, 7, 1), date(2021, 7, 31), Fraction(9, 10), origin="published")
    for year, place in ((2021, 11), (2022, 9), (2023, 7)):
        observed("rank", "city", CITY, date(year, 1, 1), date(year, 12, 31), Fraction(place), origin="published")
    return pl.DataFrame(rows, schema_overrides={"known_at": pl.Datetime("us", "UTC")})
