"""The story of the demo: how the tiers go, and scene by scene what is delivered and what one then sees.

All of it is invented. The figures are plans that the sample is made to follow to within one dossier, so that what a
scene says of a tier comes true whatever the seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from zoneinfo import ZoneInfo

from targetwatch.demo.bodies import Path, Plan, Stumble

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST_MONTH = date(2021, 6, 1)
HISTORY_ENDS = date(2025, 2, 28)
FEBRUARY, MARCH, APRIL, MAY = (date(2025, month, 1) for month in (2, 3, 4, 5))
LAST_MONTH = MAY

SOC_SON, ME_LINH, BA_VI, CHUONG_MY, THUONG_TIN, UNG_HOA, MY_DUC = "016", "250", "271", "277", "279", "281", "282"

_PATHS = {
    tier: Path(date(2021, 12, 31), start, date(2025, 12, 31), end)
    for tier, start, end in (("city", 52.0, 90.0), ("district", 34.0, 80.0), ("commune", 18.0, 60.0))
}
PLANS: Mapping[str, Plan] = {
    # Short in February, and well over the path from March on.
    "city": Plan(
        _PATHS["city"],
        {FIRST_MONTH: 2.0, date(2024, 6, 1): 1.2, MARCH: 1.7, MAY: 2.1},
        (
            Stumble(
                {date(2025, 1, 1): -0.3, FEBRUARY: -0.9}, {"SO-TNMT": 1.5, "SO-XD": 1.0, "SO-GTVT": 0.7, "CA-TP": 0.5}
            ),
        ),
    ),
    # Over the path until February; then five districts fall back, and in May they begin to recover.
    "district": Plan(
        _PATHS["district"],
        {FIRST_MONTH: 2.5, FEBRUARY: 1.4},
        (
            Stumble(
                {MARCH: -1.2, APRIL: -2.4, MAY: -1.7},
                {BA_VI: 1.6, MY_DUC: 1.3, UNG_HOA: 1.0, SOC_SON: 0.7, CHUONG_MY: 0.5},
            ),
        ),
    ),
    # Inside the warning margin, so that one district's missing communes can decide.
    "commune": Plan(_PATHS["commune"], {FIRST_MONTH: 3.0, date(2024, 6, 1): 1.5, FEBRUARY: 0.7, MAY: 0.5}),
}


class Condition(Enum):
    """What state a district's file is in."""

    IN_ORDER = auto()
    HALF_BAD = auto()
    SENT_AGAIN = auto()


@dataclass(frozen=True)
class MonthOfDossiers:
    """A month's dossiers: one file for the city's departments and one for each district with its communes."""

    month: date
    never_sent: frozenset[str] = frozenset()  # districts whose file does not come
    half_bad: frozenset[str] = frozenset()  # districts whose file has half of its rows spoiled


@dataclass(frozen=True)
class CorrectedFile:
    """A district's file for a month, sent again, in order."""

    month: date
    district: str


@dataclass(frozen=True)
class PublishedFigures:
    """The published figures that the catalogue ships with."""


@dataclass(frozen=True)
class Rankings:
    """Places in the ranking of provinces by digital transformation, made up: year, rank, day of publication."""

    places: tuple[tuple[int, int, date], ...]


@dataclass(frozen=True)
class SelfReport:
    """A spreadsheet in which units report of themselves, made up.

    Its rows are metric, tier, org_unit, period, numerator, denominator, share.
    """

    month: date
    rows: tuple[tuple[str | int | None, ...], ...]


Sent = MonthOfDossiers | CorrectedFile | PublishedFigures | Rankings | SelfReport


@dataclass(frozen=True)
class Scene:
    """A moment of the story: what is delivered at it, and what one should see after it."""

    id: str
    at: datetime
    happens: str
    look_for: str
    sent: tuple[Sent, ...] = ()


def _at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=HANOI)


OPENING = _at(2025, 3, 12, 8, 0)  # when the history to February has been delivered

RANKINGS = Rankings(
    (
        (2020, 12, date(2021, 10, 18)),
        (2021, 11, date(2022, 8, 8)),
        (2022, 9, date(2023, 7, 12)),
        (2023, 7, date(2024, 7, 25)),
    )
)
SELF_REPORT = SelfReport(
    MAY,
    (
        ("document_management_units", "city", "01", "2025-05", 579, 579, None),
        ("official_mailboxes", "city", "01", "2025-05", None, None, "100"),
        ("postal_service_points", "city", "01", "2025-05", 526, 526, None),
        ("dossiers_processed_online", "district", BA_VI, "2025-05", 348, 380, None),
    ),
)

SCENES: tuple[Scene, ...] = (
    Scene(
        "first_look",
        _at(2025, 3, 12, 9, 0),
        "The published figures and a ranking are delivered. Everything to February is judged for the first time.",
        "The departments are behind (−0.9 points): a message. Two published figures do not add up: 410 of 579 is not "
        "69.3 %, and 200 million visits in 15 years are not nearly 20,000 a day.",
        (PublishedFigures(), RANKINGS),
    ),
    Scene(
        "march",
        _at(2025, 4, 10, 9, 0),
        "The departments and all 30 districts deliver March.",
        "The districts fall behind (−1.2 points, Huyện Ba Vì furthest): a new message. The departments recover: their "
        "message is marked resolved.",
        (MonthOfDossiers(MARCH),),
    ),
    Scene(
        "april_half_bad",
        _at(2025, 5, 12, 9, 0),
        "April is delivered; in the file of Huyện Thường Tín half of the rows are bad.",
        "That file is refused whole, and a message of its own says so. The districts' message is edited: further "
        "behind, whatever Huyện Thường Tín would say. Nobody has acknowledged it for ten working days, so its thread "
        "names the director of the department and the city office: each gets a message too.",
        (MonthOfDossiers(APRIL, half_bad=frozenset({THUONG_TIN})),),
    ),
    Scene(
        "april_corrected",
        _at(2025, 5, 13, 10, 0),
        "Huyện Thường Tín sends April again, in order.",
        "The message about its file is marked resolved; the districts' message now counts all 30 (−2.4 points).",
        (CorrectedFile(APRIL, THUONG_TIN),),
    ),
    Scene(
        "may_without_me_linh",
        _at(2025, 6, 10, 9, 0),
        "May is delivered by everyone but Huyện Mê Linh.",
        "The districts are less far behind (about −1.8 points), whatever Huyện Mê Linh would say: the message is "
        "edited.",
        (MonthOfDossiers(MAY, never_sent=frozenset({ME_LINH})),),
    ),
    Scene(
        "deadline_passes",
        _at(2025, 6, 14, 8, 0),
        "The deadline for May passed on 13 June without Huyện Mê Linh. Some units report of themselves in a "
        "spreadsheet.",
        "A message says that Huyện Mê Linh and its communes have not delivered. Whether the communes reach what they "
        "need cannot be said: the missing ones decide. Three targets have a reported value on the board; what Huyện Ba "
        "Vì reports of its dossiers is not what the records say: a message sets both side by side, and the records are "
        "judged. It is a Saturday: the data engineers hear of it at once, and the heads of units on Monday.",
        (SELF_REPORT,),
    ),
)
