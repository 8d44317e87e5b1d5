"""What is wrong with a text that is not YAML, in words: the parser's own are about its grammar."""

from __future__ import annotations

from dataclasses import dataclass, replace

import yaml

from targetwatch.catalogue.issues import Issue

ELSE = "Mind the indentation and the brackets; text that holds ': ' or ' #' goes in quotes."


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said in the place of a problem of the parser's.

    `{opened}` is where what it was reading begins, `{gave_up}` where it could not go on.
    """

    message: str
    hint: str
    at_the_beginning: bool = False  # the place to look at is that beginning, and not where the parser gave up


TAB = _Words("a tab stands here", "Indent with spaces, not with tabs.")
BEGINS_SO = _Words("a text cannot begin so", "Put it in quotes.")
CLOSES_NOTHING = _Words("this closes nothing", "Delete it, or open what it closes.")
NO_COMMA = "Close it, and put a ',' between two values."
OPEN_QUOTES = _Words("these quotes are not closed", "Write the same quotes at the end of the text.", True)
SEVERAL_LINES = _Words("'|' and '>' begin a text of several lines", 'Put it in quotes, as in ">=".', True)

WORDS = {
    "did not find expected ',' or '}'": _Words("this {{ has neither }} nor ',' before {gave_up}", NO_COMMA, True),
    "did not find expected ',' or ']'": _Words("this [ has neither ] nor ',' before {gave_up}", NO_COMMA, True),
    "did not find expected key": _Words(
        "this goes with none of the keys from {opened} on",
        "Indent it like the keys beside it; behind closing quotes and brackets nothing may stand.",
    ),
    "did not find expected '-' indicator": _Words(
        "this is no item of the list of {opened}", "Begin it with '- ', or indent it like the key above the list."
    ),
    "did not find expected <document start>": _Words(
        "this goes with nothing before it", "Behind closing quotes and brackets nothing may stand."
    ),
    "did not find expected node content": _Words("a value is missing before this", "Write it, or delete the ','."),
    "could not find expected ':'": _Words(
        "a key without a ':'", "Write 'key: value'; text of several lines goes in quotes.", at_the_beginning=True
    ),
    "mapping values are not allowed in this context": _Words(
        "a ':' cannot stand here", "Text that holds ': ' goes in quotes; a key is indented like those beside it."
    ),
    "block sequence entries are not allowed in this context": _Words(
        "a list cannot begin here", "Begin it on a line of its own, or write it as [a, b]."
    ),
    "found unexpected ':'": _Words(
        "a ':' in the middle of a text", "Put the text in quotes, or a blank behind the ':' of a key."
    ),
    "found unexpected end of stream": OPEN_QUOTES,
    "found unexpected document indicator": OPEN_QUOTES,
    "found unknown escape character": _Words(
        "double quotes know no such \\", "Write \\\\ for a backslash, or use single quotes."
    ),
    "did not find expected comment or line break": SEVERAL_LINES,
    "did not find expected alphabetic or numeric character": replace(BEGINS_SO, at_the_beginning=True),
    "found a tab character that violates indentation": TAB,
    "found a tab character where an indentation space is expected": TAB,
}


def malformed(path: str, text: str, error: yaml.YAMLError) -> Issue:
    """The issue that a parser's error stands for, with its place."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return Issue(path, 1, 1, "this is not YAML", ELSE)
    began, gave_up = error.context_mark, error.problem_mark or error.context_mark
    words = _words(error, text[gave_up.index : gave_up.index + 1] if gave_up is not None else "")
    said = words.message.format(opened=_said(began), gave_up=_said(gave_up))
    mark = began or gave_up if words.at_the_beginning else gave_up
    line, column = (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
    return Issue(path, line, column, f"this is not YAML: {said}", words.hint)


def _words(error: yaml.MarkedYAMLError, character: str) -> _Words:
    match error.problem:
        case "found character that cannot start any token":
            return TAB if character == "\t" else BEGINS_SO
        case "did not find expected node content" if character in ("}", "]"):
            return CLOSES_NOTHING
    said = " ".join(part for part in (error.context, error.problem) if part).replace("{", "{{").replace("}", "}}")
    return WORDS.get(error.problem or "") or _Words(said or "it cannot be read", ELSE)


def _said(mark: yaml.Mark | None) -> str:
    return "here" if mark is None else f"line {mark.line + 1}, column {mark.column + 1}"
