"""What is wrong with a catalogue, written for people, for programs and for those who review a change to it."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rich.text import Text

from targetwatch.catalogue import Issue, Severity
from targetwatch.catalogue.excerpts import WIDTH, Excerpts
from targetwatch.catalogue.issues import legible
from targetwatch.cli import console
from targetwatch.model import Programme

GUTTER = "      | "


class Format(StrEnum):
    """How what was found is written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    GITLAB = "gitlab"


@dataclass(frozen=True, slots=True)
class Findings:
    """What reading a catalogue came to."""

    root: Path
    issues: Sequence[Issue]
    programme: Programme | None

    @property
    def warnings(self) -> list[Issue]:
        """What most probably was forgotten."""
        return [issue for issue in self.issues if issue.severity is Severity.WARNING]

    @property
    def errors(self) -> list[Issue]:
        """What keeps the catalogue from being used."""
        return [issue for issue in self.issues if issue.severity is Severity.ERROR]

    def path(self, issue: Issue) -> str:
        """The file of an issue, from where the reader stands if it lies below, so that a click opens it."""
        path = (self.root / issue.path).absolute()
        here = Path.cwd()
        return legible(str(path.relative_to(here) if path.is_relative_to(here) else path))


def write(findings: Findings, form: Format) -> None:
    """Write what was found to standard output: it is the answer of the command that asks for it."""
    _WRITERS[form](findings)


def _text(findings: Findings) -> None:
    width = min(console.answers.width - len(GUTTER), WIDTH) if console.answers.is_terminal else WIDTH
    excerpts = Excerpts(findings.root, max(width, 20))
    errors, warnings = findings.errors, findings.warnings
    for issue in (*errors, *warnings):
        console.answers.print(_shown(findings.path(issue), issue, excerpts), soft_wrap=True)
    console.answers.print(_summary(findings), highlight=False, markup=False, soft_wrap=True)


def _shown(path: str, issue: Issue, excerpts: Excerpts) -> Text:
    """An issue with its excerpt, and an empty line after it."""
    strong = "bold red" if issue.severity is Severity.ERROR else "bold yellow"
    said = Text(issue.shown_as(path))
    said.stylize("bold", 0, len(path) + len(f":{issue.line}:{issue.column}:"))
    if (excerpt := excerpts.of(issue)) is not None:
        said.append(f"\n{issue.line:>5} | ", "dim").append(excerpt.text)
        said.append(f"\n{GUTTER}", "dim").append(" " * excerpt.caret).append("^", strong)
    return said.append("\n")


def _count(issues: Iterable[Issue]) -> int:
    """How many there are, those that are not said one by one among them."""
    return sum(issue.stands_for for issue in issues)


def _counted(issues: Iterable[Issue], thing: str) -> str:
    return _several(_count(issues), thing)


def _several(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def _summary(findings: Findings) -> str:
    programme, warnings = findings.programme, _counted(findings.warnings, "warning")
    if findings.errors or programme is None:
        beside = f" and {warnings}" if findings.warnings else ""
        return f"{_counted(findings.errors, 'error')}{beside} in the catalogue."
    working = sum(not source.planned for source in programme.sources.values())
    return (
        f"The catalogue is sound: {_several(len({one.target for one in programme.targets}), 'target')}, "
        f"{_several(len(programme.metrics), 'metric')}, {_several(len(programme.sources), 'source')} "
        f"({working} working, {len(programme.sources) - working} planned), "
        f"{_several(len(programme.org_units), 'org_unit')}. {warnings}."
    )


def _json(findings: Findings) -> None:
    excerpts = Excerpts(findings.root)
    issues = [
        {
            "path": findings.path(issue),
            "line": issue.line,
            "column": issue.column,
            "severity": issue.severity,
            "message": issue.message,
            "hint": issue.hint,
            "excerpt": None if (excerpt := excerpts.of(issue)) is None else str(excerpt),
        }
        for issue in findings.issues
    ]
    summary = {
        "sound": not findings.errors,
        "errors": _count(findings.errors),
        "warnings": _count(findings.warnings),
        "says": _summary(findings),
    }
    _write_json({"issues": issues, "summary": summary})


def _github(findings: Findings) -> None:
    """Workflow commands: github.com/actions/toolkit, packages/core/src/command.ts has the rules of their escapes."""
    for issue in findings.issues:
        properties = {"file": findings.path(issue), "line": issue.line, "col": issue.column, "title": "targetwatch"}
        written = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in properties.items())
        sys.stdout.write(f"::{issue.severity} {written}::{_escaped(_in_words(issue))}\n")
    sys.stdout.write(f"{_summary(findings)}\n")


def _escaped(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:  # the percent sign first: it begins the others
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _gitlab(findings: Findings) -> None:
    """A code quality report: docs.gitlab.com/ci/testing/code_quality names its fields."""
    seen: Counter[str] = Counter()
    report = []
    for issue in findings.issues:
        # What GitLab knows an issue by from one change to the next: not its line, which moves.
        known_by = f"{issue.path}\n{issue.message}"
        seen[known_by] += 1
        report.append(
            {
                "description": _in_words(issue),
                "check_name": "targetwatch",
                "fingerprint": hashlib.sha256(f"{known_by}\n{seen[known_by]}".encode()).hexdigest(),
                "severity": "major" if issue.severity is Severity.ERROR else "minor",
                "location": {"path": findings.path(issue), "lines": {"begin": issue.line}},
            }
        )
    _write_json(report)


def _in_words(issue: Issue) -> str:
    return f"{issue.message}. {issue.hint}".rstrip()


def _write_json(data: object) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")


_WRITERS: Mapping[Format, Callable[[Findings], None]] = {
    Format.TEXT: _text,
    Format.JSON: _json,
    Format.GITHUB: _github,
    Format.GITLAB: _gitlab,
}
