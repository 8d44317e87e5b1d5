"""The Web API methods that targetwatch uses, answered as Slack answers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from targetwatch.standin import limits
from targetwatch.standin.answers import Answer, Arguments, Refused, structure
from targetwatch.standin.filing import Filing
from targetwatch.standin.people import Person
from targetwatch.standin.states import REFUSALS, ChannelState
from targetwatch.standin.store import CHANNEL_ID, Message, Store, channel_id_of, read_ts, write_ts

BOT = {"user": "U0TARGETWATCH", "bot_id": "B0TARGETWATCH", "app_id": "A0TARGETWATCH", "team": "T0STANDIN"}
NAME = "targetwatch"
DEFAULT_PAGE = 100
LONGEST_PAGE = 999


class Api:
    """Slack's Web API, as far as it is used."""

    def __init__(self, store: Store, people: Mapping[str, Person], connect: Callable[[str], str]) -> None:
        """`connect` gives the query of an address at which an app may connect its socket, which reaches us at that."""
        self._store = store
        self._people = people
        self._connect = connect
        filing = Filing(store.files)
        self._methods: dict[str, Callable[[Arguments], Answer]] = {
            "api.test": lambda arguments: {"args": {name: str(value) for name, value in arguments.items()}},
            "apps.connections.open": self._open,
            "auth.test": self._auth_test,
            "chat.delete": self._delete,
            "chat.postEphemeral": self._post_aside,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "conversations.history": self._history,
            "conversations.list": self._list,
            "conversations.replies": self._replies,
            "files.completeUploadExternal": filing.complete,
            "files.getUploadURLExternal": filing.ask_for_address,
            "files.info": filing.info,
            "users.info": self._person,
        }

    def call(self, method: str, arguments: Arguments, token: str) -> Answer:
        """Slack's answer to one request. `_address` among the arguments is the one that the server answers at."""
        try:
            if method not in self._methods:
                raise Refused("unknown_method")
            self._admit(method, token)
            channel = str(arguments.get("channel") or "").removeprefix("#").strip()
            if channel:
                known = channel if CHANNEL_ID.fullmatch(channel) else channel_id_of(channel)
                refusal = REFUSALS[self._store.state(known)].get(method)
                if refusal is not None:
                    raise Refused(refusal)
            return {"ok": True, **self._methods[method](arguments)}
        except Refused as refused:
            answer: Answer = {"ok": False, "error": refused.code}
            if refused.remarks:
                answer["errors"] = refused.remarks
                answer["response_metadata"] = {"messages": refused.remarks}
            return answer

    def _admit(self, method: str, token: str) -> None:
        """Refuse a token that may not call this method: an app's connects sockets, a bot's does all the rest."""
        if method == "api.test":
            return
        if not token:
            raise Refused("not_authed")
        if not token.startswith(("xoxb-", "xapp-")):
            raise Refused("invalid_auth")
        if self._store.is_revoked(token):
            raise Refused("token_revoked")
        if (method == "apps.connections.open") != token.startswith("xapp-"):
            raise Refused("not_allowed_token_type")

    def _open(self, arguments: Arguments) -> Answer:
        address = str(arguments.get("_address", "http://127.0.0.1/"))
        return {"url": f"ws{address.removeprefix('http')}link/?{self._connect(address)}"}

    def _person(self, arguments: Arguments) -> Answer:
        person = self._people.get(str(arguments.get("user") or ""))
        if person is None:
            raise Refused("user_not_found")
        profile = {"real_name": person.name, "display_name": person.name}
        return {
            "user": {
                "id": person.id,
                "team_id": BOT["team"],
                "name": person.handle,
                "real_name": person.name,
                "locale": person.locale,
                "profile": profile,
                "is_bot": False,
            }
        }

    def _auth_test(self, arguments: Arguments) -> Answer:
        return {
            "url": "https://stand-in.invalid/",
            "team": "Slack stand-in",
            "user": NAME,
            "team_id": BOT["team"],
            "user_id": BOT["user"],
            "bot_id": BOT["bot_id"],
            "is_enterprise_install": False,
        }

    def _post(self, arguments: Arguments) -> Answer:
        named = str(arguments.get("channel") or "")
        if not named.removeprefix("#").strip():
            raise Refused("channel_not_found")
        text, blocks = self._content(arguments)
        thread_ts = None
        channel = self._store.channel(named)
        if arguments.get("thread_ts"):
            thread_ts = read_ts(str(arguments["thread_ts"]))
            parent = None if thread_ts is None else self._store.get(channel.id, thread_ts)
            if parent is None:
                raise Refused("thread_not_found")
            thread_ts = parent.thread_ts or parent.ts
        message = self._store.add(channel.id, text, blocks, _metadata(arguments), thread_ts)
        return {"channel": channel.id, "ts": write_ts(message.ts), "message": told(message, with_metadata=True)}

    def _post_aside(self, arguments: Arguments) -> Answer:
        channel, user = str(arguments.get("channel") or ""), str(arguments.get("user") or "")
        if channel not in {known.id for known in self._store.channels()}:
            raise Refused("channel_not_found")
        if user not in self._people:
            raise Refused("user_not_in_channel")
        text, blocks = self._content(arguments)
        aside = self._store.asides.add(channel, user, text, blocks, read_ts(str(arguments.get("thread_ts") or "")))
        return {"message_ts": write_ts(aside.ts)}

    def _update(self, arguments: Arguments) -> Answer:
        message = self._message(arguments)
        text, blocks = self._content(arguments)
        metadata = _metadata(arguments) or message.metadata
        edited = self._store.edit(message, text, blocks, metadata)
        content = told(edited, with_metadata=True)
        return {"channel": message.channel, "ts": write_ts(message.ts), "text": text, "message": content}

    def _delete(self, arguments: Arguments) -> Answer:
        message = self._message(arguments)
        self._store.delete(message.channel, message.ts)
        return {"channel": message.channel, "ts": write_ts(message.ts)}

    def _history(self, arguments: Arguments) -> Answer:
        messages = [message for message in self._in_channel(arguments) if not message.is_reply]
        return _page(messages[::-1], arguments)

    def _replies(self, arguments: Arguments) -> Answer:
        in_window = self._in_channel(arguments)
        ts = read_ts(str(arguments.get("ts") or ""))
        parent = None if ts is None else self._store.get(str(arguments["channel"]), ts)
        if parent is None:
            raise Refused("thread_not_found")
        # The first message is there however old it is: the window is for its replies.
        replies = [message for message in in_window if message.is_reply and message.thread_ts == ts]
        return _page([parent, *replies], arguments)

    def _list(self, arguments: Arguments) -> Answer:
        asked_for_live_ones = str(arguments.get("exclude_archived")).lower() in ("1", "true")
        channels = [
            {
                "id": channel.id,
                "name": channel.name,
                "is_channel": True,
                "is_archived": state is ChannelState.ARCHIVED,
                "is_member": state is not ChannelState.REMOVED,
            }
            for channel in self._store.channels()
            if (state := self._store.state(channel.id)) is not ChannelState.DELETED
            and not (asked_for_live_ones and state is ChannelState.ARCHIVED)
        ]
        return {"channels": channels, "response_metadata": {"next_cursor": ""}}

    def _in_channel(self, arguments: Arguments) -> list[Message]:
        channel = str(arguments.get("channel") or "")
        # Slack reads channels by their id only, though it takes messages for a name.
        if not CHANNEL_ID.fullmatch(channel) or channel not in {known.id for known in self._store.channels()}:
            raise Refused("channel_not_found")
        oldest = read_ts(str(arguments.get("oldest") or "0")) or 0
        latest = read_ts(str(arguments.get("latest") or "")) if arguments.get("latest") else None
        return [
            message
            for message in self._store.messages(channel)
            if message.ts > oldest and (latest is None or message.ts < latest)
        ]

    def _message(self, arguments: Arguments) -> Message:
        channel = str(arguments.get("channel") or "")
        if not CHANNEL_ID.fullmatch(channel):
            raise Refused("channel_not_found")
        ts = read_ts(str(arguments.get("ts") or ""))
        message = None if ts is None else self._store.get(channel, ts)
        if message is None:
            raise Refused("message_not_found")
        return message

    def _content(self, arguments: Arguments) -> tuple[str, list[Mapping[str, object]]]:
        return content(arguments, self._store)


def content(arguments: Arguments, store: Store) -> tuple[str, list[Mapping[str, object]]]:
    """The text and the blocks of a message that Slack would take; else it is refused."""
    blocks = structure(arguments.get("blocks"), "invalid_blocks_format")
    if blocks is not None and not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    text = str(arguments.get("text") or "")
    refusal = limits.refusal(text, blocks or [], store.files.is_usable)
    if refusal is not None:
        raise Refused(*refusal)
    return text, blocks or []


def told(message: Message, *, with_metadata: bool) -> Answer:
    """A message as Slack's answers give it."""
    answer: Answer = {
        "type": "message",
        **BOT,
        "text": message.text,
        "ts": write_ts(message.ts),
        "blocks": [{"block_id": f"b{place}", **block} for place, block in enumerate(message.blocks)],
    }
    if message.thread_ts is not None or message.replies:
        answer["thread_ts"] = write_ts(message.thread_ts or message.ts)
    if message.replies and message.latest_reply is not None:
        answer["reply_count"] = message.replies
        answer["latest_reply"] = write_ts(message.latest_reply)
    if message.edited is not None:
        answer["edited"] = {"user": BOT["user"], "ts": write_ts(message.edited)}
    if message.metadata and with_metadata:
        answer["metadata"] = dict(message.metadata)
    return answer


def _metadata(arguments: Arguments) -> Mapping[str, object]:
    metadata = structure(arguments.get("metadata"), "invalid_metadata_format")
    if metadata is None:
        return {}
    if not isinstance(metadata, dict) or not metadata.get("event_type") or "event_payload" not in metadata:
        raise Refused("invalid_metadata_format")
    return metadata


def _page(messages: list[Message], arguments: Arguments) -> Answer:
    """A page of messages, and the cursor of the next one."""
    asked = str(arguments.get("limit") or DEFAULT_PAGE)
    limit = min(max(int(asked), 1), LONGEST_PAGE) if asked.isdigit() else DEFAULT_PAGE
    cursor = str(arguments.get("cursor") or "0")
    if not cursor.isdigit():
        raise Refused("invalid_cursor")
    start = int(cursor)
    following = start + limit
    has_more = following < len(messages)
    with_metadata = str(arguments.get("include_all_metadata")).lower() in ("1", "true")
    return {
        "messages": [told(message, with_metadata=with_metadata) for message in messages[start:following]],
        "has_more": has_more,
        "response_metadata": {"next_cursor": str(following) if has_more else ""},
    }
