"""What somebody published or reported as one figure, in words."""

from __future__ import annotations

from targetwatch.explaining.found import Case, Record
from targetwatch.model import Claim, Contradiction, Language, Text
from targetwatch.wording import dates, nouns, published


def is_statement(row: Record) -> bool:
    """Whether a row is a figure that somebody stated, and not one of those that a figure is made of."""
    return any(name in row for name in ("compared_as", "ranked", "reported_for"))


def statement(case: Case, row: Record, language: Language) -> str:
    """Who says what: a publication, a ranking, or the unit itself."""
    return _reported(case, row, language) if "reported_for" in row else _published(case, row, language)


def _published(case: Case, row: Record, language: Language) -> str:
    """What was published where: a figure with its own words, or a place in a ranking."""
    reference = case.references.get(str(row.get("reference")))
    day = dates.day(row["published_on"], language) if row["published_on"] else ""
    since = Text(f", công bố ngày {day}", f", published on {day}").in_(language) if day else ""
    if "rank" in row:
        place = nouns.of(row["rank"], row["ranked"], language) if row["ranked"] else str(row["rank"])
        period = dates.period(case.period, language) if case.period else ""
        return Text(f"Hạng {place}, {period}{since}.", f"Rank {place} for {period}{since}.").in_(language)
    claim = claim_of(case, row)
    figure, when = published.figure(claim, language), dates.day(row["as_of"], language)
    said = Text(f"{figure} cho ngày {when}{since}", f"{figure} for {when}{since}").in_(language)
    if reference is not None:
        dated = dates.as_precise(reference["published"], language)
        title = f"“{reference['title']}” ({reference['publisher']}, {dated})"
        said = Text(f"{title} nêu {said}", f"{title} says {said}").in_(language)
    own = published.really(claim, language) if claim.check == "share" else ""
    if not own:
        return f"{said}."
    parts = published.parts(claim, language)
    return (
        Text(
            f"{said}. Tử số và mẫu số nó nêu, {parts}, cho {own}; kết quả lấy theo đó.",
            f"{said}. Its own parts, {parts}, make {own}; the value is taken from them.",
        )
    ).in_(language)


def claim_of(case: Case, row: Record, contradictions: tuple[Contradiction, ...] = ()) -> Claim:
    """The published figure in a row, with what was found of it, where the row says so."""
    return Claim.of_row(
        row,
        id=row.get("claim") or "",
        metric=case.place.metric["metric"],
        name=case.place.two("name"),
        finding=row.get("finding") or "",
        contradictions=contradictions,
        parts_agree=row.get("parts_agree") is not False,
    )


def _reported(case: Case, row: Record, language: Language) -> str:
    name, period = case.place.unit.full_name, dates.period(case.period, language) if case.period else ""
    if row["numerator"] is None:
        figure = f"{str(row['share']).replace('.', ',') if language is Language.VI else row['share']}%"
    else:
        figure = nouns.counted_of(row["numerator"], row["denominator"], case.place.measure.counted, language)
    return Text(f"{name} tự báo cáo {period}: {figure}.", f"{name} reports of itself for {period}: {figure}.").in_(
        language
    )
