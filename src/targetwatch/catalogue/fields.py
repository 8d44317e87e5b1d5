"""The kinds of single values that the catalogue's files hold, each with the message for a wrong one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from targetwatch import units_of_measure
from targetwatch.catalogue.days import too_far_away
from targetwatch.catalogue.issues import instead, nearest

IDENTIFIER = r"[a-z][a-z0-9_]{0,62}"
REFERENCE = r"[A-Za-z][A-Za-z0-9_]{0,62}"
RECEIVER = r"[a-z][a-z0-9_-]{0,62}"
CODE = r'[^\s,"]{1,32}'
CHANNEL = r"[a-z0-9_-]{1,80}|[CG][A-Z0-9]{8,20}"
USER_GROUP = r"S[A-Z0-9]{8,20}"
COUNTRY = r"[A-Z]{2}"
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME_OF_DAY = r"([01][0-9]|2[0-3]):[0-5][0-9]"
NUMBER = r"[-+]?[0-9]{1,12}(\.[0-9]{1,12})?"
WHOLE = r"[0-9]{1,6}"
PUBLISHED = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?( to [0-9]{4}(-(0[1-9]|1[0-2]))?)?"

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Names:
    """What is declared, kind by kind. A kind that is not in it could not be read, so references to it are let pass."""

    declared: Mapping[str, Collection[str]] = field(default_factory=dict)
    units_of_measure: Mapping[str, str] = field(default_factory=dict)  # of each metric
    metric_kinds: Mapping[str, str] = field(default_factory=dict)
    planned_sources: Collection[str] = ()
    measured_by: Mapping[str, Collection[str]] = field(default_factory=dict)  # the SQL files of each source
    owed: Mapping[str, str] = field(default_factory=dict)  # the cadence of each source that has a deadline


def is_identifier(text: str) -> bool:
    """Whether `text` can be the id of a metric, a source, a target, an owner or a level."""
    return re.fullmatch(IDENTIFIER, text) is not None


def wrong(message: str, hint: str | Callable[[], str]) -> PydanticCustomError:
    """The error of a value that is not as it must be. `message` has no full stop; `hint` is a sentence.

    A hint that takes a search, such as for the nearest right name, comes as a function: it is asked for it only where
    it will be read.
    """
    # The braces would be read as places to fill in.
    return PydanticCustomError("wrong", "{said}", {"said": message, "hint": hint})


def as_text(value: Any, expected: str) -> str:
    """What is written in the place of a single value; `expected` is what it should be."""
    if isinstance(value, str):
        return value
    found = {dict: "a mapping", list: "a list", type(None): "nothing"}.get(type(value), "something else")
    raise wrong(f"{expected} is expected here, not {found}", "Write it after the colon, on the same line.")


def _words(value: Any) -> str:
    # One form for each letter with marks, so that what is compared with data compares.
    text = unicodedata.normalize("NFC", as_text(value, "a text")).strip()
    if not text:
        raise wrong("the text is empty", "Write it out.")
    return text


def _matching(pattern: str, what: str, hint: str) -> Callable[[Any], str]:
    compiled = re.compile(pattern)

    def check(value: Any) -> str:
        text = as_text(value, what)
        if compiled.fullmatch(text) is None:
            raise wrong(f"'{text}' is not {what}", hint)
        return text

    return check


def _day(value: Any) -> date:
    text = as_text(value, "a date")
    if re.fullmatch(DAY, text) is None:
        raise wrong(f"'{text}' is not a date", "Write year-month-day, as in 2025-12-31.")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise wrong(f"there is no day {text}", "Write a day of the calendar, as in 2025-12-31.") from None
    if (far := too_far_away(day.year)) is not None:
        raise wrong(*far)
    return day


def _time_of_day(value: Any) -> time:
    text = as_text(value, "a time of day")
    if re.fullmatch(TIME_OF_DAY, text) is None:
        raise wrong(f"'{text}' is not a time of day", "Write hours and minutes, as in 17:00.")
    return time.fromisoformat(text)


def number(value: Any, hint: str = "Write a number, as in 90.") -> Decimal:
    """A number as it is written; `hint` is what to write in the place of something that holds no number."""
    text = as_text(value, "a number")
    if re.fullmatch(NUMBER, text) is None:
        lone = re.search(r"[-+]?[0-9]+([.,][0-9]+)?", text)
        hint = f"Write the number alone, as in {lone.group().replace(',', '.')}." if lone else hint
        raise wrong(f"'{text}' is not a number", hint)
    return Decimal(text)


def _number(value: Any) -> Decimal:
    return number(value)  # pydantic would hand something else to a second parameter


def _whole(value: Any) -> int:
    text = as_text(value, "a whole number")
    if re.fullmatch(WHOLE, text) is None:
        raise wrong(f"'{text}' is not a whole number from 0 on", "Write it in digits, as in 10.")
    return int(text)


def _share(value: Any) -> Decimal:
    share = number(value)
    if not 0 <= share <= 1:
        raise wrong(f"{share} is no share", "Write a number from 0 to 1, as in 0.02 for 2 %.")
    return share


def _truth(value: Any) -> bool:
    text = as_text(value, "true or false")
    if text not in ("true", "false"):
        raise wrong(f"'{text}' is neither true nor false", "Write true or false.")
    return text == "true"


def _time_zone(value: Any) -> str:
    text = as_text(value, "a time zone")
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise wrong(f"there is no time zone '{text}'", lambda: _nearest_zone(text)) from None
    return text


def _nearest_zone(text: str) -> str:
    match = nearest(text, available_timezones())
    return "Write it as in Asia/Ho_Chi_Minh." if match is None else f"Write '{match}'."


def _unit_of_measure(value: Any) -> str:
    text = as_text(value, "a unit of measure")
    if not units_of_measure.is_known(text):
        meant = units_of_measure.nearest(text)
        hint = units_of_measure.ANY_OF_THEM if meant is None else f"Write '{meant}'."
        raise wrong(f"there is no unit of measure '{text}'", hint)
    return text


def one_of(choices: type[Choice], what: str) -> BeforeValidator:
    """A validator for one of the words of an enum."""

    def check(value: Any) -> Choice:
        text = as_text(value, what)
        try:
            return choices(text)
        except ValueError:
            words = [choice.value for choice in choices]
            raise wrong(f"'{text}' is not {what}", lambda: instead(text, words)) from None

    return BeforeValidator(check)


def known(kind: str) -> AfterValidator:
    """A validator for the name of something that is declared elsewhere in the catalogue."""
    return AfterValidator(lambda name, info: known_name(kind, name, info))


def known_name(kind: str, name: str, info: ValidationInfo) -> str:
    """`name`, if it is declared, or if it could not be read what is."""
    names: Names = info.context if isinstance(info.context, Names) else Names()
    declared = names.declared.get(kind)
    if declared is not None and name not in declared:
        raise wrong(f"there is no {kind} '{name}'", lambda: instead(name, declared))
    return name


def shape(pattern: str, *types: str, **bounds: int) -> WithJsonSchema:
    """What a value looks like to an editor, to which 90 is a number and true a truth value: here all are texts."""
    unnamed = re.sub(r"\(\?P<\w+>|\(\?:", "(", pattern)  # editors have another syntax for the names of groups
    return WithJsonSchema({"type": list(types) or "string", "pattern": f"^({unnamed})$", **bounds})


Words = Annotated[str, BeforeValidator(_words), WithJsonSchema({"type": ["string", "number", "boolean"]})]
Day = Annotated[date, BeforeValidator(_day), shape(DAY)]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day), shape(TIME_OF_DAY)]
Number = Annotated[Decimal, BeforeValidator(_number), shape(NUMBER, "number", "string")]
Whole = Annotated[int, BeforeValidator(_whole), shape(WHOLE, "integer", "string", minimum=0, maximum=999_999)]
Share = Annotated[Decimal, BeforeValidator(_share), shape(NUMBER, "number", "string", minimum=0, maximum=1)]
Truth = Annotated[bool, BeforeValidator(_truth), WithJsonSchema({"type": "boolean"})]
TimeZone = Annotated[str, BeforeValidator(_time_zone), WithJsonSchema({"type": "string"})]
UnitOfMeasure = Annotated[
    str,
    BeforeValidator(_unit_of_measure),
    WithJsonSchema(
        {"anyOf": [{"enum": list(units_of_measure.PLAIN)}, {"type": "string", "pattern": units_of_measure.PATTERN}]}
    ),
]
Identifier = Annotated[
    str,
    BeforeValidator(
        _matching(IDENTIFIER, "an id", "Use small letters without marks, digits and _; begin with a letter.")
    ),
    shape(IDENTIFIER),
]
ReferenceId = Annotated[
    str,
    BeforeValidator(_matching(REFERENCE, "an id", "Use letters without marks, digits and _.")),
    shape(REFERENCE),
]
ReceiverName = Annotated[
    str,
    BeforeValidator(_matching(RECEIVER, "a receiver's name", "Use small letters, digits, - and _.")),
    shape(RECEIVER),
]
Code = Annotated[
    str,
    BeforeValidator(_matching(CODE, "the code of an org_unit", "It has no blanks, commas or quotes.")),
    shape(CODE, "string", "integer"),
]
Channel = Annotated[
    str,
    BeforeValidator(_matching(CHANNEL, "a Slack channel", "Write its name without #, or its id.")),
    shape(CHANNEL, "string", "integer"),
]
Mention = Annotated[
    str,
    BeforeValidator(_matching(USER_GROUP, "a Slack user-group id", "Write the group's id, as in S0123456789.")),
    shape(USER_GROUP),
]
Country = Annotated[
    str,
    BeforeValidator(_matching(COUNTRY, "a country's code", "Write its two letters, as in VN.")),
    shape(COUNTRY),
]
Published = Annotated[
    str,
    BeforeValidator(
        _matching(
            PUBLISHED,
            "a date of publication",
            "Write it as precisely as it is known: 2018-09-20, 2021-07, 2023-10 to 2023-12.",
        )
    ),
    shape(PUBLISHED, "string", "integer"),
]
