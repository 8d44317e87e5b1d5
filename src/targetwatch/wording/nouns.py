"""Counted things: so many of what, in the right number, and how many of how many."""

from __future__ import annotations

from collections.abc import Sequence

from targetwatch.model import Language, Text
from targetwatch.wording.numbers import count

# Catalogues give English nouns in the plural, and only their head changes: "commune with broadband".
PREPOSITIONS = frozenset({"with", "of", "on", "in", "for", "at", "by", "to", "from", "without", "that", "whose", "who"})
IRREGULAR = {"people": "person", "children": "child", "men": "man", "women": "woman", "staff": "member of staff"}
SIBILANTS = ("sses", "shes", "ches", "xes", "zzes")
UNCHANGED = ("ss", "us", "is", "series", "species")


def singular(plural: str) -> str:
    """One of what an English plural names."""
    words = plural.split(" ")
    head = next((at for at, word in enumerate(words) if word in PREPOSITIONS and at > 0), len(words)) - 1
    words[head] = _singular_word(words[head])
    return " ".join(words)


def _singular_word(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word.endswith(UNCHANGED):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(SIBILANTS):
        return word[:-2]
    return word.removesuffix("s")


def noun(number: int, plural: Text, language: Language) -> str:
    """What is counted, in the number that goes with `number`. Vietnamese nouns have one form."""
    if language is Language.VI:
        return plural.vi
    return singular(plural.en) if abs(number) == 1 else plural.en


def counted(number: int, plural: Text, language: Language) -> str:
    """So many of what: 4.981 hồ sơ, 1 dossier, 4,981 dossiers."""
    return f"{count(number, language)} {noun(number, plural, language)}"


def of(part: int, whole: int, language: Language) -> str:
    """A part of a whole, both exact: 18/30 or 18 of 30."""
    between = "/" if language is Language.VI else " of "
    return f"{count(part, language)}{between}{count(whole, language)}"


def counted_of(part: int, whole: int, plural: Text, language: Language) -> str:
    """A part of a whole, and of what: 400/579 xã, 400 of 579 communes."""
    return f"{of(part, whole, language)} {noun(whole, plural, language)}"


def reported(here: int, due: int, language: Language) -> str:
    """How many of those who owe a report have given it: 29/30 đã báo cáo, 29 of 30 reported."""
    return f"{of(here, due, language)} {'đã báo cáo' if language is Language.VI else 'reported'}"


def series(items: Sequence[str], language: Language, *, more: int = 0) -> str:
    """Items in a row, and honestly how many more there are: "A, B and C", "A, B and 13 more"."""
    joint = " và " if language is Language.VI else " and "
    shown = list(items)
    if more:
        shown.append(f"{count(more, language)} {'đơn vị khác' if language is Language.VI else 'more'}")
    return joint.join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
