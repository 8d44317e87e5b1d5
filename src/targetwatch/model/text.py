"""What people read, and in which language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MILLION = 1_000_000


class Language(StrEnum):
    """A language that people are written to in."""

    VI = "vi"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Vietnamese and in English."""

    vi: str
    en: str

    def in_(self, language: Language) -> str:
        """These words in `language`."""
        return self.vi if language is Language.VI else self.en

    def __str__(self) -> str:
        """Both, for a column of the warehouse that readers of either language read."""
        return f"{self.vi} / {self.en}"

    @classmethod
    def parse(cls, both: str) -> Text:
        """The words behind `str(text)`; words in one language are taken for both."""
        vi, _, en = both.partition(" / ")
        return cls(vi, en or vi)
