"""The tests of a catalogue's targets, read from tests/*.yaml: the cases, or everything that is wrong with the files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from targetwatch.catalogue import soundness_of_targets
from targetwatch.catalogue.declared import Declared
from targetwatch.catalogue.document import Document, Place, plain, read_document
from targetwatch.catalogue.fields import Names
from targetwatch.catalogue.folder import find_tests
from targetwatch.catalogue.issues import Issue
from targetwatch.catalogue.layers import layered
from targetwatch.catalogue.reading_cases import CaseReader
from targetwatch.catalogue.target_tests import Case, TargetTestsSpec
from targetwatch.catalogue.validation import Checked, check
from targetwatch.catalogue.versions import target_version
from targetwatch.model import Programme, TargetVersion


@dataclass(frozen=True, slots=True)
class TargetTests:
    """What came of reading the tests. Where there are issues, the cases are those that could be understood."""

    cases: tuple[Case, ...]
    issues: tuple[Issue, ...]


def read_tests(root: Path, programme: Programme | None) -> TargetTests:
    """The tests in the catalogue's folder `root`, for the targets of `programme`.

    Without a programme, where the catalogue itself has errors, the files are held against their shape alone.
    """
    files, issues = find_tests(root)
    declared = None if programme is None else Declared(programme)
    cases: list[Case] = []
    for file in files:
        document, malformed = read_document(file.path, file.shown)
        checked = check(document, TargetTestsSpec, _names(declared, document))
        issues += [*malformed, *checked.issues]
        if declared is not None:
            cases += _cases(declared, checked, issues)
    issues += _twice(cases)
    return TargetTests(tuple(cases), tuple(sorted(set(issues))))


def _names(declared: Declared | None, document: Document) -> Names:
    """What is declared, with the targets that the file itself writes down."""
    if declared is None:
        return Names()
    targets = plain(document).get("targets")
    own = [item.get("target") for item in targets if isinstance(item, dict)] if isinstance(targets, list) else []
    known = dict(declared.names.declared)
    known["target"] = {*known["target"], *(name for name in own if isinstance(name, str))}
    return replace(declared.names, declared=known)


def _cases(declared: Declared, checked: Checked[TargetTestsSpec], issues: list[Issue]) -> Iterator[Case]:
    """The cases of a file that can be understood."""
    file, document = checked.spec, checked.document
    if file is None:
        return
    own = _own_targets(declared, checked, file, issues)
    for index, spec in enumerate(file.cases):
        place: Place = ("cases", index)
        target = spec.target or file.target
        if target is not None:
            if versions := own.get(target) or declared.targets.get(target):
                yield CaseReader(declared, checked, file, place, spec, versions, issues).read()
        elif not {(*place, "target"), ("target",)} & checked.spoiled:
            hint = "Add a line 'target: ...' here, or one at the top of the file for all its cases."
            issues.append(document.issue((*place, "case"), "nothing says which target the case is about", hint))


def _own_targets(
    declared: Declared, checked: Checked[TargetTestsSpec], file: TargetTestsSpec, issues: list[Issue]
) -> Mapping[str, tuple[TargetVersion, ...]]:
    """The targets that the file itself writes down; none where anything is wrong with one of them."""
    own: dict[str, tuple[TargetVersion, ...]] = defaultdict(tuple)
    document = checked.document
    if not file.targets:
        return own
    if file.metric is None:
        if ("metric",) not in checked.spoiled:
            said = "nothing says what the targets measure"
            issues.append(document.issue(("targets",), said, "Add a line 'metric: ...'."))
        return own
    for index, target in enumerate(file.targets):
        if target.target in declared.targets:
            hint = "Write another id, or delete it here: a case may be about the catalogue's own."
            place = ("targets", index, "target")
            issues.append(document.issue(place, f"the catalogue has a target '{target.target}'", hint))
    promises = list(layered(checked))
    found = soundness_of_targets.of_targets([(one, file.metric) for one in promises], declared.names, declared.bearers)
    issues += found.issues
    unit = declared.programme.metrics[file.metric].unit_of_measure
    for promise in promises:
        if promise.target not in found.unsound and promise.target not in declared.targets:
            own[promise.target] += (target_version(promise, file.metric, unit, declared.bearers),)
    return own


def _twice(cases: Iterable[Case]) -> Iterator[Issue]:
    """Cases of one target that have the same name: nobody could say which one failed."""
    seen: dict[tuple[str, str], Case] = {}
    for case in cases:
        first = seen.setdefault((case.target, case.name), case)
        if first is not case:
            said = f"target '{case.target}' has a case '{case.name}' already"
            hint = f"The first is in {first.path}:{first.line}. Rename one."
            yield Issue(case.path, case.line, case.column, said, hint)
