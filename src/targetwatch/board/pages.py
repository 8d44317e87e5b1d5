"""The pages: what each shows, read from the newest snapshots and set in its template. Facts in, HTML out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache, partial
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from targetwatch.board import absence, charts, queries, sentences
from targetwatch.board import rows as rows_
from targetwatch.board.asked import Asked, path_of, plain
from targetwatch.board.read_model import About, ReadModel
from targetwatch.board.rows import UNITS_SHOWN
from targetwatch.board.standing import Observed, Standing
from targetwatch.board.trouble import Incident
from targetwatch.model import IncidentKind, Language, Status, Text
from targetwatch.wording import dates, nouns, numbers, published, reports, words
from targetwatch.wording.figures import Figures, Measure

OLD = timedelta(hours=2)
WEEK = timedelta(days=7)
HISTORY_SHOWN = 48
UNITS_IN_TABLE = 40
REPORTS_SHOWN = 200
CHARTS = ((860, 190), (330, 150))  # for wide pages and for narrow ones: words are never scaled
FOUND = 400  # units that a search looks at
ENDINGS = (Status.ENDED,)  # statuses whose tile is there only if a target has it
PAGES = {
    IncidentKind.BEHIND: "targets",
    IncidentKind.LATE: "sources",
    IncidentKind.QUALITY: "sources",
    IncidentKind.MISREPORTED: "claims",
}
SHAPES = {
    "misreported": Status.MISSED,
    "adds_up": Status.MET,
    "not_compared": Status.NO_DATA,
    "not_evaluated": Status.NOT_EVALUATED,
    "replaced": Status.ENDED,
}
INCIDENTS = Text("cảnh báo", "incidents")


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a page is shown, and what its address asks for."""

    root: str  # the path that the board is mounted at, without a slash at its end
    path: str  # of the page below it
    asked: Asked
    now: datetime
    nonce: str
    is_synthetic: bool  # a demo's clock is set: every figure is made up

    @property
    def here(self) -> str:
        """The address of the page itself, without parameters."""
        return f"{self.root}{self.path}"

    @property
    def board(self) -> str:
        """The address of the board in the language of the page."""
        return f"{self.root}/{Asked(self.asked.language).query}"

    def to(self, *parts: str) -> str:
        """The address of another page in the language of this one."""
        return f"{self.root}{path_of(*parts)}{Asked(self.asked.language).query}"


def board(model: ReadModel, place: Place) -> str:
    """The page of all targets."""
    about, language = model.about(), place.asked.language
    shares = model.share_counts()
    every = rows_.rows(model.standings(), shares)
    named = model.shares(name=plain(place.asked.search), most=FOUND) if place.asked.search else []
    shown = rows_.chosen(every, place.asked, named)
    if any(row.id == place.asked.open and not row.is_many for row in shown):
        shown = rows_.with_units(shown, place.asked.open, model.shares(place.asked.open, most=UNITS_SHOWN))
    else:
        shown = rows_.with_units(shown, place.asked.open, ())
    counts = rows_.counts(every)
    incidents = model.incidents()
    troubled = model.troubled(incidents)
    return render(
        "board.html", place, about,
        action=sentences.action(counts, language),
        unjudged=sentences.unjudged(every, counts, language),
        tiles=[(status, counts[status]) for status in words.STATUSES if counts[status] or status not in ENDINGS],
        changes=model.changes((about.as_of or place.now) - WEEK),
        rows=shown,
        all_rows=len(every),
        owners=rows_.owners(every, language),
        incidents=incidents,
        incidents_called=INCIDENTS,
        quiet={target: found.incidents for target, found in shares.items()},
        troubled=troubled,
        troubles_of={source.source: source.incidents for source in troubled},
        affected={source.source: absence.affected(every, source.source, language) for source in troubled},
        silences=absence.silences,
        reported=[group for group in model.report_groups() if group.differs],
        misreported=[figure for figure in model.claims() if figure.claim.finding == "misreported"],
        window=_window(about, place),
        pages=PAGES,
        undelivered=model.undelivered(place.now),
    )  # fmt: skip


def target(model: ReadModel, place: Place, target_id: str) -> str | None:
    """The page of one target; None where no target has this id."""
    standings = model.standings(target_id)
    if not standings:
        return None
    about = model.about()
    row = rows_.rows(standings, model.share_counts())[0]
    lead = row.lead
    units = [*row.own, *model.shares(target_id)] if row.can_open else []
    history = [] if row.is_many else [(one, _figures(lead, one)) for one in reversed(lead.series)]
    newest = lead.figures if lead.is_judged else lead.last_known or lead.figures
    required = newest.required_now(place.asked.language)
    needed = f"{words.NEEDED.in_(place.asked.language)} {required}" if required else ""
    value = newest.value(place.asked.language)
    big, small = (
        None if row.is_many else charts.chart(lead, _window(about, place), *size, value, needed) for size in CHARTS
    )
    return render(
        "target.html", place, about,
        row=row,
        units=units,
        history=history[:HISTORY_SHOWN],
        more_history=max(len(history) - HISTORY_SHOWN, 0),
        units_shown=UNITS_IN_TABLE,
        big=big,
        small=small,
        said=model.said(lead),
        reported=model.report_groups(lead.target.metric, lead.target.tier),
        incidents=model.incidents(target_id),
        queries=queries.of_target(lead),
    )  # fmt: skip


def source(model: ReadModel, place: Place, source_id: str) -> str | None:
    """The page of one source; None where the catalogue has none of this id."""
    found = model.source(source_id)
    if found is None:
        return None
    every = rows_.rows(model.standings(), model.share_counts())
    troubled = model.troubled([one for one in model.incidents() if _is_about(one, source_id)])
    return render(
        "source.html", place, model.about(),
        source=found,
        troubled=troubled[0] if troubled else None,
        affected={source_id: absence.affected(every, source_id, place.asked.language)},
        silences=absence.silences,
        batches=model.batches(source_id),
        set_aside=model.set_aside(source_id),
        rows=[row for row in every if row.lead.source == source_id],
        queries=queries.of_source(source_id),
    )  # fmt: skip


def claim(model: ReadModel, place: Place, claim_id: str) -> str | None:
    """The page of one published figure; None where none has this id."""
    found = model.claims(claim_id)
    if not found:
        return None
    figure = found[0]
    shape = SHAPES.get(figure.claim.finding, Status.NOT_EVALUATED)
    return render(
        "claim.html", place, model.about(), figure=figure, shape=shape.value, queries=queries.of_claim(claim_id)
    )


def reported(model: ReadModel, place: Place, metric: str, tier: str) -> str | None:
    """The page of what units report of a metric beside their records; None where nothing is both."""
    groups = model.report_groups(metric, tier)
    if not groups:
        return None
    group, rows = groups[0], model.reported(metric, tier, most=REPORTS_SHOWN)
    shape = Status.MISSED if group.misreported else Status.AT_RISK if group.acknowledged else Status.MET
    return render(
        "reports.html", place, model.about(),
        group=group, rows=rows, shape=shape.value, more=group.compared - len(rows), measure=Measure.of(group.metric),
        queries=queries.of_reports(metric, tier),
    )  # fmt: skip


def state(
    place: Place,
    message: Text,
    *,
    detail: str = "",
    command: str = "",
    link: str = "",
    link_text: Text = Text("", ""),  # noqa: B008 - a frozen value
) -> str:
    """A page that has nothing to show, and says why and what to do."""
    language = place.asked.language
    return render(
        "state.html", place, None,
        title=Text("Bảng chỉ tiêu", "Targets").in_(language),
        message=message.in_(language),
        detail=detail,
        command=command,
        link=link,
        link_text=link_text.in_(language),
    )  # fmt: skip


def render(template: str, place: Place, about: About | None, **values: object) -> str:
    """A template with what every page needs."""
    language = place.asked.language
    zone = about.time_zone if about else "UTC"
    shared: Mapping[str, object] = {
        "place": place,
        "about": about,
        "language": language,
        "lang": language.value,
        "languages": {one.value: one for one in Language},
        "say": partial(_say, language),
        "today": _today(about, place),
        "local_day": partial(_local_day, zone),
        "offset": _offset(about),
        "is_old": about is not None and place.now - about.taken_at > OLD,
        "lasting": dates.lasting(about.taken_at, place.now, language) if about else "",
    }
    return _environment().get_template(template).render(**shared, **values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("targetwatch.board", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        words=words,
        dates=dates,
        nouns=nouns,
        numbers=numbers,
        published=published,
        reports=reports,
        sentences=sentences,
        charts=charts,
    )
    return environment


def _say(language: Language, vi: str, en: str) -> str:
    return vi if language is Language.VI else en


def _local_day(zone: str, moment: datetime) -> date:
    return dates.local_day(moment, zone)


def _today(about: About | None, place: Place) -> date:
    """The day that due dates are counted from: that of the newest pass, as the statuses are."""
    moment = (about.as_of if about else None) or place.now
    return dates.local_day(moment, about.time_zone if about else "UTC")


def _window(about: About, place: Place) -> charts.Window:
    return charts.Window.until(_today(about, place))


def _offset(about: About | None) -> str:
    """The time zone as people write it: UTC+7."""
    if about is None or about.as_of is None:
        return ""
    minutes = int((about.as_of.astimezone(ZoneInfo(about.time_zone)).utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02d}' if rest else ''}"


def _is_about(incident: Incident, source_id: str) -> bool:
    return incident.kind in (IncidentKind.LATE, IncidentKind.QUALITY) and incident.subject == source_id


def _figures(lead: Standing, one: Observed) -> Figures:
    """The figures of an earlier period, beside what the target asks for in the end."""
    return replace(
        lead.figures, numerator=one.numerator, denominator=one.denominator, has_parts=one.parts, required=None,
        headroom=None, headroom_units=None,
    )  # fmt: skip
