"""Which files a catalogue has, and which of those that lie in its folder it cannot have."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from os.path import isdir, islink  # which say no, where a Path's own would raise for want of a permission
from pathlib import Path

from targetwatch.catalogue.issues import Issue, nearest

REQUIRED = ("programme.yaml", "calendar.yaml", "owners.yaml")
RECEIVERS = "receivers.yaml"
SINGLE = (*REQUIRED, "references.yaml", RECEIVERS, "acknowledged_differences.yaml")
FOLDERS = {"metric": "metrics", "source": "sources"}  # what each file of a folder declares one of
YAML_FOLDERS = ("metrics", "targets", "sources")
TABLES = "targets"  # the folder in which CSV files are read beside the YAML
REGISTERS = "org_units"
SUCCESSORS = "successors.csv"  # in the folder of the registers, and none itself
TESTS = "tests"
OTHERS = ("published", "schemas", TESTS)  # folders with what is not part of the declaration
PASSED_OVER = (".md", ".csv", "~", ".bak", ".swp", ".orig", ".tmp")


@dataclass(frozen=True, slots=True)
class File:
    """A file, and how it is named to people: by its path in the catalogue."""

    path: Path
    shown: str


@dataclass(frozen=True, slots=True)
class Found:
    """The files of a catalogue: by their name, or by the name of their folder, and those that are tables."""

    yaml: dict[str, list[File]] = field(default_factory=dict)
    tables: list[File] = field(default_factory=list)  # of targets
    lists: list[File] = field(default_factory=list)  # beside the sources that name them
    registers: list[File] = field(default_factory=list)  # of units
    successors: list[File] = field(default_factory=list)  # of units that ended


def find(root: Path) -> tuple[Found, list[Issue]]:
    """The files of the catalogue in `root`, and what is wrong with their names and with where they lie."""
    found = Found({name: [] for name in (*SINGLE, *YAML_FOLDERS)})
    if not isdir(root):
        hint = "Name the folder that holds programme.yaml."
        return found, [Issue(str(root), 1, 1, "there is no such folder", hint, of_the_file=True)]
    issues: list[Issue] = []
    folders: dict[str, list[File]] = {}
    listed = _listed(root, root, "", issues)
    if any(issue.path == str(root) for issue in issues):
        return found, issues  # nobody knows what is missing
    for file in listed:
        name = file.shown
        if name in (*YAML_FOLDERS, REGISTERS) and isdir(file.path):
            folders[name] = _listed(root, file.path, name, issues)
        elif name in SINGLE:
            found.yaml[name].append(file)
        elif isdir(file.path):
            if name not in OTHERS:
                issues.append(_unknown(name, (*YAML_FOLDERS, REGISTERS)))
        elif not name.endswith(PASSED_OVER):
            issues.append(_unknown(name, SINGLE))
    refused = {issue.path for issue in issues}
    issues += [_missing(n, "Every catalogue has one.") for n in REQUIRED if not found.yaml[n] and n not in refused]
    for folder in YAML_FOLDERS:
        found.yaml[folder], rest = _yaml(folders.get(folder, ()), issues)
        found.tables.extend(rest if folder == TABLES else ())
        found.lists.extend(rest if folder == FOLDERS["source"] else ())
    for file in folders.get(REGISTERS, ()):
        if file.path.name == SUCCESSORS:
            found.successors.append(file)
        elif file.path.name.endswith(".csv"):
            found.registers.append(file)
    if not found.registers and not any(path.startswith(REGISTERS) for path in refused):
        issues.append(_missing(f"{REGISTERS}/units.csv", "List in it who is measured."))
    return found, issues


def find_tests(root: Path) -> tuple[list[File], list[Issue]]:
    """The files with tests for the targets of the catalogue in `root`, and what is wrong with their names."""
    issues: list[Issue] = []
    folder = root / TESTS
    if islink(folder) and (astray := _astray(root, folder, TESTS)) is not None:
        return [], [astray]
    files, _ = _yaml(_listed(root, folder, TESTS, issues) if isdir(folder) else (), issues)
    return files, issues


def _yaml(listed: Iterable[File], issues: list[Issue]) -> tuple[list[File], list[File]]:
    """Which of the files of a folder are YAML, and which are tables."""
    files: list[File] = []
    tables: list[File] = []
    for file in listed:
        name = file.path.name
        if name.endswith(".yaml"):
            files.append(file)
        elif name.endswith(".csv"):
            tables.append(file)
        elif not name.endswith(PASSED_OVER):
            hint = "Put its files one folder up." if isdir(file.path) else f"Name it {file.path.stem}.yaml."
            issues.append(Issue(file.shown, 1, 1, "only files named *.yaml are read here", hint, of_the_file=True))
    return files, tables


def _missing(name: str, hint: str) -> Issue:
    return Issue(name, 1, 1, "the file is missing", hint, of_the_file=True)


def _listed(root: Path, folder: Path, shown: str, issues: list[Issue]) -> list[File]:
    """What lies in `folder`, by name. A link that leads out of the catalogue is an issue, and not followed."""
    files = []
    try:
        os.stat(f"{folder}/.")  # one that may be listed and not entered would seem to hold files and no folders
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.startswith("."):
                    continue
                name = f"{shown}/{entry.name}" if shown else entry.name
                if entry.is_symlink() and (issue := _astray(root, Path(entry.path), name)) is not None:
                    issues.append(issue)
                else:
                    files.append(File(Path(entry.path), name))
    except OSError as error:
        issues.append(Issue(shown or str(root), 1, 1, f"the folder cannot be read: {error.strerror}", of_the_file=True))
    return files


def _astray(root: Path, link: Path, shown: str) -> Issue | None:
    """What is wrong with a link: a catalogue is what lies in its folder, and nothing that lies elsewhere."""
    try:
        target = Path(os.path.realpath(link, strict=True))
    except OSError:
        hint = "Put the file itself in its place, or delete it."
        return Issue(shown, 1, 1, f"the link leads nowhere: '{os.readlink(link)}'", hint, of_the_file=True)
    if target.is_relative_to(os.path.realpath(root)):
        return None
    hint = "Put what it leads to into the catalogue itself."
    return Issue(shown, 1, 1, f"the link leads out of the catalogue, to '{os.readlink(link)}'", hint, of_the_file=True)


def _unknown(name: str, names: tuple[str, ...]) -> Issue:
    match = nearest(name, names)
    hint = f"Name it {match}." if match else f"A catalogue has {', '.join(names)}."
    return Issue(name, 1, 1, f"a catalogue has no '{name}'", hint, of_the_file=True)
