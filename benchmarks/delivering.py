"""From a file that lands in the inbox to the message in Slack, in the running Airflow with its stand-in for Slack."""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from targetwatch.demo import deliveries, driver, storyline
from targetwatch.demo.storyline import MARCH, Condition
from targetwatch.settings import Settings
from targetwatch.standin.server import store_of
from targetwatch.supervisor import Supervisor

DISTRICTS = (storyline.SOC_SON, storyline.ME_LINH, storyline.THUONG_TIN, storyline.MY_DUC)
POLL_SECONDS = 0.02
REST_SECONDS = 4.0
PATIENCE_SECONDS = 120.0
Messages = frozenset[tuple[str, int, int | None, str]]


def run(folder: Path, scale: float, say: Callable[[str], None]) -> None:
    """Refuse a district's file and take its correction, in turn, and time each from the file to its message.

    The demo's history is loaded first, so that snapshots and frames have their real size.
    """
    ports = {"airflow_port": _free_port(), "standin_port": _free_port()}
    settings = driver.stage(Settings(home=folder).model_copy(update=ports))
    told = driver.prepare(settings, lambda _: None, scale=scale)
    seconds: list[float] = []
    with Supervisor(settings, lambda _: None).running() as up:
        up.wait_until_watching()
        opening, march, *_ = storyline.SCENES
        driver.set_clock(settings, opening.at)
        before = _messages(settings)
        deliveries.drop(settings.inbox, deliveries.files(told, opening.sent[0]), opening.at)
        _until_other_than(settings, before)
        at = opening.at
        for number, file in enumerate(_rounds(told)):
            before = _at_rest(settings, at)
            at = march.at + timedelta(minutes=number)
            driver.set_clock(settings, at)
            began = time.monotonic()
            deliveries.drop(settings.inbox, [file], march.at)
            _until_other_than(settings, before)
            seconds.append(time.monotonic() - began)
    each = ", ".join(f"{one:.1f}" for one in seconds)
    say(f"  {told.history.height:,} dossiers held; {len(seconds)} deliveries, from file to message: {each} s")
    say(f"  median {statistics.median(seconds):.1f} s (aim: under 6 s)")


def _rounds(told: deliveries.Sample) -> Iterator[deliveries.File]:
    """Each district's file for March spoiled, then in order."""
    for district in DISTRICTS:
        for condition in (Condition.HALF_BAD, Condition.SENT_AGAIN):
            yield deliveries.district_file(told, MARCH, district, condition)


def _messages(settings: Settings) -> Messages:
    store = store_of(settings.home)
    return frozenset(
        (message.channel, message.ts, message.edited, message.text)
        for channel in store.channels()
        for message in store.messages(channel.id)
    )


def _until_other_than(settings: Settings, before: Messages) -> None:
    """Wait until a message has come or was edited."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _messages(settings) == before:
        if time.monotonic() > deadline:
            raise TimeoutError(f"No message came within {PATIENCE_SECONDS:.0f} s.")
        time.sleep(POLL_SECONDS)


def _at_rest(settings: Settings, at: datetime) -> Messages:
    """The messages, once all that was delivered until `at` has been judged and told and none has come for a while.

    Otherwise what one delivery still had to say would be taken for the next one's.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while driver.lies_in_an_inbox(settings) or not driver.is_told(settings, at):
        if time.monotonic() > deadline:
            raise TimeoutError(f"What was delivered was not told within {PATIENCE_SECONDS:.0f} s.")
        time.sleep(POLL_SECONDS)
    messages, since = _messages(settings), time.monotonic()
    while time.monotonic() - since < REST_SECONDS:
        time.sleep(POLL_SECONDS)
        if (now := _messages(settings)) != messages:
            messages, since = now, time.monotonic()
    return messages


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
