"""The corridor's last step: the outbox of a home, by the shipped receivers, to the stand-in and by e-mail."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from targetwatch import pipeline
from targetwatch.model import Transport
from targetwatch.settings import CHECKOUT, Settings
from targetwatch.standin.server import store_of
from targetwatch.standin.store import ChannelState
from targetwatch.steps import sending
from targetwatch.warehouse import LedgerOutbox, Warehouse, fetch
from tests.notifications.mail_server import mail_server
from tests.notifications.sending import POST, row

NOW = datetime(2025, 6, 16, 10, 5, tzinfo=UTC)


def add(settings: Settings, *rows) -> None:
    """Rows into a home's outbox."""
    LedgerOutbox(Warehouse(settings.home, settings.product_sql, settings.programme_sql)).add(rows)


def test_an_archived_channel_is_said_to_the_shipped_fallback_and_in_the_snapshot(tmp_path: Path):
    """Through the pipeline: what waits, the problem for Airflow's log, the fallback's message, and the view of it."""
    settings = Settings(home=tmp_path, standin_port=0)
    told, remark = sending.audience(settings)
    heads = told.receivers["heads-of-units"]
    fallback = heads.fallback or told.operators
    assert (remark, fallback is None) == ("", False)
    store = store_of(tmp_path, NOW.timestamp)
    store.set_state(heads.channel, ChannelState.ARCHIVED)
    add(settings, row("p", POST, receiver=heads.name, channel=heads.channel, at=NOW))
    done = pipeline.notify(settings, NOW)
    assert (done.sent, done.waiting) == (1, 1)
    assert done.problems[0].startswith(f"{heads.name}: Slack says is_archived.")
    (trouble,) = fetch(tmp_path, "SELECT * FROM receiver_troubles").to_dicts()
    assert (trouble["receiver"], trouble["told_to"], trouble["waiting"]) == (heads.name, fallback, 1)
    store.set_state(heads.channel, ChannelState.OPEN)
    assert pipeline.notify(settings, NOW).waiting == 0
    (trouble,) = fetch(tmp_path, "SELECT * FROM receiver_troubles").to_dicts()
    assert trouble["ended_at"] == NOW
    assert pipeline.notify(settings, NOW).sent == 0


def test_mail_of_a_receiver_that_the_catalogue_has_no_more_still_goes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Rows say where they go; what the catalogue no longer knows is sent there over the usual connection."""
    settings = Settings(home=tmp_path, standin_port=0)
    add(settings, row("m", POST, receiver="gone", channel="a@city.example", at=NOW, transport=Transport.EMAIL))
    with mail_server() as box:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(box.connection))
        assert pipeline.notify(settings, NOW).sent == 1
    assert [recipients for recipients, _ in box.mails] == [["a@city.example"]]


def test_a_mistake_in_the_catalogue_keeps_no_message_back(tmp_path: Path):
    """With a catalogue that cannot be read what was decided is sent all the same, and that is remarked."""
    broken = tmp_path / "programme"
    (broken / "catalogue").mkdir(parents=True)
    (broken / "sql").symlink_to(CHECKOUT / "sql")
    settings = Settings(home=tmp_path / "home", programme=broken, standin_port=0)
    add(settings, row("p", POST, receiver="heads", channel="chi-tieu", at=NOW))
    done = pipeline.notify(settings, NOW)
    assert (done.sent, done.problems) == (1, [])
    assert "targetwatch validate" in done.remarks[0]
