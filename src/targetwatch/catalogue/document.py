"""A file of the catalogue, read as plain mappings, lists and texts that remember the line and column they stand at.

Numbers, dates and truth values stay texts here: what a text means is for the spec to say, so that `no`, `01` and
`17:00` are never something else than what was written. The YAML is read as events and not as nodes, because building
nodes recurses in C without a bound: a hostile file would end the process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from targetwatch.catalogue.issues import Issue

MAX_BYTES = 5_000_000
MAX_DEPTH = 20
MAX_ALIASED = 1_000  # nodes that aliases may stand for in one file, all together

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A line and a column, counted from 1."""

    line: int
    column: int


START = Mark(1, 1)


@dataclass(slots=True)
class Document:
    """What a YAML file holds. `data` is None where the file could not be read."""

    path: str
    data: Any = None
    values: dict[Place, Mark] = field(default_factory=dict)
    keys: dict[Place, Mark] = field(default_factory=dict)

    def mark(self, place: Place) -> Mark:
        """Where the value at `place` begins, or else the nearest thing around it."""
        for length in range(len(place), -1, -1):
            if (mark := self.values.get(place[:length])) is not None:
                return mark
        return START

    def key_mark(self, place: Place) -> Mark:
        """Where the key at `place` stands, or else its value."""
        return self.keys.get(place) or self.mark(place)

    def issue(self, place: Place, message: str, hint: str = "") -> Issue:
        """An issue with the value at `place`."""
        mark = self.mark(place)
        return Issue(self.path, mark.line, mark.column, message, hint)

    def key_issue(self, place: Place, message: str, hint: str = "") -> Issue:
        """An issue with the key at `place`."""
        mark = self.key_mark(place)
        return Issue(self.path, mark.line, mark.column, message, hint)


def read_text(path: Path, shown: str) -> str | Issue:
    """The text of a file, or why there is none. A byte order mark of UTF-8 is allowed and dropped."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            return Issue(shown, 1, 1, f"the file has {size:,} bytes, more than {MAX_BYTES:,}", "Split it into several.")
        content = path.read_bytes()
    except OSError as error:
        return Issue(shown, 1, 1, f"the file cannot be read: {error.strerror}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        return Issue(shown, before.count(b"\n") + 1, column, "the file is not UTF-8", "Save it in UTF-8.")
    if not text.strip():
        return Issue(shown, 1, 1, "the file is empty", "Fill it in, or delete it.")
    return text


def read_document(path: Path, shown: str) -> tuple[Document, list[Issue]]:
    """A YAML file and everything wrong with it as YAML."""
    text = read_text(path, shown)
    if isinstance(text, Issue):
        return Document(shown), [text]
    reader = _Reader(shown, text)
    return reader.read(), reader.issues


class _Stop(Exception):  # noqa: N818 - not an error of ours: what is wrong is in the issue
    def __init__(self, issue: Issue) -> None:
        self.issue = issue


def _mark(event: yaml.Event) -> Mark:
    mark = event.start_mark
    return START if mark is None else Mark(mark.line + 1, mark.column + 1)


class _Reader:
    """Reads one YAML text, going on after what it can go on after."""

    def __init__(self, shown: str, text: str) -> None:
        self.document = Document(shown)
        self.issues: list[Issue] = []
        self.text = text
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.aliased = 0

    def read(self) -> Document:
        try:
            self._read(yaml.parse(self.text, Loader=LOADER))
        except _Stop as stop:
            self.issues.append(stop.issue)
            self.document.data = None
        except yaml.YAMLError as error:
            self.issues.append(self._malformed(error))
            self.document.data = None
        return self.document

    def _read(self, events: Iterator[yaml.Event]) -> None:
        for event in events:
            if isinstance(event, yaml.NodeEvent):
                if self.document.values:
                    raise self._stop(event, "a second document begins here", "Put it into a file of its own.")
                self.document.data = self._node(event, events, ())[0]
        if not self.document.values:
            self.issues.append(Issue(self.document.path, 1, 1, "the file is empty", "Fill it in, or delete it."))

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], place: Place) -> tuple[Any, int]:
        """The value that begins with `event`, and of how many nodes it is made."""
        self.document.values[place] = _mark(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            raise self._stop(event, "something unknown begins here", "Write a value.")
        if event.tag is not None and event.tag != "!":
            self._add(event, f"the tag {event.tag} is not read", "Write the value without it.")
        if len(place) > MAX_DEPTH:
            raise self._stop(event, f"nested more than {MAX_DEPTH} levels deep", "No file of a catalogue is.")
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            is_plain = event.style in (None, "")
            value, size = (None if is_plain and event.value in ("", "~", "null") else event.value), 1
        elif isinstance(event, yaml.MappingStartEvent):
            value, size = self._mapping(events, place)
        else:
            value, size = self._sequence(events, place)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, size)
        return value, size

    def _mapping(self, events: Iterator[yaml.Event], place: Place) -> tuple[dict[str, Any], int]:
        mapping: dict[str, Any] = {}
        size = 1
        while not isinstance(key := next(events), yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent):
                raise self._stop(key, "a key must be a single word", "Put text that begins with {, [ or * in quotes.")
            inner = (*place, key.value)
            if inner in self.document.keys:
                first = self.document.keys[inner].line
                self._add(key, f"key '{key.value}' is written twice", f"The first is in line {first}. Delete one.")
                kept, self.document = self.document, Document(self.document.path)
                size += self._node(next(events), events, inner)[1]
                self.document = kept
                continue
            self.document.keys[inner] = _mark(key)
            mapping[key.value], inner_size = self._node(next(events), events, inner)
            size += inner_size
        return mapping, size

    def _sequence(self, events: Iterator[yaml.Event], place: Place) -> tuple[list[Any], int]:
        sequence: list[Any] = []
        size = 1
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            item, inner_size = self._node(event, events, (*place, len(sequence)))
            sequence.append(item)
            size += inner_size
        return sequence, size

    def _alias(self, event: yaml.AliasEvent) -> tuple[Any, int]:
        if event.anchor not in self.anchors:
            raise self._stop(event, f"*{event.anchor} stands for nothing written before it", "Write the value out.")
        value, size = self.anchors[event.anchor]
        self.aliased += size
        if self.aliased > MAX_ALIASED:
            raise self._stop(event, f"aliases stand for more than {MAX_ALIASED:,} values", "Write the values out.")
        return value, size

    def _add(self, event: yaml.Event, message: str, hint: str) -> None:
        mark = _mark(event)
        self.issues.append(Issue(self.document.path, mark.line, mark.column, message, hint))

    def _stop(self, event: yaml.Event, message: str, hint: str) -> _Stop:
        mark = _mark(event)
        return _Stop(Issue(self.document.path, mark.line, mark.column, message, hint))

    def _malformed(self, error: yaml.YAMLError) -> Issue:
        mark, problem = START, "it cannot be read"
        if isinstance(error, yaml.MarkedYAMLError):
            problem = " ".join(part for part in (error.context, error.problem) if part)
            where = error.problem_mark or error.context_mark
            mark = Mark(where.line + 1, where.column + 1) if where is not None else START
        elif isinstance(error, yaml.reader.ReaderError):
            code = ord(error.character) if isinstance(error.character, str) else error.character
            problem = f"the character U+{code:04X} is not allowed"
            before = self.text[: error.position]
            mark = Mark(before.count("\n") + 1, error.position - before.rfind("\n"))
        lines = self.text.split("\n")
        hint = "Mind the indentation and the brackets; text that holds ': ' or ' #' goes in quotes."
        if mark.line <= len(lines) and "\t" in lines[mark.line - 1][: mark.column]:
            hint = "Indent with spaces, not with tabs."
        return Issue(self.document.path, mark.line, mark.column, f"this is not YAML: {problem}", hint)


def plain(document: Document) -> Mapping[str, Any]:
    """The mapping that a document holds, empty where it holds none."""
    return document.data if isinstance(document.data, dict) else {}
