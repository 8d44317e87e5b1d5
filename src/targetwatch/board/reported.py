"""What units report of themselves beside what their records give, as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from targetwatch.board.standing import Record, two
from targetwatch.model import (
    Cadence,
    Discrepancy,
    Language,
    Lapse,
    Metric,
    MetricKind,
    Period,
    ReportFinding,
    Status,
    Text,
)
from targetwatch.wording import nouns, numbers, reports
from targetwatch.wording.figures import Measure

SHAPES = {
    ReportFinding.MISREPORTED: Status.MISSED,
    ReportFinding.ACKNOWLEDGED: Status.AT_RISK,
    ReportFinding.AGREES: Status.MET,
    ReportFinding.NOT_EVALUATED: Status.NOT_EVALUATED,
}


@dataclass(frozen=True, slots=True)
class ReportGroup:
    """A metric and tier that units report of and that their records give too."""

    metric: Metric
    tier: str
    owner: Text
    units_called: Text
    compared: int
    misreported: int
    acknowledged: int
    allowed: int

    @classmethod
    def of(cls, row: Record) -> ReportGroup:
        """The group in a row of `board_report_groups`."""
        metric = Metric(
            row["metric"], two(row, "metric_name"), MetricKind(row["metric_kind"]), row["unit_of_measure"],
            two(row, "counted"), Cadence.MONTH, "", None, "",
        )  # fmt: skip
        return cls(
            metric, row["tier"], two(row, "owner_name"), two(row, "level"), row["compared"], row["misreported"],
            row["acknowledged"], row["tolerance_millionths"],
        )  # fmt: skip

    @property
    def differs(self) -> int:
        """How many units differ, acknowledged or not."""
        return self.misreported + self.acknowledged

    def said(self, language: Language) -> str:
        """How many reports differ from their records, of those that could be compared, and how many acknowledged."""
        if not self.differs:
            every = nouns.counted(self.compared, self.units_called, language)
            return Text(f"{every} báo cáo khớp hồ sơ.", f"{every}: every report agrees with its records.").in_(language)
        of, number = (
            nouns.counted_of(self.misreported, self.compared, self.units_called, language),
            numbers.count(self.acknowledged, language),
        )
        said = []
        if self.misreported:
            said.append(Text(f"{of} báo cáo lệch hồ sơ", f"Reports differ from records: {of}").in_(language))
        if self.acknowledged:
            accepted = Text(f"{number} lệch nhưng đã được chấp nhận", f"acknowledged differences: {number}")
            said.append(accepted.in_(language))
        text = "; ".join(said)
        return f"{text[:1].upper()}{text[1:]}."

    def tolerance(self, language: Language) -> str:
        """How far a report may be off its records."""
        return reports.tolerance(self.allowed, self.metric, language)


@dataclass(frozen=True, slots=True)
class Reported:
    """One unit's newest report that could be compared, beside its records."""

    unit_name: str
    report: Discrepancy
    by: Text  # who acknowledged the difference, where somebody did
    incident: str | None
    since: datetime | None

    @classmethod
    def of(cls, row: Record) -> Reported:
        """The report in a row of `board_reports`."""
        report = Discrepancy(
            metric=row["metric"],
            tier=row["tier"],
            org_unit=row["org_unit"],
            org_unit_valid_from=row["org_unit_valid_from"],
            period_start=row["period_start"],
            period_end=row["period_end"],
            reported_numerator=row["reported_numerator"],
            reported_denominator=row["reported_denominator"],
            reported_parts=row["reported_parts"],
            reported_at=row["reported_at"],
            computed_numerator=row["computed_numerator"],
            computed_denominator=row["computed_denominator"],
            computed_parts=row["computed_parts"],
            computed_at=row["computed_at"],
            deviation=row["deviation_millionths"],
            allowed=row["tolerance_millionths"],
            finding=ReportFinding(row["finding"]),
            reason=two(row, "reason") if row["reason_vi"] else None,
            acknowledged_by=row["acknowledged_by"],
            acknowledged_until=row["acknowledged_until"],
            lapsed=Lapse(row["lapsed"]) if row["lapsed"] else None,
        )
        return cls(row["full_name"] or row["org_unit"], report, two(row, "by"), row["incident"], row["incident_since"])

    @property
    def period(self) -> Period:
        """The period that was reported."""
        return Period(self.report.period_start, self.report.period_end)

    @property
    def shape(self) -> str:
        """The status whose shape stands for what was found."""
        return SHAPES[self.report.finding].value

    def figures(self, measure: Measure, language: Language) -> tuple[str, str, str]:
        """What is reported, what the records give, and the difference."""
        one = self.report
        return (
            reports.reported(one, measure, language),
            reports.computed(one, measure, language),
            reports.difference(one, measure, language),
        )

    def parts(self, measure: Measure, language: Language) -> tuple[str, str]:
        """The parts of both, where they are counts of a share."""
        return reports.reported_parts(self.report, measure, language), reports.computed_parts(
            self.report, measure, language
        )

    def remark(self, language: Language) -> str:
        """Why the difference is accepted and until when, or that it no longer is."""
        return reports.acknowledged(self.report, self.by, language)
