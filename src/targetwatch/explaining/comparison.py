"""The fifth link: the two sides of the exact comparison, as the integers that the expectations compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from targetwatch.evaluation.comparison import AT_LEAST, AT_MOST, compared
from targetwatch.explaining.account import Shown, Step
from targetwatch.explaining.found import Case, exact_amount
from targetwatch.model import MILLION, Language, TargetVersion, Text
from targetwatch.wording import numbers
from targetwatch.wording.figures import LOWER_IS_BETTER, STRICT, Figures

HEADING = Text("So sánh chính xác", "The exact comparison")
THRESHOLDS = {
    "": ("required", Text("Mức cần đến nay", "What is required now")),
    "margin_": ("margin", Text("Cộng biên cảnh báo", "With the warning margin")),
    "final_": ("final", Text("Mức cuối kỳ", "The final value")),
}
OUTCOMES = {
    "worst": Text("các đơn vị chưa gửi kém nhất có thể", "the missing units at their worst"),
    "best": Text("các đơn vị chưa gửi tốt nhất có thể", "the missing units at their best"),
}


def comparison(case: Case, language: Language) -> Step | None:
    """What was attained and what was needed, as whole numbers; None where nothing was compared."""
    version, said = case.version, case.said
    if version is None or said is None or not case.is_judged or not said["denominator"]:
        return None
    sides = sides_of(case, version, said)
    says, facts = [], []
    for prefix, (mark, name) in THRESHOLDS.items():
        threshold = _mark(mark, version, said, case)
        if threshold is None or (prefix == "margin_" and not version.warning_margin):
            continue
        for outcome in ("best", "worst") if said["missing"] else ("worst",):
            attained, needed = sides[f"{prefix}attained_{outcome}"], sides[f"{prefix}needed_{outcome}"]
            numerator = sides["high_numerator" if _is_high(case, version, outcome) else "low_numerator"]
            if numerator is None:
                continue
            amount = exact_amount(case.place.measure, threshold, language)
            made = _made(case, version, numerator, sides["bounds_denominator"], threshold, language)
            if_missing = f", {OUTCOMES[outcome].in_(language)}" if said["missing"] else ""
            says.append(f"{name.in_(language)} ({amount}){if_missing}: {made}; {_held(attained, needed, language)}.")
            facts.append(
                {"against": mark, "missing_units": outcome, "attained": attained, "needed": needed,
                 "reached": attained >= needed}
            )  # fmt: skip
    if sides["too_large"]:
        says = [
            Text("Số quá lớn, không so được chính xác.", "The figures are too large to be compared exactly.").in_(
                language
            )
        ]
    says += _distance(case, language)
    rows = Text("hai vế của phép so sánh", "both sides of the comparison")
    held = {name: said[name] for name in ("attained", "needed", "headroom", "headroom_units")}
    return Step(
        "comparison",
        HEADING.in_(language),
        tuple(says),
        (Shown(rows.in_(language), case.queries["explain_comparison"]),),
        {**held, "comparisons": facts},
    )


def sides_of(case: Case, version: TargetVersion, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row that the expectations were shown, made of the assessment by the same rule."""
    import polars as pl

    numerator, high = said["numerator"], said["high_numerator"]
    row = {
        "direction": AT_MOST if _is_downwards(case, version) else AT_LEAST,
        "comparison": version.comparison.value,
        "period_start": said["period_start"],
        "numerator": numerator,
        "denominator": said["denominator"],
        "missing_denominator": high - numerator if high is not None and numerator is not None else None,
        "required": said["required"],
        "final": said["final"],
        "warning_margin": version.warning_margin,
    }
    integers = dict.fromkeys(
        ("numerator", "denominator", "missing_denominator", "required", "final", "warning_margin"), pl.Int64
    )
    return compared(pl.DataFrame([row], schema_overrides=integers)).row(0, named=True)


def _is_downwards(case: Case, version: TargetVersion) -> bool:
    return case.is_upper or version.comparison in LOWER_IS_BETTER


def _is_high(case: Case, version: TargetVersion, outcome: str) -> bool:
    """Whether the outcome is that in which the missing units have all of their numerator."""
    return (outcome == "best") is not _is_downwards(case, version)


def _mark(mark: str, version: TargetVersion, said: Mapping[str, Any], case: Case) -> int | None:
    if mark != "margin":
        found: int | None = said[mark]
        return found
    if said["required"] is None:
        return None
    margin = -version.warning_margin if _is_downwards(case, version) else version.warning_margin
    return int(said["required"]) + margin


def _made(case: Case, version: TargetVersion, numerator: int, denominator: int, mark: int, language: Language) -> str:
    """How both sides are made: attained 650 × 1,000,000 = …, needed 732,621 × 1,000 = …."""
    one = " + 1" if version.comparison in STRICT else ""
    count = numbers.count
    value = f"{count(numerator, language)} × {count(MILLION, language)}"
    asked = f"{count(mark, language)} × {count(denominator, language)}"
    left, right = (asked, value) if _is_downwards(case, version) else (value, asked)
    return Text(f"đạt {left}, cần {right}{one}", f"attained {left}, needed {right}{one}").in_(language)


def _held(attained: int, needed: int, language: Language) -> str:
    left, right = numbers.count(attained, language), numbers.count(needed, language)
    sign = "≥" if attained >= needed else "<"
    outcome = Text("đạt", "reached") if attained >= needed else Text("không đạt", "short")
    return f"{left} {sign} {right}: {outcome.in_(language)}"


def _distance(case: Case, language: Language) -> list[str]:
    """How far the value that was observed is, in its own measure and in real things."""
    figures = case.figures
    if figures.gap is None:
        return []
    still = to_spare(figures, language)
    gap = f"{figures.signed_gap(language)} {figures.gap_unit(language)}"
    against = (
        Text("Chênh lệch", "The distance")
        if figures.required is not None
        else Text("Chênh lệch so với cuối kỳ", "The distance to the final value")
    )
    return [f"{against.in_(language)}: {gap}{f' ({still})' if still else ''}."]


def to_spare(figures: Figures, language: Language) -> str:
    """How many more would have met it, or are to spare; with less than one to spare the distance says more."""
    return figures.still_needed(language) if figures.headroom_units or not figures.gap else ""
