"""A catalogue's folder, read whole: the model of it, or everything that is wrong with it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from targetwatch.catalogue import (
    declarations,
    mapping,
    soundness,
    soundness_of_acknowledgements,
    soundness_of_policies,
    soundness_of_rates,
    soundness_of_receivers,
    soundness_of_routes,
    soundness_of_targets,
)
from targetwatch.catalogue.acknowledged_spec import AcknowledgedDifferences, differences
from targetwatch.catalogue.document import Document, plain, read_document
from targetwatch.catalogue.fields import Names
from targetwatch.catalogue.folder import RECEIVERS, File, find
from targetwatch.catalogue.forgotten import forgotten
from targetwatch.catalogue.issues import CatalogueError, Issue, Severity, bounded
from targetwatch.catalogue.judged_versions import JudgedVersion, edited
from targetwatch.catalogue.layers import Family, layered, of_metric
from targetwatch.catalogue.org_units import Register, read_units
from targetwatch.catalogue.routing_spec import RoutingSpec
from targetwatch.catalogue.soundness_of_monitoring import of_monitoring
from targetwatch.catalogue.spec import (
    CalendarSpec,
    FamilySpec,
    MetricSpec,
    Owners,
    ProgrammeSpec,
    References,
    SourceSpec,
    TableSpec,
)
from targetwatch.catalogue.successors import with_successors
from targetwatch.catalogue.target_tables import read_target_table
from targetwatch.catalogue.unit_codes import Bearers
from targetwatch.catalogue.validation import Checked, check
from targetwatch.catalogue.versions import target_version
from targetwatch.catalogue.wanted_lists import of_wanted
from targetwatch.model import AcknowledgedDifference, Programme

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a catalogue. `programme` is None where there are errors; warnings may stand beside it."""

    programme: Programme | None
    issues: tuple[Issue, ...]


def load(root: Path) -> Programme:
    """The programme that the catalogue in the folder `root` declares. Raises CatalogueError, with all errors in it."""
    reading = _read_once(root, _state_of(root))
    if reading.programme is None:
        raise CatalogueError(issue for issue in reading.issues if issue.severity is Severity.ERROR)
    return reading.programme


def _state_of(root: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells whether a file of the catalogue has changed: every path with its time and size."""
    return tuple(_state(path) for path in sorted(root.rglob("*")))


def _state(path: Path) -> tuple[str, int, int]:
    try:
        found = path.lstat()
    except OSError:  # it is gone, or nobody may look at it: reading it says so
        return str(path), 0, 0
    return str(path), found.st_mtime_ns, found.st_size


@lru_cache(maxsize=1)
def _read_once(root: Path, state: tuple[tuple[str, int, int], ...]) -> Reading:
    """A task of Airflow loads the catalogue with its DAG and again with its step: what has not changed is kept."""
    return read(root)


def read(root: Path, judged: Iterable[JudgedVersion] = (), today: date | None = None) -> Reading:
    """Read the catalogue in the folder `root` and say everything that is wrong with it, warnings too.

    `judged` are the versions that have been judged, which may not be edited. What depends on the day is said, as a
    warning, where `today` is given.
    """
    found, issues = find(root)
    unread = frozenset(issue.path.partition("/")[0] for issue in issues)
    documents: dict[str, list[Document]] = {}
    for kind, files in found.yaml.items():
        read_files = [read_document(file.path, file.shown) for file in files]
        documents[kind] = [document for document, _ in read_files]
        issues += itertools.chain.from_iterable(wrong for _, wrong in read_files)
    levels = None if "programme.yaml" in unread else declarations.declared_keys(documents["programme.yaml"], "levels")
    register = read_units([(file.path, file.shown) for file in found.registers], levels)
    register = with_successors(register, [(file.path, file.shown) for file in found.successors])
    issues += register.issues
    for file in found.tables:
        tables, wrong = read_target_table(file.path, file.shown)
        documents["targets"] += tables
        issues += wrong
    if any(issue.path.startswith("targets/") for issue in issues):
        unread |= {"targets"}
    contents = _Contents(documents, declarations.names(documents, register, levels, unread), issues)
    contents.lists = {file.path.name: file for file in found.lists}
    programme = contents.programme(register, tuple(judged), today)
    return Reading(programme, bounded(contents.issues))


class _Contents:
    """The files of a catalogue held against their specs."""

    def __init__(self, documents: dict[str, list[Document]], names: Names, issues: list[Issue]) -> None:
        self.documents = documents
        self.names = names
        self.issues = issues
        self.lists: dict[str, File] = {}  # tables beside the sources, by their names

    def _all(self, file: str, kind: type[S]) -> list[Checked[S]]:
        checked = [check(document, kind, self.names) for document in self.documents[file]]
        self.issues += itertools.chain.from_iterable(c.issues for c in checked)
        return checked

    def _families(self) -> list[Family]:
        """The files of targets and the targets of tables."""
        families: list[Family] = [
            check(document, TableSpec, self.names) if document.is_table else check(document, FamilySpec, self.names)
            for document in self.documents["targets"]
        ]
        self.issues += itertools.chain.from_iterable(family.issues for family in families)
        return families

    def _receivers(self) -> Checked[RoutingSpec] | None:
        for document in self.documents[RECEIVERS]:
            if (old := soundness_of_receivers.of_old_form(document)) is not None:
                self.issues.append(old)
                return Checked(document, None, (old,))
        return self._one(RECEIVERS, RoutingSpec)

    def _one(self, file: str, kind: type[S]) -> Checked[S] | None:
        return next(iter(self._all(file, kind)), None)

    def programme(self, register: Register, judged: Sequence[JudgedVersion], today: date | None) -> Programme | None:
        """The model of what the files say; None, with issues, where something is missing or wrong."""
        programme = self._one("programme.yaml", ProgrammeSpec)
        calendar = self._one("calendar.yaml", CalendarSpec)
        owners: Checked[Any] | None = self._one("owners.yaml", Owners)
        references: Checked[Any] | None = self._one("references.yaml", References)
        receivers = self._receivers()
        acknowledged: Checked[Any] | None = self._one("acknowledged_differences.yaml", AcknowledgedDifferences)
        metrics = self._all("metrics", MetricSpec)
        sources = self._all("sources", SourceSpec)
        families = self._families()
        of_id = {c.spec.metric: c.spec for c in metrics if c.spec}
        words = {metric: of_metric(spec) for metric, spec in of_id.items()}
        promises = [(version, f.spec.metric or "") for f in families if f.spec for version in layered(f, words)]
        units = register.units
        # Of a register with errors units are missing, and nothing is to be blamed on those who name them.
        bearers = Bearers(() if register.issues else units)

        self.issues += _twice("metric", self.documents["metrics"])
        self.issues += _twice("source", self.documents["sources"])
        self.issues += _targets_twice(self.documents["targets"])
        found = soundness_of_targets.of_targets(promises, self.names, bearers)
        versions = [
            (
                version,
                None
                if version.target in found.unsound or metric not in of_id or register.issues
                else target_version(version, metric, of_id[metric].unit_of_measure, bearers),
            )
            for version, metric in promises
        ]
        self.issues += found.issues
        self.issues += edited(judged, versions, today)
        self.issues += soundness.of_programme(programme, units)
        self.issues += soundness.of_calendar(calendar)
        self.issues += soundness_of_acknowledgements.of_acknowledged(acknowledged, bearers, today)
        self.issues += soundness_of_rates.of_rates(metrics)
        self.issues += soundness_of_receivers.of_receivers(receivers)
        self.issues += soundness_of_routes.of_routes(receivers)
        self.issues += soundness_of_policies.of_policies(receivers, calendar.spec if calendar is not None else None)
        for metric_file in metrics:
            self.issues += soundness.of_metric(metric_file, self.names)
        for source in sources:
            self.issues += soundness.of_source(source)
            self.issues += of_monitoring(source)
            self.issues += of_wanted(source, self.lists, () if register.issues else register.codes)
        self.issues += soundness.of_roles(owners, declarations.roles(self.documents))
        self.issues += forgotten(families, promises, metrics, sources, owners, receivers, today)
        failed = any(issue.severity is Severity.ERROR for issue in self.issues)
        if failed or programme is None or programme.spec is None or calendar is None or calendar.spec is None:
            return None
        return mapping.programme(
            programme.spec,
            calendar.spec,
            units,
            [c.spec for c in metrics if c.spec],
            [c.spec for c in sources if c.spec],
            [version for _, version in versions if version is not None],
            receivers.spec if receivers is not None else None,
            owners.spec if owners and owners.spec else {},
            references.spec if references and references.spec else {},
            _acknowledged(acknowledged, of_id, bearers),
        )


def _acknowledged(
    checked: Checked[Any] | None, metrics: Mapping[str, MetricSpec], bearers: Bearers
) -> tuple[AcknowledgedDifference, ...]:
    """The differences that are accepted; none where the catalogue has no file of them."""
    if checked is None or checked.spec is None:
        return ()
    named = {one.org_unit: bearers.named(one.org_unit) for one in checked.spec.values() if one.org_unit is not None}
    codes = {written: (unit.code, unit.valid_from) for written, unit in named.items()}
    return differences(checked.spec, {metric: spec.kind for metric, spec in metrics.items()}, codes)


def _twice(kind: str, documents: Iterable[Document]) -> Iterator[Issue]:
    """Two files that declare the same id."""
    seen: dict[str, Document] = {}
    for document in documents:
        name = plain(document).get(kind)
        if not isinstance(name, str):
            continue
        if name in seen:
            hint = f"{seen[name].path} declares it too. Rename one."
            yield document.issue((kind,), f"{kind} '{name}' is declared twice", hint)
        seen.setdefault(name, document)


def _targets_twice(documents: Iterable[Document]) -> Iterator[Issue]:
    seen: dict[str, str] = {}
    for document in documents:
        targets = plain(document).get("targets")
        for index, target in enumerate(targets if isinstance(targets, list) else ()):
            name = target.get("target") if isinstance(target, dict) else None
            if not isinstance(name, str):
                continue
            place = ("targets", index, "target")
            if name in seen:
                hint = f"The first is in {seen[name]}. Rename one, or list both under 'versions'."
                yield document.issue(place, f"target '{name}' is declared twice", hint)
            seen.setdefault(name, f"{document.path}:{document.mark(place).line}")
