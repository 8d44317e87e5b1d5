"""A spreadsheet as an office would send it, whose bytes depend on its cells alone."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

_SAVED_AT = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_A_DAY = (2025, 1, 1, 0, 0, 0)


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write one sheet with a header. A workbook notes when it was saved; here that is always the same day."""
    from openpyxl import Workbook

    workbook = Workbook()
    sheet = workbook.active
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    saved = BytesIO()
    workbook.save(saved)
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as undated:
        for name in parts.namelist():
            undated.writestr(
                zipfile.ZipInfo(name, _A_DAY), _SAVED_AT.sub(rb"\g<1>2025-01-01T00:00:00Z", parts.read(name))
            )
