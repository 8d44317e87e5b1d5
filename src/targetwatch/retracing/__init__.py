"""Retracing: what every pass would have found, and what would have followed, had one been made at each of some moments.

The production rules over a history that is held in memory: what was owed, the roll-up, the assessment, one judgement
over all moments of all courses, the status, and then the lives of the incidents, moment by moment. It reads no clock
and no database, writes nothing and sends nothing.

A course begins without incidents. Published claims and refused deliveries depend on no target, and are left out.

It is fast because little changes from look to look, and because the rules are asked about many looks at once, under
names of their own for each. Where to read on, after `passes`, which puts it all together:

- `looks`, `arrivals`, `timeline`: numbers for everything, and which look is the first to see it;
- `changes`, `rolling`, `stock`: which periods change, their roll-up, and what of it is kept at hand;
- `parts`, `deadlines`, `occasions`, `standing`: who answers to what, why somebody is assessed anew, the assessments;
- `judging`, `lives`, `lateness`, `telling`: verdicts and statuses, the incidents, and what people are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from targetwatch.retracing.course import Course, History, Pass, Retraced, moments

__all__ = ["Course", "History", "Pass", "Retraced", "moments", "retrace"]


def retrace(
    courses: Sequence[Course],
    suite: Path,
    *,
    tell: bool = False,
    worded: bool = True,
    whole: bool = True,
    late: bool = True,
) -> list[Retraced]:
    """What every course comes to, all of it judged in one run of the suite at `suite`. With `tell`, what is told too.

    Without `whole` the passes have no assessments, and only those incidents that each of them changed: enough for a
    history of the incidents, and much less to hold. Without `late` there are no incidents of being late.
    Without `worded` the same people are told for the same reasons, but not in words: no message is edited, save to
    close it.
    """
    from targetwatch.retracing.passes import retraced

    return retraced(courses, suite, tell=tell, worded=worded, whole=whole, late=late)
