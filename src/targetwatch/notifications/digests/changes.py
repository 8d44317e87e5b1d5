"""Changes: targets and units that stood otherwise when an edition ended than when it began, as it was known then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from targetwatch.model import Assessment, Reason, Role, Status, UnitKey
from targetwatch.notifications.digests.hearing import Hearing, unit_of
from targetwatch.notifications.digests.picture import Picture
from targetwatch.notifications.digests.standings import NEED, answering, by_target, unit_lines
from targetwatch.notifications.digests.stories import Change, Standing
from targetwatch.notifications.stories import UnitLine
from targetwatch.notifications.telling.targets import SHORT

Said = tuple[Status, bool]  # a status, and whether the missing units decide


def said(assessment: Assessment | None) -> Said | None:
    """What was said of a target and unit, as far as a change of it is worth telling."""
    return None if assessment is None else (assessment.status, assessment.reason is Reason.INCOMPLETE)


def changes(picture: Picture, hearing: Hearing, now: Iterable[Standing]) -> tuple[Change, ...]:
    """What changed, the worst first: statuses and, where those are the same, how far and how many are behind.

    Many units of a target that went the same way are one change. What was ended before, or has been withdrawn since,
    is none.
    """
    standing = {one.target.target: one for one in now}
    began = by_target(picture.situation, picture.began)
    ended = by_target(picture.situation, picture.ended)
    found: list[Change] = []
    for target, of_target in ended.items():
        if target in standing:
            found += _of_target(picture, hearing, standing[target], began.get(target, []), of_target)
    return tuple(sorted(found, key=lambda one: (one.before is None, NEED[one.after.status])))


def _of_target(
    picture: Picture, hearing: Hearing, standing: Standing, began: list[Assessment], ended: list[Assessment]
) -> list[Change]:
    before = {unit_of(one): one for one in began}
    since = {unit_of(one): one for one in picture.situation.assessments if one.target == standing.target.target}
    after = answering(hearing, ended)
    under = [one for one in ended if one.role is Role.SHARE] if after and after[0].role is Role.POOLED else after
    behind_before = sum(one.status in SHORT for one in began if one.role is under[0].role) if under else 0
    who = unit_lines(picture.situation, under)
    groups: dict[tuple[Said | None, Said | None], list[Assessment]] = defaultdict(list)
    for one in after:
        then = before.get(unit_of(one))
        if _differs(then, one) or (len(after) == 1 and _moved(then, one, behind_before, len(who))):
            groups[said(then), said(one)].append(one)
    found = []
    for of_group in groups.values():
        of_group.sort(key=lambda one: (one.headroom_units or 0, one.org_unit))
        first = of_group[0]
        found.append(
            Change(
                standing=standing,
                units=_names(picture, of_group) if len(after) > 1 else (),
                before=before.get(unit_of(first)),
                after=first,
                since=_since(since, of_group),
                behind_before=behind_before,
                behind_after=len(who),
                who=_own(who, first) if len(after) == 1 else (),
            )
        )
    return found


def _own(who: tuple[UnitLine, ...], first: Assessment) -> tuple[UnitLine, ...]:
    """The units under it; not itself, where it answers alone."""
    return who if first.role is Role.POOLED else ()


def _differs(before: Assessment | None, after: Assessment) -> bool:
    if after.status is Status.ENDED and before is None:
        return False
    return said(before) != said(after)


def _moved(before: Assessment | None, after: Assessment, behind_before: int, behind_after: int) -> bool:
    """Whether a target that is as short as before by its status is further or less far, or more or fewer units are."""
    if before is None or after.status not in SHORT:
        return False
    return before.headroom_units != after.headroom_units or behind_before != behind_after


def _since(now: Mapping[UnitKey, Assessment], of_group: list[Assessment]) -> Status | None:
    """What all of a group have become since the edition ended; None where that is nothing else, or not one thing."""
    become = {said(now.get(unit_of(one))) for one in of_group}
    if len(become) != 1:
        return None
    (one,) = become
    return one[0] if one is not None and one != said(of_group[0]) else None


def _names(picture: Picture, of_group: list[Assessment]) -> tuple[str, ...]:
    return tuple(picture.situation.name_of(unit_of(one)) for one in of_group)
