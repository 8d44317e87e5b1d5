"""Which files a catalogue has, and which of those that lie in its folder it cannot have."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from targetwatch.catalogue.issues import Issue, nearest

REQUIRED = ("programme.yaml", "calendar.yaml", "owners.yaml")
SINGLE = (*REQUIRED, "references.yaml", "receivers.yaml")
FOLDERS = {"metric": "metrics", "source": "sources"}  # what each file of a folder declares one of
YAML_FOLDERS = ("metrics", "targets", "sources")
REGISTERS = "org_units"
OTHERS = ("published",)  # folders with data that is not part of the declaration
PASSED_OVER = (".md", ".csv", "~", ".bak", ".swp", ".orig", ".tmp")


@dataclass(frozen=True, slots=True)
class File:
    """A file, and how it is named to people: by its path in the catalogue."""

    path: Path
    shown: str


@dataclass(frozen=True, slots=True)
class Found:
    """The files of a catalogue: by their name, or by the name of their folder, and the registers of units."""

    yaml: dict[str, list[File]] = field(default_factory=dict)
    registers: list[File] = field(default_factory=list)


def find(root: Path) -> tuple[Found, list[Issue]]:
    """The files of the catalogue in `root`, and what is wrong with their names."""
    found = Found({name: [] for name in (*SINGLE, *YAML_FOLDERS)})
    if not root.is_dir():
        return found, [Issue(str(root), 1, 1, "there is no such folder", "Name the folder that holds programme.yaml.")]
    issues: list[Issue] = []
    for path in sorted(root.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_file() and path.name in SINGLE:
            found.yaml[path.name].append(File(path, path.name))
        elif path.is_file() and not path.name.endswith(PASSED_OVER):
            issues.append(_unknown(path.name, path.name, SINGLE))
        elif path.is_dir() and path.name not in (*YAML_FOLDERS, REGISTERS, *OTHERS):
            issues.append(_unknown(path.name, path.name, (*YAML_FOLDERS, REGISTERS)))
    missing = [name for name in REQUIRED if not found.yaml[name]]
    issues += [
        Issue(name, 1, 1, "the file is missing", "Every catalogue has one; see docs/catalogue.md.") for name in missing
    ]
    for folder in YAML_FOLDERS:
        for path in _files(root / folder):
            shown = f"{folder}/{path.name}"
            if path.suffix == ".yaml":
                found.yaml[folder].append(File(path, shown))
            elif not path.name.endswith(PASSED_OVER):
                hint = f"Name it {path.stem}.yaml." if path.is_file() else "Put its files one folder up."
                issues.append(Issue(shown, 1, 1, "only files named *.yaml are read here", hint))
    found.registers.extend(File(p, f"{REGISTERS}/{p.name}") for p in _files(root / REGISTERS) if p.suffix == ".csv")
    if not found.registers:
        issues.append(Issue(f"{REGISTERS}/units.csv", 1, 1, "the file is missing", "List in it who is measured."))
    return found, issues


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith(".")) if folder.is_dir() else []


def _unknown(shown: str, name: str, names: tuple[str, ...]) -> Issue:
    match = nearest(name, names)
    hint = f"Name it {match}." if match else f"A catalogue has {', '.join(names)}."
    return Issue(shown, 1, 1, f"a catalogue has no '{name}'", hint)
