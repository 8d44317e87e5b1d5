"""Telling: from the picture of a moment to the story of a digest, for one receiver or for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from targetwatch.model import Assessment, Period, Rhythm, Role, Status
from targetwatch.notifications.digests import standings as standings_
from targetwatch.notifications.digests import tasks, troubles
from targetwatch.notifications.digests.changes import changes
from targetwatch.notifications.digests.hearing import Ears, Hearing, unit_of
from targetwatch.notifications.digests.picture import NextDeadline, Picture, Sent, subject_of
from targetwatch.notifications.digests.standings import answering, by_target, standings
from targetwatch.notifications.digests.stories import (
    Digest,
    DigestStory,
    MonthlyStory,
    Rate,
    Restated,
    Result,
    Standing,
    WeeklyStory,
)
from targetwatch.notifications.telling.targets import SHORT

SOON = {Rhythm.WEEKLY: timedelta(days=60), Rhythm.MONTHLY: timedelta(days=92)}


def tell(picture: Picture, ears: Ears, receiver: str | None) -> DigestStory:
    """The digest of the picture's edition, of what `receiver` hears; with None, of everything."""
    hearing = ears.of(receiver)
    found = standings(picture.situation, hearing, picture.situation.assessments)
    digest = _digest(picture, hearing, receiver, found)
    if picture.edition.rhythm is Rhythm.WEEKLY:
        return WeeklyStory(
            digest=digest,
            changes=changes(picture, hearing, found),
            closing=tasks.closings(found),
            deadlines=_deadlines(picture, hearing),
        )
    return _monthly(picture, hearing, found, digest)


def _digest(picture: Picture, hearing: Hearing, receiver: str | None, found: Sequence[Standing]) -> Digest:
    situation, edition = picture.situation, picture.edition
    incidents = troubles.heard(picture, hearing)
    today = _day(picture)
    board = situation.board_url
    late_start = picture.first_pass is not None and picture.first_pass > edition.begins
    return Digest(
        edition=edition,
        receiver=receiver,
        as_of=picture.as_of,
        time_zone=situation.programme.time_zone,
        counts=standings_.counts(found),
        waiting_for_sources=sum(map(tasks.waits_for_a_source, found)),
        watched_since=picture.first_pass if late_start else None,
        newest_pass=picture.newest_pass,
        restated=_restated(picture, hearing),
        missing=tasks.missing(picture, hearing, [one.target.target for one in found]),
        refused=tasks.refused(picture, hearing),
        not_begun=tasks.not_begun(picture, hearing),
        waiting=troubles.waiting(situation, incidents),
        claims=troubles.claims(situation, incidents),
        differing=troubles.differing(situation, incidents),
        due=tasks.due_soon(
            [one for one in found if one.status not in (Status.MET, Status.ENDED)],
            today,
            today + SOON[edition.rhythm],
        ),
        sent=picture.sent.get(receiver, Sent()) if receiver is not None else sum(picture.sent.values(), Sent()),
        link=f"{board.rstrip('/')}/" if board else None,
        is_part=hearing.receiver is not None and _is_part(picture, hearing),
    )


def _is_part(picture: Picture, hearing: Hearing) -> bool:
    """Whether there is a target or a source that a receiver does not hear of."""
    situation = picture.situation
    of_targets = by_target(situation, situation.assessments).values()
    return any(one.role is not Role.SHARE and not hearing.target(one) for of_target in of_targets for one in of_target)


def _deadlines(picture: Picture, hearing: Hearing) -> tuple[NextDeadline, ...]:
    """The next deadlines of sources that have begun and that a receiver hears of, or whose targets it hears of."""
    never = tasks.never_began(picture)
    return tuple(one for one in picture.deadlines if one.source.id not in never and hearing.source(one.source.id))


def _restated(picture: Picture, hearing: Hearing) -> tuple[Restated, ...]:
    situation = picture.situation
    of_subject = {
        subject_of(one): (one, len(alone))
        for of_target in by_target(situation, situation.assessments).values()
        for alone in [answering(hearing, of_target)]
        for one in alone
    }
    found = []
    for one in picture.corrected:
        if one.subject not in of_subject:
            continue
        assessment, many = of_subject[one.subject]
        found.append(
            Restated(
                target=situation.versions[assessment.target, assessment.target_version],
                metric=situation.programme.metrics[assessment.metric],
                unit_name=situation.name_of(unit_of(assessment)) if many > 1 else "",
                period=one.period,
                before=one.before,
                after=one.after,
            )
        )
    return tuple(found)


def _monthly(picture: Picture, hearing: Hearing, found: Sequence[Standing], digest: Digest) -> MonthlyStory:
    situation, month = picture.situation, picture.edition.period
    judged = {(one.target, unit_of(one)): one for one in picture.judged}
    # Where the month itself was judged, its result is what counts, even if a newer one is known by now.
    of_month = [
        judged.get((one.target, unit_of(one)), one) for one in situation.assessments if one.status is not Status.ENDED
    ]
    results = standings(situation, hearing, of_month)
    met_before = {one.target.target for one in standings(situation, hearing, picture.began) if one.status is Status.MET}
    levels = {
        (source.id, reporters.tier): situation.level_name(reporters.level)
        for source in situation.programme.sources.values()
        for reporters in source.reporters
    }
    never = tasks.never_began(picture)
    rates = [
        Rate(
            situation.programme.sources[one.source].name,
            levels.get((one.source, one.tier), situation.level_name(one.tier)),
            one.due,
            one.reported,
            one.in_time,
        )
        for one in picture.reported
        if one.source not in never and hearing.source(one.source) and hearing.scope(one.source) is None
    ]
    return MonthlyStory(
        digest=digest,
        results=tuple(_result(picture, standing) for standing in results),
        newly_met=tuple(
            one.target.target for one in found if one.status is Status.MET and one.target.target not in met_before
        ),
        rates=tuple(sorted(rates, key=lambda rate: (rate.reported * 1_000_000 // rate.due, -rate.due, rate.name.vi))),
        lives=troubles.lives(situation, troubles.heard(picture, hearing), picture.edition),
        next_month=_month_after(month),
    )


def _result(picture: Picture, standing: Standing) -> Result:
    lead, month = standing.lead, picture.edition.period
    subject = subject_of(lead)
    values = {
        one.period.first_day: (one.numerator, one.denominator) for one in picture.values if one.subject == subject
    }
    before_month = (month.first_day - timedelta(days=1)).replace(day=1)
    year_before = month.first_day.replace(year=month.first_day.year - 1)
    is_of_month = lead.period_start == month.first_day and lead.period_end == month.last_day
    of_target = [one for one in picture.judged_before if one.target == lead.target and one.role is not Role.POOLED]
    judged_then = {unit_of(one) for one in of_target}
    then = {unit_of(one) for one in of_target if _was_short(one)}
    now = {unit_of(line.assessment) for line in standing.behind}
    judged_now = {unit_of(one) for one in picture.judged if one.target == lead.target}
    names = picture.situation.name_of
    compares = is_of_month and standing.units > 1
    return Result(
        standing=standing,
        is_of_month=is_of_month,
        month_before=values.get(before_month) if is_of_month and not standing.is_many else None,
        year_before=values.get(year_before) if is_of_month and not standing.is_many else None,
        fell=tuple(
            line.name for line in standing.behind if compares and unit_of(line.assessment) in judged_then - then
        ),
        recovered=tuple(sorted(names(key) for key in (then & judged_now) - now)) if compares else (),
        promised=picture.promised.get(
            (lead.target, f"{lead.org_unit}@{lead.org_unit_valid_from}", lead.target_version)
        ),
    )


def _was_short(assessment: Assessment) -> bool:
    """Whether a month's look was short; one that has become old since is still what it was."""
    is_old = assessment.status is Status.STALE and (assessment.headroom or 0) < 0
    return assessment.status in SHORT or is_old


def _month_after(month: Period) -> Period:
    first = month.last_day + timedelta(days=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def _day(picture: Picture) -> date:
    return picture.as_of.astimezone(ZoneInfo(picture.situation.programme.time_zone)).date()
