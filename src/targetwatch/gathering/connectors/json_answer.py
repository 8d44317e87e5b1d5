"""What a service answers: JSON, read as hostile, and the rows in it.

Numbers keep the digits that they were written with, and what JSON does not know (NaN, Infinity) is text, so that the
gate puts aside the row and not the answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from targetwatch.gathering.spool import Row

DEEPEST = 8  # mappings within mappings that a column can be named in
LONGEST_NUMBER = 60  # digits, and zeros that an exponent stands for; a longer one is text
MARK = "\ufeff"
NAMED = 6  # names that are shown of an answer that has not what is wanted


class AnswerError(Exception):
    """An answer that holds no rows, and why: an end of a sentence that begins with 'The answer'."""


class CutAnswerError(AnswerError):
    """An answer that ends in the middle of its JSON: something cut it off, and it may come whole the next time."""


def parse(body: bytes) -> Any:
    """The JSON in `body`, in UTF-8, UTF-16 or UTF-32. Raises AnswerError where there is none, or it is too deep."""
    try:
        return _DECODER.decode(body.decode(json.detect_encoding(body), "surrogatepass").removeprefix(MARK))
    except UnicodeDecodeError:
        raise AnswerError("is neither UTF-8 nor any other Unicode text") from None
    except json.JSONDecodeError as fault:
        if fault.msg.startswith("Unterminated string") or fault.pos >= len(fault.doc.rstrip()):
            raise CutAnswerError("ends in the middle") from None
        raise AnswerError(f"is no JSON ({fault.msg}, line {fault.lineno} column {fault.colno})") from None
    except RecursionError:
        raise AnswerError("is nested deeper than JSON is read here") from None


def rows_at(answer: Any, path: str) -> list[Any]:
    """The rows that `answer` holds at the JSONPath `path`: the list there, or the one object. Null is no row at all.

    Raises AnswerError where there is nothing at the path, or what is there are no objects.
    """
    rows = found_at(answer, path)
    if not rows:
        raise AnswerError(f"has nothing at {path}: it is {_shape(answer)}")
    if len(rows) == 1:
        (only,) = rows
        rows = only if isinstance(only, list) else [] if only is None else [only]
    for row in rows:
        if not isinstance(row, Mapping):
            raise AnswerError(f"has {_shape(row)} at {path} where a row is to be an object")
    return rows


def found_at(answer: Any, path: str) -> list[Any]:
    """What `answer` holds at the JSONPath `path`; an empty list where there is nothing."""
    from dlt.common import jsonpath

    try:
        return jsonpath.find_values(path, answer)
    except RecursionError:
        raise AnswerError("is nested deeper than JSON is read here") from None


def row_of(item: Mapping[str, Any], named: frozenset[str]) -> Row:
    """One row by the names that a source may use: a field within a field is `outer.inner`.

    Of the fields that are not `named` only the names are kept, so that a new one is noticed.
    """
    return {name: _readable(value) if name in named else None for name, value in _fields(item, named)}


def _fields(item: Mapping[str, Any], named: frozenset[str], outer: str = "", depth: int = 1) -> Iterator[Any]:
    for key, value in item.items():
        name = f"{outer}{key}"
        if isinstance(value, dict) and value and name not in named and depth < DEEPEST:
            yield from _fields(value, named, f"{name}.", depth + 1)
        else:
            yield _readable(name), value


def _readable(value: Any) -> Any:
    """`value` with half characters, which JSON can escape and no file can hold, replaced."""
    if isinstance(value, dict | list):
        try:
            value = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
        except RecursionError:
            raise AnswerError("has a field that is nested deeper than JSON is read here") from None
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _whole_number(digits: str) -> int | str:
    return int(digits) if len(digits) <= LONGEST_NUMBER else digits


def _number(digits: str) -> Decimal | str:
    """A number with its own digits. 1E999999999 stays text: written out it would fill the memory."""
    number = Decimal(digits)
    return number if len(digits) <= LONGEST_NUMBER and abs(number.adjusted()) <= LONGEST_NUMBER else digits


_DECODER = json.JSONDecoder(parse_float=_number, parse_int=_whole_number, parse_constant=str)


def _shape(answer: Any) -> str:
    """What an answer is, in a few words and without what it holds."""
    match answer:
        case Mapping():
            names = ", ".join(str(name)[:40] for name in list(answer)[:NAMED])
            return f"an object of {names}" if names else "an empty object"
        case list():
            return f"a list of {len(answer)}"
        case str():
            return "text"
        case None:
            return "null"
    return "a bare value"
