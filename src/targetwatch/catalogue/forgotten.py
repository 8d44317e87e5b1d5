"""What was most probably forgotten: nothing of it is wrong, and nothing of it does any good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from targetwatch.catalogue.folder import RECEIVERS
from targetwatch.catalogue.issues import Issue, Severity
from targetwatch.catalogue.layers import Family, Layered, SpoiledError
from targetwatch.catalogue.routing_spec import NOBODY, RoutingSpec
from targetwatch.catalogue.soundness_of_routes import heard_by, labels_asked
from targetwatch.catalogue.spec import MetricSpec, SourceSpec
from targetwatch.catalogue.validation import Checked
from targetwatch.model import IncidentKind, Label

ONE_DAY = timedelta(days=1)
Rules = Mapping[str, Sequence[Layered]]


def forgotten(
    families: Iterable[Family],
    versions: Iterable[tuple[Layered, str]],
    metrics: Iterable[Checked[MetricSpec]],
    sources: Iterable[Checked[SourceSpec]],
    owners: Checked[Mapping[str, object]] | None,
    receivers: Checked[RoutingSpec] | None,
    today: date | None,
) -> Iterator[Issue]:
    """Warnings of what has been left over or left out, each only where all that it rests on could be read.

    `versions` are those of the families, each with its metric; without `today` no target is known to have ended.
    """
    rules: dict[str, list[Layered]] = defaultdict(list)
    asked_of: dict[str, str] = {}  # a target of each metric
    metric_of: dict[str, str] = {}
    for version, metric in versions:
        if version.rule is None:
            rules[version.target].append(version)
            asked_of.setdefault(metric, version.target)
            metric_of[version.target] = metric
    live = dict(rules)
    for target, of_target in rules.items():
        try:
            stretches = sorted(((*rule.in_force, rule) for rule in of_target), key=lambda one: one[0])
        except SpoiledError:
            continue
        yield from _gaps(stretches)
        first, last, latest = stretches[-1]
        if today is not None and last < today:
            del live[target]
            hint = f"Add the version that follows, with 'replaces: {first}', or delete the target if it is over."
            yield _warning(latest.issue("effective_to", f"it ended on {last}, and no version follows", hint))
    measured = {metric.spec.metric: metric for metric in metrics if metric.spec is not None}
    yield from _unmeasured(live, metric_of, measured, sources)
    if all(family.spec is not None and family.spec.metric is not None for family in families):
        yield from _without_target(measured.values(), asked_of)
    yield from _unheard(live, metric_of, measured, owners, receivers)


def _gaps(stretches: Iterable[tuple[date, date, Layered]]) -> Iterator[Issue]:
    """Days between a version and the one that replaces it, on which nothing is asked."""
    for (_, last, _), (first, _, later) in pairwise(stretches):
        if last < first - ONE_DAY:
            message = f"nothing is asked from {last + ONE_DAY} to {first - ONE_DAY}, between two versions"
            hint = f"Write {last + ONE_DAY}, or end the version before this one on {first - ONE_DAY}."
            yield _warning(later.issue("effective_from", message, hint))


def _warning(issue: Issue) -> Issue:
    return replace(issue, severity=Severity.WARNING)


def _unmeasured(
    live: Rules,
    metric_of: Mapping[str, str],
    metrics: Mapping[str, Checked[MetricSpec]],
    sources: Iterable[Checked[SourceSpec]],
) -> Iterator[Issue]:
    """Targets whose metric comes from a source that is only planned."""
    planned = {source.spec.source for source in sources if source.spec is not None and source.spec.planned}
    for target, (rule, *_) in live.items():
        metric = metrics.get(metric_of[target])
        if metric is None or metric.spec is None or metric.spec.source not in planned or metric.spec.sql is not None:
            continue  # one that has SQL all the same is an error already
        message = f"nobody measures target '{target}': source '{metric.spec.source}' of its metric is only planned"
        hint = "Until the source works it is judged by what is reported or published of it, or has no data."
        yield _warning(rule.document.issue((*rule.target_place, "target"), message, hint))


def _without_target(metrics: Iterable[Checked[MetricSpec]], asked_of: Mapping[str, str]) -> Iterator[Issue]:
    """Metrics of which nothing is asked, and those of which something is asked although none should be."""
    for metric in metrics:
        if metric.spec is None or {("for_information",), ("reports",)} & metric.spoiled:
            continue
        target = asked_of.get(metric.spec.metric)
        # A reporting rate is there for whoever looks whether a source can be relied on: most have no target.
        if target is None and not metric.spec.for_information and metric.spec.reports is None:
            message = f"no target is set for metric '{metric.spec.metric}'"
            hint = "Add one, or 'for_information: true' if it is shown without a target on purpose."
            yield _warning(metric.document.issue(("metric",), message, hint))
        elif target is not None and metric.spec.for_information:
            message = f"metric '{metric.spec.metric}' is for information only, and target '{target}' is set for it"
            yield _warning(metric.document.key_issue(("for_information",), message, "Delete this line."))


def _unheard(
    live: Rules,
    metric_of: Mapping[str, str],
    metrics: Mapping[str, Checked[MetricSpec]],
    owners: Checked[Mapping[str, object]] | None,
    receivers: Checked[RoutingSpec] | None,
) -> Iterator[Issue]:
    """Owners whose targets may fall behind without a word to anybody."""
    if receivers is None:
        if live:
            count = "1 target is" if len(live) == 1 else f"{len(live)} targets are"
            message = f"the file is missing: {count} watched, and nobody is told when one falls behind"
            yield _warning(Issue(RECEIVERS, 1, 1, message, "List in it who is written to.", of_the_file=True))
        return
    if owners is None or owners.spec is None or receivers.spec is None or receivers.issues:
        return
    route = receivers.spec.route
    asked = labels_asked(route) | {Label.KIND}

    @cache
    def is_unheard(labels: tuple[tuple[Label, str], ...]) -> bool:
        return heard_by(route, dict(labels)) <= {NOBODY}

    unheard: dict[str, set[str]] = defaultdict(set)
    for target, of_target in live.items():
        metric = metrics.get(metric_of[target])
        for rule in of_target:
            try:
                labels = {
                    Label.KIND: IncidentKind.BEHIND.value,
                    Label.SUBJECT: target,
                    Label.METRIC: metric_of[target],
                    Label.TIER: str(rule.get("tier")),
                    Label.OWNER: str(rule.get("owner")),
                }
            except SpoiledError:
                continue
            if metric is not None and metric.spec is not None:
                labels[Label.SOURCE] = metric.spec.source
            # Most trees tell few targets apart, and there may be thousands.
            if is_unheard(tuple(one for one in labels.items() if one[0] in asked)):
                unheard[labels[Label.OWNER]].add(target)
    for owner in owners.spec:
        if targets := unheard.get(owner):
            what = f"target '{min(targets)}'" if len(targets) == 1 else f"{len(targets)} targets"
            message = f"owner '{owner}' answers for {what}, and no receiver hears when one falls behind"
            hint = f"Add a route with 'match: {{kind: behind, owner: {owner}}}', or let the root tell somebody."
            yield _warning(owners.document.key_issue((owner,), message, hint))
