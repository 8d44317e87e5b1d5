"""Slack's mrkdwn as safe HTML: everything is text unless it is one of the marks that Slack knows."""

from __future__ import annotations

import re
from collections.abc import Callable

from markupsafe import Markup, escape

EMOJI = {
    "arrow_up": "⬆️",
    "arrow_up_small": "🔼",
    "chart_with_downwards_trend": "📉",
    "chart_with_upwards_trend": "📈",
    "eyes": "👀",
    "heavy_minus_sign": "➖",
    "heavy_multiplication_x": "✖️",
    "hourglass": "⌛",
    "large_orange_diamond": "🔶",
    "no_bell": "🔕",
    "no_entry_sign": "🚫",
    "pencil2": "✏️",
    "rotating_light": "🚨",
    "small_red_triangle_down": "🔻",
    "warning": "⚠️",
    "white_check_mark": "✅",
    "white_circle": "⚪",
}
ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
SPECIAL = re.compile(r"<(?P<inside>[^<>\n]*)>|`(?P<code>[^`\n]+)`|:(?P<emoji>[a-z0-9_+-]+):")
# A mark counts where it opens before a letter and closes after one, and nothing of a word touches it outside.
MARKS = (
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), "b"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])"), "i"),
    (re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])"), "s"),
)
MENTIONS = {"!channel": "@channel", "!here": "@here", "!everyone": "@everyone"}
# Letters of a private-use area stand for what is already HTML while the marks around it are read.
FIRST_HELD = 0xF0000


def to_html(text: str) -> Markup:
    """Mrkdwn as HTML."""
    return _html(text, _inside_mrkdwn, marks=True)


def plain_to_html(text: str) -> Markup:
    """A plain_text object as HTML: emoji and line ends, nothing else."""
    return _html(text, None, marks=False)


def _html(text: str, inside: Callable[[str], Markup] | None, *, marks: bool) -> Markup:
    held: list[Markup] = []

    def hold(html: Markup) -> str:
        held.append(html)
        return chr(FIRST_HELD + len(held) - 1)

    def special(match: re.Match[str]) -> str:
        if match["emoji"] is not None:
            shown = EMOJI.get(match["emoji"])
            return match[0] if shown is None else hold(Markup('<span class="em">{}</span>').format(shown))
        if not marks or inside is None:
            return match[0]
        if match["code"] is not None:
            return hold(Markup("<code>{}</code>").format(_unescape(match["code"])))
        return hold(inside(match["inside"]))

    text = "".join(letter for letter in text if not FIRST_HELD <= ord(letter) <= 0xFFFFD)
    html = str(escape(_unescape(SPECIAL.sub(special, text))))
    if marks:
        for pattern, tag in MARKS:
            html = pattern.sub(rf"<{tag}>\1</{tag}>", html)
    html = html.replace("\n", "<br>")
    for place, piece in enumerate(held):
        html = html.replace(chr(FIRST_HELD + place), str(piece))
    return Markup(html)  # noqa: S704 - every piece of it was escaped above


def _inside_mrkdwn(inside: str) -> Markup:
    """What stands between < and >: a mention, or a link."""
    target, _, label = inside.partition("|")
    if target in MENTIONS or target.startswith("!subteam^"):
        shown = label or MENTIONS.get(target) or "@" + target.removeprefix("!subteam^")
        return Markup('<span class="mn">{}</span>').format(_unescape(shown))
    if target[:1] in ("@", "#"):
        return Markup('<span class="mn">{}</span>').format(target[0] + _unescape(label or target[1:]))
    if target.startswith(("https://", "http://")):
        link = Markup('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>')
        return link.format(_unescape(target), _unescape(label or target))
    return escape(f"<{_unescape(inside)}>")


def _unescape(text: str) -> str:
    for entity, letter in ENTITIES:
        text = text.replace(entity, letter)
    return text
