"""Text without its marks, for finding what is typed without them."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """Small letters without marks: "Hồ sơ – Ba Đình" is "ho so – ba dinh"."""
    lowered = text.lower().replace("đ", "d")
    return "".join(letter for letter in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(letter))
