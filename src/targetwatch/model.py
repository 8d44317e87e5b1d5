"""The vocabulary of targetwatch: the nouns that every room of the code speaks of.

Only the standard library is imported here, so that any module can depend on it at no cost. Ratios, shares and
thresholds are exact integers: a threshold is held in *millionths* of the metric's natural number (90 % is 900,000
millionths, a rank of 5 is 5,000,000), and a value is a numerator over a denominator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from fractions import Fraction

MILLION = 1_000_000


class Language(StrEnum):
    """A language that people are written to in."""

    VI = "vi"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Vietnamese and in English."""

    vi: str
    en: str

    def in_(self, language: Language) -> str:
        """These words in `language`."""
        return self.vi if language is Language.VI else self.en

    def __str__(self) -> str:
        """Both, for a column of the warehouse that readers of either language read."""
        return f"{self.vi} / {self.en}"

    @classmethod
    def parse(cls, both: str) -> Text:
        """The words behind `str(text)`; words in one language are taken for both."""
        vi, _, en = both.partition(" / ")
        return cls(vi, en or vi)


@dataclass(frozen=True, slots=True, order=True)
class UnitKey:
    """What identifies an org_unit. Codes are re-used, so the code alone does not."""

    code: str
    valid_from: date

    def __str__(self) -> str:
        return f"{self.code}@{self.valid_from.isoformat()}"


class Basis(StrEnum):
    """What the weight of a successor rests on."""

    WHOLE = "whole"  # the unit went over undivided
    COUNTED = "counted"  # the share of what was counted: dossiers, where that is known
    EQUAL = "equal"  # it was divided, and no count is known: equal parts
    ASSUMED = "assumed"  # no source says where it went: equal parts among those it may have gone to


@dataclass(frozen=True, slots=True)
class Successor:
    """A unit to which an ended one has passed on, with its part. The weights of all its successors add up to one."""

    unit: UnitKey
    weight: Fraction
    basis: Basis


@dataclass(frozen=True, slots=True)
class OrgUnit:
    """A body that is measured, during one stretch of time in which its name and its parent stayed the same."""

    key: UnitKey
    valid_to: date | None
    level: str
    kind: str
    name: str
    parent: UnitKey | None
    successors: tuple[Successor, ...] = ()  # who goes on with its work from the day after `valid_to`

    def is_valid_on(self, day: date) -> bool:
        """Whether the unit existed on `day`."""
        return self.key.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class MetricKind(StrEnum):
    """How a metric's value is made from its numerator and denominator."""

    RATIO = "ratio"
    COUNT = "count"
    LEVEL = "level"
    RANK = "rank"


class Cadence(StrEnum):
    """How long a period of a metric is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Reports(StrEnum):
    """Which of the reports that are due a metric counts."""

    RECEIVED = "received"  # those that came, however late
    IN_TIME = "in_time"  # those that came by the deadline


class RatePer(StrEnum):
    """What stretch of time a rate is counted by."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Origin(StrEnum):
    """Where an observation comes from, best first."""

    COMPUTED = "computed"
    REPORTED = "reported"
    PUBLISHED = "published"


class PeriodState(StrEnum):
    """How far a period's data can be relied on to be all there is."""

    PROVISIONAL = "provisional"
    COMPLETE = "complete"
    FINAL = "final"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A closed interval of days, in the programme's time zone."""

    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured. `sql` names the file in sql/metrics that measures it; None where no source works yet."""

    id: str
    name: Text
    kind: MetricKind
    unit_of_measure: str  # percent, count, rank, thousand_billion_vnd, ...
    counted: Text  # the noun the numerator and denominator count: "hồ sơ", "dossiers"
    cadence: Cadence
    source: str
    sql: str | None
    owner: str
    reports: Reports | None = None  # it is measured by which of its source's units have reported, and by no SQL
    tolerance: int | None = None  # how far another origin's figure may be off: see targetwatch.evaluation.tolerance
    shrinkage: int | None = None  # by which share a denominator has to fall for it to be pointed out, in millionths
    seasonal: bool = False  # a period is held against the same one a year before, and not against the one before it
    cumulative: bool = False  # counted since a beginning, so that it never falls
    rate_of: str | None = None  # the cumulative metric that grows by so many in every `rate_per`
    rate_per: RatePer | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a period is due: so many whole months and then working days after its last day, at a time of day."""

    working_days: int
    months: int = 0
    at: time = time(17, 0)


@dataclass(frozen=True, slots=True)
class Reporters:
    """Which units owe a source its data: every unit of `level`, for work handled at `tier`."""

    tier: str
    level: str


class ColumnType(StrEnum):
    """What a delivered column holds once it has been read."""

    TEXT = "text"
    DATE = "date"
    TIMESTAMP = "timestamp"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a source keeps. Columns that are not named are dropped before anything is written."""

    name: str  # in the warehouse
    delivered_as: str  # in the delivered file
    type: ColumnType
    required: bool = True  # the column must be in the file; whether a value must be there is for the gate to say
    keyed_hash: bool = False  # kept only as a keyed hash
    values: Mapping[str, str] = field(default_factory=dict)  # spelling -> canonical value
    number_format: str | None = None  # vi: 1.234,5; en: 1,234.5; None: a point or comma parts decimals, never thousands


@dataclass(frozen=True, slots=True)
class SqlFetch:
    """Rows of a database: sql/sources/<query>.sql, one SELECT with :since where the source has a watermark."""

    query: str


class Paging(StrEnum):
    """How the answer of an HTTP service goes on."""

    NONE = "none"  # one answer is all
    PAGE = "page"  # numbered pages
    OFFSET = "offset"  # so many rows on
    CURSOR = "cursor"  # each answer holds the mark of the next
    LINK = "link"  # each answer names the next in its Link header, or under `next_path`


@dataclass(frozen=True, slots=True)
class HttpFetch:
    """Rows of an HTTP service that answers in JSON. `records` and the other paths are JSONPath expressions."""

    path: str
    records: str = "$"
    params: Mapping[str, str] = field(default_factory=dict)
    paging: Paging = Paging.NONE
    page_size: int = 0  # 0: the service's own
    first_page: int = 1
    page_param: str = "page"
    size_param: str = "limit"
    offset_param: str = "offset"
    cursor_param: str = "cursor"
    next_path: str | None = None  # of the cursor, or of the link where no header has it
    total_path: str | None = None
    since_param: str | None = None
    token_header: str | None = None  # None: as a bearer token
    most_pages: int = 10_000


@dataclass(frozen=True, slots=True)
class CkanFetch:
    """The data sets of a CKAN portal, held against the list of those that are to be published."""

    wanted: str  # a CSV file beside the source's own: name, org_unit, title, every_days


@dataclass(frozen=True, slots=True)
class Monitored:
    """What is to be monitored: one series with these labels, or one of every unit of `level` that is in force."""

    labels: Mapping[str, str]
    level: str | None = None  # the unit's code stands in the label that is delivered as the source's unit column


@dataclass(frozen=True, slots=True)
class PrometheusFetch:
    """Whether systems were up, day by day: sql/sources/<query>.promql, 1 for up and 0 for down, at every step."""

    query: str
    step_seconds: int = 60
    expected: tuple[Monitored, ...] = ()  # a row of these on every day, known or not
    days_at_first: int = 31  # so far back the first fetch goes
    most_series: int = 10_000


@dataclass(frozen=True, slots=True)
class ObjectFetch:
    """Files in an object store that Airflow's ObjectStoragePath reaches: each new or changed one is a delivery."""

    path: str  # scheme://bucket/folder
    pattern: str = "**"  # of the names below it: * stands for all but /, ** for all


Fetch = SqlFetch | HttpFetch | CkanFetch | PrometheusFetch | ObjectFetch


@dataclass(frozen=True, slots=True)
class TotalRows:
    """Rows of a delivery that are no records: they say what the others add up to, and are held against that."""

    column: str  # a kept column
    values: tuple[str, ...]  # what such a row has there, in any case of letters
    sums: tuple[str, ...] = ()  # kept columns in which it has the sum of all other rows; empty: it is passed over


@dataclass(frozen=True, slots=True)
class Source:
    """Where batches come from."""

    id: str
    name: Text
    planned: bool  # declared, and not gathered yet
    connector: str | None  # file: whatever lies in the inbox; else sql, http, ckan, prometheus or objects
    formats: tuple[str, ...]  # of csv, parquet, xlsx, jsonl; each may come packed
    table: str | None  # the record table, defined by sql/records/<table>.sql
    gate: str | None  # expectations/gates/<gate>.json
    origin: Origin
    cadence: Cadence | None
    deadline: Deadline | None  # None: nothing is ever due
    reporters: tuple[Reporters, ...]
    period_column: str | None  # the date column that says which period a record reports
    unit_column: str | None
    tier_column: str | None
    tier: str | None  # where no column says it
    columns: tuple[Column, ...]
    bad_rows_allowed: float  # share of a batch's rows, 0 to 1; above it the batch is refused whole
    owner: str
    how_reached: str
    feeds: Text
    identified_by: tuple[str, ...] = ()  # kept columns that together name one record; empty: the keyed-hash columns
    named_in: tuple[str, ...] = ()  # references that speak of it
    measured_by: tuple[str, ...] = ()  # files in sql/metrics that measure its records, without the suffix
    fetch: Fetch | None = None  # what its connector asks for, where it is not the inbox alone
    connection: str | None = None  # the id of the Airflow Connection with address and secrets
    schedule: str | None = None  # when it is gathered, as cron in the programme's time zone
    watermark: str | None = None  # the kept column whose largest value says how far it has been gathered
    overlap_hours: int = 0  # how far before that mark the next fetch begins, for what was written late
    total_rows: TotalRows | None = None
    sheet: str | None = None  # the name of the sheets of a workbook that are read, or a pattern; None: all that have it
    tolerance: int | None = None  # how far its figures may be off those of the records, where the metric does not say


class Comparison(StrEnum):
    """How a value is held against a target."""

    AT_LEAST = ">="
    ABOVE = ">"
    AT_MOST = "<="
    BELOW = "<"
    BETWEEN = "between"


class Scope(StrEnum):
    """Whether the tier answers as one, or every unit by itself."""

    POOLED = "pooled"
    EACH = "each"


class Path(StrEnum):
    """The shape of the way to a target."""

    HOLD = "hold"
    BY_DUE = "by_due"
    LINEAR = "linear"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A value to be reached by a day, in millionths."""

    on: date
    value: int


@dataclass(frozen=True, slots=True)
class Trajectory:
    """What is required when.

    A linear path with no `baseline` starts where each unit stood: on `baseline_on`, where a day is given and the unit
    had been observed by then, else at the first value that was ever observed of it.
    """

    path: Path
    assumed: bool
    baseline: Milestone | None = None
    milestones: tuple[Milestone, ...] = ()
    baseline_on: date | None = None


class UnitEnding(StrEnum):
    """What becomes of a target on a unit that ends."""

    ENDS = "ends"  # it ends with the unit
    PASSES_ON = "passes_on"  # it goes on with the unit's successors, and so does the unit's history


@dataclass(frozen=True, slots=True)
class Selector:
    """The org_units a target is for: of those given, all must hold.

    A code that several units bear in the course of time comes with the first day of the one that is meant.
    """

    level: str | None = None
    code: str | None = None
    parent: str | None = None
    kind: str | None = None
    every: bool = False  # all that the target's tier can be measured of
    code_valid_from: date | None = None
    parent_valid_from: date | None = None
    except_for: tuple[UnitKey, ...] = ()  # units for which an exception of the same target holds


@dataclass(frozen=True, slots=True)
class Reference:
    """A document that says so."""

    id: str
    title: str
    publisher: str
    published: str  # as precise as it is known: 2021-07, 2018-09-20


@dataclass(frozen=True, slots=True)
class TargetVersion:
    """One version of a target, in force from `effective_from` to `effective_to`, both included."""

    target: str
    version: str  # hash of what was written
    name: Text
    short_name: Text  # for a message's headline
    metric: str
    tier: str
    selector: Selector
    scope: Scope
    comparison: Comparison
    value: int  # millionths
    value_to: int | None  # the upper bound of `between`, millionths
    due: date | None
    trajectory: Trajectory
    warning_margin: int  # millionths
    effective_from: date
    effective_to: date | None
    reference: str
    owner: str
    patience: int = 0  # `for`: judged periods a breach must have held before its incident opens
    keep_open_for: int = 0  # judged periods that must be good before it closes
    replaces: date | None = None  # `effective_from` of the version of this target that it follows
    when_unit_ends: UnitEnding = UnitEnding.ENDS


class Status(StrEnum):
    """What follows from an assessment; the order is the order of the rules."""

    ENDED = "ended"
    NOT_EVALUATED = "not_evaluated"
    NO_DATA = "no_data"
    STALE = "stale"
    MISSED = "missed"
    BEHIND = "behind"
    AT_RISK = "at_risk"
    MET = "met"
    ON_TRACK = "on_track"


class Reason(StrEnum):
    """Why a status is what it is."""

    TARGET_ENDED = "target_ended"
    UNIT_ENDED = "unit_ended"
    UNIT_PASSED_ON = "unit_passed_on"  # the unit has ended, and its successors answer for the target
    CHECK_FAILED = "check_failed"
    EMPTY_DENOMINATOR = "empty_denominator"
    SOURCE_PLANNED = "source_planned"
    NEVER_OBSERVED = "never_observed"
    NOTHING_DUE_YET = "nothing_due_yet"
    OVERDUE = "overdue"  # the newest judged period is older than the deadline allows
    SHORT_OF_FINAL = "short_of_final"
    SHORT_OF_REQUIRED = "short_of_required"
    INCOMPLETE = "incomplete"  # the missing units decide
    FINAL_REACHED = "final_reached"
    WITHIN_MARGIN = "within_margin"
    REQUIRED_REACHED = "required_reached"


class Verdict(StrEnum):
    """What an expectation of a judgement suite stands for when a row fails it (`meta.verdict` in the suite)."""

    NO_VALUE = "no_value"
    STALE = "stale"
    SHORT_AT_BEST = "short_at_best"
    SHORT_AT_WORST = "short_at_worst"
    FINAL_SHORT_AT_BEST = "final_short_at_best"
    FINAL_SHORT_AT_WORST = "final_short_at_worst"
    MARGIN_SHORT_AT_BEST = "margin_short_at_best"
    MARGIN_SHORT_AT_WORST = "margin_short_at_worst"
    GUARD = "guard"  # a failing guard judges nothing and makes every row not_evaluated
    MISREPORTED = "misreported"


class Role(StrEnum):
    """What part a unit plays under a target."""

    POOLED = "pooled"  # the tier as one
    SHARE = "share"  # one unit's share of a pooled target's gap
    EACH = "each"  # a unit that answers by itself


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """The figures that a rate rose from because its denominator shrank.

    They are of an earlier period, or of the same one before it was restated.
    """

    period_start: date
    period_end: date
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """One observation against one target version at one time, with what was made of it.

    `attained` and `needed` are the two sides of the one exact comparison (numerator x 10^6, and millionths x
    denominator; swapped where lower is better). `headroom` is attained - needed, negative when short; `headroom_units`
    the same in whole units of the numerator, None where the real numerator is not known. The `low` and `high`
    numerators over `bounds_denominator` say what the missing bodies could still make of the value.
    """

    target: str
    target_version: str
    metric: str
    org_unit: str
    org_unit_valid_from: date
    tier: str
    role: Role
    comparison: Comparison
    as_of: datetime
    status: Status
    reason: Reason
    period_start: date | None = None
    period_end: date | None = None
    period_state: PeriodState | None = None
    origin: Origin | None = None
    numerator: int | None = None
    denominator: int | None = None
    parts: bool = False
    required: int | None = None
    final: int | None = None
    attained: int | None = None
    needed: int | None = None
    headroom: int | None = None
    headroom_units: int | None = None
    low_numerator: int | None = None
    high_numerator: int | None = None
    bounds_denominator: int | None = None
    bodies_reported: int | None = None
    bodies_due: int | None = None
    missing: tuple[str, ...] = ()  # unit keys, as text
    deadline: datetime | None = None
    known_at: datetime | None = None
    failed: tuple[str, ...] = ()  # verdicts of the expectations that this row failed
    shrank: Shrinkage | None = None  # a remark and no status: its rate rose because its denominator shrank


@dataclass(frozen=True, slots=True)
class Restatement:
    """A period that had been judged and whose figures were changed afterwards."""

    target: str
    org_unit: str
    org_unit_valid_from: date
    period_start: date
    period_end: date
    numerator_before: int
    denominator_before: int
    headroom_units_before: int | None
    numerator_after: int
    denominator_after: int
    headroom_units_after: int | None


class Against(StrEnum):
    """What a published figure was held against, besides its own parts, and does not agree with."""

    EARLIER = "earlier"  # a cumulative figure is less than it was
    REPUBLISHED = "republished"  # another document gave another figure for the same day, and none says it replaces it
    RATE = "rate"  # two cumulative figures have grown by another rate between them
    RECORDS = "records"  # the records give another value


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What a published figure does not agree with: another published figure, or a value as numerator / denominator."""

    against: Against
    published: str | None = None  # the other figure, as it was published
    qualifier: str = "exact"
    as_of: date | None = None  # of the other figure; of a rate: of the later of the two; of records: the period's end
    since: date | None = None  # of a rate: the day of the earlier figure; of records: the period's first day
    reference: str | None = None  # of the other figure
    numerator: int | None = None
    denominator: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A published figure with its parts, where the publication gives them, and what checking it found."""

    id: str  # metric/as_of
    metric: str
    name: Text
    as_of: date
    numerator: int | None
    denominator: int | None
    published: str  # as published, so that its last digit is known
    unit_of_measure: str
    check: str  # share, quotient or none
    qualifier: str  # exact, about, nearly or more than
    reference: str
    finding: str  # adds_up, misreported, not_compared, not_evaluated, replaced
    contradictions: tuple[Contradiction, ...] = ()  # what else it does not agree with
    parts_agree: bool = True  # False where it does not agree with its own numerator and denominator
    is_judged: bool = True  # False where a check could not run, so that nothing is known of it

    @property
    def is_off_its_parts(self) -> bool:
        """Whether it does not agree with its own parts. Before anything else was checked, nothing else was wrong."""
        return not self.parts_agree or (self.finding == "misreported" and not self.contradictions)


class ReportFinding(StrEnum):
    """What holding a unit's own report against the records found."""

    AGREES = "agrees"
    MISREPORTED = "misreported"  # they differ by more than is tolerated
    ACKNOWLEDGED = "acknowledged"  # they do, and the catalogue says why, and until when that is accepted
    NOT_EVALUATED = "not_evaluated"  # one of them has no value, or not all of the records are there


@dataclass(frozen=True, slots=True)
class AcknowledgedDifference:
    """A standing difference between reports and records that is accepted for a reason and for a term."""

    metric: str
    level: str | None  # of all units of a level, or of the one unit below
    code: str | None
    code_valid_from: date | None
    reason: Text
    by: str  # the owner who accepts it
    first_day: date
    last_day: date
    up_to: int | None  # the largest difference that is accepted, in the measure of tolerances; None: any


class Lapse(StrEnum):
    """Why a difference that was acknowledged is told again."""

    EXPIRED = "expired"
    EXCEEDED = "exceeded"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """What a unit reports of itself for a period beside what the records give, and what comparing the two found.

    `deviation` is how far they are apart and `allowed` how far they may be, in the measure of tolerances
    (targetwatch.evaluation.tolerance). The acknowledgement is the one that holds or, where `lapsed` says why, held.
    """

    metric: str
    tier: str
    org_unit: str
    org_unit_valid_from: date
    period_start: date
    period_end: date
    reported_numerator: int
    reported_denominator: int
    reported_parts: bool
    reported_at: datetime
    computed_numerator: int
    computed_denominator: int
    computed_parts: bool
    computed_at: datetime
    deviation: int | None
    allowed: int
    finding: ReportFinding
    reason: Text | None = None
    acknowledged_by: str | None = None
    acknowledged_until: date | None = None
    lapsed: Lapse | None = None

    @property
    def unit(self) -> UnitKey:
        """The unit that reported."""
        return UnitKey(self.org_unit, self.org_unit_valid_from)


class IncidentKind(StrEnum):
    """What an incident is about."""

    BEHIND = "behind"  # a target and org_unit: behind or missed
    LATE = "late"  # a source: units have not delivered by the deadline
    QUALITY = "quality"  # a source: a delivery was refused
    MISREPORTED = "misreported"  # a published claim; or a metric, tier and org_unit: what it reports of itself


class IncidentState(StrEnum):
    """Where an incident stands."""

    PENDING = "pending"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    SUPERSEDED = "superseded"
    ENDED = "ended"

    @property
    def is_live(self) -> bool:
        """Whether the episode still goes on."""
        return self in (IncidentState.PENDING, IncidentState.OPEN, IncidentState.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True, order=True)
class IncidentKey:
    """At most one live incident has this key.

    `subject` is a target, a source, a claim or, of what an org_unit reports of itself, metric/tier.
    """

    kind: IncidentKind
    subject: str
    org_unit: str = ""
    org_unit_valid_from: date | None = None


class Outlook(StrEnum):
    """What one look at an incident's condition found. UNKNOWN holds the state: missing data is never good."""

    BAD = "bad"
    GOOD = "good"
    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Finding:
    """One look at the condition of one incident. `period_start` is the judged period; None for sources and claims."""

    key: IncidentKey
    outlook: Outlook
    period_start: date | None = None
    facts: Mapping[str, object] = field(default_factory=dict)  # plain JSON: what the message needs to say


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a breach must hold before its incident opens, and stay good before it closes, in judged periods."""

    open_after: int = 0
    keep_open_for: int = 0


@dataclass(frozen=True, slots=True)
class Incident:
    """An episode of trouble."""

    number: int
    key: IncidentKey
    state: IncidentState
    began_at: datetime
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    last_period: date | None = None  # the newest judged period that was counted
    bad_periods: int = 0  # judged periods in a row
    good_periods: int = 0
    run_before: int = 0  # judged periods in a row before `last_period`: bad ones above 0, good ones below
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What people call it: TW-147."""
        return f"TW-{self.number}"


class IncidentEventKind(StrEnum):
    """A step in an incident's life."""

    PENDING = "pending"
    OPENED = "opened"
    CHANGED = "changed"  # a new judged period, or other facts, while it is open
    RESOLVED = "resolved"
    SUPERSEDED = "superseded"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"  # was pending, never opened


@dataclass(frozen=True, slots=True)
class IncidentEvent:
    """Something that happened to an incident."""

    kind: IncidentEventKind
    number: int
    key: IncidentKey
    at: datetime
    facts_before: Mapping[str, object]
    facts_after: Mapping[str, object]


class Delivery(StrEnum):
    """What the sender does with a notification."""

    POST = "post"  # a new message
    UPDATE = "update"  # edit the group's message in place
    REPLY = "reply"  # into the message's thread


class NotificationState(StrEnum):
    """Where a notification stands in the outbox."""

    PENDING = "pending"
    SENT = "sent"
    MERGED = "merged"  # overtaken by a newer edit of the same message before it was sent
    SUPPRESSED = "suppressed"
    FAILED = "failed"  # terminal; says why


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where messages go, in which language, and which ones."""

    name: str
    channel: str
    language: Language
    kinds: tuple[IncidentKind, ...]
    owners: tuple[str, ...] = ()  # empty: all
    mention: str = ""  # a Slack user-group id, named on opening only


@dataclass(frozen=True, slots=True)
class Notification:
    """A row of the outbox."""

    id: str
    receiver: str
    channel: str
    group: str  # behind/dossiers_district, late/procedures, ...
    episode: int  # the number of the incident that the message stands for
    delivery: Delivery
    reason: str  # opened, changed, worse, better, restated, resolved, ended, superseded
    payload: Mapping[str, object]
    fingerprint: str  # of the words without the times: an edit that changes nothing is not sent
    created_at: datetime
    state: NotificationState = NotificationState.PENDING  # SUPPRESSED where a message was withheld
    state_reason: str = ""  # why it was withheld


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are working days: a country's public holidays, changed by what the programme declares."""

    country: str
    weekend: tuple[int, ...]  # Monday is 0
    extra_holidays: tuple[date, ...] = ()
    extra_working_days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Owner:
    """A role that answers for something; never a person."""

    id: str
    name: Text


@dataclass(frozen=True, slots=True)
class Programme:
    """A whole catalogue: what is watched, for whom, and by which calendar."""

    name: Text
    time_zone: str
    start: date
    root_unit: str
    levels: Mapping[str, Text]  # level -> plural name: "đơn vị cấp huyện", "districts"
    calendar: Calendar
    org_units: tuple[OrgUnit, ...]
    metrics: Mapping[str, Metric]
    sources: Mapping[str, Source]
    targets: tuple[TargetVersion, ...]
    receivers: tuple[Receiver, ...]
    owners: Mapping[str, Owner]
    references: Mapping[str, Reference]
    acknowledged: tuple[AcknowledgedDifference, ...] = ()
