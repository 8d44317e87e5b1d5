"""JSON Schemas of the catalogue's YAML files, by which an editor completes, explains and checks while one types.

They are made from the specs, and so they say what the specs say of a single file: whether what a file names is
declared elsewhere is for `validate` to find out. Written as draft 7, which is what editors of YAML understand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, TypeAdapter

from targetwatch.catalogue import acknowledged_spec, fetch_spec, match_spec, routing_spec, spec, target_tests
from targetwatch.catalogue.descriptions import KEYS, WORDS
from targetwatch.catalogue.fields import Number
from targetwatch.catalogue.folder import TESTS
from targetwatch.catalogue.target_tests import NONE, MessageReason, TargetTestsSpec

DRAFT = "http://json-schema.org/draft-07/schema#"
DEFINITIONS = "#/definitions/"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its spec, where such files lie in a catalogue, and what they hold."""

    spec: Any
    where: str
    holds: str


KINDS: Mapping[str, Kind] = {
    "programme": Kind(
        spec.ProgrammeSpec, "programme.yaml", "What the programme is called, where and since when it is, its levels."
    ),
    "calendar": Kind(spec.CalendarSpec, "calendar.yaml", "Which days are working days."),
    "owners": Kind(spec.Owners, "owners.yaml", "Offices that answer for things, each with its name. Never people."),
    "references": Kind(spec.References, "references.yaml", "The documents that are cited."),
    "receivers": Kind(
        routing_spec.RoutingSpec, "receivers.yaml", "Who is written to, and who hears of what, when. No secrets."
    ),
    "acknowledged_differences": Kind(
        acknowledged_spec.AcknowledgedDifferences,
        "acknowledged_differences.yaml",
        "Standing differences between reports and records that are accepted, each with its reason and its term.",
    ),
    "metric": Kind(spec.MetricSpec, "metrics/", "One metric: what is measured."),
    "source": Kind(spec.SourceSpec, "sources/", "One source: where records come from, and how they are read."),
    "targets": Kind(spec.FamilySpec, "targets/", "The targets of one metric, with what they have in common."),
    "tests": Kind(TargetTestsSpec, f"{TESTS}/", "Tests for targets: what becomes known, and what follows from it."),
}

# Where a spec holds None, a word is written in the file.
WORD_FOR_NONE: Mapping[str, str] = {
    "TrajectorySpec.baseline": spec.FIRST_OBSERVED,
    "RouteSpec.repeat_interval": routing_spec.NEVER,
    "RouteSpec.escalation": routing_spec.NO_ESCALATION,
    "RootSpec.repeat_interval": routing_spec.NEVER,
    "RootSpec.escalation": routing_spec.NO_ESCALATION,
    **{f"ExpectSpec.{key}": NONE for key in ("period", "value", "required", "headroom", "headroom_units")},
}
_REASONS = {"enum": [NONE, *MessageReason]}
_TOLD = {"anyOf": [_REASONS, {"type": "array", "items": {"enum": list(MessageReason)}}]}
# What is read by a rule of its own, which no type says.
SHAPES: Mapping[str, Mapping[str, Any]] = {
    "BaselineSpec.value": {"anyOf": [TypeAdapter(Number).json_schema(), {"const": spec.OBSERVED}]},
    "ExpectSpec.messages": {"anyOf": [*_TOLD["anyOf"], {"type": "object", "additionalProperties": _TOLD}]},
}


def file_name(kind: str) -> str:
    """What the schema of a kind of file is called."""
    return f"{kind}.schema.json"


def kind_of(path: str) -> str | None:
    """The kind of the YAML file at `path`, relative to the catalogue; None where there is no schema for it."""
    for name, kind in KINDS.items():
        if path == kind.where or (kind.where.endswith("/") and path.startswith(kind.where)):
            return name
    return None


def written() -> Iterator[tuple[str, str]]:
    """The name and the text of every schema."""
    for kind in KINDS:
        yield file_name(kind), json.dumps(schema(kind), indent=2, ensure_ascii=False) + "\n"


def schema(kind: str) -> dict[str, Any]:
    """The schema of a kind of file."""
    made = TypeAdapter(KINDS[kind].spec).json_schema(ref_template=f"{DEFINITIONS}{{model}}")
    definitions = made.pop("$defs", {})
    owner = made.get("title", "")
    body = _described(owner, made)
    return {
        "$schema": DRAFT,
        "title": f"{KINDS[kind].where}{'*.yaml' if KINDS[kind].where.endswith('/') else ''}",
        "description": KINDS[kind].holds,
        **body,
        "definitions": {name: _described(name, definition) for name, definition in sorted(definitions.items())},
    }


def _described(name: str, made: dict[str, Any]) -> dict[str, Any]:
    """The schema of a spec or of an enum, with what its keys or its words mean."""
    tidied = _tidied(made)
    if "enum" in made:
        if name in WORDS:
            tidied["enumDescriptions"] = [WORDS[name][word] for word in made["enum"]]
        return tidied
    for key, inner in tidied.get("properties", {}).items():
        at = f"{name}.{key}"
        shape = dict(SHAPES.get(at, inner))
        if at in WORD_FOR_NONE:
            shape["anyOf"] = [_or(WORD_FOR_NONE[at], one) for one in shape["anyOf"]]
        tidied["properties"][key] = {"description": description(name, key), **_flat(shape)}
    return tidied


def _flat(shape: dict[str, Any]) -> dict[str, Any]:
    """The same shape with fewer levels, and in a form that can have a description beside it."""
    if "$ref" in shape:  # draft 7 reads nothing beside a reference
        shape = {"allOf": [{"$ref": shape.pop("$ref")}], **shape}
    one, none = [*shape.get("anyOf", ()), {}, {}][:2]
    if none == {"type": "null"} and "type" in one:
        types = one["type"] if isinstance(one["type"], list) else [one["type"]]
        shape = {**shape, **one, "type": [*types, "null"]}
        del shape["anyOf"]
    if isinstance(default := shape.get("default"), str):
        shape["default"] = re.sub(r"^(\d\d:\d\d):00$", r"\1", default)
    return shape


def _or(word: str, one: dict[str, Any]) -> dict[str, Any]:
    return {"const": word} if one == {"type": "null"} else one


def description(name: str, key: str) -> str:
    """What `key` means in the spec called `name`. Raises LookupError where nobody has said it."""
    for kind in SPECS[name].__mro__:
        if (said := KEYS.get(kind.__name__, {}).get(key)) is not None:
            return said
    raise LookupError(f"descriptions.py does not say what '{key}' means in {name}")


SPECS: Mapping[str, type[BaseModel]] = {
    name: kind
    for module in (acknowledged_spec, fetch_spec, match_spec, routing_spec, spec, target_tests)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and issubclass(kind, BaseModel)
}


def _tidied(made: Any) -> Any:
    """Without titles made of names, docstrings, and defaults that say nothing."""
    if isinstance(made, list):
        return [_tidied(item) for item in made]
    if not isinstance(made, dict):
        return made
    kept = {
        key: {name: _tidied(inner) for name, inner in value.items()} if key == "properties" else _tidied(value)
        for key, value in made.items()
        if not (key == "title" and isinstance(value, str)) and not (key == "default" and value in (None, [], {}))
    }
    kept.pop("description", None)  # docstrings are for those who read the code
    if "patternProperties" in kept:
        kept["additionalProperties"] = False
    return kept
