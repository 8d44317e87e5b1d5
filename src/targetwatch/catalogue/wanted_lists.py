"""The lists that sources of CKAN name: CSV files beside the source's own, of the data sets that are to be published."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from targetwatch.catalogue.folder import File
from targetwatch.catalogue.issues import Issue, instead
from targetwatch.catalogue.rows import Row, read_rows
from targetwatch.catalogue.spec import SourceSpec
from targetwatch.catalogue.validation import Checked

HEADER = ("name", "org_unit", "title", "every_days")
NAME = re.compile(r"[a-z0-9_-]{2,100}")  # what CKAN takes for the name of a data set
LONGEST = 3660  # days


def of_wanted(checked: Checked[SourceSpec], lists: Mapping[str, File], codes: Collection[str]) -> Iterator[Issue]:
    """What is wrong with the list that a source wants; `lists` are the tables beside it, `codes` those of the units.

    Without any codes, as of a register that could not be read, nobody is said to be unknown.
    """
    spec = checked.spec
    if spec is None or spec.ckan is None or ("ckan", "wanted") in checked.spoiled:
        return
    name = spec.ckan.wanted
    if name not in lists:
        hint = f"Put it beside the source's own file. {instead(name, lists) if lists else ''}".strip()
        yield checked.document.issue(("ckan", "wanted"), f"there is no list '{name}'", hint)
        return
    file = lists[name]
    issues: list[Issue] = []
    places: dict[str, str] = {}
    for row in read_rows(file.path, file.shown, HEADER, issues):
        issues += _wrong(row, codes)
        data_set = row.fields[0].strip()
        if data_set in places:
            hint = f"The first is in {places[data_set]}. Delete one."
            issues.append(row.issue("name", f"data set '{data_set}' is there twice", hint))
        places.setdefault(data_set, row.place)
    if not places and not issues:
        issues.append(Issue(file.shown, 2, 1, "the list is empty", "Add a line for each data set that is wanted."))
    yield from issues


def _wrong(row: Row, codes: Collection[str]) -> Iterator[Issue]:
    name, unit, title, every = (value.strip() for value in row.fields)
    if NAME.fullmatch(name) is None:
        hint = "Write it as it stands in the portal's address: small letters, digits, - and _."
        yield row.issue("name", f"'{name}' is no name of a data set", hint)
    if not unit:
        yield row.issue("org_unit", "'org_unit' is empty", "Write the code of the unit that publishes it.")
    elif codes and unit not in codes:
        yield row.issue("org_unit", f"there is no unit '{unit}'", instead(unit, codes))
    if not title:
        yield row.issue("title", "'title' is empty", "Write what people call it.")
    if not (every.isascii() and every.isdecimal() and 1 <= int(every[:6]) <= LONGEST):
        hint = f"Write every how many days it is renewed, from 1 to {LONGEST}, as in 31."
        yield row.issue("every_days", f"'{every}' is no number of days", hint)
