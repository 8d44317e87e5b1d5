"""The JSON Schemas are current, and an editor that follows them agrees with the reader as far as one file goes."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from targetwatch.catalogue import Severity, read
from targetwatch.catalogue.descriptions import KEYS, WORDS
from targetwatch.catalogue.document import read_document
from targetwatch.catalogue.reading_tests import read_tests
from targetwatch.catalogue.schemas import KINDS, SPECS, file_name, kind_of, schema, written

HERE = Path(__file__).parent
CATALOGUE = HERE.parents[1] / "catalogue"
SHIPPED = sorted(path.relative_to(CATALOGUE).as_posix() for path in CATALOGUE.rglob("*.yaml"))
FOLDERS = [
    CATALOGUE,
    HERE / "sound",
    *sorted(
        path.parent for path in (HERE.parent / "programmes").rglob("programme.yaml") if path.parent.name == "catalogue"
    ),
    *sorted(
        path.parent for path in (HERE.parent / "corridor").rglob("programme.yaml") if path.parent.name == "catalogue"
    ),
]


class Core(yaml.SafeLoader):
    """YAML as editors read it: by the core schema of YAML 1.2, where `no` is a text and 90 a number."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))
Core.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))
Core.add_constructor("tag:yaml.org,2002:float", lambda _, node: float(node.value))


def complaints(kind: str, path: Path) -> list[str]:
    """What an editor that has the schema of a kind says of a file."""
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=Core)  # noqa: S506 - a loader of plain values
    return [f"{error.json_path}: {error.message}" for error in Draft7Validator(schema(kind)).iter_errors(data)]


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The YAML files of a catalogue, each with its kind."""
    for path in sorted(folder.rglob("*.yaml")):
        kind = kind_of(path.relative_to(folder).as_posix())
        assert kind is not None, path
        yield kind, path


def test_the_schemas_are_current() -> None:
    """What is checked in is what the specs say: `targetwatch schemas` writes it."""
    assert {path.name for path in (CATALOGUE / "schemas").iterdir()} == {name for name, _ in written()}
    for name, text in written():
        assert (CATALOGUE / "schemas" / name).read_text(encoding="utf-8") == text, f"run targetwatch schemas: {name}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_one_of_draft_7(kind: str) -> None:
    """Editors of YAML understand draft 7: no word stands beside a reference, no escape is idle."""
    Draft7Validator.check_schema(schema(kind))
    text = json.dumps(schema(kind))
    assert json.loads(text)["$schema"] == "http://json-schema.org/draft-07/schema#"

    def look(part: Any) -> None:
        if isinstance(part, dict):
            assert "$ref" not in part or len(part) == 1
            if isinstance(pattern := part.get("pattern"), str):
                assert re.fullmatch(r"([^\\]|\\[.sSdDwW^$\\/()\[\]{}*+?|])*", pattern), pattern
                assert "(?" not in pattern
            for inner in part.values():
                look(inner)
        elif isinstance(part, list):
            for inner in part:
                look(inner)

    look(json.loads(text))


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_explained(kind: str) -> None:
    """An editor says of every key what it means, and completes no key that would be refused."""
    whole = schema(kind)
    for part in (whole, *whole["definitions"].values()):
        if "properties" in part:
            assert part["additionalProperties"] is False
            assert all(inner["description"].endswith(".") for inner in part["properties"].values())


def test_nothing_is_explained_that_is_not_there() -> None:
    """Descriptions are of keys that a spec has itself, and of all the words of an enum."""
    for name, keys in KEYS.items():
        fields = {field.alias or key for key, field in SPECS[name].model_fields.items()}
        assert set(keys) <= fields, name
    enums = {
        name: made["enum"] for kind in KINDS for name, made in schema(kind)["definitions"].items() if "enum" in made
    }
    assert {name: list(words) for name, words in WORDS.items()} == {name: enums[name] for name in WORDS}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: "/".join(folder.parts[-3:]))
def test_what_the_reader_accepts_the_schemas_accept(folder: Path) -> None:
    """Every file that ships or that a test reads passes its schema, numbers and texts as an editor sees them."""
    assert {str(path): found for kind, path in files(folder) if (found := complaints(kind, path))} == {}


@pytest.mark.parametrize("path", SHIPPED)
def test_every_shipped_file_names_its_schema(path: str) -> None:
    """The first line of a file leads an editor to the schema of its kind."""
    first = (CATALOGUE / path).read_text(encoding="utf-8").splitlines()[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found is not None, first
    named = (CATALOGUE / path).parent / found[1]
    kind = kind_of(path)
    assert kind is not None
    assert named.resolve() == (CATALOGUE / "schemas" / file_name(kind)).resolve()


SHAPES = [
    "bad_channel",
    "bad_choice",
    "bad_date",
    "bad_id",
    "bad_number",
    "bad_time_of_day",
    "bad_truth",
    "bad_value_in_a_list",
    "bad_weekend",
    "decimal_comma",
    "list_of_nothing",
    "milestone_without_value",
    "missing_key",
    "several_at_once",
    "unknown_key",
    "unknown_key_nested",
    "wrong_type_list",
    "wrong_type_mapping",
    "wrong_type_text",
]


@pytest.mark.parametrize("rule", SHAPES)
def test_what_is_wrong_by_itself_the_schemas_refuse(rule: str) -> None:
    """What no other file can make right is underlined while it is typed, and not only when `validate` runs."""
    folder = HERE / "bad" / rule
    assert [found for kind, path in files(folder) for found in complaints(kind, path)]


def test_a_schema_never_contradicts_the_reader(tmp_path: Path) -> None:
    """Of all the bad files, those that the reader takes as they stand pass their schema too."""
    for folder in sorted((HERE / "bad").iterdir()):
        catalogue = tmp_path / folder.name
        shutil.copytree(HERE / "sound", catalogue)
        shutil.copytree(folder, catalogue, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected.txt"))
        reading = read(catalogue)
        issues = (*reading.issues, *read_tests(catalogue, reading.programme).issues)
        wrong = {issue.path for issue in issues if issue.severity is Severity.ERROR}
        for path in folder.rglob("*.yaml"):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and name not in wrong:
                kind = kind_of(name)
                assert kind is not None
                assert complaints(kind, path) == [], path


def test_the_reader_sees_texts_where_an_editor_sees_numbers(tmp_path: Path) -> None:
    """The number 90, the same in quotes, and a code without quotes are fine to the reader and to a schema."""
    path = tmp_path / "targets.yaml"
    for value, code in (("90", '"01"'), ('"90"', "01"), ("90.5", "00004")):
        path.write_text(
            f"metric: m\ntargets:\n  - {{target: t, value: {value}, org_unit: {{code: {code}}}}}\n", encoding="utf-8"
        )
        assert complaints("targets", path) == []
        assert read_document(path, "targets.yaml")[1] == []
    path.write_text("metric: m\ntargets:\n  - {target: t, value: ninety}\n", encoding="utf-8")
    assert complaints("targets", path) != []
