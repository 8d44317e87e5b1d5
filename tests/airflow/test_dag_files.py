"""What Airflow finds in dags/: made from the catalogue, explained, and cheap to read again and again."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, Asset

from targetwatch import catalogue, pipeline
from targetwatch.settings import CHECKOUT, Settings

DAGS = CHECKOUT / "dags"
FILES = sorted(map(str, DAGS.glob("*.py")))
HEAVY = ("duckdb", "polars", "pandas", "great_expectations", "numpy", "pyarrow")
SOURCES = pipeline.working_sources(Settings())
PROGRAMME = catalogue.load(Settings().catalogue)
FETCHED = [source for source in SOURCES if PROGRAMME.sources[source].fetch is not None]


@pytest.fixture(scope="module")
def bag() -> DagBag:
    """All DAGs of dags/."""
    return DagBag(DAGS)


def dag_of(bag: DagBag, dag_id: str) -> DAG:
    """One DAG of the bag, as it was written."""
    return bag.dags[dag_id]


def watched(dag: DAG) -> list[Asset]:
    """The assets that a DAG waits for."""
    return list(dag.timetable.asset_condition.objects)


def test_every_file_can_be_imported(bag: DagBag):
    """No file of dags/ has an import error."""
    assert bag.import_errors == {}


def test_there_is_a_dag_for_each_working_source_and_no_other(bag: DagBag):
    """Gathering follows the catalogue: a source that is planned has no DAG yet, and every other one has."""
    others = {"watch", "maintain", "digest", "acknowledge", "silence"}
    assert set(bag.dags) == {*others, *(f"gather__{source}" for source in SOURCES)}
    planned = {source.id for source in catalogue.load(Settings().catalogue).sources.values() if source.planned}
    assert {f"gather__{source}" for source in PROGRAMME.sources.keys() - planned} <= set(bag.dags)
    assert not {f"gather__{source}" for source in planned} & set(bag.dags)


def test_every_dag_is_explained_owned_and_tagged(bag: DagBag):
    """Whoever opens a DAG in the UI reads what it does, who owns it and what to do when it is red."""
    for dag in bag.dags.values():
        assert "red" in (dag.doc_md or "")
        assert dag.description
        assert "targetwatch" in dag.tags
        assert all(task.owner not in ("", "airflow") for task in dag.tasks)
        assert all(task.doc_md or task.python_callable.__doc__ for task in dag.tasks)


def test_no_dag_runs_beside_itself_nor_catches_up(bag: DagBag):
    """One run of a DAG at a time; runs that were missed are not made up for, since each looks at everything."""
    for dag in bag.dags.values():
        assert dag.max_active_runs == 1
        assert dag.catchup is False


def test_every_task_is_tried_again(bag: DagBag):
    """A passing fault, such as a lock that is held, does not wait for a person."""
    assert all(task.retries >= 2 for dag in bag.dags.values() for task in dag.tasks)


@pytest.mark.parametrize("source", FETCHED)
def test_a_system_that_does_not_answer_is_asked_ever_more_seldom(bag: DagBag, source: str):
    """Four more times, each wait five times as long as the one before, up to two hours."""
    task = dag_of(bag, f"gather__{source}").get_task("gather")
    assert (task.retries, task.retry_delay, task.retry_exponential_backoff) == (4, timedelta(minutes=1), 5.0)
    assert task.max_retry_delay == timedelta(hours=2)


@pytest.mark.parametrize("source", FETCHED)
def test_what_is_said_of_a_system_is_that_it_is_asked(bag: DagBag, source: str):
    """Its DAG names the connection and says what a skip means; that of files speaks of the inbox alone."""
    said = dag_of(bag, f"gather__{source}").doc_md
    assert f"Connection `{PROGRAMME.sources[source].connection or source}`" in said
    assert "nobody has added the" in said
    assert "Connection" not in dag_of(bag, "gather__procedures").doc_md


@pytest.mark.parametrize("source", SOURCES)
def test_gathering_starts_with_a_file_in_the_inbox_or_by_the_clock(bag: DagBag, source: str):
    """An event that was stranded is made up for by the clock: the source's own, where it has one."""
    timetable = dag_of(bag, f"gather__{source}").timetable
    assert [asset.name for asset in watched(dag_of(bag, f"gather__{source}"))] == [f"inbox/{source}"]
    usual = "30 5 * * *" if source in FETCHED else "*/10 * * * *"
    assert timetable.timetable.expression == (PROGRAMME.sources[source].schedule or usual)
    (asset,) = watched(dag_of(bag, f"gather__{source}"))
    (watcher,) = asset.watchers
    assert watcher.trigger.serialize()[1]["source"] == source


def test_one_scan_serves_the_watchers_of_all_sources(bag: DagBag):
    """However many sources there are, the inbox is looked through once a poll."""
    triggers = [watched(dag_of(bag, f"gather__{source}"))[0].watchers[0].trigger for source in SOURCES]
    assert len({trigger.shared_stream_key() for trigger in triggers}) == 1


def test_watch_starts_with_any_records_or_by_the_clock(bag: DagBag):
    """Silence must be noticed too, so there is a clock beside the records of every source."""
    watch = dag_of(bag, "watch")
    assert {asset.name for asset in watched(watch)} == {f"records/{source}" for source in SOURCES}
    assert type(watch.timetable.asset_condition).__name__ == "AssetAny"
    assert watch.timetable.timetable.expression == "*/10 * * * *"


@pytest.mark.parametrize("source", SOURCES)
def test_what_gathering_brings_is_what_watch_waits_for(bag: DagBag, source: str):
    """The asset that a gathering task brings up to date is the very one that starts watch."""
    (outlet,) = dag_of(bag, f"gather__{source}").get_task("gather").outlets
    assert outlet in watched(dag_of(bag, "watch"))


def test_watch_judges_before_it_notifies(bag: DagBag):
    """Decide and store, then send: two tasks, so that a failing Slack judges nothing twice."""
    watch = dag_of(bag, "watch")
    assert watch.get_task("judge").downstream_task_ids == {"notify"}
    assert watch.get_task("notify").downstream_task_ids == set()


def test_clocks_run_in_the_programmes_own_time_zone(bag: DagBag):
    """Half past two at night is meant where the programme is."""
    zone = catalogue.load(Settings().catalogue).time_zone
    assert dag_of(bag, "maintain").timetable.timezone == zone
    assert dag_of(bag, "watch").timetable.timetable.timezone == zone


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What of the heavy a process has imported once it has read each of the files, one after the other."""
    program = (
        "import json, runpy, sys\n"
        "for file in sys.argv[1:]:\n"
        "    runpy.run_path(file)\n"
        f"    print(json.dumps([file, [name for name in {HEAVY!r} if name in sys.modules]]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *FILES],
        capture_output=True, text=True, check=True, cwd=tmp_path_factory.mktemp("read"), timeout=120,
    )  # fmt: skip
    return dict(json.loads(line) for line in done.stdout.splitlines()[-len(FILES) :])


@pytest.mark.parametrize("file", FILES, ids=lambda file: Path(file).name)
def test_reading_a_dag_file_imports_nothing_heavy(brought: dict[str, list[str]], file: str):
    """Airflow reads these files again and again; a data frame library would cost seconds each time."""
    assert brought[file] == []


def test_dag_files_are_wiring_only():
    """About 40 lines of wiring a file, whatever its documentation takes."""
    for file in DAGS.glob("*.py"):
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 90, file
