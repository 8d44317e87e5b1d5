"""What Slack refuses to take: its documented limits of blocks, and the length of a whole message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

BLOCKS = 50
HEADER = 150
SECTION = 3000
FIELDS = 10
FIELD = 2000
ELEMENTS = {"actions": 25, "context": 10}
BUTTON = 75
URL = 3000
TEXT = 40_000
WHOLE = 13_000  # characters of all blocks together: Slack documents none, and refuses near this
KNOWN = frozenset({"header", "section", "context", "actions", "divider"})

Block = Mapping[str, object]


def refusal(text: str, blocks: Sequence[object]) -> tuple[str, list[str]] | None:
    """Slack's error code and its remarks for a message that it would refuse; None for one that it takes."""
    if not text.strip() and not blocks:
        return "no_text", []
    if len(text) > TEXT:
        return "msg_too_long", []
    remarks = [remark for position, block in enumerate(blocks) for remark in _block(f"/blocks/{position}", block)]
    if len(blocks) > BLOCKS:
        remarks.append(f"[ERROR] no more than {BLOCKS} items allowed [json-pointer:/blocks]")
    if remarks:
        return "invalid_blocks", remarks
    if sum(_length(block) for block in blocks) > WHOLE:
        return "msg_too_long", []
    return None


def _block(where: str, block: object) -> list[str]:
    if not isinstance(block, Mapping):
        return [f"[ERROR] must be an object [json-pointer:{where}]"]
    kind = block.get("type")
    if kind not in KNOWN:
        return [f"[ERROR] unsupported type: {kind} [json-pointer:{where}/type]"]
    if kind == "header":
        return _text(f"{where}/text", block.get("text"), HEADER, ("plain_text",))
    if kind == "section":
        return _section(where, block)
    if kind in ELEMENTS:
        return _elements(where, str(kind), block)
    return []


def _section(where: str, block: Block) -> list[str]:
    fields = block.get("fields")
    remarks: list[str] = []
    if block.get("text") is None and not fields:
        remarks.append(f"[ERROR] missing required field: text [json-pointer:{where}]")
    if block.get("text") is not None:
        remarks += _text(f"{where}/text", block.get("text"), SECTION)
    if isinstance(fields, list):
        if len(fields) > FIELDS:
            remarks.append(f"[ERROR] no more than {FIELDS} items allowed [json-pointer:{where}/fields]")
        for position, one in enumerate(fields):
            remarks += _text(f"{where}/fields/{position}", one, FIELD)
    return remarks


def _elements(where: str, kind: str, block: Block) -> list[str]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not elements:
        return [f"[ERROR] missing required field: elements [json-pointer:{where}]"]
    remarks = []
    if len(elements) > ELEMENTS[kind]:
        remarks.append(f"[ERROR] no more than {ELEMENTS[kind]} items allowed [json-pointer:{where}/elements]")
    for position, element in enumerate(elements):
        inside = f"{where}/elements/{position}"
        if kind == "context":
            remarks += _text(inside, element, SECTION)
        elif isinstance(element, Mapping):
            remarks += _text(f"{inside}/text", element.get("text"), BUTTON, ("plain_text",))
            if len(str(element.get("url", ""))) > URL:
                remarks.append(f"[ERROR] must be no more than {URL} characters [json-pointer:{inside}/url]")
    return remarks


def _text(where: str, text: object, longest: int, kinds: Sequence[str] = ("plain_text", "mrkdwn")) -> list[str]:
    if not isinstance(text, Mapping) or text.get("type") not in kinds or not isinstance(text.get("text"), str):
        return [f"[ERROR] must be a text object of {' or '.join(kinds)} [json-pointer:{where}]"]
    if not str(text["text"]):
        return [f"[ERROR] must be more than 0 characters [json-pointer:{where}/text]"]
    if len(str(text["text"])) > longest:
        return [f"[ERROR] must be less than {longest + 1} characters [json-pointer:{where}/text]"]
    return []


def _length(value: object) -> int:
    """The characters that people read in a block."""
    if isinstance(value, Mapping):
        own = len(str(value["text"])) if isinstance(value.get("text"), str) else 0
        return own + sum(_length(item) for item in value.values() if not isinstance(item, str))
    if isinstance(value, list):
        return sum(_length(item) for item in value)
    return 0
