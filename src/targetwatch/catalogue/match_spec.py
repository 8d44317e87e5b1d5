"""What a rule asks of an incident's labels: `{kind: behind, level: [district, commune], not: {owner: city_office}}`.

Each label that is given has to be one of its values, and none of those under `not`. There is no other way to say so:
what a rule asks can be read, and held against the catalogue, label by label.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue, WithJsonSchema
from pydantic_core import CoreSchema

from targetwatch.catalogue.fields import Identifier, Names, as_text, known, one_of, wrong
from targetwatch.catalogue.issues import instead, nearest
from targetwatch.catalogue.unit_codes import KnownUnit
from targetwatch.model import IncidentKind, Label, Matcher, Severity

T = TypeVar("T")


class Cause(StrEnum):
    """Why an incident stands, where what was reached is not known to be the reason."""

    MISSING_DATA = "missing_data"


class _OneOrMore:
    """Lets a single value stand for a list of one."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        listed = handler(core)
        return {"anyOf": [listed["items"], listed]}


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def each_once(values: tuple[T, ...]) -> tuple[T, ...]:
    """A validator for a list in which nothing is twice."""
    for place, value in enumerate(values):
        if value in values[:place]:
            raise wrong(f"'{value}' is there twice", "Delete one.")
    return values


OneOrMore = Annotated[
    tuple[T, ...], Field(min_length=1), BeforeValidator(_listed), AfterValidator(each_once), _OneOrMore()
]


def label_named(written: Any) -> Label:
    """The label of this name."""
    said = as_text(written, "a label")
    try:
        return Label(said)
    except ValueError:
        words = [label.value for label in Label]
        match = nearest(said, words)
        hint = f"Write '{match}'." if match else f"Labels are {', '.join(words)}."
        raise wrong(f"there is no label '{said}'", hint) from None


OneLabel = Annotated[Label, BeforeValidator(label_named)]


def _subject(value: Any, info: ValidationInfo) -> str:
    """A target or a source; or what a published figure or reports are about, which begins with a metric and a slash."""
    said = as_text(value, "a subject")
    names: Names = info.context if isinstance(info.context, Names) else Names()
    refuse_unknown_subject(said, names.declared)
    return said


def refuse_unknown_subject(said: str, declared: Mapping[str, Collection[str]]) -> None:
    """Raise what is wrong with a subject that cannot be one, as far as it is known what is declared."""
    metric, slash, _ = said.partition("/")
    kinds = ("metric",) if slash else ("target", "source")
    if any(kind not in declared for kind in kinds):
        return
    names = [name for kind in kinds for name in declared[kind]]
    if metric not in names:
        raise wrong(f"there is no {' or '.join(kinds)} '{metric}'", lambda: instead(metric, names))


class NotSpec(BaseModel):
    """Labels, each with the values that it must not have. An incident without the label has none of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: OneOrMore[Annotated[IncidentKind, one_of(IncidentKind, "a kind of incident")]] = ()
    subject: OneOrMore[Annotated[str, BeforeValidator(_subject), WithJsonSchema({"type": "string"})]] = ()
    metric: OneOrMore[Annotated[Identifier, known("metric")]] = ()
    source: OneOrMore[Annotated[Identifier, known("source")]] = ()
    tier: OneOrMore[Annotated[Identifier, known("level")]] = ()
    level: OneOrMore[Annotated[Identifier, known("level")]] = ()
    unit: OneOrMore[KnownUnit] = ()
    owner: OneOrMore[Annotated[Identifier, known("owner")]] = ()
    severity: OneOrMore[Annotated[Severity, one_of(Severity, "a severity")]] = ()
    cause: OneOrMore[Annotated[Cause, one_of(Cause, "a cause")]] = ()


class MatchSpec(NotSpec):
    """Labels, each with the values of which it must have one; and under `not` those that it must not have."""

    unlike: NotSpec | None = Field(None, alias="not")


def matchers(spec: MatchSpec | None) -> tuple[Matcher, ...]:
    """The questions that a rule asks; none where it asks nothing."""
    if spec is None:
        return ()
    return (*_matchers(spec, False), *(_matchers(spec.unlike, True) if spec.unlike is not None else ()))


def _matchers(spec: NotSpec, negated: bool) -> Iterable[Matcher]:
    for label in Label:
        if values := getattr(spec, label.value):
            yield Matcher(label, tuple(str(value) for value in values), negated)
