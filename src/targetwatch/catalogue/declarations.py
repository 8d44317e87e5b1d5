"""What a catalogue declares, rightly or not: the names by which its files speak of each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from targetwatch.catalogue.document import Document, plain
from targetwatch.catalogue.fields import Names, is_identifier
from targetwatch.catalogue.folder import FOLDERS, RECEIVERS
from targetwatch.catalogue.org_units import Register


def declared_keys(documents: Sequence[Document], key: str | None = None) -> frozenset[str] | None:
    """The keys that a file declares, below `key` where one is given; None where the file could not be read."""
    if any(document.data is None for document in documents):
        return None
    mappings = [plain(document) for document in documents]
    if key is not None:
        if not all(isinstance(m.get(key), dict) for m in mappings):
            return None
        mappings = [m[key] for m in mappings]
    return frozenset(itertools.chain.from_iterable(mappings))


def _sections(documents: Sequence[Document], key: str) -> frozenset[str] | None:
    """The names in a section of a file, none where the file has no such section; None where it cannot be read."""
    if any(document.data is None for document in documents):
        return None
    sections = [plain(document).get(key) or {} for document in documents]
    return frozenset(itertools.chain.from_iterable(sections)) if all(isinstance(s, dict) for s in sections) else None


def _targets(documents: Sequence[Document], unread: frozenset[str]) -> frozenset[str] | None:
    """The targets of all files and tables; None where one of them could not be read."""
    if "targets" in unread or any(document.data is None for document in documents):
        return None
    listed = [plain(document).get("targets") for document in documents]
    named = (
        one.get("target") for targets in listed if isinstance(targets, list) for one in targets if isinstance(one, dict)
    )
    return frozenset(name for name in named if isinstance(name, str))


def names(
    documents: dict[str, list[Document]], register: Register, levels: frozenset[str] | None, unread: frozenset[str]
) -> Names:
    """Everything that is declared, whether or not it is declared rightly: a wrong metric is no unknown metric.

    Of what stands in `unread`, files and folders of which something could not be read, nobody knows what it declares.
    """
    declared: dict[str, frozenset[str]] = {}
    for kind, file in (("owner", "owners.yaml"), ("reference", "references.yaml")):
        if file not in unread and (keys := declared_keys(documents[file])) is not None:
            declared[kind] = keys
    for kind, key in (("receiver", "receivers"), ("time window", "time_windows"), ("escalation", "escalations")):
        if RECEIVERS not in unread and (keys := _sections(documents[RECEIVERS], key)) is not None:
            declared[kind] = keys
    if (targets := _targets(documents["targets"], unread)) is not None:
        declared["target"] = targets
    if levels is not None:
        declared["level"] = levels
    if register.codes:
        declared["org_unit code"] = register.codes
    if not register.issues:
        declared["kind of org_unit"] = frozenset(unit.kind for unit in register.units)
    for key, folder in FOLDERS.items():
        if folder not in unread:
            declared[key] = frozenset(_id(document, key) for document in documents[folder])
    metrics, sources = ([plain(document) for document in documents[folder]] for folder in ("metrics", "sources"))
    return Names(
        declared,
        units_of_measure={str(m.get("metric")): str(m.get("unit_of_measure")) for m in metrics},
        metric_kinds={str(m.get("metric")): str(m.get("kind")) for m in metrics},
        planned_sources=frozenset(str(s.get("source")) for s in sources if s.get("planned") == "true"),
        measured_by={str(s.get("source")): _texts(s.get("measured_by")) for s in sources},
        owed={str(s.get("source")): str(s.get("cadence")) for s in sources if "deadline" in s},
    )


def roles(documents: Mapping[str, Sequence[Document]]) -> frozenset[str]:
    """The owners that answer for anything, or that an escalation names, rightly or not."""
    answer = (_roles(one.data) for file, files in documents.items() if file != RECEIVERS for one in files)
    receivers = (plain(one).get("receivers") for one in documents[RECEIVERS])
    listed = (one for said in receivers if isinstance(said, dict) for one in said.values() if isinstance(one, dict))
    titles = (one.get("title") for one in listed)
    return frozenset(name for name in itertools.chain(*answer, titles) if isinstance(name, str))


def _roles(data: Any) -> Iterator[str]:
    """The owners that are named anywhere in `data`."""
    if isinstance(data, list):
        for item in data:
            yield from _roles(item)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key == "owner" and isinstance(value, str):
                yield value
            else:
                yield from _roles(value)


def _texts(data: Any) -> tuple[str, ...]:
    return tuple(item for item in data if isinstance(item, str)) if isinstance(data, list) else ()


def _id(document: Document, key: str) -> str:
    """What a file declares. One that cannot be understood most probably declares what it is named after."""
    name = plain(document).get(key)
    return name if isinstance(name, str) and is_identifier(name) else Path(document.path).stem
