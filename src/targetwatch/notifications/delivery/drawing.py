"""Drawing: a chart's specification as a picture, for whoever sends it. Nothing is fetched for it, not even a letter."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Mapping

SCALE = 2  # pixels of the picture to a pixel of the chart: sharp on a dense screen
SIGNATURE = b"\x89PNG\r\n\x1a\n"
VEGA_LITE = "6.1"  # of which charts.SCHEMA is the schema; a later one may draw differently


def png(spec: Mapping[str, object]) -> bytes:
    """The picture of a Vega-Lite specification, the same for the same specification.

    The letters come with vl-convert (Liberation Sans), so that no font has to be installed. The first picture of a
    process costs about a second; those after it a tenth of one.

    Raises:
        ValueError: It is no specification that can be drawn.
    """
    import vl_convert

    # With no base address allowed, a specification that names one is refused and nothing is asked of the network.
    drawn = vl_convert.vegalite_to_png(json.dumps(spec), vl_version=VEGA_LITE, scale=SCALE, allowed_base_urls=[])
    return packed(drawn)


def packed(picture: bytes) -> bytes:
    """A PNG with the same pixels in fewer bytes: its own compression is made for speed, and Slack is to take it."""
    kept, pixels = [], b""
    for kind, content in _chunks(picture):
        if kind == b"IDAT":
            pixels += content
        else:
            kept.append((kind, content))
    end = next(at for at, (kind, _) in enumerate(kept) if kind == b"IEND")
    kept.insert(end, (b"IDAT", zlib.compress(zlib.decompress(pixels), 9)))
    return SIGNATURE + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in kept
    )


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not picture.startswith(SIGNATURE):
        raise ValueError("What was drawn is no PNG.")
    at = len(SIGNATURE)
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += 12 + length
