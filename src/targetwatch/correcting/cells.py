"""What stands in a cell: harmless to any spreadsheet program, and the same value again when it comes back.

A cell that begins with =, +, -, @, a tab or a line break is taken for a formula by one program or another, once the
sheet is saved as CSV or the cell is edited. Such a value gets an apostrophe before it, and so does one that has
apostrophes before such a beginning already: one apostrophe less is what was meant.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 32_767  # characters that a cell of Excel takes
# The wide signs are read as the narrow ones by programs for Chinese and Japanese.
_DANGEROUS = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")


def shown(value: str | None) -> str:
    """The text of the cell for a delivered value; what no cell can hold is replaced or cut."""
    if value is None:
        return ""
    plain = "".join("\N{REPLACEMENT CHARACTER}" if _cannot_stand(sign) else sign for sign in value)
    return (f"'{plain}" if _DANGEROUS.match(plain) else plain)[:LONGEST]


def meant(cell: str | None, value: str | None) -> str | None:
    """The value that a cell stands for when it comes back; `value` is what had been delivered.

    A cell that nobody has changed is that value, to the letter. An empty one is missing.
    """
    written = cell or ""
    if _same(written, shown(value)):
        return value
    if written.startswith("'") and _DANGEROUS.match(written[1:]):
        written = written[1:]
    return written or None


def _same(one: str, other: str) -> bool:
    """Whether two texts are the same to whoever edits a sheet, whose program may write line breaks its own way."""
    return _settled(one) == _settled(other)


def _settled(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _cannot_stand(sign: str) -> bool:
    """Whether XML has no place for the sign."""
    return (sign < " " and sign not in "\t\n\r") or "\ud800" <= sign <= "\udfff" or sign in "\ufffe\uffff"
