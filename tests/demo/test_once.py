"""The whole story without Airflow: every step of the pipeline, and what people are told in the end.

It is played once, small; each test looks at one thing in what it left.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from targetwatch import catalogue, clock, pipeline, replaying, retracing, warehouse
from targetwatch.demo import driver
from targetwatch.demo.storyline import SCENES
from targetwatch.settings import Settings
from targetwatch.standin.server import store_of
from targetwatch.standin.store import Message
from targetwatch.steps import watching

pytestmark = pytest.mark.timeout(900)  # one machine may be shared by many
SCENE_AT = {scene.id: scene.at for scene in SCENES}
Ask = Callable[[str], pl.DataFrame]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a demo whose story has been told, with 2 % of its usual dossiers."""
    home = tmp_path_factory.mktemp("demo")
    settings = driver.stage(Settings(home=home, standin_port=0))
    driver.once(settings, lambda _: None, lambda _: None, scale=0.02)
    return settings


@pytest.fixture
def ask(played: Settings) -> Ask:
    """SQL over the snapshots that the story left."""
    return lambda sql: warehouse.fetch(played.home, sql)


@pytest.fixture
def told_at(ask: Ask) -> Callable[[datetime], set[tuple[str, str]]]:
    """What was sent to the data engineers at a moment: message group and reason."""
    sent = ask(
        "SELECT message_group, reason, created_at FROM notifications WHERE state = 'sent' AND channel = 'data-quality'"
    )
    return lambda moment: {(group, reason) for group, reason, created_at in sent.iter_rows() if created_at == moment}


def test_every_scene_tells_what_it_says(told_at: Callable[[datetime], set[tuple[str, str]]]) -> None:
    """At each scene exactly the messages go out that it announces."""
    assert told_at(SCENE_AT["first_look"]) == {
        ("behind/dossiers_city", "opened"),
        ("misreported/commune_websites/2021-07-15", "opened"),
        ("misreported/portal_visits_per_day/2018-09-30", "opened"),
    }
    assert told_at(SCENE_AT["march"]) == {("behind/dossiers_city", "resolved"), ("behind/dossiers_district", "opened")}
    assert told_at(SCENE_AT["april_half_bad"]) == {
        ("behind/dossiers_district", "worse"),
        ("behind/dossiers_district", "escalated"),
        ("quality/procedures", "opened"),
    }
    assert told_at(SCENE_AT["april_corrected"]) >= {("quality/procedures", "resolved")}
    assert told_at(SCENE_AT["may_without_me_linh"]) == {("behind/dossiers_district", "better")}
    assert told_at(SCENE_AT["deadline_passes"]) >= {("late/procedures", "opened")}


def test_the_targets_end_where_the_story_says(ask: Ask) -> None:
    """In the end the departments are on track, the districts behind, and the communes hang on Huyện Mê Linh."""
    rows = ask("SELECT target, status, reason, origin FROM current_status WHERE role <> 'share'").rows()
    status = {target: (status, reason, origin) for target, status, reason, origin in rows}
    assert len(status) == 12
    assert status["dossiers_city"] == ("on_track", "required_reached", "computed")
    assert status["dossiers_district"] == ("behind", "short_of_required", "computed")
    assert status["dossiers_commune"] == ("at_risk", "incomplete", "computed")
    assert status["digital_transformation_rank"] == ("on_track", "required_reached", "published")
    for target in ("document_management_units", "official_mailboxes", "postal_service_points"):
        assert status[target] == ("met", "final_reached", "reported")


def test_what_a_district_says_of_itself_does_not_count_against_the_records(ask: Ask) -> None:
    """Huyện Ba Vì reports 348 of 380; what is judged is what the records show."""
    (row,) = ask(
        "SELECT origin, status FROM current_status WHERE target = 'dossiers_district' AND org_unit = '271'"
    ).rows()
    assert row == ("computed", "behind")
    reported = ask("SELECT numerator, denominator FROM observations WHERE origin = 'reported' AND org_unit = '271'")
    assert reported.rows() == [(348, 380)]


def test_one_delivery_is_refused_and_made_good(ask: Ask) -> None:
    """Of all deliveries one is refused, the half bad one; every other one is taken whole."""
    batches = ask("SELECT delivered_as, state, rows_delivered, rows_quarantined FROM batches")
    refused = batches.filter(pl.col("state") == "refused")
    assert refused["delivered_as"].to_list() == ["Huyện Thường Tín 04-2025.csv"]
    assert abs(refused["rows_quarantined"].item() - refused["rows_delivered"].item() / 2) <= 1
    assert batches.filter(pl.col("state") == "accepted")["rows_quarantined"].sum() == 0
    assert len(batches) == 5 + 2 + 31 + 31 + 1 + 30 + 1


def test_the_phone_numbers_are_nowhere_but_in_the_originals(played: Settings, ask: Ask) -> None:
    """The column that the source does not name is noted as dropped, and none of its values is in any file we wrote."""
    dropped = ask("SELECT unnamed_columns FROM batches WHERE source = 'procedures'")["unnamed_columns"]
    assert {name for names in dropped for name in names} == {"applicant_phone"}
    columns = ask("SELECT column_name FROM information_schema.columns WHERE table_name = 'procedures'")
    assert "applicant_phone" not in columns["column_name"].to_list()
    for landed in (played.home / "landing").rglob("*.parquet"):
        assert "applicant_phone" not in pl.read_parquet_schema(landed)


def test_the_stand_in_has_each_message_once(played: Settings) -> None:
    """Seven messages stand in the engineers' channel, edited in place, with their stories in their threads."""
    store = store_of(played.home)
    channel = next(channel for channel in store.channels() if channel.name == "data-quality")
    messages = [message for message in store.messages(channel.id) if not message.is_reply]
    assert len(messages) == 7
    assert sum(message.edited is not None for message in messages) == 3


def test_running_again_tells_nobody_anything(played: Settings) -> None:
    """One more pass at the last moment finds nothing new and sends nothing."""
    before = everything_said(played)
    ran = pipeline.run(played, clock.now(played))
    assert (ran.gathered, ran.watched.events, ran.watched.notifications) == ((), 0, 0)
    assert everything_said(played) == before


def everything_said(played: Settings) -> list[Message]:
    """Every message and reply in every channel."""
    store = store_of(played.home)
    return [message for channel in store.channels() for message in store.messages(channel.id)]


def test_a_pause_ends_once_everything_is_told(played: Settings) -> None:
    """With all deliveries measured and sent a pause takes its shortest; a delivery that lies there prolongs it."""
    waited: list[float] = []
    driver.until_told(played, 2, waited.append, at_most=9)(SCENES[-1])
    assert len(waited) == 2
    lying = played.inbox / "procedures" / "Đang chờ.csv"
    lying.write_text("dossier_id\n")
    driver.until_told(played, 2, waited.append, at_most=5)(SCENES[-1])
    lying.unlink()
    assert len(waited) == 2 + 5


def test_a_replay_finds_the_story_again(played: Settings, ask: Ask) -> None:
    """Every incident about a target, of a pool or of a unit, opened and closed no later than somebody looked."""
    programme = catalogue.load(played.catalogue)
    history = retracing.History(*warehouse.history(played.home, played.product_sql)[:2])
    moments = retracing.moments(programme, history, programme.start, clock.now(played).date())
    (retraced,) = retracing.retrace(
        [retracing.Course(programme, history, moments)], watching.judgement_suite(played, "targets"), whole=False
    )
    episodes = replaying.episodes(retraced, programme.start, programme.time_zone)
    late = {one.key.subject for one in replaying.told(episodes) if one.key.kind == "late"}
    assert late == {"procedures"}, "of a system from which nothing ever came nobody would have been told"
    found = sorted(
        (one.key.subject, one.key.org_unit, str(one.state), one.opened_on, one.closed_on)
        for one in episodes
        if one.key.kind == "behind"
    )
    happened = ask("FROM incidents WHERE kind = 'behind' ORDER BY subject, org_unit, state, opened_at").to_dicts()
    assert [each[:3] for each in found] == [(row["subject"], row["org_unit"], row["state"]) for row in happened]
    assert len(found) > 100
    zone = ZoneInfo(programme.time_zone)
    for (*key, opened_on, closed_on), row in zip(found, happened, strict=True):
        for replayed, looked in ((opened_on, row["opened_at"]), (closed_on, row["closed_at"])):
            assert (replayed is None) == (looked is None), key
            if replayed is not None:
                assert replayed <= looked.astimezone(zone).date() <= replayed + timedelta(days=3), key
