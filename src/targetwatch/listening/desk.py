"""The desk: what is done about an interaction, and what its person is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from targetwatch import catalogue, operations, pipeline
from targetwatch.listening import deeds, reasons, standing
from targetwatch.listening.asked import Asked
from targetwatch.listening.sight import Sight
from targetwatch.listening.words import ELSEWHERE, HELP, NOT_OURS, NOTHING_YET, Reply
from targetwatch.model import Language, Programme, Text
from targetwatch.settings import Settings
from targetwatch.wording.plain import plain

NUMBER = re.compile(r"(?:tw)?\s*[-‐-–]?\s*0*([0-9]{1,9})", re.IGNORECASE)
# Words that begin a command, in either language and without marks.
LONGEST = 300  # characters of a failure in the log
COMMANDS = {
    "help": ("help", "?", "tro giup", "giup"),
    "behind": ("behind", "cham"),
    "silences": ("silences", "silence", "tat thong bao"),
    "ack": ("ack", "acknowledge", "tiep nhan"),
    "snooze": ("snooze", "tam dung"),
    "why": ("why", "vi sao"),
}


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, in the language of whoever asked."""

    reply: Reply
    language: Language


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers interactions. `team` is our workspace, and `locale` asks Slack for a person's language."""

    settings: Settings
    team: str | None = None
    locale: Callable[[str], str] = lambda _: ""

    def answer(self, asked: Asked, now: datetime) -> Answered:
        """Do what was asked for, if it may be done, and say what came of it.

        Doing it again changes nothing more. Raises WarehouseBusy, where it is worth another try, and CatalogueError.
        """
        from targetwatch.warehouse import NoSnapshot, open_snapshots

        programme = catalogue.load(self.settings.catalogue)
        language = self.language(programme, asked)
        if self.team is not None and asked.team and asked.team != self.team:
            return Answered(Reply.of(ELSEWHERE, language), language)
        try:
            with open_snapshots(self.settings.home) as reader:
                sight = Sight(self.settings, programme, reader, now)
                reply = (
                    self._pressed(sight, asked, language) if asked.is_button else self._typed(sight, asked, language)
                )
        except NoSnapshot:
            reply = Reply.of(HELP if _command(asked.text)[0] == "help" else NOTHING_YET, language)
        return Answered(reply, language)

    def language(self, programme: Programme, asked: Asked) -> Language:
        """That of the channel's receiver; elsewhere the person's own."""
        known = {asked.channel, asked.channel_name, f"#{asked.channel_name}"} - {"", "#"}
        for receiver in programme.receivers:
            if receiver.channel in known:
                return receiver.language
        return Language.VI if self.locale(asked.user).lower().startswith("vi") else Language.EN

    def _pressed(self, sight: Sight, asked: Asked, language: Language) -> Reply:
        number = _incident_of(asked.value)
        message = sight.message(asked.channel, asked.message_ts)
        if number is None or message is None or message["incident"] != number:
            return Reply.of(NOT_OURS, language)
        if asked.action == "why":
            return reasons.why(sight, number, language)
        if asked.action == "snooze":
            return deeds.snooze(sight, number, asked.user, "", language)
        return deeds.acknowledge(sight, number, asked.user, "", language, of_group=True)

    def _typed(self, sight: Sight, asked: Asked, language: Language) -> Reply:
        name, rest = _command(asked.text)
        match name:
            case "":
                return standing.needing_action(sight, asked.user, language)
            case "help":
                return Reply.of(HELP, language)
            case "behind":
                return standing.behind(sight, language)
            case "silences":
                return standing.silences(sight, language)
            case "ack" | "snooze" | "why":
                return self._about(sight, name, rest, asked.user, language)
        return standing.of_target(sight, asked.text, language)

    def _about(self, sight: Sight, name: str, rest: str, user: str, language: Language) -> Reply:
        """What is done about one incident: its number, and, to acknowledge it, a reason."""
        found = NUMBER.match(rest)
        number, reason = (int(found[1]), rest[found.end() :].strip(" :,.–-")) if found else (0, "")
        if not found:
            return Reply.of(
                Text(
                    f"Hãy ghi số của cảnh báo: */targets {name} TW-147*. */targets* liệt kê các cảnh báo.",
                    f"Write the incident's number: */targets {name} TW-147*. */targets* lists them.",
                ),
                language,
            )
        if name == "why":
            return reasons.why(sight, number, language)
        if name == "snooze":
            return deeds.snooze(sight, number, user, reason, language)
        if not reason:
            return Reply.of(
                Text(
                    f"Hãy ghi lý do mà người khác đọc hiểu được: */targets ack TW-{number} đang số hóa hồ sơ đất đai*",
                    f"Write a reason that others will understand: */targets ack TW-{number} land files are being "
                    "digitised*",
                ),
                language,
            )
        return deeds.acknowledge(sight, number, user, reason, language, of_group=False)


def tell(settings: Settings, now: datetime) -> str:
    """Send what an action put into the outbox; what went wrong, if it did. The next pass sends what is left."""
    try:
        pipeline.notify(settings, now)
    except Exception as failure:  # noqa: BLE001 - it is stored, and the next pass sends it
        return in_words(settings, failure)
    return ""


def in_words(settings: Settings, failure: Exception) -> str:
    """A failure for the log: its first line, without secrets."""
    return operations.one_line(settings, f"{type(failure).__name__}: {failure}")[:LONGEST]


def _command(text: str) -> tuple[str, str]:
    """The command that a text begins with and what follows it; "other" where it is none, and "" for nothing at all."""
    said = " ".join(text.split())
    if not said:
        return "", ""
    pieces = said.split(" ")
    for length in (3, 2, 1):
        begins = plain(" ".join(pieces[:length]))
        for name, spellings in COMMANDS.items():
            if begins in spellings and (name in ("ack", "snooze", "why") or len(pieces) == length):
                return name, " ".join(pieces[length:])
    return "other", said


def _incident_of(value: str) -> int | None:
    """The number that a button carries; None where it carries none."""
    try:
        number = json.loads(value)["incident"]
    except (ValueError, KeyError, TypeError):
        return None
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**31 else None
