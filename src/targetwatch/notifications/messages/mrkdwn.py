"""Text as Slack reads it: data made harmless, and the few marks that our own words use.

Slack's mrkdwn has no escape for its own marks, so in data they become look-alikes: what is read is the same, and no
name can be bold, a mention, a link, an emoji or a line of its own.
"""

from __future__ import annotations

import re
import unicodedata

from targetwatch.wording.numbers import MISSING

ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
LOOK_ALIKES = {
    "*": "∗",
    "~": "∼",
    "`": "ˋ",
    "@": "＠",
    "#": "＃",
}
HARMLESS = str.maketrans(ENTITIES | LOOK_ALIKES)
IN_CODE = str.maketrans(ENTITIES | {"`": LOOK_ALIKES["`"]})
NAMED = 80
"""Characters that a name may take, escaped. Longer ones end in an ellipsis."""

# Invisible, though Unicode does not class them as controls: fillers, a blank braille cell, the grapheme joiner.
INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
EMOJI_CODE = re.compile(r":(?=[A-Za-z0-9_+'-]+:)")
# Within a word an underscore marks nothing, and names of columns and files are to be copied as they are.
UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
USER_GROUP = re.compile(r"[A-Z0-9]{1,30}")


def clean(text: str) -> str:
    """`text` on one line, composed, without characters that are invisible or turn the direction of reading."""
    composed = unicodedata.normalize("NFC", text)
    if composed.isprintable() and INVISIBLE.isdisjoint(composed):  # as nearly everything is
        return " ".join(composed.split())
    kept = []
    for character in composed:
        category = unicodedata.category(character)
        if character.isspace() or category in ("Zl", "Zp"):
            kept.append(" ")
        elif category not in ("Cc", "Cf", "Cs", "Co", "Cn") and character not in INVISIBLE:
            kept.append(character)
    return " ".join("".join(kept).split())


def escape(text: str, limit: int = NAMED) -> str:
    """Data as text that can only be read: nothing in it is a mark of Slack's. At most `limit` characters as sent."""
    harmless = EMOJI_CODE.sub("∶", clean(text)).replace("://", ":∕∕")
    # The underscores last: where a text is cut, one that stood within a word no longer does.
    marked = harmless.translate(HARMLESS)
    if len(marked) > limit:
        marked = _within([one.translate(HARMLESS) for one in harmless], limit)
    return UNDERSCORE.sub("ˍ", marked)


def brief(text: str, limit: int) -> str:
    """Data where no marks are read, as in a picture: clean, and no longer than `limit`."""
    return _within(list(clean(text)), limit)


def code(text: str, limit: int = 2 * NAMED) -> str:
    """Data in a code span, for what is to be typed or looked for as it stands."""
    return f"`{_within([one.translate(IN_CODE) for one in clean(text)], limit - 2) or ' '}`"


def bold(text: str) -> str:
    """Text, already escaped, in bold."""
    return f"*{text or MISSING}*"


def mention(user_group: str) -> str:
    """The mention of a user group by its id, after a space; empty where there is none or it is no id."""
    return f" <!subteam^{user_group}>" if USER_GROUP.fullmatch(user_group) else ""


def _within(pieces: list[str], limit: int) -> str:
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    room, kept = limit - 1, 0
    for piece in pieces:
        if len(piece) > room:
            break
        room, kept = room - len(piece), kept + 1
    # Never between a letter and its mark.
    while kept and unicodedata.combining(pieces[kept][0]):
        kept -= 1
    return "".join(pieces[:kept]).rstrip() + "…"
