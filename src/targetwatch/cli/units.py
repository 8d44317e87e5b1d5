"""The command that lists org_units and explains the history of one. It reads the catalogue alone."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Annotated

import typer

from targetwatch import catalogue, clock
from targetwatch.catalogue.finding import find_units, nearest_units, spelt
from targetwatch.catalogue.issues import instead
from targetwatch.cli import console
from targetwatch.cli.failures import WrongInput
from targetwatch.cli.reading import Json, Lang
from targetwatch.model import Language, OrgUnit, Programme, Text
from targetwatch.settings import Settings

HEADINGS = (
    Text("Mã", "Code"),
    Text("Tên", "Name"),
    Text("Cấp", "Level"),
    Text("Loại", "Kind"),
    Text("Thuộc", "Below"),
    Text("Từ", "From"),
    Text("Đến", "Until"),
)
NONE_FITS = Text("Ngày {} không có đơn vị nào như vậy.", "On {} there was no such unit.")
ON_A_DAY = Text("Ngày {}: {}.", "On {}: {}.")


def units(
    unit: Annotated[
        str | None, typer.Argument(help="A code, CODE@FIRST_DAY or a name, accents or none: explain its history.")
    ] = None,
    level: Annotated[str | None, typer.Option("--level", help="Only of this level, such as commune.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only of this kind, such as phuong.")] = None,
    parent: Annotated[
        str | None, typer.Option("--parent", help="Only directly below this unit: its code or name.")
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", help="Only who was there on this day, such as 2025-06-30. A list: else today.")
    ] = None,
    as_json: Json = False,
    lang: Lang = Language.EN,
) -> None:
    """List the org_units, or explain one: who it was made of, who follows it, and which targets it answers to.

    Several units that bear the code or the name are all explained, each by itself.
    """
    from targetwatch.wording.dates import local_day

    settings = Settings()
    programme = catalogue.load(settings.catalogue)
    today = local_day(clock.now(settings), programme.time_zone)
    day = today if on is None else _day(on)
    known = [one for one in programme.org_units if (unit is not None and on is None) or one.is_valid_on(day)]
    chosen = _chosen(programme, known, level, kind, parent)
    if unit is None:
        _list(programme, chosen, day, as_json, lang)
    else:
        _explain(programme, _found(chosen, unit, programme.org_units), unit, max(day, today), as_json, lang)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongInput(f"'{text}' is not a day. Write year-month-day, as in --on 2025-06-30.") from None


def _chosen(
    programme: Programme, known: Sequence[OrgUnit], level: str | None, kind: str | None, parent: str | None
) -> list[OrgUnit]:
    """Those of the units that all of the options let through."""
    fits: list[Callable[[OrgUnit], bool]] = []
    if level is not None:
        the_level = _one_of("level", level, programme.levels.keys())
        fits.append(lambda unit: unit.level == the_level)
    if kind is not None:
        the_kind = _one_of("kind", kind, {unit.kind for unit in programme.org_units})
        fits.append(lambda unit: unit.kind == the_kind)
    if parent is not None:
        above = {one.key for one in _found(known, parent, programme.org_units)}
        fits.append(lambda unit: unit.parent in above)
    return [unit for unit in known if all(fit(unit) for fit in fits)]


def _one_of(what: str, asked: str, names: Collection[str]) -> str:
    """The name that was asked for, whatever its case, marks and blanks."""
    for name in names:
        if spelt(name.replace("_", " ")) == spelt(asked.replace("_", " ")):
            return name
    raise WrongInput(f"There is no {what} '{asked}'. {instead(asked, names)}")


def _found(known: Sequence[OrgUnit], asked: str, everyone: Sequence[OrgUnit]) -> list[OrgUnit]:
    """The units among the `known` that are meant, the earliest first."""
    if found := find_units(known, asked):
        return sorted(found, key=lambda unit: (unit.key.valid_from, unit.key.code))
    if left_out := find_units(everyone, asked):
        raise WrongInput(f"The options leave out all that '{asked}' may mean: {_listed(left_out)}.")
    likely = nearest_units(known, asked) or nearest_units(everyone, asked)
    said = f"Did you mean {_listed(likely)}?" if likely else "`targetwatch units` lists those there are."
    raise WrongInput(f"No unit has the code or the name '{asked}'. {said}")


def _listed(units: Sequence[OrgUnit]) -> str:
    return ", ".join(f"{unit.name} ({unit.key})" for unit in units)


def _list(programme: Programme, chosen: Sequence[OrgUnit], day: date, as_json: bool, lang: Language) -> None:
    from targetwatch.wording import dates, nouns

    names = {unit.key: unit.name for unit in programme.org_units}
    levels = list(programme.levels)
    chosen = sorted(chosen, key=lambda unit: (levels.index(unit.level), unit.key))
    if as_json:
        _print_json(
            [
                {
                    "unit_key": str(unit.key),
                    "code": unit.key.code,
                    "valid_from": unit.key.valid_from,
                    "valid_to": unit.valid_to,
                    "level": unit.level,
                    "kind": unit.kind,
                    "name": unit.name,
                    "parent": str(unit.parent) if unit.parent else None,
                    "parent_name": names[unit.parent] if unit.parent else None,
                }
                for unit in chosen
            ]
        )
        return
    said = dates.day(day, lang)
    if not chosen:
        console.answers.print(NONE_FITS.in_(lang).format(said), highlight=False)
        return
    console.lines(
        [heading.in_(lang) for heading in HEADINGS],
        (
            (
                unit.key.code,
                unit.name,
                unit.level,
                unit.kind,
                names[unit.parent] if unit.parent else "",
                dates.day(unit.key.valid_from, lang),
                dates.day(unit.valid_to, lang) if unit.valid_to else "",
            )
            for unit in chosen
        ),
    )
    of_level = Counter(unit.level for unit in chosen)
    counted = [nouns.counted(of_level[level], programme.levels[level], lang) for level in levels if of_level[level]]
    console.answers.print(ON_A_DAY.in_(lang).format(said, nouns.series(counted, lang)), highlight=False)


def _explain(
    programme: Programme, found: Sequence[OrgUnit], asked: str, today: date, as_json: bool, lang: Language
) -> None:
    from targetwatch.cli import unit_sentences
    from targetwatch.unit_history import histories

    about = histories(programme, found, today)
    if as_json:
        _print_json([unit_sentences.as_data(one) for one in about])
        return
    for line in unit_sentences.explained(programme, about, asked, today, lang):
        console.answers.print(line, markup=False, highlight=False, soft_wrap=True)


def _print_json(rows: Sequence[object]) -> None:
    sys.stdout.write(json.dumps(rows, default=str, ensure_ascii=False, indent=1) + "\n")
