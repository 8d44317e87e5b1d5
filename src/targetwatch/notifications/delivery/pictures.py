"""Pictures: the charts of a message, drawn and put where its carrier shows them. A message never waits for one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime

from targetwatch.notifications.delivery.wire import Carrier, OutboxStore, Payload, SendFailure, Showing, Uploads

Draw = Callable[[Mapping[str, object]], bytes]


class Pictures:
    """Draws the charts of messages, and uploads each once over all senders that ever were.

    `remarks` says of each kind of failure once why messages went out without their pictures.
    """

    def __init__(self, store: OutboxStore, draw: Draw, now: Callable[[], datetime]) -> None:
        self._store = store
        self._draw = draw
        self._now = now
        self.remarks: list[str] = []

    def shown(self, payload: Payload, carrier: Carrier) -> dict[str, object]:
        """The payload with each chart as its carrier shows it; without it where it cannot be drawn or is refused."""
        blocks = payload.get("blocks")
        if not isinstance(blocks, list) or all(_chart_of(block) is None for block in blocks):
            return dict(payload)
        shown = [self._block(block, carrier) for block in blocks]
        return {**payload, "blocks": [block for block in shown if block is not None]}

    def forget(self, payload: Payload) -> None:
        """Those of a payload were refused where they had been uploaded: the next message uploads them anew."""
        blocks = payload.get("blocks")
        for block in blocks if isinstance(blocks, list) else []:
            chart = _chart_of(block)
            if chart is not None and (file := self._store.picture(_hash(chart))) is not None:
                self._store.forget_picture(file)

    def _block(self, block: Mapping[str, object], carrier: Carrier) -> Mapping[str, object] | None:
        chart = _chart_of(block)
        if chart is None or carrier.showing is Showing.DATA:
            return block
        rest = {name: value for name, value in block.items() if name != "chart"}
        alt_text = str(block.get("alt_text") or "")
        try:
            if isinstance(carrier, Uploads):
                return {**rest, "slack_file": {"id": self._uploaded(chart, alt_text, carrier)}}
            return {**rest, "png": self._draw(chart)}
        except SendFailure as failure:
            self._note(f"A picture was not taken, and its message was sent without it. {failure.sentence}")
        except Exception as failure:  # noqa: BLE001 - whatever stops a drawing must not stop the message
            self._note(f"A picture could not be drawn ({type(failure).__name__}), and its message was sent without it.")
        return None

    def _uploaded(self, chart: Mapping[str, object], alt_text: str, carrier: Uploads) -> str:
        name = _hash(chart)
        known = self._store.picture(name)
        if known is not None:
            return known
        file = carrier.upload(self._draw(chart), alt_text)
        self._store.keep_picture(name, file, self._now())
        return file

    def _note(self, remark: str) -> None:
        if remark not in self.remarks:
            self.remarks.append(remark)


def _hash(chart: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(chart, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def has_pictures(payload: Payload) -> bool:
    """Whether pictures are in a payload, drawn or not."""
    blocks = payload.get("blocks")
    return isinstance(blocks, list) and any(_is_picture(block) for block in blocks)


def without(payload: Payload) -> dict[str, object]:
    """The payload without its pictures."""
    blocks = payload.get("blocks")
    if not isinstance(blocks, list):
        return dict(payload)
    return {**payload, "blocks": [block for block in blocks if not _is_picture(block)]}


def _is_picture(block: object) -> bool:
    return isinstance(block, Mapping) and block.get("type") == "image"


def _chart_of(block: object) -> Mapping[str, object] | None:
    """What a picture is drawn from; None of a block that is none, or whose picture is drawn."""
    chart = block.get("chart") if isinstance(block, Mapping) and _is_picture(block) else None
    return chart if isinstance(chart, Mapping) else None
