"""Whether what a source of Prometheus expects, and what it keeps, can be told from what the connector gives."""

from __future__ import annotations

from collections.abc import Iterator

from targetwatch.catalogue.issues import Issue, instead
from targetwatch.catalogue.spec import SourceSpec
from targetwatch.catalogue.validation import Checked

COUNTED = ("day", "up", "down", "missing")  # what a row has beside the labels of its series


def of_monitoring(checked: Checked[SourceSpec]) -> Iterator[Issue]:
    """What is wrong with a source that asks a Prometheus server, beyond what each of its keys can show."""
    spec, document = checked.spec, checked.document
    if spec is None or spec.prometheus is None or any(place[:1] == ("columns",) for place in checked.spoiled):
        return
    delivered = {column.delivered_as or column.name: column.name for column in spec.columns}
    for name in COUNTED:
        if delivered and name not in delivered:
            hint = f"Add one with 'delivered_as: {name}'."
            yield document.key_issue(("columns",), f"no column is made of '{name}', which every row has", hint)
    if spec.watermark is not None and "day" in delivered and spec.watermark != delivered["day"]:
        hint = f"Write '{delivered['day']}', which is made of it."
        yield document.issue(("watermark",), "a Prometheus server is asked day by day", hint)
    labels = [name for name in delivered if name not in COUNTED]
    unit = next((one for one in labels if delivered[one] == spec.unit_column), None)
    for index, expected in enumerate(spec.prometheus.expected):
        place = ("prometheus", "expected", index)
        if any(one[:3] == place for one in checked.spoiled):
            continue
        unknown = [label for label in expected.labels if label not in labels]
        silent = [one for one in labels if one not in expected.labels and (expected.level is None or one != unit)]
        for label in unknown:
            said = f"no column is made of the label '{label}'"
            yield document.key_issue((*place, "labels", label), said, instead(label, labels))
        if expected.level is not None and unit is None:
            hint = "Name the column with the units' codes under 'unit_column'."
            yield document.issue((*place, "level"), "a level is given, and no label says which unit it is", hint)
        elif silent and not unknown:
            said = f"what is expected says nothing of '{silent[0]}'"
            yield document.issue((*place, "labels"), said, f"Add it, as in {silent[0]}: ...")
