"""The sixth link: which expectations of the judgement suite the row failed, and the one that decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from targetwatch.explaining.account import Shown, Step
from targetwatch.explaining.found import Case
from targetwatch.model import Language, Reason, Status, Text, Verdict
from targetwatch.wording import nouns, numbers, words

HEADING = Text("Phép kiểm tra đã phán quyết", "The expectations that judged")
_BEST = Text(", dù các đơn vị chưa gửi tốt nhất có thể", ", even with the missing units at their best")
_WORST = Text(", nếu các đơn vị chưa gửi kém nhất có thể", ", with the missing units at their worst")
_REQUIRED = Text("chưa đạt mức cần đến nay", "short of what is required now")
_MARGIN = Text("chưa vượt qua biên cảnh báo", "not clear of the warning margin")
_FINAL = Text("chưa đạt mức cuối kỳ", "short of the final value")
FAILS: Mapping[Verdict, Text] = {
    Verdict.GUARD: Text(
        "một phép chặn không qua, hoặc có phép không chạy được, nên không gì được phán quyết",
        "a guard failed or a check could not run, and so nothing was judged",
    ),
    Verdict.NO_VALUE: Text("không có gì để tính", "nothing was counted, so there is no value"),
    Verdict.STALE: Text("không phải kỳ mới nhất đã quá hạn gửi", "not the newest period whose deadline has passed"),
    Verdict.SHORT_AT_BEST: _REQUIRED,
    Verdict.SHORT_AT_WORST: _REQUIRED,
    Verdict.MARGIN_SHORT_AT_BEST: _MARGIN,
    Verdict.MARGIN_SHORT_AT_WORST: _MARGIN,
    Verdict.FINAL_SHORT_AT_BEST: _FINAL,
    Verdict.FINAL_SHORT_AT_WORST: _FINAL,
    Verdict.MISREPORTED: Text("số công bố không khớp", "what was published does not add up"),
}
"""What it means to fail an expectation, in the order in which the verdicts are told."""
ORDER = list(FAILS)
BESIDE = {
    Verdict.SHORT_AT_BEST: Verdict.SHORT_AT_WORST,
    Verdict.MARGIN_SHORT_AT_BEST: Verdict.MARGIN_SHORT_AT_WORST,
    Verdict.FINAL_SHORT_AT_BEST: Verdict.FINAL_SHORT_AT_WORST,
}
OUTCOME = {**dict.fromkeys(BESIDE, _BEST), **dict.fromkeys(BESIDE.values(), _WORST)}
# What the rules of status look at, reason by reason: a verdict that was given, or one that was not.
DECIDES: Mapping[Reason, Verdict] = {
    Reason.CHECK_FAILED: Verdict.GUARD,
    Reason.EMPTY_DENOMINATOR: Verdict.NO_VALUE,
    Reason.OVERDUE: Verdict.STALE,
    Reason.SHORT_OF_FINAL: Verdict.SHORT_AT_BEST,
    Reason.SHORT_OF_REQUIRED: Verdict.SHORT_AT_BEST,
    Reason.INCOMPLETE: Verdict.SHORT_AT_WORST,
    Reason.FINAL_REACHED: Verdict.FINAL_SHORT_AT_WORST,
    Reason.WITHIN_MARGIN: Verdict.MARGIN_SHORT_AT_WORST,
    Reason.REQUIRED_REACHED: Verdict.MARGIN_SHORT_AT_WORST,
}


@dataclass(frozen=True, slots=True)
class Suite:
    """A judgement suite: its path below the programme or the product, and its expectations as they are written."""

    path: str
    expectations: Sequence[Mapping[str, Any]]


def judgement(case: Case, suite: Suite, language: Language) -> Step | None:
    """What each expectation made of the row, and which one decided; None where there was no row to judge."""
    said = case.said
    if said is None or (not case.is_judged and not said["failed"]):
        return None
    failed = sorted((Verdict(verdict) for verdict in said["failed"]), key=ORDER.index)
    total = nouns.counted(len(suite.expectations), Text("phép kiểm tra", "expectations"), language)
    number = numbers.count(len(failed), language)
    if failed:
        found = Text(f"dòng này không qua {number} phép:", f"its row failed {number}:")
    else:
        found = Text("dòng này qua tất cả.", "its row failed none of them.")
    says = [Text(f"{suite.path} có {total}; {found.vi}", f"{suite.path} has {total}; {found.en}").in_(language)]
    for group in _groups(failed, apart=bool(said["missing"])):
        says.append(f"• {_meaning(group, bool(said['missing']), language)} ({', '.join(group)})")
        if Verdict.GUARD not in group:
            says += [f"  {_written(one)}" for verdict in group for one in _standing_for(suite, verdict)]
    says += _decided(case, suite, failed, language)
    rows = Text("các phán quyết", "the verdicts")
    facts = {
        "suite": suite.path,
        "expectations": len(suite.expectations),
        "verdicts": [verdict.value for verdict in failed],
        "failed": [
            {"verdict": verdict.value, "expectation": dict(one)}
            for verdict in failed
            if verdict is not Verdict.GUARD
            for one in _standing_for(suite, verdict)
        ],
    }
    query = case.queries["explain_verdicts"]
    return Step("judgement", HEADING.in_(language), tuple(says), (Shown(rows.in_(language), query),), facts)


def _groups(failed: Sequence[Verdict], *, apart: bool) -> list[list[Verdict]]:
    """The verdicts, each by itself; where no unit is missing those at best and at worst together: they are the same."""
    groups: list[list[Verdict]] = []
    for verdict in failed:
        if groups and not apart and groups[-1][0] in BESIDE and BESIDE[groups[-1][0]] is verdict:
            groups[-1].append(verdict)
        else:
            groups.append([verdict])
    return groups


def _meaning(group: Sequence[Verdict], is_missing: bool, language: Language) -> str:
    meaning = FAILS[group[0]].in_(language)
    if group[0] in OUTCOME and is_missing:
        meaning += OUTCOME[group[0]].in_(language)
    return meaning[:1].upper() + meaning[1:]


def _decided(case: Case, suite: Suite, failed: Sequence[Verdict], language: Language) -> list[str]:
    """The expectation that the status rests on, whether it failed or held."""
    said = case.said or {}
    verdict = DECIDES.get(Reason(said["reason"]))
    if verdict is None:
        return []
    state = words.status(Status(said["status"]), language, in_a_sentence=True)
    if verdict in failed:
        return [
            Text(f"Trạng thái “{state}” do {verdict.value} mà ra.", f"It is {state} because of {verdict.value}.").in_(
                language
            )
        ]
    return [
        Text(f"Trạng thái “{state}” vì phép này đã qua:", f"It is {state} because this one held:").in_(language),
        *(f"  {_written(one)}" for one in _standing_for(suite, verdict)),
    ]


def _standing_for(suite: Suite, verdict: Verdict) -> list[Mapping[str, Any]]:
    return [one for one in suite.expectations if (one.get("meta") or {}).get("verdict") == verdict.value]


def _written(expectation: Mapping[str, Any]) -> str:
    """An expectation as the suite has it: its type, its columns and its notes."""
    kwargs = expectation.get("kwargs") or {}
    columns = [str(kwargs[name]) for name in ("column", "column_A", "column_B") if name in kwargs]
    columns += kwargs.get("column_list") or []
    notes = str((expectation.get("meta") or {}).get("notes") or "")
    return f"{expectation['type']}({', '.join(columns)})" + (f": “{notes}”" if notes else "")
