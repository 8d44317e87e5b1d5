"""What no single value can show to be wrong: whether the parts of a file, and files together, make sense."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from targetwatch.catalogue.calendar import is_known_country
from targetwatch.catalogue.fields import Names
from targetwatch.catalogue.issues import Issue, Severity, instead
from targetwatch.catalogue.org_units import units_valid_on
from targetwatch.catalogue.soundness_of_columns import of_columns
from targetwatch.catalogue.spec import CalendarSpec, Connector, MetricSpec, ProgrammeSpec, SourceSpec
from targetwatch.catalogue.validation import Checked
from targetwatch.model import ColumnType, MetricKind, OrgUnit
from targetwatch.units_of_measure import KINDS, RANK

WORKING_ONLY = ("connector", "table", "gate", "period_column", "bad_rows_allowed", "columns", "measured_by")


def of_programme(checked: Checked[ProgrammeSpec] | None, units: Sequence[OrgUnit]) -> Iterator[Issue]:
    """Whether the programme's root exists when the programme starts."""
    if checked is None or checked.spec is None or not units:
        return
    root, start = checked.spec.root_unit, checked.spec.start
    if root not in units_valid_on(units, start) and any(unit.key.code == root for unit in units):
        yield checked.document.issue(
            ("root_unit",), f"unit {root} does not exist on {start}, when the programme starts"
        )


def of_calendar(checked: Checked[CalendarSpec] | None) -> Iterator[Issue]:
    """Whether there are holidays to count by, and working days at all."""
    if checked is None or checked.spec is None:
        return
    document, spec = checked.document, checked.spec
    if not is_known_country(spec.country):
        yield document.issue(
            ("country",), f"no public holidays are known for '{spec.country}'", "Write two letters, as in VN."
        )
    if len(set(spec.weekend)) == 7:
        yield document.issue(("weekend",), "no day of the week is a working day", "Leave at least one out.")
    for day in sorted(set(spec.extra_holidays) & set(spec.extra_working_days)):
        place = ("extra_working_days", spec.extra_working_days.index(day))
        yield document.issue(place, f"{day} is declared both a holiday and a working day", "Delete one of the two.")


def of_roles(owners: Checked[Mapping[str, object]] | None, used: Collection[str]) -> Iterator[Issue]:
    """Warnings for owners who answer for nothing."""
    if owners is None or owners.spec is None:
        return
    for owner in owners.spec:
        if owner not in used:
            issue = owners.document.key_issue(
                (owner,), f"owner '{owner}' answers for nothing", "Delete it if it is not needed."
            )
            yield replace(issue, severity=Severity.WARNING)


def of_metric(checked: Checked[MetricSpec], names: Names) -> Iterator[Issue]:
    """Whether the metric's unit suits its kind, and its SQL the state of its source."""
    document, spec = checked.document, checked.spec
    if spec is None:
        return
    yield from _wrong_kind(checked, spec)
    if ("sql",) in checked.spoiled or ("source",) in checked.spoiled:
        return
    if spec.reports is not None or ("reports",) in checked.spoiled:
        yield from _reports(checked, spec, names)
        return
    if spec.source in names.planned_sources and spec.sql is not None:
        hint = "Delete it until the source works."
        yield document.issue(("sql",), f"'sql' is given, but source '{spec.source}' is only planned", hint)
    if spec.source not in names.planned_sources and spec.sql is None:
        hint = "Name the file in sql/metrics that measures it, without .sql."
        yield document.issue((), f"key 'sql' is missing, and source '{spec.source}' works", hint)
    run = names.measured_by.get(spec.source)
    if spec.sql is not None and run and spec.sql not in run:
        message = f"'{spec.sql}' is not among what source '{spec.source}' is measured by"
        yield document.issue(("sql",), message, instead(spec.sql, run))


def _reports(checked: Checked[MetricSpec], spec: MetricSpec, names: Names) -> Iterator[Issue]:
    """Whether there are reports to count, and nothing else is said to measure the metric."""
    document = checked.document
    if spec.sql is not None:
        said = "'sql' is given, but the metric counts reports"
        yield document.key_issue(("sql",), said, "Delete one of 'sql' and 'reports'.")
    if spec.kind is not MetricKind.RATIO and ("kind",) not in checked.spoiled:
        said = f"a metric that counts reports is no '{spec.kind}'"
        yield document.issue(("kind",), said, "Write 'ratio': those that came over those that were due.")
    if "source" not in names.declared:
        return  # something of the sources could not be read
    if spec.source not in names.owed:
        said = f"source '{spec.source}' has no deadline, so no report to it is ever due"
        yield document.issue(("source",), said, "Give the source a deadline, or name another.")
    elif names.owed[spec.source] != spec.cadence and ("cadence",) not in checked.spoiled:
        said = f"reports to source '{spec.source}' are not for a {spec.cadence}"
        yield document.issue(("cadence",), said, f"Write '{names.owed[spec.source]}', as the source has it.")


def _wrong_kind(checked: Checked[MetricSpec], spec: MetricSpec) -> Iterator[Issue]:
    counted_in, kind = spec.unit_of_measure, KINDS.get(spec.unit_of_measure)
    if {("kind",), ("unit_of_measure",)} & checked.spoiled:
        return
    if kind is not None and spec.kind is not kind:
        said = f"a '{spec.kind}' is not counted in {counted_in.replace('_', ' ')}"
        yield checked.document.issue(("kind",), said, f"Write '{kind}'.")
    elif spec.kind is MetricKind.RANK and counted_in != RANK:
        said = f"the unit of measure of a rank is '{RANK}', not '{counted_in}'"
        yield checked.document.issue(("unit_of_measure",), said, f"Write '{RANK}'.")


def of_source(checked: Checked[SourceSpec]) -> Iterator[Issue]:
    """Whether a working source says how its deliveries are read, and whose and when they are."""
    spec = checked.spec
    if spec is None:
        return
    spoiled = {place[0] for place in checked.spoiled if place}
    yield from _arrival(checked, spec)
    if spec.planned:
        for key in WORKING_ONLY:
            if key in spec.model_fields_set:
                yield checked.document.key_issue(
                    (key,), f"'{key}' is given, but the source is planned", "Delete one of the two."
                )
        return
    for key in WORKING_ONLY:
        if key not in spec.model_fields_set and key not in spoiled:
            hint = f"Add a line '{key}: ...', or 'planned: true' for a source that does not work yet."
            yield checked.document.issue((), f"key '{key}' is missing", hint)
    if "connector" not in spoiled:
        yield from _connector(checked, spec, spoiled)
    if "columns" not in spoiled:
        yield from _columns(checked, spec)
        yield from of_columns(checked, spec, spoiled)
    if (spec.tier is None) == (spec.tier_column is None) and not spoiled & {"tier", "tier_column"}:
        message = (
            "neither 'tier' nor 'tier_column' is given"
            if spec.tier is None
            else "both 'tier' and 'tier_column' are given"
        )
        hint = "Write 'tier_column' if the data says which level handled the work, else 'tier'."
        yield checked.document.issue(("tier",) if spec.tier else (), message, hint)


def _connector(checked: Checked[SourceSpec], spec: SourceSpec, spoiled: Collection[str | int]) -> Iterator[Issue]:
    """Whether what the connector needs is given, and nothing that another would need."""
    connector = spec.connector
    if connector is None:
        return
    for key in (one.value for one in Connector if one is not Connector.FILE):
        if key == connector and getattr(spec, key) is None and key not in spoiled:
            hint = f"Say in a mapping '{key}:' what is asked for; docs/catalogue.md says how."
            yield checked.document.issue(("connector",), f"connector '{key}' needs a key '{key}'", hint)
        elif key != connector and getattr(spec, key) is not None:
            hint = f"Delete it, or write 'connector: {key}'."
            yield checked.document.key_issue((key,), f"'{key}' has no meaning under connector '{connector}'", hint)
    if connector in (Connector.FILE, Connector.OBJECTS) and not spec.formats and "formats" not in spoiled:
        yield checked.document.issue((), "key 'formats' is missing", "Add a line 'formats: [csv]'.")
    kept = {column.name for column in spec.columns}
    if spec.watermark is not None and spec.watermark not in kept and "columns" not in spoiled:
        yield checked.document.issue(
            ("watermark",), f"no column '{spec.watermark}' is kept", instead(spec.watermark, kept)
        )


def _arrival(checked: Checked[SourceSpec], spec: SourceSpec) -> Iterator[Issue]:
    if spec.deadline is None:
        return
    if spec.cadence is None and ("cadence",) not in checked.spoiled:
        yield checked.document.key_issue(("deadline",), "a deadline without a cadence", "Add a line 'cadence: month'.")
    if not spec.reporters and not any(place[:1] == ("reporters",) for place in checked.spoiled):
        hint = "Add 'reporters: [{tier: ..., level: ...}]'."
        yield checked.document.key_issue(("deadline",), "a deadline that nobody has to keep", hint)


def _columns(checked: Checked[SourceSpec], spec: SourceSpec) -> Iterator[Issue]:
    document = checked.document
    names = [column.name for column in spec.columns]
    delivered = [column.delivered_as or column.name for column in spec.columns]
    for index, column in enumerate(spec.columns):
        place = ("columns", index)
        if column.name in names[:index]:
            yield document.issue((*place, "name"), f"column '{column.name}' is there twice", "Rename or delete one.")
        elif delivered[index] in delivered[:index]:
            yield document.issue(place, f"two columns are made of '{delivered[index]}'", "Delete one.")
        spellings: dict[str, str] = {}
        for value, written in column.values.items():
            for number, spelling in enumerate((value, *written), start=-1):
                if spellings.setdefault(spelling, value) != value:
                    at = (*place, "values", value, number) if number >= 0 else (*place, "values", value)
                    yield document.issue(at, f"'{spelling}' is read as '{spellings[spelling]}' already", "Delete one.")
    for key in ("period_column", "unit_column", "tier_column"):
        name = getattr(spec, key)
        if name is not None and names and name not in names:
            yield document.issue((key,), f"there is no column '{name}'", instead(name, names))
    yield from _total_rows(checked, spec)
    for index, name in enumerate(spec.identified_by):
        if names and name not in names:
            yield document.issue(("identified_by", index), f"there is no column '{name}'", instead(name, names))
    if not spec.identified_by and names and not any(column.keyed_hash for column in spec.columns):
        hint = "Add 'identified_by: [...]' with the columns that together name one, or 'keyed_hash: true' to the id."
        yield document.issue((), "nothing says which record a row is", hint)
    period = next((column for column in spec.columns if column.name == spec.period_column), None)
    if period is not None and period.type not in (ColumnType.DATE, ColumnType.TIMESTAMP):
        hint = "Write the name of a column of type date or timestamp."
        yield document.issue(("period_column",), f"'{period.name}' is no date", hint)


def _total_rows(checked: Checked[SourceSpec], spec: SourceSpec) -> Iterator[Issue]:
    """Whether the rows of totals are told by a column that is kept, and add up columns of numbers."""
    if spec.total_rows is None:
        return
    types = {column.name: column.type for column in spec.columns}
    sums = [(("total_rows", "sums", index), name) for index, name in enumerate(spec.total_rows.sums)]
    for place, name in [(("total_rows", "column"), spec.total_rows.column), *sums]:
        if name not in types:
            yield checked.document.issue(place, f"there is no column '{name}'", instead(name, types))
        elif "sums" in place and types[name] not in (ColumnType.INTEGER, ColumnType.NUMBER):
            hint = "Name columns of type integer or number."
            yield checked.document.issue(place, f"'{name}' is no number, and does not add up", hint)
