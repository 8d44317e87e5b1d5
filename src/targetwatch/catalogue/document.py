"""A file of the catalogue, read as plain mappings, lists and texts that remember the line and column they stand at.

Numbers, dates and truth values stay texts here: what a text means is for the spec to say, so that `no`, `01` and
`17:00` are never something else than what was written. The YAML is read as events and not as nodes, because building
nodes recurses in C without a bound: a hostile file would end the process.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import yaml

from targetwatch.catalogue.issues import MOST, Issue
from targetwatch.catalogue.malformed import malformed

MAX_BYTES = 5_000_000
MAX_DEPTH = 20
MAX_VALUES = 200_000  # in one file
MAX_ALIASED = 1_000  # nodes that aliases may stand for in one file, all together

# What YAML does not allow either. Such a character is no part of any word, and a NUL byte ends a text in half of the
# programs that read one.
UNWRITTEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")

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

    is_table: ClassVar[bool] = False

    path: str
    data: Any = None
    values: dict[Place, Mark] = field(default_factory=dict)
    keys: dict[Place, Mark] = field(default_factory=dict)
    spoiled: frozenset[Place] = frozenset()  # what `data` leaves out because it could not be read

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

    def called(self, key: str) -> str:
        """What a reader of the file knows `key` as."""
        return f"key '{key}'"

    def add(self, key: str, value: str = "...") -> str:
        """How to give `key` a value, the beginning of a sentence."""
        return f"Add a line '{key}: {value}'"

    def write(self, key: str, value: object, line: int) -> str:
        """How to give `key` the value in what is written in another line, a sentence without its full stop."""
        return f"Write '{key}: {value}' into the one in line {line}"


def read_bytes(path: Path, shown: str) -> bytes | Issue:
    """What a file holds, or why it is not read. Nothing is read that is no file, or larger than any catalogue's."""
    try:
        state, content = _beginning(path)
    except OSError as error:
        return _unread(shown, f"the file cannot be read: {error.strerror}")
    if not stat.S_ISREG(state.st_mode):
        return _unread(shown, f"this is {_kind(state.st_mode)} and no file", "Put a file in its place.")
    if (size := max(state.st_size, len(content))) > MAX_BYTES:
        return _unread(shown, f"the file has {size:,} bytes, more than {MAX_BYTES:,}", "Split it into several.")
    return content


def _beginning(path: Path) -> tuple[os.stat_result, bytes]:
    """What a file is, and what it holds, up to a little more than is allowed; nothing of what is no file or too large.

    The file is opened before it is looked at, so that what is looked at is what is read.
    """
    # Without O_NONBLOCK opening a named pipe would wait for somebody to write into it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode) or state.st_size > MAX_BYTES:
            return state, b""
        with open(descriptor, "rb", closefd=False) as file:
            return state, file.read(MAX_BYTES + 1)
    finally:
        os.close(descriptor)


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a named pipe" if stat.S_ISFIFO(mode) else "a device"


def _unread(shown: str, message: str, hint: str = "") -> Issue:
    return Issue(shown, 1, 1, message, hint, of_the_file=True)


def read_text(path: Path, shown: str) -> str | Issue:
    """The text of a file, or why there is none. A byte order mark of UTF-8 is allowed and dropped."""
    content = read_bytes(path, shown)
    if isinstance(content, Issue):
        return content
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _place(content[: error.start].decode("utf-8-sig", "replace"))
        return Issue(shown, line, column, "the file is not UTF-8", "Save it in UTF-8.")
    if (unwritten := UNWRITTEN.search(text)) is not None:
        line, column = _place(text[: unwritten.start()])
        code = ord(unwritten.group())
        return Issue(shown, line, column, f"the character U+{code:04X} does not belong into a text", "Delete it.")
    if not text.strip():
        return _unread(shown, "the file is empty", "Fill it in, or delete it.")
    return text


def _place(before: str) -> tuple[int, int]:
    """The line and the column of what follows `before`."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


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
            self.issues.append(malformed(self.document.path, self.text, error))
            self.document.data = None
        return self.document

    def _read(self, events: Iterator[yaml.Event]) -> None:
        for event in events:
            if isinstance(event, yaml.NodeEvent):
                if self.document.values:
                    raise self._stop(event, "a second document begins here", "Put it into a file of its own.")
                self.document.data = self._node(event, events, ())[0]
        if not self.document.values:
            self.issues.append(_unread(self.document.path, "the file is empty", "Fill it in, or delete it."))

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], place: Place) -> tuple[Any, int]:
        """The value that begins with `event`, and of how many nodes it is made."""
        self.document.values[place] = _mark(event)
        if len(self.document.values) > MAX_VALUES:
            raise self._stop(event, f"the file has more than {MAX_VALUES:,} values", "Split it into several.")
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
        if len(self.issues) == MOST - 1:
            raise self._stop(event, "too many things are wrong with this file to read on", "Mend these first.")
        mark = _mark(event)
        self.issues.append(Issue(self.document.path, mark.line, mark.column, message, hint))

    def _stop(self, event: yaml.Event, message: str, hint: str) -> _Stop:
        mark = _mark(event)
        return _Stop(Issue(self.document.path, mark.line, mark.column, message, hint))


def plain(document: Document) -> Mapping[str, Any]:
    """The mapping that a document holds, empty where it holds none."""
    return document.data if isinstance(document.data, dict) else {}
