"""What Slack refuses to take: its documented limits of blocks, and the length of a whole message."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

BLOCKS = 50
HEADER = 150
SECTION = 3000
FIELDS = 10
FIELD = 2000
ELEMENTS = {"actions": 25, "context": 10}
BUTTON = 75
URL = 3000
VALUE = 2000
ACTION_ID = 255
BLOCK_ID = 255
ALT_TEXT = 2000
TITLE = 2000
STYLES = ("primary", "danger")
TEXT = 40_000
WHOLE = 13_000  # characters of all blocks together: Slack documents none, and refuses near this
# Slack refuses what a block does not have.
PROPERTIES = {
    "header": frozenset({"type", "block_id", "text"}),
    "section": frozenset({"type", "block_id", "text", "fields", "accessory", "expand"}),
    "context": frozenset({"type", "block_id", "elements"}),
    "actions": frozenset({"type", "block_id", "elements"}),
    "divider": frozenset({"type", "block_id"}),
    "image": frozenset({"type", "block_id", "image_url", "slack_file", "alt_text", "title"}),
}

Block = Mapping[str, object]


def all_files(_: str) -> bool:
    """Every file may be shown: for who asks about lengths alone."""
    return True


def refusal(
    text: str, blocks: Sequence[object], is_file: Callable[[str], bool] = all_files
) -> tuple[str, list[str]] | None:
    """Slack's error code and its remarks for a message that it would refuse; None for one that it takes.

    `is_file` says whether the file of an id is there for an image block to show.
    """
    if not text.strip() and not blocks:
        return "no_text", []
    if len(text) > TEXT:
        return "msg_too_long", []
    remarks = [
        remark for position, block in enumerate(blocks) for remark in _block(f"/blocks/{position}", block, is_file)
    ]
    if len(blocks) > BLOCKS:
        remarks.append(f"[ERROR] no more than {BLOCKS} items allowed [json-pointer:/blocks]")
    remarks += _repeated(blocks)
    if remarks:
        return "invalid_blocks", remarks
    if sum(_length(block) for block in blocks) > WHOLE:
        return "msg_too_long", []
    return None


def _block(where: str, block: object, is_file: Callable[[str], bool]) -> list[str]:
    if not isinstance(block, Mapping):
        return [f"[ERROR] must be an object [json-pointer:{where}]"]
    kind = str(block.get("type"))
    if kind not in PROPERTIES:
        return [f"[ERROR] unsupported type: {kind} [json-pointer:{where}/type]"]
    remarks = [
        f"[ERROR] invalid additional property: {name} [json-pointer:{where}]"
        for name in block
        if name not in PROPERTIES[kind]
    ]
    remarks += _longest(where, block, "block_id", BLOCK_ID)
    if kind == "header":
        remarks += _text(f"{where}/text", block.get("text"), HEADER, ("plain_text",))
    elif kind == "section":
        remarks += _section(where, block)
    elif kind == "image":
        remarks += _image(where, block, is_file)
    elif kind in ELEMENTS:
        remarks += _elements(where, kind, block)
    return remarks


def _image(where: str, block: Block, is_file: Callable[[str], bool]) -> list[str]:
    remarks = _longest(where, block, "alt_text", ALT_TEXT) + _longest(where, block, "image_url", URL)
    if not block.get("alt_text"):
        remarks.append(f"[ERROR] missing required field: alt_text [json-pointer:{where}]")
    if block.get("title") is not None:
        remarks += _text(f"{where}/title", block["title"], TITLE, ("plain_text",))
    file = block.get("slack_file")
    if (file is None) == (block.get("image_url") is None):
        remarks.append(f"[ERROR] must have one of image_url and slack_file [json-pointer:{where}]")
    elif file is not None and not (isinstance(file, Mapping) and is_file(str(file.get("id")))):
        remarks.append(f"[ERROR] invalid slack file [json-pointer:{where}/slack_file]")
    return remarks


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
        else:
            remarks += _button(inside, element)
    return remarks


def _button(where: str, element: object) -> list[str]:
    if not isinstance(element, Mapping) or element.get("type") != "button":
        return [f"[ERROR] unsupported type of element [json-pointer:{where}/type]"]
    remarks = _text(f"{where}/text", element.get("text"), BUTTON, ("plain_text",))
    for name, longest in (("url", URL), ("value", VALUE), ("action_id", ACTION_ID)):
        remarks += _longest(where, element, name, longest)
    if element.get("style") not in (None, *STYLES):
        remarks.append(f"[ERROR] must be one of {', '.join(STYLES)} [json-pointer:{where}/style]")
    return remarks


def _repeated(blocks: Sequence[object]) -> list[str]:
    """What Slack says where two elements of a block have one action_id: it could not tell which was pressed."""
    remarks = []
    for position, block in enumerate(blocks):
        elements = block.get("elements") if isinstance(block, Mapping) else None
        named = [
            str(element["action_id"])
            for element in (elements if isinstance(elements, list) else ())
            if isinstance(element, Mapping) and element.get("action_id")
        ]
        remarks += [
            f"[ERROR] action_id `{name}` already exists for another interactive element"
            f" [json-pointer:/blocks/{position}/elements]"
            for name in sorted({name for name in named if named.count(name) > 1})
        ]
    return remarks


def _longest(where: str, part: Block, name: str, longest: int) -> list[str]:
    """A remark where a property is no text, or too long a one."""
    value = part.get(name)
    if value is None:
        return []
    if not isinstance(value, str):
        return [f"[ERROR] must be a string [json-pointer:{where}/{name}]"]
    if len(value) > longest:
        return [f"[ERROR] must be no more than {longest} characters [json-pointer:{where}/{name}]"]
    return []


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
