"""Whether metrics that are rates, totals or seasonal say of each other what can be so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from targetwatch.catalogue.issues import Issue
from targetwatch.catalogue.spec import MetricSpec
from targetwatch.catalogue.validation import Checked
from targetwatch.model import MetricKind


def of_rates(metrics: Iterable[Checked[MetricSpec]]) -> Iterator[Issue]:
    """Errors of rates that are the rate of nothing that grows, and of shares or ranks that are said to be totals."""
    checked = [one for one in metrics if one.spec is not None]
    of_id = {one.spec.metric: one.spec for one in checked if one.spec is not None}
    for one in checked:
        document, spec = one.document, one.spec
        if spec is None:
            continue
        if spec.cumulative and spec.kind in (MetricKind.RATIO, MetricKind.RANK):
            said = f"a '{spec.kind}' is not counted since a beginning"
            yield document.key_issue(("cumulative",), said, "Delete the line, or write 'kind: level'.")
        if spec.shrinkage is not None and spec.kind is not MetricKind.RATIO:
            said = f"a '{spec.kind}' has no denominator that could shrink"
            yield document.key_issue(("shrinkage",), said, "Delete the line.")
        if (spec.rate_of is None) != (spec.rate_per is None):
            given, lacking = ("rate_of", "rate_per") if spec.rate_per is None else ("rate_per", "rate_of")
            if (lacking,) not in one.spoiled:
                hint = f"Add a line '{lacking}: ...', or delete '{given}'."
                yield document.key_issue((given,), f"'{given}' without '{lacking}'", hint)
        total = of_id.get(spec.rate_of or "")
        if total is not None and not total.cumulative:
            said = f"metric '{total.metric}' is not cumulative, so nothing is its rate"
            hint = f"Name a metric that is counted since a beginning, or add 'cumulative: true' to '{total.metric}'."
            yield document.issue(("rate_of",), said, hint)
