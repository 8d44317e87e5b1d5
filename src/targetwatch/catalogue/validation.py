"""A document held against the spec of its kind: every difference becomes an issue with its place."""

from __future__ import annotations

import copy
import types
import typing
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from targetwatch.catalogue.document import Document, Place
from targetwatch.catalogue.fields import Names
from targetwatch.catalogue.issues import MOST, Issue, and_more, instead, nearest

S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Checked(Generic[S_co]):
    """What a document says, as far as it can be understood, and what is wrong with it.

    `spec` may be there although there are issues: then what they are about has been left out, and `spoiled` says where.
    """

    document: Document
    spec: S_co | None
    issues: tuple[Issue, ...]
    spoiled: frozenset[Place] = frozenset()


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(typing.cast("Any", kind))


def check(document: Document, kind: type[S], names: Names) -> Checked[S]:
    """Hold `document` against `kind`, a spec or a mapping of specs."""
    if document.data is None:
        return Checked(document, None, ())
    adapter: TypeAdapter[S] = _adapter(typing.cast("Hashable", kind))
    try:
        return Checked(document, adapter.validate_python(document.data, context=names), ())
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    if len(details) > MOST:  # looking for what each may have been meant to be would take its time
        details = sorted(_causes(details, ()), key=lambda detail: _line(document, detail))
        first = [_issue(document, kind, detail) for detail in details[:MOST]]
        return Checked(document, None, (*first[:-1], and_more(len(details) - MOST + 1, first[-1])))
    unknown = {
        tuple(d["loc"]): nearest(str(d["loc"][-1]), _keys(kind, d["loc"][:-1])) for d in details if _is_unknown(d)
    }
    meant = {(*place[:-1], match) for place, match in unknown.items() if match is not None}
    details = _causes(details, meant)
    spoiled = {_spoiled(d) for d in details}
    issues = tuple(_issue(document, kind, d) for d in details)
    return Checked(document, _rest(document, adapter, names, spoiled), issues, frozenset(spoiled | meant))


def _line(document: Document, detail: ErrorDetails) -> int:
    mark = document.key_mark if _is_unknown(detail) else document.mark
    return mark(_spoiled(detail)).line


def _causes(details: Sequence[ErrorDetails], meant: Collection[Place]) -> list[ErrorDetails]:
    """The errors that do not follow from another: a misspelt key is not missing, nor a list of wrong items empty."""
    around = {tuple(detail["loc"][:length]) for detail in details for length in range(len(detail["loc"]))}
    follows = {"too_short": around, "missing": meant}
    return [detail for detail in details if tuple(detail["loc"]) not in follows.get(detail["type"], ())]


def _rest(document: Document, adapter: TypeAdapter[S], names: Names, spoiled: Iterable[Place]) -> S | None:
    """What a document says once what is wrong has been left out, where that says anything."""
    data = copy.deepcopy(document.data)
    while all(_leave_out(data, place) for place in spoiled):
        try:
            return adapter.validate_python(data, context=names)
        except ValidationError as error:
            # What lacks something that was left out is left out in its turn.
            details = _causes(error.errors(include_url=False, include_input=False), ())
            spoiled = [_holder(tuple(d["loc"][:-1] if d["type"] == "missing" else d["loc"])) for d in details]
    return None


def _holder(place: Place) -> Place:
    """The nearest thing around `place` that stands under a key, and so can be left out without moving anything else."""
    while place and isinstance(place[-1], int):
        place = place[:-1]
    return place


def _leave_out(data: Any, place: Place) -> bool:
    """Take the value at `place` away. False where nothing would be left."""
    place = _holder(place)
    if not place:
        return False
    for part in place[:-1]:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return True
    if isinstance(data, dict):
        data.pop(place[-1], None)
    return True


def _is_unknown(detail: ErrorDetails) -> bool:
    return detail["type"] == "extra_forbidden"


def _spoiled(detail: ErrorDetails) -> Place:
    """The place that an error is about: for a key that is itself wrong, what stands under it."""
    place = tuple(detail["loc"])
    return place[:-1] if place[-1:] == ("[key]",) else place


def _issue(document: Document, kind: Any, detail: ErrorDetails) -> Issue:
    place = tuple(detail["loc"])
    context = detail.get("ctx", {})
    last = place[-1] if place else ""
    match detail["type"]:
        case "wrong":
            make = document.key_issue if last == "[key]" else document.issue
            hint = context["hint"]
            return make(_spoiled(detail), context["said"], hint if isinstance(hint, str) else hint())
        case "extra_forbidden":
            return document.key_issue(place, f"unknown key '{last}'", instead(str(last), _keys(kind, place[:-1])))
        case "missing":
            return document.issue(place[:-1], f"key '{last}' is missing", f"Add a line '{last}: ...'.")
        case "too_short":
            return document.issue(place, f"'{last}' must not be empty", "List at least one.")
        case "model_type" | "model_attributes_type" | "dict_type" | "mapping_type":
            keys = ", ".join(_keys(kind, place)[:4])
            hint = f"Write keys with values below it: {keys}, ..." if keys else "Write keys with values below it."
            return document.issue(place, "a mapping is expected here", hint)
        case "tuple_type" | "list_type":
            return document.issue(place, "a list is expected here", "Write [a, b], or one '- ' a line.")
    said = detail["msg"][:1].lower() + detail["msg"][1:]
    return document.issue(place, said, "See docs/catalogue.md for what goes here.")


def _keys(kind: Any, place: tuple[int | str, ...]) -> list[str]:
    """The keys that the mapping at `place` may have."""
    kind = _bare(kind)
    for part in place:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {(f.alias or name): f for name, f in kind.model_fields.items()}
            if str(part) not in fields:
                return []
            kind = _bare(fields[str(part)].annotation)
        else:
            arguments = typing.get_args(kind)
            if not arguments:
                return []
            kind = _bare(arguments[1] if isinstance(part, str) and len(arguments) > 1 else arguments[0])
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [f.alias or name for name, f in kind.model_fields.items()]
    return []


def _bare(kind: Any) -> Any:
    """A type without what is said about it: Annotated[X | None, ...] is X."""
    while True:
        if typing.get_origin(kind) is typing.Annotated:
            kind = typing.get_args(kind)[0]
        elif typing.get_origin(kind) in (typing.Union, types.UnionType):
            kind = next(k for k in typing.get_args(kind) if k is not type(None))
        else:
            return kind
