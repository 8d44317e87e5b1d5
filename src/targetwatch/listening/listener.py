"""The listener: hears Slack, keeps what it heard, and does it, one thing after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from targetwatch.catalogue import CatalogueError
from targetwatch.listening import heartbeat
from targetwatch.listening.asked import Asked, asked_in
from targetwatch.listening.desk import Answered, Desk, in_words, tell
from targetwatch.listening.spool import Spool
from targetwatch.listening.words import BROKEN, BUSY, CATALOGUE_BROKEN, Reply, payload
from targetwatch.notifications.delivery.slack_socket import CannotListen, NoConnection, SlackSocket
from targetwatch.settings import Settings

FOLDER = "listening"
BEAT_SECONDS = 3.0
PATIENCE = 60.0  # seconds between tries that only a person can make succeed
TRIES = 10  # for one interaction, while the ledger is held by somebody else
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # seconds between tries to connect, the last one again and again

Say = Callable[[str], None]


class Listener:
    """One listener of a home folder. `now` reads the programme's clock, and `say` is given lines for the log.

    With `keep_trying` it waits for a person to mend what keeps it from connecting, and does not give up.
    """

    def __init__(
        self,
        settings: Settings,
        app_token: str,
        base_url: str | None,
        now: Callable[[], datetime],
        say: Say,
        retry_seconds: float = 3.0,
        *,
        keep_trying: bool = False,
    ) -> None:
        self._settings = settings
        self._now = now
        self._say = say
        self._retry_seconds = retry_seconds
        self._keep_trying = keep_trying
        self._spool = Spool(settings.home / FOLDER)
        self._heard = threading.Event()
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        token = settings.slack_token.get_secret_value() if settings.slack_token else None
        self._socket = SlackSocket(app_token, token, base_url, self._hear)
        self._tries: dict[str, int] = {}
        self._trouble = ""

    def stop(self) -> None:
        """Let `run` come to its end: it finishes what it is doing, and what waits is done by the next one."""
        self._stopped.set()
        self._heard.set()

    def run(self) -> None:
        """Listen until it is stopped. Raises CannotListen and AnotherListener."""
        with self._spool.alone():
            try:
                self._connect()
                beating = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
                beating.start()
                self._work()
            finally:
                self._stopped.set()
                self._socket.close()
                heartbeat.stop(self._settings.home)

    def _connect(self) -> None:
        tries = 0
        while not self._stopped.is_set():
            try:
                self._socket.connect()
            except CannotListen as trouble:
                if not self._keep_trying:
                    raise
                self._say(f"{trouble} It is tried again in {PATIENCE:.0f} s.")
                self._stopped.wait(PATIENCE)
            except NoConnection as trouble:
                pause = PAUSES[min(tries, len(PAUSES) - 1)]
                self._say(f"{trouble} It is tried again in {pause:.0f} s.")
                tries += 1
                self._stopped.wait(pause)
            else:
                self._say("Listening: buttons and /targets work.")
                return

    def _work(self) -> None:
        desk = Desk(self._settings, self._socket.team(), self._socket.locale)
        while not self._stopped.is_set():
            self._check()
            asked = self._first()
            if asked is None:
                self._heard.wait(1.0)
                self._heard.clear()
            elif not self._do(desk, asked):
                self._stopped.wait(self._retry_seconds)

    def _check(self) -> None:
        """Give up where the connection was lost and Slack refuses another for good; with `keep_trying`, say so once."""
        try:
            self._socket.check()
            self._trouble = ""
        except CannotListen as trouble:
            if not self._keep_trying:
                raise
            if str(trouble) != self._trouble:
                self._say(str(trouble))
            self._trouble = str(trouble)

    def _do(self, desk: Desk, asked: Asked) -> bool:
        """Do one thing and answer it; False where it has to be tried again a little later."""
        from targetwatch.warehouse import WarehouseBusy

        now = self._now()
        try:
            answered = desk.answer(asked, now)
        except WarehouseBusy:
            self._tries[asked.key] = self._tries.get(asked.key, 0) + 1
            if self._tries[asked.key] < TRIES:
                return False
            answered = self._unanswered(asked, desk, BUSY)
        except CatalogueError as broken:
            self._say(f"The catalogue has {len(broken.issues)} errors: an interaction was not carried out.")
            answered = self._unanswered(asked, desk, CATALOGUE_BROKEN)
        except Exception as failure:  # noqa: BLE001 - it is said to the person and in the log, and the next one is done
            self._say(
                f"{'Button ' + asked.action if asked.is_button else 'Command'} failed: "
                f"{in_words(self._settings, failure)}"
            )
            answered = self._unanswered(asked, desk, BROKEN)
        if answered.reply.told and (trouble := tell(self._settings, self._now())):
            self._say(f"What was done could not be sent yet; the next pass sends it. {trouble}")
        self._answer(asked, answered)
        with self._lock:
            self._spool.finish(asked)
        self._tries.pop(asked.key, None)
        return True

    def _answer(self, asked: Asked, answered: Answered) -> None:
        if not answered.reply.lines:
            return
        said = payload(answered.reply, answered.language)
        if not self._socket.answer(asked.answer_at, asked.channel, asked.user, said, asked.thread_ts or None):
            self._say("An answer to one person did not reach Slack. What they asked for has been done.")

    def _unanswered(self, asked: Asked, desk: Desk, words: Any) -> Answered:
        """What is said where nothing could be done: in the language of the person, as far as Slack knows it."""
        from targetwatch.model import Language

        with suppress(Exception):  # the log has what failed; whoever cannot be looked up is answered in English
            vietnamese = desk.locale(asked.user).lower().startswith("vi")
            return Answered(Reply.of(words, Language.VI if vietnamese else Language.EN), Language.EN)
        return Answered(Reply.of(words, Language.EN), Language.EN)

    def _hear(self, kind: str, said: Mapping[str, Any]) -> None:
        """Called by the client's thread: kept before Slack is told that it was heard."""
        asked = asked_in(kind, said)
        if asked is None:
            return
        with self._lock:
            self._spool.keep(asked)
        self._heard.set()

    def _first(self) -> Asked | None:
        with self._lock:
            return self._spool.first()

    def _beat(self) -> None:
        """Say every few seconds that there is a connection, whatever else is being done."""
        while not self._stopped.is_set():
            if self._socket.is_connected:
                with suppress(OSError, ValueError):  # a full disk, or a clock file that is being written
                    heartbeat.beat(self._settings.home, self._now())
            self._stopped.wait(BEAT_SECONDS)
