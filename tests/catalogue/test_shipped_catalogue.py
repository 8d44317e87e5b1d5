"""The catalogue that the product ships with: all of Hanoi's programme, sound, and complete."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from targetwatch.catalogue import load, read
from targetwatch.model import Origin, Programme, Scope
from targetwatch.model import Path as Way

CHECKOUT = Path(__file__).resolve().parents[2]
CATALOGUE = CHECKOUT / "catalogue"
PROGRAMME = CHECKOUT.parent / "shared" / "programme"

LEFT_AS_FILES = (
    "broadband",
    "capital_projects",
    "cashless_payment",
    "commune_radio",
    "commune_web",
    "content_moderation",
    "mailboxes",
    "post",
)
PERSONAL = {"applicant", "name", "phone", "address", "email", "citizen_id", "account", "link", "official", "request"}

Row = dict[str, str]


def rows(path: Path) -> list[Row]:
    """The rows of a CSV file. A test that needs one of the shared folder skips where there is none."""
    if not path.exists():
        pytest.skip(f"{path.parent} is not there")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def programme() -> Programme:
    """The shipped catalogue."""
    return load(CATALOGUE)


def test_it_has_no_issue() -> None:
    """Of the shipped catalogue nothing is said: every target is measured, and what has none says so on purpose."""
    assert [str(issue) for issue in read(CATALOGUE, today=date(2025, 6, 16)).issues] == []


def test_it_holds_every_target(programme: Programme) -> None:
    """Each of the twelve targets is there with its name, level, comparison, value, due date and report."""
    promised = {
        (
            row["metric"],
            row["name_vi"],
            row["name_en"],
            row["level"],
            row["comparison"],
            Decimal(row["value"]) * (10_000 if row["unit"] == "percent" else 1_000_000),
            row["unit"],
            row["due"],
            row["source"],
        )
        for row in rows(PROGRAMME / "targets.csv")
    }
    held = set()
    for target in programme.targets:
        metric = programme.metrics[target.metric]
        due = "" if target.due is None else target.due.isoformat()
        said = (metric.name.vi, metric.name.en, target.tier, target.comparison.value, target.value)
        held.add((target.metric, *said, metric.unit_of_measure, due, target.reference))
    assert held == promised
    assert len(programme.targets) == 12


def test_it_holds_every_published_figure(programme: Programme) -> None:
    """Each of the thirty published figures is there word for word, with its qualifier and its Vietnamese name."""
    published = rows(CATALOGUE / "published" / "published.csv")
    given = rows(PROGRAMME / "published.csv")
    assert [{key: row[key] for key in given[0]} for row in published] == given
    assert len(published) == 30
    for row in published:
        metric = programme.metrics[row["metric"]]
        assert (metric.name.vi, metric.name.en) == (row["name_vi"], row["name_en"])
        assert metric.unit_of_measure == row["unit"]
        assert row["source"] in programme.references
        words = [word for word in ("about", "nearly", "more than") if word in row["note"].split(";")[0]]
        assert row["qualifier"] == (words[0] if words else "exact")


def test_it_holds_every_system(programme: Programme) -> None:
    """Each of the twenty systems is a source with its names, the reports that name it and how it is reached."""
    systems = rows(PROGRAMME / "systems.csv")
    assert len(systems) == 20
    for row in systems:
        source = programme.sources[row["system"]]
        assert (source.name.vi, source.name.en) == (row["name_vi"], row["name_en"])
        assert source.named_in == tuple(row["named_in"].split())
        assert (source.feeds.en, source.how_reached) == (row["feeds"], row["how_reached"])


def test_it_cites_every_report(programme: Programme) -> None:
    """Each report is cited by the title of the programme's README, with publisher and date."""
    readme = PROGRAMME / "README.md"
    if not readme.exists():
        pytest.skip(f"{PROGRAMME} is not there")
    lines = [line.split("|") for line in readme.read_text(encoding="utf-8").splitlines() if line.startswith("| R2")]
    assert len(lines) == len(programme.references) == 5
    for _, key, title, published, _ in lines:
        reference = programme.references[key.strip()]
        assert reference.title.replace("“", '"').replace("”", '"') == title.strip()
        assert published.strip().endswith(reference.published)
        assert reference.publisher in published or "not recorded" in reference.publisher


def test_the_sources_that_work(programme: Programme) -> None:
    """All of them: those that leave files, and those whose systems are asked."""
    working = {source.id: source for source in programme.sources.values()}
    assert [name for name, source in working.items() if source.planned] == []
    files = {name for name, source in working.items() if source.connector == "file"}
    assert files == {"procedures", "reporting", "published", "rankings", *LEFT_AS_FILES}
    assert {source.connector for source in working.values()} == {"file", "sql", "http", "ckan", "prometheus"}
    assert all(source.fetch is not None for name, source in working.items() if name not in files)
    assert working["procedures"].origin is Origin.COMPUTED
    assert working["reporting"].origin is Origin.REPORTED
    assert {working["published"].origin, working["rankings"].origin} == {Origin.PUBLISHED}


def test_the_working_sources_have_their_sql(programme: Programme) -> None:
    """What a metric or a source names in sql/ is there."""
    metrics = {metric.sql for metric in programme.metrics.values() if metric.sql is not None}
    assert metrics <= {path.stem for path in (CHECKOUT / "sql" / "metrics").glob("*.sql")}
    tables = {source.table for source in programme.sources.values() if source.table is not None}
    assert tables <= {path.stem for path in (CHECKOUT / "sql" / "records").glob("*.sql")}


def test_no_identifier_of_a_person_is_kept(programme: Programme) -> None:
    """A dossier, an official or a request is known by a keyed hash, and nothing else of a person is a kept column."""
    for source in programme.sources.values():
        assert not {column.name for column in source.columns if not column.keyed_hash} & PERSONAL, source.id
    hashed = {source.id for source in programme.sources.values() if any(one.keyed_hash for one in source.columns)}
    assert {"procedures", "mailboxes", "content_moderation"} <= hashed


def test_every_path_but_a_standing_directive_is_assumed(programme: Programme) -> None:
    """The reports give no path, so every one that is not `hold` says that it is assumed."""
    for target in programme.targets:
        assert target.trajectory.assumed == (target.trajectory.path is not Way.HOLD), target.target
    ways = {target.target: target.trajectory.path for target in programme.targets}
    assert {target for target, way in ways.items() if way is Way.HOLD} == {
        "document_management_units",
        "official_mailboxes",
        "postal_service_points",
    }
    assert ways["vpostcode_households"] is Way.BY_DUE


def test_the_target_of_the_worked_example(programme: Programme) -> None:
    """Dossiers online at districts: pooled over the city, from 34 % at the end of 2021, with a margin of one point."""
    (target,) = [target for target in programme.targets if target.target == "dossiers_district"]
    assert (target.tier, target.scope, target.selector.code) == ("district", Scope.POOLED, "01")
    assert target.trajectory.baseline is not None
    assert (target.trajectory.baseline.on.isoformat(), target.trajectory.baseline.value) == ("2021-12-31", 340_000)
    assert (target.warning_margin, target.patience, target.keep_open_for) == (10_000, 0, 0)
    assert (target.short_name.vi, target.short_name.en) == ("hồ sơ trực tuyến cấp huyện", "dossiers online, districts")
    pooled = {target.target for target in programme.targets if target.scope is Scope.POOLED}
    assert pooled == {"dossiers_city", "dossiers_district", "dossiers_commune"}


def test_everyone_named_is_an_office(programme: Programme) -> None:
    """Whoever answers for a target, a metric or a source is a declared role."""
    for owned in (*programme.targets, *programme.metrics.values(), *programme.sources.values()):
        assert owned.owner in programme.owners


def test_units_of_all_levels_are_loaded(programme: Programme) -> None:
    """City, departments, districts and communes are there, each below a unit of its own time."""
    by_key = {unit.key: unit for unit in programme.org_units}
    assert {unit.level for unit in programme.org_units} == set(programme.levels)
    for unit in programme.org_units:
        if unit.parent is None:
            assert unit.key.code == programme.root_unit
        else:
            assert by_key[unit.parent].is_valid_on(unit.key.valid_from)
