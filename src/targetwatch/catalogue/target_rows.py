"""The rows of one target in a table: its versions and their exceptions, made into what a file of targets would say."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from targetwatch.catalogue.cells import Cell, Cells
from targetwatch.catalogue.document import Place
from targetwatch.catalogue.issues import Issue
from targetwatch.catalogue.spec import FIRST_OBSERVED
from targetwatch.catalogue.target_columns import (
    ALL,
    EMPTY,
    EXCEPTIONS_OWN,
    KEYS,
    PLAIN,
    TRAJECTORY,
    Said,
    TargetTable,
)

POINT = re.compile(r"([^\s:;]+): *([^\s:;]+)")


class TargetRows:
    """Makes a document of the rows of one target. What cannot be said in it goes to `issues`.

    `lacking` are the columns that the table should have, and has not.
    """

    def __init__(self, cells: Cells, target: str, lacking: Collection[str], issues: list[Issue]) -> None:
        self.cells = cells
        self.lacking = lacking
        self.issues = issues
        self.made = TargetTable(self.cells.shown, cells=self.cells)
        self.target = target
        self.spoiled: set[Place] = set()

    def document(self, rows: Sequence[Said]) -> TargetTable:
        """The document that says what `rows`, in the order of the file, say."""
        at: Place = ("targets", 0)
        first = rows[0]
        self.made.offsets |= dict.fromkeys(((), ("targets",), at, (*at, "target")), first["target"].offset)
        self.made.data = {"targets": [{"target": self.target, "versions": []}]}
        (data,) = self.made.data["targets"]
        self._metric(rows)
        rules: dict[str, tuple[Said, Place, dict[str, Any]]] = {}
        for row in rows:
            begins = row["effective_from"].text if "effective_from" in row else ""
            rule = rules.get(begins)
            if rule is None:
                place: Place = (*at, "versions", len(data["versions"]))
                version = self._version(row, place)
                data["versions"].append(version)
                rules[begins] = (row, place, version)
                if len(rules) == 1:
                    self._words_for_all(version, place, data, at)
            elif "org_unit" in row:
                self._exception(row, *rule)
            elif begins:
                line = self.cells.mark(rule[0]["target"].offset).line
                message = f"target '{self.target}' has a version from {begins} already, in line {line}"
                hint = "Give it another 'effective_from', or an 'org_unit' if it is an exception."
                self.issues.append(self.cells.issue(row["effective_from"], message, hint))
        self.made.spoiled = frozenset(self.spoiled)
        return self.made

    def _metric(self, rows: Sequence[Said]) -> None:
        given = [row["metric"] for row in rows if "metric" in row]
        if not given:
            if "metric" in rows[0].empty:
                self.issues.append(self.cells.issue(rows[0].empty["metric"], "'metric' is empty", "Fill it in."))
            self.spoiled.add(("metric",))
            return
        self.made.data["metric"], self.made.offsets[("metric",)] = given[0]
        for cell in given[1:]:
            if cell.text != given[0].text:
                message = (
                    f"target '{self.target}' is of '{given[0].text}' in line {self.cells.mark(given[0].offset).line}"
                )
                self.issues.append(self.cells.issue(cell, message, "A target has one metric. Mend one of the two."))

    def _words_for_all(self, first: dict[str, Any], place: Place, data: dict[str, Any], at: Place) -> None:
        """What the first version is called, the target is called."""
        for key in ("name", "short_name"):
            if key in first:
                data[key] = first.pop(key)
                for inner in ((key,), (key, "vi"), (key, "en")):
                    self.made.offsets[*at, *inner] = self.made.offsets.pop((*place, *inner))
            elif (*place, key) in self.spoiled:
                self.spoiled.add((*at, key))

    def _version(self, row: Said, place: Place) -> dict[str, Any]:
        self.made.offsets[place] = row["target"].offset
        self.spoiled |= {(*place, KEYS.get(column, column)) for column in self.lacking}
        version = self._plain(row, place, PLAIN)
        if selector := self._selector(row, place):
            version["org_unit"] = selector
        for key in ("name", "short_name"):
            if (text := self._text(row, key, place)) is not None:
                version[key] = text
        if (trajectory := self._trajectory(row, row, place)) is not None:
            version["trajectory"] = trajectory
        return version

    def _exception(self, row: Said, rule: Said, place: Place, version: dict[str, Any]) -> None:
        exceptions = version.setdefault("exceptions", [])
        inner: Place = (*place, "exceptions", len(exceptions))
        self.made.offsets[inner] = row["target"].offset
        own = self._plain(row, inner, [column for column in EXCEPTIONS_OWN if column in PLAIN or column == "org_unit"])
        if any(column in row for column in TRAJECTORY):
            trajectory = self._trajectory(row, rule, inner)
            if trajectory is not None:
                own["trajectory"] = trajectory
        exceptions.append(own)
        for column, cell in row.items():
            if column in ("target", "metric", "effective_from", *EXCEPTIONS_OWN):
                continue
            if column not in rule or rule[column].text != cell.text:
                line = self.cells.mark(rule["target"].offset).line
                message = f"an exception says nothing else of '{column}' than its version in line {line}"
                hint = f"Leave it empty; an exception may say {', '.join(EXCEPTIONS_OWN)}."
                self.issues.append(self.cells.issue(cell, message, hint))

    def _plain(self, row: Said, place: Place, columns: Sequence[str]) -> dict[str, Any]:
        said = {}
        for column in columns:
            if (cell := row.get(column)) is not None:
                key = KEYS.get(column, column)
                said[key], self.made.offsets[*place, key] = cell
        for column, cell in row.empty.items():
            key = KEYS.get(column, EMPTY.get(column, column))
            self.made.offsets.setdefault((*place, key), cell.offset)
        return said

    def _selector(self, row: Said, place: Place) -> dict[str, str]:
        selector = {}
        for column, key in (("org_unit", "code"), ("level", "level"), ("kind", "kind"), ("parent", "parent")):
            if (cell := row.get(column)) is not None:
                text, offset = cell
                is_all = column == "org_unit" and text == ALL
                said = "all" if is_all else key
                selector[said], self.made.offsets[*place, "org_unit", said] = "true" if is_all else text, offset
                self.made.offsets.setdefault((*place, "org_unit"), offset)
        return selector

    def _text(self, row: Said, key: str, place: Place) -> dict[str, str] | None:
        said = {language: row[f"{key}_{language}"] for language in ("vi", "en") if f"{key}_{language}" in row}
        if len(said) == 1:
            ((language, cell),) = said.items()
            other = f"{key}_{'en' if language == 'vi' else 'vi'}"
            self.issues.append(self.cells.issue(cell, f"'{key}_{language}' without '{other}'", f"Fill in '{other}'."))
            self.spoiled.add((*place, key))
        if len(said) < 2:
            return None
        for language, cell in said.items():
            self.made.offsets[*place, key, language] = cell.offset
        self.made.offsets[*place, key] = said["vi"].offset
        return {language: cell.text for language, cell in said.items()}

    def _trajectory(self, row: Said, rule: Said, place: Place) -> dict[str, Any] | None:
        """The trajectory of a row. What an exception leaves empty is that of `rule`, as far as the path is the same."""
        at: Place = (*place, "trajectory")
        own = {column: row[column] for column in TRAJECTORY if column in row}
        same = "trajectory" not in own or ("trajectory" in rule and own["trajectory"].text == rule["trajectory"].text)
        said = {**{column: rule[column] for column in TRAJECTORY if same and column in rule}, **own}
        if not said or "trajectory" in self.lacking:
            return None
        self.made.offsets[at] = said.get("trajectory", next(iter(said.values()))).offset
        if "trajectory" not in said:
            column, cell = next(iter(said.items()))
            hint = "Fill in 'trajectory': hold, by_due, linear or steps."
            self.issues.append(self.cells.issue(cell, f"'{column}' without a 'trajectory'", hint))
            self.spoiled.add(at)
            return None
        trajectory: dict[str, Any] = {}
        for column, key in (("trajectory", "path"), ("assumed", "assumed")):
            if column in said:
                trajectory[key], self.made.offsets[*at, key] = said[column]
        if "baseline" in said:
            self._baseline(said["baseline"], trajectory, at)
        if "milestones" in said:
            self._milestones(said["milestones"], trajectory, at)
        return trajectory

    def _baseline(self, cell: Cell, trajectory: dict[str, Any], at: Place) -> None:
        self.made.offsets[*at, "baseline"] = cell.offset
        point = POINT.fullmatch(cell.text)
        if cell.text != FIRST_OBSERVED and point is None:
            hint = f"Write a day and a value, as in 2021-12-31: 34 or 2021-12-31: observed; or {FIRST_OBSERVED}."
            self.issues.append(self.cells.issue(cell, f"'{cell.text}' is no baseline", hint))
            self.spoiled.add(at)
        else:
            trajectory["baseline"] = FIRST_OBSERVED if point is None else self._point(point, cell, (*at, "baseline"))

    def _milestones(self, cell: Cell, trajectory: dict[str, Any], at: Place) -> None:
        self.made.offsets[*at, "milestones"] = cell.offset
        milestones: list[Mapping[str, str]] = []
        begins = 0
        for text in cell.text.split(";"):
            blanks = len(text) - len(text.lstrip())
            point = POINT.fullmatch(text.strip())
            here = Cell(text.strip(), cell.offset + begins + blanks)
            begins += len(text) + 1
            if point is None:
                hint = "Write days and values, as in 2023-12-31: 60; 2024-12-31: 70."
                self.issues.append(self.cells.issue(here, f"'{here.text}' is no milestone", hint))
                self.spoiled.add(at)
            else:
                place = (*at, "milestones", len(milestones))
                self.made.offsets[place] = here.offset
                milestones.append(self._point(point, here, place))
        trajectory["milestones"] = milestones

    def _point(self, point: re.Match[str], cell: Cell, place: Place) -> Mapping[str, str]:
        for key, group in (("on", 1), ("value", 2)):
            self.made.offsets[*place, key] = cell.offset + point.start(group)
        return {"on": point[1], "value": point[2]}
